"""A picture as another camera position would have shown it, made of one frame or of several."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.vision.stabilizing import Pose

_ROWS_PIXELS = 1 << 17  # pixels made at once, so that a cancel is heard
_SOFT = 0.01  # of the width, over which a frame's edge goes over into the one that fills it


def reframed(
    sources: Iterable[tuple[Tensor, Pose]], aspect: float, progress: Callable[[], None]
) -> Tensor:
    """The first frame moved, `[C, H, W]`, and where it does not reach, the ones after it in turn;
    what none of them shows is the first frame's edge repeated.

    Cubic convolution, once: detail and grain stay, values of any size are never clamped. A pose
    that changes nothing gives the very frame.

    Args:
        sources: frames, each with the pose that takes places in the result to places in it.
        aspect: height over width in which the poses were found.
    """
    given = iter(sources)
    frame, pose = next(given)
    if abs(pose.turn - 1) + abs(pose.shift) < 1e-9:
        return frame
    made, cover = _fetched(frame, pose, aspect, progress)
    missing = 1 - cover
    filled: Tensor | None = None
    for other, there in given:
        if not bool((missing > 0).any()):
            break
        fetched, share = _fetched(other, there, aspect, progress)
        share *= missing
        filled = fetched * share if filled is None else filled.addcmul_(fetched, share)
        missing -= share
    if filled is None:
        return made
    # Of `made` its inside, and its repeated edge where nobody knows better.
    return filled.addcmul_(made, cover + missing)


def _fetched(
    frame: Tensor, pose: Pose, aspect: float, progress: Callable[[], None]
) -> tuple[Tensor, Tensor]:
    """The frame moved, `[C, H, W]`, and how much of each pixel it knows, `[1, H, W]`: 1 inside,
    falling to 0 at its edges."""
    height, width = frame.shape[-2:]
    made = torch.empty_like(frame)
    cover = frame.new_empty(1, height, width)
    step = max(_ROWS_PIXELS // width, 1)
    x = (torch.arange(width, device=frame.device, dtype=torch.float32) + 0.5) / width - 0.5
    for top in range(0, height, step):
        progress()
        rows = torch.arange(top, min(top + step, height), device=frame.device)
        y = ((rows.float() + 0.5) / height - 0.5)[:, None] * aspect
        turn, shift = pose.turn, pose.shift
        across = turn.real * x - turn.imag * y + shift.real
        down = (turn.imag * x + turn.real * y + shift.imag) / aspect
        grid = 2 * torch.stack((across, down), -1)[None]
        part = slice(top, top + len(rows))
        made[:, part] = F.grid_sample(
            frame[None], grid, mode="bicubic", padding_mode="border", align_corners=False
        )[0]
        edge = torch.minimum(0.5 - across.abs(), (0.5 - down.abs()) * aspect)
        cover[0, part] = (edge / _SOFT).clamp(0, 1)
    return made, cover
