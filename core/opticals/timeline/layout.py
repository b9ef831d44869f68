"""Where everything stands: track ids, record positions and the items' kinds."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import opentimelineio as otio
from opentimelineio.core import Composable, Composition, Item
from opentimelineio.schema import Clip, Gap, Timeline, Track, Transition

from opticals.errors import EditError
from opticals.timeline.retimes import speed_of
from opticals.timeline.schemas import carried
from opticals.timeline.timecode import can_drop
from opticals.timeline.timemap import Stage, first_frame
from opticals.timeline.times import Exact, rate_of, to_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opentimelineio.opentime import TimeRange

# Deeper than any edit, and far from the depth at which OTIO's own recursion ends the process.
_DEPTH = 100
FCP_COUNTING = ("fcp_xml", "timecode", "displayformat")


def join_kind(item: Transition) -> str:
    """`dissolve`, or what else the program calls a transition."""
    kind = (item.transition_type or "SMPTE_Dissolve").removeprefix("SMPTE_")
    if kind == "Custom_Transition":
        kind = str(item.name or "transition")
    return kind.lower() if kind == "Dissolve" else kind


class Kind(StrEnum):
    """What stands in a track."""

    CLIP = "clip"
    GAP = "gap"
    TRANSITION = "transition"
    COMPOUND = "compound"
    UNKNOWN = "unknown"


class Slot(NamedTuple):  # ten thousand of them are made three times as fast as dataclasses
    """One child of a track and where it stands.

    Attributes:
        index: its place among the track's children.
        id: `V1:3`; None for gaps and transitions, which are not counted.
        start: record timecode of its first frame, as a frame number (a transition: of the cut).
        frames: its length on the track; 0 for a transition.
    """

    index: int  # type: ignore[assignment]  # hides that of tuples
    id: str | None
    kind: Kind
    item: Composable
    start: Exact
    frames: Exact

    @property
    def end(self) -> Exact:
        return self.start + self.frames

    @property
    def label(self) -> str:
        """How messages name it: `V1:3 “bikes”`, `the gap`, `the transition “Dissolve”`."""
        name = f" “{self.item.name}”" if self.item.name else ""
        return f"{self.id or f'the {self.kind}'}{name}"


@dataclass(frozen=True)
class Level:
    """How the frames of the inside of a compound are shown outside of it.

    Attributes:
        stage: from frames outside to frames inside.
        start, end: the frames outside that show it, `end` not included.
    """

    stage: Stage
    start: int
    end: int


@dataclass(frozen=True)
class Lane:
    """A track laid out.

    Attributes:
        id: `V1`, `A1`; `X1` for tracks of other kinds; `V1:3/V2` inside a compound.
        track: the track, or what else holds the slots' items.
        bounds: the frames of the slots' count that are shown, the end not included; None where
            no source range trims the track or what holds it.
        levels: of the compounds that it lies in, the outermost first. Its slots then count from
            the beginning of the innermost.
    """

    id: str
    track: Composition
    slots: tuple[Slot, ...]
    bounds: tuple[Exact, Exact] | None = None
    levels: tuple[Level, ...] = ()

    @property
    def kind(self) -> str:
        """`V`, `A` or `X`."""
        return self.id.rpartition("/")[2][0]

    @property
    def end(self) -> Exact:
        return self.slots[-1].end if self.slots else 0

    @property
    def in_sequence(self) -> bool:
        """Whether the slots follow on each other, so that one can be cut in two."""
        return isinstance(self.track, Track)

    def at(self, frame: Exact) -> Slot | None:
        """The item over frame `frame` of the slots' count, gaps included."""
        items = [slot for slot in self.slots if slot.frames > 0]
        place = bisect_right(items, frame, key=lambda slot: slot.start) - 1
        return items[place] if place >= 0 and frame < items[place].end else None

    def neighbour(self, slot: Slot, step: int) -> Slot | None:
        """The child before (-1) or after (+1)."""
        place = slot.index - self.slots[0].index + step
        return self.slots[place] if 0 <= place < len(self.slots) else None

    def record(self, slot: Slot) -> tuple[int, int]:
        """The record frames that show an item, the end not included; equal when it is hidden.

        An item between two frames shows from the first frame that begins within it.
        """
        return self.outside(*self.visible(slot))

    def outside(self, start: int, end: int) -> tuple[int, int]:
        """The record frames that show frames `start` to `end` of the slots' count."""
        for level in reversed(self.levels):
            start, end = level.stage.outside(start, end, (level.start, level.end))
        return start, end

    def counted(self, start: int, end: int) -> tuple[int, int]:
        """Record frames `start` to `end` (not included) in the slots' own count."""
        first, last = start, end - 1
        for level in self.levels:
            first, last = level.stage.show(first), level.stage.show(last)
        return min(first, last), max(first, last) + 1

    def visible(self, slot: Slot) -> tuple[int, int]:
        """As `record`, in the slots' own count."""
        low, high = self.bounds or (slot.start, slot.end)
        start = first_frame(max(slot.start, low))
        return start, max(start, first_frame(min(slot.end, high)))


def most_common_rate(timeline: Timeline) -> Fraction:
    """The rate of the edit: of its start timecode if it has one, else of most of its items.

    Raises:
        EditError: a time has no rate, items are nested absurdly deep, or there is no item.
    """
    if timeline.tracks is None:
        raise EditError(
            "The edit has no tracks.", remedy="Export it again from the program that wrote it."
        )
    items = tuple(_items(timeline.tracks))
    if timeline.global_start_time is not None:
        return rate_of(timeline.global_start_time)
    rates = Counter(
        rate_of(timed.duration)
        for item in items
        if not isinstance(item, Gap) and (timed := item_range(item)) is not None
    ) or Counter(rate_of(item.source_range.duration) for item in items if item.source_range)
    if not rates:
        raise EditError(
            "The edit holds no clip.",
            "Without clips and without a start timecode its frame rate is not known.",
            "Cut a clip into it first.",
        )
    return rates.most_common(1)[0][0]


def counts_drop_frame(timeline: Timeline, rate: Fraction) -> bool:
    """Whether the edit counts drop-frame.

    What the program that wrote it says (Final Cut's XML keeps `displayformat`), else yes wherever
    drop-frame exists, as OTIO itself and NTSC programmes assume.
    """
    if not can_drop(rate):
        return False
    for keys, wanted in ((("opticals", "drop_frame"), True), (FCP_COUNTING, "DF")):
        node: Any = timeline.metadata
        for key in keys:
            node = node.get(key) if hasattr(node, "get") else None
        if node is not None:
            return bool(node == wanted)
    return True


def item_range(item: Composable) -> TimeRange | None:
    """The visible range of an item in its own time; None if it does not say."""
    if not isinstance(item, Item):
        return None
    if item.source_range is not None:
        return item.source_range
    try:
        return item.trimmed_range()
    except (otio.exceptions.OTIOError, NotImplementedError, ValueError):
        return None


def known_range(item: Composable) -> TimeRange:
    """The visible range of an item in its own time.

    Raises:
        EditError: it does not say.
    """
    timed = item_range(item)
    if timed is None:
        raise EditError(
            f"“{item.name}” has no length.", remedy="Export the edit again with source ranges."
        )
    return timed


def lay_out(
    timeline: Timeline,
    rate: Fraction,
    start: int,
    only: Callable[[str, Composable], bool] = lambda id, track: True,
) -> tuple[Lane, ...]:
    """The tracks of the edit, video from the lowest up, then sound, then the rest.

    `only` spares the work on tracks that do not matter, by id and track.
    """
    return _lanes("", timeline.tracks, rate, start, only)


def inside(lane: Lane, slot: Slot, rate: Fraction) -> tuple[Lane, ...]:
    """The tracks of the compound in `slot`, as `lay_out` gives those of the edit.

    Raises:
        ShotError: its time cannot be followed.
        EditError: it has no length, or is nested absurdly deep.
    """
    compound = slot.item
    if len(lane.levels) > _DEPTH:
        raise _too_deep()
    timed, speed = known_range(compound), speed_of(compound)
    first, end = lane.visible(slot)
    level = Level(stage_of(slot, to_frames(timed.start_time, rate), speed, first), first, end)
    found = _lanes(f"{slot.id}/", compound, rate, 0, lambda id, track: True, trims=False)
    return tuple(replace(one, levels=(*lane.levels, level)) for one in found)


def stage_of(slot: Slot, start: Exact, speed: Fraction, first: int) -> Stage:
    """What an item shows from its frame `first` of the slots' count on.

    Args:
        start: the place inside where its range starts, in frames of the inside.
        speed: frames of the inside per frame of the slots' count; below 0 backwards.
    """
    head, end = first_frame(slot.start), first_frame(slot.end)
    forwards = first if speed >= 0 else head + end - 1 - first
    return Stage(first, Fraction(start + (forwards - slot.start) * abs(speed)), speed)


def _lanes(
    prefix: str,
    holder: Composition,
    rate: Fraction,
    start: Exact,
    only: Callable[[str, Composable], bool],
    *,
    trims: bool = True,
) -> tuple[Lane, ...]:
    """Those of a stack whose frame 0 stands at `start`; `trims` says whether its own source
    range hides parts of them. A track stands for a stack of itself."""
    if isinstance(holder, Track):
        return (Lane(f"{prefix}V1", holder, tuple(_slots(f"{prefix}V1", holder, rate, start))),)
    origin, bounds = start, None
    if trims and holder.source_range is not None:
        timed = holder.source_range
        origin -= to_frames(timed.start_time, rate)
        bounds = (start, start + to_frames(timed.duration, rate))
    counts: Counter[str] = Counter()
    lanes = []
    for index, child in enumerate(holder):
        # What stands in a stack without a track is a layer of pictures.
        letter = {"Video": "V", "Audio": "A"}.get(getattr(child, "kind", "Video"), "X")
        counts[letter] += 1
        if not only(id := f"{prefix}{letter}{counts[letter]}", child):
            continue
        if isinstance(child, Track):
            lanes.append(_lane(id, child, rate, origin, bounds))
        else:
            slots = (one._replace(index=index) for one in _slots(id, [child], rate, origin))
            lanes.append(Lane(id, holder, tuple(slots), bounds))
    return tuple(sorted(lanes, key=lambda lane: "VAX".index(lane.kind)))


def _lane(
    id: str, track: Track, rate: Fraction, origin: Exact, bounds: tuple[Exact, Exact] | None
) -> Lane:
    timed = track.source_range
    if timed is None:
        return Lane(id, track, tuple(_slots(id, track, rate, origin)), bounds)
    shown = (origin, origin + to_frames(timed.duration, rate))
    if bounds is not None:
        shown = (max(shown[0], bounds[0]), min(shown[1], bounds[1]))
    slots = _slots(id, track, rate, origin - to_frames(timed.start_time, rate))
    return Lane(id, track, tuple(slots), shown)


def _slots(
    lane: str, children: Composition | list[Composable], rate: Fraction, origin: Exact
) -> Iterator[Slot]:
    position, counted = origin, 0
    for index, child in enumerate(children):
        kind = kind_of(child)
        if kind is Kind.TRANSITION:
            yield Slot(index, None, kind, child, position, 0)
            continue
        timed = item_range(child)
        frames = 0 if timed is None else to_frames(timed.duration, rate)
        if frames < 0:
            raise EditError(
                f"“{child.name}” on {lane} has a negative length.",
                f"Its range lasts {frames} frames.",
                "Export the edit again from the program that wrote it.",
            )
        id = None
        if kind is not Kind.GAP:
            counted += 1
            id = f"{lane}:{counted}"
        yield Slot(index, id, kind, child, position, frames)
        position += frames


def kind_of(child: Composable) -> Kind:
    """What stands there."""
    if isinstance(child, Clip):
        return Kind.CLIP
    if isinstance(child, Gap):
        return Kind.GAP
    if isinstance(child, Transition):
        return Kind.TRANSITION
    if carried(child) is None and isinstance(child, Composition):
        return Kind.COMPOUND
    return Kind.UNKNOWN


def _items(parent: Composition, depth: int = 0) -> Iterator[Item]:
    if depth > _DEPTH:
        raise _too_deep()
    for child in parent:
        if isinstance(child, Composition):
            yield from _items(child, depth + 1)
        elif isinstance(child, Item):
            yield child


def _too_deep() -> EditError:
    return EditError(
        "The edit nests compounds too deeply.",
        f"There are more than {_DEPTH} inside one another.",
        "Decompose the nested compounds.",
    )
