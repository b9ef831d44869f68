"""The formats that a render can be written in, the containers they go in, and the programs that
read them: tables alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from opticals.media.colour.planes import layout

if TYPE_CHECKING:
    from collections.abc import Mapping

BT709_MATRIX = 1


@dataclass(frozen=True)
class Container:
    """A file that holds encoded pictures.

    Attributes:
        muxer: libav's name of it, "" of what libav does not write; suffix: of its files' names.
        rates: those it can say; empty: every one.
        interlaced: whether it says the order of fields.
        same: tags for which it says another code that means the same: {"matrix": {6: 5}}.
        unsaid: tags for which it has no code.
        metadata: what is put before the name of a metadatum, for the container to keep it.
    """

    id: str
    label: str
    muxer: str
    suffix: str
    rates: tuple[Fraction, ...] = ()
    interlaced: bool = True
    same: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    unsaid: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    metadata: str = ""


_MXF_RATES = (
    *(Fraction(rate) for rate in (24, 25, 30, 48, 50, 60)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60)),
)

CONTAINERS: dict[str, Container] = {
    one.id: one
    for one in (
        Container("mov", "QuickTime", "mov", ".mov"),
        Container("mp4", "MP4", "mp4", ".mp4"),
        Container("mkv", "Matroska", "matroska", ".mkv"),
        Container(
            "mxf",
            "MXF OP1a",
            "mxf",
            ".mxf",
            rates=_MXF_RATES,
            interlaced=False,
            # BT.601's and BT.709's transfer are one curve, both of BT.2020's too, and so are the
            # primaries and matrices of 625 and 525 lines where they have one label (SMPTE RP 224).
            same={"primaries": {7: 6}, "transfer": {6: 1, 15: 14}, "matrix": {6: 5}},
            unsaid={"primaries": (4, 8, 22), "transfer": (5, 13), "matrix": (4,)},
            metadata="comment_",
        ),
        # Numbered files, each a picture of its own.
        Container("exr", "OpenEXR files", "", ".exr"),
        Container("dpx", "DPX files", "", ".dpx"),
        Container("tiff", "TIFF files", "", ".tif"),
        Container("png", "PNG files", "", ".png"),
    )
}
_PICTURES = Container("zip", "encoded pictures", "", ".zip")


@dataclass(frozen=True)
class Format:
    """One way to write a render.

    Attributes:
        encoder: libav's name of it; options: what is set on it; options_below_16: beside them
            for pictures with a side of less than 16 pixels.
        alpha_encoder: the one for pictures with alpha, where it is another.
        pixel_formats: those it takes, of which the nearest to the source's is used.
        containers: those it can be in, the usual one first.
        square_in: containers in which nothing says the shape of its pixels.
        rangeless_in: containers in which nothing says the range of its codes.
        video_range: whether the codec knows video range alone.
        untagged_range: what its file says of the range of an untagged picture.
        tags_together: whether its file can say all colour tags or none.
        matrices: the ones that its own header always says; others are converted to the first.
        says: codes that its own header has, of primaries, transfer and matrix, where it has not
            all; players believe it before the container.
        packed: what the encoder is given for planes that it does not take apart.
        siting: whether its header says where chroma lies; hdr: the encoder's option that takes
            HDR metadata, if it has one.
        interlaced: whether it codes both fields of a frame apart.
        smallest, largest: sides of the picture that the encoder takes.
        width_step: what the width must be a multiple of.
        whole_chroma: whether sides must be multiples of the chroma subsampling.
        lossless: whether a file keeps every code value.
        intra: whether every packet is decoded on its own.
        independent: whether a packet depends on nothing but its own frame, to the last bit.
        reorder: by how many frames packets may come before the one shown at their place.
        threads: the number that the bits depend on; 0: on none.
    """

    id: str
    label: str
    encoder: str
    options: Mapping[str, str]
    pixel_formats: tuple[str, ...]
    containers: tuple[str, ...]
    options_below_16: Mapping[str, str] = field(default_factory=dict)
    alpha_encoder: str = ""
    square_in: tuple[str, ...] = ()
    rangeless_in: tuple[str, ...] = ()
    video_range: bool = False
    untagged_range: int = 0
    tags_together: bool = False
    matrices: tuple[int, ...] = ()
    says: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    packed: Mapping[str, str] = field(default_factory=dict)
    siting: bool = False
    hdr: str = ""
    interlaced: bool = False
    smallest: tuple[int, int] = (16, 16)
    largest: tuple[int, int] = (16384, 16384)
    width_step: int = 1
    whole_chroma: bool = False
    lossless: bool = False
    intra: bool = True
    independent: bool = False
    reorder: int = 0
    threads: int = 0

    @property
    def sequence(self) -> bool:
        """Whether it is numbered files (see `sequence.writing`)."""
        return not CONTAINERS[self.containers[0]].muxer

    @property
    def segment(self) -> Container:
        """What its segments are kept in: the first of its containers with exact times."""
        if self.sequence:
            return _PICTURES
        exact = (name for name in self.containers if name in ("mov", "mp4"))
        return CONTAINERS[next(exact, self.containers[0])]

    @property
    def suffix(self) -> str:
        """Of the usual container."""
        return CONTAINERS[self.containers[0]].suffix

    @property
    def alpha(self) -> bool:
        return any(layout(name).alpha for name in self.pixel_formats)


# SMPTE RDD 36, tables 5 to 7. What is not there reads as "reserved", or as RGB.
_PRORES_SAYS = {
    "primaries": (1, 5, 6, 9, 11, 12),
    "transfer": (1, 16, 18),
    "matrix": (1, 6, 9),
}


def _prores(id: str, label: str, profile: int, encoder: str, *pixel_formats: str) -> Format:
    """ProRes by one of libav's encoders.

    `prores_ks` keeps to the data rates that the small profiles are chosen for. `prores` is ten
    times as fast and 6 to 14 dB truer at twice the size: for those chosen for quality. But it
    fills alpha to 12 bits with zeros, and opaque would read as 4092 of 4095.
    """
    return Format(
        id,
        label,
        encoder,
        {"profile": str(profile), "vendor": "apl0"},
        pixel_formats,
        ("mov", "mxf", "mkv"),
        alpha_encoder="prores_ks",
        square_in=("mkv",),
        video_range=True,
        untagged_range=1,
        interlaced=True,
        independent=True,
        says=_PRORES_SAYS,
        width_step=2,
    )


def _dnxhr(id: str, label: str, pixel_format: str, rangeless_in: tuple[str, ...] = ()) -> Format:
    """DNxHR. Its header always says BT.709, and players believe it before the container.

    RGB is not written: its header has the range wrong.
    """
    return Format(
        id,
        label,
        "dnxhd",
        {"profile": id},
        (pixel_format,),
        ("mov", "mxf"),
        square_in=("mxf",),
        rangeless_in=rangeless_in,
        video_range=True,
        untagged_range=1,
        tags_together=True,
        matrices=(BT709_MATRIX,),
        independent=True,
        smallest=(256, 120),
    )


def _delivery(id: str, label: str, options: Mapping[str, str], *pixel_formats: str) -> Format:
    """H.264 and H.265 by x264 and x265."""
    h264 = id.startswith("h264")
    return Format(
        id,
        label,
        "libx264" if h264 else "libx265",
        {"preset": "medium", "crf": "16", **options},
        pixel_formats,
        ("mp4", "mov", "mkv"),
        untagged_range=0 if h264 else 1,
        siting=True,
        hdr="x264-params" if h264 else "x265-params",
        # x265 takes single fields alone for its interlaced coding.
        interlaced=h264,
        whole_chroma=True,
        intra=False,
        reorder=2,
        # x264 gives other bits for other numbers of threads; x265 for other numbers of frames at
        # once, which its options fix.
        threads=1 if h264 else 0,
    )


_X264 = {"g": "48"}
_X265 = {
    # Its information would name the number of cores in the file.
    "x265-params": "log-level=none:info=0:frame-threads=1:open-gop=0:keyint=48"
}

_DEPTHS = ("", "10le", "12le", "14le", "16le")
_FFV1 = (
    *(f"yuv{chroma}p{bits}" for chroma in ("420", "422", "444") for bits in _DEPTHS),
    *(f"yuva{chroma}p{b}" for chroma in ("420", "422", "444") for b in _DEPTHS if b != "14le"),
    *("yuv410p", "yuv411p", "yuv440p", "yuv440p10le", "yuv440p12le"),
    *(f"yuv{chroma}p9le" for chroma in ("420", "422", "444")),
    *(f"{kind}{bits}" for kind in ("gbrp", "gbrap") for bits in _DEPTHS),
    *(f"gray{bits}" for bits in _DEPTHS),
)


def _sequence(id: str, label: str, *pixel_formats: str) -> Format:
    """Numbered picture files, by OpenImageIO."""
    return Format(
        id,
        label,
        "",
        {},
        pixel_formats,
        (id,),
        smallest=(1, 1),
        largest=(65536, 65536),
        lossless=True,
    )


_INTEGERS = ("gbrp", "gbrp16le", "gbrap", "gbrap16le", "gray", "gray16le")
_SINGLES = ("gbrpf32le", "gbrapf32le", "grayf32le")
_HALVES = ("gbrpf16le", "gbrapf16le", "grayf16le")
# OpenImageIO confuses the words of 10-bit RGBA.
_DPX = tuple(
    f"{kind}{bits}"
    for kind in ("gbrp", "gbrap", "gray")
    for bits in ("", "10le", "12le", "16le")
    if (kind, bits) != ("gbrap", "10le")
)

FORMATS: dict[str, Format] = {
    one.id: one
    for one in (
        _prores("prores_proxy", "ProRes 422 Proxy", 0, "prores_ks", "yuv422p10le"),
        _prores("prores_lt", "ProRes 422 LT", 1, "prores_ks", "yuv422p10le"),
        _prores("prores_422", "ProRes 422", 2, "prores_ks", "yuv422p10le"),
        _prores("prores_hq", "ProRes 422 HQ (10 bit)", 3, "prores", "yuv422p10le"),
        _prores(
            "prores_4444",
            "ProRes 4444 (10 bit, alpha)",
            4,
            "prores",
            *("yuv444p10le", "yuva444p10le"),
        ),
        _prores(
            "prores_4444xq",
            "ProRes 4444 XQ (10 bit, alpha)",
            5,
            "prores",
            *("yuv444p10le", "yuva444p10le"),
        ),
        _dnxhr("dnxhr_lb", "DNxHR LB (8 bit)", "yuv422p"),
        _dnxhr("dnxhr_sq", "DNxHR SQ (8 bit)", "yuv422p"),
        _dnxhr("dnxhr_hq", "DNxHR HQ (8 bit)", "yuv422p"),
        _dnxhr("dnxhr_hqx", "DNxHR HQX (10 bit)", "yuv422p10le"),
        _dnxhr("dnxhr_444", "DNxHR 444 (10 bit)", "yuv444p10le", rangeless_in=("mxf",)),
        Format(
            "cineform",
            "CineForm (RGB to 12 bit, alpha)",
            "cfhd",
            {"quality": "film1"},
            ("yuv422p10le", "gbrp12le", "gbrap12le"),
            ("mov",),
            rangeless_in=("mov",),
            video_range=True,
            tags_together=True,
            smallest=(64, 32),
            width_step=32,
        ),
        Format(
            "ffv1",
            "FFV1 (lossless, to 16 bit, alpha)",
            "ffv1",
            {"level": "3", "g": "1", "slicecrc": "1", "slices": "16"},
            _FFV1,
            ("mp4", "mkv"),  # MOV has no place for it, and Matroska none for an exact rate
            options_below_16={"slices": "1"},  # each needs a sample of every plane
            square_in=("mkv",),
            tags_together=True,
            packed={"gbrp": "bgr0", "gbrap": "bgra"},
            interlaced=True,
            smallest=(1, 1),
            lossless=True,
            independent=True,
            whole_chroma=True,
        ),
        _delivery("h264", "H.264 (8 bit, for review)", _X264, "yuv420p"),
        _delivery("h264_10", "H.264 (10 bit)", _X264, "yuv420p10le", "yuv422p10le"),
        _delivery("h265", "H.265 (8 bit, for review)", _X265, "yuv420p"),
        _delivery("h265_10", "H.265 (10 bit)", _X265, "yuv420p10le", "yuv422p10le", "yuv444p10le"),
        _sequence("exr", "OpenEXR sequence (float, alpha)", *_HALVES, *_SINGLES),
        _sequence("dpx", "DPX sequence (to 16 bit)", *_DPX),
        _sequence("tiff", "TIFF sequence (to float, alpha)", *_INTEGERS, *_SINGLES),
        _sequence("png", "PNG sequence (to 16 bit, alpha)", *_INTEGERS),
    )
}

# Chooses by the source: a mezzanine that keeps as much of it as editing programs read.
AUTO = "auto"
DEFAULT_FORMAT = AUTO
# All that can be asked for, and what it is called.
CHOICES: dict[str, str] = {
    AUTO: "Automatic (as deep as the source)",
    **{one.id: one.label for one in FORMATS.values()},
}


@dataclass(frozen=True)
class Target:
    """A program that renders are made for.

    Attributes:
        premultiplied: whether it takes the alpha of a film as multiplied into the colours, if
            nobody tells it otherwise.
        cineform: whether it reads CineForm.
        source: where that is said.
    """

    id: str
    label: str
    premultiplied: bool
    cineform: bool
    source: str


TARGETS: dict[str, Target] = {
    one.id: one
    for one in (
        Target("generic", "Any program", False, True, "what ffmpeg's filters take alpha for"),
        Target("resolve", "DaVinci Resolve", True, True, "Clip Attributes, Alpha Mode"),
        Target("premiere", "Premiere Pro", False, True, "Interpret Footage, Premultiplied Alpha"),
        Target("avid", "Media Composer", False, False, "matte keys are straight unless ticked"),
        Target("fcp", "Final Cut Pro", True, False, "Info inspector, Alpha Handling"),
        Target("kdenlive", "Kdenlive", False, True, "MLT's images are straight"),
        Target("openrv", "OpenRV", True, True, "its over takes premultiplied sources"),
        Target("blender", "Blender", False, True, "MovieStrip.alpha_mode is STRAIGHT"),
    )
}
