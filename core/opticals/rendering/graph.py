"""The chain of effects as frames pulled from one end: each node keeps what is still needed.

A node's frames are numbered like a render's: 0 shows the selection's first frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import torch

from opticals.declaration import Context, Effect, Frames

if TYPE_CHECKING:
    from torch import Tensor


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


class PictureSource:
    """Frames of the medium, in order, from an iterator of `(frame of the medium, payload)`.

    Args:
        frames: payloads in rising order, already limited to what will be asked for.
        to_rgb: turns a payload into RGB, or RGB and alpha, `[3 or 4, H, W]` on the device.
        first: the frame of the medium that is frame 0 here.
        count: frames in the medium.
    """

    def __init__(
        self,
        frames: Iterator[tuple[int, Any]],
        to_rgb: Callable[[Any], Tensor],
        first: int,
        count: int,
    ) -> None:
        self.start, self.stop = -first, count - first
        self._first = first
        self._frames = frames
        self._to_rgb = to_rgb
        self._kept: dict[int, tuple[Any, Tensor]] = {}

    def get(self, start: int, stop: int) -> Tensor:
        while stop - 1 not in self._kept:
            number, payload = next(self._frames)
            self._kept[number - self._first] = (payload, self._to_rgb(payload))
        return torch.stack([self._kept[index][1][:3] for index in range(start, stop)])

    def kept(self, index: int) -> tuple[Any, Tensor]:
        """The payload of a frame that was got and not yet forgotten, and what it turned into."""
        return self._kept[index]

    def forget(self, before: int) -> None:
        for index in [index for index in self._kept if index < before]:
            del self._kept[index]


class EffectNode:
    """An effect reading another node."""

    def __init__(self, effect: Effect, settings: Any, source: Node, context: Context) -> None:
        self._effect = effect
        self._settings = settings
        self._source = source
        self._context = context
        self._speed = effect.speed(settings)
        self._scale = effect.scale(settings)
        self.start = math.ceil(source.start / self._speed)
        self.stop = math.ceil(source.stop / self._speed)
        self._kept: dict[int, Tensor] = {}

    def get(self, start: int, stop: int) -> Tensor:
        missing = [index for index in range(start, stop) if index not in self._kept]
        if missing:
            made = self._render(missing[0], missing[-1] + 1)
            self._kept.update(zip(range(missing[0], missing[-1] + 1), made, strict=True))
        return torch.stack([self._kept[index] for index in range(start, stop)])

    def forget(self, before: int) -> None:
        for index in [index for index in self._kept if index < before]:
            del self._kept[index]
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
        made = self._effect.render(Frames(pixels, low, wanted), self._settings, self._context)
        height, width = (side * self._scale for side in pixels.shape[-2:])
        if made.shape != (stop - start, 3, height, width) or made.dtype != torch.float32:
            raise RuntimeError(
                f"{self._effect.id} made {tuple(made.shape)} {made.dtype}, "
                f"declared {(stop - start, 3, height, width)} float32"
            )
        return made


def build(
    source: PictureSource, steps: list[tuple[Effect, Any]], context: Context
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
