"""OTIO's times as exact frames of the edit, and back."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from opentimelineio.opentime import RationalTime, TimeRange

from opticals.errors import EditError
from opticals.timeline.timecode import snap_rate

Exact = int | Fraction

# Other programs write 239.99997 for frame 240. A true place between two frames is further away:
# 23.976 beside 24 differs by a thousandth with the first frame.
_WHOLE = Fraction(1, 10_000)


@lru_cache(maxsize=256)
def _snapped(rate: float) -> Fraction:
    if not 1e-3 < rate < 1e9:  # sound is counted in samples; a NaN is refused too
        raise EditError(
            f"The edit holds a time with the rate {rate}.",
            "Frames or samples per second are more than 0.001 and less than 1e9.",
            "Export the edit again from the program that wrote it.",
        )
    return snap_rate(rate)


def rate_of(time: RationalTime) -> Fraction:
    """The exact rate that a time is counted in.

    Raises:
        EditError: it has none.
    """
    return _snapped(time.rate)


def to_frames(time: RationalTime, rate: Fraction) -> Exact:
    """`time` in frames at `rate`: a whole number unless it truly lies between two frames.

    Raises:
        EditError: the time is not a number, or has no rate.
    """
    own, value = _snapped(time.rate), time.value
    if not abs(value) < 1 << 53:  # a NaN, or more than a double counts exactly
        raise EditError(
            f"The edit holds a time of {value} frames.",
            remedy="Export the edit again from the program that wrote it.",
        )
    if (own is rate or own == rate) and value.is_integer():  # most times, and fast
        return int(value)
    exact = Fraction(value) * rate / own
    whole = round(exact)
    return whole if abs(exact - whole) < _WHOLE else exact


def in_rate(frames: Exact, rate: Fraction, spelled: float) -> RationalTime:
    """`frames` at `rate` as an OTIO time whose rate is written `spelled`, as the edit writes it."""
    value = Fraction(frames) * _snapped(spelled) / rate
    # Nine decimals give back what was read: sums of doubles differ in the sixteenth.
    return RationalTime(round(float(value), 9), spelled)


def span(start: Exact, frames: Exact, rate: Fraction, spelled: float) -> TimeRange:
    """The range of `frames` from `start`, both at `rate`."""
    return TimeRange(in_rate(start, rate, spelled), in_rate(frames, rate, spelled))
