"""The edit as the strip shows it: lanes that can be searched, and what of them is visible."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from opticals.timeline.timecode import timecode
from opticals_ui.look.words import number, tr
from opticals_ui.timeline.crossing import Crossing, crossings

if TYPE_CHECKING:
    from fractions import Fraction

    from opticals.timeline.listing import ItemView, TrackView
    from opticals.timeline.marks import MarkerView
    from opticals_ui.host import EditView

LOST = ("offline", "no media")  # states of media that relinking may find
MOST_INSIDE = 500  # items of a track inside a compound that are gone through for a picture
MERGE_BELOW = 3  # pixels: narrower items are drawn as one block


def clips(item: ItemView) -> Iterator[ItemView]:
    """What an item shows: itself, or the clips inside a compound. Gaps and transitions show
    nothing."""
    if item.kind == "compound":
        for track in item.inside:
            if track.kind == "Video" and track.enabled:
                for one in track.items:
                    yield from clips(one)
    elif item.id is not None:
        yield item


def shown_at(item: ItemView, frame: int) -> ItemView | None:
    """The clip that an item shows at a record frame: itself, or the topmost inside a compound."""
    if item.kind != "compound":
        return item if item.id is not None else None
    for track in reversed(item.inside):
        if track.kind != "Video" or not track.enabled or len(track.items) > MOST_INSIDE:
            continue
        for one in track.items:
            if one.record <= frame < one.record + one.frames and one.enabled:
                found = shown_at(one, frame) if one.kind in ("clip", "compound") else None
                if found is not None:
                    return found
    return None


def all_clips(items: Iterable[ItemView]) -> Iterator[ItemView]:
    """Every clip, those of sound inside compounds too."""
    for item in items:
        if item.kind == "compound":
            yield from all_clips(one for track in item.inside for one in track.items)
        elif item.id is not None:
            yield item


def pace(item: ItemView) -> str:
    """The speed of an item in a word; empty at normal speed."""
    if item.speed is None:
        return tr("speed varies")
    if item.speed == 0:
        return tr("freeze")
    return "" if item.speed == 1 else tr("{number} %", number=_speed(item.speed))


def _speed(speed: Fraction) -> str:
    """In percent, with no more digits than it has, and two at most."""
    hundredths = round(10000 * speed)
    digits = 0 if hundredths % 100 == 0 else 1 if hundredths % 10 == 0 else 2
    return number(hundredths / 100, digits)


def state(item: ItemView) -> str:
    """What keeps an item from being rendered from, in a word of the code's own; empty when
    nothing does. People see `state_words`."""
    if not item.enabled:
        return "disabled"
    return "" if item.media in (None, "online", "compound") else str(item.media)


def state_words(state: str) -> str:
    """A `state` in the user's language."""
    words = {
        "disabled": tr("disabled"),
        "offline": tr("offline"),
        "no media": tr("no media"),
        "generator": tr("generator"),
        "missing frames": tr("missing frames"),
    }
    return words.get(state, state)


def contents(item: ItemView) -> str:
    """What is inside a compound, in words; empty for other items."""
    if item.kind != "compound":
        return ""
    inside = tuple(clips(item))
    lost = sum(1 for one in inside if one.media in LOST)
    count = tr("compound of %n clip(s)", count=len(inside))
    return tr("{clips}, {lost} without medium", clips=count, lost=lost) if lost else count


def unusual(item: ItemView) -> str:
    """All of it in words; empty for a plain clip."""
    return " · ".join(filter(None, (state_words(state(item)), pace(item), contents(item))))


@dataclass(frozen=True)
class Block:
    """A stretch of a lane to draw, in record frames: one item, or a run of narrow ones."""

    start: int
    end: int
    item: ItemView | None


@dataclass(frozen=True)
class Lane:
    """A track whose items take up time, in order, and its transitions apart.

    Attributes:
        id: `V1`.
        kind: `Video`, `Audio` or another.
        name: as the edit calls it; may be empty.
        enabled: whether it is seen or heard.
        locked: whether the editing program keeps it from being changed.
        crossings: the transitions with what stands beside them.
    """

    id: str
    kind: str
    items: tuple[ItemView, ...]
    transitions: tuple[ItemView, ...]
    name: str = ""
    enabled: bool = True
    locked: bool = False
    crossings: tuple[Crossing, ...] = ()

    @staticmethod
    def of(track: TrackView) -> Lane:
        items = tuple(item for item in track.items if item.kind != "transition")
        transitions = tuple(item for item in track.items if item.kind == "transition")
        named = track.name, track.enabled, track.locked
        found = crossings(track.items) if transitions else ()
        return Lane(track.id, track.kind, items, transitions, *named, found)

    @cached_property
    def starts(self) -> list[int]:
        return [item.record for item in self.items]

    @cached_property
    def cuts(self) -> list[int]:
        """Record frames at which an item starts, and the end of the last."""
        return [*self.starts, self.end] if self.items else []

    @cached_property
    def _seam_starts(self) -> list[int]:
        return [item.record for item in self.transitions]

    @property
    def end(self) -> int:
        return self.items[-1].record + self.items[-1].frames if self.items else 0

    def at(self, frame: int) -> ItemView | None:
        """The item that shows at a record frame."""
        index = bisect_right(self.starts, frame) - 1
        if index < 0:
            return None
        item = self.items[index]
        return item if frame < item.record + item.frames else None

    @cached_property
    def places(self) -> dict[str, int]:
        """Where among the items each clip is, by its id."""
        return {item.id: place for place, item in enumerate(self.items) if item.id is not None}

    def beside(self, item: ItemView, direction: int) -> ItemView | None:
        """The clip after (1) or before (-1) one, beyond any gap."""
        place = self.places[item.id or ""] + direction
        while 0 <= place < len(self.items):
            if self.items[place].id is not None:
                return self.items[place]
            place += direction
        return None

    def within(self, start: int, end: int) -> tuple[ItemView, ...]:
        """The items that show between two record frames."""
        first = max(0, bisect_right(self.starts, start) - 1)
        found = self.items[first : bisect_left(self.starts, end)]
        return tuple(one for one in found if one.frames and one.record + one.frames > start)

    def seams(self, start: int, end: int) -> tuple[ItemView, ...]:
        """The transitions that show between two record frames."""
        records = self._seam_starts
        first = max(0, bisect_right(records, start) - 1)
        return self.transitions[first : bisect_left(records, end)]

    @cached_property
    def _crossing_starts(self) -> list[int]:
        return [one.seam.record for one in self.crossings]

    def crossing(self, frame: int) -> Crossing | None:
        """The transition that a record frame is one of."""
        place = bisect_right(self._crossing_starts, frame) - 1
        found = self.crossings[place] if place >= 0 else None
        return found if found is not None and found.holds(frame) else None

    def shots(self, start: int, end: int) -> tuple[ItemView, ...]:
        """The clips that show between two record frames, those inside compounds too."""
        return tuple(
            one
            for item in self.within(start, end)
            for one in clips(item)
            if one.frames and one.record < end and one.record + one.frames > start
        )

    @cached_property
    def rendered(self) -> frozenset[str]:
        """The ids of the compounds inside which a render stands."""
        return frozenset(
            item.id
            for item in self.items
            if item.kind == "compound" and item.id and any(one.version for one in clips(item))
        )

    def blocks(self, start: int, end: int, frames_per_pixel: float) -> Iterator[Block]:
        """What to draw of the record frames `start` to `end`. Gaps alone are left out.

        The number of steps is bounded by the width in pixels, not by the number of items.
        """
        index = max(0, bisect_right(self.starts, start) - 1)
        least = max(1, int(MERGE_BELOW * frames_per_pixel))
        while index < len(self.items) and self.starts[index] < end:
            item = self.items[index]
            if item.frames >= least or frames_per_pixel * MERGE_BELOW < 1:
                if item.kind != "gap":
                    yield Block(item.record, item.record + item.frames, item)
                index += 1
                continue
            after = max(index + 1, bisect_left(self.starts, item.record + least))
            last = self.items[after - 1]
            if last.frames >= least:  # a wide one that begins within the run is drawn itself
                after = max(index + 1, after - 1)
                last = self.items[after - 1]
            if item.kind != "gap" or after > index + 1:
                yield Block(item.record, last.record + last.frames, None)
            index = after


@dataclass(frozen=True)
class Markers:
    """Markers in the order of their starts, searchable. `longest` is the length of the longest."""

    all: tuple[MarkerView, ...]
    starts: tuple[int, ...]
    longest: int

    @staticmethod
    def of(found: Iterable[MarkerView]) -> Markers:
        ordered = tuple(sorted(found, key=lambda one: one.start))
        longest = max((one.end - one.start for one in ordered), default=0)
        return Markers(ordered, tuple(one.start for one in ordered), longest)

    def within(self, start: int, end: int, apart: float) -> Iterator[MarkerView]:
        """Those that show between two record frames; of those that begin closer together than
        `apart` frames, the first. The number of steps is bounded by the frames over `apart`, and
        by the markers of the longest one's length before `start`."""
        place = bisect_left(self.starts, start - self.longest)
        while place < len(self.all) and self.starts[place] < end:
            one = self.all[place]
            if one.end > start:
                yield one
            place = max(place + 1, bisect_left(self.starts, one.start + apart))


@dataclass(frozen=True)
class TimelineModel:
    """A searchable snapshot of an edit. Frames are record timecode as frame numbers."""

    view: EditView
    lanes: tuple[Lane, ...]

    @staticmethod
    def of(view: EditView) -> TimelineModel:
        return TimelineModel(view, tuple(Lane.of(track) for track in view.tracks))

    @property
    def start(self) -> int:
        return self.view.start

    @cached_property
    def end(self) -> int:
        """One past the last frame; at least one frame long."""
        return max((lane.end for lane in self.lanes), default=0) or self.start + 1

    def timecode(self, frame: int) -> str:
        return timecode(frame, self.view.rate, self.view.drop_frame)

    def duration(self, frames: int) -> str:
        """A length as editors say it: in the way that timecode counts."""
        return timecode(frames, self.view.rate, self.view.drop_frame)

    def lane(self, id: str) -> Lane | None:
        """The track of this id."""
        return self._lanes.get(id)

    def find(self, id: str) -> ItemView | None:
        """The clip of this id."""
        lane = self.lane(id.partition(":")[0])
        place = lane.places.get(id) if lane else None
        return lane.items[place] if lane and place is not None else None

    @cached_property
    def _lanes(self) -> dict[str, Lane]:
        return {lane.id: lane for lane in self.lanes}

    @cached_property
    def markers(self) -> dict[str, Markers]:
        """The markers of each track and its clips, by its id; those of the edit under ""."""
        held: dict[str, list[MarkerView]] = {}
        for one in self.view.markers:
            held.setdefault(one.holder.partition(":")[0], []).append(one)
        return {lane: Markers.of(found) for lane, found in held.items()}

    def like(self, item: ItemView) -> ItemView | None:
        """The clip that an item of another state of the edit is now: of the same name and medium,
        the nearest one."""
        same = [
            one
            for lane in self.lanes
            for one in lane.items
            if one.id and (one.name, one.original) == (item.name, item.original)
        ]
        return min(same, key=lambda one: abs(one.record - item.record), default=None)

    @cached_property
    def renders(self) -> frozenset[str]:
        """The names of all renders that stand in the edit, as the active version or not."""
        return frozenset(
            name for lane in self.lanes for item in all_clips(lane.items) for name in item.versions
        )

    @cached_property
    def shown(self) -> frozenset[str]:
        """The names of the renders that are seen: the active versions."""
        return frozenset(
            item.version for lane in self.lanes for item in all_clips(lane.items) if item.version
        )

    @cached_property
    def lost(self) -> tuple[int, int]:
        """How many clips have no medium that is there, and how many should have one."""
        media = [item.media for lane in self.lanes for item in all_clips(lane.items)]
        return sum(1 for one in media if one in LOST), sum(1 for one in media if one != "generator")

    def nearest_cut(self, frame: int) -> int:
        """The cut of any lane closest to a record frame; the frame itself when there is none."""
        index = bisect_left(self._cuts, frame)
        near = self._cuts[max(0, index - 1) : index + 1]
        return min(near, key=lambda cut: abs(cut - frame), default=frame)

    def nearest_marker(self, frame: int) -> int | None:
        """The start of the marker closest to a record frame; None when there is none."""
        index = bisect_left(self.marker_starts, frame)
        near = self.marker_starts[max(0, index - 1) : index + 1]
        return min(near, key=lambda start: abs(start - frame), default=None)

    @cached_property
    def marker_starts(self) -> list[int]:
        """Where markers stand, in order."""
        return sorted({one.start for one in self.view.markers})

    @cached_property
    def _cuts(self) -> list[int]:
        return sorted({cut for lane in self.lanes for cut in lane.cuts})


def shown_order(model: TimelineModel) -> list[Lane]:
    """Lanes from top to bottom as editors see them: V2, V1, A1, A2."""
    video = [lane for lane in model.lanes if lane.kind == "Video"]
    return [*reversed(video), *(lane for lane in model.lanes if lane.kind != "Video")]
