"""How the time of a clip runs: at one speed, or along a curve of speeds. Exact, never a float.

A ramp is given as editing programs give it: speeds in per cent at places of the clip. Each point
sticks to its picture. Between two of them the speed follows a smooth step of the *output's* time,
so that it leaves and reaches both without a jerk. Its integral is a polynomial: the place shown
is a fraction again, and the ramp lasts `2 * distance / (speed + speed)` frames.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

Point = tuple[Fraction, Fraction]
_MOST_POINTS = 64  # what bounds the digits of the fractions


def points(text: str) -> tuple[Point, ...]:
    """The points `place:value` of a curve, separated by spaces, in rising places from 0 on.

    Raises:
        ValueError: the text is not of that form.
    """
    found = []
    for part in text.split():
        place, colon, value = part.partition(":")
        if not colon or "/" in part or "_" in part or "e" in part.lower():
            raise ValueError(f"“{part}” is not of the form place:value")
        found.append((Fraction(place), Fraction(value.removesuffix("%"))))
    places = [place for place, _ in found]
    if not 0 < len(found) <= _MOST_POINTS or places != sorted(set(places)) or places[0] < 0:
        raise ValueError(f"not 1 to {_MOST_POINTS} points in rising places from 0 on")
    return tuple(found)


@dataclass(frozen=True)
class Ramp:
    """Input frames over output frames along points (input frame, speed); output 0 shows input 0.

    The speeds are above 0; before the first point and behind the last they stay as they are.
    """

    points: tuple[Point, ...]

    @cached_property
    def _outputs(self) -> list[Fraction]:
        """The time of the output at which each point is reached."""
        place, speed = self.points[0]
        found = [place / speed]
        for (low, before), (high, after) in zip(self.points, self.points[1:], strict=False):
            found.append(found[-1] + 2 * (high - low) / (before + after))
        return found

    def source(self, output: Fraction) -> Fraction:
        outputs = self._outputs
        at = min(max(bisect_right(outputs, output) - 1, 0), len(outputs) - 1)
        place, speed = self.points[at]
        if output < outputs[at] or at == len(outputs) - 1:
            return place + (output - outputs[at]) * speed
        lasts = outputs[at + 1] - outputs[at]
        part = (output - outputs[at]) / lasts
        # The smooth step 3u^2 - 2u^3, integrated.
        rise = (self.points[at + 1][1] - speed) * part**3 * (1 - part / 2)
        return place + lasts * (speed * part + rise)


@dataclass(frozen=True)
class Pace:
    """Which time of the input each output shows; output 0 shows time 0. Always rising.

    Attributes:
        ramps: from the input outwards.
    """

    ramps: tuple[Ramp, ...] = ()

    @staticmethod
    def constant(speed: Fraction) -> Pace:
        """`speed` frames of the input pass for each output."""
        return Pace(() if speed == 1 else (Ramp(((Fraction(0), speed),)),))

    @staticmethod
    def ramp(points: tuple[Point, ...]) -> Pace:
        """Along points (input frame, input frames per output)."""
        same = {speed for _, speed in points}
        return Pace.constant(*same) if len(same) == 1 else Pace((Ramp(points),))

    def then(self, outer: Pace) -> Pace:
        """The time of this one's input that outputs of `outer` show, which reads what this one
        makes."""
        if self.speed is not None and outer.speed is not None:
            return Pace.constant(self.speed * outer.speed)
        return Pace(self.ramps + outer.ramps)

    @property
    def speed(self) -> Fraction | None:
        """Input frames per output; None where that changes."""
        if any(len(one.points) > 1 for one in self.ramps):
            return None
        return math.prod((one.points[0][1] for one in self.ramps), start=Fraction(1))

    @property
    def fastest(self) -> Fraction:
        """The most input frames per output."""
        return math.prod(
            (max(speed for _, speed in one.points) for one in self.ramps), start=Fraction(1)
        )

    def source(self, output: Fraction | int) -> Fraction:
        """The time of the input that a time of the output shows."""
        time = Fraction(output)
        for one in reversed(self.ramps):
            time = one.source(time)
        return time

    def ceil(self, source: Fraction | int) -> int:
        """The first output that shows the input's time `source` or a later one."""
        if self.speed is not None:
            return math.ceil(source / self.speed)
        reach = 1
        while self.source(-reach) >= source or self.source(reach) < source:
            reach *= 2
        low, high = -reach, reach
        while high - low > 1:
            middle = (low + high) // 2
            if self.source(middle) >= source:
                high = middle
            else:
                low = middle
        return high

    def floor(self, source: Fraction | int) -> int:
        """The last output that shows the input's time `source` or an earlier one."""
        found = self.ceil(source)
        return found if self.source(found) == source else found - 1


NORMAL = Pace()
