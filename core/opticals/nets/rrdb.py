"""RRDBNet, the large upscaling network of Real-ESRGAN: residual-in-residual dense blocks.

Architecture: Wang et al., "ESRGAN", ECCVW 2018, and "Real-ESRGAN", ICCVW 2021.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor

_RESIDUAL = 0.2  # both levels of residuals are scaled by this (ESRGAN, section 3.1)
_SLOPE = 0.2


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def _apply(conv: nn.Conv2d, values: Tensor) -> Tensor:
    return F.leaky_relu(conv(values), _SLOPE, inplace=True)


class _DenseBlock(nn.Module):
    """Five convolutions, each of which sees the outputs of all before it."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(_conv(features + i * growth, growth) for i in range(4))
        self.last = _conv(features + 4 * growth, features)

    def forward(self, trunk: Tensor) -> Tensor:
        seen = trunk.to(self.last.weight.dtype)
        for conv in self.convs:
            assert isinstance(conv, nn.Conv2d)
            seen = torch.cat((seen, _apply(conv, seen)), 1)
        change: Tensor = self.last(seen)
        return trunk + _RESIDUAL * change


class RRDB(nn.Module):
    """`[N, 3, H, W]` in 0..1 to `[N, 3, 4H, 4W]`, both float32, whatever the weights are in.

    The residual trunk is float32: 69 additions in bfloat16 would show.
    """

    scale = 4
    # In theory a pixel reaches 350 far. With 48 tiles agree with the whole picture to 64 dB, and
    # a seam jumps by 0.15 of an 8-bit code on average (with 32: 56 dB, 0.6 of a code).
    overlap = 48

    def __init__(self, features: int = 64, growth: int = 32, blocks: int = 23) -> None:
        super().__init__()
        self.first = _conv(3, features)
        self.blocks = nn.ModuleList(
            nn.Sequential(*(_DenseBlock(features, growth) for _ in range(3))) for _ in range(blocks)
        )
        self.body = _conv(features, features)
        self.up = nn.ModuleList(_conv(features, features) for _ in range(2))
        self.finish = _conv(features, features)
        self.last = _conv(features, 3)

    def forward(self, picture: Tensor) -> Tensor:
        dtype = self.first.weight.dtype
        start = self.first(picture.to(dtype)).float()
        trunk = start
        for block in self.blocks:
            trunk = trunk + _RESIDUAL * block(trunk)
        values = (start + self.body(trunk.to(dtype))).to(dtype)
        for conv in self.up:
            assert isinstance(conv, nn.Conv2d)
            values = _apply(conv, F.interpolate(values, scale_factor=2, mode="nearest"))
        result: Tensor = self.last(_apply(self.finish, values))
        return result.float()
