"""Where a picture stands in the view: zoom, pan, and points from one to the other.

All in device pixels: at 100 % one pixel of the picture is one pixel of the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF

SHARP_FROM = 2.0  # zoom from which pixels are shown as squares
LEAST, MOST = 0.05, 32.0


@dataclass(frozen=True)
class Placing:
    """A picture of `width` x `height` pixels in a view.

    Attributes:
        zoom: device pixels for each pixel of the picture; None fits it into the view.
        x, y: the place of the picture, 0 to 1, that stands in the middle of the view.
    """

    width: int = 16
    height: int = 9
    zoom: float | None = None
    x: float = 0.5
    y: float = 0.5

    def scale(self, view: QRectF) -> float:
        """Device pixels for each pixel of the picture."""
        if self.zoom is not None:
            return self.zoom
        return max(1e-6, min(view.width() / self.width, view.height() / self.height))

    def rect(self, view: QRectF) -> QRectF:
        """Where the picture stands, on whole device pixels."""
        scale = self.scale(view)
        width, height = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        x, y = (0.5, 0.5) if self.zoom is None else (self.x, self.y)
        left = _edge(view.left(), view.width(), width, x)
        top = _edge(view.top(), view.height(), height, y)
        return QRectF(left, top, width, height)

    def sized(self, width: int, height: int) -> Placing:
        """For a picture of another size, seen at the same place and as large as before."""
        if (width, height) == (self.width, self.height) or width < 1 or height < 1:
            return self
        zoom = None if self.zoom is None else _bounded(self.zoom * self.width / width)
        return replace(self, width=width, height=height, zoom=zoom)

    def zoomed(self, view: QRectF, zoom: float | None, at: QPointF | None = None) -> Placing:
        """At another zoom; what stands at the point `at` of the view stays there."""
        if zoom is None:
            return replace(self, zoom=None, x=0.5, y=0.5)
        zoom = _bounded(zoom)
        at = at or view.center()
        x, y = self.inside(view, at)
        middle = view.center()
        return replace(
            self,
            zoom=zoom,
            x=_within(x - (at.x() - middle.x()) / (self.width * zoom)),
            y=_within(y - (at.y() - middle.y()) / (self.height * zoom)),
        )

    def panned(self, view: QRectF, dx: float, dy: float) -> Placing:
        """Moved with the hand by device pixels; a picture that fits stays where it is."""
        if self.zoom is None:
            return self
        scale = self.scale(view)
        return replace(
            self,
            x=_within(self.x - dx / (self.width * scale)),
            y=_within(self.y - dy / (self.height * scale)),
        )

    def inside(self, view: QRectF, at: QPointF) -> tuple[float, float]:
        """The place of the picture at a point of the view, 0 to 1 within it."""
        rect = self.rect(view)
        return (at.x() - rect.left()) / rect.width(), (at.y() - rect.top()) / rect.height()

    def to_picture(self, view: QRectF, at: QPointF) -> QPointF:
        """A point of the view in pixels of the picture."""
        x, y = self.inside(view, at)
        return QPointF(x * self.width, y * self.height)

    def to_view(self, view: QRectF, at: QPointF) -> QPointF:
        """A point in pixels of the picture on the view."""
        rect = self.rect(view)
        return QPointF(
            rect.left() + at.x() / self.width * rect.width(),
            rect.top() + at.y() / self.height * rect.height(),
        )

    def wanted(self, view: QRectF) -> tuple[int, int]:
        """The size in which the picture is needed; (0, 0) for all of its pixels."""
        if self.zoom is not None and self.zoom >= 1:
            return 0, 0
        size: QSizeF = self.rect(view).size()
        return int(size.width()), int(size.height())


def _bounded(zoom: float) -> float:
    return min(max(zoom, LEAST), MOST)


def _within(place: float) -> float:
    return min(max(place, 0.0), 1.0)


def _edge(start: float, room: float, size: float, place: float) -> int:
    """Where the picture begins: in the middle when there is room, else so that `place` is."""
    if size <= room:
        return round(start + (room - size) / 2)
    edge = start + room / 2 - place * size
    return round(min(start, max(edge, start + room - size)))
