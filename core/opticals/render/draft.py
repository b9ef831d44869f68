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
    mark = np.zeros((height, width, 3), np.float32)
    scale = max(0.4, height / 360)
    thick = max(1, round(2 * scale))
    where = (round(width * 0.04), round(height * 0.94))
    cover = np.zeros((height, width), np.float32)
    cv2.putText(cover, "TEMP", where, cv2.FONT_HERSHEY_SIMPLEX, scale, 1.0, thick * 3, cv2.LINE_AA)
    cv2.putText(
        mark, "TEMP", where, cv2.FONT_HERSHEY_SIMPLEX, scale, (1.0,) * 3, thick, cv2.LINE_AA
    )
    alpha = torch.from_numpy(cover).to(rgb.device)
    return torch.lerp(rgb, torch.from_numpy(mark).permute(2, 0, 1).to(rgb.device), alpha)
