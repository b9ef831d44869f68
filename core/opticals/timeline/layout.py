"""Where everything stands: track ids, record positions and the items' kinds."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from opentimelineio.core import Composable, Composition, Item
from opentimelineio.schema import Clip, Gap, Stack, Timeline, Track, Transition

from opticals.errors import EditError
from opticals.timeline.schemas import carried
from opticals.timeline.timecode import can_drop
from opticals.timeline.times import Exact, rate_of, to_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from opentimelineio.opentime import TimeRange

# Deeper than any edit, and far from the depth at which OTIO's own recursion ends the process.
_DEPTH = 100


class Kind(StrEnum):
    """What stands in a track."""

    CLIP = "clip"
    GAP = "gap"
    TRANSITION = "transition"
    COMPOUND = "compound"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Slot:
    """One child of a track and where it stands.

    Attributes:
        index: its place among the track's children.
        id: `V1:3`; None for gaps and transitions, which are not counted.
        start: record timecode of its first frame, as a frame number (a transition: of the cut).
        frames: its length on the track; 0 for a transition.
    """

    index: int
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
class Lane:
    """A track laid out.

    Attributes:
        id: `V1`, `A1`; `X1` for tracks of other kinds and other things in the stack.
        trimmed: whether a source range hides part of the track or of the whole edit.
    """

    id: str
    track: Composable
    slots: tuple[Slot, ...]
    trimmed: bool = False

    @property
    def end(self) -> Exact:
        return self.slots[-1].end if self.slots else 0

    def at(self, frame: Exact) -> Slot | None:
        """The item over record frame `frame`, gaps included."""
        items = [slot for slot in self.slots if slot.frames > 0]
        place = bisect_right(items, frame, key=lambda slot: slot.start) - 1
        return items[place] if place >= 0 and frame < items[place].end else None

    def neighbour(self, slot: Slot, step: int) -> Slot | None:
        """The child before (-1) or after (+1)."""
        place = slot.index + step
        return self.slots[place] if 0 <= place < len(self.slots) else None


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
    node: Any = timeline.metadata
    for key in ("fcp_xml", "timecode", "displayformat"):
        node = node.get(key) if hasattr(node, "get") else None
    return bool(node != "NDF")


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
    origin: Exact = start
    stack = timeline.tracks
    if stack.source_range is not None:
        origin -= to_frames(stack.source_range.start_time, rate)
    counts: Counter[str] = Counter()
    lanes = []
    for child in stack:
        letter = {"Video": "V", "Audio": "A"}.get(getattr(child, "kind", ""), "X")
        counts[letter] += 1
        if only(id := f"{letter}{counts[letter]}", child):
            lanes.append(_lane(id, child, rate, origin, stack))
    return tuple(sorted(lanes, key=lambda lane: "VAX".index(lane.id[0])))


def _lane(id: str, track: Composable, rate: Fraction, origin: Exact, stack: Stack) -> Lane:
    if not isinstance(track, Track):
        return Lane(id, track, tuple(_slots(id, [track], rate, origin)), trimmed=True)
    if track.source_range is not None:
        origin -= to_frames(track.source_range.start_time, rate)
    slots = tuple(_slots(id, track, rate, origin))
    length = (slots[-1].end if slots else origin) - origin
    trimmed = any(
        trim is not None
        and (to_frames(trim.start_time, rate) != 0 or to_frames(trim.duration, rate) < length)
        for trim in (track.source_range, stack.source_range)
    )
    return Lane(id, track, slots, trimmed)


def _slots(
    lane: str, children: Composition | list[Composable], rate: Fraction, origin: Exact
) -> Iterator[Slot]:
    position, counted = origin, 0
    for index, child in enumerate(children):
        kind = kind_of(child)
        frames: Exact = 0
        id = None
        if kind is not Kind.TRANSITION:
            timed = item_range(child)
            frames = 0 if timed is None else to_frames(timed.duration, rate)
            if frames < 0:
                raise EditError(
                    f"“{child.name}” on {lane} has a negative length.",
                    f"Its range lasts {frames} frames.",
                    "Export the edit again from the program that wrote it.",
                )
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
        raise EditError(
            "The edit nests compounds too deeply.",
            f"There are more than {_DEPTH} inside one another.",
            "Decompose the nested compounds.",
        )
    for child in parent:
        if isinstance(child, Composition):
            yield from _items(child, depth + 1)
        elif isinstance(child, Item):
            yield child
