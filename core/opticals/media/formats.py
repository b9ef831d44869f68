"""The formats a render can be written in, and what each of them can hold."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opticals.errors import FormatError
from opticals.media.facts import Media, Tags
from opticals.media.planes import (
    FULL_RANGE,
    RGB_MATRIX,
    SITINGS,
    UNTAGGED,
    VIDEO_RANGE,
    Coding,
    Layout,
    guess_matrix,
    layout,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BT709_MATRIX = 1
BT2020_PRIMARIES, BT2020_MATRIX = 9, 9
# The primaries and transfer that go with a matrix, where a file must say all three.
_USUAL = {RGB_MATRIX: (1, 13), 1: (1, 1), 4: (4, 4), 5: (5, 6), 6: (6, 6), 7: (7, 7), 9: (9, 14)}


@dataclass(frozen=True)
class Format:
    """One way to write a render.

    Attributes:
        encoder: libav's name of it; options: what is set on it.
        alpha_encoder: the one for pictures with alpha, where it is another.
        pixel_formats: those it takes, of which the nearest to the source's is used.
        video_range: whether the codec knows video range alone.
        tags_together: whether its file can say all colour tags or none.
        matrices: those that its own header can say; others are converted to the first.
        smallest, largest: sides of the picture that the encoder takes.
        even_width: whether the width must be even.
        whole_chroma: whether sides must be multiples of the chroma subsampling.
    """

    id: str
    label: str
    suffix: str
    encoder: str
    options: Mapping[str, str]
    pixel_formats: tuple[str, ...]
    alpha_encoder: str = ""
    video_range: bool = True
    tags_together: bool = False
    matrices: tuple[int, ...] = ()
    smallest: tuple[int, int] = (16, 16)
    largest: tuple[int, int] = (16384, 16384)
    even_width: bool = False
    whole_chroma: bool = False
    threads: int = 0

    @property
    def container(self) -> str:
        return self.suffix.removeprefix(".")

    @property
    def alpha(self) -> bool:
        return any(layout(name).alpha for name in self.pixel_formats)


_DEPTHS = ("", "10le", "12le", "14le", "16le")
_FFV1 = (
    *(f"yuv{chroma}p{bits}" for chroma in ("420", "422", "444") for bits in _DEPTHS),
    *(f"yuva{chroma}p{b}" for chroma in ("420", "422", "444") for b in _DEPTHS if b != "14le"),
    *("yuv410p", "yuv411p", "yuv440p", "yuv440p10le", "yuv440p12le"),
    *(f"yuv{chroma}p9le" for chroma in ("420", "422", "444")),
    *(f"{kind}{bits}" for kind in ("gbrp", "gbrap") for bits in _DEPTHS[1:]),
    *(f"gray{bits}" for bits in _DEPTHS),
)

DEFAULT_FORMAT = "prores_hq"
FORMATS: dict[str, Format] = {
    one.id: one
    for one in (
        Format(
            "prores_hq",
            "ProRes 422 HQ (10 bit)",
            ".mov",
            "prores",
            {"profile": "3", "vendor": "apl0"},
            ("yuv422p10le",),
            even_width=True,
        ),
        Format(
            "prores_4444",
            "ProRes 4444 (10 bit, alpha)",
            ".mov",
            "prores",
            {"profile": "4", "vendor": "apl0"},
            ("yuv444p10le", "yuva444p10le"),
            # `prores` is faster and truer, but fills alpha to 12 bits with zeros: opaque would
            # read as 4092 of 4095.
            alpha_encoder="prores_ks",
            even_width=True,
        ),
        Format(
            "dnxhr_hqx",
            "DNxHR HQX (10 bit)",
            ".mov",
            "dnxhd",
            {"profile": "dnxhr_hqx"},
            ("yuv422p10le",),
            # Its header always says BT.709, and players believe it before the container.
            matrices=(BT709_MATRIX,),
            smallest=(256, 120),
        ),
        Format(
            "ffv1",
            "FFV1 (lossless, to 16 bit, alpha)",
            ".mp4",  # MOV has no place for it, Matroska none for an exact rate
            "ffv1",
            {"level": "3", "g": "1", "slicecrc": "1", "slices": "16"},
            _FFV1,
            video_range=False,
            tags_together=True,
            whole_chroma=True,
        ),
        Format(
            "h264",
            "H.264 (for review)",
            ".mp4",
            "libx264",
            {"preset": "medium", "crf": "16", "g": "48"},
            ("yuv420p", "yuv420p10le"),
            video_range=False,
            whole_chroma=True,
            # x264 gives other bits for other numbers of threads.
            threads=1,
        ),
    )
}


@dataclass(frozen=True)
class Encoding:
    """Everything that defines the encoded bits of a picture; its JSON can be hashed.

    Attributes:
        matrix: the one the code values are made with, where `tags` leaves it unsaid too.
        losses: what the source has and this cannot hold, in words.
    """

    format: str
    encoder: str
    options: Mapping[str, str]
    container: str
    pixel_format: str
    width: int
    height: int
    pixel_aspect: Fraction
    rate: Fraction
    tags: Tags
    matrix: int
    siting: str
    threads: int
    losses: tuple[str, ...] = ()

    @property
    def coding(self) -> Coding:
        """What the code values mean that the encoder is given."""
        kind = layout(self.pixel_format)
        full = kind.family == "rgb" or self.tags.range == FULL_RANGE
        return Coding(kind, self.width, self.height, full, self.matrix, SITINGS[self.siting])

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["pixel_aspect"], data["rate"] = str(self.pixel_aspect), str(self.rate)
        return data

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Encoding:
        values = dict(data)
        values["pixel_aspect"] = Fraction(values["pixel_aspect"])
        values["rate"] = Fraction(values["rate"])
        values["tags"] = Tags(**values["tags"])
        values["losses"] = tuple(values["losses"])
        return Encoding(**values)


def choose(
    format_id: str, media: Media, *, width: int, height: int, alpha: bool = False
) -> Encoding:
    """How a render of `media`, `width` x `height`, is written in a format.

    Raises:
        FormatError: there is no such format, or it cannot carry alpha or hold this size.
    """
    if format_id not in FORMATS:
        raise FormatError(
            f"There is no format “{format_id}”.", remedy=f"There are: {', '.join(FORMATS)}."
        )
    chosen = FORMATS[format_id]
    alpha = alpha or media.alpha
    if alpha and not chosen.alpha:
        able = ", ".join(one.id for one in FORMATS.values() if one.alpha)
        raise FormatError(
            f"{chosen.label} cannot carry the alpha of this render.",
            "The codec has no alpha channel.",
            f"Choose one of: {able}.",
        )
    source = layout(media.pixel_format)
    kind = _nearest(source, alpha, _fitting(chosen, width, height))
    matrix = _matrix(media, source, kind, height)
    forced = bool(chosen.matrices) and matrix not in chosen.matrices
    if forced:
        matrix = chosen.matrices[0]
    full = media.coding.full and not chosen.video_range
    return Encoding(
        format=chosen.id,
        encoder=(kind.alpha and chosen.alpha_encoder) or chosen.encoder,
        options=dict(chosen.options),
        container=chosen.container,
        pixel_format=kind.name,
        width=width,
        height=height,
        pixel_aspect=media.pixel_aspect,
        rate=media.rate,
        tags=_tags(media, kind, chosen, matrix, full),
        matrix=matrix,
        # Codes of one layout are handed on as they are, so they stay where they lie.
        siting=media.siting or "left" if source.shift_x == kind.shift_x else "left",
        threads=chosen.threads,
        losses=_losses(source, kind, squeezed=media.coding.full and not full, forced=forced),
    )


def _nearest(source: Layout, alpha: bool, kinds: Sequence[Layout]) -> Layout:
    """The pixel format that loses least, then the one that adds least."""

    def cost(kind: Layout) -> tuple[int, ...]:
        return (
            kind.alpha != alpha,
            kind.family != source.family,
            max(source.bits - kind.bits, 0),
            max(kind.shift_x - source.shift_x, 0) + max(kind.shift_y - source.shift_y, 0),
            max(source.shift_x - kind.shift_x, 0) + max(source.shift_y - kind.shift_y, 0),
            max(kind.bits - source.bits, 0),
        )

    return min(kinds, key=cost)


def _tags(media: Media, kind: Layout, chosen: Format, matrix: int, full: bool) -> Tags:
    """The source's tags, as far as they stay true; what is untagged stays so where it can."""
    tags = media.tags
    if chosen.matrices or kind.family != media.coding.layout.family:
        tags = replace(tags, matrix=matrix)
    if kind.family != "rgb":
        tags = replace(tags, range=_range(tags.range, chosen.video_range, full))
    if not chosen.tags_together:
        return tags
    if (tags.primaries, tags.transfer) == (UNTAGGED, UNTAGGED) and (
        kind.family == "rgb" or (tags.matrix == UNTAGGED and not full)
    ):
        return replace(tags, range=0)
    primaries, transfer = _USUAL[matrix]
    return Tags(
        range=tags.range,
        primaries=primaries if tags.primaries == UNTAGGED else tags.primaries,
        transfer=transfer if tags.transfer == UNTAGGED else tags.transfer,
        matrix=matrix,
    )


def _range(tag: int, video_range: bool, full: bool) -> int:
    if video_range:
        return VIDEO_RANGE
    return FULL_RANGE if full else tag


def _matrix(media: Media, source: Layout, kind: Layout, height: int) -> int:
    if kind.family == "rgb":
        return RGB_MATRIX
    if source.family == "rgb":
        if media.tags.primaries == BT2020_PRIMARIES:
            return BT2020_MATRIX
        return guess_matrix(kind.family, height)
    if media.tags.matrix in (UNTAGGED, RGB_MATRIX):
        return guess_matrix(kind.family, height)
    return media.tags.matrix


def _losses(source: Layout, kind: Layout, *, squeezed: bool, forced: bool) -> tuple[str, ...]:
    losses = []
    if kind.bits < source.bits:
        losses.append(f"{source.bits} bits become {kind.bits}")
    if source.family == "rgb" and kind.family == "yuv":
        losses.append(f"RGB becomes YUV {kind.chroma}")
    elif source.family == "yuv" and (
        kind.shift_x > source.shift_x or kind.shift_y > source.shift_y
    ):
        losses.append(f"chroma {source.chroma} becomes {kind.chroma}")
    if forced and source.family != "rgb":
        losses.append("the colour matrix becomes BT.709")
    if squeezed and source.family != "rgb":
        losses.append("full range becomes video range")
    return tuple(losses)


def _fitting(chosen: Format, width: int, height: int) -> list[Layout]:
    """The format's layouts that can hold a picture of this size."""
    (least_x, least_y), (most_x, most_y) = chosen.smallest, chosen.largest
    if not (least_x <= width <= most_x and least_y <= height <= most_y):
        why = f"It goes from {least_x}x{least_y} to {most_x}x{most_y}."
    elif chosen.even_width and width % 2:
        why = "It needs an even width."
    else:
        kinds = [layout(name) for name in chosen.pixel_formats]
        fitting = [
            kind
            for kind in kinds
            if not (
                chosen.whole_chroma
                and (width % (1 << kind.shift_x) or height % (1 << kind.shift_y))
            )
        ]
        if fitting:
            return fitting
        why = f"Its {kinds[0].chroma} chroma needs even sides."
    raise FormatError(
        f"{chosen.label} cannot hold a picture of {width}x{height}.",
        why,
        "Choose another format (ffv1 holds every size), or another size.",
    )
