"""One picture file of a sequence: what its header says, and its code values, by OpenImageIO.

Codes are the file's own: OpenImageIO scales 10 and 12 bits up to 16, which is undone here, and
is told to leave alpha as it is. Timecode is packed as SMPTE ST 12-1 has it on 60-field
television, which OpenEXR and DPX (SMPTE ST 268) store.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from opticals.errors import MediaError, ShotError
from opticals.media.colour.planes import FULL_RANGE, RGB_MATRIX, UNTAGGED, Layout
from opticals.media.facts import Pictures, Tags
from opticals.media.sequence.numbering import TYPES
from opticals.timeline.timecode import can_drop, frame_of, nominal, snap_rate, timecode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

LINEAR, SRGB = 8, 13  # H.273 transfer characteristics
# x, y of red, green, blue and white by H.273 code of the primaries (table 2).
_D65 = (0.3127, 0.3290)
PRIMARIES = {
    1: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *_D65),
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    10: (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1 / 3, 1 / 3),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
# Names of the Color Interop Forum, OpenEXR's colorInteropID: primaries and transfer.
INTEROP = {
    "g24_rec709_display": (1, 1),
    "srgb_rec709_display": (1, SRGB),
    "srgb_rec709_scene": (1, SRGB),
    "g24_rec2020_display": (9, 14),
    "pq_rec2020_display": (9, 16),
    "hlg_rec2020_display": (9, 18),
    "pq_p3d65_display": (12, 16),
    "lin_rec709_scene": (1, LINEAR),
    "lin_rec2020_scene": (9, LINEAR),
    "lin_p3d65_scene": (12, LINEAR),
    "lin_ap0_scene": (UNTAGGED, LINEAR),
    "lin_ap1_scene": (UNTAGGED, LINEAR),
    "unknown": (UNTAGGED, UNTAGGED),
}
DPX_TRANSFER = {"Linear": LINEAR, "ITU-R 709-4": 1, "SMPTE 274M": 1}
DPX_PRIMARIES = {"ITU-R 709-4": 1, "SMPTE 274M": 1}
_DPX_LOG = ("Printing density", "Logarithmic")
# Header entries that belong to the shot and not to the program that wrote the file.
_CARRIED = (
    "dpx:Transfer",
    "dpx:Colorimetric",
    "dpx:Project",
    "dpx:Copyright",
    "oiio:ColorSpace",
    "Copyright",
    "Artist",
    "ImageDescription",
    "Make",
    "Model",
)
_DEPTHS = (8, 9, 10, 12, 14, 16)
_UNDEFINED = 0xFFFFFFFF


class Window(NamedTuple):
    """A rectangle of pixels in OpenEXR's plane of them."""

    x: int
    y: int
    width: int
    height: int

    def union(self, other: Window) -> Window:
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Window(x, y, right - x, bottom - y)

    def scaled(self, factor: int) -> Window:
        return Window(*(side * factor for side in self))


@dataclass(frozen=True)
class Header:
    """What one file says of its picture.

    Attributes:
        type: exr, dpx, png, tiff or jpeg.
        pixel_format: ffmpeg's name of the planes that `codes` gives.
        part, channels: where those planes are: number of the part, places of G, B, R (and A).
        shift: bits by which OpenImageIO scales codes up.
        rate: frames per second, None if unsaid.
        timecode: packed, None if unsaid.
    """

    type: str
    pixel_format: str
    part: int
    channels: tuple[int, ...]
    shift: int
    dtype: str
    display: Window
    data: Window
    premultiplied: bool
    pixel_aspect: Fraction
    rate: Fraction | None
    timecode: int | None
    tags: Tags
    chromaticities: tuple[str, ...]
    compression: str
    entries: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def kind(self) -> tuple[object, ...]:
        """What all files of a sequence must have in common."""
        return self.type, self.pixel_format, self.display[2:]


def header(path: Path) -> Header:
    """The header of a file.

    Raises:
        MediaError: it cannot be opened, or holds what is not read (deep pictures, CMYK, ...).
    """
    with _Opened(path) as file:
        return _header(path, file)


def codes(path: Path) -> tuple[Header, list[NDArray[Any]]]:
    """The header of a file and the planes of its data window, `[rows, columns]` each.

    Raises:
        MediaError: also where the picture is damaged or not whole.
    """
    import numpy as np

    with _Opened(path) as file:
        found = _header(path, file)
        first, last = min(found.channels), max(found.channels) + 1
        pixels = file.read_image(found.part, 0, first, last, found.dtype)
        if pixels is None:
            raise _damaged(path, _said(file))
    pixels = pixels.reshape(found.data.height, found.data.width, last - first)
    planes = [np.ascontiguousarray(pixels[..., place - first]) for place in found.channels]
    if found.shift:
        planes = [plane >> np.uint16(found.shift) for plane in planes]
    return found, planes


def frame_of_timecode(packed: int, rate: Fraction) -> tuple[int, bool] | None:
    """The frame number that a packed timecode names, and whether it counts drop-frame; None if
    there is no such timecode at this rate."""

    def two(place: int, tens: int) -> int:
        return (packed >> place & 15) + 10 * (packed >> place + 4 & tens)

    frames = two(0, 3)
    if nominal(rate) > 30:  # frames come in pairs, told apart by the field mark
        frames = frames * 2 + (packed >> 15 & 1)
    drop = bool(packed >> 6 & 1) and can_drop(rate)
    text = f"{two(24, 3):02}:{two(16, 7):02}:{two(8, 7):02}{';' if drop else ':'}{frames:02}"
    try:
        return frame_of(text, rate), drop
    except ShotError:
        return None


def packed_timecode(frame: int, rate: Fraction, drop: bool) -> int:
    """A frame number as packed timecode; see `frame_of_timecode`."""
    day = 24 * 3600 * nominal(rate)
    text = timecode(frame % day if frame < 0 else frame, rate, drop)
    hours, minutes, seconds, frames = (int(one) for one in text.replace(";", ":").split(":"))
    mark = 0
    if nominal(rate) > 30:
        frames, mark = divmod(frames, 2)
    packed = mark << 15 | drop << 6
    for place, value in ((0, frames), (8, seconds), (16, minutes), (24, hours % 24)):
        packed |= (value // 10 << 4 | value % 10) << place
    return packed


class _Opened:
    """A file as OpenImageIO's input."""

    def __init__(self, path: Path) -> None:
        import OpenImageIO as oiio

        hints = oiio.ImageSpec()
        hints.attribute("oiio:UnassociatedAlpha", 1)  # codes as stored
        self._path = path
        if path.exists() and not path.is_file():
            raise _damaged(path, "It is not a file.")
        # The suffix may lie: OpenImageIO looks into the file.
        opened = oiio.ImageInput.open(str(path), hints)
        if opened is None:
            why = _said(oiio)
            if not path.exists():
                raise MediaError(f"{path} is missing.", remedy="Copy it again from its source.")
            raise _damaged(path, why)
        self._file = opened

    def __enter__(self) -> Any:
        return self._file

    def __exit__(self, *error: object) -> None:
        self._file.close()


def _said(teller: Any) -> str:
    """What OpenImageIO says went wrong; of damaged headers it quotes bytes that are no text."""
    try:
        return str(teller.geterror())
    except UnicodeDecodeError:
        return ""


def _damaged(path: Path, why: str) -> MediaError:
    lines = " ".join(why.split())
    return MediaError(
        f"{path} is damaged.",
        lines or "It cannot be read as a picture.",
        "Copy it again from its source, or render it again.",
    )


def _header(path: Path, file: Any) -> Header:
    kind = TYPES.get(f".{file.format_name()}", file.format_name())
    kind = {"openexr": "exr"}.get(kind, kind)
    if kind not in TYPES.values():
        raise _refused(path, f"It is a picture of the type {kind}.")
    parts, layers = _parts(file)
    part, places = _picture(path, kind, parts)
    spec = file.spec(part)
    if spec.deep or spec.depth > 1:
        raise _refused(path, "It holds deep samples or a volume.")
    if spec.get_int_attribute("Orientation", 1) not in (0, 1):
        raise _refused(path, "It is stored turned or mirrored.")
    _refuse_colours(path, spec)
    dtype = str(spec.format) if not spec.channelformats else _widest(spec, places)
    depth10 = spec.get_int_attribute("oiio:BitsPerSample") == 10
    if kind == "dpx" and depth10 and len(places) == 4:
        raise _refused(path, "OpenImageIO confuses the words of 10-bit RGBA.")
    bits = {"half": 16, "float": 32, "uint8": 8, "uint16": 16}.get(dtype)
    if bits is None:
        raise _refused(path, f"Its samples are of the type {dtype}.")
    said = spec.get_int_attribute("oiio:BitsPerSample", bits)
    if dtype == "uint16" and said in _DEPTHS[1:]:
        bits = said
    floats = dtype in ("half", "float")
    depth = f"f{bits}le" if floats else "" if bits == 8 else f"{bits}le"
    stem = {1: "gray", 2: "gbrap", 3: "gbrp", 4: "gbrap"}[len(places)]
    if len(places) == 2:  # there is no planar grey with alpha
        places = (places[0],) * 3 + places[1:]
    size = Window(0, 0, spec.width, spec.height)
    data, display = size, size
    if kind == "exr":
        data = Window(spec.x, spec.y, spec.width, spec.height)
        display = Window(spec.full_x, spec.full_y, spec.full_width, spec.full_height)
    known = {one.name: one.value for one in spec.extra_attribs}
    chromaticities = spelled(known.get("chromaticities", ()))
    alpha = stem == "gbrap"
    notes = []
    others = [*layers, *(n for i, n in enumerate(spec.channelnames) if i not in places)]
    if others:
        notes.append(f"Layers that are not read: {', '.join(others)}.")
    if known.get("dpx:Transfer") in _DPX_LOG:
        notes.append(
            f"Its codes are logarithmic ({known['dpx:Transfer']}): say which colour space they "
            "are in."
        )
    if "ICCProfile" in known:
        notes.append("Its ICC profile is not used, and not carried into renders.")
    tags = _tags(path, kind, known, chromaticities)
    return Header(
        type=kind,
        pixel_format=stem + depth,
        part=part,
        channels=places,
        shift=16 - bits if dtype == "uint16" else 0,
        dtype=dtype,
        display=display,
        data=data,
        premultiplied=alpha
        and (kind == "exr" or (kind == "tiff" and not known.get("oiio:UnassociatedAlpha"))),
        pixel_aspect=Fraction(known.get("PixelAspectRatio") or 1).limit_denominator(10000),
        rate=_rate(known),
        timecode=_timecode(known),
        tags=tags if stem != "gray" else replace(tags, matrix=UNTAGGED),
        chromaticities=chromaticities,
        compression=known.get("compression", "") if kind == "exr" else "",
        entries=tuple((name, known[name]) for name in _CARRIED if _is_text(kind, name, known)),
        notes=tuple(notes),
    )


def _is_text(kind: str, name: str, known: dict[str, Any]) -> bool:
    # OpenImageIO guesses a colour space for all types; only OpenEXR's is an entry of its own.
    if name == "oiio:ColorSpace" and (kind != "exr" or "colorInteropID" not in known):
        return False
    return isinstance(known.get(name), str) and bool(known[name])


def _parts(file: Any) -> tuple[list[tuple[str, ...]], list[str]]:
    """The channels of every part, and the names of those after the first."""
    parts: list[tuple[str, ...]] = []
    layers: list[str] = []
    while (spec := file.spec(len(parts))).format.basetype and spec.width:
        if parts:
            layers.append(spec.get_string_attribute("oiio:subimagename") or f"part {len(parts)}")
        parts.append(tuple(spec.channelnames))
        if file.format_name() != "openexr":
            break  # pages of a TIFF are no layers
    return parts, layers


def _picture(path: Path, kind: str, parts: list[tuple[str, ...]]) -> tuple[int, tuple[int, ...]]:
    """The part that holds the picture, and the places of G, B, R, A or of Y in it."""
    for part, names in enumerate(parts):
        for wanted in (("G", "B", "R", "A"), ("G", "B", "R"), ("Y", "A"), ("Y",)):
            if all(name in names for name in wanted):
                if wanted[0] == "Y" and "RY" in names:
                    raise _refused(path, "It holds luminance and subsampled chroma.")
                return part, tuple(names.index(name) for name in wanted)
    known = ", ".join(name for names in parts for name in names)
    raise _refused(path, f"It holds no R, G, B or Y; its channels are {known or 'none'}.")


def _widest(spec: Any, places: tuple[int, ...]) -> str:
    """The type that holds all channels of the picture."""
    kinds = {str(spec.channelformats[place]) for place in places}
    return kinds.pop() if len(kinds) == 1 else "float"


def _refuse_colours(path: Path, spec: Any) -> None:
    descriptor = spec.get_string_attribute("dpx:ImageDescriptor", "RGB")
    if descriptor not in ("RGB", "RGBA", "Luma"):
        raise _refused(path, f"It holds {descriptor}.")
    colours = spec.get_string_attribute("tiff:ColorSpace", "RGB")
    if colours not in ("RGB", "palette"):
        raise _refused(path, f"Its colours are {colours}.")


def _refused(path: Path, why: str) -> MediaError:
    return MediaError(
        f"{path} is not handled.",
        why,
        "Write the sequence again as RGB in EXR, DPX, TIFF or PNG, and relink.",
    )


def _rate(known: dict[str, Any]) -> Fraction | None:
    # OpenEXR's own name, and the one that OpenImageIO's programs write it under.
    exact = known.get("framesPerSecond", known.get("FramesPerSecond"))
    if isinstance(exact, tuple) and exact[0] > 0 and exact[1] > 0:
        return snap_rate(Fraction(*exact))
    # Not every program writes OpenEXR's as the fraction that it is.
    for rate in (exact, known.get("dpx:FrameRate"), known.get("dpx:TemporalFrameRate")):
        if isinstance(rate, int | float) and 1 <= rate <= 1000:
            return snap_rate(round(rate, 3))
    return None


def _timecode(known: dict[str, Any]) -> int | None:
    packed = known.get("smpte:TimeCode")
    return None if packed is None or packed[0] == _UNDEFINED else int(packed[0])


def _tags(
    path: Path | None, kind: str, known: dict[str, Any], chromaticities: tuple[str, ...]
) -> Tags:
    primaries, transfer = UNTAGGED, UNTAGGED
    if kind == "exr":
        interop = known.get("colorInteropID")
        primaries, transfer = INTEROP.get(interop or "lin_ap1_scene", (UNTAGGED, UNTAGGED))
        if chromaticities:
            primaries = primaries_of([float(one) for one in chromaticities])
    elif kind == "dpx":
        primaries = DPX_PRIMARIES.get(known.get("dpx:Colorimetric", ""), UNTAGGED)
        transfer = DPX_TRANSFER.get(known.get("dpx:Transfer", ""), UNTAGGED)
    elif "CICP" in known:
        primaries, transfer = known["CICP"][:2]
    elif kind == "jpeg" or (kind == "png" and path and _says_srgb(path)):
        primaries, transfer = 1, SRGB
    return Tags(FULL_RANGE, primaries, transfer, RGB_MATRIX)


def tags_said(kind: str, said: Pictures, wanted: Tags, planes: Layout) -> Tags:
    """The tags that will be read in files of a type that are written so."""
    known: dict[str, Any] = dict(said.entries)
    known["colorInteropID"] = known.get("oiio:ColorSpace")
    tags = Tags(FULL_RANGE, wanted.primaries, wanted.transfer, RGB_MATRIX)
    if kind != "png":
        tags = _tags(None, kind, known, said.chromaticities)
    return tags if planes.family == "rgb" else replace(tags, matrix=UNTAGGED)


def primaries_of(chromaticities: list[float]) -> int:
    """The H.273 code of the primaries that lie there."""
    for code, known in PRIMARIES.items():
        if all(abs(a - b) < 5e-4 for a, b in zip(chromaticities, known, strict=True)):
            return code
    return UNTAGGED


def spelled(values: Iterable[float]) -> tuple[str, ...]:
    """32-bit floats, as headers hold them, in text that gives them back."""
    return tuple(f"{struct.unpack('f', struct.pack('f', value))[0]:.9g}" for value in values)


def _says_srgb(path: Path) -> bool:
    """Whether a PNG has an sRGB chunk: OpenImageIO takes every one without a word for sRGB."""
    with path.open("rb") as file:
        file.seek(8)
        while len(start := file.read(8)) == 8 and start[4:] != b"IDAT":
            if start[4:] == b"sRGB":
                return True
            file.seek(int.from_bytes(start[:4], "big") + 4, 1)
    return False
