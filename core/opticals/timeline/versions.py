"""Renders as versions of a clip, which is cut where the range is a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentimelineio.core import Item

from opticals.errors import EditError
from opticals.timeline import piece, placed, reading, rooms
from opticals.timeline.cuts import cut, join
from opticals.timeline.timemap import first_frame

if TYPE_CHECKING:
    from opentimelineio.schema import Clip

    from opticals.rendering.job import Render
    from opticals.timeline.change import Change
    from opticals.timeline.edit import Edit
    from opticals.timeline.layout import Lane, Slot
    from opticals.timeline.placed import Version
    from opticals.timeline.shot import Shot


def cut_in(
    edit: Edit, change: Change, lane: Lane, slot: Slot, shot: Shot, render: Render, time: str
) -> tuple[str, list[str]]:
    """Make the render the active version of the range: its id now, and what to know of."""
    if shot.placed:
        held = piece.versions(slot.item)
        replaced = [one for one in held.values() if placed.is_draft_of(one, render)]
        version = placed.version_of(render, replaced[0].time if replaced else time)
        held = {one.name: one for one in held.values() if one not in replaced}
        _check_key(slot.item, version, ours=True)
        held[version.name] = version
        return str(slot.id), [
            *show(edit, change, lane, slot, held, version),
            *placed.dropped(shot, version),
        ]
    version = placed.version_of(render, time)
    _check_key(slot.item, version, ours=False)
    _check_transitions(shot, version)
    _check_compound(lane, shot, version)
    parts, place = _cut_out(edit, lane, slot, shot)
    made = rooms.room_for(version, shot)
    parts[place] = piece.dress(
        parts[place],
        {version.name: version},
        version,
        whole=slot.item if len(parts) > 1 else None,
        cut=(place > 0, place < len(parts) - 1),
        room=made,
    )
    messages = rooms.open_room(edit, change, shot, made, but=lane)
    change.splice(lane.track, slot.index, 1, parts)
    return _id_at(lane, slot, place), [*placed.dropped(shot, version), *messages]


def show(
    edit: Edit,
    change: Change,
    lane: Lane,
    slot: Slot,
    held: dict[str, Version],
    version: Version | None,
) -> list[str]:
    """Show another version of a placed clip (None: the original), and hold `held`."""
    clip = slot.item
    shot = reading.take(lane, slot, edit.counting, offline=True)
    if version is not None:
        _check_transitions(shot, version)
    plain = piece.undress(clip)
    messages = rooms.close_room(edit, change, lane, slot)
    made = rooms.room_for(version, shot) if version else None
    dressed = piece.dress(
        plain,
        held,
        version,
        whole=piece.whole(clip),
        cut=piece.cut_sides(clip),
        room=made,
    )
    change.splice(lane.track, slot.index, 1, [dressed])
    return [*messages, *rooms.open_room(edit, change, shot, made, but=lane)]


def _cut_out(edit: Edit, lane: Lane, slot: Slot, shot: Shot) -> tuple[list[Item], int]:
    """The clip as pieces, and the place of the selected one among them."""
    start, end = lane.counted(shot.record, shot.record_end)
    parts: list[Item] = [slot.item.deepcopy()]
    before = start > first_frame(slot.start)
    behind = end < first_frame(slot.end)
    if not lane.in_sequence and shot.whole:
        before = behind = False  # what is hidden of it need not be cut off
    if (before or behind) and not lane.in_sequence:
        raise EditError(
            f"{slot.label} stands on no track, and cannot be cut in two.",
            remedy="Choose the whole clip, or place as an overlay.",
        )
    if before:
        parts[-1:] = cut(parts[-1], start - slot.start, edit.rate)
    if behind:
        parts[-1:] = cut(parts[-1], end - (start if before else slot.start), edit.rate)
    return parts, 1 if before else 0


def _check_compound(lane: Lane, shot: Shot, version: Version) -> None:
    if lane.levels and version.frames != shot.record_frames:
        raise EditError(
            f"{shot.id} “{shot.name}” lies in a compound, which does not get longer with it.",
            remedy="Place with time “fit”, or as an overlay.",
        )
    if all(level.stage.speed == 1 for level in lane.levels):
        return
    if version.baked or version.speed != 1:
        raise EditError(
            f"{shot.id} “{shot.name}” lies in a retimed compound.",
            "A render with frames of its own would be retimed again by it.",
            "Place it as an overlay.",
        )


def _check_key(clip: Clip, version: Version, *, ours: bool) -> None:
    known = piece.versions(clip) if ours else {}
    held = known.get(version.name)
    if held is not None and held.path != version.path:
        raise EditError(
            f"The clip “{clip.name}” has another render named “{version.name}” already.",
            f"It is {held.path}; the new one is {version.path}.",
            "Give the new film another name.",
        )
    if version.name in clip.media_references() and version.name not in known:
        raise EditError(
            f"The clip “{clip.name}” has a version “{version.name}” already, and it is not ours.",
            remedy="Give the render another name.",
        )


def _check_transitions(shot: Shot, version: Version) -> None:
    before, after = shot.outer
    ends = version.frame(-before), version.frame(version.frames - 1 + after)
    missing = max(0, -min(ends)), max(0, max(ends) + 1 - int(version.render["frames"]))
    if missing != (0, 0):
        raise EditError(
            f"{version.name} is too short for the transition beside {shot.id} “{shot.name}”.",
            f"The transition needs {before} frames before and {after} after the selection; "
            f"{missing[0]} and {missing[1]} are missing.",
            "Render the shot again with handles.",
        )


def _id_at(lane: Lane, slot: Slot, step: int) -> str:
    """The id of the clip so many places behind the one in `slot`, nothing else between."""
    number = int(str(slot.id).rpartition(":")[2])
    return f"{lane.id}:{number + step}"


def remove(edit: Edit, change: Change, lane: Lane, slot: Slot) -> tuple[str, list[str]]:
    """Take all renders out of a clip and join it with what it was cut from."""
    clip = slot.item
    messages = rooms.close_room(edit, change, lane, slot)
    plain = piece.undress(clip)
    first, count, stays = slot.index, 1, False
    for cut_there, side in zip(piece.cut_sides(clip), (-1, 1), strict=True):
        if not cut_there:
            continue
        beside = lane.neighbour(slot, side)
        joined = None
        if beside is not None and isinstance(beside.item, Item):
            halves = (beside.item, plain) if side < 0 else (plain, beside.item)
            joined = join(*halves, edit.rate, piece.whole(clip))
        if joined is None:
            stays = True
            continue
        plain, count, first = joined, count + 1, first - (side < 0)
    change.splice(lane.track, first, count, [plain])
    if stays:
        messages.append(
            f"“{plain.name}” stays cut: a piece of it beside this one was changed since."
        )
    return _id_at(lane, slot, first - slot.index), messages
