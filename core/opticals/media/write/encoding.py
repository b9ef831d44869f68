"""How a render of a medium is encoded: a format's settings chosen by the source."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opticals.errors import FormatError
from opticals.media.colour.planes import (
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
from opticals.media.facts import Hdr, Media, Pictures, Tags
from opticals.media.words import PRIMARIES, TRANSFERS
from opticals.media.write.formats import AUTO, CONTAINERS, FORMATS, TARGETS, Format
from opticals.media.write.holding import fitting, refuse_unheld, those, unfit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BT2020_PRIMARIES, BT2020_MATRIX = 9, 9
LINEAR = 8
# The primaries and transfer that go with a matrix, where a file must say all three.
_USUAL = {RGB_MATRIX: (1, 13), 1: (1, 1), 4: (4, 4), 5: (5, 6), 6: (6, 6), 7: (7, 7), 9: (9, 14)}
_USUAL[8] = _USUAL[1]
# Codes that mean what another does: one formula, one curve (BT.601-7, BT.709-6 and BT.2020-2
# share theirs), one set of primaries.
_EQUAL = {"primaries": {7: 6}, "transfer": {6: 1, 14: 1, 15: 1}, "matrix": {5: 6}}
_NAMES = {"primaries": PRIMARIES, "transfer": TRANSFERS}


@dataclass(frozen=True)
class Encoding:
    """Everything that defines the encoded bits of a picture, and the container they go in.

    Attributes:
        container: an id of `CONTAINERS`, for the finished file; segments have their own.
        tags: what the encoder is told; see `stated` for what the file says then.
        matrix: the one the code values are made with, where `tags` leaves it unsaid too.
        siting: a name of `SITINGS`.
        field_order: "progressive", "top" or "bottom", the field shown first.
        premultiplied: whether alpha is multiplied into the colours.
        hdr: what the file carries of it.
        pictures: what the files of a sequence say.
        pictures: of a sequence, how its files are written.
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
    field_order: str = "progressive"
    premultiplied: bool = False
    hdr: Hdr | None = None
    pictures: Pictures | None = None
    losses: tuple[str, ...] = ()

    @property
    def coding(self) -> Coding:
        """What the code values mean that the encoder is given."""
        kind = layout(self.pixel_format)
        full = kind.family == "rgb" or self.tags.range == FULL_RANGE
        return Coding(
            kind,
            self.width,
            self.height,
            full,
            self.matrix,
            SITINGS[self.siting],
            self.premultiplied,
        )

    @property
    def stated(self) -> Tags:
        """The tags that the finished file has: its container may have other codes for them."""
        same = CONTAINERS[self.container].same
        tags = Tags(**{k: same.get(k, {}).get(v, v) for k, v in asdict(self.tags).items()})
        if self.container in FORMATS[self.format].rangeless_in:
            return replace(tags, range=0)
        return tags

    @property
    def stated_siting(self) -> str:
        """Where the file says that chroma lies; "" where it does not say."""
        kind = self.coding.layout
        halved = (kind.shift_x, kind.shift_y) == (1, 1)
        return self.siting if FORMATS[self.format].siting and halved else ""

    @property
    def alpha(self) -> str:
        """The word for the alpha in a file's name: straight or premult; "" without any."""
        if not self.coding.layout.alpha:
            return ""
        return "premult" if self.premultiplied else "straight"

    @property
    def suffix(self) -> str:
        """Of the finished file; of a sequence with the place of the number (`.%08d.exr`)."""
        number = "" if self.pictures is None else f".%0{self.pictures.digits}d"
        return number + CONTAINERS[self.container].suffix

    @property
    def segment_suffix(self) -> str:
        return FORMATS[self.format].segment.suffix

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["pixel_aspect"], data["rate"] = str(self.pixel_aspect), str(self.rate)
        return data

    def bits(self) -> dict[str, Any]:
        """What a segment's bits depend on, as JSON that can be hashed."""
        data = self.to_json()
        del data["container"], data["losses"]
        return data

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Encoding:
        values = dict(data)
        values["pixel_aspect"] = Fraction(values["pixel_aspect"])
        values["rate"] = Fraction(values["rate"])
        values["tags"] = Tags(**values["tags"])
        if values["hdr"] is not None:
            values["hdr"] = Hdr(**{key: tuple(one) for key, one in values["hdr"].items()})
        if values["pictures"] is not None:
            values["pictures"] = Pictures.from_json(values["pictures"])
        values["losses"] = tuple(values["losses"])
        return Encoding(**values)


def choose(
    format_id: str,
    media: Media,
    *,
    width: int,
    height: int,
    alpha: bool = False,
    container: str = "",
    target: str = "generic",
    field_order: str = "progressive",
) -> Encoding:
    """How a render of `media`, `width` x `height`, is written in a format.

    Args:
        format_id: of `FORMATS`, or `AUTO`.
        alpha: whether the render has alpha though the medium has none.
        container: of `CONTAINERS`; "" is the format's usual one.
        target: of `TARGETS`: the program that will read it.
        field_order: "progressive", or that of the fields which the frames hold.

    Raises:
        FormatError: there is no such format, container or target, or they cannot hold this.
    """
    alpha = alpha or media.alpha
    if target not in TARGETS:
        raise FormatError(
            f"There is no target “{target}”.", remedy=f"There are: {', '.join(TARGETS)}."
        )
    if format_id == AUTO:
        format_id = _mezzanine(media, alpha, width, height, target, field_order)
    if format_id not in FORMATS:
        raise FormatError(
            f"There is no format “{format_id}”.",
            remedy=f"There are: {AUTO}, {', '.join(FORMATS)}.",
        )
    chosen = FORMATS[format_id]
    if alpha and not chosen.alpha:
        raise FormatError(
            f"{chosen.label} cannot carry the alpha of this render.",
            "The codec has no alpha channel.",
            f"Choose one of: {those(lambda one: one.alpha)}.",
        )
    if field_order != "progressive" and not chosen.interlaced:
        raise FormatError(
            f"{chosen.label} cannot keep the fields of interlaced pictures.",
            "It codes whole frames alone.",
            "Deinterlace (--fields deinterlace), or choose one of: "
            f"{those(lambda one: one.interlaced)}.",
        )
    source = layout(media.pixel_format)
    kinds = fitting(chosen, width, height, field_order)
    kind = _nearest(source, alpha, kinds)
    matrix = _matrix(media, source, kind, height)
    able = chosen.matrices or chosen.says.get("matrix", ())
    if matrix not in able:
        matrix = _EQUAL["matrix"].get(matrix, matrix)
    forced = kind.family != "rgb" and bool(able) and matrix not in able
    if forced:
        matrix = able[0]
    full = media.coding.full and source.family != "rgb" and not chosen.video_range
    siting = _siting(media, source, kind)
    hdr = media.hdr if chosen.hdr else None
    result = Encoding(
        format=chosen.id,
        encoder=(kind.alpha and chosen.alpha_encoder) or chosen.encoder,
        options=_options(chosen, hdr, min(width, height)),
        container=container or chosen.containers[0],
        pixel_format=kind.name,
        width=width,
        height=height,
        pixel_aspect=media.pixel_aspect,
        rate=media.rate,
        tags=_tags(media, kind, chosen, matrix, full),
        matrix=matrix,
        siting=siting,
        threads=chosen.threads,
        field_order=field_order,
        premultiplied=kind.alpha and TARGETS[target].premultiplied,
        hdr=hdr,
    )
    refuse_unheld(chosen, result)
    if chosen.sequence:
        result = _in_files(media, result)
    return replace(result, losses=_losses(media, source, result, forced=forced))


def _in_files(media: Media, result: Encoding) -> Encoding:
    """As a sequence: like the source's files where it is one of the same type."""
    from opticals.media.sequence.writing import described

    kind = result.coding.layout
    said, tags = described(result.format, media, result.width, result.height, kind)
    same = media.codec == result.format and media.premultiplied
    return replace(
        result,
        pictures=said,
        tags=tags,
        # OpenEXR's alpha is multiplied in, PNG's never; of TIFF either can be said.
        premultiplied=kind.alpha and (result.format == "exr" or same),
    )


def _mezzanine(
    media: Media, alpha: bool, width: int, height: int, target: str, field_order: str
) -> str:
    """The format that keeps most of the source of those that editing programs read.

    A sequence stays what it is. ProRes goes before DNxHR, which has no alpha and no fields;
    FFV1, which few programs read, holds what neither does.
    """
    kind = layout(media.pixel_format)
    if media.is_sequence:
        return media.codec if media.codec in FORMATS else "png"  # JPEG would lose once more
    rich = alpha or kind.family == "rgb" or (kind.family, kind.shift_x) == ("yuv", 0)
    names = ["prores_4444", "dnxhr_444", "ffv1"] if rich else ["prores_hq", "dnxhr_hqx", "ffv1"]
    if kind.family == "rgb" and kind.bits > 10 and TARGETS[target].cineform:
        names.insert(0, "cineform")
    for name in names:
        one = FORMATS[name]
        able = (one.alpha or not alpha) and (one.interlaced or field_order == "progressive")
        if able and not unfit(one, width, height):
            return name
    return names[-1]


def _nearest(source: Layout, alpha: bool, kinds: Sequence[Layout]) -> Layout:
    """The pixel format that loses least, then the one that adds least."""

    def cost(kind: Layout) -> tuple[int, ...]:
        return (
            kind.alpha != alpha,
            kind.family != source.family,
            source.float and not kind.float,
            max(_wanted(source, kind) - _precision(kind), 0),
            max(kind.shift_x - source.shift_x, 0) + max(kind.shift_y - source.shift_y, 0),
            max(source.shift_x - kind.shift_x, 0) + max(source.shift_y - kind.shift_y, 0),
            max(_precision(kind) - _wanted(source, kind), 0),
        )

    return min(kinds, key=cost)


def _precision(kind: Layout) -> int:
    """Bits that tell codes near white apart: of float those of its fraction and one."""
    return {16: 11, 32: 24}[kind.bits] if kind.float else kind.bits


def _wanted(source: Layout, kind: Layout) -> int:
    """Bits of precision that keep all of the source; darker float has no end of them."""
    return 16 if source.float and not kind.float else _precision(source)


def _tags(media: Media, kind: Layout, chosen: Format, matrix: int, full: bool) -> Tags:
    """The source's tags, as far as they stay true; what is untagged stays so where it can."""
    tags = _said(media.tags, chosen)
    rgb = kind.family == "rgb"
    source = media.coding.layout.family
    bare_grey = source == "grey" and tags.matrix == UNTAGGED  # it has no colours to mistake
    other = kind.family != source and not bare_grey
    if chosen.matrices or other or tags.matrix != media.tags.matrix:
        tags = replace(tags, matrix=matrix)
    if chosen.tags_together:
        # A codec that says its matrix itself needs no words of the container for it.
        bare = (tags.primaries, tags.transfer) == (UNTAGGED, UNTAGGED) and (
            rgb or bool(chosen.matrices) or (tags.matrix == UNTAGGED and not full)
        )
        if not bare:
            primaries, transfer = _USUAL[matrix]
            tags = Tags(
                tags.range,
                primaries if tags.primaries == UNTAGGED else tags.primaries,
                transfer if tags.transfer == UNTAGGED else tags.transfer,
                matrix,
            )
    untagged = (tags.primaries, tags.transfer) == (UNTAGGED, UNTAGGED) and (
        rgb or tags.matrix == UNTAGGED
    )
    if full or (rgb and not chosen.video_range and not untagged):
        return replace(tags, range=FULL_RANGE)
    if rgb:
        return replace(tags, range=0)
    return replace(tags, range=chosen.untagged_range if untagged else VIDEO_RANGE)


def _said(tags: Tags, chosen: Format) -> Tags:
    """The tags in codes that the codec's header has; those that it has not left unsaid."""
    found = asdict(tags)
    for name, able in chosen.says.items():
        if found[name] not in able:
            equal = _EQUAL[name].get(found[name], UNTAGGED)
            found[name] = equal if equal in able else UNTAGGED
    return Tags(**found)


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


def _siting(media: Media, source: Layout, kind: Layout) -> str:
    """Codes of one layout are handed on as they are, so they stay where they lie."""
    if source.shift_x != kind.shift_x:
        return "left"
    return next(name for name, place in SITINGS.items() if place == media.coding.siting)


def _options(chosen: Format, hdr: Hdr | None, side: int) -> dict[str, str]:
    """The format's, with what the encoder is to say of HDR: chromaticities in steps of 0.00002,
    luminance of 0.0001 cd/m2, as the SEI messages of H.264 and H.265 have them (D.2.29)."""
    options = dict(chosen.options)
    if side < 16:
        options |= chosen.options_below_16
    if hdr is None or not chosen.hdr:
        return options
    x265 = chosen.hdr == "x265-params"
    words = [options[chosen.hdr]] if chosen.hdr in options else []
    if hdr.primaries and hdr.luminance:
        red_x, red_y, green_x, green_y, blue_x, blue_y, white_x, white_y = (
            round(Fraction(one) * 50_000) for one in hdr.primaries
        )
        least, most = (round(Fraction(one) * 10_000) for one in hdr.luminance)
        words.append(
            ("master-display=" if x265 else "mastering-display=")
            + f"G({green_x},{green_y})B({blue_x},{blue_y})R({red_x},{red_y})"
            f"WP({white_x},{white_y})L({most},{least})"
        )
    if any(hdr.content):
        words.append(("max-cll=" if x265 else "cll=") + ",".join(map(str, hdr.content)))
    return {**options, chosen.hdr: ":".join(words)}


def _losses(media: Media, source: Layout, result: Encoding, *, forced: bool) -> tuple[str, ...]:
    kind, chosen = result.coding.layout, FORMATS[result.format]
    losses = []
    if source.float and not kind.float:
        losses.append(f"float becomes {kind.bits} bits, without what lies outside 0 to 1")
    elif _precision(kind) < _precision(source):
        losses.append(f"{_depth(source)} become {_depth(kind)}")
    if result.pictures is not None and result.tags.transfer != media.tags.transfer:
        losses.append(f"the files do not say the source's transfer ({media.tags.transfer})")
    if result.format == "exr" and result.tags.transfer != LINEAR:
        losses.append("the files hold the source's own coding, not linear light, and say so")
    if source.family == "rgb" and kind.family == "yuv":
        losses.append(f"RGB becomes YUV {kind.chroma}")
    elif source.family == "yuv" and kind.family == "rgb":
        losses.append("YUV becomes RGB")
    elif source.family == "yuv" and (
        kind.shift_x > source.shift_x or kind.shift_y > source.shift_y
    ):
        losses.append(f"chroma {source.chroma} becomes {kind.chroma}")
    if source.family != "rgb":
        if forced:
            losses.append("the colour matrix becomes BT.709")
        if media.coding.full and not result.coding.full:
            losses.append("full range becomes video range")
    losses += _untold(media, result)
    if result.siting != "left" and kind.shift_y and not chosen.siting:
        losses.append(f"that chroma lies {result.siting.replace('_', ' ')} is not said")
    if media.hdr is not None and result.hdr is None:
        losses.append("the HDR metadata (mastering display, light levels) is left out")
    return tuple(losses)


def _untold(media: Media, result: Encoding) -> list[str]:
    """Tags of the source that the render does not say, and those it says though they are not."""
    losses = []
    for name in ("primaries", "transfer"):
        before, after = getattr(media.tags, name), getattr(result.tags, name)
        code = before if after == UNTAGGED else after
        word = _NAMES[name].get(code, str(code))
        if after == UNTAGGED != before and result.pictures is None:
            losses.append(f"the {name} {word} has no code in this format, and is left unsaid")
        elif before == UNTAGGED != after:
            losses.append(f"untagged {name} tagged as {word}, as players take them")
    if media.tags.range and not result.tags.range and result.coding.layout.family == "yuv":
        losses.append("that the codes are of video range is left unsaid, and understood")
    return losses


def _depth(kind: Layout) -> str:
    return f"{kind.bits} bits of float" if kind.float else f"{kind.bits} bits"
