"""Which frame of its medium a strip shows at each record frame: Blender's own rule, exact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import bpy

from . import compat

_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Timing:
    """A strip's line of time.

    Attributes:
        start: record frame at which the place `at` is shown.
        at: a place in the medium, in frames from its frame 0; frame i is what is shown from i up
            to i + 1: where Blender takes the nearest frame, the half is in it.
        step: frames of the medium for a record frame: 0 frozen, below 0 backwards.
        low, high: the first and the last frame of the medium that it can show.
        paced: whether Blender plays the medium at a rate of its own, which stays with the strip
            when it gets another medium.
        why: why it is no straight line of time; then the rest says nothing.
    """

    start: int = 0
    at: Fraction = Fraction(0)
    step: Fraction = Fraction(1)
    low: int = 0
    high: int = 0
    paced: bool = False
    why: str = ""

    def place(self, record: int) -> Fraction:
        return self.at + (record - self.start) * self.step

    def frame(self, record: int) -> int:
        """The frame of the medium that is shown."""
        return max(self.low, min(self.high, math.floor(self.place(record))))

    @property
    def straight(self) -> bool:
        """One frame after the other, as in a strip that was just made."""
        return not self.why and self.step == 1 and self.at.denominator <= 2


def of(
    strip: Any,
    rates: Rates,
    effect: Any = None,
    curves: frozenset[str] = frozenset(),
) -> Timing:
    """The timing of a movie or image strip, under a speed effect or alone.

    Args:
        curves: the data paths that are animated.
    """
    if why := _animated(strip, effect, curves):
        return Timing(why=why)
    length = compat.content_length(strip)
    if strip.type == "IMAGE" and len(strip.elements) == 1:
        return Timing(compat.left(strip), Fraction(0), Fraction(0), 0, 0)
    factor, paced, why = _factor(strip, rates, length)
    if why:
        return Timing(why=why)
    first = int(strip.animation_offset_start)
    start = compat.left(strip)
    # In record frames from where the medium begins.
    inside = Fraction(start) - Fraction(compat.content(strip)).limit_denominator(4096)
    step = Fraction(1)
    if effect is not None:
        step, jump = _speed(effect, length, inside)
        inside = Fraction(jump) if jump is not None else inside + compat.left(effect) - start
        start = compat.left(effect)
    high = first + math.floor((length - 1) * factor + (_HALF if compat.ROUNDS else 0))
    if strip.use_reverse_frames:
        inside, step = length - 1 - inside, -step
    at = first + inside * factor
    if compat.ROUNDS:
        at += _HALF
    return Timing(start, at, step * factor, first, high, paced)


class Rates:
    """The scene's rate, and what strips have to do with it.

    Args:
        counts: lengths of media by path, kept from look to look: Blender opens media for them.
    """

    def __init__(self, scene: Any, counts: dict[str, int]) -> None:
        self.rate = compat.rate(scene)
        self.counts = counts

    def of(self, strip: Any) -> Fraction:
        """The rate that Blender takes a strip's medium to have: it noted that of the first one,
        and goes by it when the strip gets another file."""
        if strip.type != "MOVIE":
            return self.rate
        noted = strip.elements[0].orig_fps if len(strip.elements) else 0.0
        fps = noted or strip.fps
        return compat.media_rate(fps) if fps else self.rate

    def frames(self, strip: Any) -> int:
        """How many frames a movie has. Blender 4.5 and later do not tell of a strip that plays at
        another rate: a strip of another scene does, for the time it takes to ask."""
        path = compat.absolute(strip.filepath)
        if path not in self.counts:
            scene = bpy.data.scenes.new("Opticals")
            try:
                made = compat.children(scene.sequence_editor_create()).new_movie(
                    name="x", filepath=path, channel=1, frame_start=1
                )
                self.counts[path] = compat.told_length(made)
            finally:
                bpy.data.scenes.remove(scene)
        return self.counts[path]


def _factor(strip: Any, rates: Rates, length: int) -> tuple[Fraction, bool, str]:
    """Frames of the medium for a record frame, and whether its rate is in that; or why nobody
    can tell."""
    speed = Fraction(getattr(strip, "speed_factor", 1.0)).limit_denominator(1000)
    keys = len(getattr(strip, "retiming_keys", getattr(strip, "retiming_handles", ())))
    if keys > 2:
        why = "It is retimed at several speeds. Render it to a file in Blender first."
        return speed, False, why
    pace = rates.of(strip) / rates.rate
    if pace == 1 and keys < 2:
        return speed, False, ""
    trimmed = int(strip.animation_offset_start) + int(strip.animation_offset_end)
    if strip.type == "IMAGE":
        frames = len(strip.elements) - trimmed
    elif compat.VERSION < (4, 0, 0):
        frames = compat.told_length(strip)
    else:
        frames = rates.frames(strip) - trimmed
    if keys < 2:
        # Blender hides whether a strip plays at its medium's rate, as strips do unless a script
        # made them; the length tells.
        own_length, plain_length = (math.floor(frames / one) for one in (speed * pace, speed))
        if plain_length == length != own_length:
            return speed, False, ""
        return speed * pace, True, ""
    if pace != 1:
        why = "It is retimed, and of another rate. Render it to a file in Blender first."
        return speed, False, why
    if length < 2 or frames < 2:
        return speed, False, "It is retimed. Render it to a file in Blender first."
    # The first and the last key are a medium's length apart, from 5.0 on; before, a frame less.
    less = 0 if compat.VERSION >= (5, 0, 0) else 1
    low, high = ((frames - less) / (length - less + off) for off in (_HALF, -_HALF))
    return _simplest(low, high), False, ""


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of the smallest denominator from `low` to `high`: speeds are typed by people."""
    denominator = 1
    while True:
        numerator = math.ceil(low * denominator)
        if Fraction(numerator, denominator) <= high:
            return Fraction(numerator, denominator)
        denominator += 1


def _speed(effect: Any, length: int, inside: Fraction) -> tuple[Fraction, int | None]:
    """The speed of a speed effect, and for a frozen one the place in the strip."""
    kind = effect.speed_control
    if kind == "MULTIPLY":
        # A negative factor shows the first frame in every version.
        return max(Fraction(0), Fraction(effect.speed_factor).limit_denominator(1000)), None
    if kind == "STRETCH":
        frames = compat.right(effect) - compat.left(effect)
        return (length - inside) / max(1, frames), None
    if kind == "LENGTH":
        return Fraction(0), math.floor(inside + length * Fraction(effect.speed_length) / 100)
    return Fraction(0), math.floor(inside + Fraction(effect.speed_frame_number))


def _animated(strip: Any, effect: Any, curves: frozenset[str]) -> str:
    for one, names in ((strip, ("speed_factor",)), (effect, _SPEEDS)):
        if one is None:
            continue
        path = one.path_from_id()
        if any(f"{path}.{name}" in curves for name in names):
            return "Its speed changes with keyframes. Render it to a file in Blender first."
    if strip.strobe > 1:
        return "It is strobed. Set Strobe to 1, or render it to a file in Blender first."
    return ""


_SPEEDS = ("speed_factor", "speed_frame_number", "speed_length")
