from __future__ import annotations
import torch
from torch.nn import functional as F
from torch import Tensor
def spread(values: Tensor, weight: Tensor) -> Tensor:
    """push-pull"""
    sums, weights = [values * weight], [weight]
    while max(sums[-1].shape[-2:]) > 1:
        sums.append(F.avg_pool2d(sums[-1], 2, ceil_mode=True, count_include_pad=False))
        weights.append(F.avg_pool2d(weights[-1], 2, ceil_mode=True, count_include_pad=False))
    found = sums[-1] / weights[-1].clamp(min=1e-6)
    for total, known in zip(sums[-2::-1], weights[-2::-1], strict=True):
        coarse = F.interpolate(found[None], total.shape[-2:], mode="bilinear", align_corners=False)[0]
        found = (total + 1e-2 * coarse) / (known + 1e-2)
    return found
