"""The picture at a time between two frames, made from the motion between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

from opticals.vision import flow
from opticals.vision.resize import resized, within
from opticals.vision.strips import strips

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

# What moves from frame to frame by no more than the first, in pixels, may be blended: that
# softens it a little. From the second on it would show twice.
_SLOW, _DOUBLE = 2.0, 4.0
# A frame that differs from the one beside it by less than this part of what those around it
# differ by (as squares) repeats it: it is not half way between them.
_REPEATS = 1 / 16
_TOLD = 640 * 360  # pixels that a frame is made again with, to see whether motion explains it

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
        light = _powered(one, _GAMMA) if display else one
        total = light if total is None else total + light
    assert total is not None
    mean = total / count
    return _powered(mean, 1 / _GAMMA) if display else mean


def _powered(picture: Tensor, gamma: float) -> Tensor:
    """`[3 or 4, H, W]` with the colours to a power, negative ones too; alpha is no light."""
    colours = picture[:3]
    return torch.cat((colours.sign() * colours.abs().pow(gamma), picture[3:]))


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
    trust: float = 1.0,
) -> Tensor:
    """The picture `[C, H, W]` at `time` (0 to 1) between a pair `[2, C, H, W]`.

    The network finds the motion in `seen`, the pair as a display shows it; what it moves are
    the pictures themselves, so super-whites and all other values go along. `beat` is called
    again and again meanwhile.

    The network chooses between the two moved pictures even where they differ by noise alone,
    and then lies below a plain blend, which halves it: up to 1.9 dB on footage at rest. There
    both count by their nearness in time, and the choice is the network's only where they truly
    disagree: 0.5 dB better on average.

    Where little moves, the picture is this one by `trust` and a plain blend by the rest; what
    `Evidence` says of the frames around.
    """
    height, width = pair.shape[-2:]
    found = motion(network, seen, time, beat)
    shown = held(seen.clamp(0, 1), found)
    beat()
    whole = held(pair, found)
    made = torch.empty_like(pair[0])
    # What surrounds a pixel tells whether the two differ there.
    for rows, around, inner in strips((height, width), beat, _BLOCK // 2):
        before, after = found.moved(*shown, around)
        chosen = _apart((before - after)[..., :width])[..., inner, :]
        weight = found.weight[..., rows, :width]
        share = (1 - time) + (weight - (1 - time)) * chosen
        before, after = (one[..., :width] for one in found.moved(*whole, rows))
        moved = (after + (before - after) * share)[0]
        if trust < 1:
            blend = torch.lerp(pair[0, :, rows], pair[1, :, rows], time)
            apart = found.flow[0, 2:, rows, :width] - found.flow[0, :2, rows, :width]
            moved = torch.lerp(blend, moved, 1 - (1 - trust) * _slow(apart))
        made[:, rows] = moved
    return made


@dataclass(frozen=True)
class Evidence:
    """Whether motion explains the frames that there are better than a blend of their neighbours.

    Of a coarsely coded film it may not: what is made from motion then lies up to 3 dB below the
    blend.

    Attributes:
        along: how far the known frame goes along with the change from the blend to the picture
            made from motion: the product of both differences from the blend, summed.
        change: that change's own square, summed.
    """

    along: float = 0.0
    change: float = 0.0

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.along + other.along, self.change + other.change)

    @property
    def trust(self) -> float:
        """The part of the picture made from motion, 0 to 1, that with a blend for the rest would
        have come nearest to the known frames (least squares); 1 where nothing tells."""
        return min(max(self.along / self.change, 0.0), 1.0) if self.change > 0 else 1.0


def evidence(
    before: Tensor, known: Tensor, after: Tensor, beat: Callable[[], None] = lambda: None
) -> Evidence:
    """What a frame tells that is made again from those before and after it, `[3, H, W]` as
    displays show them, where these moved little. A frame that repeats one of them tells nothing.

    The motion is `flow.search`'s: on footage it tells as much as the network's, sooner.
    """
    rows, columns = within(known.shape[-2], known.shape[-1], _TOLD)
    sights = []
    for one in (before, known, after):
        beat()
        sights.append(flow.sight(resized(one, rows, columns)))
    first, middle, last = sights
    beat()
    across = flow.search(first, last) / 2
    first, middle, last = (one[None].float() for one in (first, middle, last))
    nearest = min(float((middle - one).square().mean()) for one in (first, last))
    if nearest <= _REPEATS * float((first - last).square().mean()):
        return Evidence()
    moved = (flow.warp(first, -across, "bilinear") + flow.warp(last, across, "bilinear")) / 2
    blend = (first + last) / 2
    change = moved - blend
    # From one frame to the next, in pixels of the frame itself.
    slow = _slow(across * (known.shape[-1] / first.shape[-1]))
    along = (slow * change * (middle - blend)).sum(dtype=torch.float64)
    return Evidence(float(along), float((slow * change.square()).sum(dtype=torch.float64)))


def _slow(moved: Tensor) -> Tensor:
    """1 where a motion `[2, H, W]` is little enough for a blend, 0 where it would show twice,
    `[1, H, W]`."""
    far = moved.square().sum(0, keepdim=True).sqrt()
    return ((_DOUBLE - far) / (_DOUBLE - _SLOW)).clamp(0, 1)


def _apart(difference: Tensor) -> Tensor:
    """How far the difference `[1, C, H, W]` of two pictures is more than noise, `[1, 1, H, W]`,
    0 to 1."""
    square = F.pad(difference.square().mean(1, keepdim=True), (_BLOCK // 2,) * 4, mode="replicate")
    apart = F.avg_pool2d(square, _BLOCK, stride=1).sqrt()
    part = ((apart - _NOISE) / (_HIDDEN - _NOISE)).clamp(0, 1)
    return part * part * (3 - 2 * part)
