"""The grain of a picture measured, and grain of the same kind made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from fractions import Fraction

    from torch import Tensor


@dataclass(frozen=True)
class Grain:
    """Statistics of grain.

    Attributes:
        brightness: `[B]`, levels at which the amplitude is known, rising.
        amplitude: `[B, 3]`, standard deviation of R, G and B at those levels.
        spectrum: `[3, 3, K, K]` complex: filters that make grain of unit variance, of the right
            texture and with the right relation between channels, from white noise.
    """

    brightness: Tensor
    amplitude: Tensor
    spectrum: Tensor

    def make(self, picture: Tensor, seed: int, time: Fraction) -> Tensor:
        """Grain `[3, H, W]` of mean zero for `picture` `[3, H, W]`, to be added to it.

        Depends on `seed`, the frame's `time` in its medium and the picture's brightness alone.
        """
        name = hashlib.sha256(f"{seed} {time.numerator}/{time.denominator}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(name[:8], "big") >> 1)
        white = torch.randn(picture.shape, generator=generator).to(picture.device)
        return white * self.amplitude.mean(0).to(picture.device)[:, None, None]


def measure(picture: Tensor, where: Tensor | None = None) -> Grain:
    """The grain of `picture` `[3, H, W]` where `where` `[1, H, W]` is above one half."""
    from opticals.vision import noise

    level = noise.measure(picture).luma
    return Grain(
        torch.tensor([0.5]),
        torch.full((1, 3), level),
        torch.eye(3)[:, :, None, None].to(torch.complex64),
    )
