"""Drafts: half the size, marked so that nobody takes one for a final."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor


def half(side: int) -> int:
    """Half a side in whole chroma samples, so that every encoder takes it: an even number."""
    return max(2, (side + 2) // 4 * 2)


def reduce(rgb: Tensor) -> Tensor:
    """`[3, H, W]` at half size, by area."""
    size = (half(rgb.shape[-2]), half(rgb.shape[-1]))
    return functional.interpolate(rgb[None], size=size, mode="area")[0]


def burn_in(rgb: Tensor) -> Tensor:
    """TEMP at the lower left, white on black so that it reads on any picture."""
    height, width = rgb.shape[-2:]
    scale = max(0.4, height / 360)
    thick = max(1, round(2 * scale))
    where = (round(width * 0.04), round(height * 0.94))
    border, mark = np.zeros((2, height, width), np.uint8)
    for layer, thickness in ((border, thick * 3), (mark, thick)):
        cv2.putText(
            layer, "TEMP", where, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thickness, cv2.LINE_AA
        )
    white, cover = (torch.from_numpy(one).to(rgb.device) / 255 for one in (mark, border))
    return torch.lerp(rgb, white.expand_as(rgb), cover)
