"""How a render goes into the edit and out of it again: versions, overlays, ripple."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opentimelineio.core import Item
from opentimelineio.schema import Clip, Gap, Track

from opticals.errors import EditError, OpticalsError
from opticals.timeline import piece, reading
from opticals.timeline.change import Change
from opticals.timeline.cuts import cut, join
from opticals.timeline.layout import Kind, Lane, Slot, item_range, kind_of
from opticals.timeline.rooms import Rooms
from opticals.timeline.times import span

if TYPE_CHECKING:
    from opticals.render.job import Render
    from opticals.timeline.edit import Edit
    from opticals.timeline.piece import Version
    from opticals.timeline.shot import Shot

ORIGINAL = "original"


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
    drafted = _overlay_draft(edit, render, shot)
    if drafted is not None:
        return _run(lambda change: _replace_overlay(edit, change, render, *drafted))
    if how == "overlay":
        return _run(lambda change: _overlay(edit, change, lane, slot, shot, render, time))
    return _run(lambda change: _version(edit, change, lane, slot, shot, render, time))


def switch(edit: Edit, id: str, name: str) -> Placement:
    """See `Edit.switch`."""
    lane, slot = _placed(edit, id)
    held = piece.versions(slot.item)
    if name not in (*held, ORIGINAL, piece.original(slot.item).active_media_reference_key):
        raise EditError(
            f"{slot.label} has no version “{name}”.",
            remedy=f"It has: {', '.join((ORIGINAL, *held))}.",
        )

    def step(change: Change) -> tuple[str, list[str]]:
        return id, _show(edit, change, lane, slot, held, held.get(name))

    return _run(step)


def restore(edit: Edit, id: str) -> Placement:
    """See `Edit.restore`."""
    lane, slot = edit.find(id)
    if piece.is_overlay(slot.item):
        return _run(lambda change: _remove_overlay(edit, change, lane, slot))
    lane, slot = _placed(edit, id)

    def step(change: Change) -> tuple[str, list[str]]:
        clip = slot.item
        messages = _close(edit, change, lane, slot)
        plain = piece.undress(clip)
        left, right = piece.cut_sides(clip)
        first, count, stays = slot.index, 1, False
        for cut_there, step_to in ((left, -1), (right, 1)):
            if not cut_there:
                continue
            beside = lane.neighbour(slot, step_to)
            joined = None
            if beside is not None and isinstance(beside.item, Item):
                halves = (beside.item, plain) if step_to < 0 else (plain, beside.item)
                joined = join(*halves, edit.rate, piece.whole(clip))
            if joined is None:
                stays = True
                continue
            plain, count, first = joined, count + 1, first - (step_to < 0)
        change.splice(lane.track, first, count, [plain])
        if stays:
            messages.append(
                f"“{plain.name}” stays cut: a piece of it beside this one was changed since."
            )
        return _id_at(lane, first), messages

    return _run(step)


def _placed(edit: Edit, id: str) -> tuple[Lane, Slot]:
    lane, slot = edit.find(id)
    if not piece.is_placed(slot.item):
        raise EditError(
            f"{slot.label} holds no render.", remedy="Choose a clip that a render was placed in."
        )
    return lane, slot


def _check_render(edit: Edit, render: Render) -> None:
    shot = render.shot
    for wrong, why in (
        (
            render.rate != edit.rate,
            f"It runs at {float(render.rate):g} frames per second, "
            f"the edit at {float(edit.rate):g}.",
        ),
        (
            render.head < 0 or render.head + render.selected > render.frames,
            f"It has {render.frames} frames, too few for {render.selected} after "
            f"{render.head} of handles.",
        ),
        (
            render.selected < shot.frames,
            f"It has {render.selected} frames for {shot.frames}: "
            "renders faster than the source cannot be placed for now.",
        ),
    ):
        if wrong:
            raise EditError(
                f"The render {render.path.name} does not fit the edit.", why, "Render it again."
            )


def _find(edit: Edit, shot: Shot) -> tuple[Lane, Slot, Shot]:
    """Where the shot is now. Earlier placements may have changed its id or moved it.

    Raises:
        EditError: it is there no more.
    """
    lane = edit.lane(shot.id.partition(":")[0])
    here = lane.at(shot.record)
    if here is not None and (now := _still(edit, lane, here, shot)) and now.record == shot.record:
        return lane, here, now
    found = list(_elsewhere(edit, lane, shot))
    if len(found) == 1:
        return found[0]
    raise EditError(
        f"The edit changed since the shot {shot.id} “{shot.name}” was taken.",
        f"{lane.id} shows these frames of {shot.media} "
        f"{f'in {len(found)} places' if found else 'no more'}.",
        "Take the shot again from the edit as it is now, and render it.",
    )


def _elsewhere(edit: Edit, lane: Lane, shot: Shot) -> Iterator[tuple[Lane, Slot, Shot]]:
    for slot in lane.slots:
        if slot.kind is Kind.CLIP and (now := _still(edit, lane, slot, shot)):
            yield lane, slot, now


def _still(edit: Edit, lane: Lane, slot: Slot, shot: Shot) -> Shot | None:
    """The shot as taken from this slot now; None if the slot does not show all of it."""
    if slot.kind is not Kind.CLIP or slot.item.name != shot.name:
        return None
    try:
        now = reading.take(lane, slot, edit.counting)
        if (now.media, now.media_start) != (shot.media, shot.media_start):
            return None
        start = now.clip_record + shot.first - now.clip_first
        now = now.record_range(start, start + shot.frames)
    except OpticalsError:
        return None
    return now if (now.first, now.frames) == (shot.first, shot.frames) else None


def _version(
    edit: Edit, change: Change, lane: Lane, slot: Slot, shot: Shot, render: Render, time: str
) -> tuple[str, list[str]]:
    if shot.placed:
        held = piece.versions(slot.item)
        replaced = [one for one in held.values() if _is_draft_of(one, render)]
        version = piece.version_of(render, replaced[0].time if replaced else time)
        held = {one.name: one for one in held.values() if one not in replaced}
        _check_key(slot.item, version, ours=True)
        held[version.name] = version
        _check_transitions(shot, version)
        return str(slot.id), [
            *_show(edit, change, lane, slot, held, version),
            *_dropped(shot, version),
        ]
    version = piece.version_of(render, time)
    _check_key(slot.item, version, ours=False)
    _check_transitions(shot, version)
    parts, place = _cut_out(edit, slot.item, shot)
    made = _room(version, shot)
    parts[place] = piece.dress(
        parts[place],
        {version.name: version},
        version,
        whole=slot.item if len(parts) > 1 else None,
        cut=(place > 0, place < len(parts) - 1),
        room=made,
    )
    messages = _open(edit, change, shot, made, but=lane.id)
    change.splice(lane.track, slot.index, 1, parts)
    return _id_at(lane, slot.index + place), [*_dropped(shot, version), *messages]


def _cut_out(edit: Edit, clip: Clip, shot: Shot) -> tuple[list[Item], int]:
    """The clip as pieces, and the place of the selected one among them."""
    before = shot.first - shot.clip_first
    behind = shot.clip_frames - before - shot.frames
    parts: list[Item] = [clip.deepcopy()]
    if before:
        parts[-1:] = cut(parts[-1], before, edit.rate)
    if behind:
        parts[-1:] = cut(parts[-1], shot.frames, edit.rate)
    return parts, 1 if before else 0


def _show(
    edit: Edit,
    change: Change,
    lane: Lane,
    slot: Slot,
    held: dict[str, Version],
    version: Version | None,
) -> list[str]:
    """Show another version of a placed clip (None: the original), and hold `held`."""
    clip = slot.item
    shot = reading.take(lane, slot, edit.counting)
    if version is not None:
        _check_transitions(shot, version)
    plain = piece.undress(clip)
    messages = _close(edit, change, lane, slot)
    made = _room(version, shot) if version else None
    dressed = piece.dress(
        plain,
        held,
        version,
        whole=piece.whole(clip),
        cut=piece.cut_sides(clip),
        room=made,
    )
    change.splice(lane.track, slot.index, 1, [dressed])
    return [*messages, *_open(edit, change, shot, made, but=lane.id)]


def _room(version: Version, shot: Shot) -> tuple[str, int] | None:
    longer = version.frames - shot.frames
    return (uuid.uuid4().hex, longer) if longer else None


def _open(
    edit: Edit, change: Change, shot: Shot, made: tuple[str, int] | None, but: str | None
) -> list[str]:
    if made is None:
        return []
    rooms = Rooms(edit.timeline, edit.lanes(), edit.rate, edit.start)
    return list(rooms.open(change, shot.record + shot.frames, made[1], made[0], but=but))


def _close(edit: Edit, change: Change, lane: Lane, slot: Slot) -> list[str]:
    made = piece.room(slot.item)
    if made is None:
        return []
    rooms = Rooms(edit.timeline, edit.lanes(), edit.rate, edit.start)
    return list(rooms.close(change, int(slot.end) - made[1], made[1], made[0], but=lane.id))


def _overlay(
    edit: Edit, change: Change, lane: Lane, slot: Slot, shot: Shot, render: Render, time: str
) -> tuple[str, list[str]]:
    if slot.frames != shot.clip_frames:
        raise EditError(
            f"{slot.label} shows a render that is longer than the shot.",
            "An overlay over it would cover the wrong frames.",
            "Switch the clip back to its original first.",
        )
    version = piece.version_of(render, time)
    made = _room(version, shot)
    messages = _open(edit, change, shot, made, but=None)
    spelled = item_range(slot.item).duration.rate
    track = Track(name=render.name, kind="Video", metadata={piece.KEY: {"overlays": True}})
    if shot.record > edit.start:
        track.append(Gap(source_range=span(0, shot.record - edit.start, edit.rate, spelled)))
    track.append(piece.overlay(version, shot.name, spelled, made))
    stack = edit.timeline.tracks
    above = 1 + max(i for i, child in enumerate(stack) if getattr(child, "kind", "") == "Video")
    change.splice(stack, above, 0, [track])
    number = sum(1 for child in stack if getattr(child, "kind", "") == "Video")
    return f"V{number}:1", [
        *_dropped(shot, version),
        *messages,
        *_not_carried(lane, slot, shot),
    ]


def _not_carried(lane: Lane, slot: Slot, shot: Shot) -> list[str]:
    """What lies on the clip below and not on the overlay, in words."""
    clip = slot.item
    things = [f"the effect “{one.name or one.effect_name}”" for one in clip.effects]
    things += [f"the track's effect “{one.name or one.effect_name}”" for one in lane.track.effects]
    recognised = {
        "cdl": "the grade (CDL)",
        "Resolve_OTIO": "Resolve's grade, reframing and opacity",
        "PremierePro_OTIO": "Premiere's motion and opacity",
    }
    things += [words for key, words in recognised.items() if key in clip.metadata]
    if clip.media_reference.available_image_bounds is not None:
        things.append("the reframing (image bounds)")
    if not clip.enabled:
        things.append("that the clip is disabled")
    if shot.first == shot.clip_first and shot.head_transition != (0, 0):
        things.append("the transition at its head")
    if shot.first + shot.frames == shot.clip_first + shot.clip_frames and (
        shot.tail_transition != (0, 0)
    ):
        things.append("the transition at its tail")
    if not things:
        return []
    return [f"The overlay does not carry what lies on {slot.label}: {', '.join(things)}."]


def _overlay_draft(edit: Edit, render: Render, shot: Shot) -> tuple[Lane, Slot, Version] | None:
    """The draft of this render that lies over the shot."""
    for lane in edit.lanes(only=lambda track: piece.KEY in track.metadata):
        for slot in lane.slots:
            if not piece.is_overlay(slot.item):
                continue
            (version,) = piece.versions(slot.item).values()
            if slot.start == shot.record and _is_draft_of(version, render):
                return lane, slot, version
    return None


def _replace_overlay(
    edit: Edit, change: Change, render: Render, lane: Lane, slot: Slot, draft: Version
) -> tuple[str, list[str]]:
    version = piece.version_of(render, draft.time)
    if version.frames != draft.frames:
        raise EditError(
            f"{render.path.name} is not as long as the draft {draft.name} that it replaces.",
            f"It has {version.frames} frames, the draft {draft.frames}.",
            f"Remove the draft first (restore {slot.id}).",
        )
    spelled = slot.item.source_range.duration.rate
    clip = piece.overlay(version, slot.item.name, spelled, piece.room(slot.item))
    change.splice(lane.track, slot.index, 1, [clip])
    return str(slot.id), [f"The draft {draft.name} was replaced by {version.name}."]


def _remove_overlay(edit: Edit, change: Change, lane: Lane, slot: Slot) -> tuple[str, list[str]]:
    clip = slot.item
    (version,) = piece.versions(clip).values()
    messages = _close(edit, change, lane, slot)
    others = [one for one in lane.slots if one.kind is not Kind.GAP and one is not slot]
    if others:
        length = slot.frames - (piece.room(clip) or ("", 0))[1]
        gap = Gap(source_range=span(0, length, edit.rate, clip.source_range.duration.rate))
        change.splice(lane.track, slot.index, 1, [gap])
    else:
        change.splice(edit.timeline.tracks, edit.timeline.tracks.index(lane.track), 1, [])
    return str(version.render["shot"]["id"]), messages


def _is_draft_of(version: Version, render: Render) -> bool:
    """Whether `version` is a draft of the same shot and recipe."""
    made, shot = version.render, render.shot
    return (
        version.draft
        and made["recipe"] == render.recipe.to_json()
        and all(made["shot"][key] == getattr(shot, key) for key in ("media", "first", "frames"))
    )


def _check_key(clip: Clip, version: Version, *, ours: bool) -> None:
    known = piece.versions(clip) if ours else {}
    if version.name in clip.media_references() and version.name not in known:
        raise EditError(
            f"The clip “{clip.name}” has a version “{version.name}” already, and it is not ours.",
            remedy="Give the render another name.",
        )


def _check_transitions(shot: Shot, version: Version) -> None:
    head = shot.head_transition[0] if shot.first == shot.clip_first else 0
    at_tail = shot.first + shot.frames == shot.clip_first + shot.clip_frames
    tail = shot.tail_transition[0] if at_tail else 0
    has = int(version.render["head"])
    if has < head or version.tail < tail:
        raise EditError(
            f"{version.name} is too short for the transition beside {shot.id} “{shot.name}”.",
            f"The transition needs {head} frames before and {tail} after the selection; "
            f"the render has {has} and {version.tail}.",
            "Render the shot again with handles.",
        )


def _dropped(shot: Shot, version: Version) -> list[str]:
    """Which source frames no longer show when a slower range keeps its length."""
    shown = int((version.frames - 1) * version.speed) + 1
    if shown >= shot.frames:
        return []
    first, last = (
        shot.timecode(shot.media_start + shot.first + place) for place in (shown, shot.frames - 1)
    )
    return [f"{shot.id}: source frames {first} to {last} drop out."]


def _id_at(lane: Lane, index: int) -> str:
    """The id of the child that stands at `index` of the track now."""
    counted = sum(
        1
        for place in range(index + 1)
        if kind_of(lane.track[place]) not in (Kind.GAP, Kind.TRANSITION)
    )
    return f"{lane.id}:{counted}"
