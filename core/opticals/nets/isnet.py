"""IS-Net: a sharper matte of what stands out in a picture than U2-Net's, at a larger size.

Architecture: Qin et al., "Highly Accurate Dichotomous Image Segmentation", ECCV 2022. Batch
normalisation is folded into the convolutions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from opticals.nets.u2net import Block, Nested, conv3, like

if TYPE_CHECKING:
    from torch import Tensor


class ISNet(nn.Module):
    """`[N, 3, 1024, 1024]` to a matte `[N, 1, 1024, 1024]` in 0..1, both float32.

    The picture as the published file wants it: R, G, B in 0..255, less 128, divided by 256; with
    pixels in 0..1 that is nearly `pixels - 0.5`. Other sizes work, but 1024 is what it knows.
    """

    size = 1024
    mean, deviation = (128 / 255,) * 3, (256 / 255,) * 3
    stretched = False
    # The file ends with the mattes of the five smaller sizes, which only training looks at.
    beyond = 5

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv2d(3, 64, 3, stride=2, padding=1)
        self.body = Nested(
            (
                Block(7, 64, 32, 64),
                Block(6, 64, 32, 128),
                Block(5, 128, 64, 256),
                Block(4, 256, 128, 512),
                Block(4, 512, 256, 512, dilated=True),
                Block(4, 512, 256, 512, dilated=True),
            ),
            (
                Block(4, 1024, 256, 512, dilated=True),
                Block(4, 1024, 128, 256),
                Block(5, 512, 64, 128),
                Block(6, 256, 32, 64),
                Block(7, 128, 16, 64),
            ),
        )
        self.side = conv3(64, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        dtype = self.side.weight.dtype
        entered = self.enter(pixels.to(dtype, memory_format=torch.channels_last))
        matte = self.side(self.body(entered)[0]).float()
        return torch.sigmoid(like(matte, pixels))
