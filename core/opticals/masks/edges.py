"""The edges of masks: moved and softened."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from opticals.vision import filters

if TYPE_CHECKING:
    from torch import Tensor


def softened(mask: Tensor, grow: float, feather: float) -> Tensor:
    """`mask` `[1, H, W]` larger by `grow` pixels, its edges then softened over about `feather`.

    Only the part of the picture that this can change is looked at. 0..1 again; what is no number
    counts as 0.
    """
    mask = mask.nan_to_num(0, 1, 0).clamp(0, 1)
    if not grow and not feather:
        return mask
    # To shrink the mask is to grow what is outside: what is whole on one side stays as it is.
    box = _box(mask, math.ceil(max(grow, 0) + feather) + 2)
    if box is None:
        return mask
    part = filters.feather(filters.grow(mask[box], grow), feather)
    mask = mask.clone()
    mask[box] = part.clamp(0, 1)
    return mask


def _box(mask: Tensor, margin: int) -> tuple[slice, slice, slice] | None:
    """The part of a mask that holds all that is not 0, and a margin."""
    rows = (mask[0].amax(1) > 0).nonzero()
    columns = (mask[0].amax(0) > 0).nonzero()
    if not len(rows):
        return None
    height, width = mask.shape[-2:]
    top, bottom = int(rows[0]) - margin, int(rows[-1]) + margin + 1
    left, right = int(columns[0]) - margin, int(columns[-1]) + margin + 1
    return (
        slice(None),
        slice(max(top, 0), min(bottom, height)),
        slice(max(left, 0), min(right, width)),
    )
