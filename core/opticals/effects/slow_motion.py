"""`slow_motion`: pictures between the frames, made from the motion between them (RIFE)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from opticals import curve
from opticals.curve import Pace
from opticals.declaration import (
    Context,
    Effect,
    Frames,
    Kind,
    Makes,
    Survey,
    only,
    setting,
)
from opticals.errors import SettingError

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.nets.ifnet import IFNet
    from opticals.vision.cadence import Picture

MODEL = "rife"
SAME = "same"
KEEP, REMOVE = "keep", "remove"
RATES = {
    **{str(whole): Fraction(whole) for whole in (24, 25, 30, 48, 50, 60)},
    **{
        name: Fraction(1000 * whole, 1001)
        for name, whole in (("23.976", 24), ("29.97", 30), ("47.952", 48), ("59.94", 60))
    },
}
_SLOWEST, _FASTEST = 1, 1000  # per cent
_OPEN = 4  # frames on either side of a time that the shutter is open for, at most


@dataclass(frozen=True)
class Settings:
    factor: int = setting(
        2,
        "Factor",
        "How many times slower.",
        minimum=2,
        maximum=8,
        unit="times",
        when=(only("speed", 0), only("ramp", ""), only("rate", SAME)),
    )
    speed: int = setting(
        0,
        "Speed",
        "Target speed in percent of the original's; 0 goes by the factor.",
        minimum=0,
        maximum=99,
        unit="%",
        when=(only("ramp", ""),),
    )
    ramp: str = setting(
        "",
        "Speed ramp",
        "Speeds in percent at frames of the selection, smooth between: 0:100 24:25 48:100. "
        "Goes before speed and factor.",
        minimum=_SLOWEST,
        maximum=_FASTEST,
        unit="%",
        kind=Kind.CURVE,
    )
    rate: str = setting(
        SAME,
        "Frame rate",
        "Frames per second to make. Keeps the duration, unless a speed or a ramp is set; "
        "the factor does not count then.",
        choices=(SAME, *sorted(RATES, key=lambda name: RATES[name])),
        unit="fps",
    )

    shutter: int = setting(
        0,
        "Shutter",
        "Blurs what moves, as a shutter open for so long would; 180 is film's usual. 0 leaves "
        "the frames as they are.",
        minimum=0,
        maximum=360,
        unit="degrees",
    )
    duplicates: str = setting(
        KEEP,
        "Duplicate frames",
        "remove: frames that only repeat the one before are left out, and the motion between the "
        "others runs evenly again.",
        choices=(KEEP, REMOVE),
    )

    def __post_init__(self) -> None:
        for _, percent in curve.points(self.ramp) if self.ramp else ():
            if not _SLOWEST <= percent <= _FASTEST:
                raise SettingError(
                    f"slow_motion: the ramp cannot go to {float(percent):g} %.",
                    remedy=f"Choose speeds from {_SLOWEST} to {_FASTEST} %.",
                )


def pace(settings: Settings, rate: Fraction) -> Pace:
    """Input frames over output frames."""
    # What passes at normal speed from one output to the next.
    usual = Pace.constant(rate / made_rate(settings, rate))
    if settings.ramp:
        points = tuple((at, percent / 100) for at, percent in curve.points(settings.ramp))
        return Pace.ramp(points).then(usual)
    if settings.speed:
        return Pace.constant(Fraction(settings.speed, 100)).then(usual)
    if settings.rate != SAME:
        return usual
    return Pace.constant(Fraction(1, settings.factor))


def made_rate(settings: Settings, rate: Fraction) -> Fraction:
    """Frames per second of what it makes of an input with `rate`."""
    return RATES.get(settings.rate, rate)


def window(settings: Settings) -> tuple[int, int]:
    from opticals.vision import cadence

    before, after = (1, 2) if settings.duplicates == KEEP else (cadence.REACH, cadence.REACH)
    if settings.shutter:
        before, after = before + _OPEN, after + _OPEN
    return before, after


def find_repeats(survey: Survey, settings: Settings, context: Context) -> list[Any]:
    """Of each shot: its first frame, and its pictures without their repeats."""
    from opticals.vision import cadence

    found, count = [], 0
    for start, stop, run in survey.shots():
        changes = cadence.changes(context.shown(frame[None])[0] for _, frame in run)
        again = cadence.repeats(changes)
        count += len(again)
        found.append([start, stop, [start + one for one in again]])
    context.progress(f"{count} of {survey.stop - survey.start} frames repeat the one before")
    return found


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    maker = _Maker(frames, settings, context)
    return torch.stack(
        [maker.frame(time, lasts) for time, lasts in zip(frames.wanted, frames.lasts, strict=True)]
    )


class _Maker:
    """Pictures of a run of frames at any time."""

    def __init__(self, frames: Frames, settings: Settings, context: Context) -> None:
        self._frames = frames
        self._shutter = Fraction(settings.shutter, 360)
        self._context = context
        self._network = cast("IFNet", context.network(MODEL))
        self._pictures = _pictures(frames)

    def frame(self, time: Fraction, lasts: Fraction) -> Tensor:
        """What the shutter sees that is open around `time`; `lasts` is a turn of it."""
        from opticals.vision import between

        half = min(self._shutter * lasts / 2, Fraction(_OPEN))
        samples = between.samples(self._speed(time - half, time + half) * float(2 * half))
        if samples == 1:
            return self._at(time)
        times = [
            time + half * Fraction(2 * number + 1 - samples, samples) for number in range(samples)
        ]
        colours = self._frames.pixels[:, :3]
        return between.exposed(
            (self._at(one) for one in times), display=self._context.shown(colours) is colours
        )

    def _at(self, time: Fraction) -> Tensor:
        """The picture at an instant; a frame's own where it is one's."""
        import torch

        from opticals.vision import between

        self._context.progress()
        first, second, part = self._pair(time)
        if part == 0:
            return self._frames.at(first)
        pair = torch.stack((self._frames.at(first), self._frames.at(second)))
        seen = self._context.shown(pair[:, :3])
        beat = self._context.progress
        return between.picture(self._network, pair, seen, float(part), beat, self._trust(first))

    def _trust(self, first: int) -> float:
        """How far motion is to be trusted between a frame and the next: by how well it makes
        these two from those around."""
        from opticals.vision import between

        if self._pictures:  # between repeats nothing tells
            return 1.0

        def told(index: int) -> between.Evidence:
            around = (self._frames.at(index + side)[None, :3] for side in (-1, 0, 1))
            before, known, after = (self._context.shown(one)[0] for one in around)
            return between.evidence(before, known, after, self._context.progress)

        found = between.Evidence()
        for index in (first, first + 1):
            if self._frames.first < index < self._frames.last:
                found += self._frames.once("evidence", index, partial(told, index))
        return found.trust

    def _pair(self, time: Fraction) -> tuple[int, int, Fraction]:
        """The frames before and after `time`, and how far it is from the one to the other."""
        from opticals.vision import cadence

        if self._pictures:
            return cadence.between(self._pictures, time)
        first = math.floor(time)
        inside = self._frames.first <= first < self._frames.last
        return first, first + 1, time - first if inside else Fraction(0)

    def _speed(self, start: Fraction, stop: Fraction) -> float:
        """How far the fastest thing moves per frame from `start` to `stop`, in pixels."""
        if not self._shutter:
            return 0.0
        from opticals.vision import flow

        def speed(first: int, second: int) -> float:
            one, other = (
                flow.sight(self._context.shown(self._frames.at(index)[None, :3])[0])
                for index in (first, second)
            )
            moved = flow.search(one, other).square().sum(0).sqrt().flatten()
            scale = self._frames.pixels.shape[-1] / one.shape[-1]
            return float(moved.kthvalue(max(round(0.99 * len(moved)), 1)).values) * scale

        found = 0.0
        for index in range(math.floor(start), math.ceil(stop)):
            first, second, _ = self._pair(index + Fraction(1, 2))
            if first != second:
                made = partial(speed, first, second)
                found = max(found, self._frames.once("speed", first, made) / (second - first))
        return found


def _pictures(frames: Frames) -> list[Picture]:
    """Those of the shot that the run is of, where repeats were looked for."""
    from opticals.vision import cadence

    for start, stop, again in frames.found or ():
        if start <= frames.first < stop and again:
            return cadence.pictures(start, stop, again)
    return []


EFFECT = Effect(
    id="slow_motion",
    label="Slow motion",
    summary="Makes the pictures between the frames, for other speeds and frame rates.",
    version=4,
    settings=Settings,
    render=render,
    makes=Makes.RETIME,
    window=window,
    first_pass=find_repeats,
    looks_first=lambda settings: settings.duplicates == REMOVE,
    pace=pace,
    rate=made_rate,
    moves=True,
    models=lambda settings, device: (MODEL,),
)
