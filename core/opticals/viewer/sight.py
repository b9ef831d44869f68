"""What is asked of the viewer process and what it answers, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opticals.media.facts import AS_TAGGED, Interpretation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opticals.errors import OpticalsError

HANDLES, MEDIUM = "handles", "medium"  # what a picture lacks to be mixed
SCOPES = ("waveform", "parade", "vectorscope", "histogram")
# Signal at the lower and the upper edge of a waveform and a parade, and at the left and the right
# edge of a histogram, as parts of white: 0 is black (code 16 or 64 of video range), 1 is white.
SCOPE_LEVELS = (Fraction(-1, 10), Fraction(11, 10))
# Cb and Cr (-1/2 to 1/2) at the left and right edge, and at the lower and upper edge, of a
# vectorscope: its middle is grey.
SCOPE_CHROMA = (Fraction(-3, 5), Fraction(3, 5))


@dataclass(frozen=True)
class Mix:
    """What a picture is dissolved with.

    Attributes:
        path, frame, interpretation: of the other medium, as in `Sight`; "" for nothing, into which
            the picture fades.
        share: of the other, 0 to 1; the rest is the picture's own.
        clear: whether nothing is transparent, so that what lies below shows; else it is black.
    """

    share: Fraction
    path: str = ""
    frame: int = 0
    interpretation: Interpretation = AS_TAGGED
    clear: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "share": str(self.share),
            "path": self.path,
            "frame": self.frame,
            "interpretation": self.interpretation.to_json(),
            "clear": self.clear,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Mix:
        return Mix(
            share=Fraction(data["share"]),
            path=str(data["path"]),
            frame=int(data["frame"]),
            interpretation=Interpretation.from_json(data["interpretation"]),
            clear=bool(data["clear"]),
        )


@dataclass(frozen=True)
class Sight:
    """Which picture.

    Attributes:
        path: of a medium: a film, a still, or a sequence by its pattern.
        frame: of the medium, from 0, as `TimeMap.source` counts; clamped to what there is.
        rate: frames per second of the edit, for media that play at it: sequences, and films of no
            constant rate.
        box: pixels to fit the picture into, square ones; it is never enlarged. (0, 0): its own
            size and pixels.
        lut: path of a .cube to view it through, "" for none. It sees the medium's own codes, of
            linear light those for a display.
        mix: what it is dissolved with; None for the picture alone.
    """

    path: str
    frame: int
    rate: Fraction
    interpretation: Interpretation = AS_TAGGED
    box: tuple[int, int] = (0, 0)
    lut: str = ""
    mix: Mix | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "frame": self.frame,
            "rate": str(self.rate),
            "interpretation": self.interpretation.to_json(),
            "box": list(self.box),
            "lut": self.lut,
            **({"mix": self.mix.to_json()} if self.mix is not None else {}),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Sight:
        return Sight(
            path=str(data["path"]),
            frame=int(data["frame"]),
            rate=Fraction(data["rate"]),
            interpretation=Interpretation.from_json(data["interpretation"]),
            box=(int(data["box"][0]), int(data["box"][1])),
            lut=str(data["lut"]),
            mix=Mix.from_json(data["mix"]) if "mix" in data else None,
        )


@dataclass(frozen=True)
class Picture:
    """A picture for a screen: BGRA of 8 bits, sRGB codes, premultiplied where it has alpha.

    Attributes:
        stride: bytes from line to line.
        source: width and height of the medium, in its own pixels.
        frame: which of the medium's `frames` it is.
        pixel_aspect: width of a pixel to its height; 1 of pictures that were fitted into a box.
        lacks: why it is not mixed as was asked for: its `HANDLES` end before the frame that is
            needed, or the other `MEDIUM` cannot be read.
    """

    width: int
    height: int
    stride: int
    data: bytes
    alpha: bool
    source: tuple[int, int]
    frame: int
    frames: int
    pixel_aspect: Fraction = Fraction(1)
    lacks: str = ""


@dataclass(frozen=True)
class Drawn:
    """A scope."""

    id: int
    scope: Picture


@dataclass(frozen=True)
class Shown:
    """A picture, and the scope of it where one was asked for."""

    id: int
    picture: Picture
    scope: Picture | None = None


@dataclass(frozen=True)
class Thumb:
    """A thumbnail: a JPEG, or a PNG where it has alpha."""

    id: int
    path: str


@dataclass(frozen=True)
class Peaks:
    """A file of signed bytes, least and greatest in turn, -127 to 127 at full scale; so many pairs
    a second from the medium's frame 0 on. Empty: the medium has no sound.

    Until it is `final` the file grows, and the next message may name another.
    """

    id: int
    path: str
    per_second: int
    final: bool


@dataclass(frozen=True)
class Sound:
    """Samples of 16 bits, left and right in turn, 48000 a second."""

    id: int
    pcm: bytes


@dataclass(frozen=True)
class Failed:
    """Why there is no answer. `Cancelled`: a newer request came, or it was dropped."""

    id: int
    error: OpticalsError


Message = Shown | Drawn | Thumb | Peaks | Sound | Failed
