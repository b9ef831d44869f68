"""How often an edit has what a format may not hold."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opentimelineio.core import Composable, Composition, Item
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    Gap,
    GeneratorReference,
    ImageSequenceReference,
    Stack,
    TimeEffect,
    Timeline,
    Track,
    Transition,
)

from opticals.errors import ShotError
from opticals.timeline import retimes
from opticals.timeline.formats.locators import locator
from opticals.timeline.formats.table import Holds
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

if TYPE_CHECKING:
    from collections.abc import Iterator


def holders(stack: Composition) -> Iterator[Composition]:
    """A stack and all in it that holds other things: its tracks, and compounds with theirs. What
    is done to one of them before the next is asked for is seen."""
    yield stack
    for child in list(stack):
        if isinstance(child, Composition):
            yield from holders(child)


def count(timeline: Timeline, colours: tuple[str, ...] = ()) -> Counter[Holds]:
    """How often the edit has what a format may not hold, compounds included.

    Args:
        colours: of markers, that the format has; none for all.
    """
    found: Counter[Holds] = Counter()
    rate = most_common_rate(timeline)
    stack = timeline.tracks
    shown = sum(
        1
        for one in stack
        if getattr(one, "kind", "Video") == "Video" and one.enabled and shows(one)
    )
    found[Holds.TRACKS] = shown if shown > 1 else 0
    found[Holds.EMPTY_TRACKS] = sum(1 for one in stack if not shows(one))
    found[Holds.EDIT_MARKERS] = len(stack.markers)
    found[Holds.START] = bool(
        timeline.global_start_time is not None and timeline.global_start_time.value
    )
    found[Holds.DROP_FRAME] = can_drop(rate) and not counts_drop_frame(timeline, rate)
    found[Holds.EDIT_NAME] = bool(timeline.name)
    found[Holds.METADATA] = bool(timeline.metadata)
    found[Holds.TRIMMED_TRACKS] = sum(
        1 for lane in lay_out(timeline, rate, 0) if _is_trimmed(lane)
    ) + bool(retimes.time_effects(stack))
    _count_marks(stack, colours, found)
    for holder in holders(stack):
        for child in holder:
            _count_marks(child, colours, found)
            if isinstance(child, Track) and isinstance(holder, Stack):
                _count_track(child, found, inside=holder is not stack, rate=rate)
            else:
                found[Holds.NESTING] += kind_of(child) is Kind.COMPOUND
                _count_child(child, rate, found)
    return found


def _count_marks(thing: Composable, colours: tuple[str, ...], found: Counter[Holds]) -> None:
    if not isinstance(thing, Item):
        return
    found[Holds.EFFECTS] += sum(1 for one in thing.effects if not isinstance(one, TimeEffect))
    for marker in thing.markers:
        found[Holds.MARKER_LENGTHS] += bool(marker.marked_range.duration.value)
        found[Holds.MARKER_COLOURS] += bool(
            colours and marker.color and marker.color not in colours
        )


def _count_track(track: Track, found: Counter[Holds], *, inside: bool, rate: Fraction) -> None:
    found[Holds.SOUND] += track.kind == "Audio"
    found[Holds.TRACK_NAMES] += bool(track.name)
    found[Holds.TRACK_MARKERS] += len(track.markers)
    found[Holds.DISABLED_TRACKS] += not track.enabled
    found[Holds.TRIMMED_TRACKS] += bool(retimes.time_effects(track))
    if inside and (timed := track.source_range) is not None:
        ranges = (item_range(one) for one in track)
        whole = sum(to_frames(one.duration, rate) for one in ranges if one is not None)
        shown = (to_frames(one, rate) for one in (timed.start_time, timed.duration))
        found[Holds.TRIMMED_TRACKS] += tuple(shown) != (0, whole)


def _count_child(child: Composable, rate: Fraction, found: Counter[Holds]) -> None:
    if isinstance(child, Transition):
        fade = is_fade(child.parent(), child)
        found[Holds.FADES if fade else Holds.TRANSITIONS] += 1
        found[Holds.WIPES] += child.transition_type not in ("SMPTE_Dissolve", "")
        return
    found[Holds.METADATA] |= bool(child.metadata)
    if not isinstance(child, Item):
        return
    if isinstance(child, Gap):
        found[Holds.GAP_MARKERS] += len(child.markers)
        return
    found[Holds.DISABLED] += not child.enabled
    found[Holds.CLIP_MARKERS] += len(child.markers)
    if child.enabled:
        try:
            speed = retimes.speed_of(child)
        except ShotError:
            speed = Fraction(2)
        found[Holds.FREEZES if speed == 0 else Holds.RETIMES] += speed != 1
        found[Holds.HIDDEN_MARKERS] += sum(
            1 for one in child.markers if locator(child, one, rate) is None
        )
    if isinstance(child, Clip):
        _count_clip(child, rate, found)


def _count_clip(clip: Clip, rate: Fraction, found: Counter[Holds]) -> None:
    reference = clip.media_reference
    found[Holds.CLIP_NAMES] += bool(clip.name)
    found[Holds.GENERATORS] += is_generator(clip)
    found[Holds.NO_MEDIA] += has_no_media(clip)
    found[Holds.REFERENCES] += len(clip.media_references()) > 1
    found[Holds.UNKNOWN_EXTENTS] += (
        isinstance(reference, ExternalReference) and reference.available_range is None
    )
    found[Holds.SEQUENCES] += isinstance(reference, ImageSequenceReference)
    timed, available = item_range(clip), getattr(reference, "available_range", None)
    if timed is not None and getattr(clip.parent(), "kind", "Video") == "Video":
        rates = {rate_of(one.start_time) for one in (timed, available) if one is not None}
        found[Holds.MIXED_RATES] += rates != {rate}


def _is_trimmed(lane: Lane) -> bool:
    if lane.bounds is None or not lane.slots:
        return False
    return lane.bounds != (lane.slots[0].start, lane.end)


def is_fade(track: Composition, transition: Transition) -> bool:
    """Whether there is nothing on one side of a transition."""
    children = list(track)
    index = next(index for index, one in enumerate(children) if one is transition)
    sides = [*children[max(0, index - 1) : index], *children[index + 1 : index + 2]]
    return len(sides) < 2 or any(isinstance(one, Gap) for one in sides)


def shows(track: Composable) -> bool:
    """Whether there is anything but gaps on a track."""
    return not isinstance(track, Track) or any(
        not isinstance(one, (Gap, Transition)) for one in track
    )


def is_generator(item: Any) -> bool:
    """Whether its pictures are made by the program."""
    return isinstance(item, Clip) and isinstance(item.media_reference, GeneratorReference)


def has_no_media(item: Any) -> bool:
    """Whether it is a clip that names no medium."""
    if not isinstance(item, Clip) or is_generator(item):
        return False
    return not isinstance(item.media_reference, (ExternalReference, ImageSequenceReference))
