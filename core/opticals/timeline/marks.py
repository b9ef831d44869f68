"""Markers: what they say, and which record frames of which clips they mark."""

from __future__ import annotations

import heapq
import itertools
import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from opentimelineio.schema import GeneratorReference, Marker

from opticals.errors import EditError, OpticalsError
from opticals.timeline import piece
from opticals.timeline.layout import (
    Kind,
    Lane,
    Level,
    Slot,
    inside,
    item_range,
    known_range,
    stage_of,
)
from opticals.timeline.retimes import speed_of
from opticals.timeline.schemas import carried
from opticals.timeline.times import Exact, rate_of, to_frames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opticals.timeline.edit import Edit

# Where programs and adapters keep the text of a marker beside its name, in its metadata. Those of
# Kdenlive, Pitivi, EDLs and Final Cut are its name; OTIO's own place is `Marker.comment`.
COMMENTS = (
    ("Resolve_OTIO", "Note"),
    ("fcp_xml", "comment"),  # Premiere's and Final Cut 7's XML
    ("AAF", "Comment"),
    ("AAF", "CommentMarkerAttributeList", "_ATN_CRM_COM"),  # Media Composer
)


_EDIT, _GAP = "the edit", "a gap on "  # what holds markers that are set on no clip
_HAIR = Fraction(1, 1000)  # of a frame: what speeds read from doubles may lose


@dataclass(frozen=True)
class Place:
    """A clip (or what else is counted and holds no tracks), and where it stands.

    Attributes:
        shown: whether neither it nor anything it lies in is disabled.
        broken: why a compound's inside cannot be followed.
    """

    lane: Lane
    slot: Slot
    shown: bool = True
    broken: OpticalsError | None = None

    @property
    def id(self) -> str:
        return str(self.slot.id)

    @cached_property
    def record(self) -> tuple[int, int]:
        """The record frames that show it, the end not included."""
        return self.lane.record(self.slot)


@dataclass(frozen=True)
class Span:
    """What a marker marks: record frames of an item, the end not included; None: all of it."""

    place: Place
    frames: tuple[int, int] | None


@dataclass(frozen=True)
class Mark:
    """A marker.

    Attributes:
        holder: what it is set on: `V1:3`, `V1`, `the edit`.
        texts: its name, and each comment that it carries.
        record: the record frame that it stands at; None where the edit does not show its place.
        spans: what it marks. One of at most one frame marks the whole clip, a longer one its own
            range. A marker on no clip (of the edit, a track, a gap) marks what shows below it.
    """

    holder: str
    name: str
    colour: str
    texts: tuple[str, ...]
    record: int | None
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class MarkerView:
    """A marker as plain data for the panel.

    Attributes:
        holder: the id of what it is set on: `V1:3`, `V1/...` inside a compound, `V1` of a track or
            of a gap on it; "" of the edit.
        start, end: the record frames that it marks, the end not included: one at least.
        texts: its name, and each comment that it carries.
    """

    holder: str
    name: str
    colour: str
    texts: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class _Pin:
    """A marker and how its time becomes record time.

    Attributes:
        origin: what to add to its time for frames of the innermost level.
        place: the clip that it is set on.
        scopes: else, what the ids of clips begin with among which to look for it, in turn.
    """

    marker: Marker
    holder: str
    origin: Exact
    levels: tuple[Level, ...]
    place: Place | None = None
    scopes: tuple[str, ...] = ("",)


def places(edit: Edit) -> tuple[Place, ...]:
    """Every clip, tracks from the lowest up; of a compound those inside it, or itself if they
    cannot be followed."""
    return tuple(one for one in _walk(edit.lanes(), edit, True) if isinstance(one, Place))


def marks(edit: Edit) -> tuple[Mark, ...]:
    """Every marker of the edit, its tracks and items, those inside compounds too."""
    found = [*_of_edit(edit), *_walk(edit.lanes(), edit, True)]
    standing = [one for one in found if isinstance(one, Place)]
    views: dict[str, _Skyline] = {}
    return tuple(_mark(one, edit, standing, views) for one in found if isinstance(one, _Pin))


def views(edit: Edit) -> tuple[MarkerView, ...]:
    """Every marker that the edit shows the place of, those inside compounds too."""
    found = []
    for pin in (*_of_edit(edit), *_walk(edit.lanes(), edit, True)):
        if not isinstance(pin, _Pin):
            continue
        frames, _ = _frames(pin, edit)
        if frames is not None:
            marker = pin.marker
            holder = "" if pin.holder == _EDIT else pin.holder.removeprefix(_GAP)
            found.append(
                MarkerView(holder, marker.name, marker.color or "", _texts(marker), *frames)
            )
    return tuple(found)


def _of_edit(edit: Edit) -> Iterator[_Pin]:
    stack = edit.timeline.tracks
    origin: Exact = edit.start
    if stack.source_range is not None:
        origin -= to_frames(stack.source_range.start_time, edit.rate)
    yield from _pins(stack.markers, _EDIT, origin, ())


def _walk(lanes: Iterable[Lane], edit: Edit, shown: bool) -> Iterator[Place | _Pin]:
    for lane in lanes:
        on = shown and getattr(lane.track, "enabled", True)
        around = lane.id.rpartition("/")[0]
        scope = f"{around}/" if around else ""
        if lane.in_sequence and lane.slots:
            own = (f"{lane.id}:",) if lane.kind == "V" else ()
            origin = lane.slots[0].start
            yield from _pins(lane.track.markers, lane.id, origin, lane.levels, scopes=(*own, scope))
        for slot in lane.slots:
            yield from _slot(lane, slot, edit, on, scope)


def _slot(lane: Lane, slot: Slot, edit: Edit, shown: bool, scope: str) -> Iterator[Place | _Pin]:
    if slot.kind is Kind.TRANSITION:
        return
    on = shown and getattr(slot.item, "enabled", True)
    place = Place(lane, slot, on)
    markers = getattr(slot.item, "markers", ())
    try:
        if slot.kind is Kind.COMPOUND:
            inner = inside(lane, slot, edit.rate)
            levels = inner[0].levels if inner else lane.levels
            yield from _pins(markers, place.id, 0, levels, scopes=(f"{slot.id}/",))
            yield from _walk(inner, edit, on)
            return
        if markers:
            markers, level = _own(lane, slot, edit)
            levels = (*lane.levels, level)
            if slot.kind is Kind.GAP:
                yield from _pins(markers, f"{_GAP}{lane.id}", 0, levels, scopes=(scope,))
            else:
                yield from _pins(markers, place.id, 0, levels, place=place)
    except OpticalsError as error:
        place = replace(place, broken=error)
    if slot.kind is not Kind.GAP:
        yield place


def _pins(
    markers: Iterable[Marker],
    holder: str,
    origin: Exact,
    levels: tuple[Level, ...],
    *,
    place: Place | None = None,
    scopes: tuple[str, ...] = ("",),
) -> Iterator[_Pin]:
    for marker in markers:
        if carried(marker) is None:  # one of an unknown schema has no time that can be read
            yield _Pin(marker, holder, origin, levels, place, scopes)


def _own(lane: Lane, slot: Slot, edit: Edit) -> tuple[Sequence[Marker], Level]:
    """The markers of an item, which count in its own time, and that time as a level. Of a placed
    render they are those of its original."""
    item: Any = slot.item
    if piece.is_placed(item):
        try:
            item = piece.undress(item)
        except EditError:
            item = piece.original(item)
        slot = slot._replace(frames=to_frames(known_range(item).duration, edit.rate))
    first, end = lane.visible(slot)
    start = to_frames(known_range(item).start_time, edit.rate)
    stage = stage_of(slot, start, speed_of(item), first)
    # A list: the markers go on living when the copy that held them does not.
    return [one.deepcopy() for one in item.markers], Level(stage, first, end)


def _mark(pin: _Pin, edit: Edit, standing: Sequence[Place], views: dict[str, _Skyline]) -> Mark:
    frames, ranged = _frames(pin, edit)
    return Mark(
        holder=pin.holder,
        name=pin.marker.name,
        colour=pin.marker.color or "",
        texts=_texts(pin.marker),
        record=None if frames is None else frames[0],
        spans=() if frames is None else tuple(_spans(pin, frames, ranged, standing, views)),
    )


def _frames(pin: _Pin, edit: Edit) -> tuple[tuple[int, int] | None, bool]:
    """The record frames that a marker marks, None where they are not shown; and whether it is a
    range."""
    timed = pin.marker.marked_range
    start = to_frames(timed.start_time, edit.rate) + pin.origin
    ranged = _is_range(pin, edit)
    length = to_frames(timed.duration, edit.rate) if ranged else 0
    first = math.floor(start)
    return _shown(pin.levels, first, math.ceil(start + length) if ranged else first + 1), ranged


def _is_range(pin: _Pin, edit: Edit) -> bool:
    """Whether it marks more than one frame: of the edit, or of the clip that it is set on where
    that has fewer of them in a second."""
    rate = edit.rate
    if pin.place is not None:
        item: Any = pin.place.slot.item
        timed = item_range(piece.original(item) if piece.is_placed(item) else item)
        rate = min(rate, rate if timed is None else rate_of(timed.start_time))
    return to_frames(pin.marker.marked_range.duration, rate) > 1


def _spans(
    pin: _Pin,
    frames: tuple[int, int],
    ranged: bool,
    standing: Sequence[Place],
    views: dict[str, _Skyline],
) -> Iterator[Span]:
    start, end = frames
    if pin.place is not None:
        yield Span(pin.place, frames if ranged else None)
        return
    for scope in pin.scopes:
        if scope not in views:
            views[scope] = _Skyline([one for one in standing if one.id.startswith(scope)])
        found = [
            Span(place, (first, last) if ranged else None)
            for first, last, place in views[scope].within(start, end if ranged else start + 1)
        ]
        yield from found
        if found:
            return


def _shown(levels: Sequence[Level], start: int, end: int) -> tuple[int, int] | None:
    """The record frames that show frames inside, or during which the first of them goes by where
    a fast item skips them all; None where they are not shown."""
    for level in reversed(levels):
        stage, within = level.stage, (level.start, level.end)
        if stage.speed == 0:  # all of it shows one moment
            start, end = within
            continue
        found = stage.outside(start, end, within)
        if found[0] == found[1]:
            place = (start - stage.to) / stage.speed
            rounded = math.floor(place + _HAIR) if stage.speed > 0 else math.ceil(place - _HAIR)
            found = stage.at + rounded, stage.at + rounded + 1
            if not level.start <= found[0] < level.end:
                return None
        start, end = found
    return start, end


def _texts(marker: Marker) -> tuple[str, ...]:
    found = [marker.name, getattr(marker, "comment", "")]
    held = set(marker.metadata)  # asking OTIO for a key that is not there takes long
    for keys in COMMENTS:
        if keys[0] not in held:
            continue
        node: Any = marker.metadata
        for key in keys:
            node = node.get(key) if hasattr(node, "get") else None
        found.append(node)
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one))


class _Skyline:
    """What shows on top at each record frame: of disabled items, renders laid over the cut and
    generated pictures (titles, mattes) what lies below them."""

    def __init__(self, standing: Sequence[Place]) -> None:
        self._pieces = list(_topmost([one for one in standing if _is_picture(one)]))
        self._starts = [start for start, _, _ in self._pieces]

    def within(self, start: int, end: int) -> Iterator[tuple[int, int, Place]]:
        """What shows from record frame `start` to `end` (not included), piece by piece."""
        place = max(0, bisect_right(self._starts, start) - 1)
        while place < len(self._pieces) and self._pieces[place][0] < end:
            first, last, shown = self._pieces[place]
            if last > start:
                yield max(first, start), min(last, end), shown
            place += 1


def _is_picture(place: Place) -> bool:
    item: Any = place.slot.item
    if not place.shown or place.lane.kind != "V":
        return False
    if place.slot.kind is not Kind.CLIP:
        return True
    generated = isinstance(item.media_reference, GeneratorReference)
    return not generated and not piece.is_overlay(item)


def _topmost(standing: Sequence[Place]) -> Iterator[tuple[int, int, Place]]:
    """The pieces of record time in order, each with the last of `standing` that it shows."""
    order = sorted(range(len(standing)), key=lambda at: standing[at].record[0])
    edges = sorted({edge for one in standing for edge in one.record})
    heap: list[int] = []  # heights, the highest first
    coming = 0
    run: tuple[int, int, int] | None = None
    for start, end in itertools.pairwise(edges):
        while coming < len(order) and standing[order[coming]].record[0] <= start:
            heapq.heappush(heap, -order[coming])
            coming += 1
        while heap and standing[-heap[0]].record[1] <= start:
            heapq.heappop(heap)
        top = -heap[0] if heap else None
        if run is not None and (top != run[2] or run[1] != start):
            yield run[0], run[1], standing[run[2]]
            run = None
        if top is not None:
            run = (start if run is None else run[0], end, top)
    if run is not None:
        yield run[0], run[1], standing[run[2]]
