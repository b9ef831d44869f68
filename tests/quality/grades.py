"""Grades that are known, and how far apart two pictures look."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

_LUMA = (0.2126, 0.7152, 0.0722)


def luma(film: Tensor) -> Tensor:
    """`[T, 1, H, W]` of `[T, 3, H, W]`."""
    return (film * film.new_tensor(_LUMA)[:, None, None]).sum(1, keepdim=True)


def saturated(film: Tensor, amount: float) -> Tensor:
    return torch.lerp(luma(film).expand_as(film), film, amount)


def _three(*values: float) -> Tensor:
    return torch.tensor(values)[:, None, None]


def _warm(film: Tensor) -> Tensor:
    return (film * _three(1.12, 1.0, 0.82) + _three(0.03, 0.01, -0.01)).clamp(0, 1)


def _gamma(film: Tensor) -> Tensor:
    return film.clamp(0, 1) ** _three(0.75, 0.85, 0.95)


def _contrast(film: Tensor) -> Tensor:
    return saturated(film + 1.8 * film * (1 - film) * (film - 0.5), 1.3).clamp(0, 1)


def _flat(film: Tensor) -> Tensor:
    return saturated(film * 0.6 + 0.2, 0.6)


def _lifted(film: Tensor) -> Tensor:
    lifted = film * _three(1.05, 0.98, 0.9) + _three(0.02, 0.0, 0.04) * (1 - film)
    return saturated(lifted.clamp(0, 1) ** _three(0.9, 1.05, 1.1), 0.8).clamp(0, 1)


GRADES: dict[str, Callable[[Tensor], Tensor]] = {
    "warm": _warm,
    "gamma": _gamma,
    "contrast": _contrast,
    "flat": _flat,
    "lifted": _lifted,
}


def difference(one: Tensor, other: Tensor) -> float:
    """The mean colour difference of sRGB pictures `[T, 3, H, W]`: CIE 1976, of Lab under D65."""
    return float((_lab(one) - _lab(other)).square().sum(1).sqrt().mean())


def _lab(film: Tensor) -> Tensor:
    codes = film.clamp(0, 1).double()
    light = torch.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    to_xyz = codes.new_tensor(  # IEC 61966-2-1, rows divided by the white's X, Y and Z
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    to_xyz = to_xyz / to_xyz.sum(1, keepdim=True)
    xyz = torch.einsum("ij,tjhw->tihw", to_xyz, light)
    root = torch.where(
        xyz > (6 / 29) ** 3, xyz.clamp(min=1e-9) ** (1 / 3), xyz * 841 / 108 + 4 / 29
    )
    x, y, z = root.unbind(1)
    return torch.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), 1)
