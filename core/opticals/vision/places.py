"""Parts of pictures, and what lies at places between pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Box:
    """A part of a picture: `pixels[box.rows, box.columns]`."""

    top: int
    bottom: int
    left: int
    right: int

    @staticmethod
    def around(mask: Tensor, margin: int) -> Box | None:
        """What holds all of `mask` `[1, H, W]` that is not 0, and a margin; None if all is 0."""
        rows = mask[0].amax(1).nonzero()
        columns = mask[0].amax(0).nonzero()
        if not len(rows):
            return None
        height, width = mask.shape[-2:]
        return Box(
            max(int(rows[0]) - margin, 0),
            min(int(rows[-1]) + margin + 1, height),
            max(int(columns[0]) - margin, 0),
            min(int(columns[-1]) + margin + 1, width),
        )

    def of(self, pixels: Tensor) -> Tensor:
        """This part of `[..., H, W]`."""
        return pixels[..., self.top : self.bottom, self.left : self.right]

    def places(self, device: torch.device) -> Tensor:
        """x and y of its pixels in the picture, `[2, h, w]`."""
        x = torch.arange(self.left, self.right, device=device, dtype=torch.float32)
        y = torch.arange(self.top, self.bottom, device=device, dtype=torch.float32)
        return torch.stack((x.expand(len(y), -1), y[:, None].expand(-1, len(x))))


def fetched(picture: Tensor, places: Tensor, mode: str = "bicubic") -> Tensor:
    """`picture` `[C, H, W]` at `places` `[2, h, w]`, x and y in pixels: `[C, h, w]`. Beyond its
    edges they are repeated."""
    height, width = picture.shape[-2:]
    grid = torch.stack(((2 * places[0] + 1) / width - 1, (2 * places[1] + 1) / height - 1), -1)
    found: Tensor = F.grid_sample(
        picture[None], grid[None], mode=mode, padding_mode="border", align_corners=False
    )[0]
    return found


def inside(places: Tensor, size: tuple[int, int]) -> Tensor:
    """Whether `places` `[2, h, w]` lie in a picture of `size` (height, width), `[1, h, w]`."""
    height, width = size
    x, y = places
    within_it: Tensor = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return within_it[None]
