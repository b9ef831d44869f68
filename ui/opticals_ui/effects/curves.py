"""The control of a curve: drawn, entered point by point, or typed."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals import curve
from opticals.curve import Point
from opticals.declaration import Setting, Value
from opticals_ui.effects.controls import Control
from opticals_ui.effects.plot import Plot
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr

_FARTHEST = 1_000_000  # frames
_HIGHEST = 10_000


class Curve(Control):
    """Points as `place:value`, separated by spaces; empty: no curve."""

    tall = True

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._setting = setting
        low = Fraction(setting.minimum or 0)
        high = Fraction(_HIGHEST if setting.maximum is None else setting.maximum)
        self._low, self._high = low, high
        self._value = str(setting.default)
        self.plot = Plot(low, high)
        self.plot.changed.connect(self._drawn)
        self.plot.chosen.connect(self._show_point)
        self.place = _number(0, _FARTHEST, tr("frame"), prefix=True)
        self.amount = _number(float(low), float(high), tr(setting.unit) if setting.unit else "")
        for field in (self.place, self.amount):
            field.valueChanged.connect(self._entered)
        self._add = _tool("add", tr("Add a point"))
        self._add.clicked.connect(lambda: self.plot.add())
        self._remove = _tool("trash", tr("Remove the point"))
        self._remove.clicked.connect(self.plot.remove)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("place:value place:value"))
        self.line.editingFinished.connect(self._typed)
        point = QHBoxLayout()
        point.setSpacing(4)
        point.addWidget(self.place, 1)
        point.addWidget(self.amount, 1)
        point.addWidget(self._add)
        point.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.plot)
        layout.addLayout(point)
        layout.addWidget(self.line)
        self._show()

    def value(self) -> Value:
        return self._value

    def set_value(self, value: Value) -> None:
        if value != self._value:
            self._value = str(value)
            self._show()
            self.changed.emit()

    def parts(self) -> tuple[QWidget, ...]:
        return (self.plot, self.place, self.amount, self._add, self._remove, self.line)

    def set_length(self, frames: int) -> None:
        """How many frames the curve runs over, at least."""
        self.plot.length = Fraction(max(frames, 1))
        self.plot.update()

    def _drawn(self) -> None:
        self.set_value(text_of(self.plot.points))

    def _typed(self) -> None:
        text = " ".join(self.line.text().split())
        points = _points(text)
        known = points is not None and all(self._low <= one <= self._high for _, one in points)
        if known or text == self._setting.default:
            self.set_value(text)
        self.line.setText(self._value)  # what was typed is no curve: the last one stays

    def _entered(self) -> None:
        places = Fraction(str(self.place.value())), Fraction(str(self.amount.value()))
        self.plot.put(*places)
        self._show_point()

    def _show(self) -> None:
        self.plot.show_points(_points(self._value) or ())
        self.line.setText(self._value)
        self._show_point()

    def _show_point(self) -> None:
        there = bool(self.plot.points)
        place, amount = self.plot.points[self.plot.at] if there else (Fraction(0), self._low)
        for field, number in ((self.place, place), (self.amount, amount)):
            with QSignalBlocker(field):
                field.setValue(float(number))
            field.setEnabled(there)
        self._remove.setEnabled(there)


def text_of(points: tuple[Point, ...]) -> str:
    """Points as they are written; not finer than a hundredth."""
    return " ".join(f"{_digits(place)}:{_digits(value)}" for place, value in points)


def _digits(number: Fraction) -> str:
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.4f}".rstrip("0").rstrip(".")


def _points(text: str) -> tuple[Point, ...] | None:
    try:
        return curve.points(text) if text else ()
    except ValueError:
        return None


def _number(low: float, high: float, words: str, *, prefix: bool = False) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.lineEdit().setTextMargins(5, 0, 0, 0)  # beside arrows a style sheet's padding is lost
    field.setDecimals(2)
    field.setRange(low, high)
    field.setKeyboardTracking(False)
    field.setMinimumWidth(70)  # Qt would have room for the largest number there may be
    if prefix:
        field.setPrefix(f"{words} ")
        field.setDecimals(0)
    elif words:
        field.setSuffix(f" {words}")
    return field


def _tool(name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setProperty("role", "small")
    return button
