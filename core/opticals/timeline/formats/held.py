"""What a format can hold of an edit: what is lost, what may not be lost, what remains."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from opentimelineio.core import Item
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    Gap,
    Stack,
    TimeEffect,
    Timeline,
    Track,
    Transition,
)

from opticals.errors import EditError
from opticals.timeline import retimes
from opticals.timeline.formats.counts import (
    count,
    has_no_media,
    holders,
    is_fade,
    is_generator,
    shows,
)
from opticals.timeline.formats.locators import locator, place_of
from opticals.timeline.formats.table import Format, Holds
from opticals.timeline.layout import item_range, lay_out, most_common_rate
from opticals.timeline.timecode import can_drop
from opticals.timeline.times import to_frames
from opticals.timeline.urls import is_relative, media_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

__all__ = ["REFUSED", "count", "held", "losses", "move_cuts", "refusals"]

REFUSED = "opticals.refused"
"""Key of a clip's metadata: why a shot of it cannot be taken, in an editor's words."""

_BAKE = {
    Holds.TRACKS: "Put everything on one track, or write another format.",
    Holds.RETIMES: "Bake the retimes first, or write another format.",
    Holds.FREEZES: "Bake the freeze frames first, or write another format.",
    Holds.NESTING: "Decompose the compounds, or write another format.",
    Holds.SEQUENCES: "Link the clips to movie files, or write another format.",
    Holds.MIXED_RATES: "Conform the media to the edit's rate, or write another format.",
    Holds.UNKNOWN_EXTENTS: "Relink the clips, or write another format.",
    Holds.TRIMMED_TRACKS: "Trim the clips instead, or write another format.",
}


def losses(timeline: Timeline, format: Format) -> tuple[str, ...]:
    """What the edit has and the format does not hold, said before it is written."""
    found = count(timeline, format.colours)
    return tuple(
        f"{format.label} does not hold {one.said(found[one])}."
        for one in Holds
        if found[one] and one not in format.holds and not one.wrong_without
        if one is not Holds.HIDDEN_MARKERS or Holds.CLIP_MARKERS in format.holds
    )


def refusals(timeline: Timeline, format: Format) -> tuple[EditError, ...]:
    """Why the format would hold another edit: other pictures, or at other places."""
    if not format.writes:
        return (EditError(f"{format.label} is read, but not written."),)
    found = count(timeline)
    wrong = [
        EditError(
            f"The edit cannot be written as {format.label}.",
            f"It has {one.said(found[one])}, which the format does not hold.",
            _BAKE.get(one, "Write another format."),
        )
        for one in Holds
        if found[one] and one not in format.holds and one.wrong_without
    ]
    if not format.holds >= frozenset(Holds):
        wrong += _between_frames(timeline, format)
    return tuple(wrong)


def held(timeline: Timeline, format: Format, folder: Path | None = None) -> Timeline:
    """A copy without what the format does not hold, still in the one form that edits have here.
    What was written and is read back equals this. Relative media paths count from `folder` and
    become absolute."""
    copy = timeline.deepcopy()
    holds = format.holds
    if holds >= frozenset(Holds):
        return copy
    rate = most_common_rate(copy)
    if Holds.START not in holds:
        copy.global_start_time = None
    if Holds.DROP_FRAME not in holds:  # where nothing is said, NTSC rates count so
        copy.metadata["opticals"] = {"drop_frame": can_drop(rate)}
    if Holds.EDIT_NAME not in holds:
        copy.name = ""
    if Holds.EDIT_MARKERS not in holds:
        copy.tracks.markers.clear()
    _unmark(copy.tracks, format)
    for holder in holders(copy.tracks):
        if isinstance(holder, Stack):
            _tracks(holder, format)
        elif isinstance(holder, Track):
            _items(holder, format, rate, folder)
            _transitions(holder, format, rate)
    if Holds.EMPTY_TRACKS not in holds:
        for track in [one for one in copy.tracks if not shows(one)]:
            copy.tracks.remove(track)
    if format.unique_names:
        _number_names(copy)
    if format.events:
        _begin_with_clip(copy, rate)
    return copy


def _tracks(stack: Stack, format: Format) -> None:
    """The tracks of a stack, without those that the format does not hold; layers without a track
    get one."""
    holds = format.holds
    for index, child in enumerate(list(stack)):
        if not isinstance(child, Track):
            stack[index] = Track(kind="Video", children=[child.deepcopy()])
    for track in list(stack):
        muted = not track.enabled and Holds.DISABLED_TRACKS not in holds
        if muted or not (Holds.SOUND in holds or track.kind == "Video"):
            stack.remove(track)
            continue
        if Holds.TRACK_NAMES not in holds:
            track.name = ""
        if Holds.TRACK_MARKERS not in holds:
            track.markers.clear()
        _unmark(track, format)


def _items(track: Track, format: Format, rate: Fraction, folder: Path | None) -> None:
    """The clips, gaps and compounds of a track."""
    holds = format.holds
    for index, child in enumerate(list(track)):
        if not isinstance(child, Item):
            continue
        dropped = (
            (not child.enabled and Holds.DISABLED not in holds)
            or (is_generator(child) and Holds.GENERATORS not in holds)
            or (has_no_media(child) and Holds.NO_MEDIA not in holds)
        )
        if dropped and not isinstance(child, Gap):
            timed = item_range(child)
            assert timed is not None
            start = RationalTime(0, timed.duration.rate)
            track[index] = Gap(source_range=TimeRange(start, timed.duration))
            continue
        if (Holds.GAP_MARKERS if isinstance(child, Gap) else Holds.CLIP_MARKERS) not in holds:
            child.markers.clear()
        _unmark(child, format)
        if Holds.HIDDEN_MARKERS not in holds:
            _locate(child, rate)
        if isinstance(child, Clip):
            _clip(child, format, folder)


def _clip(clip: Clip, format: Format, folder: Path | None) -> None:
    holds = format.holds
    if Holds.REFERENCES not in holds and len(clip.media_references()) > 1:
        # A copy: OTIO frees the one that it holds while it takes it.
        active = clip.media_reference.deepcopy()
        clip.set_media_references({Clip.DEFAULT_MEDIA_KEY: active}, Clip.DEFAULT_MEDIA_KEY)
    if Holds.CLIP_NAMES not in holds:
        clip.name = ""
    url = getattr(clip.media_reference, "target_url", None)
    if folder is not None and url and is_relative(url):
        clip.media_reference.target_url = str(media_path(url, folder.absolute()))
    if format.from_zero:
        _count_from_zero(clip)
    if format.events and isinstance(clip.media_reference, ExternalReference):
        clip.media_reference.available_range = None


def _unmark(item: Item, format: Format) -> None:
    """Effects, and lengths and colours of markers, as far as the format holds them."""
    if Holds.EFFECTS not in format.holds:
        item.effects[:] = [one for one in item.effects if isinstance(one, TimeEffect)]
    for marker in item.markers:
        if Holds.MARKER_LENGTHS not in format.holds:
            timed = marker.marked_range
            marker.marked_range = TimeRange(timed.start_time, RationalTime(0, timed.duration.rate))
        if format.colours and marker.color not in format.colours:
            marker.color = format.colours[0]


def _locate(item: Item, rate: Fraction) -> None:
    """Markers on the first picture at or after theirs that shows; none that does not show."""
    timed = item_range(item)
    for marker in list(item.markers):
        frame = locator(item, marker, rate)
        if frame is None or timed is None:
            item.markers.remove(marker)
            continue
        frames = int(to_frames(timed.duration, rate))
        own = to_frames(timed.start_time, rate) + place_of(frame, frames, retimes.speed_of(item))
        marker.marked_range = TimeRange(
            RationalTime(float(own), float(rate)), marker.marked_range.duration
        )


def _transitions(track: Track, format: Format, rate: Fraction) -> None:
    for child in [one for one in track if isinstance(one, Transition)]:
        kept = Holds.FADES if is_fade(track, child) else Holds.TRANSITIONS
        if kept not in format.holds:
            track.remove(child)
    if format.events or format.middle:
        move_cuts(track, rate, format)


def _number_names(timeline: Timeline) -> None:
    """Let no two clips have the same name: `one`, `one_1`, `one_2`."""
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for clip in timeline.find_clips():
        name = clip.name
        while clip.name in taken:
            numbers[name] += 1
            clip.name = f"{name}_{numbers[name]}"
        taken.add(clip.name)


def _begin_with_clip(timeline: Timeline, rate: Fraction) -> None:
    """Let the edit start where the first clip of its one track does."""
    start = timeline.global_start_time
    frames = 0 if start is None else to_frames(start, rate)
    for track in timeline.tracks:
        while len(track) and isinstance(track[0], Gap):
            frames += to_frames(track[0].trimmed_range().duration, rate)
            del track[0]
    timeline.global_start_time = RationalTime(float(frames), float(rate))


def move_cuts(track: Track, rate: Fraction, format: Format) -> None:
    """Let transitions lie around the middle of the cut, or begin there, by moving the cut: the
    same pictures are mixed at the same places."""
    for index, child in enumerate(list(track)):
        if not isinstance(child, Transition):
            continue
        length = to_frames(child.in_offset + child.out_offset, rate)
        if format.middle == "ends" and not (child.in_offset.value and child.out_offset.value):
            continue
        wanted = RationalTime(length // 2 if format.middle else 0, float(rate))
        before = track[index - 1] if index else None
        after = track[index + 1] if index + 1 < len(track) else None
        offset = (child.in_offset - wanted).rescaled_to(float(rate))
        if not offset.value:
            continue
        child.out_offset += offset
        child.in_offset = wanted
        for item, sign in ((before, -1), (after, 1)):
            timed = None if item is None else item_range(item)
            if item is None or timed is None:  # nothing, or another transition
                continue
            start = timed.start_time
            speed = retimes.speed_of(item)
            if sign * speed > 0 and not isinstance(item, Gap):  # the end that its lowest frame is
                inside = to_frames(offset, rate) * speed
                start -= RationalTime(float(inside), float(rate)).rescaled_to(start.rate)
            item.source_range = TimeRange(
                start, timed.duration + RationalTime(sign * offset.value, offset.rate)
            )


def _count_from_zero(clip: Clip) -> None:
    reference = clip.media_reference
    available = None if reference is None else reference.available_range
    if available is None or not available.start_time.value:
        return
    timed = item_range(clip)
    assert timed is not None
    clip.source_range = TimeRange(timed.start_time - available.start_time, timed.duration)
    reference.available_range = TimeRange(
        RationalTime(0, available.start_time.rate), available.duration
    )


def _between_frames(timeline: Timeline, format: Format) -> Iterator[EditError]:
    """Items that begin or end between two frames of the edit: no other format says so."""
    rate = most_common_rate(timeline)
    for lane in lay_out(timeline, rate, 0):
        if lane.id[0] != "V":
            continue
        for slot in lane.slots:
            if int(slot.start) != slot.start or int(slot.frames) != slot.frames:
                yield EditError(
                    f"The edit cannot be written as {format.label}.",
                    f"{slot.label} on {lane.id} begins or ends between two frames.",
                    "Trim it to whole frames in the editing program.",
                )
                return
