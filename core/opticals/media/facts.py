"""What a medium is, as plain data, and how its user says it is to be read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opticals.media.planes import (
    FULL_RANGE,
    SITINGS,
    UNTAGGED,
    Coding,
    guess_matrix,
    layout,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

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
class Media:
    """A medium: a film with one picture stream, or a numbered sequence of pictures.

    Sizes, aspect and code values are of the upright picture, which is what `decode` yields.

    Attributes:
        path: absolute; of a sequence its printf pattern (`/shots/a.%04d.exr`).
        codec: ffmpeg's name of it; of a sequence its file type (exr, dpx, png, tiff).
        pixel_aspect: width of a pixel to its height.
        rate: frames per second, exact; nominal where it is not constant.
        constant: whether every frame lasts as long as every other.
        frames: counted from packets; of a sequence from the first file to the last.
        pixel_format: ffmpeg's name, as stored; bits of a sample; alpha: whether it has such a
            plane; premultiplied: whether that is multiplied into the colours.
        siting: where chroma lies, a name of `planes.SITINGS`; "" unsaid.
        field_order: "progressive", "top" or "bottom" (the field shown first); "" unsaid.
        rotation: degrees that the stored picture is turned clockwise to stand upright.
        start: timecode of frame 0 as a frame number; None if the medium carries none.
        first_pts, time_base: when frame 0 is shown, for the decoder.
        times: when each stored frame is shown, in `time_base`, of a film that is not constant.
        first_number: number in the name of a sequence's first file.
        missing: frames of a sequence, counted from 0, that have no file.
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
    container: str = ""
    constant: bool = True
    premultiplied: bool = False
    siting: str = ""
    hdr: Hdr | None = None
    times: tuple[int, ...] = ()
    first_number: int | None = None
    missing: tuple[int, ...] = ()

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
        tagged = self.tags.matrix
        usual = "center" if self.codec in ("mjpeg", "mpeg1video") else "left"
        return Coding(
            kind,
            self.width,
            self.height,
            full=kind.family == "rgb" or kind.full or self.tags.range == FULL_RANGE,
            matrix=guess_matrix(kind.family, self.height) if tagged == UNTAGGED else tagged,
            siting=SITINGS[self.siting or usual],
            premultiplied=self.premultiplied,
        )

    def conformed(self, rate: Fraction) -> Media:
        """A film of no constant rate as it plays at `rate`: frame i is what is on the screen in
        the middle of the time from i / rate to (i + 1) / rate. Others as they are."""
        if self.constant:
            return self
        span = (self.times[-1] - self.first_pts) * self.time_base * rate
        return replace(self, rate=rate, frames=max(1, round(span) + 1))

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
        return Media(**values)


@dataclass(frozen=True)
class Interpretation:
    """How a medium is to be read where its file leaves that open, or says it wrongly.

    Attributes:
        fields: of an interlaced film: "deinterlace" it, or "keep" both fields apart; "" leaves
            the choice open, which stops the render.
        colour_space: what the code values stand for, a name that `views` knows; "" as tagged.
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
