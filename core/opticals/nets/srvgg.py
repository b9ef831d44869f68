"""SRVGG, the compact video network of Real-ESRGAN: plain convolutions, then a shuffle.

Architecture: Wang et al., "Real-ESRGAN", ICCVW 2021, and the graph its ncnn release describes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


class SRVGG(nn.Module):
    """`[N, 3, H, W]` in 0..1 to `[N, 3, 4H, 4W]`, both float32, whatever the weights are in.

    The network predicts the change to the nearest-neighbour enlargement; that addition stays
    in float32, so that a low precision inside costs little outside.
    """

    scale = 4
    # 18 convolutions of 3x3: a pixel reaches 18 pixels far, so this overlap is exact.
    overlap = 18

    def __init__(self, features: int = 64, hidden: int = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, features, 3, padding=1), nn.PReLU(features)]
        for _ in range(hidden):
            layers += [nn.Conv2d(features, features, 3, padding=1), nn.PReLU(features)]
        layers.append(nn.Conv2d(features, 3 * self.scale**2, 3, padding=1))
        self.body = nn.Sequential(*layers)

    def forward(self, picture: Tensor) -> Tensor:
        weight = next(self.body.parameters())
        change = self.body(picture.to(weight.dtype))
        grown: Tensor = F.pixel_shuffle(change.float(), self.scale)
        return grown + F.interpolate(picture, scale_factor=self.scale, mode="nearest")
