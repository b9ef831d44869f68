"""Frames before and after an effect, to be looked at: nothing is encoded or kept of them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from opticals.media.read.kept import KeptFrames
from opticals.rendering.looking import look
from opticals.rendering.pipeline import preview
from opticals.rendering.prepare import prepare

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.rendering.job import Job

# Whoever moves a slider looks at one frame: it is decoded once.
_kept = KeptFrames()


@dataclass(frozen=True)
class Pair:
    """One frame of a preview.

    Attributes:
        output: which of the render's frames it is, from the selection's first.
        source: which frame of which medium, read how, `before` is: alike for the same picture.
        before, after: source and result as a display shows them, `[3, H, W]` float32 RGB,
            nominal 0..1; the result has the alpha too that an effect made, `[4, H, W]`, straight.
    """

    output: int
    source: str
    before: Tensor
    after: Tensor


def previews(job: Job, frame: int, count: int, beat: Callable[[], None]) -> Iterator[Pair]:
    """`count` frames of a render (or as many as it has) from the one that stands for frame
    `frame` of the medium: exactly as the render will have them.

    For a retime, from the first frame that is not the source's own after it, which is what the
    effect makes.

    Raises:
        OpticalsError: whatever stands in the way of a render too.
    """
    ready = prepare(job)
    first = ready.plan.pace.floor(frame - ready.plan.first)
    if job.recipe.retimes:
        first += 1
    end = ready.plan.selected + ready.plan.tail
    first = min(max(first, -ready.plan.head), end - 1)
    stop = min(first + count, max(ready.plan.selected, first + 1))
    known = [ready.facts[name] for name in ("source", "interpretation", "view")]
    with ready.working(lambda note: beat()) as context:
        work = look(ready, ready.work(), context, first, stop, lambda *words: None)
        with _kept.reading(work.media, work.interpretation) as reader:
            for output, (before, after) in preview(work, context, reader, first, stop):
                after = torch.cat((context.shown(after[:3]), after[3:]))
                place = math.floor(work.plan.source(output))
                source = json.dumps((known, place, job.output.draft), sort_keys=True)
                yield Pair(output, source, context.shown(before), after)


def forget() -> None:
    """Give back the file and the memory of the frames that were looked at last."""
    _kept.close()
