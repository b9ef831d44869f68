"""Drafts: half the size, marked so that nobody takes one for a final."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from torch.nn import functional

from opticals.declaration import PIXELS

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.declaration import Effect

_FONT = cv2.FONT_HERSHEY_SIMPLEX


def halved(effect: Effect, settings: Any) -> Any:
    """`settings` with lengths in pixels as they are in a picture of half the size."""
    lengths = [one.name for one in effect.fields() if one.unit == PIXELS]
    return replace(settings, **{name: getattr(settings, name) / 2 for name in lengths})


def reduce(rgb: Tensor, size: torch.Size) -> Tensor:
    """`[C, H, W]` at the smaller `size`, by area."""
    return functional.interpolate(rgb[None], size=size, mode="area")[0]


def burn_in(rgb: Tensor) -> Tensor:
    """`[3 or 4, H, W]` with TEMP at the lower left, white on an opaque black box so that it reads
    on any picture."""
    height, width = rgb.shape[-2:]
    scale = max(0.4, height / 500)
    thickness = max(1, round(2 * scale))
    (wide, high), below = cv2.getTextSize("TEMP", _FONT, scale, thickness)
    margin = max(2, high // 3)
    box = np.zeros((high + below + 2 * margin, wide + 2 * margin), np.uint8)
    cv2.putText(box, "TEMP", (margin, margin + high), _FONT, scale, 255, thickness, cv2.LINE_AA)
    mark = torch.from_numpy(box[:height, :width]).to(rgb.device) / 255
    marked = rgb.clone()
    marked[:3, height - mark.shape[0] :, : mark.shape[1]] = mark
    marked[3:, height - mark.shape[0] :, : mark.shape[1]] = 1
    return marked
