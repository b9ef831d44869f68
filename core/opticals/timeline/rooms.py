"""Ripple: room opened on the other tracks where a range gets longer, and closed again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from opentimelineio.core import Composable, Item
from opentimelineio.opentime import TimeRange
from opentimelineio.schema import Gap, Marker, Timeline, Track, Transition

from opticals.errors import EditError
from opticals.timeline import piece
from opticals.timeline.cuts import cut, join
from opticals.timeline.layout import Kind, Lane, Slot, known_range
from opticals.timeline.schemas import carried
from opticals.timeline.times import Exact, in_rate, span, to_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from opticals.timeline.change import Change
    from opticals.timeline.edit import Edit
    from opticals.timeline.placed import Version
    from opticals.timeline.shot import Shot


class Rooms:
    """Opens and closes room in one edit.

    Args:
        lanes: the tracks that need room, as they stand: all but the one that gets longer itself.
        rate, start: of the edit; `start` is the record timecode of its first frame.
    """

    def __init__(
        self, timeline: Timeline, lanes: Sequence[Lane], rate: Fraction, start: int
    ) -> None:
        self._stack = timeline.tracks
        self._lanes = lanes
        self._rate = rate
        self._start = start

    def open(self, change: Change, at: int, frames: int, id: str) -> tuple[str, ...]:
        """Insert `frames` at record frame `at` on every track; the edit's markers move along.

        Raises:
            EditError: a track cannot be cut there.
        """
        self._check_untrimmed()
        touched = [lane for lane in self._lanes if lane.end > at]
        for lane in touched:
            self._open_lane(change, lane, at, frames, id)
        moved, kept = self._open_markers(change, at - self._start, frames)
        messages = [f"Everything later moved by {frames} frames, on all tracks."]
        if touched:
            names = ", ".join(lane.id for lane in touched)
            messages.append(f"Room of {frames} frames was opened on {names}.")
        if moved:
            messages.append(f"Markers moved along: {', '.join(moved)}.")
        if kept:
            messages.append(f"Markers of an unknown kind did not move: {', '.join(kept)}.")
        return tuple(messages)

    def close(self, change: Change, at: int, frames: int, id: str) -> tuple[str, ...]:
        """Take out what `open` inserted.

        Raises:
            EditError: the room is not as it was opened, so that tracks would slip.
        """
        self._check_untrimmed()
        messages: list[str] = []
        for lane in self._lanes:
            slot = next((one for one in lane.slots if _is_room(one.item, id)), None)
            if slot is None and lane.end <= at:
                continue
            if slot is None or (slot.start, slot.frames) != (at, frames):
                raise EditError(
                    f"{lane.id} does not hold the room of {frames} frames that the placement "
                    "opened there.",
                    "The track was changed since; closing the range would shift it.",
                    "Take that change back, or close the range in the editing program.",
                )
            messages.extend(self._close_lane(change, lane, slot))
        self._close_markers(change, at - self._start, frames)
        return (f"Everything later moved back by {frames} frames, on all tracks.", *messages)

    def _check_untrimmed(self) -> None:
        for thing in (self._stack, *self._stack):
            if thing is not self._stack and not isinstance(thing, Track):
                raise EditError(
                    f"“{thing.name}” lies in the edit beside the tracks and cannot ripple.",
                    remedy="Place with time “fit”, or put it on a track.",
                )
            if thing.source_range is not None:
                raise EditError(
                    f"A source range trims “{thing.name}”: a ripple would push frames out of it.",
                    remedy="Place with time “fit”, or clear that range first.",
                )

    def _open_lane(self, change: Change, lane: Lane, at: int, frames: int, id: str) -> None:
        self._check_transitions(lane, at)
        slot = lane.at(at)
        if slot is None:
            raise EditError(f"{lane.id} cannot be cut at frame {at}.")
        spelled = known_range(slot.item).duration.rate
        gap = Gap(source_range=span(0, frames, self._rate, spelled))
        gap.metadata[piece.KEY] = {"room": id}
        if slot.start == at:
            change.splice(lane.track, slot.index, 0, [gap])
            return
        if slot.kind is Kind.UNKNOWN or piece.is_ours(slot.item):
            what = "a render" if slot.kind is Kind.CLIP else "of an unknown kind"
            raise EditError(
                f"{lane.id} cannot be opened there: {slot.label} is {what}, "
                "which is not cut in two.",
                remedy="Place with time “fit”, or cut or restore that item first.",
            )
        gap.metadata[piece.KEY]["whole"] = slot.item.deepcopy()
        left, right = cut(slot.item, at - slot.start, self._rate)
        change.splice(lane.track, slot.index, 1, [left, gap, right])

    def _check_transitions(self, lane: Lane, at: int) -> None:
        for slot in lane.slots:
            if slot.kind is not Kind.TRANSITION:
                continue
            before, after = _offsets(slot.item, self._rate)
            if slot.start == at or slot.start - before < at < slot.start + after:
                raise EditError(
                    f"{slot.label} on {lane.id} spans the point where the ripple opens room.",
                    "A transition cannot be cut in two.",
                    "Place with time “fit”, or move or remove the transition.",
                )

    def _close_lane(self, change: Change, lane: Lane, slot: Slot) -> tuple[str, ...]:
        before, after = lane.neighbour(slot, -1), lane.neighbour(slot, 1)
        whole = slot.item.metadata[piece.KEY].get("whole")
        if not isinstance(whole, Item):
            change.splice(lane.track, slot.index, 1, [])
            return ()
        if before and after and isinstance(before.item, Item) and isinstance(after.item, Item):
            joined = join(before.item, after.item, self._rate, whole)
            if joined is not None:
                change.splice(lane.track, before.index, 3, [joined])
                return ()
        change.splice(lane.track, slot.index, 1, [])
        return (f"“{whole.name}” on {lane.id} stays cut: a part of it was changed since.",)

    def _markers(self) -> Iterator[Marker]:
        yield from self._stack.markers
        for track in self._stack:
            yield from track.markers

    def _open_markers(
        self, change: Change, at: int, frames: int
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        moved, kept = [], []
        for marker in self._markers():
            if carried(marker) is not None:
                kept.append(f"“{marker.name}”")
                continue
            start, end = self._marked(marker)
            if end > at or start >= at:
                self._mark(change, marker, start + frames * (start >= at), end + frames)
                moved.append(f"“{marker.name}”")
        return tuple(moved), tuple(kept)

    def _close_markers(self, change: Change, at: int, frames: int) -> None:
        for marker in self._markers():
            if carried(marker) is not None:
                continue
            start, end = self._marked(marker)
            if end <= at and start < at:
                continue
            # What was set inside the room since is kept, at the point where the room was.
            self._mark(
                change,
                marker,
                start if start < at else max(at, start - frames),
                max(at, end - frames),
            )

    def _marked(self, marker: Marker) -> tuple[Exact, Exact]:
        timed = marker.marked_range
        start = to_frames(timed.start_time, self._rate)
        return start, start + to_frames(timed.duration, self._rate)

    def _mark(self, change: Change, marker: Marker, start: Exact, end: Exact) -> None:
        timed = marker.marked_range
        change.move_marker(
            marker,
            TimeRange(
                in_rate(start, self._rate, timed.start_time.rate),
                in_rate(end - start, self._rate, timed.duration.rate),
            ),
        )


def _offsets(transition: Transition, rate: Fraction) -> tuple[Exact, Exact]:
    return to_frames(transition.in_offset, rate), to_frames(transition.out_offset, rate)


def _is_room(item: Composable, id: str) -> bool:
    if not isinstance(item, Gap):
        return False
    record = item.metadata.get(piece.KEY)
    return hasattr(record, "get") and record.get("room") == id


def room_for(version: Version, shot: Shot) -> tuple[str, int] | None:
    """(id, frames) of the room that a version needs beyond its shot's own; None if none."""
    longer = version.frames - shot.record_frames
    return (uuid.uuid4().hex, longer) if longer else None


def open_room(
    edit: Edit, change: Change, shot: Shot, made: tuple[str, int] | None, but: Lane | None
) -> list[str]:
    """Open room behind a shot on every track except `but`; what happened, in words."""
    if made is None:
        return []
    messages = _rooms(edit, but).open(change, shot.record_end, made[1], made[0])
    return [f"{shot.id}: {text}" for text in messages]


def close_room(edit: Edit, change: Change, lane: Lane, slot: Slot) -> list[str]:
    """Close what was opened for the clip in `slot` on every other track; as `open_room`."""
    made = piece.room(slot.item)
    if made is None:
        return []
    return list(_rooms(edit, lane).close(change, int(slot.end) - made[1], made[1], made[0]))


def _rooms(edit: Edit, but: Lane | None) -> Rooms:
    own = None if but is None else but.track
    lanes = edit.lanes(lambda track: track is not own)
    return Rooms(edit.timeline, lanes, edit.rate, edit.start)
