"""The signs of the first steps: a number that becomes a tick, and how far one is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from opticals_ui.look.icons import icon
from opticals_ui.look.theme import colour

SIDE = 22  # pixels of a number's circle
DOT = 7


class StepMark(QWidget):
    """The number of a step in a circle: filled for the next one, a tick when it is done."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._state = "later"
        self.setFixedSize(SIDE, SIDE)

    def show_state(self, state: str) -> None:
        """`done`, `next` or `later`."""
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._state == "done":
            icon("success").paint(painter, self.rect())
            return
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        following = self._state == "next"
        painter.setPen(QPen(colour("accent" if following else "border"), 1.4))
        painter.setBrush(colour("accent") if following else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)
        painter.setPen(colour("on_accent" if following else "dim"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))


class Dots(QWidget):
    """One dot for each step, filled when it is done."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._steps, self._done = steps, 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._steps * (DOT + 5), DOT + 4)

    def show_done(self, done: int) -> None:
        self._done = done
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for step in range(self._steps):
            full = step < self._done
            painter.setPen(QPen(colour("accent" if full else "border"), 1.4))
            painter.setBrush(colour("accent") if full else Qt.BrushStyle.NoBrush)
            middle = QPointF(3 + DOT / 2 + step * (DOT + 5), self.height() / 2)
            painter.drawEllipse(middle, DOT / 2, DOT / 2)
