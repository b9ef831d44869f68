"""How noisy a picture is, estimated from its flattest parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Noise:
    """Noise of a picture, in its own values.

    Luma and chroma are measured along orthonormal axes, so that noise of the same strength in
    each of R, G and B, independent, has that strength in both.

    Attributes:
        luma: standard deviation, typical of the picture.
        chroma: standard deviation, typical of the picture.
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
    """The noise of `picture` `[3, H, W]`."""
    from torch.nn import functional as F

    axes = picture.new_tensor([[1, 1, 1], [1, 0, -1], [1, -2, 1]])
    axes = axes / axes.norm(dim=1, keepdim=True)
    opponent = (axes @ picture.nan_to_num(0).clamp(0, 1).flatten(1)).reshape(picture.shape)
    if min(picture.shape[-2:]) < 3:
        return Noise(0.0, 0.0, 0.0, 0.0)
    line = picture.new_tensor([1.0, -2.0, 1.0])
    kernel = (line[:, None] * line / 6)[None, None]
    found = F.conv2d(opponent[:, None], kernel)[:, 0]
    level = [float(one.abs().flatten().median() / 0.6745) for one in found]
    luma, chroma = level[0], (level[1] + level[2]) / 2
    return Noise(luma, chroma, 0.0, luma**2)
