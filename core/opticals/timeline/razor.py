"""Cuts that were found inside clips, set as markers or cut into the edit. Undone as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opentimelineio.opentime import TimeRange
from opentimelineio.schema import Marker

from opticals.errors import ShotError
from opticals.timeline import piece
from opticals.timeline.change import Change
from opticals.timeline.cuts import cut
from opticals.timeline.layout import Lane, Slot, known_range, stage_of
from opticals.timeline.placement import Placement
from opticals.timeline.retimes import speed_of
from opticals.timeline.timemap import first_frame
from opticals.timeline.times import in_rate, to_frames

if TYPE_CHECKING:
    from opentimelineio.core import Item

    from opticals.timeline.edit import Edit
    from opticals.timeline.shot import Shot

_COLOURS = {"Cut": "CYAN", "Dissolve": "PURPLE", "Fade": "PINK"}


@dataclass(frozen=True)
class Found:
    """A transition inside a medium.

    Attributes:
        frame: of the medium, the first of the new shot; in the middle of a gradual transition.
        name: "Cut", "Dissolve" or "Fade".
        first, frames: those of the medium that are neither the one shot nor the other.
    """

    frame: int
    name: str = "Cut"
    first: int = 0
    frames: int = 0

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @staticmethod
    def from_json(data: dict[str, Any]) -> Found:
        return Found(**data)


@dataclass(frozen=True)
class Turn:
    """Where on the record track a clip turns to another shot.

    Attributes:
        record: record timecode of the new shot's first frame as a frame number.
        start, end: record frames of a gradual transition, `end` not included; of a cut the one
            frame.
    """

    record: int
    found: Found
    start: int
    end: int


def turns(shot: Shot, found: Sequence[Found]) -> list[Turn]:
    """Where the selection of a shot shows what was found in its medium, in record order.

    Through its whole time map: retimed, backwards, at another rate than the edit's. A frozen
    frame turns nowhere, and what a fast clip passes within a frame is one turn.
    """
    made: dict[int, Turn] = {}
    far = 1 << 40
    for one in found:
        after = shot.time.shown(one.frame, far)
        record = after[0] if shot.time.speed > 0 else after[1]
        if after[0] == after[1] or not shot.record < record < shot.record_end:
            continue
        start, end = shot.time.shown(one.first, one.frames) if one.frames else (record, record + 1)
        start, end = max(start, shot.record), min(end, shot.record_end)
        if end <= start:
            start, end = record, record + 1
        made.setdefault(record, Turn(record, one, start, end))
    return [made[record] for record in sorted(made)]


def mark(edit: Edit, found: Sequence[tuple[Shot, Sequence[Found]]]) -> Placement:
    """Set a marker on the clips at everything that was found: of a gradual transition over its
    length.

    Raises:
        EditError: the edit changed since the shots were taken. It is then as it was.
    """

    def marked(lane: Lane, slot: Slot, turns: Sequence[Turn]) -> list[Item]:
        item = slot.item.deepcopy()
        timed = known_range(item)
        start = to_frames(timed.start_time, edit.rate)
        stage = stage_of(slot, start, speed_of(item), lane.visible(slot)[0])
        for turn in turns:
            low, high = lane.counted(turn.start, turn.end)
            inside = stage.show(low), stage.show(high - 1)
            begin = in_rate(min(inside), edit.rate, timed.start_time.rate)
            length = in_rate(abs(inside[1] - inside[0]) + 1, edit.rate, timed.start_time.rate)
            marker = Marker(
                turn.found.name, TimeRange(begin, length), _COLOURS.get(turn.found.name, "CYAN")
            )
            item.markers.append(marker)
        return [item]

    return _run(edit, found, marked)


def razor(edit: Edit, found: Sequence[tuple[Shot, Sequence[Found]]]) -> Placement:
    """Cut the clips in two at everything that was found, of a gradual transition in its middle.

    Every piece shows what the clip showed there, with all of the medium as its handles. A
    transition at an end of the clip is left whole: what was found under it is left out, and the
    messages say so. Sound is not cut.

    Raises:
        EditError: the edit changed since the shots were taken. It is then as it was.
    """

    def divided(lane: Lane, slot: Slot, turns: Sequence[Turn]) -> list[Item]:
        parts: list[Item] = [slot.item.deepcopy()]
        start = slot.start
        for turn in turns:
            at = lane.counted(turn.record, turn.record + 1)[0]
            if at > first_frame(start):
                parts[-1:] = cut(parts[-1], at - start, edit.rate)
                start = at
        return parts

    return _run(edit, found, divided, free_of_transitions=True)


def _run(
    edit: Edit,
    found: Sequence[tuple[Shot, Sequence[Found]]],
    made: Callable[[Lane, Slot, Sequence[Turn]], list[Item]],
    *,
    free_of_transitions: bool = False,
) -> Placement:
    """Every clip replaced by what `made` makes of it, from the last to the first, so that none
    moves what is still to be changed."""
    change, messages = Change(), list[str]()
    order = sorted(found, key=lambda one: (one[0].record, one[0].id), reverse=True)
    try:
        for shot, ones in order:
            all_turns = turns(shot, ones)
            if free_of_transitions:
                all_turns = list(_outside_transitions(shot, all_turns, messages))
            if not all_turns:
                continue
            lane, slot = _still(edit, shot)
            if free_of_transitions and not lane.in_sequence:
                messages.append(f"{slot.label} stands on no track, and cannot be cut in two.")
                continue
            change.splice(lane.track, slot.index, 1, made(lane, slot, all_turns))
    except BaseException:
        change.undo()
        raise
    return Placement("", tuple(reversed(messages)), change)


def _outside_transitions(shot: Shot, turns: Sequence[Turn], messages: list[str]) -> Iterator[Turn]:
    low = shot.clip_record + shot.head_transition[1]
    high = shot.clip_end - shot.tail_transition[1]
    for turn in turns:
        if low <= turn.record <= high:
            yield turn
        else:
            messages.append(
                f"{shot.id}: the clip is not cut at {shot.timecode(turn.record)}, where the edit "
                "has a transition."
            )


def _still(edit: Edit, shot: Shot) -> tuple[Lane, Slot]:
    """The clip that the shot was taken from."""
    lane, slot = edit.find(shot.id)
    if piece.is_placed(slot.item) or piece.is_overlay(slot.item):
        raise ShotError(
            f"{slot.label} holds a render.",
            "Its versions were made for the clip as it is.",
            "Restore its original first (“opticals switch”).",
        )
    now = edit.shot(shot.id)
    if (now.media, now.time) != (shot.media, shot.time):
        raise ShotError(
            f"The edit changed since {shot.id} “{shot.name}” was looked at.",
            remedy="Find the cuts again.",
        )
    return lane, slot
