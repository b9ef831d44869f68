"""Pictures at another size, to look at them faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


def resized(pixels: Tensor, height: int, width: int) -> Tensor:
    """`[C, H, W]` as `[C, height, width]`: each pixel the mean of its area where it gets smaller,
    bilinear where it grows. Never beyond the values there are."""
    if pixels.shape[-2:] == (height, width):
        return pixels
    if height <= pixels.shape[-2] and width <= pixels.shape[-1]:
        return F.interpolate(pixels[None], (height, width), mode="area")[0]
    return F.interpolate(pixels[None], (height, width), mode="bilinear", align_corners=False)[0]


def within(height: int, width: int, pixels: int) -> tuple[int, int]:
    """The largest size of the same shape that has at most so many pixels."""
    factor = min(1.0, (pixels / (height * width)) ** 0.5)
    return max(round(height * factor), 1), max(round(width * factor), 1)
