"""The form of an effect's settings, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals.declaration import Setting, Value
from opticals_ui.look import icon

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
        self._spin.setFixedWidth(96)
        self._lay_out(self._slider, self._spin)

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
        if self._slider is not None:
            share = (self._spin.value() - self._low) / self._span if self._span else 0.0
            with QSignalBlocker(self._slider):
                self._slider.setValue(round(share * self._slider.maximum()))
        self.changed.emit()

    def _slid(self, position: int) -> None:
        assert self._slider is not None
        number = self._low + self._span * position / max(1, self._slider.maximum())
        if isinstance(self._spin, QSpinBox):
            self._spin.setValue(round(number))
        else:
            self._spin.setValue(number)


def control_for(setting: Setting, labels: Mapping[Value, str], *, free: bool) -> Control:
    """The control that a setting is changed with; `free`: its choices are not all there are."""
    if setting.choices:
        return Suggestion(setting, labels) if free else Pick(setting, labels)
    kinds: dict[type, Callable[[Setting], Control]] = {
        bool: Switch,
        int: Number,
        float: Number,
        str: Text,
    }
    return kinds[setting.type](setting)


class SettingRow(QWidget):
    """A setting with its label, control, help and reset."""

    changed = Signal(str, object)

    def __init__(
        self,
        setting: Setting,
        value: Value,
        guard: WheelGuard,
        labels: Mapping[Value, str],
        *,
        free: bool = False,
    ) -> None:
        super().__init__()
        self._setting = setting
        self.control = control_for(setting, labels, free=free)
        self.control.set_value(value)
        self.control.changed.connect(self._changed)
        self._reset = QToolButton()
        self._reset.setIcon(icon("reset"))
        self._reset.setAutoRaise(True)
        keeps = self._reset.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(keeps)
        self._name_reset(labels)
        self._reset.setAccessibleName(f"Reset {setting.label}")
        self._reset.clicked.connect(self.reset)
        hint = setting.help
        if not setting.choices:  # the list says them better
            hint += f"\n{setting.allowed[:1].upper()}{setting.allowed[1:]}."
        for part in self.control.parts():
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            part.installEventFilter(guard)
            part.setAccessibleName(setting.label)
            part.setAccessibleDescription(setting.help)
            part.setToolTip(hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        if not isinstance(self.control, Switch):
            label = QLabel(setting.label)
            label.setToolTip(hint)
            label.setBuddy(self.control.parts()[-1])
            layout.addWidget(label)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.control, 1)
        line.addWidget(self._reset)
        layout.addLayout(line)
        self._mark_changed()

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""
        return (*self.control.parts(), self._reset)

    def reset(self) -> None:
        self.control.set_value(self._setting.default)

    def offer(self, setting: Setting, value: Value, labels: Mapping[Value, str]) -> None:
        """Give a `Pick` other choices."""
        assert isinstance(self.control, Pick)
        self._setting = setting
        self.control.offer(setting, value, labels)
        self._name_reset(labels)
        self._mark_changed()

    def _name_reset(self, labels: Mapping[Value, str]) -> None:
        default = self._setting.default
        self._reset.setToolTip(f"Back to {labels.get(default) or _words(default)}")

    def _changed(self) -> None:
        self._mark_changed()
        self.changed.emit(self._setting.name, self.control.value())

    def _mark_changed(self) -> None:
        self._reset.setVisible(self.control.value() != self._setting.default)


class Form(QWidget):
    """One row per setting. `changed` carries the setting's name and its value; `shown`: the rows
    are others."""

    changed = Signal(str, object)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, SettingRow] = {}
        self._guard = WheelGuard(self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)

    def show_settings(
        self,
        settings: tuple[Setting, ...],
        values: Mapping[str, Value],
        labels: Mapping[str, Mapping[Value, str]] | None = None,
        free: Collection[str] = (),
    ) -> None:
        """Show these settings in place of those before.

        Args:
            labels: words for choices, by the setting's name.
            free: the settings whose choices are not all there are.
        """
        words = labels or {}
        for row in self.rows.values():
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {
            one.name: SettingRow(
                one,
                values[one.name],
                self._guard,
                words.get(one.name, {}),
                free=one.name in free,
            )
            for one in settings
        }
        for row in self.rows.values():
            row.changed.connect(self.changed)
            self._layout.addWidget(row)
        self.shown.emit()

    def show_values(self, values: Mapping[str, Value]) -> None:
        """What changed elsewhere."""
        for name, row in self.rows.items():
            if row.control.value() != values[name]:
                row.control.set_value(values[name])

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""
        return tuple(part for row in self.rows.values() for part in row.parts())


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
