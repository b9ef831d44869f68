"""How integer planes stand for a picture, and `av.VideoFrame`s as tensors without copies in."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from opticals.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import av
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

_NAMED = re.compile(r"(yuvj|yuva|yuv|gbrp|gbrap|gray)(444|440|422|420|411|410)?p?(\d{1,2})?(?:le)?")
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
    "xv30le": "yuv444p10le",
    "xv36le": "yuv444p12le",
    "vuyx": "yuv444p",
    "vuya": "yuva444p",
    "ayuv": "yuva444p",
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
    "rgb48be": "gbrp16le",
    "bgr48le": "gbrp16le",
    "bgr48be": "gbrp16le",
    "rgba64le": "gbrap16le",
    "rgba64be": "gbrap16le",
    "bgra64le": "gbrap16le",
    "bgra64be": "gbrap16le",
    "ya8": "gbrap",
    "ya16le": "gbrap16le",
    "ya16be": "gbrap16le",
    "monow": "gray",
    "monob": "gray",
}


@dataclass(frozen=True)
class Layout:
    """What the planes of a planar pixel format hold.

    Attributes:
        name: ffmpeg's name of the pixel format.
        family: yuv (Y, Cb, Cr), rgb (G, B, R, as ffmpeg orders them) or grey (Y).
        bits: of a sample.
        alpha: whether the last plane is alpha.
        shift_x, shift_y: log2 of the chroma subsampling.
        full: whether the format's name says full range (yuvj).
    """

    name: str
    family: Family
    bits: int
    alpha: bool
    shift_x: int = 0
    shift_y: int = 0
    full: bool = False

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


def guess_matrix(family: Family, height: int) -> int:
    """The matrix players assume for an untagged picture: BT.709 from 720 lines up, else 601."""
    if family == "rgb":
        return RGB_MATRIX
    return 1 if height >= 720 else 6


@cache
def layout(pixel_format: str) -> Layout:
    """The layout of a pixel format; of a packed one, that of its planar equivalent.

    Raises:
        MediaError: a pixel format that has no integer planes (hardware, Bayer, float).
    """
    name = planar(pixel_format)
    match = _NAMED.fullmatch(name)
    if match is None or ((match[2] is not None) != match[1].startswith("yuv")):
        raise MediaError(
            f"The pixel format {pixel_format} is not handled.",
            "Its samples are not integers of up to 16 bits in RGB, YUV or grey.",
            "Convert the medium to ProRes, DNxHR or FFV1 and relink the edit to it.",
        )
    kind, chroma, bits = match[1], match[2], int(match[3] or 8)
    shift_x, shift_y = _SHIFTS[chroma or "444"]
    families: dict[str, Family] = {"gbrp": "rgb", "gbrap": "rgb", "gray": "grey"}
    return Layout(
        name=name,
        family=families.get(kind, "yuv"),
        bits=bits,
        alpha=kind in ("yuva", "gbrap"),
        shift_x=shift_x,
        shift_y=shift_y,
        full=kind == "yuvj",
    )


def planar(pixel_format: str) -> str:
    """The little-endian planar pixel format that holds the same code values."""
    name = _PLANAR.get(pixel_format, pixel_format)
    return name[:-2] + "le" if name.endswith("be") else name


def planes(frame: av.VideoFrame) -> list[Tensor]:
    """The planes of a frame, `[rows, columns]` each, uint8 or uint16.

    Planar frames are viewed, not copied: the tensors keep the frame's memory alive and must not
    be written to. Other frames first become planar by a reordering that keeps every code.
    """
    import torch

    wanted = layout(frame.format.name)
    if frame.format.name != wanted.name:
        frame = frame.reformat(format=wanted.name)
    views = []
    for plane, (rows, columns) in zip(
        frame.planes, wanted.shapes(frame.width, frame.height), strict=True
    ):
        dtype, size = (torch.uint8, 1) if wanted.bits <= 8 else (torch.uint16, 2)
        flat = torch.frombuffer(plane, dtype=dtype)
        views.append(flat.as_strided((rows, columns), (plane.line_size // size, 1)))
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
