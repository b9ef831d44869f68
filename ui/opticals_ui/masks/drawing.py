"""Draws a mask over the viewer's picture, and lets the mouse and the keys change it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QTransform

from opticals.masks.shapes import Combine, Kind, Shape
from opticals_ui.look.theme import colour
from opticals_ui.masks import geometry
from opticals_ui.masks.tools import NARROWEST, WIDEST, Box, Pen, Stroke, Tool, grab
from opticals_ui.masks.words import words
from opticals_ui.viewer.tags import paint_state

if TYPE_CHECKING:
    from opticals_ui.masks.document import Document
    from opticals_ui.viewer.picture_view import PictureView

REACH = 8.0  # pixels of the view within which something is hit
ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class Drawing(QObject):
    """An overlay of the viewer (`opticals_ui.viewer.picture_view.Overlay`) over a document.

    Signals:
        changed: the tool, the brush, or how the mask is shown.
    """

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.tool = Tool.SELECT if document.shapes else Tool.PEN
        self.brush = 40.0  # pixels of the picture
        self.filled = True  # whether the mask is tinted, or its outlines alone are shown
        self._settings = Shape(Kind.POLYGON, ())  # what new shapes are like
        self._pen: Pen | None = None
        self._made: Box | Stroke | None = None
        self._handle: geometry.Handle | None = None
        self._last: QPointF | None = None  # where a drag is
        self._pulls = False  # the pen's last point is being dragged on
        self._hover: QPointF | None = None
        self._known: tuple[object, QPainterPath] | None = None

    @property
    def busy(self) -> bool:
        """Whether a shape is half drawn."""
        return self._pen is not None or self._made is not None

    @property
    def combine(self) -> Combine:
        """What the selected shape does to those before it, else what new ones will."""
        shape = self.document.shape
        return shape.combine if shape else self._settings.combine

    @property
    def feather(self) -> float:
        shape = self.document.shape
        return shape.feather if shape else self._settings.feather

    @property
    def opacity(self) -> float:
        shape = self.document.shape
        return shape.opacity if shape else self._settings.opacity

    def use(self, tool: Tool) -> None:
        """Go on with another tool; what is half drawn is finished if it can be."""
        if tool is not self.tool:
            self.finish()
            self.tool = tool
            self.changed.emit()

    def show_filled(self, filled: bool) -> None:
        self.filled = filled
        self.changed.emit()

    def set_brush(self, width: float) -> None:
        """The width of the brush; of a selected stroke too."""
        self.brush = min(max(width, NARROWEST), WIDEST)
        shape = self.document.shape
        if shape is not None and shape.kind is Kind.STROKE:
            self.document.set(width=self.brush)
        self.changed.emit()

    def set_look(
        self,
        *,
        combine: Combine | None = None,
        feather: float | None = None,
        opacity: float | None = None,
    ) -> None:
        """Change the selected shape; with none selected, what new ones will be like."""
        if self.document.shape is not None:
            self.document.set(combine=combine, feather=feather, opacity=opacity)
        else:
            old = self._settings
            self._settings = Shape(
                old.kind,
                (),
                old.combine if combine is None else combine,
                old.feather if feather is None else feather,
                old.opacity if opacity is None else opacity,
            )
        self.changed.emit()

    def finish(self) -> None:
        """Close an outline that is half drawn, if it encloses something; else drop it."""
        pen, self._pen, self._pulls = self._pen, None, False
        if pen is not None:
            self._add(pen.shape(self.document.frame, self.document.size, self._settings))
        self.changed.emit()

    def escape(self) -> bool:
        """One step back out: of what is half drawn, of a drag, of the selection. Whether there
        was one."""
        if self.busy:
            self._pen = self._made = None
        elif self._last is not None:
            self.document.drop_drag()
            self._handle = self._last = None
        elif self.document.selected is not None:
            self.document.select(None)
        else:
            return False
        self.changed.emit()
        return True

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key is the mask's before it is anybody's shortcut."""
        key, some = Qt.Key(event.key()), self.document.selected is not None
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if key in ARROWS:
            return plain and some
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return plain and (some or self._pen is not None)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return plain and self._pen is not None
        if key == Qt.Key.Key_Escape:
            return self.busy or some or self._last is not None
        if key == Qt.Key.Key_Tab:
            return False
        return plain and event.text() in ("[", "]")

    def key(self, event: QKeyEvent, view: PictureView) -> bool:
        """See `Overlay`."""
        if not self.wants(event):
            return False
        document, key = self.document, Qt.Key(event.key())
        if key in ARROWS:
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            x, y = ARROWS[key]
            document.nudge(x * far, y * far)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self._pen is not None:
                self._pen.back()
                self._pen = self._pen if self._pen.points else None
            else:
                document.delete()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif key == Qt.Key.Key_Escape:
            self.escape()
        else:
            self.set_brush(self.brush * (1.1 if event.text() == "]" else 1 / 1.1))
        view.update()
        return True

    def mouse(self, event: QMouseEvent, view: PictureView) -> bool:
        """See `Overlay`."""
        at = view.to_picture(event.position())
        self._hover = event.position()
        kind = event.type()
        left = event.button() == Qt.MouseButton.LeftButton
        held = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if kind == QEvent.Type.MouseButtonPress and left:
            self._press(at, event.modifiers(), REACH / view.zoom * view.ratio)
        elif kind == QEvent.Type.MouseMove and held:
            self._move(at, event.modifiers())
        elif kind == QEvent.Type.MouseButtonRelease and left:
            self._release()
        elif kind == QEvent.Type.MouseMove and not event.buttons():
            if self._pen is not None:
                self._pen.at = at
            elif self.tool not in (Tool.BRUSH, Tool.ERASER):
                return False
        else:
            return False
        view.update()
        return True

    def _press(self, at: QPointF, keys: Qt.KeyboardModifier, reach: float) -> None:
        if self.tool is Tool.PEN:
            first = self._pen.first if self._pen else None
            if self._pen is not None and first is not None and _near(first, at, reach):
                self.finish()
                return
            self._pen = self._pen or Pen()
            self._pen.press(at)
            self._pulls = True
        elif self.tool in (Tool.BRUSH, Tool.ERASER):
            self._made = Stroke([at], self.brush, self.tool is Tool.ERASER)
        elif self.tool in (Tool.RECTANGLE, Tool.ELLIPSE):
            kind = Kind.RECTANGLE if self.tool is Tool.RECTANGLE else Kind.ELLIPSE
            self._made = Box(kind, at, at)
        else:
            self._grab(at, keys, reach)

    def _grab(self, at: QPointF, keys: Qt.KeyboardModifier, reach: float) -> None:
        document = self.document
        found = grab(document, at, reach)
        if found is None:
            document.select(None)
            return
        place, handle = found
        shape = document.shapes[place]
        add = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if handle is None:
            pointed = shape.kind in (Kind.POLYGON, Kind.CURVE)
            if place != document.selected:
                document.select(place)
            elif pointed and keys & Qt.KeyboardModifier.AltModifier:
                index, along, away = geometry.nearest_side(
                    shape, document.key(place), at, document.size
                )
                if away <= reach * 2:
                    document.insert_point(index, along)
            else:
                document.select(place)
        elif handle.name == "point":
            points = document.points
            if add:
                document.select(place, points ^ {handle.index})
            elif handle.index not in points:
                document.select(place, frozenset((handle.index,)))
        self._handle, self._last = handle, at
        document.begin_drag()

    def _move(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        even = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        apart = bool(keys & Qt.KeyboardModifier.AltModifier)
        document, handle = self.document, self._handle
        if self._pulls and self._pen is not None:
            self._pen.pull(at)
        elif isinstance(self._made, Stroke):
            self._made.go_to(at)
        elif isinstance(self._made, Box):
            self._made.end, self._made.even, self._made.centred = at, even, apart
        elif self._last is not None:
            by, self._last = at - self._last, at
            if handle is None:
                document.change(lambda shape, key: geometry.shifted(shape, key, by, document.size))
            elif handle.name == "point" and len(document.points) > 1:
                points = document.points
                document.change(lambda shape, key: geometry.moved(key, by, document.size, points))
            else:
                document.change(
                    lambda shape, key: geometry.dragged(
                        shape, key, handle, at, document.size, even=even, apart=apart
                    )
                )

    def _release(self) -> None:
        self._pulls = False
        made, self._made = self._made, None
        if made is not None:
            self._add(made.shape(self.document.frame, self.document.size, self._settings))
        if self._last is not None:
            self._last = self._handle = None
            self.document.end_drag()

    def _add(self, shape: Shape | None) -> None:
        if shape is None:
            return
        painted = shape.kind is Kind.STROKE
        self.document.add(shape)
        if painted:
            self.document.select(None)  # or the next stroke's width would change this one's
        elif self.tool is not Tool.PEN:
            self.tool = Tool.SELECT  # to put it right; one more is one more key
        self.changed.emit()

    def paint(self, painter: QPainter, view: PictureView) -> None:
        """See `Overlay`."""
        document = self.document
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        to_view = _to_view(view)
        if self.filled:
            tint = colour("mask", 90)
            painter.fillPath(to_view.map(self._area()), tint)
        for place, shape in enumerate(document.shapes):
            chosen = place == document.selected
            path = to_view.map(geometry.line(shape, document.key(place), document.size))
            if shape.kind is Kind.STROKE and not chosen:
                continue
            _stroke(painter, path, chosen=chosen, taken=shape.combine is Combine.SUBTRACT)
        self._paint_handles(painter, to_view)
        self._paint_made(painter, to_view, view)
        paint_state(painter, QRectF(view.rect()), words(document))

    def _area(self) -> QPainterPath:
        """What the mask covers at this frame, without soft edges."""
        document = self.document
        now = (document.shapes, document.frame, document.size)
        if self._known is None or self._known[0] != now:
            area = QPainterPath()
            for place, shape in enumerate(document.shapes):
                one = geometry.outline(shape, document.key(place), document.size)
                add = shape.combine is Combine.ADD
                area = area.united(one) if add else area.subtracted(one)
            self._known = now, area
        return self._known[1]

    def _paint_handles(self, painter: QPainter, to_view: QTransform) -> None:
        document, place = self.document, self.document.selected
        if place is None:
            return
        shape, key = document.shapes[place], document.key(place)
        found = [*geometry.handles(shape, key, document.size, document.points)]
        points = {one.index: one.at for one in found if one.name == "point"}
        for one in found:
            at = to_view.map(one.at)
            if one.name in ("in", "out"):
                painter.setPen(QPen(colour("mask_line"), 1))
                painter.drawLine(to_view.map(points[one.index]), at)
        for one in found:
            at = to_view.map(one.at)
            chosen = one.name == "point" and one.index in document.points
            painter.setPen(QPen(colour("mask_dark"), 1))
            painter.setBrush(colour("mask" if chosen else "mask_line"))
            if one.name in ("in", "out", "turn"):
                painter.drawEllipse(at, 4, 4)
            else:
                painter.drawRect(QRectF(at.x() - 3.5, at.y() - 3.5, 7, 7))

    def _paint_made(self, painter: QPainter, to_view: QTransform, view: PictureView) -> None:
        """What is half drawn, and the brush."""
        document = self.document
        if self._pen is not None:
            path = _pen_path(self._pen)
            _stroke(painter, to_view.map(path), chosen=True, taken=False)
            painter.setPen(QPen(colour("mask_dark"), 1))
            for index, (point, _) in enumerate(self._pen.points):
                painter.setBrush(colour("mask" if index == 0 else "mask_line"))
                at = to_view.map(point)
                painter.drawRect(QRectF(at.x() - 3.5, at.y() - 3.5, 7, 7))
        if self._made is not None:
            shape = self._made.shape(document.frame, document.size, self._settings)
            if shape is not None:
                path = geometry.outline(shape, shape.keys[0], document.size)
                taken = shape.combine is Combine.SUBTRACT
                _stroke(painter, to_view.map(path), chosen=True, taken=taken)
        if self.tool in (Tool.BRUSH, Tool.ERASER) and self._hover is not None:
            radius = self.brush * view.zoom / view.ratio / 2
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for shade, width in (("mask_dark", 3), ("mask_line", 1)):
                painter.setPen(QPen(colour(shade), width))
                painter.drawEllipse(self._hover, radius, radius)


def _pen_path(pen: Pen) -> QPainterPath:
    path = QPainterPath(pen.points[0][0])
    for (_, out), (other, onward) in pairwise(pen.points):
        path.cubicTo(out, other * 2 - onward, other)
    if pen.at is not None:
        path.cubicTo(pen.points[-1][1], pen.at, pen.at)
    return path


def _stroke(painter: QPainter, path: QPainterPath, *, chosen: bool, taken: bool) -> None:
    """A line that is seen on any picture; dashed where a shape takes away."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour("mask_dark"), 3 if chosen else 2.5))
    painter.drawPath(path)
    pen = QPen(colour("mask_line" if chosen else "mask"), 1.5 if chosen else 1)
    if taken:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawPath(path)


def _to_view(view: PictureView) -> QTransform:
    """From pixels of the picture to those of the widget."""
    zero, one = view.to_widget(QPointF(0, 0)), view.to_widget(QPointF(1, 1))
    scale = one - zero
    return QTransform(scale.x(), 0, 0, scale.y(), zero.x(), zero.y())


def _near(one: QPointF, other: QPointF, reach: float) -> bool:
    away = one - other
    return max(abs(away.x()), abs(away.y())) <= reach
