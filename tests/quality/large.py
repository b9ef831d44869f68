"""One effect on 3840x2160, in a process of its own: `python -m tests.quality.large EFFECT JSON`.

Prints as JSON what an output took: the process's peak of memory in MiB, the seconds of one, and
the longest time in seconds between two points at which it could have been stopped. It runs on one
thread, and its own time is counted, so that it tells the same beside busy programs.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import cv2
import torch
from torch import Tensor
from torch.nn import functional

from opticals import catalog
from opticals.curve import NORMAL
from opticals.declaration import Survey
from opticals.rendering import device
from opticals.rendering.context import RenderContext
from opticals.rendering.graph import Applied, PictureSource, build, source_range
from tests.effects import pictures
from tests.footage import film

SIZE = (2160, 3840)
FRAMES = 60
GRAIN = 0.02
OUTPUTS = 2  # the first fills the windows, the second moves them on


class Box:
    """A mask: a box in the middle, 480 pixels wide."""

    def at(self, frame: int) -> Tensor:
        mask = torch.zeros(1, *SIZE)
        mask[:, 900:1260, 1680:2160] = 1
        return mask

    def known(self, frame: int) -> bool:
        return True


class Clock:
    """This thread's own time, without what making the film takes."""

    def __init__(self) -> None:
        self._apart = 0.0

    def now(self) -> float:
        return time.thread_time() - self._apart

    def frames(self, start: int, stop: int) -> Iterator[tuple[int, Tensor]]:
        if start == stop:
            return
        began = time.thread_time()
        small = pictures.read(film("bigbuckbunny.mp4"), start, stop - start)
        for index, frame in enumerate(small, start):
            large = functional.interpolate(frame[None], SIZE, mode="bilinear")[0]
            grain = torch.randn(large.shape, generator=torch.Generator().manual_seed(index))
            large += GRAIN * grain
            self._apart += time.thread_time() - began
            yield index, large
            began = time.thread_time()


def _codes(frame: Tensor) -> Tensor:
    """A frame as a decoder holds it, in codes of 10 bits."""
    return (frame.clamp(0, 1) * 1023).to(torch.int16)


def _copied(planes: list[Tensor], out: Tensor) -> None:
    out.copy_(planes[0]).div_(1023)


def main(name: str, values: str) -> None:
    effect = catalog.find(name)
    settings = effect.configure(json.loads(values))
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    clock = Clock()
    beats = [clock.now()]

    def beat(note: str) -> None:
        beats.append(clock.now())

    settled = device.settle("auto", effect.models(settings, device.settle().type))
    context = RenderContext(settled, 0, beat)
    for model in effect.models(settings, context.device.type):
        context.network(model)
    found = None
    with torch.inference_mode():
        if effect.first_pass is not None and effect.surveys(settings):
            whole = Survey(0, 8, (), lambda: clock.frames(0, 8))
            found = json.loads(json.dumps(effect.first_pass(whole, settings, context)))
        applied = Applied(effect, settings, Box() if effect.masked else None, found)
        pace = effect.pace(settings, Fraction(24))
        wanted = pace.floor(FRAMES // 2) + (pace != NORMAL)

        def source(low: int, high: int) -> PictureSource:
            planes = ((index, [_codes(one)]) for index, one in clock.frames(low, high))
            shape = (3, *SIZE)
            return PictureSource(
                planes, _copied, shape, context.device, 0, FRAMES, beat=context.progress
            )

        _, chain = build(source(0, 0), [applied], context)
        stop = wanted + OUTPUTS
        node, _ = build(source(*source_range(chain, wanted, stop)), [applied], context)
        beats[:] = [clock.now()]
        for index in range(wanted, stop):
            assert node.get(index, index + 1).isfinite().all()
            node.forget(index + 1)
            context.progress()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    gap = max(after - before for before, after in pairwise(beats))
    report = {
        "peak": peak,
        "gap": gap,
        "seconds": (beats[-1] - beats[0]) / OUTPUTS,
        "at": str(Fraction(wanted)),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
