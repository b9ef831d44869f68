"""Frames that only repeat the one before, and the times at which a shot was really taken.

24 frames per second in a file of 30, animation on twos, a screen recording of a varying rate:
there the same picture is shown again, and motion stutters. Once the repeats are known, each
picture is given back the time it stands for.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

REACH = 5  # frames from a time to either of the pictures it lies between, at most

_SIGHT = 320 * 180  # pixels that differences are looked for in: coding noise averages out
_BLOCK = 8
_NEAR = 4  # frames: pictures repeat by the clock, so others change before and after
_REPEATS = 0.25  # of the change around, at most
_ONE_SIDE = 0.4  # how much the one side counts where the shot has no other
_LONGEST = 4  # frames of one picture; a longer run is a hold, meant as such
_EVEN = 12  # pictures on either side that a picture's time is evened out by
_SHIFT = 2  # frames that this may move it, at most


def changes(frames: Iterable[Tensor]) -> list[float]:
    """How much each of `frames` `[3, H, W]`, as displays show them, differs from the one before
    where it does most; 0 of the first."""
    from torch.nn import functional as F  # the panel asks for this module's reach

    from opticals.vision.resize import resized, within

    found, before = [], None
    for frame in frames:
        height, width = frame.shape[-2:]
        rows, columns = within(height, width, _SIGHT)
        small = resized(frame.clamp(0, 1).mean(0, keepdim=True), rows, columns)
        if before is None:
            found.append(0.0)
        else:
            apart = F.avg_pool2d((small - before).abs(), _BLOCK, ceil_mode=True)
            found.append(float(apart.max()))
        before = small
    return found


def repeats(changes: Sequence[float]) -> list[int]:
    """The frames of a shot that show the one before again.

    They change far less than frames before and after them do: in a shot at rest, or where a
    motion only begins or ends, none repeats.
    """
    found = []
    for index in range(1, len(changes)):
        earlier = changes[max(index - _NEAR, 1) : index]
        later = changes[index + 1 : index + 1 + _NEAR]
        before, after = max(earlier, default=0.0), max(later, default=0.0)
        around = min(before, after)
        if len(earlier) < _NEAR:
            around = max(around, after * _ONE_SIDE)
        if len(later) < _NEAR:
            around = max(around, before * _ONE_SIDE)
        if changes[index] < _REPEATS * around:
            found.append(index)
    return found


@dataclass(frozen=True)
class Picture:
    """One picture of a shot, however often it is shown.

    Attributes:
        first, last: the frames that show it.
        begins, ends: the times of the shot, in frames, between which it stands still: the one
            at which it was taken, and of a hold its first and last frame.
    """

    first: int
    last: int
    begins: Fraction
    ends: Fraction


def pictures(start: int, stop: int, repeats: Sequence[int]) -> list[Picture]:
    """Those of the shot of frames `start` to `stop`, `stop` not included, in turn."""
    again = set(repeats)
    firsts = [index for index in range(start, stop) if index == start or index not in again]
    runs = [(first, after - 1) for first, after in pairwise((*firsts, stop))]
    found: list[Picture] = []
    for hold, group in groupby(runs, key=lambda run: run[1] - run[0] >= _LONGEST):
        taken = list(group)
        if hold:
            found += [Picture(*run, Fraction(run[0]), Fraction(run[1])) for run in taken]
            continue
        for run, time in zip(taken, _evened(taken), strict=True):
            time = max(time, found[-1].ends) if found else time
            found.append(Picture(*run, time, time))
    return found


def between(pictures: Sequence[Picture], time: Fraction) -> tuple[int, int, Fraction]:
    """The two frames between which the shot was at `time`, and how far it was from the one to
    the other, 0 to 1."""
    after = bisect_right(pictures, time, key=lambda one: one.begins)
    before = pictures[max(after - 1, 0)]
    if after in (0, len(pictures)) or time <= before.ends:
        shown = min(max(math.floor(time), before.first), before.last)
        return shown, shown, Fraction(0)
    part = (time - before.ends) / (pictures[after].begins - before.ends)
    return before.last, pictures[after].first, part


def _evened(runs: Sequence[tuple[int, int]]) -> list[Fraction]:
    """The times of pictures shown in turn: the middle of their runs, evened out by the straight
    line that fits those around best."""
    middles = [Fraction(first + last, 2) for first, last in runs]
    if all(first == last for first, last in runs):
        return middles
    found = []
    for index, middle in enumerate(middles):
        low = max(index - _EVEN, 0)
        near = middles[low : index + _EVEN + 1]
        centre, mean = Fraction(len(near) - 1, 2), sum(near, Fraction(0)) / len(near)
        spread = sum(((n - centre) ** 2 for n in range(len(near))), Fraction(0))
        slope = sum(((n - centre) * one for n, one in enumerate(near)), Fraction(0))
        time = mean + (index - low - centre) * (slope / spread if spread else 0)
        found.append(min(max(time, middle - _SHIFT), middle + _SHIFT).limit_denominator(1000))
    return found
