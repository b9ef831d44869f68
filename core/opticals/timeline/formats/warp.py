"""Speeds in MLT, whose rounding decides which frames a retimed clip shows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from opticals.errors import EditError
from opticals.timeline.layout import item_range
from opticals.timeline.times import to_frames

if TYPE_CHECKING:
    from opentimelineio.schema import Clip

FINEST = 10_000
"""Denominator of the finest speed: what is nearer is a nudge (see `Warp.fitted`)."""

_KEY = "mlt"
_NUDGES = (0.0, 2e-6, -2e-6, 1e-5, -1e-5)


@dataclass(frozen=True)
class Warp:
    """A producer that shows its medium at another speed.

    As MLT shows it (`producer_timewarp.c`, `producer_avformat.c`): frame p is the frame of the
    medium nearest to p times the speed; backwards p counts from the last. `said` is the speed as
    the file has it.
    """

    speed: Fraction
    length: int
    rate: Fraction
    said: str = ""

    def frame(self, place: int) -> int:
        """The frame of the medium that its frame `place` shows."""
        if self.speed < 0:
            place = self.length - 1 - place
        # In doubles, as MLT counts: which of two equally near frames it takes depends on them.
        scale = 1000 if self.rate.numerator < 1000 else 1
        said = abs(float(self.said or self.speed))
        numerator = int(self.rate.numerator * scale / said) if said else 0
        if not numerator:
            return 0
        fps = numerator / (self.rate.denominator * scale)
        return int(place / fps * float(self.rate) + 0.5)

    def start(self, first: int, frames: int) -> tuple[Fraction, bool]:
        """The place in the medium where frames `first` on begin, as edits here say it; and
        whether every frame is then the one that MLT shows."""
        low = first if self.speed > 0 else self.length - first - frames
        shown = [self.frame(first + k) for k in range(frames)][:: 1 if self.speed > 0 else -1]
        for nearest in (Fraction(1, 2), Fraction(1, 2) - Fraction(1, 500)):
            start = low * abs(self.speed) + nearest
            if shown == self._line(start, frames):
                return start, True
        return low * abs(self.speed) + Fraction(1, 2), False

    def shown(self, start: Fraction, frames: int) -> int | None:
        """The frame from which on it shows what an edit says; None if there is none."""
        size = abs(self.speed)
        wanted = self._line(start, frames)[:: 1 if self.speed > 0 else -1]
        guess = floor(start / size)
        for low in range(max(0, guess - 2), guess + 3):
            first = low if self.speed > 0 else self.length - low - frames
            if [self.frame(first + k) for k in range(frames)] == wanted:
                return first
        return None

    def _line(self, start: Fraction, frames: int) -> list[int]:
        return [floor(start + k * abs(self.speed)) for k in range(frames)]

    @staticmethod
    def fitted(clip: Clip, speed: Fraction, total: int, rate: Fraction) -> tuple[Warp, int]:
        """The producer that shows a clip's frames, of a medium of `total`; and its frame from
        which on it does.

        Where two frames of the medium are equally near, MLT takes either; a speed that is off by
        a millionth settles which.

        Raises:
            EditError: there is none.
        """
        timed = item_range(clip)
        assert timed is not None
        start = Fraction(to_frames(timed.start_time, rate))
        frames = int(to_frames(timed.duration, rate))
        length = floor(total / abs(speed))
        if speed == 1 and start.denominator == 1:
            return Warp(speed, length, rate), int(start)
        known = clip.metadata.get(_KEY, {})
        if known.get("start") == float(start) and known.get("speed") == str(speed):
            return Warp(speed, known["length"], rate, known["said"]), int(known["first"])
        for nudge in _NUDGES:
            made = Warp(speed, length, rate, f"{float(speed) * (1 + nudge):.9g}")
            first = made.shown(start, frames)
            if first is not None and first >= 0:
                return made, first
        raise EditError(
            f"“{clip.name}” cannot be written with its speed of {float(speed):g}.",
            "MLT begins a retimed clip at every frame that it shows, and this one lies between.",
            "Move its start by a frame, bake the retime, or write another format.",
        )

    def remember(self, clip: Clip, start: Fraction, first: int) -> None:
        """Keep how a clip was written in the file, for as long as it is shown from there."""
        clip.metadata[_KEY] = {
            "start": float(start),
            "first": first,
            "length": self.length,
            "speed": str(self.speed),
            "said": self.said,
        }

    def rounded(self, name: str) -> str:
        """What to say where MLT shows other frames than the speed gives."""
        return (
            f"“{name}” runs at {float(self.speed):g} times its speed, which MLT rounds; "
            "some frames may be one off from what it shows."
        )
