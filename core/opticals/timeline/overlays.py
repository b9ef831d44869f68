"""Renders on a top track of their own, the cut below untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentimelineio.schema import Gap, Track

from opticals.errors import EditError
from opticals.timeline import piece, placed, rooms
from opticals.timeline.layout import Kind
from opticals.timeline.times import Exact, span, to_frames

if TYPE_CHECKING:
    from opticals.rendering.job import Render
    from opticals.timeline.change import Change
    from opticals.timeline.edit import Edit
    from opticals.timeline.layout import Lane, Slot
    from opticals.timeline.placed import Version
    from opticals.timeline.shot import Shot


def draft_over(edit: Edit, render: Render, shot: Shot) -> tuple[Lane, Slot, Version] | None:
    """The draft of this render that lies over the shot."""
    for lane in edit.lanes(only=lambda track: piece.KEY in track.metadata):
        for slot in lane.slots:
            if not piece.is_overlay(slot.item):
                continue
            version = piece.overlaid(slot.item)
            if slot.start == shot.record and placed.is_draft_of(version, render):
                return lane, slot, version
    return None


def lay(
    edit: Edit, change: Change, lane: Lane, slot: Slot, shot: Shot, render: Render, time: str
) -> tuple[str, list[str]]:
    """Lay the render over the range: the overlay's id, and what to know of."""
    if shot.placed and lane.record(slot) != (shot.clip_record, shot.clip_end):
        raise EditError(
            f"{slot.label} shows a render that is longer than the shot.",
            "An overlay over it would cover the wrong frames.",
            "Switch the clip back to its original first.",
        )
    version = placed.version_of(render, time)
    made = rooms.room_for(version, shot)
    messages = rooms.open_room(edit, change, shot, made, but=None)
    spelled = edit.spelled(slot.item)
    stack = edit.timeline.tracks
    origin: Exact = edit.start
    if stack.source_range is not None:
        origin -= to_frames(stack.source_range.start_time, edit.rate)
    track = Track(name=render.name, kind="Video", metadata={piece.KEY: {"overlays": True}})
    if shot.record > origin:
        track.append(Gap(source_range=span(0, shot.record - origin, edit.rate, spelled)))
    track.append(piece.overlay(version, shot.name, spelled, made))
    layers = [one for one in edit.lanes() if one.kind == "V"]
    top = layers[-1]  # a track, or what stands in the stack without one
    above = 1 + (stack.index(top.track) if top.in_sequence else top.slots[0].index)
    own = next(n for n, one in enumerate(layers) if one.id == shot.id.partition(":")[0])
    covered = [one.id for one in layers[own + 1 :] if _shows(one, shot)]
    if covered:
        messages.append(
            f"The overlay of {shot.id} also covers what {' and '.join(covered)} "
            f"{'shows' if len(covered) == 1 else 'show'} there: move its track below "
            "to show that."
        )
    change.splice(stack, above, 0, [track])
    return f"V{len(layers) + 1}:1", [
        *placed.dropped(shot, version),
        *messages,
        *_not_carried(lane, slot, shot),
    ]


def _shows(lane: Lane, shot: Shot) -> bool:
    """Whether a track shows a picture where the shot is."""
    if not getattr(lane.track, "enabled", True):
        return False
    for slot in lane.slots:
        start, end = lane.record(slot)
        shows = slot.kind not in (Kind.GAP, Kind.TRANSITION) and getattr(slot.item, "enabled", True)
        if shows and start < shot.record_end and end > shot.record:
            return True
    return False


def replace(
    edit: Edit, change: Change, render: Render, lane: Lane, slot: Slot, draft: Version
) -> tuple[str, list[str]]:
    """Put a final in the place of its draft."""
    version = placed.version_of(render, draft.time)
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


def remove(edit: Edit, change: Change, lane: Lane, slot: Slot) -> tuple[str, list[str]]:
    """Take an overlay away, its track too when nothing else is on it."""
    clip = slot.item
    version = piece.overlaid(clip)
    messages = rooms.close_room(edit, change, lane, slot)
    others = [one for one in lane.slots if one.kind is not Kind.GAP and one is not slot]
    if others:
        length = slot.frames - (piece.room(clip) or ("", 0))[1]
        gap = Gap(source_range=span(0, length, edit.rate, clip.source_range.duration.rate))
        change.splice(lane.track, slot.index, 1, [gap])
    else:
        change.splice(edit.timeline.tracks, edit.timeline.tracks.index(lane.track), 1, [])
    return str(version.render["shot"]["id"]), messages


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
    if shot.at_head and shot.head_transition != (0, 0):
        things.append("the transition at its head")
    if shot.at_tail and shot.tail_transition != (0, 0):
        things.append("the transition at its tail")
    if not things:
        return []
    return [f"The overlay does not carry what lies on {slot.label}: {', '.join(things)}."]
