"""U2-Net: a matte of what stands out in a picture. The small one, U2-Net-p, and its blocks.

Architecture: Qin et al., "U2-Net: Going Deeper with Nested U-Structure for Salient Object
Detection", Pattern Recognition 106, 2020. Batch normalisation is folded into the convolutions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor


class Block(nn.Module):
    """A small U-Net on its own input, added to that input (the paper's RSU-L and RSU-4F).

    Args:
        depth: how many sizes it sees, the last one twice as wide instead of half as large.
        dilated: see wider at every depth instead, always at full size.
    """

    def __init__(
        self, depth: int, inputs: int, hidden: int, outputs: int, *, dilated: bool = False
    ) -> None:
        super().__init__()
        self._dilated = dilated
        steps = [1 << index if dilated else 1 for index in range(depth - 1)]
        self.enter = conv3(inputs, outputs)
        self.down = nn.ModuleList(
            conv3(hidden if index else outputs, hidden, step) for index, step in enumerate(steps)
        )
        self.bottom = conv3(hidden, hidden, 2 * steps[-1])
        self.up = nn.ModuleList(
            conv3(2 * hidden, hidden if index else outputs, step)
            for index, step in reversed(list(enumerate(steps)))
        )

    def forward(self, values: Tensor) -> Tensor:
        entered = relu(self.enter(values))
        values, seen = entered, []
        for index, conv in enumerate(self.down):
            values = relu(conv(halved(values) if index and not self._dilated else values))
            seen.append(values)
        values = relu(self.bottom(values))
        for conv in self.up:
            values = relu(conv(beside(like(values, seen[-1]), seen.pop())))
        return values.add_(entered)


class Nested(nn.Module):
    """A U-Net of blocks: values to a map of every size, the largest first.

    Args:
        downs, ups: the blocks in the order in which they run.
    """

    def __init__(self, downs: Iterable[Block], ups: Iterable[Block]) -> None:
        super().__init__()
        self.downs = nn.ModuleList(downs)
        self.ups = nn.ModuleList(ups)

    def forward(self, values: Tensor) -> list[Tensor]:
        seen: list[Tensor] = []
        for block in self.downs:
            values = block(halved(seen[-1]) if seen else values)
            seen.append(values)
        maps = [seen.pop()]
        for block in self.ups:
            maps.append(block(beside(like(maps[-1], seen[-1]), seen.pop())))
        return maps[::-1]


class U2NetP(nn.Module):
    """`[N, 3, 320, 320]` to a matte `[N, 1, 320, 320]` in 0..1, both float32.

    The picture as it was trained: R, G, B in 0..1, divided by the picture's largest value, then
    less the mean (0.485, 0.456, 0.406) and divided by the deviation (0.229, 0.224, 0.225).
    Other sizes work, but 320 is what it knows. The matte is often stretched to fill 0..1 by
    others; here it is as the network says.
    """

    size = 320
    mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    stretched = True
    # Its weights do not bear rounding: in bfloat16 the matte of a real frame was off by 0.7.
    dtypes = (torch.float32,)

    def __init__(self) -> None:
        super().__init__()
        self.body = Nested(
            (
                Block(7, 3, 16, 64),
                *(Block(depth, 64, 16, 64) for depth in (6, 5, 4)),
                *(Block(4, 64, 16, 64, dilated=True) for _ in range(2)),
            ),
            (
                Block(4, 128, 16, 64, dilated=True),
                *(Block(depth, 128, 16, 64) for depth in (4, 5, 6, 7)),
            ),
        )
        self.sides = nn.ModuleList(nn.Conv2d(64, 1, 3, padding=1) for _ in range(6))
        self.join = nn.Conv2d(6, 1, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        dtype = self.join.weight.dtype
        maps = self.body(pixels.to(dtype, memory_format=torch.channels_last))
        sides = [side(one).float() for side, one in zip(self.sides, maps, strict=True)]
        joined = self.join(torch.cat([like(one, sides[0]) for one in sides], 1).to(dtype))
        return torch.sigmoid(joined.float())


def conv3(inputs: int, outputs: int, step: int = 1) -> nn.Conv2d:
    """A convolution of 3x3 that keeps the size, its samples `step` apart."""
    return nn.Conv2d(inputs, outputs, 3, padding=step, dilation=step)


def relu(values: Tensor) -> Tensor:
    return F.relu(values, inplace=True)


def halved(values: Tensor) -> Tensor:
    return F.max_pool2d(values, 2, ceil_mode=True)


def like(values: Tensor, other: Tensor) -> Tensor:
    """`values` enlarged to the size of `other`."""
    if values.shape[-2:] == other.shape[-2:]:
        return values
    return F.interpolate(values, size=other.shape[-2:], mode="bilinear", align_corners=False)


def beside(first: Tensor, second: Tensor) -> Tensor:
    """The channels of both, `torch.cat` on them eight times as fast where channels are last."""
    count, half, height, width = first.shape
    joined = torch.empty(
        (count, half + second.shape[1], height, width),
        dtype=first.dtype,
        device=first.device,
        memory_format=torch.channels_last,
    )
    joined[:, :half], joined[:, half:] = first, second
    return joined
