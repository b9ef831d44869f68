"""Pictures for screens, and thumbnails of them in the cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from opticals.errors import Cancelled, MediaError, OpticalsError, OutputError
from opticals.viewer import display, mixing, scopes
from opticals.viewer import media as mediums
from opticals.viewer.colours import upright
from opticals.viewer.sight import HANDLES, MEDIUM

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from numpy.typing import NDArray

    from opticals.viewer.display import Look
    from opticals.viewer.media import Found, Medium
    from opticals.viewer.sight import Mix, Sight
    from opticals.viewer.store import Store

    Array = NDArray[Any]

_QUALITY = 88  # of a JPEG


@dataclass(frozen=True)
class Made:
    """A picture: BGRA `[h, w, 4]` of uint8, its scope where one was asked for, and what it is.

    The memory of the picture is used again for the next one of the same thread. `lacks` is as in
    `Picture`.
    """

    bgra: Array
    scope: Array | None
    frame: int
    pixel_aspect: Fraction
    alpha: bool = False
    lacks: str = ""


@dataclass(frozen=True)
class _Read:
    """A frame that was read, and what a screen shows of it."""

    medium: Medium
    found: Found
    look: Look

    def bgra(self, size: tuple[int, int]) -> Array:
        """The upright picture; its memory is used again."""
        media, sized = self.medium.media, self.medium.sized(self.found, size)
        plain = self.look.is_plain and sized.is_plain
        stored = sized.shown() if plain else self.look.bgra(sized.signal())
        return upright(stored, media.rotation, media.mirrored)

    def points(self) -> Array:
        """What a scope measures of it."""
        coding = self.medium.coding(self.found)
        return scopes.points(self.found, coding, self.medium.media, self.look)

    @property
    def matrix(self) -> int:
        return self.medium.coding(self.found).matrix


def picture(
    medium: Medium, sight: Sight, kind: str = "", other: Medium | OpticalsError | None = None
) -> Made:
    """What a screen shows of a frame, and a scope of that kind.

    Args:
        other: what it is mixed with, where the sight asks for that and names a medium; or why it
            cannot be opened. Then, and where it has no such frame, the picture stays as it is.

    Raises:
        MediaError: the frame is missing or damaged.
        SettingError: the colour space, the LUT or the scope cannot be used.
    """
    media, mix = medium.media, sight.mix
    look = display.look(media.tags, sight.interpretation.colour_space, sight.lut)
    frame = medium.clamped(sight.frame)
    read = _Read(medium, medium.read(frame), look)
    size, aspect = mediums.fitted(media, sight.box)
    beside, lacks = None, ""
    if mix is not None and mix.share and mix.path:
        try:
            beside = _beside(mix, other, sight.lut)
        except Cancelled:
            raise
        except OpticalsError:
            lacks = MEDIUM
        else:
            lacks = "" if beside is not None else HANDLES
    if mix is None or not mix.share or lacks:
        drawn = scopes.drawn(kind, read.points(), read.matrix) if kind else None
        return Made(read.bgra(size), drawn, frame, aspect, media.alpha, lacks)
    clear = mix.clear if beside is None else beside.medium.media.alpha
    under, where = mixing.nothing(size, mix.clear), (0, 0, *size)
    if beside is not None:
        where = mixing.place(beside.medium.media, size, aspect)
        under = mixing.framed(_limited(beside, where[2:]), where, size)
    shown = mixing.mixed(read.bgra(size), under, mix.share)
    drawn = None
    if kind:
        parts = where[0] / size[0], where[1] / size[1], where[2] / size[0], where[3] / size[1]
        points = beside.points() if beside is not None else None
        crossed = scopes.crossed(read.points(), points, parts, mix.share)
        drawn = scopes.drawn(kind, crossed, read.matrix)
    return Made(shown, drawn, frame, aspect, media.alpha or clear)


def _beside(mix: Mix, other: Medium | OpticalsError | None, lut: str) -> _Read | None:
    """What a picture is mixed with; None where the medium has no such frame: a still, of which
    there is one frame, has it always.

    Raises:
        OpticalsError: it cannot be read.
    """
    if not isinstance(other, mediums.Medium):
        raise other or MediaError(f"{mix.path} was not opened.")
    media = other.media
    if not 0 <= mix.frame < media.frames and media.frames > 1:
        return None
    look = display.look(media.tags, mix.interpretation.colour_space, lut)
    return _Read(other, other.read(other.clamped(mix.frame)), look)


def _limited(read: _Read, size: tuple[int, int]) -> Array:
    """A picture at a size, or at its own where that is smaller."""
    media = read.medium.media
    return read.bgra((min(size[0], media.width), min(size[1], media.height)))


def preview(data: bytes, size: tuple[int, int], kind: str) -> Array:
    """A scope of an effect's preview: rows of BGRA, alpha premultiplied.

    Raises:
        MediaError: it is not complete.
        SettingError: there is no such scope.
    """
    width, height = size
    if len(data) != 4 * width * height or not data:
        raise MediaError("The preview is gone.", remedy="Ask for the preview again.")
    bgra = np.frombuffer(data, np.uint8).reshape(height, width, 4)
    return scopes.drawn(kind, scopes.points_of(bgra))


def thumbnail(medium: Medium, sight: Sight, store: Store, key: str) -> Path:
    """Makes a thumbnail in the cache.

    Raises:
        OutputError: it cannot be written.
        OpticalsError: as `picture`.
    """
    made = picture(medium, sight)
    if medium.media.alpha:
        suffix, pixels, options = ".png", _straight(made.bgra), [cv2.IMWRITE_PNG_COMPRESSION, 3]
    else:
        suffix, pixels, options = ".jpg", made.bgra[..., :3], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    done, data = cv2.imencode(suffix, pixels, options)
    if not done:
        raise OutputError(f"A thumbnail of {sight.path} cannot be made.")
    return store.write(key, suffix, data.tobytes())


def _straight(bgra: Array) -> Array:
    """With alpha apart from the colours, as a PNG holds it."""
    thick = cv2.merge([bgra[..., 3]] * 3)
    colours = cv2.divide(bgra[..., :3], thick, scale=255)
    return np.dstack((colours, bgra[..., 3]))
