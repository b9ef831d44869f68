"""The form of an effect's settings, made from its declaration."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from opticals.declaration import Setting, Value
from opticals_ui.effects.controls import Pick, Switch, WheelGuard, control_for
from opticals_ui.look.theme import icon


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
