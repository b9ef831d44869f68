"""How far mattes are from the true ones: the measures of the matting literature."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


def absolute(mattes: Sequence[Tensor], true: Sequence[Tensor]) -> float:
    """Mean absolute error."""
    return _mean([(one - other).abs().mean() for one, other in zip(mattes, true, strict=True)])


def gradient(mattes: Sequence[Tensor], true: Sequence[Tensor]) -> float:
    """Mean square difference of the gradients' size, under a Gaussian of 1.4 pixels (Rhemann et
    al., "A Perceptually Motivated Online Benchmark for Image Matting", CVPR 2009)."""
    apart = [(_slope(one) - _slope(other)) for one, other in zip(mattes, true, strict=True)]
    return _mean([one.square().mean() for one in apart])


def flicker(mattes: Sequence[Tensor], true: Sequence[Tensor]) -> float:
    """How much the error changes from frame to frame, root mean square (dtSSD of Erofeev et al.,
    "Perceptually Motivated Benchmark for Video Matting", BMVC 2015)."""
    errors = [one - other for one, other in zip(mattes, true, strict=True)]
    changes = [
        (after - before).square().mean().sqrt() for before, after in itertools.pairwise(errors)
    ]
    return _mean(changes)


def background_left(found: Tensor, plate: Tensor, colour: Tensor, alpha: Tensor) -> float:
    """How much of the background is left in the foreground's colours `found` at soft edges, over
    how much of it is in the plate's own pixels there: 0 is none, 1 is all.

    `colour` and `alpha` are the true ones, all `[C, H, W]`.
    """
    soft = (alpha > 0.1) & (alpha < 0.9)
    behind = (plate - alpha * colour) / (1 - alpha).clamp(min=0.05)
    towards = (behind - colour) * soft
    return float(((found - colour) * towards).sum() / ((plate - colour) * towards).sum())


def _mean(values: Sequence[Tensor]) -> float:
    return float(torch.stack(list(values)).mean())


def _slope(matte: Tensor) -> Tensor:
    steps = torch.arange(-5, 6, dtype=torch.float32)
    bell = torch.exp(-((steps / 1.4) ** 2) / 2)
    bell = bell / bell.sum()
    rise = -steps / 1.4**2 * bell
    padded = F.pad(matte[None], (5,) * 4, mode="replicate")
    parts = [
        F.conv2d(F.conv2d(padded, across[None, None, None]), down[None, None, :, None])
        for across, down in ((rise, bell), (bell, rise))
    ]
    return (parts[0] ** 2 + parts[1] ** 2).sqrt()[0]
