"""What the mouse draws with: each tool makes shapes of presses, moves and releases.

Points are pixels of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSizeF

from opticals.masks.shapes import Combine, Key, Kind, Shape
from opticals_ui.masks import geometry

if TYPE_CHECKING:
    from opticals_ui.masks.document import Document

NARROWEST, WIDEST = 1.0, 2000.0  # pixels of a brush
APART = 0.75  # pixels between two points of a stroke


class Tool(StrEnum):
    SELECT = "select"
    PEN = "pen"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    BRUSH = "brush"
    ERASER = "eraser"


@dataclass
class Pen:
    """An outline that is being set point by point. A press sets a corner; dragged on, it is a
    smooth point with tangents."""

    points: list[tuple[QPointF, QPointF]] = field(default_factory=list)  # and its way out
    at: QPointF | None = None  # where the next one would be

    def press(self, at: QPointF) -> None:
        self.points.append((at, at))

    def pull(self, to: QPointF) -> None:
        """The tangent of the point that was set last."""
        self.points[-1] = (self.points[-1][0], to)

    def back(self) -> None:
        if self.points:
            self.points.pop()

    @property
    def first(self) -> QPointF | None:
        return self.points[0][0] if self.points else None

    def shape(self, frame: int, size: QSizeF, settings: Shape) -> Shape | None:
        """What it closes to; None while it encloses nothing."""
        smooth = any(point != out for point, out in self.points)
        if len(self.points) < (2 if smooth else 3):
            return None
        places = []
        for point, out in self.points:
            into = point * 2 - out
            row = (point, into, out) if smooth else (point,)
            places.append(
                tuple(n for one in row for n in (one.x() / size.width(), one.y() / size.height()))
            )
        kind = Kind.CURVE if smooth else Kind.POLYGON
        return replace(settings, kind=kind, keys=(Key(frame, tuple(places)),))


@dataclass
class Box:
    """A rectangle or ellipse that is being drawn."""

    kind: Kind
    start: QPointF
    end: QPointF
    even: bool = False
    centred: bool = False

    def shape(self, frame: int, size: QSizeF, settings: Shape) -> Shape | None:
        across = self.end - self.start
        if max(abs(across.x()), abs(across.y())) < 1:
            return None
        key = geometry.box_between(self.start, self.end, size, even=self.even, centred=self.centred)
        return replace(settings, kind=self.kind, keys=(replace(key, frame=frame),))


@dataclass
class Stroke:
    """A brush stroke that is being painted."""

    points: list[QPointF]
    width: float
    erases: bool

    def go_to(self, at: QPointF) -> None:
        away = at - self.points[-1]
        if max(abs(away.x()), abs(away.y())) >= APART:
            self.points.append(at)

    def shape(self, frame: int, size: QSizeF, settings: Shape) -> Shape:
        places = tuple((one.x() / size.width(), one.y() / size.height()) for one in self.points)
        combine = Combine.SUBTRACT if self.erases else settings.combine
        return replace(
            settings,
            kind=Kind.STROKE,
            keys=(Key(frame, places),),
            combine=combine,
            width=self.width,
        )


def grab(
    document: Document, at: QPointF, reach: float
) -> tuple[int, geometry.Handle | None] | None:
    """What lies at a point: a handle of the selected shape first, then any shape, the topmost
    first. The shape's place, and its handle.

    Args:
        reach: pixels of the picture within which a handle or a line is hit.
    """
    size, place = document.size, document.selected
    if place is not None:
        key = document.key(place)
        found = [
            (one, away)
            for one in geometry.handles(document.shapes[place], key, size, document.points)
            if (away := _away(one.at, at)) <= reach
        ]
        if found:
            return place, min(found, key=lambda one: one[1])[0]
    order = [*reversed(range(len(document.shapes)))]
    if place is not None:
        order.remove(place)
        order.insert(0, place)
    for one in order:
        path = geometry.outline(document.shapes[one], document.key(one), size)
        if path.contains(at):
            return one, None
    return None


def _away(one: QPointF, other: QPointF) -> float:
    between = one - other
    return float((between.x() ** 2 + between.y() ** 2) ** 0.5)
