"""Pictures for screens, and thumbnails of them in the cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from opticals.errors import OutputError
from opticals.viewer import display
from opticals.viewer.colours import upright
from opticals.viewer.media import fitted
from opticals.viewer.scopes import scope

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from numpy.typing import NDArray

    from opticals.viewer.media import Medium
    from opticals.viewer.sight import Sight
    from opticals.viewer.store import Store

    Array = NDArray[Any]

_QUALITY = 88  # of a JPEG


@dataclass(frozen=True)
class Made:
    """A picture: BGRA `[h, w, 4]` of uint8, its scope where one was asked for, and what it is.

    The memory of the picture is used again for the next one of the same thread.
    """

    bgra: Array
    scope: Array | None
    frame: int
    pixel_aspect: Fraction


def picture(medium: Medium, sight: Sight, kind: str = "") -> Made:
    """What a screen shows of a frame, and a scope of that kind.

    Raises:
        MediaError: the frame is missing or damaged.
        SettingError: the colour space, the LUT or the scope cannot be used.
    """
    media = medium.media
    look = display.look(media.tags, sight.interpretation.colour_space, sight.lut)
    frame = medium.clamped(sight.frame)
    found = medium.read(frame)
    size, aspect = fitted(media, sight.box)
    sized = medium.sized(found, size)
    plain = look.is_plain and sized.is_plain
    stored = sized.shown() if plain else look.bgra(sized.signal())
    drawn = scope(kind, found, medium.coding(found), media, look) if kind else None
    return Made(upright(stored, media.rotation, media.mirrored), drawn, frame, aspect)


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
