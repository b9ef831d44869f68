"""Finds cuts from the few frames around them, so that any piece of a shot gives the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

BEFORE, AFTER = 1, 2  # frames needed around the earlier of the two that a cut may lie between

_ROWS, _COLUMNS = 36, 64
_REACH = 5  # cells; motion up to 8 % of the width between two frames is no change of picture
_BLOCK = 9

# Measured on footage with known cuts: as it is, dark, in log, noisy, with frames left out to
# make motion twice to four times as fast, doubled as animation on twos, and with one-frame
# flashes. Cuts scored 0.43 and more, and 2.5 times the change within their shots; all else less
# than the one or the other, but for passing traffic at double speed on twos. A cut inside motion
# four times as fast was missed.
_CHANGED = 0.35
_OVER_MOTION = 1.6


def thumbnails(pixels: Tensor) -> Tensor:
    """`[T, 3, H, W]` as the small pictures that `is_cut` compares, `[T, 3, 36, 64]`."""
    from torch.nn import functional as F

    grid = F.interpolate(pixels.clamp(0, 1), (8 * _ROWS, 8 * _COLUMNS), mode="bilinear")
    return F.avg_pool2d(grid, 8)


def is_cut(before: Tensor, first: Tensor, second: Tensor, after: Tensor) -> bool:
    """Whether a cut lies between `first` and `second` of four consecutive frames' thumbnails.

    It does when every frame on one side differs from every frame on the other, wherever things
    moved to, and far more than the two frames on either side differ from each other: fast
    motion fails the second, a one-frame flash the first. At the ends of a medium the nearest
    frame stands in for a missing one.
    """
    across = change(first, second)
    for pair in ((before, second), (first, after), (before, after)):
        if across < _CHANGED:
            return False
        across = min(across, change(*pair))
    within = max(change(before, first), change(second, after))
    return across >= max(_CHANGED, _OVER_MOTION * within)


def change(one: Tensor, other: Tensor) -> float:
    """How much of the picture is another, whatever moved, in units of the pictures' contrast."""
    contrast = max(float((one.std() + other.std()) / 2), 0.05)
    still = float((one - other).abs().mean()) / contrast
    if still < _CHANGED / _OVER_MOTION:
        return still  # too little to matter on either side of the comparison
    return min(_unmatched(one, other), _unmatched(other, one)) / contrast


def _unmatched(one: Tensor, other: Tensor) -> float:
    """Mean difference of each block of `one` from the block of `other` that is most like it."""
    from torch.nn import functional as F

    side = 2 * _REACH + 1
    padded = F.pad(other[None], (_REACH,) * 4, mode="replicate")[0]
    windows = padded.unfold(1, _ROWS, 1).unfold(2, _COLUMNS, 1)
    shifted = windows.reshape(3, side * side, _ROWS, _COLUMNS)
    difference = (shifted - one[:, None]).abs().mean(0)
    matched = F.avg_pool2d(
        difference, _BLOCK, stride=1, padding=_BLOCK // 2, count_include_pad=False
    )
    return float(matched.amin(0).mean())
