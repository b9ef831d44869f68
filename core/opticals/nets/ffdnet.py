"""FFDNet for colour: takes noise of a known level out of a picture.

Architecture: Zhang et al., "FFDNet: Toward a Fast and Flexible Solution for CNN-Based Image
Denoising", IEEE Transactions on Image Processing 27(9), 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from opticals.nets.pth import State

_STEP = 2  # the network works on the four pixels of a 2x2 square as channels


class FFDNet(nn.Module):
    """`[N, 3, H, W]` in 0..1 with noise to the same without, both float32; any size.

    The noise's standard deviation `sigma` is in the units of the pixels (25 of 255 is 0.098),
    up to 75/255 as trained: a number, or a map of `[N or 1, 1, H/2 or 1, W/2 or 1]` (halves
    rounded up) where it varies.
    """

    # 12 convolutions of 3x3 at half the size: a pixel reaches this far, so the overlap is exact.
    overlap = 24
    multiple = _STEP

    def __init__(self, features: int = 96, hidden: int = 10) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3 * _STEP**2 + 1, features, 3, padding=1), nn.ReLU()]
        for _ in range(hidden):
            layers += [nn.Conv2d(features, features, 3, padding=1), nn.ReLU(inplace=True)]
        layers.append(nn.Conv2d(features, 3 * _STEP**2, 3, padding=1))
        self.body = nn.Sequential(*layers)

    def forward(self, pixels: Tensor, sigma: Tensor | float) -> Tensor:
        height, width = pixels.shape[-2:]
        even = F.pad(pixels, (0, width % _STEP, 0, height % _STEP), mode="replicate")
        squares = F.pixel_unshuffle(even, _STEP)
        level = torch.as_tensor(sigma, dtype=squares.dtype, device=squares.device)
        level = level.expand(squares.shape[0], 1, *squares.shape[-2:])
        values = torch.cat((squares, level), 1)
        clean = self.body(values.to(next(self.body.parameters()).dtype)).float()
        return F.pixel_shuffle(clean, _STEP)[..., :height, :width]


def rename(state: State) -> State:
    """The published weights' keys as ours."""
    return {key.replace("model.", "body.", 1): value for key, value in state.items()}
