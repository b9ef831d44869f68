"""Pictures of media as RGB in the source's own encoding, without torch; see `colour.converter`."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from opticals.media.colour.planes import layout
from opticals.media.colour.standards import Scale, matrix_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import av
    from numpy.typing import NDArray

    from opticals.media.colour.planes import Coding

    Array = NDArray[Any]

WHITE = 65535  # of integer RGB
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_FURTHEST = 65504.0  # what infinity becomes, as in `colour.converter`
_DEEP = "yuv444p16le"
_LINES = 64  # converted at a time
_VIDEO, _FULL = 1, 2  # AVColorRange

_local = threading.local()  # swscale keeps its tables from picture to picture


@dataclass(frozen=True)
class Signal:
    """RGB `[h, w, 3]` and alpha `[h, w]`: uint16, white at 65535 and clipped there, of integer
    codes; float32, white at 1 and unclipped, of floating point."""

    rgb: Array
    alpha: Array | None = None
    premultiplied: bool = False


@dataclass(frozen=True)
class Sized:
    """A stored picture at the size it is wanted in; with alpha still at its own.

    Attributes:
        planes: luma and chroma, or red, green and blue, of one size.
        gains: what makes RGB of them; see `to_rgb`.
    """

    planes: list[Array]
    alpha: Array | None
    gains: NDArray[np.float64]
    coding: Coding
    size: tuple[int, int]

    @property
    def is_plain(self) -> bool:
        """Whether `shown` can be used."""
        return self.alpha is None and not self.coding.layout.float

    def shown(self) -> Array:
        """`[h, w, 4]` of uint8, BGRA, of codes that are for a display; the memory is used again for
        the next picture of the same thread."""
        width, height = self.size
        if getattr(_local, "out", np.empty(0)).shape != (height, width, 4):
            _local.out = np.empty((height, width, 4), np.uint8)
            _local.codes, _local.rgb = (np.empty((_LINES, width, 3), np.uint16) for _ in range(2))
            _local.bytes = np.empty((_LINES, width, 3), np.uint8)
        out: Array = _local.out
        # In stripes, whose memory stays in the processor's cache: that is three times as quick.
        for first in range(0, height, _LINES):
            last = min(first + _LINES, height)
            rows = slice(0, last - first)
            codes, rgb, shown = _local.codes[rows], _local.rgb[rows], _local.bytes[rows]
            _together([plane[first:last] for plane in self.planes], codes)
            cv2.transform(codes, self.gains * WHITE, rgb)
            cv2.convertScaleAbs(rgb, shown, 255 / WHITE)
            cv2.cvtColor(shown, cv2.COLOR_RGB2BGRA, out[first:last])
        return out

    def signal(self) -> Signal:
        """The picture in the source's own encoding."""
        rgb: Array
        alpha, kind = self.alpha, self.coding.layout
        if kind.float:
            rgb = cv2.merge([plane.astype(np.float32) for plane in self.planes])
            rgb = np.nan_to_num(rgb, copy=False, nan=0, posinf=_FURTHEST, neginf=-_FURTHEST)
            if alpha is not None:
                alpha = np.clip(np.nan_to_num(alpha.astype(np.float32), nan=0), 0, 1)
        else:
            codes = np.empty((*self.planes[0].shape, 3), np.uint16)
            _together(self.planes, codes)
            rgb = cv2.transform(codes, self.gains * WHITE)
            if alpha is not None:
                to_white = np.array([[WHITE / kind.top]])
                alpha = cv2.transform(alpha.astype(np.uint16, copy=False), to_white)
        if alpha is None:
            return Signal(rgb)
        premultiplied = self.coding.premultiplied
        if (rgb.shape[1], rgb.shape[0]) != self.size:
            if not premultiplied:
                # The colours of what is clear must not bleed into what is not.
                rgb, premultiplied = multiplied(rgb, alpha), True
            rgb, alpha = _resized(rgb, self.size), _resized(alpha, self.size)
        return Signal(rgb, alpha, premultiplied)


def of_frame(
    frame: av.VideoFrame, coding: Coding, size: tuple[int, int], siting: str = ""
) -> Sized:
    """A film's stored picture, no larger than it is.

    Args:
        coding: of the medium.
        size: width and height to give.
        siting: where chroma lies in frames that do not say it themselves.

    Raises:
        MediaError: luma and chroma by a matrix that is not handled.
    """
    from av.video.reformatter import Interpolation, VideoReformatter

    kind = layout(frame.format.name)
    coding = replace(coding, layout=kind)
    own = frame.width, frame.height
    if kind.family != "yuv" or (not (kind.shift_x or kind.shift_y) and (kind.alpha or own == size)):
        return of_planes(arrays(frame), coding, size)
    width, height = own if kind.alpha else size
    range_ = _FULL if kind.full else _VIDEO  # alike on both sides: codes are moved, not scaled
    if not hasattr(_local, "reformatter"):
        _local.reformatter = VideoReformatter()
    deep = _local.reformatter.reformat(
        _sited(frame, siting) if siting else frame,
        width,
        height,
        _DEEP,
        interpolation=Interpolation.BILINEAR if (width, height) == own else Interpolation.AREA,
        src_colorspace=1,
        dst_colorspace=1,
        src_color_range=range_,
        dst_color_range=range_,
        threads=1,
    )
    gains = to_rgb(coding)
    gains[:, :3] /= 1 << (16 - kind.bits)
    alpha = arrays(frame)[-1] if kind.alpha else None
    return Sized(arrays(deep), alpha, gains, coding, size)


def of_planes(planes: Sequence[Array], coding: Coding, size: tuple[int, int]) -> Sized:
    """Planes of one size, such as those of a sequence, likewise."""
    kind = coding.layout
    colours = list(planes[: kind.colours])
    if kind.family == "rgb":
        colours = [planes[2], planes[0], planes[1]]  # of G, B, R, as ffmpeg orders them
    alpha = planes[-1] if kind.alpha else None
    if alpha is None:
        if kind.float:
            colours = [plane.astype(np.float32, copy=False) for plane in colours]
        colours = [_resized(plane, size) for plane in colours]
    colours *= 3 if kind.family == "grey" else 1
    return Sized(colours, alpha, to_rgb(coding), coding, size)


def _sited(frame: av.VideoFrame, siting: str) -> av.VideoFrame:
    """The frame, saying where its chroma lies: swscale takes what is unsaid for the centre."""
    from av.filter import Graph

    key = frame.width, frame.height, frame.format.name, siting
    if getattr(_local, "sited", None) != key:
        graph = Graph()
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1)
        )
        says = graph.add("setparams", chroma_location=siting)
        graph.link_nodes(source, says, graph.add("buffersink"))
        graph.configure()
        _local.graph, _local.sited = graph, key
    frame.pts, frame.time_base = 0, Fraction(1)
    _local.graph.vpush(frame)
    found: av.VideoFrame = _local.graph.vpull()
    return found


def _together(planes: Sequence[Array], out: Array) -> None:
    """Planes side by side, as uint16."""
    if planes[0].dtype == np.uint16:
        cv2.merge(planes, out)
    else:
        np.copyto(out, cv2.merge(planes))


def _resized(picture: Array, size: tuple[int, int]) -> Array:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def to_rgb(coding: Coding) -> NDArray[np.float64]:
    """What makes R, G and B, nominal 0..1, of three planes' codes: gains and an offset, 3x4."""
    scale, kind = Scale(coding), coding.layout
    if kind.family != "yuv":
        found = np.eye(3, 4) / scale.luma_gain
        found[:, 3] = -scale.luma_zero / scale.luma_gain
        return found
    matrix = matrix_of(coding)
    rows = [np.array(matrix.weights)]
    for channel, other, gain in matrix.differences:
        row = -rows[0] if other is None else np.zeros(3)
        row[channel] += 1
        if other is not None:
            row[other] -= 1
        rows.append(row * gain)
    gains = np.linalg.inv(np.stack(rows)) / (scale.luma_gain, *(scale.chroma_gain,) * 2)
    zeros = np.array((scale.luma_zero, scale.chroma_zero, scale.chroma_zero))
    return np.column_stack((gains, -gains @ zeros))


def arrays(frame: av.VideoFrame) -> list[Array]:
    """The planes of a frame, `[rows, columns]` each; see `colour.planes.planes`."""
    kind = layout(frame.format.name)
    if frame.format.name != kind.name:
        frame = frame.reformat(format=kind.name)
    size = kind.bits // 8 if kind.float else 1 if kind.bits <= 8 else 2
    dtype = np.dtype(f"{'f' if kind.float else 'u'}{size}")
    found = []
    for plane, (rows, columns) in zip(
        frame.planes, kind.shapes(frame.width, frame.height), strict=True
    ):
        flat = np.frombuffer(memoryview(plane), dtype)
        strides = plane.line_size, size
        found.append(np.lib.stride_tricks.as_strided(flat, (rows, columns), strides))
    return found


def multiplied(rgb: Array, alpha: Array) -> Array:
    """Colours times alpha; both uint16, both uint8, or both float32."""
    scale = {"uint16": 1 / WHITE, "uint8": 1 / 255}.get(str(rgb.dtype), 1.0)
    return np.asarray(cv2.multiply(rgb, cv2.merge([alpha] * 3), scale=scale))


def divided(rgb: Array, alpha: Array) -> Array:
    """Colours without the alpha that was multiplied into them; nothing where that is 0."""
    scale = WHITE if rgb.dtype == np.uint16 else 1.0
    thick = cv2.merge([alpha] * 3)
    found = cv2.divide(rgb, thick, scale=scale)
    return np.where(thick > 0, found, 0).astype(rgb.dtype)


def upright(picture: Array, rotation: int, mirrored: bool) -> Array:
    """A stored picture turned as it stands; see `read.upright`."""
    if mirrored:
        picture = cv2.flip(picture, 1)
    return cv2.rotate(picture, _TURNS[rotation]) if rotation in _TURNS else picture
