"""What a medium is, as plain data, and how its user says it is to be read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opticals.errors import FieldsOpen, MediaError
from opticals.media.colour.planes import (
    FULL_RANGE,
    RGB_MATRIX,
    SITINGS,
    UNTAGGED,
    Coding,
    guess_matrix,
    layout,
)
from opticals.media.read.timing import frames_at
from opticals.media.read.upright import sideways, turned

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELD_CHOICES = ("deinterlace", "keep")
MISSING_CHOICES = ("error", "hold", "black")
_MATRICES = {RGB_MATRIX, 1, UNTAGGED, 4, 5, 6, 7, 8, 9}  # those with a linear formula to RGB
_EXACT = ("pixel_aspect", "rate", "time_base")


@dataclass(frozen=True)
class Tags:
    """Colour tags as the integer codes of ITU-T H.273; range 0 and the others 2 mean untagged."""

    range: int = 0
    primaries: int = UNTAGGED
    transfer: int = UNTAGGED
    matrix: int = UNTAGGED


@dataclass(frozen=True)
class Audio:
    """One sound stream.

    Attributes:
        index: of the stream in the file.
        layout: ffmpeg's name of the channels' places ("stereo"), "" if unsaid.
        bits: of a sample as stored; 0 where the codec has none (AAC).
    """

    codec: str
    rate: int
    channels: int
    index: int = 0
    layout: str = ""
    bits: int = 0
    language: str = ""


@dataclass(frozen=True)
class Hdr:
    """Static HDR metadata (SMPTE ST 2086, CTA-861.3).

    Attributes:
        primaries: chromaticities x, y of red, green, blue and white of the mastering display, as
            fractions in text; empty if unsaid.
        luminance: its least and greatest luminance in cd/m2, likewise.
        content: greatest luminance of a pixel, and of a frame on average; (0, 0) if unsaid.
    """

    primaries: tuple[str, ...] = ()
    luminance: tuple[str, ...] = ()
    content: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Pictures:
    """What the files of a sequence say beside their codes, so that a render's can say the same.

    Windows are (x, y, width, height), as OpenEXR has them; other types have one window.

    Attributes:
        digits: to which the numbers in the names are filled up; 0: one file without a number.
        offset: the number of a file less its timecode as a frame number.
        display: the window to show; data: the one that holds pixels, in all files together.
        chromaticities: x, y of red, green, blue and white, in text; empty if unsaid.
        compression: OpenEXR's name of it.
        entries: names and values of header entries that are carried on.
        timecode: whether every file carries its own.
        notes: what the user should know of the files, one sentence each.
    """

    digits: int
    offset: int
    display: tuple[int, int, int, int]
    data: tuple[int, int, int, int]
    chromaticities: tuple[str, ...] = ()
    compression: str = ""
    entries: tuple[tuple[str, str], ...] = ()
    timecode: bool = False
    notes: tuple[str, ...] = ()

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Pictures:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list | tuple) else value
            for name, value in data.items()
        }
        values["entries"] = tuple((name, value) for name, value in data["entries"])
        return Pictures(**values)


@dataclass(frozen=True)
class Media:
    """A medium: a film with one picture stream, or a numbered sequence of pictures.

    Sizes, aspect and code values are of the upright picture, which is what `decode` yields.

    Attributes:
        path: absolute; of a sequence its printf pattern (`/shots/a.%04d.exr`).
        codec: ffmpeg's name of it; of a sequence its file type (exr, dpx, png, tiff).
        profile: ffmpeg's name of the codec's profile ("HQ"), "" if there is none.
        pixel_aspect: width of a pixel to its height.
        rate: frames per second, exact; nominal where it is not constant.
        constant: whether every frame lasts as long as every other.
        frames: counted from packets; of a sequence from the first file to the last.
        pixel_format: ffmpeg's name, as stored; bits of a sample; alpha: whether it has such a
            plane; premultiplied: whether that is multiplied into the colours.
        siting: where chroma lies in the stored picture, a name of `colour.planes.SITINGS`; ""
            unsaid.
        field_order: "progressive", "top" or "bottom" (the field shown first); "" unsaid.
        rotation: degrees that the stored picture is turned clockwise to stand upright; mirrored:
            whether it is mirrored left to right before.
        start: timecode of frame 0 as a frame number; None if the medium carries none.
        first_pts, time_base: when frame 0 is shown, for the decoder.
        times: when each stored frame is shown, in `time_base`, and when the last one ends, of a
            film of no constant rate.
        timed: False where the times of frames mean nothing: they are counted as they come.
        keys: time and byte of every frame that decoding can begin with, where the container
            cannot be searched by time.
        first_number: number in the name of a sequence's first file.
        missing: frames of a sequence, counted from 0, that have no file.
        pictures: what else the files of a sequence say.
    """

    path: str
    codec: str
    width: int
    height: int
    pixel_aspect: Fraction
    rate: Fraction
    frames: int
    pixel_format: str
    bits: int
    alpha: bool
    tags: Tags
    field_order: str
    rotation: int
    start: int | None
    drop_frame: bool
    reel: str | None
    audio: tuple[Audio, ...]
    first_pts: int
    time_base: Fraction
    profile: str = ""
    container: str = ""
    constant: bool = True
    mirrored: bool = False
    premultiplied: bool = False
    siting: str = ""
    hdr: Hdr | None = None
    times: tuple[int, ...] = ()
    timed: bool = True
    keys: tuple[tuple[int, int], ...] = ()
    first_number: int | None = None
    missing: tuple[int, ...] = ()
    pictures: Pictures | None = None

    @property
    def is_sequence(self) -> bool:
        return self.first_number is not None

    @property
    def interlaced(self) -> bool:
        return self.field_order in ("top", "bottom")

    @property
    def coding(self) -> Coding:
        """What its code values mean; what is untagged is guessed as players guess."""
        kind = layout(self.pixel_format)
        width, height = self.width, self.height
        if sideways(self.rotation):
            width, height = height, width
        tagged = self.tags.matrix
        usual = "center" if self.codec in ("mjpeg", "mpeg1video") else "left"
        stored = Coding(
            kind,
            width,
            height,
            full=kind.family == "rgb" or kind.full or self.tags.range == FULL_RANGE,
            matrix=guess_matrix(kind.family, height) if tagged == UNTAGGED else tagged,
            siting=SITINGS[self.siting or usual],
            premultiplied=self.premultiplied,
        )
        return turned(stored, self.rotation, self.mirrored)

    def conformed(self, rate: Fraction) -> Media:
        """A film of no constant rate as it plays at `rate`: frame i is what is on the screen in
        the middle of the time from i / rate to (i + 1) / rate. Others as they are."""
        if self.constant:
            return self
        frames = frames_at(self.times, self.time_base, rate)
        return replace(self, rate=rate, frames=frames, constant=True)

    @property
    def is_conformed(self) -> bool:
        """Whether frame i is not the stored frame i."""
        return self.constant and bool(self.times)

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        for key in _EXACT:
            data[key] = str(data[key])
        return data

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Media:
        values = dict(data)
        for key in _EXACT:
            values[key] = Fraction(values[key])
        values["tags"] = Tags(**values["tags"])
        values["audio"] = tuple(Audio(**one) for one in values["audio"])
        if values["hdr"] is not None:
            values["hdr"] = Hdr(**{key: tuple(one) for key, one in values["hdr"].items()})
        for key in ("times", "missing"):
            values[key] = tuple(values[key])
        values["keys"] = tuple((time, place) for time, place in values["keys"])
        if values["pictures"] is not None:
            values["pictures"] = Pictures.from_json(values["pictures"])
        return Media(**values)


@dataclass(frozen=True)
class Interpretation:
    """How a medium is to be read where its file leaves that open, or says it wrongly.

    Attributes:
        fields: of an interlaced film: "deinterlace" it, or "keep" both fields apart; "" leaves
            the choice open, which stops the render.
        colour_space: what the code values stand for, a name that `colour.views` knows; "" as
            tagged.
        missing: of a sequence's missing files: "error", "hold" the one before, or "black".
    """

    fields: str = ""
    colour_space: str = ""
    missing: str = "error"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Interpretation:
        return Interpretation(**data)


AS_TAGGED = Interpretation()


def require_readable(media: Media, interpretation: Interpretation = AS_TAGGED) -> None:
    """Refuses a medium that is not rendered from as it is.

    Raises:
        FieldsOpen: it is interlaced and nobody chose what to make of its fields.
        MediaError: its frames cannot be brought upright or to RGB.
    """
    if media.interlaced:
        _require_fields(media, interpretation)
    if media.rotation % 90:
        raise MediaError(
            f"{media.path} is stored turned by {media.rotation} degrees.",
            "Only quarter turns keep every pixel.",
            "Turn it upright in your editor, export it, and relink.",
        )
    if media.tags.matrix not in _MATRICES:
        raise MediaError(
            f"{media.path}: its colour matrix (H.273 code {media.tags.matrix}) is not handled.",
            "There is no linear formula from its code values to RGB.",
            "Transcode it to BT.709 or BT.2020 and relink the edit to the result.",
        )


def _require_fields(media: Media, interpretation: Interpretation) -> None:
    if media.codec == "hevc":
        raise MediaError(
            f"{media.path} is interlaced H.265.",
            "It holds every field as a picture of its own.",
            "Transcode it to interlaced ProRes or DNxHD, and relink.",
        )
    if interpretation.fields not in FIELD_CHOICES:
        raise FieldsOpen(
            f"{media.path} is interlaced.",
            f"A frame holds two fields of different times, the {media.field_order} one first.",
            "Deinterlace it (--fields deinterlace) for whole frames, or keep its fields "
            "(--fields keep) to render each for itself.",
            media.path,
        )
    if interpretation.fields == "keep" and media.height % (2 << layout(media.pixel_format).shift_y):
        raise MediaError(
            f"{media.path} is interlaced, and has {media.height} lines.",
            "They do not fall into two fields that have their own chroma.",
            "Deinterlace it: --fields deinterlace.",
        )
    if interpretation.fields == "keep" and media.rotation:
        raise MediaError(
            f"{media.path} is interlaced and stored turned.",
            "Turned upright its fields would lie in columns.",
            "Deinterlace it: --fields deinterlace.",
        )
