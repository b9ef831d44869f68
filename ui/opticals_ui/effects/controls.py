"""The widgets that hold one value of a setting each: the base of all, and the plain ones."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from opticals.declaration import Setting, Value
from opticals_ui.effects.stack import in_words
from opticals_ui.look.drop_down import DropDown
from opticals_ui.look.words import tr

Labels = Mapping[Value, str]


class WheelGuard(QObject):
    """Lets the wheel scroll the form instead of changing the value it happens to pass."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        if not watched.hasFocus():
            event.ignore()
        return not watched.hasFocus()


class Control(QWidget):
    """A widget that holds one value: base of the kinds below.

    Attributes:
        tall: whether it takes all of the width, below its label.

    Signals:
        changed: the value is another.
        reset_wanted: the default is wanted back.
        pick_wanted: a colour is to be picked from the picture; `take` gets it.
        draw_wanted: a mask is to be drawn; `set_value` gets its file.
        matte_wanted: a matte that was rendered is to be the mask; likewise.
    """

    changed = Signal()
    reset_wanted = Signal()
    pick_wanted = Signal()
    draw_wanted = Signal()
    matte_wanted = Signal()
    tall = False

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
        layout.setSpacing(4)
        for widget in widgets:
            layout.addWidget(widget)


class Switch(Control):
    """On or off."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._box = QCheckBox()
        self._box.toggled.connect(self.changed)
        self._lay_out(self._box)
        self.layout().addStretch(1)  # type: ignore[union-attr]

    def value(self) -> Value:
        return self._box.isChecked()

    def set_value(self, value: Value) -> None:
        self._box.setChecked(bool(value))

    def parts(self) -> tuple[QWidget, ...]:
        return (self._box,)


class Pick(Control):
    """One of a few. `labels` are the words for choices that are ids."""

    def __init__(self, setting: Setting, labels: Labels) -> None:
        super().__init__()
        self._box = DropDown()
        self.offer(setting, setting.default, labels)
        self._box.currentIndexChanged.connect(self.changed)
        _give_way(self._box)
        self._lay_out(self._box)

    def offer(self, setting: Setting, value: Value, labels: Labels) -> None:
        """Give these choices in place of those before, of which `value` is chosen already."""
        with QSignalBlocker(self._box):
            self._box.clear()
            for choice in setting.choices:
                words = tr(choice) if isinstance(choice, str) else in_words("", choice)
                unit = f" {tr(setting.unit)}" if setting.unit and choice != "same" else ""
                self._box.addItem(labels.get(choice, f"{words}{unit}"), choice)
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

    def __init__(self, setting: Setting, labels: Labels) -> None:
        super().__init__()
        self._box = DropDown()
        line = QLineEdit()
        line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # the box stands for it
        self._box.setLineEdit(line)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        _give_way(self._box)
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
        if self._line.text() != str(value):  # else the cursor would jump to the end
            self._line.setText(str(value))

    def parts(self) -> tuple[QWidget, ...]:
        return (self._line,)


def _give_way(box: QComboBox) -> None:
    """The longest choice must not hold the form wide open."""
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
