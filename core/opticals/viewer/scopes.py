"""Scopes of a picture: drawn on black, without graticule.

What they measure is the source's signal at full precision, before a LUT and before anything is
cut off; of linear light, the codes that a display is sent. Of a dissolve the two are mixed. Of an
effect's preview there are the codes for a screen alone: those are measured, over black.

`SCOPE_LEVELS` and `SCOPE_CHROMA` of `viewer.sight` say what lies at their edges: in a waveform and
a parade of height h, black (0 %) is at h * 11/12 and white (100 %) at h * 1/12 from the top, in a
histogram of width w at w * 1/12 and w * 11/12 from the left; in a vectorscope of side s, grey is
in the middle and a colour difference of 1/2 (no picture of legal RGB goes beyond) s * 5/12 away
from it. Time in a waveform runs with the picture's columns; a parade has red, green and blue side
by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from opticals.errors import SettingError
from opticals.media.colour.standards import MATRICES
from opticals.viewer.colours import arrays, to_rgb, upright
from opticals.viewer.sight import SCOPE_CHROMA, SCOPE_LEVELS, SCOPES

if TYPE_CHECKING:
    from fractions import Fraction

    import av
    from numpy.typing import NDArray

    from opticals.media.colour.planes import Coding
    from opticals.media.facts import Media
    from opticals.viewer.display import Look

    Array = NDArray[Any]

_POINTS = (480, 270)  # columns and rows of a picture that are looked at
_HEIGHT = 300  # of waveform, parade and vectorscope
_THIRD = 240  # columns of each part of a parade
_BINS = 512  # columns of a histogram
_TINTS = ((60, 60, 255), (60, 255, 60), (255, 110, 60))  # B, G, R codes of red, green and blue
_WHITE = (225, 235, 225)


def scope(
    kind: str, found: av.VideoFrame | list[Array], coding: Coding, media: Media, look: Look
) -> Array:
    """A scope as BGRA `[h, w, 4]` of uint8 of what is stored for a frame; see `Medium.read`.

    Raises:
        SettingError: there is no such scope.
    """
    return drawn(kind, points(found, coding, media, look), coding.matrix)


def points(found: av.VideoFrame | list[Array], coding: Coding, media: Media, look: Look) -> Array:
    """What a scope measures of what is stored for a frame: RGB `[h, w, 3]` in float32, unclipped,
    of points that lie evenly in the upright picture."""
    rgb = upright(sampled(found, coding), media.rotation, media.mirrored)
    return look.light(rgb) if look.linear else rgb


def points_of(bgra: Array) -> Array:
    """Likewise of a picture for a screen, over black."""
    height, width = bgra.shape[:2]
    at = np.ix_(_even(height, _POINTS[1]), _even(width, _POINTS[0]))
    return np.asarray(bgra[at][..., 2::-1].astype(np.float32) / 255)


def crossed(
    rgb: Array, other: Array | None, where: tuple[float, float, float, float], share: Fraction
) -> Array:
    """The points of two pictures that are mixed, so much of the other, which is fitted into the
    first at `where`: left, top, width and height as parts of that; None is black."""
    under = np.zeros_like(rgb)
    if other is not None:
        rows, columns = (
            np.floor(((np.arange(count) + 0.5) / count - start) / part * there).astype(int)
            for count, start, part, there in (
                (rgb.shape[0], where[1], where[3], other.shape[0]),
                (rgb.shape[1], where[0], where[2], other.shape[1]),
            )
        )
        high = (rows >= 0) & (rows < other.shape[0])
        wide = (columns >= 0) & (columns < other.shape[1])
        under[np.ix_(high, wide)] = other[np.ix_(rows[high], columns[wide])]
    return np.asarray(rgb * np.float32(1 - share) + under * np.float32(share))


def drawn(kind: str, rgb: Array, matrix: int = 1) -> Array:
    """A scope of points as BGRA `[h, w, 4]` of uint8; luma is by that matrix (H.273).

    Raises:
        SettingError: there is no such scope.
    """
    if kind not in SCOPES:
        raise SettingError(
            f"There is no scope “{kind}”.", remedy=f"There are: {', '.join(SCOPES)}."
        )
    weights = MATRICES.get(matrix, MATRICES[1]).weights
    luma = rgb @ np.array(weights, np.float32)
    if kind == "waveform":
        made = _tinted(_columns(luma, _POINTS[0]), _WHITE)
    elif kind == "parade":
        made = np.concatenate(
            [_tinted(_columns(rgb[..., one], _THIRD), tint) for one, tint in enumerate(_TINTS)], 1
        )
    elif kind == "vectorscope":
        made = _vectors(rgb, luma, weights)
    else:
        made = _histogram(rgb)
    return np.asarray(cv2.cvtColor(made, cv2.COLOR_BGR2BGRA))


def sampled(found: av.VideoFrame | list[Array], coding: Coding) -> Array:
    """RGB `[h, w, 3]` in float32, unclipped, of points that lie evenly in a stored picture."""
    kind = coding.layout
    planes = found if isinstance(found, list) else arrays(found)
    height, width = planes[0].shape
    rows = _even(height, _POINTS[1])
    columns = _even(width, _POINTS[0])
    points = []
    for number, plane in enumerate(planes[: kind.colours]):
        at = rows, columns
        if kind.family == "yuv" and number:
            at = rows >> kind.shift_y, columns >> kind.shift_x
        points.append(plane[np.ix_(*at)].astype(np.float32))
    if kind.family == "rgb":
        points = [points[2], points[0], points[1]]
    codes = np.stack(points * (3 if kind.family == "grey" else 1), -1)
    if kind.float:
        return np.asarray(np.nan_to_num(codes, nan=0, posinf=1e4, neginf=-1e4))
    gains = to_rgb(coding).astype(np.float32)
    return np.asarray(codes @ gains[:, :3].T + gains[:, 3])


def _even(side: int, count: int) -> Array:
    """So many places, or all, at equal distances."""
    count = min(side, count)
    return (np.arange(count) * 2 + 1) * side // (2 * count)


def _levels(values: Array, bins: int) -> Array:
    """The bin of each value between `SCOPE_LEVELS`; those beyond are at the edges."""
    low, high = (float(one) for one in SCOPE_LEVELS)
    places = (values - low) * (bins / (high - low)) + 1e-3  # so that rounding splits no level
    return np.clip(places, 0, bins - 1).astype(np.int32)


def _columns(values: Array, width: int) -> Array:
    """How often each level (the highest on top) is in each column, as brightness 0..1."""
    rows, columns = values.shape
    place = np.arange(columns) * width // columns
    level = _HEIGHT - 1 - _levels(values, _HEIGHT)
    counts = np.bincount((level * width + place).ravel(), minlength=_HEIGHT * width)
    found = counts.reshape(_HEIGHT, width).astype(np.float32)
    if columns < width:  # columns of a small picture are wider than one
        found = found[:, (np.arange(width) * columns // width) * width // columns]
    return _bright(found * (_POINTS[1] / rows) / max(1, columns / width))


def _bright(counts: Array) -> Array:
    """Rare points can be seen, and frequent ones told apart."""
    return np.minimum(0.28 * np.sqrt(counts), 1)


def _tinted(brightness: Array, tint: tuple[int, int, int]) -> Array:
    return (brightness[..., None] * np.array(tint, np.float32)).astype(np.uint8)


def _vectors(rgb: Array, luma: Array, weights: tuple[float, float, float]) -> Array:
    """Points at Cb to the right and Cr upwards, in the colours they stand for."""
    low, high = (float(one) for one in SCOPE_CHROMA)
    red, _, blue = weights
    side = _HEIGHT
    places = []
    for channel, weight in ((2, blue), (0, red)):
        difference = (rgb[..., channel] - luma) * (0.5 / (1 - weight))
        place = (difference - low) * (side / (high - low))
        places.append(np.clip(place, 0, side - 1).astype(np.int32))
    across, up = places
    counts = np.bincount(((side - 1 - up) * side + across).ravel(), minlength=side * side)
    brightness = _bright(counts.reshape(side, side) * 0.5)
    return (brightness[..., None] * _hues(side)).astype(np.uint8)


def _hues(side: int) -> Array:
    """What colour the points of a vectorscope stand for, bright, as B, G and R codes."""
    low, high = (float(one) for one in SCOPE_CHROMA)
    place = (np.arange(side, dtype=np.float32) + 0.5) * ((high - low) / side) + low
    cb, cr = np.meshgrid(place, place[::-1])
    red, blue = 1.5748 * cr, 1.8556 * cb  # BT.709-6
    green = -(0.2126 * red + 0.0722 * blue) / 0.7152
    return np.clip(np.stack((blue, green, red), -1) * 0.55 + 0.72, 0.25, 1) * 255


def _histogram(rgb: Array) -> Array:
    """How many points have each level, from left to right; the three colours are added."""
    levels = _levels(rgb, _BINS)
    drawn = np.zeros((_HEIGHT, _BINS, 3), np.float32)
    up = np.arange(_HEIGHT, 0, -1)[:, None]
    for channel, place in ((0, 2), (1, 1), (2, 0)):
        counted = np.bincount(levels[..., channel].ravel(), minlength=_BINS)
        counts = np.convolve(counted, np.ones(3) / 3, "same")
        # A flat ground must not press all else down.
        top = max(float(np.partition(counts, -6)[-6]) * 1.15, levels[..., 0].size / _BINS)
        drawn[..., place] = np.where(up <= counts * (_HEIGHT / top), 210.0, 0.0)
    return drawn.astype(np.uint8)
