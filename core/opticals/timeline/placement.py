"""How a render goes into the edit and out of it again: versions, overlays, ripple."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from opticals.errors import EditError, OpticalsError
from opticals.timeline import overlays, piece, placed, reading, versions
from opticals.timeline.change import Change
from opticals.timeline.files import master_of
from opticals.timeline.layout import Kind, Lane, Slot, inside

if TYPE_CHECKING:
    from opticals.rendering.job import Render
    from opticals.timeline.edit import Edit
    from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class Placement:
    """What was done to the edit, in words, and the way back.

    Attributes:
        id: where the placed piece stands now; the clip it became for `restore`.
        messages: what the user should know of, one sentence each.
    """

    id: str
    messages: tuple[str, ...]
    _change: Change

    def undo(self) -> None:
        """Make the edit what it was. In the order opposite to the one of placing."""
        self._change.undo()

    def redo(self) -> None:
        """Place it again after `undo`."""
        self._change.redo()


Step = Callable[[Change], tuple[str, list[str]]]


def _run(step: Step) -> Placement:
    """`step` as one change: all of it, or none."""
    change = Change()
    try:
        id, messages = step(change)
    except BaseException:
        change.undo()
        raise
    return Placement(id, tuple(messages), change)


def place(edit: Edit, render: Render, how: str, time: str) -> Placement:
    """See `Edit.place`."""
    for value, allowed in ((how, ("version", "overlay")), (time, ("fit", "ripple"))):
        if value not in allowed:
            raise EditError(f"There is no placing as “{value}”.", f"It is {' or '.join(allowed)}.")
    _check_render(edit, render)
    lane, slot, shot = _find(edit, render.shot)
    drafted = overlays.draft_over(edit, render, shot)
    if drafted is not None:
        return _run(lambda change: overlays.replace(edit, change, render, *drafted))
    if how == "overlay":
        return _run(lambda change: overlays.lay(edit, change, lane, slot, shot, render, time))
    placed = _run(lambda change: versions.cut_in(edit, change, lane, slot, shot, render, time))
    if render.recipe.alpha:
        seen_through = (
            f"{shot.id} is transparent now, and stands in place of its clip: to keep the clip "
            "below it, place it as an overlay."
        )
        placed = replace(placed, messages=(*placed.messages, seen_through))
    return placed


def switch(edit: Edit, id: str, name: str) -> Placement:
    """See `Edit.switch`."""
    lane, slot = _placed(edit, id)
    held = piece.versions(slot.item)
    if name not in (*held, placed.ORIGINAL, piece.original(slot.item).active_media_reference_key):
        raise EditError(
            f"{slot.label} has no version “{name}”.",
            remedy=f"It has: {', '.join((placed.ORIGINAL, *held))}.",
        )

    return _run(lambda change: (id, versions.show(edit, change, lane, slot, held, held.get(name))))


def drop(edit: Edit, id: str, name: str) -> Placement:
    """See `Edit.drop`."""
    lane, slot = _placed(edit, id)
    held = piece.versions(slot.item)
    if name not in held:
        raise EditError(f"{slot.label} has no version “{name}”.")
    active = slot.item.active_media_reference_key
    if name == active:
        raise EditError(
            f"{slot.label} shows {name}.",
            "What is seen is not taken out.",
            "Switch to another version first.",
        )
    left = {key: one for key, one in held.items() if key != name}
    if not left:
        return _run(lambda change: versions.remove(edit, change, lane, slot))

    def step(change: Change) -> tuple[str, list[str]]:
        return id, versions.show(edit, change, lane, slot, left, held.get(active))

    return _run(step)


def restore(edit: Edit, id: str) -> Placement:
    """See `Edit.restore`."""
    lane, slot = edit.find(id)
    if piece.is_overlay(slot.item):
        return _run(lambda change: overlays.remove(edit, change, lane, slot))
    lane, slot = _placed(edit, id)

    return _run(lambda change: versions.remove(edit, change, lane, slot))


def where(edit: Edit, shot: Shot) -> Shot:
    """The shot where the edit shows it now: its id and its record may be others.

    Raises:
        EditError: it is there no more, or in several places.
    """
    return _find(edit, shot)[2]


def shown_by(edit: Edit, id: str, shot: Shot) -> Shot | None:
    """The shot as a clip shows it now; None where that does not show all of it.

    Raises:
        ShotError: there is no such clip.
    """
    return _still(edit, *edit.find(id), shot)


def _placed(edit: Edit, id: str) -> tuple[Lane, Slot]:
    lane, slot = edit.find(id)
    if not piece.is_placed(slot.item):
        master = None if edit.path is None else master_of(edit.path)
        raise EditError(
            f"{slot.label} holds no render.",
            remedy=f"All versions are kept in {master.name}: open that."
            if master is not None and master.exists() and master != edit.path
            else "Choose a clip that a render was placed in.",
        )
    return lane, slot


def _check_render(edit: Edit, render: Render) -> None:
    shot = render.shot
    rate, wanted = (edit.rate, shot.record_frames) if render.baked else (shot.rate, shot.frames)
    # What plays faster may go on, to fill the range.
    there = render.frames - render.head if render.baked else render.selected
    for wrong, why in (
        (
            shot.edit_rate != edit.rate,
            f"Its shot is of an edit with {float(shot.edit_rate):g} frames per second, "
            f"this one has {float(edit.rate):g}.",
        ),
        (
            render.rate != rate,
            f"It runs at {float(render.rate):.6g} frames per second, not at {float(rate):.6g}; "
            "a file at a rate of its own is made by opticals.render in Python, which places "
            "nothing.",
        ),
        (
            render.head < 0 or render.head + render.selected > render.frames,
            f"It has {render.frames} frames, too few for {render.selected} after "
            f"{render.head} of handles.",
        ),
        (
            there < wanted,
            f"It has {there} frames for {wanted}: the medium ends before they do.",
        ),
    ):
        if wrong:
            raise EditError(
                f"The render {render.path.name} does not fit the edit.",
                why,
                "Make it at the rate of the edit, for the shot as it is.",
            )


def _find(edit: Edit, shot: Shot) -> tuple[Lane, Slot, Shot]:
    """Where the shot is now. Earlier placements may have changed its id or moved it.

    Raises:
        EditError: it is there no more.
    """
    lanes = _lanes(edit, shot)
    for lane in lanes:
        here = lane.at(lane.counted(shot.record, shot.record + 1)[0])
        now = None if here is None else _still(edit, lane, here, shot)
        if here is not None and now is not None and now.record == shot.record:
            return lane, here, now
    found = [one for lane in lanes for one in _elsewhere(edit, lane, shot)]
    if len(found) == 1:
        return found[0]
    raise EditError(
        f"The edit changed since the shot {shot.id} “{shot.name}” was taken.",
        f"{shot.id.rpartition(':')[0]} shows these frames of {shot.media} "
        f"{f'in {len(found)} places' if found else 'no more'}.",
        "Take the shot again from the edit as it is now, and render it.",
    )


def _lanes(edit: Edit, shot: Shot) -> list[Lane]:
    """The tracks that the shot may lie on: those that are called so, inside whatever compounds;
    the ids of these change when what stands before them is cut."""
    first, *deeper = (part.partition(":")[0] for part in shot.id.split("/"))
    found = [edit.lane(first)]
    for name in deeper:
        within = [one for lane in found for slot in lane.slots for one in _inside(edit, lane, slot)]
        found = [one for one in within if one.id.rpartition("/")[2] == name]
    return found


def _inside(edit: Edit, lane: Lane, slot: Slot) -> tuple[Lane, ...]:
    if slot.kind is not Kind.COMPOUND:
        return ()
    try:
        return inside(lane, slot, edit.rate)
    except OpticalsError:
        return ()  # its time cannot be followed: no shot was taken from it


def _elsewhere(edit: Edit, lane: Lane, shot: Shot) -> Iterator[tuple[Lane, Slot, Shot]]:
    for slot in lane.slots:
        if slot.kind is Kind.CLIP and (now := _still(edit, lane, slot, shot)):
            yield lane, slot, now


def _still(edit: Edit, lane: Lane, slot: Slot, shot: Shot) -> Shot | None:
    """The shot as taken from this slot now; None if the slot does not show all of it."""
    if slot.kind is not Kind.CLIP:
        return None
    try:
        now = reading.take(lane, slot, edit.counting, offline=True)
        if (now.media, now.media_start, now.rate) != (shot.media, shot.media_start, shot.rate):
            return None
        start = _same_place(now, shot)
        if start is None:
            return None
        now = now.record_range(start, start + shot.record_frames)
    except OpticalsError:
        return None
    same = (now.first, now.frames, now.record_frames)
    return now if same == (shot.first, shot.frames, shot.record_frames) else None


def _same_place(now: Shot, shot: Shot) -> int | None:
    """The record frame of `now` that shows what the first frame of `shot` shows."""
    place = shot.time.place(shot.record)
    if now.time.place(shot.record) == place:
        return shot.record
    first, last = now.time.shown(shot.first, shot.frames)
    return next((one for one in range(first, last) if now.time.place(one) == place), None)
