"""Code values to RGB and back as tensor operations, leaving unchanged pixels' codes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from opticals.media.planes import Coding, Siting, one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Luma weights (red, blue) by H.273 matrix code: BT.709-6, FCC title 47, BT.601-7 (twice),
# SMPTE ST 240, BT.2020-2 non-constant luminance.
_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
_STRIPE_PIXELS = 1 << 18  # keeps a stripe's planes in the processor's cache


class Scale:
    """Where the nominal 0..1 of luma and RGB, and -0.5..0.5 of chroma, lie in code values.

    Video range (BT.709-6 section 4, BT.2100-2 table 9): luma 16..235, chroma 128 +- 112, times
    2^(bits-8). Full range (BT.2100-2 table 9): luma 0..2^bits-1, chroma as wide around
    2^(bits-1). RGB and alpha are full range.
    """

    def __init__(self, bits: int, full: bool) -> None:
        unit = 1 << (bits - 8)
        self.luma_gain = (1 << bits) - 1 if full else 219 * unit
        self.luma_zero = 0 if full else 16 * unit
        self.chroma_gain = (1 << bits) - 1 if full else 224 * unit
        self.chroma_zero = 128 * unit


class Converter:
    """Between the planes of a medium and RGB, and back into the planes an encoder takes.

    With unchanged geometry `out = round(base + B(rgb_out - rgb_in))`: base is the source's
    codes brought to the target's layout, B the linear RGB to YUV of the change. An unchanged
    pixel so keeps its source's codes, bit for bit where the layouts are the same. (A subsampled
    chroma sample is unchanged where its whole filter footprint is.)
    With changed geometry `out = round(B(rgb_out) + zero)`.

    RGB is float32, nominal 0..1 in the source's own transfer, never clamped; codes are clamped
    to what the depth can count, so that super-white and super-black stay. `to_rgb` and
    `from_rgb` may run in two threads, each of them in one.
    """

    def __init__(
        self,
        source: Coding,
        target: Coding,
        device: torch.device | str = "cpu",
        same_geometry: bool = True,
    ) -> None:
        self.source = source
        self.target = target
        self.device = torch.device(device)
        same_size = (source.width, source.height) == (target.width, target.height)
        if same_geometry and not same_size:
            raise ValueError("unchanged geometry means one size")
        same_colours = (source.layout.family, source.matrix) == (
            target.layout.family,
            target.matrix,
        )
        self._based = same_geometry and same_colours
        self._in = Scale(source.layout.bits, source.full)
        self._out = Scale(target.layout.bits, target.full)

    @property
    def needs_source(self) -> bool:
        """Whether `from_rgb` wants `rgb_in` and `source_planes`."""
        return self._based

    def to_rgb(self, planes: Sequence[Tensor], out: Tensor | None = None) -> Tensor:
        """RGB of the source's integer planes, `[3, H, W]`, with alpha `[4, H, W]`.

        `out` may give the memory for it.
        """
        source = self.source
        channels = 4 if source.layout.alpha else 3
        if out is None:
            shape = (channels, source.height, source.width)
            out = torch.empty(shape, dtype=torch.float32, device=self.device)
        planes = [plane.to(self.device, non_blocking=True) for plane in planes]
        with one_thread():
            for first, last in _stripes(source, self.device):
                self._stripe_to_rgb(planes, out[:, first:last], first, last)
        return out

    def from_rgb(
        self,
        rgb_out: Tensor,
        rgb_in: Tensor | None = None,
        source_planes: Sequence[Tensor] | None = None,
    ) -> list[Tensor]:
        """The target's integer planes, on the CPU, of RGB `[3 or 4, H, W]`.

        `rgb_in` is what `to_rgb` gave for `source_planes`; both are needed where
        `needs_source`. Without a fourth channel alpha is the source's (else opaque).
        """
        target = self.target
        kind = target.layout
        if self._based and (rgb_in is None or source_planes is None):
            raise ValueError("unchanged geometry needs the source's planes and RGB")
        sources = [plane.to(self.device, non_blocking=True) for plane in source_planes or ()]
        dtype = torch.uint8 if kind.bits <= 8 else torch.uint16
        results = [
            torch.empty(shape, dtype=dtype, device=self.device)
            for shape in kind.shapes(target.width, target.height)
        ]
        with one_thread():
            for first, last in _stripes(target, self.device):
                picture = rgb_out[:, first:last]
                if self._based and rgb_in is not None:
                    picture = picture[:3] - rgb_in[:3, first:last]
                codes = self._encode(picture)
                if self._based:
                    for plane, base in zip(codes, self._base(sources, first, last), strict=True):
                        plane.add_(base)
                if kind.alpha:
                    codes.append(self._alpha(rgb_out, sources, first, last))
                self._round(codes, results, first, last)
        return [result.cpu() for result in results]

    def _round(
        self, codes: Sequence[Tensor], results: Sequence[Tensor], first: int, last: int
    ) -> None:
        kind = self.target.layout
        top = (1 << kind.bits) - 1
        for plane, result in zip(codes, results, strict=True):
            shift = kind.shift_y if result.shape[0] != self.target.height else 0
            rows = slice(first >> shift, -(-last >> shift))
            result[rows].copy_(plane.round_().clamp_(0, top))

    def _stripe_to_rgb(self, planes: Sequence[Tensor], out: Tensor, first: int, last: int) -> None:
        source, scale = self.source, self._in
        kind = source.layout
        if kind.alpha:
            top = (1 << kind.bits) - 1
            torch.mul(planes[-1][first:last].float(), 1 / top, out=out[3])
        if kind.family == "rgb":
            for channel, plane in zip((1, 2, 0), planes, strict=False):
                torch.mul(plane[first:last].float(), 1 / scale.luma_gain, out=out[channel])
            return
        luma = planes[0][first:last].float()
        luma.sub_(scale.luma_zero).mul_(1 / scale.luma_gain)
        if kind.family == "grey":
            out[:3].copy_(luma)
            return
        red, blue = _WEIGHTS[source.matrix]
        green = 1 - red - blue
        cb, cr = (self._chroma(plane, source, first, last) for plane in planes[1:3])
        unit = 1 / scale.chroma_gain
        torch.add(luma, cr, alpha=2 * (1 - red) * unit, out=out[0])
        torch.add(luma, cb, alpha=2 * (1 - blue) * unit, out=out[2])
        torch.add(luma, cr, alpha=-2 * (1 - red) * red / green * unit, out=out[1])
        out[1].add_(cb, alpha=-2 * (1 - blue) * blue / green * unit)

    def _chroma(self, plane: Tensor, source: Coding, first: int, last: int) -> Tensor:
        """Chroma codes around 0 at every luma sample of the rows `first` to `last`."""
        kind = source.layout
        rows = _rows_up(plane, kind.shift_y, first, last, self._in.chroma_zero)
        for _ in range(kind.shift_x):
            rows = _columns_up(rows, source.siting)
        return rows[:, : source.width]

    def _encode(self, picture: Tensor) -> list[Tensor]:
        """Colour codes of a stripe of RGB; of a change of RGB without the zero points."""
        target, scale = self.target, self._out
        kind = target.layout
        zero = 0 if self._based else 1
        if kind.family == "rgb":
            return [picture[channel] * scale.luma_gain for channel in (1, 2, 0)]
        red, blue = _WEIGHTS[target.matrix]
        luma = picture[1] * (1 - red - blue)
        luma.add_(picture[0], alpha=red).add_(picture[2], alpha=blue)
        chroma = []
        if kind.family == "yuv":
            for channel, weight in ((2, blue), (0, red)):
                plane = _down(picture[channel] - luma, kind.shift_x, kind.shift_y, target.siting)
                plane.mul_(scale.chroma_gain / (2 * (1 - weight)))
                chroma.append(plane.add_(scale.chroma_zero) if zero else plane)
        luma.mul_(scale.luma_gain)
        return [luma.add_(scale.luma_zero) if zero else luma, *chroma]

    def _base(self, planes: Sequence[Tensor], first: int, last: int) -> list[Tensor]:
        """The source's colour codes in the target's layout, not yet rounded."""
        source, target = self.source.layout, self.target.layout
        before, after = self._in, self._out
        base = []
        for index in range(target.colours):
            chroma = index > 0 and target.family == "yuv"
            plane = planes[index]
            if chroma:
                rows = self._chroma_base(plane, first, last)
                rows.mul_(after.chroma_gain / before.chroma_gain).add_(after.chroma_zero)
            else:
                rows = plane[first:last].float()
                if (source.bits, self.source.full) != (target.bits, self.target.full):
                    rows.sub_(before.luma_zero).mul_(after.luma_gain / before.luma_gain)
                    rows.add_(after.luma_zero)
            base.append(rows)
        return base

    def _chroma_base(self, plane: Tensor, first: int, last: int) -> Tensor:
        """A source's chroma codes around 0 at the target's chroma samples."""
        source, target = self.source, self.target
        before, after = source.layout, target.layout
        zero = self._in.chroma_zero
        if before.shift_y == after.shift_y:
            rows = plane[first >> before.shift_y : -(-last >> before.shift_y)].float().sub_(zero)
        else:
            rows = _rows_up(plane, before.shift_y, first, last, zero)
            rows = _down(rows, 0, after.shift_y, target.siting)
        if before.shift_x == after.shift_x:
            return rows
        for _ in range(before.shift_x):
            rows = _columns_up(rows, source.siting)
        return _down(rows[:, : source.width], after.shift_x, 0, target.siting)

    def _alpha(self, rgb_out: Tensor, sources: Sequence[Tensor], first: int, last: int) -> Tensor:
        """Alpha codes: the render's own, else the source's, else opaque."""
        top = (1 << self.target.layout.bits) - 1
        if rgb_out.shape[0] == 4:
            return rgb_out[3, first:last] * top
        if not self.source.layout.alpha:
            return torch.full((last - first, self.target.width), float(top), device=self.device)
        if not sources:
            raise ValueError("alpha must come with a render of changed geometry")
        return sources[-1][first:last].float() * (top / ((1 << self.source.layout.bits) - 1))


def _stripes(coding: Coding, device: torch.device) -> Iterator[tuple[int, int]]:
    """Runs of rows to convert at a time, beginning at multiples of every chroma subsampling."""
    rows = coding.height + 3 & ~3
    if device.type == "cpu":
        rows = max(_STRIPE_PIXELS // coding.width & ~3, 4)
    for first in range(0, coding.height, rows):
        yield first, min(first + rows, coding.height)


def _rows_up(plane: Tensor, shift: int, first: int, last: int, zero: int) -> Tensor:
    """Chroma rows around 0 at the luma rows `first` to `last`, chroma lying between two."""
    if shift == 0:
        return plane[first:last].float().sub_(zero)
    top, bottom = first >> shift, -(-last >> shift)
    # One row more each side; at the picture's edge the edge again. Each doubling needs less.
    wanted = torch.arange(top - 1, bottom + 1, device=plane.device).clamp_(0, plane.shape[0] - 1)
    start = int(max(top - 1, 0))
    rows = plane[start : bottom + 1].float().sub_(zero)[wanted - start]
    for _ in range(shift):
        rows = _centred_up(rows)
    margin = (rows.shape[0] - ((bottom - top) << shift)) // 2
    return rows[margin : margin + last - first]


def _centred_up(rows: Tensor) -> Tensor:
    """Twice the rows, the new ones a quarter away from the old: weights 3/4 and 1/4."""
    count = rows.shape[0]
    up = torch.empty((count - 1) * 2, rows.shape[1], device=rows.device)
    torch.lerp(rows[:-1], rows[1:], 0.25, out=up[0::2])
    torch.lerp(rows[:-1], rows[1:], 0.75, out=up[1::2])
    return up


def _columns_up(rows: Tensor, siting: Siting) -> Tensor:
    """Twice the columns. Left: old samples stay, new ones are means. Center: 3/4 and 1/4."""
    height, width = rows.shape
    up = torch.empty(height, width, 2, device=rows.device)
    if siting.x == 0:
        up[..., 0].copy_(rows)
        torch.lerp(rows[:, :-1], rows[:, 1:], 0.5, out=up[:, :-1, 1])
        up[:, -1, 1] = rows[:, -1]
    else:
        torch.lerp(rows[:, :-1], rows[:, 1:], 0.25, out=up[:, :-1, 1])
        torch.lerp(rows[:, :-1], rows[:, 1:], 0.75, out=up[:, 1:, 0])
        up[:, 0, 0], up[:, -1, 1] = rows[:, 0], rows[:, -1]
    return up.view(height, width * 2)


def _down(rows: Tensor, shift_x: int, shift_y: int, siting: Siting) -> Tensor:
    """Chroma at subsampled places: vertically the mean of two rows, horizontally the mean of
    two columns (center) or weights 1/4, 1/2, 1/4 around the left one (left)."""
    for _ in range(shift_y):
        if rows.shape[0] % 2:
            rows = torch.cat((rows, rows[-1:]))
        rows = torch.lerp(rows[0::2], rows[1::2], 0.5)
    for _ in range(shift_x):
        if rows.shape[1] % 2:
            rows = torch.cat((rows, rows[:, -1:]), 1)
        even, odd = rows[:, 0::2], rows[:, 1::2]
        if siting.x == 0.5:
            rows = torch.lerp(even, odd, 0.5)
            continue
        rows = even * 0.5
        rows.add_(odd, alpha=0.25)
        rows[:, 1:].add_(odd[:, :-1], alpha=0.25)
        rows[:, :1].add_(even[:, :1], alpha=0.25)
    return rows
