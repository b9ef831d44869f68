"""Filters of pictures and mattes: blur, guided filter, grow and shrink, feather.

All take float32 tensors `[..., H, W]` of any size, treat each plane by itself, repeat the edges,
and clamp nothing. Pixels that are no number have no weight: their neighbours fill them in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


def blur(pixels: Tensor, sigma: float) -> Tensor:
    """`pixels` `[..., H, W]` under a Gaussian of standard deviation `sigma` pixels."""
    if sigma <= 0:
        return pixels
    return _filled(pixels, lambda planes: _gaussian(planes, sigma))


def box(pixels: Tensor, radius: int) -> Tensor:
    """The mean of each pixel's surrounding square of side `2 radius + 1`, as far as it is there."""
    if radius <= 0:
        return pixels
    return _filled(pixels, lambda planes: _mean(planes, radius))


def guided(values: Tensor, guide: Tensor, radius: int, epsilon: float, reduce: int = 1) -> Tensor:
    """`values` `[C, H, W]` smoothed so that their edges are those of `guide`.

    He, Sun, Tang, "Guided Image Filtering", ECCV 2010; on reduced pictures He, Sun, "Fast Guided
    Filter", 2015: the same to the eye if `radius` is several times `reduce`.

    Args:
        values: a matte, say; each plane is filtered by itself.
        guide: `[1, H, W]` or `[3, H, W]`; a colour guide keeps edges between colours too.
        radius: of the windows, in pixels of the full size.
        epsilon: variance in the guide that still counts as flat: (contrast of an edge) squared.
        reduce: how many times smaller the pictures are on which the windows are measured.
    """
    height, width = values.shape[-2:]
    values, guide = _whole(values), _whole(guide)
    small_values, small_guide = values, guide
    if reduce > 1:
        size = (max(height // reduce, 1), max(width // reduce, 1))
        small_values, small_guide = (
            F.interpolate(one[None], size, mode="area")[0] for one in (values, guide)
        )
        radius = max(round(radius / reduce), 1)
    slope, offset = _fitted(small_values, small_guide, radius, epsilon)
    if reduce > 1:
        slope, offset = (
            F.interpolate(one, (height, width), mode="bilinear", align_corners=False)
            for one in (slope, offset[None])
        )
        offset = offset[0]
    return (slope * guide).sum(1) + offset


def _fitted(values: Tensor, guide: Tensor, radius: int, epsilon: float) -> tuple[Tensor, Tensor]:
    """Slopes `[C, G, H, W]` and offsets `[C, H, W]` of the values' fit to the guide."""
    channels = guide.shape[0]
    mean_guide, mean_values = _mean(guide, radius), _mean(values, radius)
    pairs = [(i, j) for i in range(channels) for j in range(i, channels)]
    products = _mean(torch.stack([guide[i] * guide[j] for i, j in pairs]), radius)
    spread = guide.new_zeros((*guide.shape[1:], channels, channels))
    for (i, j), product in zip(pairs, products, strict=True):
        spread[..., i, j] = spread[..., j, i] = product - mean_guide[i] * mean_guide[j]
    spread += epsilon * torch.eye(channels, dtype=guide.dtype, device=guide.device)
    common = torch.stack([_mean(one * guide, radius) for one in values])
    common -= mean_values[:, None] * mean_guide
    slope = torch.linalg.solve(spread, common.permute(2, 3, 1, 0)).permute(3, 2, 0, 1)
    offset = mean_values - (slope * mean_guide).sum(1)
    return _mean(slope, radius), _mean(offset, radius)


def grow(mask: Tensor, pixels: float) -> Tensor:
    """`mask` `[..., H, W]` larger by `pixels` all round, smaller if negative.

    A dilation by a disc; soft edges keep their softness. Between whole pixels the result is
    between the two.
    """
    if pixels < 0:
        return -grow(-mask, -pixels)
    whole = math.floor(pixels)
    grown = _dilated(mask.nan_to_num(0), whole)
    if pixels == whole:
        return grown
    return torch.lerp(grown, _dilated(grown, 1), pixels - whole)


def feather(mask: Tensor, pixels: float) -> Tensor:
    """`mask` `[..., H, W]` with its edges softened over about `pixels` pixels."""
    return blur(mask, pixels / 4)


def _dilated(mask: Tensor, radius: int) -> Tensor:
    if radius == 0:
        return mask
    steps = np.arange(-radius, radius + 1)
    disc = (steps[:, None] ** 2 + steps**2 <= (radius + 0.5) ** 2).astype(np.uint8)
    planes = mask.reshape(-1, *mask.shape[-2:]).cpu().numpy()
    grown = [cv2.dilate(plane, disc, borderType=cv2.BORDER_REPLICATE) for plane in planes]
    return torch.from_numpy(np.stack(grown)).to(mask.device).reshape(mask.shape)


def _gaussian(planes: Tensor, sigma: float) -> Tensor:
    reach = math.ceil(3 * sigma)
    offsets = torch.arange(-reach, reach + 1, dtype=planes.dtype, device=planes.device)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = kernel / kernel.sum()
    planes = F.pad(planes[:, None], (reach,) * 4, mode="replicate")
    planes = F.conv2d(planes, kernel[None, None, None])
    return F.conv2d(planes, kernel[None, None, :, None])[:, 0]


def _mean(planes: Tensor, radius: int) -> Tensor:
    """The mean over squares of side `2 radius + 1`, as far as they lie in the picture."""
    shape = planes.shape
    planes = planes.reshape(-1, 1, *shape[-2:])
    for along in (0, 1):
        reach = min(radius, planes.shape[2 + along] - 1)
        side, padding = [1, 1], [0, 0]
        side[along], padding[along] = 2 * reach + 1, reach
        planes = F.avg_pool2d(planes, side, 1, padding, count_include_pad=False)
    return planes.reshape(shape)


def _filled(pixels: Tensor, smooth: Callable[[Tensor], Tensor]) -> Tensor:
    """`smooth` on planes `[N, H, W]`, without those pixels that are no number."""
    planes = pixels.reshape(-1, *pixels.shape[-2:])
    known = planes.isfinite()
    if bool(known.all()):
        return smooth(planes).reshape(pixels.shape)
    weight = smooth(known.to(planes.dtype))
    total = smooth(planes.where(known, planes.new_zeros(())))
    return (total / weight.clamp(min=1e-6)).reshape(pixels.shape)


def _whole(pixels: Tensor) -> Tensor:
    """`pixels` with what is no number replaced by the mean of the rest."""
    known = pixels.isfinite()
    if bool(known.all()):
        return pixels
    mean = pixels[known].mean() if bool(known.any()) else pixels.new_zeros(())
    return pixels.where(known, mean)
