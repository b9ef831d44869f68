"""From a place in the edit to a shot: media, exact source range, transitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from opentimelineio.core import Item
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    GeneratorReference,
    ImageSequenceReference,
    Track,
    Transition,
)

from opticals.errors import AnswerNeeded, MediaError, ShotError
from opticals.media.sequence import numbering
from opticals.timeline import piece
from opticals.timeline.layout import Kind, Lane, Slot, item_range, known_range, stage_of
from opticals.timeline.retimes import speed_of, time_effects
from opticals.timeline.schemas import carried
from opticals.timeline.shot import Shot
from opticals.timeline.timecode import can_drop, nominal, timecode
from opticals.timeline.timemap import Stage, TimeMap, first_frame
from opticals.timeline.times import Exact, rate_of, to_frames
from opticals.timeline.urls import exists, media_path, sequence_url

if TYPE_CHECKING:
    from opentimelineio.opentime import RationalTime, TimeRange


class Probed(Protocol):
    """What a file says of itself: frames per second, start timecode as a frame number, and
    length in frames."""

    @property
    def rate(self) -> Fraction: ...
    @property
    def start(self) -> int | None: ...
    @property
    def frames(self) -> int | None: ...


Probe = Callable[[Path], Probed]

REFUSED = "opticals.refused"  # a clip's metadata: why its frames could not be followed


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


@dataclass(frozen=True)
class Counting:
    """How an edit counts time, and what its paths count from.

    `trusts_rates` says whether it gives the extent of media at their own rates; some formats
    know the edit's rate alone. `knows_lengths` says whether it is known how the program that
    wrote it counts the lengths of retimed clips.
    """

    rate: Fraction
    drop_frame: bool
    folder: Path | None
    probe: Probe | None
    trusts_rates: bool = True
    knows_lengths: bool = True

    def label(self, frame: Exact) -> str:
        return timecode(int(frame), self.rate, self.drop_frame)


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
    medium = _extent(clip, name, path, counting)
    time = _time(lane, slot, clip, medium, counting.rate)
    _check_extent(name, time, medium, counting)
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
        raise MediaError(
            f"The medium of {name} is offline.",
            f"There is no file “{path or getattr(clip.media_reference, 'target_url', '')}”.",
            "Relink the clip (“opticals relink”), or mount the volume that holds the file.",
        )
    if state is Media.MISSING:
        raise ShotError(
            f"{name} has no medium to render from.",
            "The edit names none for it.",
            "Find it with “opticals relink EDIT FOLDER”, or choose a clip whose medium is a file.",
        )
    raise ShotError(
        f"{name} has no medium to render from.",
        f"Its media reference is: {state.value}.",
        "Choose a clip whose medium is a file.",
    )


@dataclass(frozen=True)
class _Medium:
    """The extent of a medium, and where in it the clip's range starts.

    Attributes:
        rate: frames per second.
        start: timecode of its frame 0, as a frame number.
        frames: how many it has, if that is known.
        place: of the start of the clip's range, in frames from frame 0.
        named: the frame that the media reference begins with, where that names files.
    """

    rate: Fraction
    start: int
    frames: int | None
    place: Exact
    notes: tuple[str, ...] = ()
    named: int = 0


def _time(lane: Lane, slot: Slot, clip: Clip, medium: _Medium, rate: Fraction) -> TimeMap:
    """The time map of a clip in its slot."""
    speed = speed_of(clip) * medium.rate / rate
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
    return TimeMap(record, end - record, stages)


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


def _extent(clip: Clip, name: str, path: Path, counting: Counting) -> _Medium:
    """What the medium of a clip is as far as the edit says; as its file says where it does not."""
    timed = known_range(clip)
    available = clip.media_reference.available_range
    if available is None or not counting.trusts_rates:
        if counting.probe is not None and exists(path):
            return _probed(timed.start_time, available, path, counting.probe)
        if available is None and not exists(path):
            return _offline(timed.start_time)
    if available is None:
        if timed.start_time.value == 0:
            return _Medium(rate_of(timed.start_time), 0, None, 0)
        raise ShotError(
            f"The edit does not say where the medium of {name} starts.",
            "It has no available range, and the file was not looked into.",
            "Open the edit with a probe, or relink the clip.",
        )
    rate = rate_of(available.duration)
    start = to_frames(available.start_time, rate)
    total = math.floor(to_frames(available.duration, rate))
    first = math.floor(start)
    place = _counted(timed.start_time, rate, (start, start + total)) - start
    if not isinstance(clip.media_reference, ImageSequenceReference) or not exists(path):
        return _Medium(rate, first, total, place)
    return _on_disk(clip, path, _Medium(rate, first, total, place))


def _offline(start: RationalTime) -> _Medium:
    """Its file is not there and the edit does not say: as if it began where the clip does."""
    rate = rate_of(start)
    place = to_frames(start, rate)
    return _Medium(rate, math.floor(place), None, place - math.floor(place))


def _counted(time: RationalTime, rate: Fraction, within: tuple[Exact, Exact]) -> Exact:
    """A time of the medium in its frames.

    Programs write timecode of a 23.976 medium at 24 and the other way round; such a time is the
    same label, not the same second, and falls outside the medium as a second.
    """
    seconds = to_frames(time, rate)
    own = rate_of(time)
    if own != rate and nominal(own) == nominal(rate) and not within[0] <= seconds < within[1]:
        label = to_frames(time, own)
        if within[0] <= label < within[1]:
            return label
    return seconds


def _probed(start: RationalTime, available: TimeRange | None, path: Path, probe: Probe) -> _Medium:
    """The medium as its file says. Where it starts is counted from the edit's own start of it if
    there is one, else by timecode, or from 0 where that is not in the file."""
    found = probe(path)
    rate, total = found.rate, found.frames
    if available is not None:
        offset, own = start - available.start_time, rate_of(start)
        begins = math.floor(to_frames(available.start_time, rate))
        if own == rate or nominal(own) != nominal(rate):
            return _Medium(rate, begins, total, to_frames(offset, rate))
        notes = (
            f"{path.name} runs at {float(rate):.3f}, not {float(own):.3f}: counted in frames.",
        )
        return _Medium(rate, begins, total, to_frames(offset, own), notes)
    first = found.start or 0
    within = (first, first + (total if total is not None else 1 << 40))
    place = _counted(start, rate, within)
    if not within[0] <= place < within[1]:
        first = 0
    return _Medium(rate, first, total, place - first)


def _on_disk(clip: Clip, path: Path, medium: _Medium) -> _Medium:
    """A sequence counted from the first of its files that is there, which the reference may
    leave out."""
    found = numbering.numbered(path)
    assert found is not None
    before = clip.media_reference.start_frame - found.first
    return replace(
        medium,
        start=medium.start - before,
        frames=found.frames,
        place=medium.place + before,
        named=before,
    )


def _check_extent(name: str, time: TimeMap, medium: _Medium, counting: Counting) -> None:
    first, count = time.needs(time.record, time.record + time.frames)
    if first >= 0 and (medium.frames is None or first + count <= medium.frames):
        return
    drop = counting.drop_frame and can_drop(medium.rate)

    def label(frame: int) -> str:
        return timecode(medium.start + frame, medium.rate, drop)

    end = "" if medium.frames is None else f" to {label(medium.frames - 1)}"
    raise ShotError(
        f"{name} reaches outside its medium.",
        f"It shows {label(first)} to {label(first + count - 1)}; the medium has {label(0)}{end}.",
        "Trim the clip, or relink it to the full medium.",
    )


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
