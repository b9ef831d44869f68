"""From a place in the edit to a shot: media, exact source range, transitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from opentimelineio.schema import (
    Clip,
    ExternalReference,
    GeneratorReference,
    ImageSequenceReference,
    TimeEffect,
    Transition,
)

from opticals.errors import MediaError, ShotError
from opticals.media.sequence import numbering
from opticals.timeline import piece
from opticals.timeline.layout import Kind, Lane, Slot, item_range
from opticals.timeline.schemas import carried
from opticals.timeline.shot import Shot
from opticals.timeline.timecode import timecode
from opticals.timeline.times import Exact, rate_of, to_frames
from opticals.timeline.urls import exists, media_path, sequence_url

if TYPE_CHECKING:
    from fractions import Fraction

    from opentimelineio.opentime import RationalTime


class Probed(Protocol):
    """What a file says of itself: start timecode as a frame number, and length in frames."""

    @property
    def start(self) -> int | None: ...
    @property
    def frames(self) -> int | None: ...


Probe = Callable[[Path], Probed]


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
    """How an edit counts time, and what its paths count from."""

    rate: Fraction
    drop_frame: bool
    folder: Path | None
    probe: Probe | None

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
        return locate(reference.target_url or "", folder)
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
    _check_time_effects(clip, name)
    path = _medium(clip, name, counting.folder, offline)
    _check_steps(clip, name)
    first, frames = _source(clip, name, counting.rate)
    if frames <= 0:
        raise ShotError(f"{name} has no frames.", remedy="Remove it, or give it a length.")
    media_start, media_frames, first = _extent(clip, name, path, first, frames, counting)
    notes: tuple[str, ...] = ()
    if isinstance(clip.media_reference, ImageSequenceReference) and exists(path):
        media_start, media_frames, first = _on_disk(clip, name, path, (media_start, first, frames))
        notes = _missing(clip, name, path, first, frames)
    head, tail = _transitions(lane, slot, counting.rate)
    return Shot(
        id=str(slot.id),
        name=clip.name,
        media=str(path),
        rate=counting.rate,
        drop_frame=counting.drop_frame,
        media_start=media_start,
        media_frames=media_frames,
        clip_first=first,
        clip_frames=frames,
        clip_record=_whole(slot.start, name, "The record position"),
        first=first,
        frames=frames,
        head_transition=head,
        tail_transition=tail,
        notes=notes,
        placed=placed,
    )


def _check_lane(lane: Lane) -> None:
    if not lane.id.startswith("V"):
        raise ShotError(
            f"{lane.id} is not a video track.",
            "Effects are made of pictures.",
            "Choose a clip of a video track: V1, V2, ...",
        )
    if lane.trimmed:
        raise ShotError(
            f"{lane.id} is trimmed by a source range of the track or of the whole edit.",
            "Shots are taken from untrimmed tracks for now.",
            "Trim the clips instead, and clear the range.",
        )
    stack = lane.track.parent()
    if any(isinstance(one, TimeEffect) for one in (*lane.track.effects, *stack.effects)):
        raise ShotError(
            f"{lane.id} is retimed as a whole.",
            "Shots are taken from tracks at normal speed for now.",
            "Remove the retime from the track.",
        )


def _not_a_clip(slot: Slot, name: str) -> ShotError:
    if slot.kind is Kind.COMPOUND:
        return ShotError(
            f"{name} is a compound.",
            "Shots are taken from single clips for now.",
            "Decompose it, or choose a clip beside it.",
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


def _check_time_effects(clip: Clip, name: str) -> None:
    retimes = [one for one in clip.effects if isinstance(one, TimeEffect)]
    if retimes:
        found = ", ".join(one.schema_name() for one in retimes)
        raise ShotError(
            f"{name} is retimed ({found}).",
            "Shots are taken from clips at normal speed for now.",
            "Remove the retime, or bake it first.",
        )


def _medium(clip: Clip, name: str, folder: Path | None, offline: bool) -> Path:
    state, path = media_of(clip, folder)
    if path is not None and (offline or state in (Media.ONLINE, Media.GAPS)):
        return path
    if state is Media.OFFLINE:
        raise MediaError(
            f"The medium of {name} is offline.",
            f"There is no file “{path or getattr(clip.media_reference, 'target_url', '')}”.",
            "Relink the clip, or mount the volume that holds the file.",
        )
    raise ShotError(
        f"{name} has no medium to render from.",
        f"Its media reference is: {state.value}.",
        "Choose a clip whose medium is a file.",
    )


def _check_steps(clip: Clip, name: str) -> None:
    reference = clip.media_reference
    if isinstance(reference, ImageSequenceReference) and reference.frame_step != 1:
        raise ShotError(
            f"{name} shows every {reference.frame_step}th file of its image sequence.",
            "Shots are taken from sequences that show every file.",
            "Number the files one by one, and relink the clip.",
        )


def _on_disk(
    clip: Clip, name: str, path: Path, shown: tuple[int, int, int]
) -> tuple[int, int, int]:
    """`_extent` of a sequence whose reference leaves out files that are there: counted from the
    first of these. `shown` is the timecode of the reference's first, and the clip's range in it."""
    found = numbering.numbered(path)
    assert found is not None
    start, first, frames = shown
    before = clip.media_reference.start_frame - found.first
    if first + before < 0 or first + before + frames > found.frames:
        number = clip.media_reference.start_frame + first
        raise MediaError(
            f"{name} shows frames that have no file.",
            f"It shows {number} to {number + frames - 1}; "
            f"{found.pattern.path} goes from {found.first} to {found.last}.",
            "Find the files, or trim the clip to those that are there.",
        )
    return start - before, found.frames, first + before


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


def _whole(value: Exact, name: str, what: str) -> int:
    if int(value) != value:
        raise ShotError(
            f"{what} of {name} lies between two frames.",
            f"It is {float(value):.4f} frames.",
            "Trim the clip to whole frames in the editing program.",
        )
    return int(value)


def _frames(time: RationalTime, rate: Fraction, name: str, what: str) -> int:
    own = rate_of(time)
    if own != rate:
        raise ShotError(
            f"{name} runs at {float(own):g} frames per second, the edit at {float(rate):g}.",
            f"{what} is given at the other rate; mixed rates cannot be taken for now.",
            "Conform the medium to the edit's rate.",
        )
    return _whole(to_frames(time, rate), name, what)


def _source(clip: Clip, name: str, rate: Fraction) -> tuple[int, int]:
    timed = item_range(clip)
    if timed is None:
        raise ShotError(
            f"{name} says neither which range of its medium it shows nor how long that is.",
            remedy="Export the edit again with source ranges.",
        )
    return (
        _frames(timed.start_time, rate, name, "The start of the source range"),
        _frames(timed.duration, rate, name, "The length of the source range"),
    )


def _extent(
    clip: Clip, name: str, path: Path, first: int, frames: int, counting: Counting
) -> tuple[int, int | None, int]:
    """(timecode of the medium's frame 0, its frames, the clip's first as a frame of the medium)."""
    available = clip.media_reference.available_range
    start: int
    total: int | None
    if available is not None:
        start = _frames(available.start_time, counting.rate, name, "The start of the medium")
        total = _frames(available.duration, counting.rate, name, "The length of the medium")
    else:
        start, total = _probed(name, path, first, frames, counting)
    if first < start or (total is not None and first + frames > start + total):
        end = "" if total is None else f" to {counting.label(start + total - 1)}"
        raise ShotError(
            f"{name} reaches outside its medium.",
            f"It shows {counting.label(first)} to {counting.label(first + frames - 1)}; "
            f"the medium has {counting.label(start)}{end}.",
            "Trim the clip, or relink it to the full medium.",
        )
    return start, total, first - start


def _probed(
    name: str, path: Path, first: int, frames: int, counting: Counting
) -> tuple[int, int | None]:
    if counting.probe is None:
        if first == 0:
            return 0, None
        raise ShotError(
            f"The edit does not say where the medium of {name} starts.",
            "It has no available range, and the file was not looked into.",
            "Open the edit with a probe, or relink the clip.",
        )
    if not exists(path):
        return first, None  # offline, and that was said to do
    found = counting.probe(path)
    start, total = found.start or 0, found.frames
    fits = first >= start and (total is None or first + frames <= start + total)
    return (start if fits else 0), total


def _transitions(lane: Lane, slot: Slot, rate: Fraction) -> tuple[tuple[int, int], tuple[int, int]]:
    """(outside, inside) frames of the transitions at the item's head and tail."""
    sides = []
    for step in (-1, 1):
        beside = lane.neighbour(slot, step)
        if beside is None or not isinstance(beside.item, Transition):
            sides.append((0, 0))
            continue
        before, after = (
            _whole(to_frames(offset, rate), beside.label, "The length")
            for offset in (beside.item.in_offset, beside.item.out_offset)
        )
        sides.append((before, after) if step < 0 else (after, before))
    return sides[0], sides[1]
