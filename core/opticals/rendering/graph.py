"""The chain of effects as frames pulled from one end: each node keeps what is still needed.

A node's frames are numbered like a render's: 0 shows the selection's first frame.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch.nn import functional

from opticals.declaration import Effect, Frames, Makes, Memory
from opticals.vision.resize import resized

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.rendering.context import RenderContext


# What infinity is to effects: the largest half float.
_BRIGHTEST = 65504.0
# Pixels of a block of frames: of large ones few, so that a window of them is never held twice.
_BLOCK_PIXELS = 8_000_000


class MaskSource(Protocol):
    """A mask over the whole medium; see `opticals.masks`."""

    def at(self, frame: int) -> Tensor:
        """`[1, H, W]` 0..1, of the medium's size, on the CPU, at a frame of the medium."""

    def known(self, frame: int) -> bool:
        """Whether it is that frame's own, and not held from the nearest one that has one."""

    def close(self) -> None:
        """Gives back what is open."""


@dataclass(frozen=True)
class Applied:
    """An effect with all that it works with in one job."""

    effect: Effect
    settings: Any
    mask: MaskSource | None = None
    found: Any = None


class Node(Protocol):
    """A source of frames.

    Attributes:
        rate: frames per second.
        start, stop: the frames that exist, `stop` not included.
        cuts: those of them that are the first after a cut, in rising order.
        finite: whether every pixel is known to be a number.
    """

    rate: Fraction
    start: int
    stop: int
    cuts: Sequence[int]
    finite: bool

    @property
    def slides(self) -> bool:
        """Whether frames that `get` gave are overwritten when later ones are asked for."""

    def place(self, time: Fraction | int) -> Fraction:
        """The medium's time, in its own frames, that a time of this node shows."""

    def get(self, start: int, stop: int) -> Tensor:
        """Frames `start` to `stop`, `[T, 3, H, W]` float32 RGB, with the alpha that an effect
        made `[T, 4, H, W]`. Asked in rising order; good until the next are asked for."""

    def forget(self, before: int) -> None:
        """Frames before this one will not be asked for again."""


class Kept:
    """Consecutive frames, held in the blocks they were made in until they are forgotten.

    Frames asked for as they were made are handed out without a copy. A window over several
    blocks is put together once, in memory with some room: later ones slide along in it, so that
    a long one of large pictures is neither copied for each output nor held twice.

    Args:
        beat: called for each frame that is moved.
    """

    def __init__(self, beat: Callable[[], None] = lambda: None) -> None:
        self._beat = beat
        self._blocks: list[tuple[int, Tensor]] = []
        self._room: Tensor | None = None  # memory that the only block is the beginning of
        self._low: int | None = None  # what lies before is forgotten

    @property
    def stop(self) -> int | None:
        """The frame after the last one held."""
        if not self._blocks:
            return None
        first, block = self._blocks[-1]
        return first + len(block)

    @property
    def slides(self) -> bool:
        """Whether what was handed out is overwritten later on."""
        return self._room is not None

    def add(self, first: int, block: Tensor) -> None:
        """Hold a block that lies after all that is held; what plays faster leaves frames out."""
        if self._room is not None and first != self.stop:
            self._room = None
        if self._room is None:
            self._blocks.append((first, block))
            return
        self._slide(len(block))
        start, held = self._blocks[0]
        self._room[len(held) : len(held) + len(block)] = block
        self._blocks = [(start, self._room[: len(held) + len(block)])]

    def get(self, start: int, stop: int) -> Tensor:
        """Frames `start` to `stop`, `[T, C, H, W]`, all of them held."""
        if len(self._parts(start, stop)) > 1:
            self._gather(start)
        return self._parts(start, stop)[0][1]

    def _parts(self, start: int, stop: int) -> list[tuple[int, Tensor]]:
        parts = []
        for first, block in self._blocks:
            low, high = max(start, first), min(stop, first + len(block))
            if low < high:
                parts.append((low, block[low - first : high - first]))
        return parts

    def _gather(self, start: int) -> None:
        """All that is still needed as one block, in fresh memory with room."""
        low = self._blocks[0][0] if self._low is None else max(self._low, self._blocks[0][0])
        low, stop = min(low, start), self._blocks[-1][0] + len(self._blocks[-1][1])
        count, shape = stop - low, self._blocks[0][1].shape[1:]
        self._room = self._blocks[0][1].new_empty((count + max(count // 4, 4), *shape))
        while self._blocks:  # each given back once it is copied
            first, block = self._blocks.pop(0)
            begin, end = max(first, low), min(first + len(block), stop)
            if begin < end:
                self._beat()
                self._room[begin - low : end - low] = block[begin - first : end - first]
        self._blocks = [(low, self._room[:count])]

    def _slide(self, count: int) -> None:
        """Make room for so many frames more, at the cost of those forgotten or of new memory."""
        assert self._room is not None
        start, held = self._blocks[0]
        if len(held) + count <= len(self._room):
            return
        low = start if self._low is None else self._low
        forgotten = min(max(low - start, 0), len(held))
        left = len(held) - forgotten
        if left + count > len(self._room):
            room = self._room.new_empty((left + count + max(left // 4, 4), *held.shape[1:]))
            for place in range(left):
                self._beat()
                room[place] = held[place + forgotten]
            self._room = room
        else:
            for place in range(left):  # one by one: they may overlap
                self._beat()
                self._room[place] = self._room[place + forgotten]
        self._blocks = [(start + forgotten, self._room[:left])]

    def forget(self, before: int) -> list[Tensor]:
        """Drop the blocks that lie wholly before a frame; what they were."""
        self._low = before
        if self._room is not None:
            return []
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
        cuts: the medium's frames that are the first after a cut, in rising order.
        rate: the medium's frames per second.
        finite: whether codes can stand for numbers alone, as whole ones do.
        alpha: whether frames are handed out with the medium's alpha.
        beat: called for each frame, for a window of large ones takes seconds to fill.
    """

    def __init__(
        self,
        frames: Iterator[tuple[int, list[Tensor]]],
        to_rgb: Callable[[list[Tensor], Tensor], None],
        shape: tuple[int, int, int],
        device: torch.device,
        first: int,
        count: int,
        cuts: Sequence[int] = (),
        finite: bool = True,
        rate: Fraction = Fraction(24),
        alpha: bool = False,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._channels = 4 if alpha else 3
        self.rate = rate
        self._beat = beat
        self.start, self.stop = -first, count - first
        self.finite = finite
        self.cuts: Sequence[int] = [cut - first for cut in cuts]
        self._first = first
        self._frames = frames
        self._to_rgb = to_rgb
        self._shape = shape
        self.alpha = shape[0] == 4
        self._device = device
        self._planes: dict[int, list[Tensor]] = {}
        self._kept = Kept(beat)
        self._spare: list[Tensor] = []

    @property
    def slides(self) -> bool:
        return self._kept.slides

    def place(self, time: Fraction | int) -> Fraction:
        return Fraction(time) + self._first

    def get(self, start: int, stop: int) -> Tensor:
        made = self._kept.stop
        self._make(start if made is None else made, stop)
        return self._kept.get(start, stop)[:, : self._channels]

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
        step = max(_BLOCK_PIXELS // (self._shape[1] * self._shape[2]), 1)
        for low in range(start, stop, step):
            high = min(low + step, stop)
            block = self._memory(high - low)
            for index in range(low, high):
                number, planes = next(self._frames)
                while number < index + self._first:  # what plays faster leaves frames out
                    number, planes = next(self._frames)
                assert number == index + self._first
                self._planes[index] = planes
                self._to_rgb(planes, block[index - low])
                self._beat()
            self._kept.add(low, block)
            if self._kept.slides:  # it was copied there
                self._spare.append(block)

    def _memory(self, count: int) -> Tensor:
        """For so many frames; of a block that is not needed any more, where one will do."""
        for place, spare in enumerate(self._spare):
            if len(spare) >= count:
                return self._spare.pop(place)[:count]
        return torch.empty((count, *self._shape), device=self._device)


class EffectNode:
    """An effect reading another node.

    Args:
        rows: which lines of a whole picture's masks belong to this node's.
    """

    def __init__(
        self, applied: Applied, source: Node, context: RenderContext, rows: slice = slice(None)
    ) -> None:
        self._applied = applied
        self._effect, self._settings = applied.effect, applied.settings
        self._source = source
        self._context = context
        self._rows = rows
        self.rate = self._effect.rate(self._settings, source.rate)
        self._pace = self._effect.pace(self._settings, source.rate)
        self._scale = self._effect.scale(self._settings)
        self._window = self._effect.window(self._settings)
        self.start = self._pace.ceil(source.start)
        self.stop = self._pace.ceil(source.stop)
        # Between two frames of a cut the nearer one is shown.
        half = Fraction(1, 2)
        self.cuts: Sequence[int] = [self._pace.ceil(cut - half) for cut in source.cuts]
        self.finite = source.finite
        self._kept = Kept(context.progress)
        self._memory, self._masks_made = Memory(), Memory()

    @property
    def slides(self) -> bool:
        return self._kept.slides

    def place(self, time: Fraction | int) -> Fraction:
        return self._source.place(self._pace.source(time))

    def get(self, start: int, stop: int) -> Tensor:
        made = self._kept.stop
        first = start if made is None else max(start, made)
        if first < stop:
            for low, high in self._shots(first, stop):
                self._kept.add(low, self._render(low, high))
        return self._kept.get(start, stop)

    def forget(self, before: int) -> None:
        self._kept.forget(before)
        # What is still to be made reads no further back than this.
        low = self.reads(before, before + 1)[0]
        self._memory.forget(low)
        self._masks_made.forget(low)
        self._source.forget(low)

    def reads(self, start: int, stop: int) -> tuple[int, int]:
        """The input frames that outputs `start` to `stop` need, clamped to those there are in
        the shots that these are of."""
        before, after = self._window
        low = math.floor(self._pace.source(start)) - before
        high = math.ceil(self._pace.source(stop - 1)) + after + 1
        return max(low, self._bounds(start)[0]), min(high, self._bounds(stop - 1)[1])

    def _shots(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Outputs `start` to `stop` as runs that show one shot each."""
        for _, run in groupby(range(start, stop), key=lambda index: bisect_right(self.cuts, index)):
            numbers = list(run)
            yield numbers[0], numbers[-1] + 1

    def _bounds(self, output: int) -> tuple[int, int]:
        """The input frames of the shot that an output shows; all, if cuts are nothing to it."""
        cuts = self._source.cuts
        if not cuts or not self._effect.temporal(self._settings):
            return self._source.start, self._source.stop
        at = bisect_right(self.cuts, output)
        first = cuts[at - 1] if at > 0 else self._source.start
        last = cuts[at] if at < len(cuts) else self._source.stop
        return max(first, self._source.start), min(last, self._source.stop)

    def _render(self, start: int, stop: int) -> Tensor:
        low, high = self.reads(start, stop)
        given = self._source.get(low, high)
        pixels, alpha = given[:, :3], given[:, 3:]
        times = [self._pace.source(index) for index in range(start, stop + 1)]
        wanted = tuple(times[:-1])
        whole = pixels
        if not self.finite:
            pixels = numbers(pixels)
        view = self._context.view if self._effect.display else None
        seen = pixels if view is None else view.to_display(pixels)
        moves = self._effect.moves and alpha.shape[1] > 0
        frames = Frames(
            torch.cat((seen, alpha), 1) if moves else seen,
            low,
            wanted,
            self._masks(low, high, pixels.shape[-2:]),
            self._applied.found,
            self._source.place,
            self._memory,
            tuple(after - time for time, after in pairwise(times)),
            self._known(low, high),
        )
        made = self._effect.render(frames, self._settings, self._context)
        if self._source.slides and _shared(made, given):
            made = made.clone()
        channels = 4 if moves or self._effect.alpha(self._settings) else 3
        self._check(made, (stop - start, channels, *pixels.shape[-2:]))
        own = made[:, 3:]
        frames = replace(frames, pixels=seen)
        made = self._carried(frames, pixels, made[:, :3])
        blended = self._effect.blended and self._effect.makes is Makes.REPLACE
        if frames.masks is not None and blended and not own.shape[1]:
            made = _blended(frames, pixels, made)
        if not self.finite and made.shape[-2:] == pixels.shape[-2:] and self._pace.speed == 1:
            # What an effect left alone stays even where it is no number.
            before, same = (Frames(one, low, wanted).asked() for one in (whole, pixels))
            made = torch.where(made == same, before, made)
        if moves:
            own = own.clamp(0, 1)
        elif alpha.shape[1]:
            at_size = _resampled(Frames(alpha, low, wanted), made.shape[-2:]).clamp(0, 1)
            own = own * at_size if own.shape[1] else at_size
        return torch.cat((made, own), 1) if own.shape[1] else made

    def _masks(self, start: int, stop: int, size: torch.Size) -> Tensor | None:
        """`[T, 1, H, W]` of the input frames, at their size."""
        if self._applied.mask is None:
            return None
        for index in range(start, stop):
            if ("mask", index) not in self._masks_made:
                self._context.progress()
                whole = self._applied.mask.at(math.floor(self._source.place(index)))
                mask = whole[None, :, self._rows].to(self._context.device)
                self._masks_made["mask", index] = resized(mask[0], *size)[None]
        first: Tensor = self._masks_made["mask", start]
        masks = first.new_empty((stop - start, *first.shape[1:]))
        for place, index in enumerate(range(start, stop)):
            self._context.progress()
            masks[place] = self._masks_made["mask", index][0]
            self._masks_made["mask", index] = masks[place : place + 1]  # held once
        return masks

    def _known(self, start: int, stop: int) -> tuple[bool, ...]:
        """Which of the input frames have masks of their own."""
        mask = self._applied.mask
        if mask is None:
            return ()
        place = self._source.place
        return tuple(mask.known(math.floor(place(index))) for index in range(start, stop))

    def _carried(self, frames: Frames, pixels: Tensor, made: Tensor) -> Tensor:
        """What the effect made of `frames`, in the encoding of `pixels`, which they show."""
        view = self._context.view if self._effect.display else None
        if view is None:
            return made
        before = Frames(pixels, frames.first, frames.wanted)
        if self._scale == 1 and self._pace.speed == 1:
            return view.carry(before.asked(), frames.asked(), made)
        hidden = Frames(view.hidden(pixels, frames.pixels), frames.first, frames.wanted)
        return view.from_display(made) + _resampled(hidden, made.shape[-2:])

    def _check(self, made: Tensor, asked: tuple[int, int, int, int]) -> None:
        """Raises what only a fault in the effect can be the cause of."""
        count, channels, height, width = asked
        declared = (count, channels, height * self._scale, width * self._scale)
        if made.shape != declared or made.dtype != torch.float32:
            raise RuntimeError(
                f"{self._effect.id} made {tuple(made.shape)} {made.dtype}, "
                f"declared {declared} float32"
            )


def _shared(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors lie in the same memory."""
    return one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr()


def numbers(pixels: Tensor) -> Tensor:
    """`pixels` as effects may see them: NaN as 0, infinity as the largest half float."""
    return pixels.nan_to_num(0, _BRIGHTEST, -_BRIGHTEST)


def _blended(frames: Frames, pixels: Tensor, made: Tensor) -> Tensor:
    """`made` inside the mask, and outside the very frames that were asked for."""
    assert frames.masks is not None
    before = Frames(pixels, frames.first, frames.wanted).asked()
    mask = Frames(frames.masks, frames.first, frames.wanted).asked()
    return torch.where(mask > 0, torch.lerp(before, made, mask), before)


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
    source: PictureSource,
    steps: Sequence[Applied],
    context: RenderContext,
    rows: slice = slice(None),
) -> tuple[Node, list[EffectNode]]:
    """The chain from the source through the steps: its end, and the effects in order."""
    node: Node = source
    chain: list[EffectNode] = []
    for applied in steps:
        node = EffectNode(applied, node, context, rows)
        chain.append(node)
    return node, chain


def source_range(chain: list[EffectNode], start: int, stop: int) -> tuple[int, int]:
    """The source's frames that outputs `start` to `stop` of the chain need."""
    for node in reversed(chain):
        start, stop = node.reads(start, stop)
    return start, stop
