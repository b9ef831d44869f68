"""The picture at a time between two frames, made from the motion between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import Tensor

    from opticals.nets.ifnet import IFNet, Motion

# Above this many pixels the network looks at a half-size picture: motion in 4K outruns the reach
# it was trained for. On footage enlarged to 3840 wide, frames left out came back 1.3 to 2.9 dB
# better so.
_LARGE = 2560 * 1440

# What the moved pictures differ by, as a root mean square over a block: up to the first it is
# noise, from the second on one of them shows what is hidden in the other.
_NOISE, _HIDDEN = 0.05, 0.2
_BLOCK = 15


# A shutter's exposure is made of so many pictures that a thing moves by no more than this many
# pixels from one to the next, up to a number that time allows.
_STEP = 2.0
_MOST = 16

# What a display makes of a code (ITU-R BT.1886).
_GAMMA = 2.4


def samples(moved: float) -> int:
    """Pictures that an exposure takes in which things move by so many pixels."""
    return min(max(math.ceil(moved / _STEP), 1), _MOST)


def exposed(pictures: Iterable[Tensor], *, display: bool) -> Tensor:
    """The mean of pictures, as a shutter makes it.

    A shutter adds up light: of codes for a `display` the mean is taken of the light that it
    makes of them, so that bright things leave trails as bright as a camera's. Other codes are
    averaged as they are: right for linear ones, and close enough for logarithmic ones, of which
    it makes darker trails.
    """
    total: Tensor | None = None
    count = 0
    for count, one in enumerate(pictures, 1):  # noqa: B007 - counted for the mean
        light = one.sign() * one.abs().pow(_GAMMA) if display else one
        total = light if total is None else total + light
    assert total is not None
    mean = total / count
    return mean.sign() * mean.abs().pow(1 / _GAMMA) if display else mean


def motion(
    network: IFNet, seen: Tensor, time: float, beat: Callable[[], None] = lambda: None
) -> Motion:
    """The motion at `time` (0 to 1) between a pair `[2, 3, H, W]` as a display shows it.

    The network is given a black margin, as its original runtime does: a repeated edge reads as
    motion (0.4 dB worse on footage of 640x272).
    """
    height, width = seen.shape[-2:]
    scale = 0.5 if height * width > _LARGE else 1.0
    multiple = network.multiple(scale)
    seen = F.pad(seen.clamp(0, 1), (0, -width % multiple, 0, -height % multiple))
    found: Motion = network(seen[:1], seen[1:], time, scale, beat)
    return found


def held(pair: Tensor, motion: Motion) -> tuple[Tensor, Tensor]:
    """A pair `[2, C, H, W]` at the size of the motion: what moves in from beyond the frame is
    the repeated edge."""
    (height, width), (rows, columns) = pair.shape[-2:], motion.flow.shape[-2:]
    padded = F.pad(pair, (0, columns - width, 0, rows - height), mode="replicate")
    return padded[:1], padded[1:]


def picture(
    network: IFNet,
    pair: Tensor,
    seen: Tensor,
    time: float,
    beat: Callable[[], None] = lambda: None,
) -> Tensor:
    """The picture `[C, H, W]` at `time` (0 to 1) between a pair `[2, C, H, W]`.

    The network finds the motion in `seen`, the pair as a display shows it; what it moves are
    the pictures themselves, so super-whites and all other values go along. `beat` is called
    again and again meanwhile.

    The network chooses between the two moved pictures even where they differ by noise alone,
    and then lies below a plain blend, which halves it: up to 1.9 dB on footage at rest. There
    both count by their nearness in time, and the choice is the network's only where they truly
    disagree: 0.5 dB better on average.
    """
    height, width = pair.shape[-2:]
    found = motion(network, seen, time, beat)
    beat()
    before, after = found.moved(*held(seen.clamp(0, 1), found))
    beat()
    chosen = _apart((before - after)[..., :height, :width])
    share = (1 - time) + (found.weight[..., :height, :width] - (1 - time)) * chosen
    beat()
    before, after = (one[..., :height, :width] for one in found.moved(*held(pair, found)))
    return (after + (before - after) * share)[0]


def _apart(difference: Tensor) -> Tensor:
    """How far the difference `[1, C, H, W]` of two pictures is more than noise, `[1, 1, H, W]`,
    0 to 1."""
    square = F.pad(difference.square().mean(1, keepdim=True), (_BLOCK // 2,) * 4, mode="replicate")
    apart = F.avg_pool2d(square, _BLOCK, stride=1).sqrt()
    part = ((apart - _NOISE) / (_HIDDEN - _NOISE)).clamp(0, 1)
    return part * part * (3 - 2 * part)
