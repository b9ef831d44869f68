"""`slow_motion`: pictures between the frames, made from the motion between them (RIFE)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from opticals.declaration import Context, Effect, Frames, Makes, setting
from opticals.vision import cuts

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.nets.ifnet import IFNet, Motion

MODEL = "rife"

# Above this many pixels the network looks at a half-size picture: motion in 4K outruns the reach
# it was trained for. On footage enlarged to 3840 wide, frames left out came back 1.3 to 2.9 dB
# better so.
_LARGE = 2560 * 1440


@dataclass(frozen=True)
class Settings:
    factor: int = setting(2, "Factor", "How many times slower.", minimum=2, maximum=8, unit="times")
    speed: int = setting(
        0,
        "Speed",
        "Target speed in percent of the original's; 0 goes by the factor.",
        minimum=0,
        maximum=99,
        unit="%",
    )


def speed(settings: Settings) -> Fraction:
    """Input frames per output frame."""
    return Fraction(settings.speed, 100) if settings.speed else Fraction(1, settings.factor)


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    shown = Frames(context.shown(frames.pixels), frames.first, ())
    thumbnails = Frames(cuts.thumbnails(shown.pixels), frames.first, ())
    last = frames.first + frames.pixels.shape[0] - 1
    made = []
    for time in frames.wanted:
        context.progress()
        index = time.numerator // time.denominator
        if time == index or index >= last:
            made.append(frames.at(index))
        elif cuts.is_cut(*(thumbnails.at(index + near) for near in (-1, 0, 1, 2))):
            made.append(frames.at(index + (time - index >= Fraction(1, 2))))
        else:
            network = cast("IFNet", context.network(MODEL))
            pair, seen = (
                torch.stack((run.at(index), run.at(index + 1))) for run in (frames, shown)
            )
            made.append(between(network, pair, seen, float(time - index)))
    return torch.stack(made)


def between(network: IFNet, pair: Tensor, seen: Tensor, time: float) -> Tensor:
    """The picture `[C, H, W]` at `time` (0 to 1) between a pair `[2, C, H, W]`.

    The network finds the motion in `seen`, the pair as a display shows it; what it moves are
    the pictures themselves, so super-whites and all other values go along. It is given a black
    margin, as its original runtime does (a repeated edge reads as motion: 0.4 dB worse on
    footage of 640x272), while what moves in from beyond the frame is the repeated edge.
    """
    from torch.nn import functional as F

    height, width = pair.shape[-2:]
    scale = 0.5 if height * width > _LARGE else 1.0
    multiple = network.multiple(scale)
    margin = (0, -width % multiple, 0, -height % multiple)
    seen = F.pad(seen.clamp(0, 1), margin)
    motion: Motion = network(seen[:1], seen[1:], time, scale)
    pair = F.pad(pair, margin, mode="replicate")
    return motion.between(pair[:1], pair[1:])[0, :, :height, :width]


EFFECT = Effect(
    id="slow_motion",
    label="Slow motion",
    summary="Makes the pictures between the frames; holds the frame where there is a cut.",
    version=1,
    settings=Settings,
    render=render,
    makes=Makes.RETIME,
    window=lambda settings: (cuts.BEFORE, cuts.AFTER),
    speed=speed,
    models=lambda settings, device: (MODEL,),
)
