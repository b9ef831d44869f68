"""The facts of a medium as people say them."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import FieldsOpen, MediaError
from opticals.media.colour.planes import FULL_RANGE, VIDEO_RANGE, layout
from opticals.media.facts import require_readable
from opticals.timeline.timecode import timecode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opticals.media.facts import Audio, Hdr, Media, Tags

# ffmpeg's names of the codes of ITU-T H.273.
PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
}
TRANSFERS = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
MATRICES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
}
_CODECS = {
    "prores": "ProRes",
    "dnxhd": "DNxHD",
    "cfhd": "CineForm",
    "ffv1": "FFV1",
    "h264": "H.264",
    "hevc": "H.265",
    "mjpeg": "Motion JPEG",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4",
    "vp9": "VP9",
    "rawvideo": "uncompressed",
    "exr": "OpenEXR",
}
_PRORES = {"Proxy": "422 Proxy", "LT": "422 LT", "Standard": "422", "HQ": "422 HQ", "XQ": "4444 XQ"}
# What primaries, transfer and matrix say together; the matrix of RGB is of no colour.
_SPACES = {
    (1, 1, 1): "BT.709",
    (1, 13, 1): "sRGB",
    (1, 8, 1): "linear BT.709",
    (5, 5, 5): "BT.601",
    (5, 6, 5): "BT.601",
    (5, 1, 5): "BT.601",
    (5, 6, 6): "BT.601",
    (6, 6, 6): "BT.601",
    (6, 1, 6): "BT.601",
    (12, 13, 1): "Display P3",
    (12, 1, 1): "Display P3 (BT.709 curve)",
    (9, 1, 9): "BT.2020",
    (9, 14, 9): "BT.2020",
    (9, 15, 9): "BT.2020",
    (9, 8, 9): "linear BT.2020",
    (9, 16, 9): "BT.2100 PQ",
    (9, 18, 9): "BT.2100 HLG",
}
_RANGES = {VIDEO_RANGE: "video range", FULL_RANGE: "full range"}
_FIELDS = {
    "progressive": "progressive",
    "top": "interlaced, top field first",
    "bottom": "interlaced, bottom field first",
    "": "not said",
}


def described(media: Media) -> list[tuple[str, str]]:
    """Rows of what and which, for a table."""
    rows = [
        ("codec", f"{media.codec} in {Path(media.path).suffix.lstrip('.').lower()}"),
        ("picture", _picture(media)),
        ("samples", _samples(media)),
        ("colour", _colour(media.tags)),
        ("rate", _rate(media)),
        ("length", f"{media.frames} frames, {_timecode(media, media.frames)}"),
        ("start", _start(media)),
        ("fields", _FIELDS[media.field_order]),
    ]
    if media.hdr is not None:
        rows.append(("HDR", _hdr(media.hdr)))
    if media.reel:
        rows.append(("reel", media.reel))
    if media.first_number is not None:
        last = media.first_number + media.frames - 1
        rows.append(("files", f"{media.first_number} to {last}"))
    rows += [(f"sound {place}", _sound(one)) for place, one in enumerate(media.audio, 1)]
    if media.pictures is not None:
        rows += [("note", note) for note in media.pictures.notes]
    if not media.constant:
        rows.append(("note", "It is read at the edit's rate: a frame for every moment of it."))
    try:
        require_readable(media)
    except MediaError as error:
        rows.append(("to render", f"{error.why} {error.remedy}"))
    return rows


def in_short(media: Media) -> tuple[str, ...]:
    """What an editor looks for: the picture in one line, time and sound in the next, and then a
    line for whatever is unusual."""
    time = [_span(media), *([f"reel {media.reel}"] if media.reel else [])]
    sounds = Counter(_channels(one) for one in media.audio)
    time += [words if count == 1 else f"{count} × {words}" for words, count in sounds.items()]
    return (_headline(media), " · ".join(time), *_unusual(media))


def _headline(media: Media) -> str:
    kind = layout(media.pixel_format)
    parts = [
        _codec(media),
        f"{media.width}x{media.height}",
        f"{'' if media.constant else 'about '}{_number(media.rate)} fps",
        _depth(media),
        _range(media) if kind.family == "yuv" else "",
        _space(media.tags),
    ]
    return " · ".join(part for part in parts if part)


def _codec(media: Media) -> str:
    if media.codec == "prores" and media.profile:
        return f"ProRes {_PRORES.get(media.profile, media.profile)}"
    if media.profile.startswith("DNXHR"):
        return media.profile.replace("DNXHR", "DNxHR")
    name = _CODECS.get(media.codec, media.codec.upper())
    return f"{name} sequence" if media.is_sequence else name


def _space(tags: Tags) -> str:
    matrix = {1: 1, 5: 5, 6: 6, 9: 9, 12: 1}.get(tags.primaries, 0)
    whole = (tags.primaries, tags.transfer, tags.matrix or matrix)
    said = ", ".join(f"{name} {is_}" for name, is_ in _named(tags) if is_ and is_ != MATRICES[0])
    return _SPACES.get(whole) or said or "colour untagged"


def _span(media: Media) -> str:
    count = f"{media.frames} frame{'s'[: media.frames != 1]}"
    if media.start is None:
        return f"no timecode, {count}"
    last = media.start + media.frames - 1
    return f"{_timecode(media, media.start)} – {_timecode(media, last)}, {count}"


def _channels(one: Audio) -> str:
    return f"{one.channels} ch {one.rate / 1000:g} kHz"


def _unusual(media: Media) -> Iterator[str]:
    if media.interlaced:
        yield _FIELDS[media.field_order].capitalize()
    yield from (part[:1].upper() + part[1:] for part in _shape(media))
    if not media.constant:
        yield "Variable frame rate: read at the edit's rate"
    if media.hdr is not None and (words := _hdr(media.hdr, display=False)):
        yield f"HDR {words}"
    if media.alpha:
        yield f"Alpha {'premultiplied' if media.premultiplied else 'straight'}"
    if media.pictures is not None:
        yield from media.pictures.notes
    try:
        require_readable(media)
    except FieldsOpen:
        pass  # said already
    except MediaError as error:
        yield f"{error.why} {error.remedy}"


def _picture(media: Media) -> str:
    return ", ".join((f"{media.width}x{media.height}", *_shape(media)))


def _shape(media: Media) -> list[str]:
    """What of the picture's shape is unusual."""
    aspect = media.pixel_aspect
    parts = []
    if aspect != 1:
        shape = (media.width * aspect / media.height).limit_denominator(1000)
        parts.append(
            f"pixels {aspect.numerator}:{aspect.denominator} (seen as {float(shape):.3f}:1)"
        )
    if media.mirrored:
        parts.append("stored mirrored")
    if media.rotation:
        parts.append(f"stored turned, upright after {media.rotation}° clockwise")
    return parts


def _samples(media: Media) -> str:
    kind = layout(media.pixel_format)
    parts = [_depth(media)]
    if not kind.float:
        parts.append(_range(media))
    if kind.shift_x or kind.shift_y:
        where = media.siting.replace("_", " ")
        parts.append(f"chroma sited {where}" if where else "chroma siting not said")
    if media.alpha:
        parts.append(f"alpha {'premultiplied' if media.premultiplied else 'straight'}")
    return ", ".join(parts)


def _depth(media: Media) -> str:
    kind = layout(media.pixel_format)
    return f"{media.bits}-bit {'float ' if kind.float else ''}{kind.chroma}"


def _range(media: Media) -> str:
    kind = layout(media.pixel_format)
    words = _RANGES[FULL_RANGE if media.coding.full else VIDEO_RANGE]
    unsaid = kind.family == "yuv" and not media.tags.range and not kind.full
    return f"{words} (not said)" if unsaid else words


def _colour(tags: Tags) -> str:
    said = _named(tags)
    if not any(value for _, value in said):
        return "untagged"
    return ", ".join(f"{name} {value or 'untagged'}" for name, value in said)


def _named(tags: Tags) -> list[tuple[str, str | None]]:
    return [
        ("primaries", PRIMARIES.get(tags.primaries)),
        ("transfer", TRANSFERS.get(tags.transfer)),
        ("matrix", MATRICES.get(tags.matrix)),
    ]


def _rate(media: Media) -> str:
    rate = media.rate
    exact = "" if rate.denominator == 1 else f" ({rate.numerator}/{rate.denominator})"
    words = f"{_number(rate)}{exact}"
    return words if media.constant else f"variable, about {words}"


def _number(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def _timecode(media: Media, frames: int) -> str:
    return timecode(frames, media.rate, media.drop_frame)


def _start(media: Media) -> str:
    if media.start is None:
        return "no timecode"
    last = media.start + media.frames - 1
    counting = ", drop-frame" if media.drop_frame else ""
    return f"{_timecode(media, media.start)}, last {_timecode(media, last)}{counting}"


def _hdr(hdr: Hdr, *, display: bool = True) -> str:
    parts = []
    if hdr.luminance:
        low, high = (float(Fraction(one)) for one in hdr.luminance)
        parts.append(f"mastered at {low:g} to {high:g} cd/m²")
    if hdr.primaries and display:
        parts.append("primaries " + " ".join(f"{float(Fraction(one)):g}" for one in hdr.primaries))
    if any(hdr.content):
        parts.append(f"MaxCLL {hdr.content[0]}, MaxFALL {hdr.content[1]}")
    return ", ".join(parts)


def _sound(one: Audio) -> str:
    parts = [one.codec, f"{one.rate} Hz", one.layout or f"{one.channels} channels"]
    if one.bits:
        parts.append(f"{one.bits}-bit")
    if one.language:
        parts.append(one.language)
    return ", ".join(parts)
