"""A curve drawn with its points, which the mouse and the keys move. Exact: points are fractions."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from opticals.curve import Point
from opticals_ui.effects.numbers import pace
from opticals_ui.look.theme import colour
from opticals_ui.look.words import tr

MOST = 64  # points, as `opticals.curve` has it
GRAB = 9  # pixels from which a point is grabbed
RADIUS = 4
USUAL = Fraction(100)  # a value where there is no curve yet
_BESIDE = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Up: (0, 1),
}
_ADD = (Qt.Key.Key_Insert, Qt.Key.Key_Plus)
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_TURN = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class Plot(QWidget):
    """Points of places (frames) and values, and the smooth line through them.

    Arrows move the point that is chosen, Shift fine and Ctrl coarse; Page Up and Down choose
    another; + or Insert adds one, Delete takes it away. A double-click adds one too.

    Signals:
        changed: the points are others.
        chosen: another point is the one that is edited.
    """

    changed = Signal()
    chosen = Signal()

    def __init__(self, low: Fraction, high: Fraction) -> None:
        super().__init__()
        self.points: tuple[Point, ...] = ()
        self.at = 0
        self.length = Fraction(100)  # frames of what the curve runs over
        self._low, self._high = low, high
        self._held = False
        self._top: Fraction | None = None  # while a point is held, so that nothing runs away
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(104)

    def sizeHint(self) -> QSize:
        return QSize(240, 104)

    def show_points(self, points: tuple[Point, ...]) -> None:
        """What changed elsewhere."""
        self.points = points
        self.at = min(self.at, max(len(points) - 1, 0))
        self._say()
        self.update()

    def choose(self, at: int) -> None:
        if 0 <= at < len(self.points):
            self.at = at
            self._say()
            self.update()
            self.chosen.emit()

    def put(self, place: Fraction, value: Fraction) -> None:
        """Bring the chosen point to a place and a value, as far as its neighbours and the bounds
        let it."""
        if not self.points:
            return
        before = self.points[self.at - 1][0] + 1 if self.at else Fraction(0)
        after = self.points[self.at + 1][0] - 1 if self.at + 1 < len(self.points) else None
        place = max(place, before)
        if after is not None:
            place = min(place, max(after, before))
        value = min(max(value, self._low), self._high)
        moved = (*self.points[: self.at], (place, value), *self.points[self.at + 1 :])
        if moved != self.points and sorted({one for one, _ in moved}) == [one for one, _ in moved]:
            self._take(moved)

    def add(self, place: Fraction | None = None, value: Fraction | None = None) -> None:
        """Another point: there, or in the middle behind the chosen one."""
        if len(self.points) >= MOST:
            return
        if place is None:
            place = self._free_place()
        if any(one == place for one, _ in self.points):
            return
        given = self._value_at(place) if value is None else value
        given = min(max(given, self._low), self._high)
        points = tuple(sorted((*self.points, (place, given))))
        self.at = points.index((place, given))
        self._take(points)

    def remove(self) -> None:
        """The chosen point away."""
        if self.points:
            points = (*self.points[: self.at], *self.points[self.at + 1 :])
            self.at = max(0, min(self.at, len(points) - 1))
            self._take(points)

    def spot(self, at: int) -> QPointF:
        """Where a point is drawn."""
        return self._to_pixel(*self.points[at])

    def event(self, event: QEvent) -> bool:
        # The panel's own keys are not for here.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = event.modifiers() & Qt.KeyboardModifier.AltModifier
            if not held and Qt.Key(event.key()) in {*_BESIDE, *_ADD, *_REMOVE, *_TURN}:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _BESIDE and self.points:
            across, up = _BESIDE[key]
            far = Fraction(pace(event.modifiers())).limit_denominator(10)
            place, value = self.points[self.at]
            self.put(place + across * max(far, Fraction(1)), value + up * far)
        elif key in _TURN:
            self.choose(self.at + _TURN[key])
        elif key in _ADD:
            self.add()
        elif key in _REMOVE:
            self.remove()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        near = self._near(event.position())
        if near is not None:
            self._top, self._held = self._highest(), True
            self.choose(near)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self.put(*self._from_pixel(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held, self._top = False, None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._near(event.position()) is None:
            self.add(*self._from_pixel(event.position()))
        else:
            self.remove()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("focus" if self.hasFocus() else "line"), 1))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(frame, 4, 4)
        self._paint_grid(painter)
        if not self.points:
            painter.setPen(colour("dim"))
            words = tr("Double-click, or press +, for a point")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            return
        painter.setPen(QPen(colour("accent"), 1.5))
        painter.drawPolyline(self._line())
        for index in range(len(self.points)):
            now = index == self.at
            painter.setPen(QPen(colour("text" if now else "accent"), 1.5))
            painter.setBrush(colour("accent" if now else "field"))
            painter.drawEllipse(self.spot(index), RADIUS, RADIUS)

    def _paint_grid(self, painter: QPainter) -> None:
        painter.setFont(_small(painter.font()))
        metrics = painter.fontMetrics()
        step = _step(self._highest())
        value = Fraction(0)
        while value <= self._highest():
            y = self._to_pixel(Fraction(0), value).y()
            painter.setPen(QPen(colour("line"), 1))
            painter.drawLine(QPointF(self._box().left(), y), QPointF(self._box().right(), y))
            painter.setPen(colour("dim"))
            words = f"{float(value):g}"
            painter.drawText(
                QPointF(self._box().left() - 4 - metrics.horizontalAdvance(words), y + 4), words
            )
            value += step
        words = f"{float(self._end()):g}"
        x = self._box().right() - metrics.horizontalAdvance(words)
        painter.drawText(QPointF(x, self.height() - 4), words)
        painter.drawText(QPointF(self._box().left(), self.height() - 4), "0")

    def _line(self) -> list[QPointF]:
        """The curve in pixels; between two points the value follows a smooth step of the output's
        time, as `opticals.curve.Ramp` says."""
        first, last = self.points[0], self.points[-1]
        found = [self._to_pixel(Fraction(0), first[1])]
        for (low, before), (high, after) in zip(self.points, self.points[1:], strict=False):
            a, b = float(before), float(after)
            lasts = 2 * float(high - low) / max(a + b, 1e-6)
            for part in range(17):
                u = part / 16
                place = float(low) + lasts * (a * u + (b - a) * u**3 * (1 - u / 2))
                value = a + (b - a) * u * u * (3 - 2 * u)
                found.append(self._to_pixel(place, value))
        return [*found, self._to_pixel(last[0], last[1]), self._to_pixel(self._end(), last[1])]

    def _box(self) -> QRectF:
        left = 8 + self.fontMetrics().horizontalAdvance(f"{float(self._highest()):g}")
        return QRectF(self.rect()).adjusted(left, 10, -10, -18)

    def _highest(self) -> Fraction:
        if self._top is not None:
            return self._top
        most = max((value for _, value in self.points), default=USUAL)
        step = _step(most * Fraction(5, 4))
        top = step * -(-most * Fraction(11, 10) // step)
        return max(top, Fraction(125) if self._high > USUAL else self._high)

    def _end(self) -> Fraction:
        return max(self.length, self.points[-1][0] if self.points else Fraction(0), Fraction(1))

    def _to_pixel(self, place: Fraction | float, value: Fraction | float) -> QPointF:
        box = self._box()
        x = box.left() + box.width() * float(place) / float(self._end())
        return QPointF(x, box.bottom() - box.height() * float(value) / float(self._highest()))

    def _from_pixel(self, spot: QPointF) -> Point:
        """Whole frames and whole values: that is what a mouse can aim at."""
        box = self._box()
        across = (spot.x() - box.left()) / max(box.width(), 1)
        up = (box.bottom() - spot.y()) / max(box.height(), 1)
        place = round(min(max(across, 0), 1) * float(self._end()))
        return Fraction(place), Fraction(round(min(max(up, 0), 1) * float(self._highest())))

    def _near(self, spot: QPointF) -> int | None:
        found = [
            (gap.manhattanLength(), index)
            for index in range(len(self.points))
            for gap in [self.spot(index) - spot]
            if gap.manhattanLength() <= GRAB
        ]
        return min(found)[1] if found else None

    def _free_place(self) -> Fraction:
        if not self.points:
            return Fraction(0)
        place = self.points[self.at][0]
        if self.at + 1 < len(self.points):
            return Fraction((place + self.points[self.at + 1][0]) // 2)
        return max(place + 1, Fraction(self._end() // 1)) if place < self._end() else place + 12

    def _value_at(self, place: Fraction) -> Fraction:
        """A value that leaves the curve much as it is."""
        if not self.points:
            return USUAL
        before = [value for one, value in self.points if one <= place]
        after = [value for one, value in self.points if one > place]
        beside = [*before[-1:], *after[:1]]
        return Fraction(round(sum(beside, Fraction(0)) / len(beside)))

    def _take(self, points: tuple[Point, ...]) -> None:
        self.points = points
        self._say()
        self.update()
        self.changed.emit()

    def _say(self) -> None:
        """What is chosen, for screen readers."""
        if not self.points:
            self.setAccessibleDescription(tr("No points"))
            return
        place, value = self.points[self.at]
        self.setAccessibleDescription(
            tr(
                "Point {number} of {total}: {value} at frame {place}",
                number=self.at + 1,
                total=len(self.points),
                value=f"{float(value):g}",
                place=f"{float(place):g}",
            )
        )


def _small(font: QFont) -> QFont:
    font.setPixelSize(10)
    return font


def _step(most: Fraction) -> Fraction:
    """Between lines of the grid: three to six of them."""
    for step in (25, 50, 100, 250, 500):
        if most / step <= 5:
            return Fraction(step)
    return Fraction(1000)
