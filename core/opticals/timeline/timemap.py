"""The time map: which frame of its medium a clip shows at each record frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

# Doubles in edits leave places a hair before the frame they mean. No real map comes so close
# to a frame without reaching it: rates differ by 1/1001 and speeds have a few decimals.
HAIR = Fraction(1, 1_000_000)
_HALF = Fraction(1, 2)


def first_frame(place: Fraction | int) -> int:
    """The first whole frame at or after a place."""
    return math.ceil(place - HAIR)


def marked_at(
    place: Fraction | int, length: Fraction | int, speed: Fraction, frames: Fraction | int
) -> Fraction:
    """Where a marker stands on the record track, in frames from the head of its item.

    Args:
        place, length: of the marker, in frames from the start of the item's range.
        speed: of the item, not 0. Backwards the marker begins with its last frame.
        frames: record frames of the item.
    """
    if speed > 0:
        return Fraction(place) / speed
    return frames + (place + max(length, -speed)) / speed


@dataclass(frozen=True)
class Stage:
    """A straight line of time: frame `at` outside shows place `to` inside, and from there on
    `speed` frames inside pass for each frame outside (0: frozen; below 0: backwards)."""

    at: int
    to: Fraction
    speed: Fraction

    def place(self, frame: int) -> Fraction:
        """Where inside the frame `frame` outside falls, in frames."""
        return self.to + (frame - self.at) * self.speed

    def show(self, frame: int) -> int:
        """The frame inside that is shown: the one that began last."""
        return math.floor(self.place(frame) + HAIR)

    def outside(self, start: int, end: int, within: tuple[int, int]) -> tuple[int, int]:
        """The frames outside, of those `within`, that show frames `start` to `end` (not
        included) inside: first and end, equal when there is none."""
        to = self.to + HAIR
        if self.speed == 0:
            return within if start <= math.floor(to) < end else (within[0], within[0])
        low, high = ((inside - to) / self.speed + self.at for inside in (start, end))
        if self.speed > 0:
            found = (math.ceil(low), math.ceil(high))
        else:
            found = (math.floor(high) + 1, math.floor(low) + 1)
        first = max(found[0], within[0])
        return first, max(first, min(found[1], within[1]))


@dataclass(frozen=True)
class TimeMap:
    """Record frames of a clip to frames of its medium.

    A clip inside a retimed compound has a stage for each level: a compound is shown in whole
    frames, as every editing program renders it.

    Attributes:
        record, frames: record timecode of the first frame as a frame number, and how many there
            are, at the edit's rate.
        stages: from the record track inwards; the last counts frames of the medium from its
            frame 0, at the medium's rate.
        nearest: whether the frame of the medium is the nearest one, not the one that began last:
            so MLT shows media of another rate than the edit's.
    """

    record: int
    frames: int
    stages: tuple[Stage, ...]
    nearest: bool = False

    @staticmethod
    def plain(record: int, first: int, frames: int) -> TimeMap:
        """Normal speed: record frame `record` shows frame `first` of the medium."""
        return TimeMap(record, frames, (Stage(record, Fraction(first), Fraction(1)),))

    @property
    def speed(self) -> Fraction:
        """Frames of the medium per record frame."""
        return math.prod((stage.speed for stage in self.stages), start=Fraction(1))

    @property
    def straight(self) -> bool:
        """Whether each record frame shows the frame of the medium after the one before."""
        return all(stage.speed == 1 for stage in self.stages)

    def place(self, record: int) -> Fraction:
        """Where in the medium a record frame falls. Beyond the clip's ends too: its handles."""
        frame = record
        for stage in self.stages[:-1]:
            frame = stage.show(frame)
        return self.stages[-1].place(frame)

    def source(self, record: int) -> int:
        """The frame of the medium that a record frame shows, as `place`."""
        return math.floor(self.place(record) + (_HALF if self.nearest else HAIR))

    def needs(self, start: int, end: int) -> tuple[int, int]:
        """The frames of the medium from the first to the last that record frames `start` to
        `end` (not included) show: first, count."""
        ends = self.source(start), self.source(end - 1)
        return min(ends), abs(ends[1] - ends[0]) + 1

    def shown(self, first: int, frames: int) -> tuple[int, int]:
        """The record frames of the clip that show frames of the medium from `first`: start and
        end, equal when there is none."""
        start, end = first, first + frames
        outer, *inner = self.stages
        if self.nearest:
            last = self.stages[-1]
            last = replace(last, to=last.to + _HALF)
            outer, *inner = (*self.stages[:-1], last)
        for stage in reversed(inner):
            start, end = stage.outside(start, end, (-(1 << 53), 1 << 53))
        return outer.outside(start, end, (self.record, self.record + self.frames))

    def narrowed(self, start: int, end: int) -> TimeMap:
        """Of record frames `start` to `end` (not included) alone."""
        return replace(self, record=start, frames=end - start)

    def to_json(self) -> dict[str, Any]:
        stages = [[one.at, str(one.to), str(one.speed)] for one in self.stages]
        return {
            "record": self.record,
            "frames": self.frames,
            "stages": stages,
            "nearest": self.nearest,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> TimeMap:
        stages = tuple(Stage(at, Fraction(to), Fraction(speed)) for at, to, speed in data["stages"])
        return TimeMap(data["record"], data["frames"], stages, data["nearest"])
