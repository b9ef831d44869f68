"""How far a medium goes, in its own frames, and where in it the range of a clip starts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from opentimelineio.schema import Clip, ImageSequenceReference

from opticals.errors import ShotError
from opticals.media.sequence import numbering
from opticals.timeline.layout import known_range
from opticals.timeline.timecode import can_drop, nominal, timecode
from opticals.timeline.times import Exact, rate_of, to_frames
from opticals.timeline.urls import exists

if TYPE_CHECKING:
    from opentimelineio.opentime import RationalTime, TimeRange

    from opticals.timeline.timemap import TimeMap


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


@dataclass(frozen=True)
class Counting:
    """How an edit counts time, and what its paths count from.

    `trusts_rates` says whether it gives the extent of media at their own rates; some formats
    know the edit's rate alone. `knows_lengths` says whether it is known how the program that
    wrote it counts the lengths of retimed clips, `nearest` whether that shows the frame of media
    of another rate that is nearest in time (MLT).
    """

    rate: Fraction
    drop_frame: bool
    folder: Path | None
    probe: Probe | None
    trusts_rates: bool = True
    knows_lengths: bool = True
    nearest: bool = False

    def label(self, frame: Exact) -> str:
        return timecode(int(frame), self.rate, self.drop_frame)


@dataclass(frozen=True)
class Extent:
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


def extent_of(clip: Clip, name: str, path: Path, counting: Counting) -> Extent:
    """What the medium of a clip is as far as the edit says; as its file says where it does not."""
    timed = known_range(clip)
    available = clip.media_reference.available_range
    if available is None or not counting.trusts_rates:
        if counting.probe is not None and exists(path):
            return _probed(timed.start_time, available, path, counting)
        if available is None and not exists(path):
            return _offline(timed.start_time)
    if available is None:
        if timed.start_time.value == 0:
            return Extent(rate_of(timed.start_time), 0, None, 0)
        raise ShotError(
            f"The edit does not say where the medium of {name} starts.",
            "It has no available range, and the file was not looked into.",
            "Open the edit with a probe, or relink the clip.",
        )
    rate = rate_of(available.duration)
    start = to_frames(available.start_time, rate)
    total = math.floor(to_frames(available.duration, rate))
    first = math.floor(start)
    place = counted(timed.start_time, rate, (start, start + total)) - start
    if not isinstance(clip.media_reference, ImageSequenceReference) or not exists(path):
        return Extent(rate, first, total, place)
    return _on_disk(clip, path, Extent(rate, first, total, place))


def _offline(start: RationalTime) -> Extent:
    """Its file is not there and the edit does not say: as if it began where the clip does."""
    rate = rate_of(start)
    place = to_frames(start, rate)
    return Extent(rate, math.floor(place), None, place - math.floor(place))


def counted(time: RationalTime, rate: Fraction, within: tuple[Exact, Exact]) -> Exact:
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


def _probed(
    start: RationalTime, available: TimeRange | None, path: Path, counting: Counting
) -> Extent:
    """The medium as its file says. Where it starts is counted from the edit's own start of it if
    there is one, else by timecode, or from 0 where that is not in the file."""
    assert counting.probe is not None
    found = counting.probe(path)
    rate, total = found.rate, found.frames
    if available is not None:
        offset, own = start - available.start_time, rate_of(start)
        begins = math.floor(to_frames(available.start_time, rate))
        if own == rate or nominal(own) != nominal(rate) or counting.nearest:
            return Extent(rate, begins, total, to_frames(offset, rate))
        notes = (
            f"{path.name} runs at {float(rate):.3f}, not {float(own):.3f}: counted in frames.",
        )
        return Extent(rate, begins, total, to_frames(offset, own), notes)
    first = found.start or 0
    within = (first, first + (total if total is not None else 1 << 40))
    place = counted(start, rate, within)
    if not within[0] <= place < within[1]:
        first = 0
    return Extent(rate, first, total, place - first)


def _on_disk(clip: Clip, path: Path, extent: Extent) -> Extent:
    """A sequence counted from the first of its files that is there, which the reference may
    leave out."""
    found = numbering.numbered(path)
    assert found is not None
    before = clip.media_reference.start_frame - found.first
    return replace(
        extent,
        start=extent.start - before,
        frames=found.frames,
        place=extent.place + before,
        named=before,
    )


def check_inside(name: str, time: TimeMap, extent: Extent, counting: Counting) -> None:
    """Raises a ShotError if a clip shows frames that its medium does not have."""
    first, count = time.needs(time.record, time.record + time.frames)
    if first >= 0 and (extent.frames is None or first + count <= extent.frames):
        return
    drop = counting.drop_frame and can_drop(extent.rate)

    def label(frame: int) -> str:
        return timecode(extent.start + frame, extent.rate, drop)

    end = "" if extent.frames is None else f" to {label(extent.frames - 1)}"
    raise ShotError(
        f"{name} reaches outside its medium.",
        f"It shows {label(first)} to {label(first + count - 1)}; the medium has {label(0)}{end}.",
        "Trim the clip, or relink it to the full medium.",
    )
