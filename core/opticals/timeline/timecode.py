"""Timecode and rates in whole frames. No float ever holds a time here.

Drop-frame counting follows SMPTE ST 12-1: at 29.97 the labels ;00 and ;01 (at 59.94 ;00 to
;03) are left out at the start of each minute that is not a multiple of ten.
"""

from __future__ import annotations

import re
from fractions import Fraction

from opticals.errors import ShotError

STANDARD_RATES = (
    Fraction(12),
    Fraction(15),
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48000, 1001),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
    Fraction(100),
    Fraction(120000, 1001),
    Fraction(120),
)

_TIMECODE = re.compile(r"(-?)(\d{1,2}):([0-5]\d):([0-5]\d)([:;.,])(\d{1,3})")


def snap_rate(rate: float | Fraction) -> Fraction:
    """The standard rate that `rate` stands for (23.976 is 24000/1001), else its own fraction.

    OTIO and containers hold rates as doubles or rounded fractions: 2e-5 is well below the 1e-3
    that separate 30 from 29.97. Rates of two decimals (23.98, 59.94) are further off, and are
    matched by that spelling.
    """
    for standard in STANDARD_RATES:
        if abs(float(rate) - float(standard)) < 2e-5 * float(standard):
            return standard
        if standard.denominator != 1 and round(float(standard), 2) == float(rate):
            return standard
    return Fraction(rate).limit_denominator(1001)


def nominal(rate: Fraction) -> int:
    """Timecode labels per second: 30 for 29.97, 24 for 23.976."""
    return round(rate)


def can_drop(rate: Fraction) -> bool:
    """Whether drop-frame counting exists for this rate."""
    return rate.denominator == 1001 and nominal(rate) % 30 == 0


def timecode(frame: int, rate: Fraction, drop: bool = False) -> str:
    """The label of `frame`, counted from 00:00:00:00. Negative frames get a minus sign."""
    sign = "-" if frame < 0 else ""
    fps = nominal(rate)
    seconds, frames = divmod(_labels(abs(frame), fps) if drop else abs(frame), fps)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    mark = ";" if drop else ":"
    width = len(str(fps - 1))
    return f"{sign}{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:0{width}}"


def _labels(frame: int, fps: int) -> int:
    """`frame` of drop-frame counting, with the labels before it that are left out."""
    dropped = fps // 15
    tens, rest = divmod(frame, fps * 600 - dropped * 9)
    frame += dropped * 9 * tens
    if rest >= fps * 60:
        frame += dropped * ((rest - fps * 60) // (fps * 60 - dropped) + 1)
    return frame


def counted_at(frame: int, rate: Fraction, drop: bool, other: Fraction) -> int:
    """The frame number at the rate `other` whose label stands where that of `frame` does.

    Hours, minutes and seconds stay, and the part of the second: 01:00:00:12 at 24 is 01:00:00:15
    at 30. It is counted drop-frame where `frame` is and that rate can be.
    """
    fps, others = nominal(rate), nominal(other)
    seconds, frames = divmod(_labels(frame, fps) if drop else frame, fps)
    label = seconds * others + frames * others // fps
    if drop and can_drop(other):
        minutes = seconds // 60
        label -= others // 15 * (minutes - minutes // 10)
    return label


def frame_of(text: str, rate: Fraction, drop: bool = False) -> int:
    """The frame that a timecode label names, counted from 00:00:00:00.

    `;` before the frames means drop-frame. With `drop`, for an edit that counts so, `:` does too:
    whoever types 01:00:04:00 there means the label that the edit shows.

    Raises:
        ShotError: the text is no timecode, the frame number is too high for the rate, or the
            label is one that drop-frame counting leaves out.
    """
    match = _TIMECODE.fullmatch(text.strip())
    if match is None:
        raise ShotError(
            f"“{text}” is not a timecode.",
            remedy="Write it as HH:MM:SS:FF, with ; before the frames for drop-frame.",
        )
    sign, hours, minutes, seconds, mark, frames = match.groups()
    fps = nominal(rate)
    if int(frames) >= fps:
        raise ShotError(
            f"“{text}” does not exist at {float(rate):g} frames per second.",
            f"The frames go from 0 to {fps - 1}.",
        )
    total_minutes = int(hours) * 60 + int(minutes)
    frame = (total_minutes * 60 + int(seconds)) * fps + int(frames)
    if drop or mark in ";,":
        if not can_drop(rate):
            raise ShotError(
                f"“{text}” is drop-frame timecode, but the rate is {float(rate):g}.",
                "Drop-frame exists for 29.97 and 59.94 alone.",
                "Write : before the frames.",
            )
        dropped = fps // 15
        if int(seconds) == 0 and int(frames) < dropped and int(minutes) % 10:
            raise ShotError(
                f"“{text}” does not exist.",
                "Drop-frame timecode leaves this label out.",
                f"The next label is {hours}:{minutes}:00;{dropped:02}.",
            )
        frame -= dropped * (total_minutes - total_minutes // 10)
    return -frame if sign else frame


def day(rate: Fraction, drop: bool = False) -> int:
    """Frames in the 24 hours after which timecode begins again."""
    return frame_of(f"23:59:59:{nominal(rate) - 1:02}", rate, drop) + 1
