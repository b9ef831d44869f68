"""What a format can hold of an edit: what is lost, what may not be lost, what remains."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opentimelineio.core import Composable, Item
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    Gap,
    GeneratorReference,
    ImageSequenceReference,
    TimeEffect,
    Timeline,
    Track,
    Transition,
)

from opticals.errors import EditError, ShotError
from opticals.timeline import retimes
from opticals.timeline.formats.table import Format, Holds
from opticals.timeline.layout import (
    Kind,
    Lane,
    counts_drop_frame,
    item_range,
    kind_of,
    lay_out,
    most_common_rate,
)
from opticals.timeline.timecode import can_drop
from opticals.timeline.times import rate_of, to_frames
from opticals.timeline.urls import is_relative, media_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    found = count(timeline)
    return tuple(
        f"{format.label} does not hold {one.said(found[one])}."
        for one in Holds
        if found[one] and one not in format.holds and not one.wrong_without
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
    if Holds.MARKER_LENGTHS not in holds:
        _shorten(copy.tracks)
    for track in list(copy.tracks):
        if not isinstance(track, Track) or not (Holds.SOUND in holds or track.kind == "Video"):
            copy.tracks.remove(track)
            continue
        if Holds.TRACK_NAMES not in holds:
            track.name = ""
        track.markers.clear()
        _track(track, format, rate, folder)
    if format.unique_names:
        _number_names(copy)
    if format.events:
        _begin_with_clip(copy, rate)
    if Holds.TRACKS not in holds:
        for track in [one for one in copy.tracks if one.kind == "Video" and not _shows(one)]:
            if sum(1 for one in copy.tracks if one.kind == "Video") > 1:
                copy.tracks.remove(track)
    return copy


def _track(track: Track, format: Format, rate: Fraction, folder: Path | None) -> None:
    holds = format.holds
    for index, child in enumerate(list(track)):
        if not isinstance(child, Item):
            continue
        dropped = (
            (not child.enabled and Holds.DISABLED not in holds)
            or (_is_generator(child) and Holds.GENERATORS not in holds)
            or (_has_no_media(child) and Holds.NO_MEDIA not in holds)
        )
        if dropped and not isinstance(child, Gap):
            timed = item_range(child)
            assert timed is not None
            start = RationalTime(0, timed.duration.rate)
            track[index] = Gap(source_range=TimeRange(start, timed.duration))
            continue
        if Holds.CLIP_MARKERS not in holds:
            child.markers.clear()
        if Holds.MARKER_LENGTHS not in holds:
            _shorten(child)
        if Holds.EFFECTS not in holds:
            child.effects[:] = [one for one in child.effects if isinstance(one, TimeEffect)]
        if isinstance(child, Clip):
            if Holds.REFERENCES not in holds and len(child.media_references()) > 1:
                # A copy: OTIO frees the one that it holds while it takes it.
                active = child.media_reference.deepcopy()
                child.set_media_references({Clip.DEFAULT_MEDIA_KEY: active}, Clip.DEFAULT_MEDIA_KEY)
            if Holds.CLIP_NAMES not in holds:
                child.name = ""
            url = getattr(child.media_reference, "target_url", None)
            if folder is not None and url and is_relative(url):
                child.media_reference.target_url = str(media_path(url, folder.absolute()))
            if format.from_zero:
                _count_from_zero(child)
            if format.events and isinstance(child.media_reference, ExternalReference):
                child.media_reference.available_range = None
    for child in [one for one in track if isinstance(one, Transition)]:
        kept = Holds.FADES if _is_fade(track, child) else Holds.TRANSITIONS
        if kept not in holds:
            track.remove(child)
    if format.events or format.middle:
        _move_cuts(track, rate, format)


def _is_fade(track: Track, transition: Transition) -> bool:
    """Whether there is nothing on one side of a transition."""
    children = list(track)
    index = next(index for index, one in enumerate(children) if one is transition)
    sides = [*children[max(0, index - 1) : index], *children[index + 1 : index + 2]]
    return len(sides) < 2 or any(isinstance(one, Gap) for one in sides)


def _shorten(item: Item) -> None:
    """Markers without a length."""
    for marker in item.markers:
        timed = marker.marked_range
        marker.marked_range = TimeRange(timed.start_time, RationalTime(0, timed.duration.rate))


def _number_names(timeline: Timeline) -> None:
    """Let no two clips have the same name: `one`, `one_1`, `one_2`."""
    taken: set[str] = set()
    for clip in timeline.find_clips():
        name, number = clip.name, 0
        while clip.name in taken:
            number += 1
            clip.name = f"{name}_{number}"
        taken.add(clip.name)


def _begin_with_clip(timeline: Timeline, rate: Fraction) -> None:
    """Let the edit start where its first clip does."""
    for track in timeline.tracks:
        head = track[0] if len(track) else None
        if isinstance(head, Gap) and timeline.global_start_time is not None:
            start = to_frames(timeline.global_start_time, rate)
            start += to_frames(head.trimmed_range().duration, rate)
            timeline.global_start_time = RationalTime(float(start), float(rate))
            del track[0]


def _move_cuts(track: Track, rate: Fraction, format: Format) -> None:
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
            if item is None:
                continue
            timed = item_range(item)
            assert timed is not None
            start = timed.start_time
            if sign > 0 and not isinstance(item, Gap):
                inside = to_frames(offset, rate) * retimes.speed_of(item)
                if retimes.speed_of(item) > 0:
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


def count(timeline: Timeline) -> Counter[Holds]:
    """How often the edit has what a format may not hold."""
    found: Counter[Holds] = Counter()
    rate = most_common_rate(timeline)
    stack = timeline.tracks
    found[Holds.TRACKS] = sum(
        1 for one in stack if getattr(one, "kind", "") == "Video" and _shows(one)
    )
    if found[Holds.TRACKS] == 1:
        found[Holds.TRACKS] = 0
    found[Holds.SOUND] = sum(1 for one in stack if getattr(one, "kind", "") == "Audio")
    found[Holds.EDIT_MARKERS] = len(stack.markers)
    found[Holds.START] = bool(
        timeline.global_start_time is not None and timeline.global_start_time.value
    )
    found[Holds.DROP_FRAME] = can_drop(rate) and not counts_drop_frame(timeline, rate)
    found[Holds.EDIT_NAME] = bool(timeline.name)
    found[Holds.METADATA] = bool(timeline.metadata)
    found[Holds.TRIMMED_TRACKS] = sum(
        1
        for lane in lay_out(timeline, rate, 0)
        if _is_trimmed(lane) or (lane.in_sequence and retimes.time_effects(lane.track))
    ) + bool(retimes.time_effects(stack))
    for track in stack:
        if not isinstance(track, Track):
            found[Holds.NESTING] += 1
            continue
        found[Holds.TRACK_NAMES] += bool(track.name)
        found[Holds.EDIT_MARKERS] += len(track.markers)
        found[Holds.EFFECTS] += len(track.effects)
        for child in track:
            _count_child(child, rate, found)
    return found


def _count_child(child: Composable, rate: Fraction, found: Counter[Holds]) -> None:
    if isinstance(child, Transition):
        fade = _is_fade(child.parent(), child)
        found[Holds.FADES if fade else Holds.TRANSITIONS] += 1
        found[Holds.WIPES] += child.transition_type not in ("SMPTE_Dissolve", "")
        return
    found[Holds.METADATA] |= bool(child.metadata)
    if not isinstance(child, Item) or isinstance(child, Gap):
        return
    found[Holds.DISABLED] += not child.enabled
    found[Holds.CLIP_MARKERS] += len(child.markers)
    found[Holds.MARKER_LENGTHS] += sum(
        1 for one in child.markers if one.marked_range.duration.value
    )
    found[Holds.EFFECTS] += sum(1 for one in child.effects if not isinstance(one, TimeEffect))
    if child.enabled:
        try:
            speed = retimes.speed_of(child)
        except ShotError:
            speed = Fraction(2)
        found[Holds.FREEZES if speed == 0 else Holds.RETIMES] += speed != 1
    if not isinstance(child, Clip):
        found[Holds.NESTING] += kind_of(child) is Kind.COMPOUND
        return
    found[Holds.CLIP_NAMES] += bool(child.name)
    found[Holds.GENERATORS] += _is_generator(child)
    found[Holds.NO_MEDIA] += _has_no_media(child)
    found[Holds.REFERENCES] += len(child.media_references()) > 1
    found[Holds.UNKNOWN_EXTENTS] += (
        isinstance(child.media_reference, ExternalReference)
        and child.media_reference.available_range is None
    )
    found[Holds.SEQUENCES] += isinstance(child.media_reference, ImageSequenceReference)
    timed = item_range(child)
    available = getattr(getattr(child, "media_reference", None), "available_range", None)
    if timed is not None and child.parent().kind == "Video":
        rates = {rate_of(one.start_time) for one in (timed, available) if one is not None}
        found[Holds.MIXED_RATES] += rates != {rate}


def _is_trimmed(lane: Lane) -> bool:
    return (
        lane.bounds is not None
        and bool(lane.slots)
        and lane.bounds
        != (
            lane.slots[0].start,
            lane.end,
        )
    )


def _shows(track: Composable) -> bool:
    return not isinstance(track, Track) or any(not isinstance(one, Gap) for one in track)


def _is_generator(item: Any) -> bool:
    return isinstance(item, Clip) and isinstance(item.media_reference, GeneratorReference)


def _has_no_media(item: Any) -> bool:
    if not isinstance(item, Clip) or _is_generator(item):
        return False
    return not isinstance(item.media_reference, (ExternalReference, ImageSequenceReference))
