"""Values known in places spread smoothly over the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


def completed(values: Tensor, weight: Tensor) -> Tensor:
    """`values` `[C, H, W]` kept where `weight` `[1, H, W]` is 1, and smooth where it is 0.

    Pull-push over a pyramid (Gortler et al., "The Lumigraph", SIGGRAPH 1996): what is unknown is
    the mean of what is known around it, the nearer the more. Without any weight it is 0.
    """
    known = values.isfinite().all(0, keepdim=True)
    weight = weight * known
    values = values.where(known, values.new_zeros(()))
    if not bool((weight > 0).any()):
        return torch.zeros_like(values)
    return _completed(values[None], weight[None])[0]


def _completed(values: Tensor, weight: Tensor) -> Tensor:
    height, width = values.shape[-2:]
    if (height, width) == (1, 1):
        return values
    sides = (0, width % 2, 0, height % 2)
    product, share = F.pad(values * weight, sides), F.pad(weight, sides)
    total = 4 * F.avg_pool2d(share, 2)
    mean = 4 * F.avg_pool2d(product, 2) / total.clamp(min=1e-12)
    coarse = _completed(mean, total.clamp(max=1))
    size = (2 * coarse.shape[-2], 2 * coarse.shape[-1])
    spread = F.interpolate(coarse, size, mode="bilinear", align_corners=False)
    spread = spread[..., :height, :width]
    made = torch.lerp(spread, values, weight)
    for _ in range(2):
        around = F.avg_pool2d(F.pad(made, (1, 1, 1, 1), mode="replicate"), 3, 1)
        made = torch.lerp(around, values, weight)
    return made
