"""How bright a picture looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_WEIGHTS = (0.2126, 0.7152, 0.0722)  # of red, green and blue: BT.709-6


def luma(pixels: Tensor) -> Tensor:
    """`[..., 1, H, W]` of RGB `[..., 3, H, W]`, in the same encoding; linear, unclamped."""
    return (pixels * pixels.new_tensor(_WEIGHTS)[:, None, None]).sum(-3, keepdim=True)
