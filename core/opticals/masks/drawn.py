"""Drawn shapes as masks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from opticals.masks.edges import softened
from opticals.masks.shapes import Combine, Kind

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray
    from torch import Tensor

    from opticals.masks.shapes import Key, Shape, Shapes

_FINER = 4  # lines are drawn on so many times as many pixels a side, for smooth edges
_SHIFT = 4  # bits after the point of the places that OpenCV is given
_STEP = 3.0  # pixels between two points of a curve that is drawn as a polygon
_BAND = 256  # rows drawn at once


class Drawn:
    """Shapes over a picture of a size; see `opticals.masks.Source`."""

    def __init__(self, shapes: Shapes, height: int, width: int) -> None:
        self._shapes = shapes.shapes
        self._size = height, width

    @property
    def key(self) -> str:
        return ""

    def shown(self, frame: int) -> Hashable:
        return tuple(shape.at(frame) for shape in self._shapes)

    def at(self, frame: int) -> Tensor:
        mask = torch.zeros(1, *self._size)
        for shape in self._shapes:
            cover = softened(_filled(shape, shape.at(frame), *self._size), 0, shape.feather)
            cover = cover * shape.opacity
            # As paint covers: two edges that meet leave no line between them.
            if shape.combine is Combine.ADD:
                mask = mask + cover - mask * cover
            else:
                mask = mask * (1 - cover)
        return mask

    def known(self, frame: int) -> bool:
        return True

    def close(self) -> None:
        pass


def _filled(shape: Shape, key: Key, height: int, width: int) -> Tensor:
    """How much of each pixel a shape covers, `[1, height, width]`."""
    cover = np.zeros((height, width), np.float32)
    if shape.kind is Kind.STROKE:
        # A dab is a line from a point to itself.
        line, margin = _pixels((key.points[0], *key.points), height, width), shape.width / 2
    else:
        line, margin = _outline(shape.kind, key, height, width), 0.0
    reach = margin + 2
    low = np.floor(line.min(0) - reach).clip(0, (width, height)).astype(int)
    high = np.ceil(line.max(0) + reach).clip(0, (width, height)).astype(int)
    (left, above), (right, below) = low.tolist(), high.tolist()
    if left >= right:
        return torch.from_numpy(cover)[None]
    for top in range(above, below, _BAND):
        bottom = min(top + _BAND, below)
        fine = np.zeros(((bottom - top) * _FINER, (right - left) * _FINER), np.uint8)
        # Centres of pixels have whole numbers in OpenCV.
        places = ((line - (left, top)) * _FINER - 0.5) * (1 << _SHIFT)
        points = places.round().astype(np.int32)
        if shape.kind is Kind.STROKE:
            thickness = max(round(shape.width * _FINER), 1)
            cv2.polylines(fine, [points], False, 1, thickness, cv2.LINE_8, _SHIFT)
        else:
            cv2.fillPoly(fine, [points], 1, cv2.LINE_8, _SHIFT)
        blocks = fine.reshape(bottom - top, _FINER, right - left, _FINER)
        cover[top:bottom, left:right] = blocks.mean((1, 3), dtype=np.float32)
    return torch.from_numpy(cover)[None]


def _outline(kind: Kind, key: Key, height: int, width: int) -> NDArray[np.float64]:
    """The corners `[N, 2]`, x and y in pixels, of the polygon that a shape is drawn as."""
    points = _pixels(key.points, height, width)
    if kind is Kind.POLYGON:
        return points
    if kind is Kind.CURVE:
        return _bezier(points.reshape(-1, 3, 2))
    centre, half = points[0], points[1] / 2
    if kind is Kind.RECTANGLE:
        around = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64)
    else:
        count = _steps(2 * math.pi * float(np.abs(half).max()))
        angles = np.arange(4 * count) * (math.pi / 2 / count)
        around = np.stack((np.cos(angles), np.sin(angles)), 1)
    turn = math.radians(key.angle)
    across = np.array([(math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))])
    turned: NDArray[np.float64] = centre + (around * half) @ across
    return turned


def _bezier(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points along a closed cubic Bézier curve through `[N, (point, in, out), 2]`."""
    found = []
    for one, other in zip(points, np.roll(points, -1, 0), strict=True):
        corners = np.stack((one[0], one[2], other[1], other[0]))
        count = _steps(float(np.linalg.norm(np.diff(corners, axis=0), axis=1).sum()))
        t = np.arange(count)[:, None] / count
        weights = np.concatenate(
            ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3), axis=1
        )
        found.append(weights @ corners)
    return np.concatenate(found)


def _steps(length: float) -> int:
    return min(max(math.ceil(length / _STEP), 8), 4096)


def _pixels(points: tuple[tuple[float, ...], ...], height: int, width: int) -> NDArray[np.float64]:
    """Places in pixels, `[N, 2]`; of a curve's points `[3 N, 2]`."""
    return np.array(points, np.float64).reshape(-1, 2) * (width, height)
