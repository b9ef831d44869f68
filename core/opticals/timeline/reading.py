"""From a place in the edit to a shot: media, exact source range, transitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

from opentimelineio.core import Item
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    GeneratorReference,
    ImageSequenceReference,
    Track,
    Transition,
)

from opticals.errors import AnswerNeeded, MediaError, MediaOffline, ShotError
from opticals.media.sequence import numbering
from opticals.timeline import piece
from opticals.timeline.extent import Counting, Extent, check_inside, extent_of
from opticals.timeline.formats.held import REFUSED
from opticals.timeline.layout import Kind, Lane, Slot, item_range, known_range, stage_of
from opticals.timeline.retimes import speed_of, time_effects
from opticals.timeline.schemas import carried
from opticals.timeline.shot import Shot
from opticals.timeline.timemap import Stage, TimeMap, first_frame
from opticals.timeline.times import to_frames
from opticals.timeline.urls import exists, media_path, sequence_url


class Media(StrEnum):
    """Whether an item's pictures can be had."""

    ONLINE = "online"
    OFFLINE = "offline"
    MISSING = "no media"
    GENERATOR = "generator"
    GAPS = "missing frames"
    COMPOUND = "compound"
    UNKNOWN = "unknown"


Locate = Callable[[str, "Path | None"], tuple[Media, "Path | None"]]


def locate(url: str, folder: Path | None) -> tuple[Media, Path | None]:
    """Whether the medium that a URL names is there, and its path if it is a local one: of a
    sequence its printf pattern."""
    path = media_path(url, folder)
    if path is None or not exists(path):
        return Media.OFFLINE, path
    try:
        found = numbering.numbered(path)
    except MediaError:
        return Media.OFFLINE, path
    if found is None:
        return Media.ONLINE, path
    return (Media.GAPS if found.missing else Media.ONLINE), found.pattern.path


def media_of(
    item: Any,
    folder: Path | None,
    locate: Locate = locate,
) -> tuple[Media, Path | None]:
    """The state of an item's active medium and its path, if it names a local file."""
    if not isinstance(item, Clip):
        unknown = carried(item) is not None
        return (Media.UNKNOWN if unknown else Media.COMPOUND), None
    reference = item.media_reference
    if isinstance(reference, ExternalReference):
        url = reference.target_url
        return locate(url, folder) if url else (Media.MISSING, None)
    if isinstance(reference, GeneratorReference):
        return Media.GENERATOR, None
    if isinstance(reference, ImageSequenceReference):
        return locate(sequence_url(reference), folder)
    return (Media.MISSING if carried(reference) is None else Media.UNKNOWN), None


def take(lane: Lane, slot: Slot, counting: Counting, *, offline: bool = False) -> Shot:
    """The whole item as a shot. On a placed render: the piece of the original below it.

    With `offline` its medium may be missing: enough to say where it stands, not to render it.

    Raises:
        ShotError: it is no clip, or its time cannot be followed frame for frame.
        MediaError: its medium is missing.
    """
    _check_lane(lane)
    name = f"{slot.id} “{slot.item.name}”"
    if slot.kind is not Kind.CLIP or piece.is_overlay(slot.item):
        raise _not_a_clip(slot, name)
    clip, placed = slot.item, piece.is_placed(slot.item)
    if placed:
        piece.active(clip)
        clip = piece.original(clip)
        slot = slot._replace(frames=to_frames(known_range(clip).duration, counting.rate))
    _check_refused(clip, name)
    if not counting.knows_lengths:
        _check_lengths(lane, slot)
    path = _medium(clip, name, counting.folder, offline)
    if item_range(clip) is None:
        raise ShotError(
            f"{name} says neither which range of its medium it shows nor how long that is.",
            remedy="Export the edit again with source ranges.",
        )
    record, end = lane.record(slot)
    if record == end:
        raise ShotError(
            f"{name} shows no frame.",
            "It has no length, or what it lies in is trimmed to other frames.",
            "Choose another clip.",
        )
    medium = extent_of(clip, name, path, counting)
    time = time_of(lane, slot, clip, medium, counting)
    check_inside(name, time, medium, counting)
    notes = medium.notes
    if isinstance(clip.media_reference, ImageSequenceReference) and exists(path):
        first, frames = time.needs(record, end)
        notes += _missing(clip, name, path, first, frames)
    head, tail = _transitions(lane, slot, counting.rate)
    return Shot(
        id=str(slot.id),
        name=clip.name,
        media=str(path),
        rate=medium.rate,
        edit_rate=counting.rate,
        drop_frame=counting.drop_frame,
        media_start=medium.start,
        media_frames=medium.frames,
        time=time,
        record=record,
        record_frames=end - record,
        head_transition=head,
        tail_transition=tail,
        notes=notes,
        placed=placed,
    )


def _check_lane(lane: Lane) -> None:
    if lane.kind != "V":
        raise ShotError(
            f"{lane.id} is not a video track.",
            "Effects are made of pictures.",
            "Choose a clip of a video track: V1, V2, ...",
        )
    parent = lane.track.parent()
    # What holds the tracks of a compound is the compound itself, whose speed its level has.
    holders = [lane.track] if lane.in_sequence and not isinstance(parent, Track) else []
    if not lane.levels:
        holders.append(parent if lane.in_sequence else lane.track)
    if any(time_effects(one) for one in holders):
        raise ShotError(
            f"{lane.id} is retimed as a whole.",
            "Shots are taken from tracks at normal speed.",
            "Remove the retime from the track, or put it on the clips.",
        )


def _not_a_clip(slot: Slot, name: str) -> ShotError:
    if slot.kind is Kind.COMPOUND:
        return ShotError(
            f"{name} is a compound.",
            "Effects are rendered on the clips inside it.",
            f"Choose one of these (“opticals shots” lists them: {slot.id}/V1:1, ...), or mark a "
            "range over the compound, which takes all of them.",
        )
    if slot.kind is Kind.CLIP:
        return ShotError(
            f"{name} is a render, laid over the cut.",
            "A render is never made from a render.",
            "Choose the clip below it.",
        )
    return ShotError(
        f"{name} is of the unknown kind {carried(slot.item)}.", remedy="Choose a clip."
    )


def _check_refused(clip: Clip, name: str) -> None:
    """A reader of another format leaves word where it could not follow a clip."""
    why = clip.metadata.get(REFUSED)
    if isinstance(why, str):
        raise ShotError(f"{name} cannot be taken.", why, "Bake it in the editing program first.")


def _check_lengths(lane: Lane, slot: Slot) -> None:
    """A speed changes where this clip and those behind it stand; programs differ in how."""
    before = lane.slots[: slot.index - lane.slots[0].index + 1]
    found = [
        one
        for one in before
        if isinstance(one.item, Item) and abs(speed_of(one.item)) not in (0, 1)
    ]
    if found or any(abs(level.stage.speed) not in (0, 1) for level in lane.levels):
        what = found[0].label if found else slot.label.partition("/")[0]
        raise AnswerNeeded.about(
            f"It is not known which program wrote the speed of {what}.",
            "Most write its length on the track, Premiere the length of the source that it uses; "
            f"so {slot.label} would show other frames, or stand elsewhere.",
            "Say which: --written-by generic, resolve, premiere, ...",
            "written_by",
            ("generic", "resolve", "premiere"),
        )


def _medium(clip: Clip, name: str, folder: Path | None, offline: bool) -> Path:
    state, path = media_of(clip, folder)
    if path is not None and (offline or state in (Media.ONLINE, Media.GAPS)):
        return path
    if state is Media.OFFLINE:
        raise MediaOffline(
            f"The medium of {name} is offline.",
            f"There is no file “{path or getattr(clip.media_reference, 'target_url', '')}”.",
            "Relink the clip (“opticals relink”), or mount the volume that holds the file.",
        )
    if state is Media.MISSING:
        raise MediaOffline(
            f"{name} has no medium to render from.",
            "The edit names none for it.",
            "Find it with “opticals relink EDIT FOLDER”, or choose a clip whose medium is a file.",
        )
    raise ShotError(
        f"{name} has no medium to render from.",
        f"Its media reference is: {state.value}.",
        "Choose a clip whose medium is a file.",
    )


def time_of(lane: Lane, slot: Slot, clip: Clip, medium: Extent, counting: Counting) -> TimeMap:
    """The time map of a clip in its slot."""
    speed = speed_of(clip) * medium.rate / counting.rate
    inner = stage_of(slot, medium.place, speed, lane.visible(slot)[0])
    record, end = lane.record(slot)
    stages = (*(level.stage for level in lane.levels), inner)
    step = getattr(clip.media_reference, "frame_step", 1)
    if step > 1:  # each file stands for so many frames
        named = medium.named
        stages += (
            Stage(named, Fraction(0), Fraction(1, step)),
            Stage(0, Fraction(named), Fraction(step)),
        )
    nearest = counting.nearest and medium.rate != counting.rate
    return TimeMap(record, end - record, stages, nearest)


def _missing(clip: Clip, name: str, path: Path, first: int, frames: int) -> tuple[str, ...]:
    """What to know of files that the clip shows and that are not there."""
    found = numbering.numbered(path)
    assert found is not None
    gone = [found.first + one for one in found.missing if first <= one < first + frames]
    if not gone:
        return ()
    policy = clip.media_reference.missing_frame_policy
    asked = {
        ImageSequenceReference.MissingFramePolicy.hold: "; the edit asks to hold the one before",
        ImageSequenceReference.MissingFramePolicy.black: "; the edit asks for black",
    }.get(policy, "")
    numbers = ", ".join(map(str, gone[:5])) + (", ..." if len(gone) > 5 else "")
    return (f"{name}: {len(gone)} files are missing ({numbers}){asked}.",)


def _transitions(lane: Lane, slot: Slot, rate: Fraction) -> tuple[tuple[int, int], tuple[int, int]]:
    """(outside, inside) record frames of the transitions at the item's head and tail, as far as
    the edit shows them."""
    shown = lane.visible(slot)
    whole = first_frame(slot.start), first_frame(slot.end)
    sides = []
    for step, here, edge in zip((-1, 1), shown, whole, strict=True):
        beside = lane.neighbour(slot, step)
        if here != edge or beside is None or not isinstance(beside.item, Transition):
            sides.append((0, 0))
            continue
        before, after = (
            math.ceil(to_frames(offset, rate))
            for offset in (beside.item.in_offset, beside.item.out_offset)
        )
        if min(before, after) < 0:
            raise ShotError(
                f"{beside.label} has a negative length.",
                f"It lasts {before} frames before the cut and {after} after it.",
                "Remove it in the editing program, and set it again.",
            )
        sides.append((before, after) if step < 0 else (after, before))
    head, tail = sides
    for level in reversed(lane.levels):
        if level.stage.speed < 0:
            head, tail = tail, head
        if abs(level.stage.speed) not in (0, 1):
            head, tail = (
                (math.ceil(out / abs(level.stage.speed)), math.ceil(own / abs(level.stage.speed)))
                for out, own in (head, tail)
            )
    return head, tail
