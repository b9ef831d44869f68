"""Code values to RGB and back as tensor operations, leaving unchanged pixels' codes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from opticals.media.colour.chroma import Axis, Scratch, Span, Window
from opticals.media.colour.planes import Coding, one_thread
from opticals.media.colour.standards import BLUE, GREEN, RED, Scale, matrix_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Pixels converted at a time: on the CPU their planes stay in its cache, on other devices the
# memory for them stays small beside a network's.
_STRIPE_PIXELS = 1 << 18
_DEVICE_STRIPE_PIXELS = 1 << 22
_FURTHEST = 65504.0  # what infinity becomes where codes are integers: the largest half float


class Converter:
    """Between the planes of a medium and RGB, and back into the planes an encoder takes.

    With unchanged geometry `out = round(base + B(rgb_out - rgb_in))`: base is the source's
    codes brought to the target's layout, B the linear RGB to YUV of the change. An unchanged
    pixel so keeps its source's codes, bit for bit where the layouts are the same. (A subsampled
    chroma sample is unchanged where its whole filter footprint is.)
    With changed geometry, and to or from floating point, `out = round(B(rgb_out) + zero)`.

    RGB is float32, nominal 0..1 in the source's own transfer, never clamped; codes are clamped
    to what the depth can count, so that super-white and super-black stay, and those of floating
    point are not. Alpha is multiplied into RGB where it is in the source's colours. `to_rgb` and
    `from_rgb` may run in two threads, each of them in one.

    Raises:
        MediaError: luma and chroma by a matrix that is not handled.
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
        before, after = source.layout, target.layout
        same_colours = before.family == after.family and (
            before.family != "yuv" or source.matrix == target.matrix
        )
        self._associate = after.alpha and source.premultiplied != target.premultiplied
        self._based = (
            same_geometry
            and same_colours
            and not (before.float or after.float)
            and not (before.alpha and self._associate)
        )
        self._in, self._out = Scale(source), Scale(target)
        self._matrix_in, self._matrix_out = matrix_of(source), matrix_of(target)
        self._decoding = self._matrix_in.decoding()
        self._black = torch.tensor(
            -self._in.luma_zero / self._in.luma_gain, dtype=torch.float32, device=self.device
        )
        self._axes_in, self._axes_out = _axes(source), _axes(target)
        self._scratch_in, self._scratch_base, self._scratch_out = (
            Scratch(self.device) for _ in range(3)
        )

    @property
    def needs_source(self) -> bool:
        """Whether `from_rgb` wants `rgb_in` and `source_planes`."""
        return self._based

    def to_rgb(self, planes: Sequence[Tensor], out: Tensor | None = None) -> Tensor:
        """RGB of the source's planes, `[3, H, W]`, with alpha `[4, H, W]`.

        `out` may give the memory for it: fresh memory takes longer than the conversion.
        """
        source = self.source
        if out is None:
            shape = (4 if source.layout.alpha else 3, source.height, source.width)
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
        out: Sequence[Tensor] | None = None,
    ) -> list[Tensor]:
        """The target's planes, on the CPU, of RGB `[3 or 4, H, W]`.

        `rgb_in` is what `to_rgb` gave for `source_planes`; both are needed where
        `needs_source`. Without a fourth channel alpha is the source's (else opaque).
        `out` may give the memory for the planes, such as the views of a new frame.
        """
        target = self.target
        kind = target.layout
        if self._based and (rgb_in is None or source_planes is None):
            raise ValueError("unchanged geometry needs the source's planes and RGB")
        lacks_alpha = self.source.layout.alpha and rgb_out.shape[0] < 4
        if kind.alpha and lacks_alpha and not source_planes:
            raise ValueError("alpha must come with a render of changed geometry")
        sources = [plane.to(self.device, non_blocking=True) for plane in source_planes or ()]
        results = list(out or ())
        if not results or self.device.type != "cpu":
            results = [
                torch.empty(shape, dtype=kind.dtype, device=self.device)
                for shape in kind.shapes(target.width, target.height)
            ]
        with one_thread():
            for first, last in _stripes(target, self.device):
                self._stripe_from_rgb(rgb_out, rgb_in, sources, results, (first, last))
        if self.device.type == "cpu":
            return results
        if out is None:
            return [result.cpu() for result in results]
        return [place.copy_(result) for place, result in zip(out, results, strict=True)]

    def _stripe_to_rgb(self, planes: Sequence[Tensor], out: Tensor, first: int, last: int) -> None:
        source, scale = self.source, self._in
        kind = source.layout
        if kind.alpha:
            out[3].copy_(planes[-1][first:last]).mul_(1 / kind.top)
        if kind.family == "rgb":
            for channel, plane in zip((GREEN, BLUE, RED), planes, strict=False):
                out[channel].copy_(plane[first:last]).mul_(1 / scale.luma_gain)
            return
        luma = self._scratch_in("luma", last - first, source.width)
        luma.copy_(planes[0][first:last])
        if not kind.float:
            torch.add(self._black, luma, alpha=1 / scale.luma_gain, out=luma)
        if kind.family == "grey":
            out[:3].copy_(luma)
            return
        chroma = self._chroma(
            self._scratch_in, planes, (first, last), True, True, scale.chroma_zero
        )
        for channel, gains in zip(out, self._decoding, strict=False):
            before = luma
            for difference, gain in zip(chroma, gains, strict=True):
                if gain:
                    gain /= scale.chroma_gain
                    before = torch.add(before, difference, alpha=gain, out=channel)

    def _chroma(
        self,
        scratch: Scratch,
        planes: Sequence[Tensor],
        span: Span,
        up_x: bool,
        up_y: bool,
        zero: float,
    ) -> Tensor:
        """The source's chroma codes less `zero`, `[2, rows, columns]`.

        Args:
            span: luma rows if `up_y`, else rows of chroma.
            up_x, up_y: whether they are wanted at luma's columns and rows.
        """
        axis_x, axis_y = self._axes_in
        up_x, up_y = up_x and axis_x.factor > 1, up_y and axis_y.factor > 1
        first, last = span
        if up_y:
            first, last = first // axis_y.factor, -(-last // axis_y.factor)
        height, width = planes[1].shape
        window = Window(
            scratch,
            "chroma",
            (first - up_y, last + up_y),
            (-up_x, width + up_x),
            (height, width),
        )
        for plane, inside in zip(planes[1:3], window.inside, strict=True):
            inside.copy_(plane[slice(*window.rows)])
        if zero:
            window.inside.sub_(zero)
        chroma = window.spread()
        if up_x:
            chroma = axis_x.columns_up(chroma, scratch)[..., : self.source.width]
        if up_y:
            start = first * axis_y.factor
            chroma = axis_y.rows_up(chroma, scratch)[:, span[0] - start : span[1] - start]
        return chroma

    def _stripe_from_rgb(
        self,
        rgb_out: Tensor,
        rgb_in: Tensor | None,
        sources: Sequence[Tensor],
        results: Sequence[Tensor],
        span: Span,
    ) -> None:
        target, scale, scratch = self.target, self._out, self._scratch_out
        kind = target.layout
        factor = self._axes_out[1].factor
        chroma_span = span[0] // factor, -(-span[1] // factor)
        # The luma rows that the stripe's chroma is made of may lie beyond it.
        needed = self._axes_out[1].needed(*chroma_span)
        rows = max(min(needed[0], span[0]), 0), min(max(needed[1], span[1]), target.height)
        stripe = slice(span[0] - rows[0], span[1] - rows[0])

        picture = rgb_out[:3, slice(*rows)]
        if self.source.layout.float and not kind.float:
            picture = picture.nan_to_num(0, _FURTHEST, -_FURTHEST)
        if kind.alpha:
            alpha = self._alpha(rgb_out, sources, rows)
            self._store(alpha[stripe] * kind.top, results[-1][slice(*span)])
            if self._associate:
                picture = _associated(picture, alpha, target.premultiplied)
        if self._based and rgb_in is not None:
            change = scratch("change", *picture.shape)
            picture = torch.sub(picture, rgb_in[:3, slice(*rows)], out=change)

        if kind.family == "rgb":
            for index, channel in enumerate((GREEN, BLUE, RED)):
                codes = self._luma_codes(picture[channel], sources, index, span)
                self._store(codes, results[index][slice(*span)])
            return
        luma = self._luma(picture)
        self._store(self._luma_codes(luma[stripe], sources, 0, span), results[0][slice(*span)])
        if kind.family == "grey":
            return
        differences = self._differences(picture, luma, needed, rows[0])
        base = self._chroma_base(sources, chroma_span) if self._based else None
        for index, (_, _, gain) in enumerate(self._matrix_out.differences):
            gain *= scale.chroma_gain
            if base is None:
                codes = differences[index].mul_(gain).add_(scale.chroma_zero)
            else:
                codes = base[index].add_(differences[index], alpha=gain)
            self._store(codes, results[1 + index][slice(*chroma_span)])

    def _luma(self, picture: Tensor) -> Tensor:
        red, green, blue = self._matrix_out.weights
        luma = self._scratch_out("luma", *picture.shape[1:])
        torch.mul(picture[GREEN], green, out=luma)
        luma.add_(picture[RED], alpha=red).add_(picture[BLUE], alpha=blue)
        if self.target.layout.float:  # grey stays what it is, to the last bit
            same = (picture[RED] == picture[GREEN]) & (picture[BLUE] == picture[GREEN])
            luma.copy_(torch.where(same, picture[GREEN], luma))
        return luma

    def _luma_codes(
        self, luma: Tensor, sources: Sequence[Tensor], index: int, span: Span
    ) -> Tensor:
        """Codes, not yet rounded, of a plane of luma or RGB, or of its change."""
        before, after = self._in, self._out
        codes = self._scratch_out("codes", *luma.shape)
        if not self._based:
            torch.mul(luma, after.luma_gain, out=codes)
            return codes.add_(after.luma_zero) if after.luma_zero else codes
        codes.copy_(sources[index][slice(*span)])
        gain = after.luma_gain / before.luma_gain
        zero = after.luma_zero - before.luma_zero * gain
        if gain != 1:
            codes.mul_(gain)
        if zero:
            codes.add_(zero)
        return codes.add_(luma, alpha=after.luma_gain)

    def _differences(self, picture: Tensor, luma: Tensor, needed: Span, top: int) -> Tensor:
        """The colour differences without their gains at the target's chroma samples.

        Args:
            picture, luma: the rows from `top` on.
            needed: luma rows, some of them perhaps outside of the picture.
        """
        target, scratch = self.target, self._scratch_out
        axis_x, axis_y = self._axes_out
        columns = axis_x.needed(0, -(-target.width // axis_x.factor))
        size = target.height, target.width
        window = Window(scratch, "differences", needed, columns, size)
        rows = slice(window.rows[0] - top, window.rows[1] - top)
        place = rows, slice(*window.columns)
        for inside, (channel, other, _) in zip(
            window.inside, self._matrix_out.differences, strict=True
        ):
            taken = luma if other is None else picture[other]
            torch.sub(picture[channel][place], taken[place], out=inside)
        differences = window.spread()
        if axis_y.factor > 1:
            differences = axis_y.rows_down(differences, scratch)
        if axis_x.factor > 1:
            differences = axis_x.columns_down(differences, scratch)
        return differences

    def _chroma_base(self, planes: Sequence[Tensor], span: Span) -> Tensor:
        """The source's chroma codes at the target's chroma samples of the rows `span`."""
        scratch, target = self._scratch_base, self.target
        axis_x, axis_y = self._axes_out
        other_x, other_y = (
            one != two for one, two in zip(self._axes_in, self._axes_out, strict=True)
        )
        gain = self._out.chroma_gain / self._in.chroma_gain
        zero = 0 if gain == 1 else self._in.chroma_zero
        if other_y:
            needed = axis_y.needed(*span)
            inside = max(needed[0], 0), min(needed[1], target.height)
            chroma = self._chroma(scratch, planes, inside, other_x, True, zero)
            if axis_y.factor > 1:
                columns = chroma.shape[2]
                size = target.height, columns
                window = Window(scratch, "base rows", needed, (0, columns), size)
                window.inside.copy_(chroma)
                chroma = axis_y.rows_down(window.spread(), scratch)
        else:
            chroma = self._chroma(scratch, planes, span, other_x, False, zero)
        if other_x and axis_x.factor > 1:
            rows = chroma.shape[1]
            needed = axis_x.needed(0, -(-target.width // axis_x.factor))
            window = Window(scratch, "base columns", (0, rows), needed, (rows, target.width))
            window.inside.copy_(chroma)
            chroma = axis_x.columns_down(window.spread(), scratch)
        return chroma if gain == 1 else chroma.mul_(gain).add_(self._out.chroma_zero)

    def _alpha(self, rgb_out: Tensor, sources: Sequence[Tensor], rows: Span) -> Tensor:
        """Alpha, 0..1: the render's own, else the source's, else opaque."""
        if rgb_out.shape[0] == 4:
            return rgb_out[3, slice(*rows)]
        alpha = self._scratch_out("alpha", rows[1] - rows[0], self.target.width)
        if not self.source.layout.alpha:
            return alpha.fill_(1)
        return alpha.copy_(sources[-1][slice(*rows)]).mul_(1 / self.source.layout.top)

    def _store(self, codes: Tensor, result: Tensor) -> None:
        """Rounds codes, which are overwritten, into a plane."""
        kind = self.target.layout
        if not kind.float:
            codes.round_().clamp_(0, kind.top)
            if kind.bits <= 8:  # by way of 16 bits: a quarter of the time
                short = self._scratch_out("short", *codes.shape, dtype=torch.int16)
                codes = short.copy_(codes)
        result.copy_(codes)


def _axes(coding: Coding) -> tuple[Axis, Axis]:
    """Horizontal and vertical; where chroma is not subsampled it lies with luma."""
    kind, siting = coding.layout, coding.siting
    x = Axis(1 << kind.shift_x, siting.x if kind.shift_x else 0)
    return x, Axis(1 << kind.shift_y, siting.y if kind.shift_y else 0)


def _associated(rgb: Tensor, alpha: Tensor, premultiplied: bool) -> Tensor:
    """RGB with alpha multiplied into it, or without; nothing is taken out where alpha is 0."""
    if premultiplied:
        return rgb * alpha
    return rgb / torch.where(alpha == 0, 1, alpha)


def _stripes(coding: Coding, device: torch.device) -> Iterator[Span]:
    """Runs of rows to convert at a time, beginning at multiples of every chroma subsampling."""
    pixels = _STRIPE_PIXELS if device.type == "cpu" else _DEVICE_STRIPE_PIXELS
    rows = max(pixels // coding.width & ~3, 4)
    for first in range(0, coding.height, rows):
        yield first, min(first + rows, coding.height)
