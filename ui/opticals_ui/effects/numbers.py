"""The control of a number: exact entry, and a slider where both bounds are known."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QDoubleSpinBox,
    QSlider,
    QSpinBox,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from opticals.declaration import Setting, Value
from opticals_ui.effects.controls import Control
from opticals_ui.look.words import tr

STEPS = 1000  # of a slider over numbers that are not whole
WHOLE_LIMIT = 2**31 - 1
NUMBER_LIMIT = 1e9
FIELD = 104  # pixels of width for what is typed, beside a slider: the same in all rows
FINE, COARSE = 0.1, 10
_ARROWS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
}


def pace(modifiers: Qt.KeyboardModifier) -> float:
    """How far a step goes: Shift is fine, Ctrl coarse."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return FINE
    return COARSE if modifiers & Qt.KeyboardModifier.ControlModifier else 1


class Slider(QSlider):
    """A slider that takes hold wherever it is pressed, and goes slower with Shift.

    Signals:
        reset_wanted: it was double-clicked, or Backspace or Delete was pressed.
    """

    reset_wanted = Signal()

    def __init__(self, steps: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, steps)
        self._step = max(1.0, steps / 100)
        self._rest = 0.0  # of fine steps, below one of the slider's own
        self._at: float | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.reset_wanted.emit()
        elif key in _ARROWS:
            self._go(_ARROWS[key] * pace(event.modifiers()))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()  # Alt and Shift turn it round
        self._go(turned / 120 * pace(event.modifiers()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._at = event.position().x()
        if not self._handle().adjusted(-3, -6, 3, 6).contains(event.position().toPoint()):
            self.setValue(round(self._value_at(self._at)))
        self._rest = 0.0
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._at is None:
            super().mouseMoveEvent(event)
            return
        x = event.position().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            tenth = self.maximum() / 10
            self.setValue(round(round(self._value_at(x) / tenth) * tenth))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move((self._value_at(x) - self._value_at(self._at)) * FINE)
        else:
            self._move(self._value_at(x) - self._value_at(self._at))
        self._at = x
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._at = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._at = None
        self.reset_wanted.emit()
        event.accept()

    def _go(self, steps: float) -> None:
        least = 1.0 if steps > 0 else -1.0
        way = steps * self._step
        self._rest = 0.0
        self.setValue(self.value() + round(way if abs(way) >= 1 else least))

    def _move(self, way: float) -> None:
        self._rest += way
        whole = int(self._rest)
        self._rest -= whole
        self.setValue(self.value() + whole)

    def _handle(self) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )

    def _value_at(self, x: float) -> float:
        handle = self._handle().width()
        share = (x - handle / 2) / max(1, self.width() - handle)
        return min(max(share, 0.0), 1.0) * self.maximum()


class _Fraction(QDoubleSpinBox):
    """Shows no more digits than there are, but `least`, and steps finer with Shift."""

    least = 2

    def textFromValue(self, value: float) -> str:
        text = self.locale().toString(value, "f", self.decimals())
        point = self.locale().decimalPoint()
        if point not in text:
            return text
        whole, _, digits = text.partition(point)
        kept = digits.rstrip("0").ljust(self.least, "0")
        return f"{whole}{point}{kept}" if kept else whole

    def stepBy(self, steps: int) -> None:
        fine = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        usual = self.singleStep()
        self.setSingleStep(usual * FINE if fine else usual)
        super().stepBy(steps)
        self.setSingleStep(usual)


def _short(unit: str) -> str:
    """What of a unit a field has room for; the help has all of it."""
    return unit if len(unit) <= 7 and " " not in unit else unit.partition(" ")[0]


class Number(Control):
    """A whole or other number."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        whole = setting.type is int
        limit = WHOLE_LIMIT if whole else NUMBER_LIMIT
        low = -limit if setting.minimum is None else setting.minimum
        high = limit if setting.maximum is None else setting.maximum
        self._low, self._span = low, high - low
        self._exact: float | None = None  # as given, where the field shows fewer digits
        self._spin: QSpinBox | QDoubleSpinBox
        if whole:
            self._spin = QSpinBox()
            self._spin.setRange(int(low), int(high))
            self._spin.valueChanged.connect(self._typed)
        else:
            self._spin = _Fraction()
            self._spin.setDecimals(4)
            self._spin.least = 2 if self._span <= 5 else 1 if self._span <= 50 else 0
            self._spin.setRange(low, high)
            self._spin.setSingleStep(self._span / 100 if self._span <= 1000 else 1)
            self._spin.valueChanged.connect(self._typed)
        self._spin.setKeyboardTracking(False)
        self._spin.lineEdit().setTextMargins(4, 0, 2, 0)
        if setting.unit:
            self._spin.setSuffix(f" {_short(tr(setting.unit))}")
        self._slider: Slider | None = None
        if setting.minimum is None or setting.maximum is None:
            self._lay_out(self._spin)
            return
        self._slider = Slider(int(self._span) if whole else STEPS)
        self._slider.setPageStep(max(1, self._slider.maximum() // 10))
        self._slider.valueChanged.connect(self._slid)
        self._slider.reset_wanted.connect(self.reset_wanted)
        self._slider.setMinimumWidth(30)
        self._spin.setProperty("plain", True)  # without arrows: the slider does
        self._spin.setFixedWidth(FIELD)
        self._lay_out(self._slider, self._spin)
        self._place_slider()

    def value(self) -> Value:
        return self._spin.value() if self._exact is None else self._exact

    def set_value(self, value: Value) -> None:
        assert not isinstance(value, str)
        if value == self.value():
            return
        if isinstance(self._spin, QSpinBox):
            self._spin.setValue(int(value))
            return
        with QSignalBlocker(self._spin):
            self._spin.setValue(float(value))
        within = self._low <= value <= self._low + self._span
        self._exact = float(value) if within and self._spin.value() != value else None
        self._place_slider()
        self.changed.emit()

    def parts(self) -> tuple[QWidget, ...]:
        return (self._slider, self._spin) if self._slider else (self._spin,)

    def _typed(self) -> None:
        self._exact = None
        self._place_slider()
        self.changed.emit()

    def _place_slider(self) -> None:
        if self._slider is not None:
            share = (self._spin.value() - self._low) / self._span if self._span else 0.0
            with QSignalBlocker(self._slider):
                self._slider.setValue(round(share * self._slider.maximum()))

    def _slid(self, position: int) -> None:
        assert self._slider is not None
        number = self._low + self._span * position / max(1, self._slider.maximum())
        if isinstance(self._spin, QSpinBox):
            self._spin.setValue(round(number))
        else:
            self._spin.setValue(number)
