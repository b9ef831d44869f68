"""Real pictures for the tests of effects, and effects run on them as the engine runs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import torch
from torch import Tensor

from opticals.declaration import Effect, Frames
from opticals.errors import Cancelled
from opticals.rendering.context import RenderContext
from opticals.rendering.device import Settled

if TYPE_CHECKING:
    from fractions import Fraction

Footage = Callable[[str], Path]


def read(path: Path, first: int, count: int) -> Tensor:
    """`[count, 3, H, W]`, 0..1, frames of a film."""
    found = []
    with av.open(str(path)) as film:
        for index, frame in enumerate(film.decode(video=0)):
            if index >= first:
                found.append(torch.from_numpy(frame.to_ndarray(format="rgb24")))
            if len(found) == count:
                break
    return torch.stack(found).permute(0, 3, 1, 2).float() / 255


def context(dtype: str = "float32", tile: int = 384, stop_after: int = 10**9) -> RenderContext:
    """A context on the CPU; after `stop_after` beats it stops the work, as a cancelled job."""
    beats = iter(range(stop_after))

    def beat(note: str) -> None:
        if next(beats, None) is None:
            raise Cancelled

    return RenderContext(Settled("cpu", dtype, tile, {}), 0, beat)


def times(effect: Effect, settings: Any, frames: int) -> list[Fraction]:
    """The times that an effect makes of a medium of so many frames."""
    speed = effect.speed(settings)
    return [number * speed for number in range(floor((frames - 1) / speed) + 1)]


def run(
    effect: Effect,
    settings: Any,
    medium: Tensor,
    wanted: Sequence[Fraction],
    *,
    more: tuple[int, int] = (0, 0),
    using: RenderContext | None = None,
) -> Tensor:
    """`effect` on the frames of its declared window and `more`, as far as the medium has them."""
    first = max(floor(wanted[0]) - effect.window[0] - more[0], 0)
    stop = floor(wanted[-1]) + effect.window[1] + more[1] + 1
    given = Frames(medium[first:stop], first, tuple(wanted))
    with torch.inference_mode():
        return effect.render(given, settings, using or context())


def psnr(one: Tensor, other: Tensor) -> float:
    """Peak signal to noise ratio in dB, of a peak of 1."""
    return float(-10 * torch.log10(((one - other) ** 2).mean().clamp(min=1e-20)))
