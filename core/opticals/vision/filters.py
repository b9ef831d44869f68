"""Filters of pictures and mattes: blur, guided filter, grow and shrink, feather.

All take float32 tensors `[..., H, W]` of any size, treat each plane by itself, repeat the edges,
and clamp nothing. Pixels that are no number have no weight: their neighbours fill them in.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

_EDGE = cv2.BORDER_REPLICATE
_SMALL = 8  # radius of a disc that is laid on every pixel whole


def blur(pixels: Tensor, sigma: float) -> Tensor:
    """`pixels` `[..., H, W]` under a Gaussian of standard deviation `sigma` pixels."""
    if sigma <= 0:
        return pixels
    return _filled(pixels, lambda planes: _gaussian(planes, sigma))


def box(pixels: Tensor, radius: int) -> Tensor:
    """The mean of each pixel's surrounding square of side `2 radius + 1`."""
    if radius <= 0:
        return pixels
    return _filled(pixels, lambda planes: _mean(planes, radius))


def guided(
    values: Tensor,
    guide: Tensor,
    radius: int,
    epsilon: float,
    reduce: int = 1,
    beat: Callable[[], None] = lambda: None,
) -> Tensor:
    """`values` `[C, H, W]` smoothed so that their edges are those of `guide`.

    He, Sun, Tang, "Guided Image Filtering", ECCV 2010; on reduced pictures He, Sun, "Fast Guided
    Filter", 2015: the same to the eye if `radius` is several times `reduce`.

    Args:
        values: a matte, say; each plane is filtered by itself.
        guide: `[1, H, W]` or `[3, H, W]`; a colour guide keeps edges between colours too.
        radius: of the windows, in pixels of the full size.
        epsilon: variance in the guide that still counts as flat: (contrast of an edge) squared.
        reduce: how many times smaller the pictures are on which the windows are measured.
        beat: called again and again meanwhile.
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
    beat()
    slope, offset = _fitted(small_values, small_guide, radius, epsilon)
    beat()
    if reduce > 1:
        slope = F.interpolate(slope, (height, width), mode="bilinear", align_corners=False)
        beat()
        offset = F.interpolate(offset[None], (height, width), mode="bilinear", align_corners=False)[
            0
        ]
        beat()
    parts = slope * guide
    beat()
    return parts.sum(1) + offset


def _fitted(values: Tensor, guide: Tensor, radius: int, epsilon: float) -> tuple[Tensor, Tensor]:
    """Slopes `[C, G, H, W]` and offsets `[C, H, W]` of the values' fit to the guide."""
    channels = guide.shape[0]
    mean_guide, mean_values = _mean(guide, radius), _mean(values, radius)
    pairs = [(i, j) for i in range(channels) for j in range(i, channels)]
    products = _mean(torch.stack([guide[i] * guide[j] for i, j in pairs]), radius)
    spread = products
    for position, (i, j) in enumerate(pairs):
        spread[position] -= mean_guide[i] * mean_guide[j]
        if i == j:
            spread[position] += epsilon
    common = torch.stack([_mean(one * guide, radius) for one in values])
    common -= mean_values[:, None] * mean_guide
    slope = _divided(common, spread)
    offset = mean_values - (slope * mean_guide).sum(1)
    return _mean(slope, radius), _mean(offset, radius)


def _divided(common: Tensor, spread: Tensor) -> Tensor:
    """`common` `[C, G, H, W]` over symmetric matrices: their upper triangles, row by row."""
    if len(spread) == 1:
        return common / spread
    aa, ab, ac, bb, bc, cc = spread
    # The adjugate: for as many small matrices as there are pixels far faster than a solver.
    inverse = (
        (bb * cc - bc * bc, ac * bc - ab * cc, ab * bc - ac * bb),
        (ac * bc - ab * cc, aa * cc - ac * ac, ab * ac - aa * bc),
        (ab * bc - ac * bb, ab * ac - aa * bc, aa * bb - ab * ab),
    )
    determinant = aa * inverse[0][0] + ab * inverse[0][1] + ac * inverse[0][2]
    rows = [sum(inverse[i][j] * common[:, j] for j in range(3)) / determinant for i in range(3)]
    return torch.stack([torch.as_tensor(row) for row in rows], 1)


def grow(mask: Tensor, pixels: float) -> Tensor:
    """`mask` `[..., H, W]` larger by `pixels` all round, smaller if negative.

    A dilation by a disc, of more than 8 pixels to within one pixel at its rim; soft edges keep
    their softness. Between whole pixels the result is between the two.
    """
    if pixels < 0:
        return -grow(-mask, -pixels)
    whole = math.floor(pixels)
    mask = mask.nan_to_num(0)
    grown = _dilated(mask, whole)
    if pixels == whole:
        return grown
    return torch.lerp(grown, _dilated(mask, whole + 1), pixels - whole)


def feather(mask: Tensor, pixels: float) -> Tensor:
    """`mask` `[..., H, W]` with its edges softened over about `pixels` pixels."""
    return blur(mask, pixels / 4)


def _dilated(mask: Tensor, radius: int) -> Tensor:
    if radius == 0:
        return mask

    def grown(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        for kernel in _discs(radius):
            plane = np.asarray(cv2.dilate(plane, kernel, borderType=_EDGE), np.float32)
        return plane

    planes = mask.reshape(-1, *mask.shape[-2:])
    return _by_plane(planes, grown).to(mask.device).reshape(mask.shape)


@cache
def _discs(radius: int) -> tuple[NDArray[np.uint8], ...]:
    """Kernels that dilate by a disc together, one after the other.

    A large disc is one of half its radius laid on a circle: on as many places as the circle has
    pixels, and not as the disc has. It is never larger than the disc itself.
    """
    steps = np.arange(-radius, radius + 1)
    disc = (steps[:, None] ** 2 + steps**2 <= (radius + 0.5) ** 2).astype(np.uint8)
    if radius <= _SMALL:
        return (disc,)
    smaller = _discs((radius + 1) // 2)
    for kernel in smaller:
        disc = _eroded(disc, kernel)
    return *smaller, disc - _eroded(disc, np.array(((0, 1, 0), (1, 1, 1), (0, 1, 0)), np.uint8))


def _eroded(shape: NDArray[np.uint8], kernel: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where the kernel fits into a shape, beyond whose array is nothing."""
    fits = cv2.erode(shape, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(fits, np.uint8)


def _gaussian(planes: Tensor, sigma: float) -> Tensor:
    reach = math.ceil(3 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return _separable(planes, (kernel / kernel.sum()).astype(np.float32))


def _mean(planes: Tensor, radius: int) -> Tensor:
    """The mean over squares of side `2 radius + 1`."""
    shape = planes.shape
    planes = planes.reshape(-1, *shape[-2:])
    side = 2 * radius + 1
    if planes.device.type == "cpu":
        return _by_plane(
            planes, lambda plane: cv2.blur(plane, (side, side), borderType=_EDGE)
        ).reshape(shape)
    return _separable(planes, np.full(side, 1 / side, np.float32)).reshape(shape)


def _separable(planes: Tensor, kernel: NDArray[np.float32]) -> Tensor:
    """`kernel` along rows and columns of `[N, H, W]`, edges repeated."""
    if planes.device.type == "cpu":  # a tenth of the time of torch
        return _by_plane(
            planes, lambda plane: cv2.sepFilter2D(plane, -1, kernel, kernel, borderType=_EDGE)
        )
    return _shifted(planes, kernel)


def _shifted(planes: Tensor, kernel: NDArray[np.float32]) -> Tensor:
    """The same as a sum of shifted planes: exact on devices whose convolutions are not."""
    reach = len(kernel) // 2
    for axis in (1, 2):
        length = planes.shape[axis]
        margin = (0, 0, reach, reach) if axis == 1 else (reach, reach, 0, 0)
        padded = F.pad(planes[None], margin, mode="replicate")[0]
        planes = torch.zeros_like(planes)
        for offset, weight in enumerate(kernel.tolist()):
            planes.add_(padded.narrow(axis, offset, length), alpha=weight)
    return planes


def _by_plane(planes: Tensor, run: Callable[[Any], Any]) -> Tensor:
    """`run` on each plane of `[N, H, W]` as OpenCV takes it."""
    return torch.from_numpy(np.stack([run(plane) for plane in planes.contiguous().cpu().numpy()]))


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
