"""Real pictures for the tests of effects, and effects run on them as the engine runs them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import torch
from torch import Tensor

from opticals.declaration import Effect, Survey
from opticals.errors import Cancelled
from opticals.media.colour.views import View
from opticals.rendering.context import RenderContext
from opticals.rendering.device import Settled
from opticals.rendering.graph import (
    Applied,
    EffectNode,
    MaskSource,
    Node,
    PictureSource,
    build,
    source_range,
)

Footage = Callable[[str], Path]
RATE = Fraction(24)  # of media whose rate does not matter


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


def context(
    dtype: str = "float32",
    tile: int = 384,
    stop_after: int = 10**9,
    view: View | None = None,
    untagged: View | None = None,
) -> RenderContext:
    """A context on the CPU; after `stop_after` beats it stops the work, as a cancelled job."""
    beats = iter(range(stop_after))

    def beat(note: str) -> None:
        if next(beats, None) is None:
            raise Cancelled

    return RenderContext(Settled("cpu", dtype, tile, {}), 0, beat, view, 0, untagged)


def count(effect: Effect, settings: Any, frames: int) -> int:
    """How many outputs an effect makes of a medium of so many frames."""
    return effect.pace(settings, RATE).ceil(frames)


def applied(
    effect: Effect,
    settings: Any,
    medium: Tensor,
    *,
    cuts: Sequence[int] = (),
    mask: MaskSource | None = None,
    using: RenderContext | None = None,
) -> Applied:
    """An effect on a medium `[T, 3, H, W]`, its first pass done."""
    found = None
    if effect.first_pass is not None and effect.surveys(settings):
        using = using or context()
        seen = using.shown(medium) if effect.display else medium
        whole = Survey(0, len(medium), tuple(cuts), lambda: iter(enumerate(seen)))
        with torch.inference_mode():
            found = json.loads(json.dumps(effect.first_pass(whole, settings, using)))
    return Applied(effect, settings, mask, found)


def run(
    effect: Effect,
    settings: Any,
    medium: Tensor,
    start: int = 0,
    stop: int | None = None,
    *,
    cuts: Sequence[int] = (),
    mask: MaskSource | None = None,
    batch: int = 1000,
    using: RenderContext | None = None,
    ready: Applied | None = None,
) -> Tensor:
    """Outputs `start` to `stop` of an effect on a medium `[T, 3, H, W]`, as the engine makes them.

    Args:
        cuts: frames of the medium that are the first after a cut.
        batch: outputs asked for at once.
        ready: what `applied` gave for the same medium, where its first pass is done once.
    """
    using = using or context()
    ready = ready or applied(effect, settings, medium, cuts=cuts, mask=mask, using=using)
    return through([ready], medium, start, stop, cuts=cuts, batch=batch, using=using)


def through(
    steps: Sequence[Applied],
    medium: Tensor,
    start: int = 0,
    stop: int | None = None,
    *,
    cuts: Sequence[int] = (),
    batch: int = 1000,
    using: RenderContext | None = None,
) -> Tensor:
    """Outputs `start` to `stop` of effects one behind the other, as `run` gives those of one."""
    using = using or context()
    chain, node = _chain(steps, medium, cuts, using, 0)
    stop = node.stop if stop is None else stop
    low, _ = source_range(chain, start, stop)
    chain, node = _chain(steps, medium, cuts, using, low)
    made = []
    with torch.inference_mode():
        for at in range(start, stop, batch):
            end = min(at + batch, stop)
            made.append(node.get(at, end).clone())
            node.forget(end)
    return torch.cat(made)


def _chain(
    steps: Sequence[Applied], medium: Tensor, cuts: Sequence[int], using: RenderContext, low: int
) -> tuple[list[EffectNode], Node]:
    planes = ((index, [medium[index]]) for index in range(low, len(medium)))
    source = PictureSource(
        planes,
        lambda given, out: out.copy_(given[0]),
        (3, *medium.shape[-2:]),
        using.device,
        0,
        len(medium),
        cuts,
        finite=bool(medium.isfinite().all()),
    )
    node, chain = build(source, steps, using)
    return chain, node


def psnr(one: Tensor, other: Tensor) -> float:
    """Peak signal to noise ratio in dB, of a peak of 1."""
    return float(-10 * torch.log10(((one - other) ** 2).mean().clamp(min=1e-20)))
