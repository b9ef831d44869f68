"""How noisy a picture is, estimated from its flattest parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor

_BLOCK = 16  # pixels
# Residuals of neighbouring pixels share pixels: so many of a block's are worth one.
_SHARED = (70 / 36) ** 2
_QUANTILE = 0.05
_BINS = 8
_LIMITS = (0.01, 0.99)  # beyond, noise is clipped away


@dataclass(frozen=True)
class Noise:
    """Noise of a picture, in its own values.

    Luma and chroma are measured along orthonormal axes, so that noise of the same strength in
    each of R, G and B, independent, has that strength in both.

    Attributes:
        luma: standard deviation, root mean square over the picture.
        chroma: standard deviation, root mean square over the picture.
        gain: the luma's variance grows by this per unit of signal (the Poisson part) ...
        floor: ... from this at black (the Gaussian part).
    """

    luma: float
    chroma: float
    gain: float
    floor: float

    def sigma(self, signal: Tensor) -> Tensor:
        """The luma's standard deviation where the picture is as bright as `signal`."""
        return (self.gain * signal + self.floor).clamp(min=0).sqrt()


def measure(picture: Tensor) -> Noise:
    """The noise of `picture` `[3, H, W]`; none of a picture too small to tell.

    What remains under the difference of two Laplacians (Immerkaer, "Fast Noise Variance
    Estimation", CVIU 1996), in the blocks where it is least at their brightness: the lower
    envelope of Liu et al., "Noise Estimation from a Single Image", CVPR 2006, as a line
    `variance = gain * signal + floor` (Foi et al., "Practical Poissonian-Gaussian Noise Modeling",
    IEEE TIP 2008). Noise is taken as independent from pixel to pixel: what compression or
    enlarging has smoothed is read too low.
    """
    if min(picture.shape[-2:]) < _BLOCK + 2:
        return Noise(0.0, 0.0, 0.0, 0.0)
    picture = picture.nan_to_num(0, 0, 0)
    axes = picture.new_tensor([[1, 1, 1], [1, 0, -1], [1, -2, 1]])
    axes = axes / axes.norm(dim=1, keepdim=True)
    planes = torch.einsum("ij,jhw->ihw", axes, picture)
    left = planes[:, 2:] - 2 * planes[:, 1:-1] + planes[:, :-2]
    left = (left[..., 2:] - 2 * left[..., 1:-1] + left[..., :-2]) / 6
    variance = F.avg_pool2d(left.square()[None], _BLOCK)[0].flatten(1)
    inner = picture[:, 1:-1, 1:-1]
    brightness = F.avg_pool2d(inner.mean(0, keepdim=True)[None], _BLOCK).flatten()
    # Clipped noise piles up on the least and greatest values; free noise reaches them once.
    least, greatest = inner.amin((1, 2), keepdim=True), inner.amax((1, 2), keepdim=True)
    clipped = ((inner <= least) | (inner >= greatest)).any(0, keepdim=True)
    clipping = F.avg_pool2d(clipped[None].float(), _BLOCK).flatten()
    usable = (brightness > _LIMITS[0]) & (brightness < _LIMITS[1]) & (clipping < 0.02)
    if not bool(usable.any()):
        usable = torch.ones_like(usable)
    samples = _BLOCK**2 / _SHARED
    gain, floor = envelope(brightness[usable], variance[0, usable], samples)
    luma = _typical(brightness, gain, floor)
    of_chroma = (variance[1] + variance[2])[usable] / 2
    chroma = _typical(brightness, *envelope(brightness[usable], of_chroma, 2 * samples))
    return Noise(luma, chroma, gain, floor)


def envelope(brightness: Tensor, variance: Tensor, samples: float) -> tuple[float, float]:
    """Gain and floor of the noise's variance by brightness, from blocks `[N]` with and without
    texture, each the variance of so many independent `samples`.

    The lowest twentieth at each brightness, corrected for being the lowest, starts it; then those
    blocks that noise alone explains are fitted, and again.
    """
    spread = (2 / samples) ** 0.5  # of a block's variance, relative
    # Wilson and Hilferty's quantile of a chi-square; 1.645 is the normal's at 5 %.
    lowest = (1 - spread**2 / 9 - 1.645 * spread / 3) ** 3
    order = brightness.argsort(stable=True)
    bins = [one for one in order.tensor_split(min(_BINS, max(len(order) // 40, 1))) if len(one)]
    level = torch.stack([brightness[one].median() for one in bins])
    least = torch.stack([variance[one].quantile(_QUANTILE) / lowest for one in bins])
    # A bin without flat blocks stands out above what its neighbours say: the least ones count.
    weight = 1 / (least + 1e-12)
    gain, floor = _line(level, least, weight.square())
    for _ in range(6):
        expected = _at(brightness, gain, floor)
        fits = (variance / expected - 1).abs() < 2 * spread
        if int(fits.sum()) < 8:
            break
        gain, floor = _line(brightness[fits], variance[fits], expected[fits] ** -2)
    return gain, floor


def _line(x: Tensor, y: Tensor, weight: Tensor) -> tuple[float, float]:
    """Slope and offset of weighted least squares; never falling, never below zero at 0."""
    x, y, weight = x.double(), y.double(), weight.double()
    weight = weight / weight.sum()
    middle, height = (weight * x).sum(), (weight * y).sum()
    width = (weight * (x - middle).square()).sum()
    slope = float((weight * (x - middle) * (y - height)).sum() / width) if width > 1e-6 else 0.0
    offset = float(height) - slope * float(middle)
    if offset < 0 < slope:
        return float((weight * x * y).sum() / (weight * x * x).sum()), 0.0
    return (slope, offset) if slope >= 0 else (0.0, float(height))


def _at(brightness: Tensor, gain: float, floor: float) -> Tensor:
    return (gain * brightness + floor).clamp(min=1e-10)


def _typical(brightness: Tensor, gain: float, floor: float) -> float:
    return float((gain * brightness + floor).clamp(min=0).mean().sqrt())
