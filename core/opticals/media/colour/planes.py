"""How planes stand for a picture, and `av.VideoFrame`s as tensors without copies in."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from opticals.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import av
    import torch
    from torch import Tensor

Family = Literal["yuv", "rgb", "grey"]


class Siting(NamedTuple):
    """Where the first chroma sample lies, in luma samples from the first luma sample."""

    x: float
    y: float


# ITU-T H.273, ChromaLocType 0 to 5. In 4:2:2 only the first number counts.
SITINGS = {
    "left": Siting(0, 0.5),
    "center": Siting(0.5, 0.5),
    "top_left": Siting(0, 0),
    "top": Siting(0.5, 0),
    "bottom_left": Siting(0, 1),
    "bottom": Siting(0.5, 1),
}

FULL_RANGE = 2  # AVCOL_RANGE_JPEG
VIDEO_RANGE = 1  # AVCOL_RANGE_MPEG
UNTAGGED = 2  # AVCOL_*_UNSPECIFIED of primaries, transfer and matrix
RGB_MATRIX = 0  # AVCOL_SPC_RGB

_NAMED = re.compile(
    r"(?:(?P<yuv>yuv[ja]?)(?P<chroma>444|440|422|420|411|410)p|(?P<other>gbra?p|gray))"
    r"(?:(?P<bits>9|1[0-6])(?:le)?|f(?P<float>16|32)le)?"
)
_SHIFTS = {
    "444": (0, 0),
    "440": (0, 1),
    "422": (1, 0),
    "420": (1, 1),
    "411": (2, 0),
    "410": (2, 2),
}

# Packed and semi-planar formats, and the planar one that holds the same codes.
_PLANAR = {
    "nv12": "yuv420p",
    "nv21": "yuv420p",
    "nv16": "yuv422p",
    "nv24": "yuv444p",
    "nv42": "yuv444p",
    "nv20le": "yuv422p10le",
    "p010le": "yuv420p10le",
    "p012le": "yuv420p12le",
    "p016le": "yuv420p16le",
    "p210le": "yuv422p10le",
    "p212le": "yuv422p12le",
    "p216le": "yuv422p16le",
    "p410le": "yuv444p10le",
    "p412le": "yuv444p12le",
    "p416le": "yuv444p16le",
    "yuyv422": "yuv422p",
    "uyvy422": "yuv422p",
    "yvyu422": "yuv422p",
    "uyyvyy411": "yuv411p",
    "y210le": "yuv422p10le",
    "y212le": "yuv422p12le",
    "y216le": "yuv422p16le",
    "v30xle": "yuv444p10le",
    "xv30le": "yuv444p10le",
    "xv36le": "yuv444p12le",
    "xv48le": "yuv444p16le",
    "vyu444": "yuv444p",
    "vuyx": "yuv444p",
    "vuya": "yuva444p",
    "ayuv": "yuva444p",
    "uyva": "yuva444p",
    "ayuv64le": "yuva444p16le",
    "rgb24": "gbrp",
    "bgr24": "gbrp",
    "rgb0": "gbrp",
    "bgr0": "gbrp",
    "0rgb": "gbrp",
    "0bgr": "gbrp",
    "rgba": "gbrap",
    "bgra": "gbrap",
    "argb": "gbrap",
    "abgr": "gbrap",
    "pal8": "gbrap",
    "x2rgb10le": "gbrp10le",
    "x2bgr10le": "gbrp10le",
    "rgb48le": "gbrp16le",
    "bgr48le": "gbrp16le",
    "rgba64le": "gbrap16le",
    "bgra64le": "gbrap16le",
    "ya8": "gbrap",
    "ya16le": "gbrap16le",
    "monow": "gray",
    "monob": "gray",
}


@dataclass(frozen=True)
class Layout:
    """What the planes of a planar pixel format hold.

    Attributes:
        name: ffmpeg's name of the pixel format.
        family: yuv (Y, Cb, Cr), rgb (G, B, R, as ffmpeg orders them) or grey (Y).
        bits: of a sample: 8 to 16, of float 16 or 32.
        alpha: whether the last plane is alpha.
        shift_x, shift_y: log2 of the chroma subsampling.
        full: whether the format's name says full range (yuvj).
        float: whether samples are floating point: nominal 0..1, with whatever lies outside it.
    """

    name: str
    family: Family
    bits: int
    alpha: bool
    shift_x: int = 0
    shift_y: int = 0
    full: bool = False
    float: bool = False

    @property
    def top(self) -> int:
        """The greatest code of an integer sample; of float the code of white."""
        return 1 if self.float else (1 << self.bits) - 1

    @property
    def dtype(self) -> torch.dtype:
        """Of the tensors that hold its planes."""
        import torch

        if self.float:
            return torch.float16 if self.bits == 16 else torch.float32
        return torch.uint8 if self.bits <= 8 else torch.uint16

    @property
    def colours(self) -> int:
        """Planes without alpha."""
        return 1 if self.family == "grey" else 3

    @property
    def chroma(self) -> str:
        """`4:2:0`, `RGB`, `grey`: for people."""
        if self.family != "yuv":
            return {"rgb": "RGB", "grey": "grey"}[self.family]
        name = next(key for key, shift in _SHIFTS.items() if shift == (self.shift_x, self.shift_y))
        return ":".join(name)

    def shapes(self, width: int, height: int) -> tuple[tuple[int, int], ...]:
        """(rows, columns) of every plane; subsampled sides are rounded up."""
        luma = (height, width)
        chroma = (-(-height >> self.shift_y), -(-width >> self.shift_x))
        colours = (luma, chroma, chroma) if self.family == "yuv" else (luma,) * self.colours
        return (*colours, luma) if self.alpha else colours


@dataclass(frozen=True)
class Coding:
    """All that gives the code values of a picture their meaning.

    Attributes:
        matrix: the integer code of ITU-T H.273, never 2 (unspecified): guessed where untagged.
        siting: where subsampled chroma lies.
        premultiplied: whether alpha is multiplied into the colours.
    """

    layout: Layout
    width: int
    height: int
    full: bool
    matrix: int
    siting: Siting = SITINGS["left"]
    premultiplied: bool = False

    def field(self, which: int) -> Coding:
        """The coding of every second line, from line 0 or 1 on, as a picture of its own.

        Chroma lines of an interlaced 4:2:0 picture belong to the fields in turn, and lie at 1/4
        and 3/4 of the field's own lines (ITU-T H.262, figure 6-2).
        """
        y = {0.5: (0.25, 0.75)}.get(self.siting.y, (self.siting.y,) * 2)[which]
        return replace(self, height=(self.height + 1 - which) // 2, siting=Siting(self.siting.x, y))


def guess_matrix(family: Family, height: int) -> int:
    """The matrix players assume for an untagged picture: BT.709 from 720 lines up, else 601."""
    if family == "rgb":
        return RGB_MATRIX
    return 1 if height >= 720 else 6


@cache
def layout(pixel_format: str) -> Layout:
    """The layout of a pixel format; of a packed one, that of its planar equivalent.

    Raises:
        MediaError: a pixel format without such planes (hardware, Bayer, packed float).
    """
    name = planar(pixel_format)
    match = _NAMED.fullmatch(name)
    if match is None or (match["yuv"] and match["float"]):
        raise MediaError(
            f"The pixel format {pixel_format} is not handled.",
            "Its samples are neither integers of up to 16 bits in RGB, YUV or grey "
            "nor planes of floating point in RGB or grey.",
            "Convert the medium to ProRes, DNxHR or FFV1 and relink the edit to it.",
        )
    kind = match["yuv"] or match["other"]
    shift_x, shift_y = _SHIFTS[match["chroma"] or "444"]
    families: dict[str, Family] = {"gbrp": "rgb", "gbrap": "rgb", "gray": "grey"}
    return Layout(
        name=name,
        family=families.get(kind, "yuv"),
        bits=int(match["float"] or match["bits"] or 8),
        alpha=kind in ("yuva", "gbrap"),
        shift_x=shift_x,
        shift_y=shift_y,
        full=kind == "yuvj",
        float=match["float"] is not None,
    )


def planar(pixel_format: str) -> str:
    """The little-endian planar pixel format that holds the same code values."""
    # swscale, which would swap the bytes, clamps float to 0..1 or aborts.
    swapped = pixel_format.endswith("be") and "f" not in pixel_format
    little = pixel_format[:-2] + "le" if swapped else pixel_format
    return _PLANAR.get(little, little)


def planes(frame: av.VideoFrame) -> list[Tensor]:
    """The planes of a frame, `[rows, columns]` each, of the layout's dtype.

    Planar frames are viewed, not copied: the tensors keep the frame's memory alive and must not
    be written to. Other frames first become planar by a reordering that keeps every code.
    """
    import torch

    wanted = layout(frame.format.name)
    if frame.format.name != wanted.name:
        frame = frame.reformat(format=wanted.name)
    dtype = wanted.dtype
    views = []
    for plane, (rows, columns) in zip(
        frame.planes, wanted.shapes(frame.width, frame.height), strict=True
    ):
        flat = torch.frombuffer(plane, dtype=dtype)
        views.append(flat.as_strided((rows, columns), (plane.line_size // dtype.itemsize, 1)))
    return views


@contextmanager
def one_thread() -> Iterator[None]:
    """Tensor operations on this thread alone.

    Planes are moved at the speed of memory: more threads gain nothing, and waiting for each
    other beside busy decoders and networks they take ten times as long.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def frame_of(tensors: Sequence[Tensor], pixel_format: str) -> av.VideoFrame:
    """A new frame with a copy of planes such as `planes` gives, for a planar pixel format."""
    import av

    height, width = tensors[0].shape
    frame = av.VideoFrame(width, height, pixel_format)
    with one_thread():
        for view, tensor in zip(planes(frame), tensors, strict=True):
            view.copy_(tensor)
    return frame
