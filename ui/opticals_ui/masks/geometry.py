"""Shapes as paths in the picture, their handles, and what moving a handle makes of them.

Points are pixels of the picture, as floats; a shape's own places are fractions of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QTransform

from opticals.masks.shapes import Key, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opticals.masks.shapes import Shape

SMALLEST = 1e-4  # of the picture: a side of a box is never smaller
TURN_AT = 0.06  # of the picture's height above a box: its knob for turning
# The handles of a box by name, as parts of half its size from its centre.
BOX = {
    "nw": (-1, -1), "n": (0, -1), "ne": (1, -1), "e": (1, 0),
    "se": (1, 1), "s": (0, 1), "sw": (-1, 1), "w": (-1, 0),
}  # fmt: skip


@dataclass(frozen=True)
class Handle:
    """What can be taken hold of.

    Attributes:
        name: `point`, `in` or `out` (of a curve), a side or corner of a box, or `turn`.
        index: of the point.
    """

    name: str
    index: int
    at: QPointF


def outline(shape: Shape, key: Key, size: QSizeF) -> QPainterPath:
    """The edge of a shape; of a stroke that of the painted area."""
    path = line(shape, key, size)
    if shape.kind is Kind.STROKE:
        brush = QPainterPathStroker()
        brush.setWidth(max(shape.width, 0.5))
        brush.setCapStyle(Qt.PenCapStyle.RoundCap)
        brush.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return brush.createStroke(path).simplified()
    return path


def line(shape: Shape, key: Key, size: QSizeF) -> QPainterPath:
    """The path of a shape: closed, but for a stroke's middle line."""
    path = QPainterPath()
    if shape.kind.boxed:
        centre, extent = (_pixels(one, size) for one in key.points)
        box = QRectF(-extent.x() / 2, -extent.y() / 2, extent.x(), extent.y())
        if shape.kind is Kind.RECTANGLE:
            path.addRect(box)
        else:
            path.addEllipse(box)
        return _turned(centre, key.angle).map(path)
    points = [_pixels(point, size) for point in key.points]
    path.moveTo(points[0])
    if shape.kind is Kind.CURVE:
        count = len(key.points)
        for place in range(count):
            one, other = key.points[place], key.points[(place + 1) % count]
            path.cubicTo(
                _pixels(one[4:6], size), _pixels(other[2:4], size), _pixels(other[:2], size)
            )
        path.closeSubpath()
        return path
    for point in points[1:] or points:
        path.lineTo(point)
    if shape.kind is Kind.POLYGON:
        path.closeSubpath()
    return path


def handles(shape: Shape, key: Key, size: QSizeF, selected: frozenset[int]) -> Iterator[Handle]:
    """Those of a shape; the tangents of a curve at its selected points alone."""
    if shape.kind is Kind.STROKE:
        return
    if shape.kind.boxed:
        centre, extent = (_pixels(one, size) for one in key.points)
        turn = _turned(centre, key.angle)
        for name, (x, y) in BOX.items():
            yield Handle(name, 0, turn.map(QPointF(x * extent.x() / 2, y * extent.y() / 2)))
        above = -extent.y() / 2 - TURN_AT * size.height()
        yield Handle("turn", 0, turn.map(QPointF(0, above)))
        return
    for index, point in enumerate(key.points):
        if shape.kind is Kind.CURVE and index in selected:
            yield Handle("in", index, _pixels(point[2:4], size))
            yield Handle("out", index, _pixels(point[4:6], size))
        yield Handle("point", index, _pixels(point[:2], size))


def moved(key: Key, by: QPointF, size: QSizeF, only: frozenset[int]) -> Key:
    """A key with these of its points moved, and their tangents with them."""
    x, y = by.x() / size.width(), by.y() / size.height()
    points = tuple(
        _shift(point, x, y) if index in only else point for index, point in enumerate(key.points)
    )
    return replace(key, points=points)


def shifted(shape: Shape, key: Key, by: QPointF, size: QSizeF) -> Key:
    """A whole shape moved."""
    x, y = by.x() / size.width(), by.y() / size.height()
    if shape.kind.boxed:
        return replace(key, points=(_shift(key.points[0], x, y), key.points[1]))
    return replace(key, points=tuple(_shift(point, x, y) for point in key.points))


def dragged(
    shape: Shape, key: Key, handle: Handle, to: QPointF, size: QSizeF, *, even: bool, apart: bool
) -> Key:
    """A key with one of its handles at another place.

    Args:
        even: a box keeps its proportions, and turns by steps of 15 degrees.
        apart: a tangent moves without the one on the other side of its point; a box's opposite
            side moves too, its centre staying.
    """
    if shape.kind.boxed:
        if handle.name == "turn":
            return _turn(key, to, size, even=even)
        return _resized(key, handle.name, to, size, even=even, centred=apart)
    place = (to.x() / size.width(), to.y() / size.height())
    points = list(key.points)
    point = points[handle.index]
    if handle.name == "point":
        points[handle.index] = _shift(point, place[0] - point[0], place[1] - point[1])
    else:
        other = (2 * point[0] - place[0], 2 * point[1] - place[1])
        if handle.name == "in":
            points[handle.index] = (*point[:2], *place, *(point[4:6] if apart else other))
        else:
            points[handle.index] = (*point[:2], *(point[2:4] if apart else other), *place)
    return replace(key, points=tuple(points))


def box_between(one: QPointF, other: QPointF, size: QSizeF, *, even: bool, centred: bool) -> Key:
    """The key of a box drawn from one point to another.

    Args:
        even: it is as wide as high.
        centred: `one` is its centre.
    """
    across = other - one
    if even:
        side = max(abs(across.x()), abs(across.y()))
        across = QPointF(math.copysign(side, across.x()), math.copysign(side, across.y()))
    centre = one if centred else one + across / 2
    extent = across * 2 if centred else across
    return Key(
        0,
        (
            (centre.x() / size.width(), centre.y() / size.height()),
            (
                max(abs(extent.x()) / size.width(), SMALLEST),
                max(abs(extent.y()) / size.height(), SMALLEST),
            ),
        ),
    )


def nearest_side(shape: Shape, key: Key, at: QPointF, size: QSizeF) -> tuple[int, float, float]:
    """The side of a polygon or curve nearest to a point: its first point's index, how far along
    it (0..1), and how far away in pixels."""
    found = (0, 0.5, math.inf)
    count = len(key.points)
    for index in range(count):
        one, other = key.points[index], key.points[(index + 1) % count]
        part = QPainterPath(_pixels(one[:2], size))
        if shape.kind is Kind.CURVE:
            ends = _pixels(other[2:4], size), _pixels(other[:2], size)
            part.cubicTo(_pixels(one[4:6], size), *ends)
        else:
            part.lineTo(_pixels(other[:2], size))
        for step in range(41):
            place = part.pointAtPercent(step / 40) - at
            away = math.hypot(place.x(), place.y())
            if away < found[2]:
                found = (index, step / 40, away)
    return found


def inserted(shape: Shape, key: Key, index: int, along: float) -> Key:
    """A key with one more point on its side `index`, at so much of it; the outline stays."""
    points, count = list(key.points), len(key.points)
    one, other = points[index], points[(index + 1) % count]
    if shape.kind is not Kind.CURVE:
        new = tuple(a + along * (b - a) for a, b in zip(one, other, strict=True))
        points.insert(index + 1, new)
        return replace(key, points=tuple(points))
    # de Casteljau's division of the cubic between the two points
    corners = [one[:2], one[4:6], other[2:4], other[:2]]
    a, b, c = (_between(*pair, along) for pair in pairwise(corners))
    d, e = _between(a, b, along), _between(b, c, along)
    middle = _between(d, e, along)
    points[index] = (*one[:4], *a)
    points[(index + 1) % count] = (*other[:2], *c, *other[4:6])
    points.insert(index + 1, (*middle, *d, *e))
    return replace(key, points=tuple(points))


def without_points(key: Key, gone: frozenset[int]) -> Key:
    return replace(
        key, points=tuple(one for index, one in enumerate(key.points) if index not in gone)
    )


def _turn(key: Key, to: QPointF, size: QSizeF, *, even: bool) -> Key:
    away = to - _pixels(key.points[0], size)
    angle = math.degrees(math.atan2(away.y(), away.x())) + 90
    # the turn nearest to the one before: a key between must not spin round
    angle += 360 * round((key.angle - angle) / 360)
    return replace(key, angle=round(angle / 15) * 15.0 if even else angle)


def _resized(key: Key, name: str, to: QPointF, size: QSizeF, *, even: bool, centred: bool) -> Key:
    centre, extent = (_pixels(one, size) for one in key.points)
    turn = _turned(centre, key.angle)
    back, _ = turn.inverted()
    local, (x, y) = back.map(to), BOX[name]
    wide = abs(local.x()) * 2 if centred else abs(local.x() + x * extent.x() / 2)
    high = abs(local.y()) * 2 if centred else abs(local.y() + y * extent.y() / 2)
    new = QPointF(wide if x else extent.x(), high if y else extent.y())
    if even and extent.x() and extent.y():
        grown = max(new.x() / extent.x() if x else 0, new.y() / extent.y() if y else 0)
        new = extent * grown
    new = QPointF(max(new.x(), SMALLEST * size.width()), max(new.y(), SMALLEST * size.height()))
    if not centred:
        fixed = QPointF(-x * extent.x() / 2, -y * extent.y() / 2)
        centre = turn.map(fixed + QPointF(x * new.x() / 2, y * new.y() / 2))
    return replace(
        key,
        points=(
            (centre.x() / size.width(), centre.y() / size.height()),
            (new.x() / size.width(), new.y() / size.height()),
        ),
    )


def _turned(centre: QPointF, angle: float) -> QTransform:
    turn = QTransform()
    turn.translate(centre.x(), centre.y())
    turn.rotate(angle)
    return turn


def _pixels(place: Sequence[float], size: QSizeF) -> QPointF:
    return QPointF(place[0] * size.width(), place[1] * size.height())


def _shift(point: tuple[float, ...], x: float, y: float) -> tuple[float, ...]:
    """A point with its tangents, moved."""
    return tuple(one + (y if place % 2 else x) for place, one in enumerate(point))


def _between(one: tuple[float, ...], other: tuple[float, ...], part: float) -> tuple[float, ...]:
    return tuple(a + part * (b - a) for a, b in zip(one, other, strict=True))
