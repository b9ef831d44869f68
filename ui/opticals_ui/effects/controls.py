"""The widgets that hold one value of a setting each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from opticals.declaration import Kind, Setting, Value
from opticals.models import own
from opticals_ui.look.theme import icon

SLIDER_STEPS = 1000
WHOLE_LIMIT = 2**31 - 1
NUMBER_LIMIT = 1e9


class WheelGuard(QObject):
    """Lets the wheel scroll the form instead of changing the value it happens to pass."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        if not watched.hasFocus():
            event.ignore()
        return not watched.hasFocus()


class Control(QWidget):
    """A widget that holds one value: base of the kinds below."""

    changed = Signal()

    def value(self) -> Value:
        raise NotImplementedError

    def set_value(self, value: Value) -> None:
        raise NotImplementedError

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus."""
        raise NotImplementedError

    def _lay_out(self, *widgets: QWidget) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in widgets:
            layout.addWidget(widget)


class Switch(Control):
    """On or off."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._box = QCheckBox(setting.label)
        self._box.toggled.connect(self.changed)
        self._lay_out(self._box)

    def value(self) -> Value:
        return self._box.isChecked()

    def set_value(self, value: Value) -> None:
        self._box.setChecked(bool(value))

    def parts(self) -> tuple[QWidget, ...]:
        return (self._box,)


class Pick(Control):
    """One of a few. `labels` are the words for choices that are ids."""

    def __init__(self, setting: Setting, labels: Mapping[Value, str]) -> None:
        super().__init__()
        self._box = QComboBox()
        self.offer(setting, setting.default, labels)
        self._box.currentIndexChanged.connect(self.changed)
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # The longest choice must not hold the form wide open.
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._lay_out(self._box)

    def offer(self, setting: Setting, value: Value, labels: Mapping[Value, str]) -> None:
        """Give these choices in place of those before, of which `value` is chosen already."""
        with QSignalBlocker(self._box):
            self._box.clear()
            for choice in setting.choices:
                unit = f" {setting.unit}" if setting.unit else ""
                self._box.addItem(labels.get(choice, f"{choice}{unit}"), choice)
            self.set_value(value)

    def value(self) -> Value:
        found: Value = self._box.currentData()
        return found

    def set_value(self, value: Value) -> None:
        self._box.setCurrentIndex(self._box.findData(value))

    def parts(self) -> tuple[QWidget, ...]:
        return (self._box,)


class Suggestion(Control):
    """Words, of which some are offered. `labels` are the words for those that are ids."""

    def __init__(self, setting: Setting, labels: Mapping[Value, str]) -> None:
        super().__init__()
        self._box = QComboBox()
        self._box.setEditable(True)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for choice in setting.choices:
            self._box.addItem(labels.get(choice, str(choice)), choice)
        self._box.editTextChanged.connect(self.changed)
        self._lay_out(self._box)

    def value(self) -> Value:
        text = self._box.currentText().strip()
        known = self._box.findText(text)
        found: Value = text if known < 0 else self._box.itemData(known)
        return found

    def set_value(self, value: Value) -> None:
        known = self._box.findData(value)
        self._box.setEditText(str(value) if known < 0 else self._box.itemText(known))

    def parts(self) -> tuple[QWidget, ...]:
        return (self._box,)


class Text(Control):
    """Words."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._line = QLineEdit()
        self._line.textChanged.connect(self.changed)
        self._lay_out(self._line)

    def value(self) -> Value:
        return self._line.text()

    def set_value(self, value: Value) -> None:
        self._line.setText(str(value))

    def parts(self) -> tuple[QWidget, ...]:
        return (self._line,)


class File(Control):
    """The path of a file, typed, dropped or chosen."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._label = setting.label
        self._line = QLineEdit()
        self._line.setPlaceholderText("None" if not setting.default else str(setting.default))
        self._line.editingFinished.connect(self.changed)
        self._browse = QToolButton()
        self._browse.setIcon(icon("open"))
        self._browse.setToolTip("Choose a file")
        self._browse.setAutoRaise(True)
        self._browse.clicked.connect(self._choose)
        self._lay_out(self._line, self._browse)

    def value(self) -> Value:
        return self._line.text().strip()

    def set_value(self, value: Value) -> None:
        if str(value) != self._line.text():
            self._line.setText(str(value))
            self.changed.emit()

    def parts(self) -> tuple[QWidget, ...]:
        return (self._browse, self._line)

    def _choose(self) -> None:
        folder = str(Path(str(self.value())).parent) if self.value() else ""
        path, _ = QFileDialog.getOpenFileName(self, self._label, folder)
        if path:
            self.set_value(path)


class Colour(Control):
    """A colour as #rrggbb, typed or picked, or the word that is the default."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._default = str(setting.default)
        self._label = setting.label
        self._value = self._default
        self._line = QLineEdit()
        self._line.setPlaceholderText("#rrggbb")
        self._line.editingFinished.connect(self._typed)
        self._swatch = QToolButton()
        self._swatch.setToolTip("Pick a colour")
        self._swatch.clicked.connect(self._pick)
        self._lay_out(self._line, self._swatch)

    def value(self) -> Value:
        return self._value

    def set_value(self, value: Value) -> None:
        self._line.setText(str(value))
        self._typed()

    def parts(self) -> tuple[QWidget, ...]:
        return (self._swatch, self._line)

    def _typed(self) -> None:
        text = self._line.text().strip()
        known = text == self._default or (len(text) == 7 and QColor.isValidColorName(text))
        if not known:
            text = self._value  # what was typed is no colour: the last one stays
        self._line.setText(text)
        shown = text if QColor.isValidColorName(text) else "transparent"
        self._swatch.setStyleSheet(f"background: {shown};")
        if text != self._value:
            self._value = text
            self.changed.emit()

    def _pick(self) -> None:
        picked = QColorDialog.getColor(QColor(self._value), self, self._label)
        if picked.isValid():
            self.set_value(picked.name())


class Number(Control):
    """A whole or other number: exact entry, and a slider where both bounds are known."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        whole = setting.type is int
        limit = WHOLE_LIMIT if whole else NUMBER_LIMIT
        low = -limit if setting.minimum is None else setting.minimum
        high = limit if setting.maximum is None else setting.maximum
        self._low, self._span = low, high - low
        self._spin: QSpinBox | QDoubleSpinBox
        if whole:
            self._spin = QSpinBox()
            self._spin.setRange(int(low), int(high))
            self._spin.valueChanged.connect(self._typed)
        else:
            self._spin = QDoubleSpinBox()
            self._spin.setDecimals(2 if self._span >= 1 else 3)
            self._spin.setRange(low, high)
            self._spin.setSingleStep(self._span / 100 if self._span <= 1000 else 1)
            self._spin.valueChanged.connect(self._typed)
        self._spin.setKeyboardTracking(False)
        self._spin.lineEdit().setTextMargins(5, 0, 0, 0)
        if setting.unit:
            self._spin.setSuffix(f" {setting.unit}")
        self._slider: QSlider | None = None
        if setting.minimum is None or setting.maximum is None:
            self._lay_out(self._spin)
            return
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, int(self._span) if whole else SLIDER_STEPS)
        self._slider.setPageStep(max(1, self._slider.maximum() // 10))
        self._slider.valueChanged.connect(self._slid)
        self._spin.setFixedWidth(max(96, self._spin.sizeHint().width()))
        self._lay_out(self._slider, self._spin)
        self._place_slider()

    def value(self) -> Value:
        return self._spin.value()

    def set_value(self, value: Value) -> None:
        assert not isinstance(value, str)
        if isinstance(self._spin, QSpinBox):
            self._spin.setValue(int(value))
        else:
            self._spin.setValue(float(value))

    def parts(self) -> tuple[QWidget, ...]:
        return (self._slider, self._spin) if self._slider else (self._spin,)

    def _typed(self) -> None:
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


def control_for(setting: Setting, labels: Mapping[Value, str], *, free: bool) -> Control:
    """The control that a setting is changed with; `free`: its choices are not all there are."""
    if setting.kind is Kind.MODEL:
        setting = replace(setting, choices=(*setting.choices, *own.all_own()))
        free = True
    if setting.choices:
        return Suggestion(setting, labels) if free else Pick(setting, labels)
    if setting.kind.is_file:
        return File(setting)
    if setting.kind is Kind.COLOUR:
        return Colour(setting)
    kinds: dict[type, Callable[[Setting], Control]] = {
        bool: Switch,
        int: Number,
        float: Number,
        str: Text,
    }
    return kinds[setting.type](setting)
