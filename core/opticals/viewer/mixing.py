"""Dissolves: two pictures for a screen in one.

The codes that a screen is sent are mixed, each rounded once, as melt and GES mix codes, not light;
so material of two encodings meets in one. Transparent pictures count with their alpha. The other
picture is fitted into the frame of the first, black around it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from opticals.media.facts import Media

    Array = NDArray[Any]

_OPAQUE = (0, 0, 0, 255)


def place(
    media: Media, size: tuple[int, int], aspect: Fraction = Fraction(1)
) -> tuple[int, int, int, int]:
    """Where an upright picture stands in a frame of `size` whose pixels have that aspect: left,
    top, width and height, as large as it can be; of nearly the frame's shape, all of it."""
    width, height = media.width * media.pixel_aspect, Fraction(media.height)
    factor = min(size[0] * aspect / width, size[1] / height)
    inner = round(width * factor / aspect), round(height * factor)
    if size[0] - inner[0] <= 1 and size[1] - inner[1] <= 1:
        return 0, 0, *size
    wide, high = max(1, inner[0]), max(1, inner[1])
    return (size[0] - wide) // 2, (size[1] - high) // 2, wide, high


def framed(bgra: Array, where: tuple[int, int, int, int], size: tuple[int, int]) -> Array:
    """A picture at its place in a frame, enlarged where it is smaller; memory of its own."""
    left, top, width, height = where
    if bgra.shape[:2] != (height, width):
        bgra = cv2.resize(bgra, (width, height), interpolation=cv2.INTER_LINEAR)
    if (width, height) == size:
        return bgra.copy()
    frame = np.empty((size[1], size[0], 4), np.uint8)
    frame[:] = _OPAQUE
    frame[top : top + height, left : left + width] = bgra
    return frame


def nothing(size: tuple[int, int], clear: bool) -> Array:
    """What a picture fades into: black, or where it is clear what lies below."""
    frame = np.zeros((size[1], size[0], 4), np.uint8)
    if not clear:
        frame[..., 3] = 255
    return frame


def mixed(bgra: Array, other: Array, share: Fraction) -> Array:
    """Both pictures, so much of the other; in the memory of the other."""
    own = float(1 - share)
    return np.asarray(cv2.addWeighted(bgra, own, other, float(share), 0, dst=other))
