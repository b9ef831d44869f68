"""Chroma brought to the places of luma and back, one direction at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

Span = tuple[int, int]  # the first of some rows or columns, and the one after the last


class Scratch:
    """Memory for what lies between, used again for every stripe of every frame.

    Fresh memory costs more than what is computed in it, and is not in the processor's cache.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._kept: dict[tuple[str, tuple[int, ...]], Tensor] = {}

    def __call__(self, name: str, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """The memory of this name and shape, holding whatever was last written there."""
        kept = self._kept.get((name, shape))
        if kept is None:
            with torch.inference_mode(False):  # so that it can be written to in and out of it
                kept = torch.empty(shape, dtype=dtype, device=self._device)
            self._kept[name, shape] = kept
        return kept


class Window:
    """Rows and columns of two chroma planes, `[2, rows, columns]`, some of them outside.

    Attributes:
        whole: all of them.
        inside: those of the picture, to be written; `spread` then fills the others.
        rows, columns: which those are.
    """

    def __init__(
        self, scratch: Scratch, name: str, rows: Span, columns: Span, size: tuple[int, int]
    ) -> None:
        self.whole = scratch(name, 2, rows[1] - rows[0], columns[1] - columns[0])
        self.rows = max(rows[0], 0), min(rows[1], size[0])
        self.columns = max(columns[0], 0), min(columns[1], size[1])
        self._top, self._bottom = (place - rows[0] for place in self.rows)
        self._left, self._right = (place - columns[0] for place in self.columns)
        self.inside = self.whole[:, self._top : self._bottom, self._left : self._right]

    def spread(self) -> Tensor:
        """The whole, outside of the picture the nearest sample of its edge."""
        whole = self.whole
        height, width = whole.shape[1:]
        for column in (*range(self._left), *range(self._right, width)):
            nearest = self._left if column < self._left else self._right - 1
            whole[..., column].copy_(whole[..., nearest])
        for row in (*range(self._top), *range(self._bottom, height)):
            nearest = self._top if row < self._top else self._bottom - 1
            whole[:, row].copy_(whole[:, nearest])
        return whole


@dataclass(frozen=True)
class Axis:
    """Subsampling in one direction: chroma sample j lies at luma sample `place` + j * `factor`.

    Up: linear interpolation between the chroma samples on both sides. Down: the mean over a
    length of `factor` luma samples with the chroma sample in its middle, of those at its ends
    the part that lies inside. Both keep straight ramps, wherever chroma lies. Beyond the
    picture its edge goes on.

    Attributes:
        factor: 1, 2 or 4.
        place: more than -1, at most `factor`.
    """

    factor: int
    place: float

    @cached_property
    def phases(self) -> tuple[tuple[int, float], ...]:
        """For the luma samples of each `factor`: which chroma sample lies before it, counted
        from the one of the same number, and how far from it to the next it lies (0 to 1)."""
        places = [(phase - self.place) / self.factor for phase in range(self.factor)]
        return tuple((math.floor(place), place - math.floor(place)) for place in places)

    @cached_property
    def begin(self) -> int:
        """The first luma sample that chroma sample 0 is made of."""
        return math.floor(self.place - (self.factor - 1) / 2)

    @cached_property
    def share(self) -> float:
        """The part of the last of them that lies inside; of the first it is the rest."""
        return self.place - (self.factor - 1) / 2 - self.begin

    @cached_property
    def reach(self) -> int:
        """How many luma samples a chroma sample is made of."""
        return self.factor + (self.share > 0)

    def needed(self, first: int, last: int) -> Span:
        """The luma samples that chroma samples `first` to `last` are made of."""
        begin = first * self.factor + self.begin
        return begin, begin + (last - 1 - first) * self.factor + self.reach

    def columns_up(self, chroma: Tensor, scratch: Scratch) -> Tensor:
        """Chroma with one more column on both sides, at every luma column."""
        planes, rows, columns = chroma.shape
        columns -= 2
        up = scratch("columns up", planes, rows, columns, self.factor)
        phases = []
        for phase, (offset, share) in enumerate(self.phases):
            near = chroma[..., 1 + offset : 1 + offset + columns]
            if share:
                far = chroma[..., 2 + offset : 2 + offset + columns]
                room = scratch(f"columns up {phase}", planes, rows, columns)
                near = torch.lerp(near, far, share, out=room)
            phases.append(near)
        if self.factor == 2:  # interleaved as complex numbers: half the time of strided copies
            torch.complex(*phases, out=torch.view_as_complex(up))
        else:
            for phase, one in enumerate(phases):
                up[..., phase].copy_(one)
        return up.flatten(-2)

    def rows_up(self, chroma: Tensor, scratch: Scratch) -> Tensor:
        """Chroma with one more row on both sides, at every luma row."""
        planes, rows, columns = chroma.shape
        rows -= 2
        up = scratch("rows up", planes, rows, self.factor, columns)
        for phase, (offset, share) in enumerate(self.phases):
            near = chroma[:, 1 + offset : 1 + offset + rows]
            if share:
                far = chroma[:, 2 + offset : 2 + offset + rows]
                torch.lerp(near, far, share, out=up[:, :, phase])
            else:
                up[:, :, phase].copy_(near)
        return up.flatten(1, 2)

    def rows_down(self, picture: Tensor, scratch: Scratch) -> Tensor:
        """The rows of chroma that are made of the rows of `picture`, all of them `needed`."""
        planes, height, columns = picture.shape
        rows = (height - self.reach) // self.factor + 1
        down = scratch("rows down", planes, rows, columns)
        weights = [1.0] * self.reach
        if self.share:
            weights[0], weights[-1] = 1 - self.share, self.share
        for tap, weight in enumerate(weights):
            here = picture[:, tap :: self.factor][:, :rows]
            if tap == 0:
                torch.mul(here, weight / self.factor, out=down)
            else:
                down.add_(here, alpha=weight / self.factor)
        return down

    def columns_down(self, picture: Tensor, scratch: Scratch) -> Tensor:
        """The columns of chroma that are made of the columns of `picture`, all `needed`."""
        planes, rows, width = picture.shape
        columns = (width - self.reach) // self.factor + 1
        shape = planes, rows, self.factor * (columns + 1)
        # At every luma column, in the order of memory: reading every other one takes longer.
        sums, step = picture, 1
        while step < self.factor:
            width -= step
            room = scratch(f"sums {step}", *shape)
            torch.add(sums[..., :width], sums[..., step:], out=room[..., :width])
            sums, step = room[..., :width], step * 2
        scale = 1 / self.factor
        if self.share:
            room = scratch("shared sums", *shape)
            ratio = self.share / (1 - self.share)
            torch.add(sums[..., :-1], sums[..., 1:], alpha=ratio, out=room[..., : width - 1])
            scale *= 1 - self.share
        down = scratch("columns down", planes, rows, columns)
        if self.factor == 2:
            # Two samples as one number of 64 bits, of which the lower half (the first sample)
            # is kept: a quarter of the time of a strided copy.
            down.view(torch.int32).copy_(room.view(torch.int64)[..., :columns])
        else:
            down.copy_(room[..., :: self.factor][..., :columns])
        return down.mul_(scale)
