"""Mattes: what a network says of a picture, made exact at the picture's own edges.

Everything here is of one frame, `[C, H, W]` float32; mattes are `[1, H, W]`, 0..1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch
from torch.nn import functional as F

from opticals.vision import filters
from opticals.vision.resize import resized, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

# Pixels of the picture on which the matte is solved; what is larger gets it by a guided filter.
_SOLVED = 960 * 540
# Share of the picture's longer side on each side of the network's edge in which the matte is
# open: hair is as far from the edge that the network sees.
_BAND = 0.02
# Of the network's matte: surely background, surely foreground. Networks trained to find what
# stands out leave out some of it (a hand, a leg) rather than take too much.
_OUT, _IN = 0.05, 0.75
_RADIUS = 5  # of the windows in which the matte is linear; hair is found better than with 3
_STEPS = 25  # more are not seen in the result
_KNOWN, _OPEN = 10.0, 0.01  # how firmly the network's matte is held outside the band, and in it
# Variance of a window's colours that counts as flat: the paper's 1e-7 takes grain and the blocks of
# coded films for edges.
_FLAT = 3e-5
_GUIDE_FLAT = 1e-4
_SNAP = 0.05  # of 0 and 1: what the solution leaves there is taken for them


class Network(Protocol):
    """A network that makes mattes, ours or one that a package brings.

    Attributes:
        size: side of the square picture that it knows.
        mean, deviation: of each channel as it was trained: it takes `(rgb - mean) / deviation`.
        stretched: whether the picture is first divided by its largest value.
    """

    size: int
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    stretched: bool

    def __call__(self, pixels: Tensor) -> Tensor:
        """`[1, 3, size, size]` to `[1, 1, size, size]` in 0..1."""


def seen_by(network: Network, picture: Tensor) -> Tensor:
    """The network's matte `[1, size, size]` of `picture` `[3, H, W]` as displays show it."""
    side = (network.size, network.size)
    small = F.interpolate(
        picture[None], side, mode="bilinear", align_corners=False, antialias=True
    ).clamp(0, 1)
    if network.stretched:
        small = small / small.max().clamp(min=1e-3)
    mean, deviation = (
        small.new_tensor(one)[:, None, None] for one in (network.mean, network.deviation)
    )
    return network((small - mean) / deviation)[0].float().clamp(0, 1)


def refined(matte: Tensor, picture: Tensor, progress: Callable[[], None] = lambda: None) -> Tensor:
    """A coarse `matte` `[1, h, w]` exact at the edges of `picture` `[3, H, W]` (0..1).

    In a band along its edge the matte is solved for: locally a linear function of the colours
    (Levin, Lischinski, Weiss, "A Closed-Form Solution to Natural Image Matting", PAMI 2008; large
    windows, which need fewer steps: He, Sun, Tang, "Fast Matting Using Large Kernel Matting
    Laplacian Matrices", CVPR 2010).
    """
    height, width = picture.shape[-2:]
    rows, columns = within(height, width, _SOLVED)
    small = resized(picture, rows, columns)
    prior = resized(matte, rows, columns)
    reach = max(_BAND * max(rows, columns), 1.0)
    outside = filters.grow(prior, round(reach)) < _OUT
    inside = filters.grow(prior, -round(reach)) > _IN
    prior = ((prior - _OUT) / (_IN - _OUT)).clamp(0, 1)
    prior = torch.where(outside, 0.0, torch.where(inside, 1.0, prior))
    known = outside | inside
    rows_open, columns_open = ((~known[0]).any(side).nonzero()[:, 0] for side in (1, 0))
    if len(rows_open):
        margin = 4 * _RADIUS
        part = (
            slice(None),
            slice(max(int(rows_open[0]) - margin, 0), int(rows_open[-1]) + margin + 1),
            slice(max(int(columns_open[0]) - margin, 0), int(columns_open[-1]) + margin + 1),
        )
        weight = torch.where(known[part], _KNOWN, _OPEN)
        prior[part] = _solved(small[part], prior[part], weight, progress)
    progress()
    if (rows, columns) != (height, width):
        reduce = max(round(height / rows), 1)
        prior = resized(prior, height, width)
        prior = filters.guided(prior, picture, 4 * reduce, _GUIDE_FLAT, reduce)
        progress()
    return ((prior - _SNAP) / (1 - 2 * _SNAP)).clamp(0, 1)


def foreground(
    picture: Tensor,
    alpha: Tensor,
    background: Tensor | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Tensor:
    """The colours `[3, H, W]` of what `alpha` shows of `picture`, without what is behind it.

    Where alpha is 1 they are the picture's, bit for bit; where it is 0 far from any foreground,
    too. Around the foreground its colours go on, for what filters and codecs mix of neighbours.
    Between, Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021: the mean colours
    of the foreground and of the background nearby, corrected so that they mix to the picture;
    the wide means are spread ones here.

    Args:
        picture: unclamped; pixels that are no number take the colours around.
        background: `[3, H, W]` where it is known, as before a backing.
    """
    finite = picture.isfinite().all(0, keepdim=True)
    whole = torch.where(finite, picture, 0.0)
    fore = spread(whole, _surely(alpha) * finite)
    progress()
    behind = spread(whole, _surely(1 - alpha) * finite)
    progress()
    if background is not None:
        behind = background
    near = max(round(max(picture.shape[-2:]) / 200), 1)
    fore = _unmixed(whole, alpha, fore, behind)
    progress()
    support = filters.box(alpha, near)
    fore_near = filters.box(fore * alpha, near) / support.clamp(min=1e-4)
    fore = torch.lerp(fore, fore_near, (support * 20).clamp(0, 1))
    progress()
    if background is None:
        rest = filters.box(1 - alpha, near)
        behind_near = filters.box(behind * (1 - alpha), near) / rest.clamp(min=1e-4)
        behind = torch.lerp(behind, behind_near, (rest * 20).clamp(0, 1))
    progress()
    fore = torch.where(alpha > 0, _unmixed(whole, alpha, fore, behind), fore)
    away = torch.lerp(whole, fore, (support * 20).clamp(0, 1))
    fore = torch.where(alpha > 0, fore, away)
    return torch.where((alpha >= 1) & finite, picture, fore)


def spread(values: Tensor, weight: Tensor) -> Tensor:
    """`values` `[C, H, W]` where `weight` `[1, H, W]` knows them, and elsewhere the nearest known
    ones, the smoother the farther (pull-push: Gortler et al., "The Lumigraph", SIGGRAPH 1996)."""
    sums, weights = [values * weight], [weight]
    while max(sums[-1].shape[-2:]) > 1:
        for pyramid in (sums, weights):
            pyramid.append(F.avg_pool2d(pyramid[-1], 2, ceil_mode=True, count_include_pad=False))
    found = sums[-1] / weights[-1].clamp(min=1e-6)
    for total, known in zip(sums[-2::-1], weights[-2::-1], strict=True):
        size = total.shape[-2:]
        coarse = F.interpolate(found[None], size, mode="bilinear", align_corners=False)[0]
        found = (total + 0.01 * coarse) / (known + 0.01)
    return found


def _surely(alpha: Tensor) -> Tensor:
    """Weights of the pixels whose colours are hardly mixed."""
    return ((alpha - 0.9) * 10).clamp(0, 1)


def _unmixed(picture: Tensor, alpha: Tensor, fore: Tensor, behind: Tensor) -> Tensor:
    """`fore` corrected by what its mixture with `behind` lacks of the picture."""
    return fore + alpha * (picture - alpha * fore - (1 - alpha) * behind)


def _solved(picture: Tensor, prior: Tensor, weight: Tensor, progress: Callable[[], None]) -> Tensor:
    """The matte that least deviates from linear functions of the colours in windows of 11x11, and
    from `prior` by `weight`: conjugate gradients, so many steps."""
    count = _summed(torch.ones_like(prior))

    def mean(planes: Tensor) -> Tensor:
        return _summed(planes) / count

    centre = mean(picture)
    products = mean((picture[:, None] * picture).flatten(0, 1))
    products = products.reshape(3, 3, *picture.shape[1:])
    spread_out = (products - centre[:, None] * centre).permute(2, 3, 0, 1)
    spread_out = spread_out + _FLAT * torch.eye(3, device=picture.device)
    inverse = torch.linalg.inv(spread_out).permute(2, 3, 0, 1).contiguous()

    def applied(matte: Tensor) -> Tensor:
        """The matting Laplacian, over the windows' number of pixels, and the weight."""
        means = mean(torch.cat((matte, matte * picture)))
        slope = (inverse * (means[1:] - means[:1] * centre)).sum(1)
        offset = means[:1] - (slope * centre).sum(0, keepdim=True)
        fitted = mean(torch.cat((slope, offset)))
        return matte - (fitted[:3] * picture).sum(0, keepdim=True) - fitted[3:] + weight * matte

    found = prior
    rest = weight * prior - applied(prior)
    scaled = rest / (1 + weight)
    step, size = scaled, (rest * scaled).sum()
    for _ in range(_STEPS):
        progress()
        turned = applied(step)
        length = size / (step * turned).sum().clamp(min=1e-20)
        found = found + length * step
        rest = rest - length * turned
        scaled = rest / (1 + weight)
        before, size = size, (rest * scaled).sum()
        step = scaled + size / before.clamp(min=1e-20) * step
    return found.clamp(0, 1)


def _summed(planes: Tensor) -> Tensor:
    """Sums over squares of 11x11, zeros beyond the edges: a fifth of the time of `avg_pool2d`."""
    for _ in range(2):
        padded = F.pad(planes, (_RADIUS, _RADIUS))
        two = padded[..., :-1] + padded[..., 1:]
        four = two[..., :-2] + two[..., 2:]
        eight = four[..., :-4] + four[..., 4:]
        planes = eight[..., :-3] + two[..., 8:-1] + padded[..., 10:]
        planes = planes.transpose(-1, -2)
    return planes
