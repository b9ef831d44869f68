"""The chain of effects as frames pulled from one end: each node keeps what is still needed.

A node's frames are numbered like a render's: 0 shows the selection's first frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch.nn import functional

from opticals.declaration import Effect, Frames

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.rendering.context import RenderContext


class Node(Protocol):
    """A source of frames.

    Attributes:
        start, stop: the frames that exist, `stop` not included.
    """

    start: int
    stop: int

    def get(self, start: int, stop: int) -> Tensor:
        """Frames `start` to `stop`, `[T, 3, H, W]` float32 RGB. Asked in rising order."""

    def forget(self, before: int) -> None:
        """Frames before this one will not be asked for again."""


class Kept:
    """Consecutive frames, held in the blocks they were made in until they are forgotten.

    Frames asked for as they were made are handed out without a copy.
    """

    def __init__(self) -> None:
        self._blocks: list[tuple[int, Tensor]] = []

    @property
    def stop(self) -> int | None:
        """The frame after the last one held."""
        if not self._blocks:
            return None
        first, block = self._blocks[-1]
        return first + len(block)

    def add(self, first: int, block: Tensor) -> None:
        self._blocks.append((first, block))

    def get(self, start: int, stop: int) -> Tensor:
        """Frames `start` to `stop`, `[T, C, H, W]`, all of them held."""
        parts = []
        for first, block in self._blocks:
            low, high = max(start, first), min(stop, first + len(block))
            if low < high:
                parts.append(block[low - first : high - first])
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def forget(self, before: int) -> list[Tensor]:
        """Drop the blocks that lie wholly before a frame; what they were."""
        gone = [block for first, block in self._blocks if first + len(block) <= before]
        self._blocks = self._blocks[len(gone) :]
        return gone


class PictureSource:
    """Frames of the medium, in order, from an iterator of `(frame of the medium, planes)`.

    Memory of forgotten frames is used again: to touch fresh memory costs more than the
    conversion. So an effect may hand its input on, but keep none of it.

    Args:
        frames: planes in rising order, already limited to what will be asked for.
        to_rgb: writes planes as RGB, or RGB and alpha, into the memory it is given.
        shape: (channels, rows, columns) of that memory, on `device`.
        first: the frame of the medium that is frame 0 here.
        count: frames in the medium.
    """

    def __init__(
        self,
        frames: Iterator[tuple[int, list[Tensor]]],
        to_rgb: Callable[[list[Tensor], Tensor], None],
        shape: tuple[int, int, int],
        device: torch.device,
        first: int,
        count: int,
    ) -> None:
        self.start, self.stop = -first, count - first
        self._first = first
        self._frames = frames
        self._to_rgb = to_rgb
        self._shape = shape
        self._device = device
        self._planes: dict[int, list[Tensor]] = {}
        self._kept = Kept()
        self._spare: list[Tensor] = []

    def get(self, start: int, stop: int) -> Tensor:
        made = self._kept.stop
        self._make(start if made is None else made, stop)
        return self._kept.get(start, stop)[:, :3]

    def kept(self, index: int) -> tuple[list[Tensor], Tensor]:
        """Planes and RGB(A) of a frame that was got and not yet forgotten."""
        return self._planes[index], self._kept.get(index, index + 1)[0]

    def forget(self, before: int) -> None:
        for index in [index for index in self._planes if index < before]:
            del self._planes[index]
        self._spare += self._kept.forget(before)

    def _make(self, start: int, stop: int) -> None:
        if start >= stop:
            return
        block = self._memory(stop - start)
        for index in range(start, stop):
            number, planes = next(self._frames)
            assert number == index + self._first
            self._planes[index] = planes
            self._to_rgb(planes, block[index - start])
        self._kept.add(start, block)

    def _memory(self, count: int) -> Tensor:
        """For so many frames; of a block that is not needed any more, where one will do."""
        for place, spare in enumerate(self._spare):
            if len(spare) >= count:
                return self._spare.pop(place)[:count]
        return torch.empty((count, *self._shape), device=self._device)


class EffectNode:
    """An effect reading another node."""

    def __init__(self, effect: Effect, settings: Any, source: Node, context: RenderContext) -> None:
        self._effect = effect
        self._settings = settings
        self._source = source
        self._context = context
        self._speed = effect.speed(settings)
        self._scale = effect.scale(settings)
        self.start = math.ceil(source.start / self._speed)
        self.stop = math.ceil(source.stop / self._speed)
        self._kept = Kept()

    def get(self, start: int, stop: int) -> Tensor:
        made = self._kept.stop
        first = start if made is None else max(start, made)
        if first < stop:
            self._kept.add(first, self._render(first, stop))
        return self._kept.get(start, stop)

    def forget(self, before: int) -> None:
        self._kept.forget(before)
        # What is still to be made reads no further back than this.
        self._source.forget(self.reads(before, before + 1)[0])

    def reads(self, start: int, stop: int) -> tuple[int, int]:
        """The input frames that outputs `start` to `stop` need, clamped to those there are."""
        before, after = self._effect.window
        low = math.floor(start * self._speed) - before
        high = math.ceil((stop - 1) * self._speed) + after + 1
        return max(low, self._source.start), min(high, self._source.stop)

    def _render(self, start: int, stop: int) -> Tensor:
        low, high = self.reads(start, stop)
        pixels = self._source.get(low, high)
        wanted = tuple(Fraction(index) * self._speed for index in range(start, stop))
        view = self._context.view if self._effect.display else None
        seen = pixels if view is None else view.to_display(pixels)
        made = self._effect.render(Frames(seen, low, wanted), self._settings, self._context)
        height, width = (side * self._scale for side in pixels.shape[-2:])
        if made.shape != (stop - start, 3, height, width) or made.dtype != torch.float32:
            raise RuntimeError(
                f"{self._effect.id} made {tuple(made.shape)} {made.dtype}, "
                f"declared {(stop - start, 3, height, width)} float32"
            )
        if view is None:
            return made
        before, shown = Frames(pixels, low, wanted), Frames(seen, low, wanted)
        if self._scale == 1 and self._speed == 1:
            return view.carry(before.asked(), shown.asked(), made)
        hidden = Frames(view.hidden(pixels, seen), low, wanted)
        return view.from_display(made) + _resampled(hidden, made.shape[-2:])


def _resampled(frames: Frames, size: Sequence[int]) -> Tensor:
    """The wanted frames, blended of two where they lie between, at another size."""
    pictures = torch.stack(
        [
            torch.lerp(frames.at(math.floor(time)), frames.at(math.ceil(time)), float(time % 1))
            for time in frames.wanted
        ]
    )
    pictures = torch.where(pictures.isfinite(), pictures, 0)
    if pictures.shape[-2:] == size:
        return pictures
    return functional.interpolate(pictures, size=size, mode="bicubic")


def build(
    source: PictureSource, steps: list[tuple[Effect, Any]], context: RenderContext
) -> tuple[Node, list[EffectNode]]:
    """The chain from the source through the steps: its end, and the effects in order."""
    node: Node = source
    chain: list[EffectNode] = []
    for effect, settings in steps:
        node = EffectNode(effect, settings, node, context)
        chain.append(node)
    return node, chain


def source_range(chain: list[EffectNode], start: int, stop: int) -> tuple[int, int]:
    """The source's frames that outputs `start` to `stop` of the chain need."""
    for node in reversed(chain):
        start, stop = node.reads(start, stop)
    return start, stop
