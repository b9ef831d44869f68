"""The form of an effect's settings, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from time import perf_counter

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from opticals.declaration import Kind, Setting, Value
from opticals_ui.effects.colours import Colour
from opticals_ui.effects.controls import Labels, Pick, WheelGuard
from opticals_ui.effects.curves import Curve
from opticals_ui.effects.files import File, Recent
from opticals_ui.effects.making import control_for
from opticals_ui.effects.stack import in_words
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr

FIRST = 4  # rows that are made at once: each takes some milliseconds
SLICE = 0.005  # seconds that the others take in one turn of the event loop
PAUSE = 8  # milliseconds between such turns, in which others have theirs
LABELS = 102  # pixels of width for the labels, beside the controls


class SettingRow(QWidget):
    """A setting with its label, control, help and reset.

    Signals:
        changed: with the setting's name and its value.
        focused: one of its parts has the focus now.
    """

    changed = Signal(str, object)
    focused = Signal()

    def __init__(
        self,
        setting: Setting,
        value: Value,
        guard: WheelGuard,
        labels: Labels,
        recent: Recent,
        *,
        free: bool = False,
    ) -> None:
        super().__init__()
        self.setting = setting
        self.control = control_for(setting, labels, recent, free=free)
        self.control.set_value(value)
        self.control.changed.connect(self._changed)
        self.control.reset_wanted.connect(self.reset)
        self._reset = QToolButton()
        self._reset.setIcon(icon("reset"))
        self._reset.setIconSize(QSize(12, 12))
        self._reset.setProperty("role", "small")
        keeps = self._reset.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(keeps)
        self._name_reset(labels)
        name = tr(setting.label)
        self._reset.setAccessibleName(tr("Reset {setting}", setting=name))
        self._reset.clicked.connect(self.reset)
        for part in self.parts():
            part.installEventFilter(self)
        for part in self.control.parts():
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            part.installEventFilter(guard)
            if not isinstance(part, QToolButton) or not part.accessibleName():
                part.setAccessibleName(name)
                part.setAccessibleDescription(tr(setting.help))
            part.setToolTip("\n".join(filter(None, (part.toolTip(), self.help))))
        self.label = QLabel(name)
        self.label.setToolTip(self.help)
        self.label.setWordWrap(True)
        self.label.setBuddy(self.control.parts()[0])
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self._mark_changed()

    @property
    def help(self) -> str:
        """What it does, and what may be set."""
        setting, words = self.setting, tr(self.setting.help)
        if setting.choices:  # the list says them better
            return words
        if setting.minimum is None or setting.maximum is None or setting.type is str:
            return words
        low, high = (in_words("", one) for one in (setting.minimum, setting.maximum))
        bounds = tr("{low} to {high}", low=low, high=high)
        return f"{words}\n{bounds} {tr(setting.unit) if setting.unit else ''}".rstrip() + "."

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""
        return (*self.control.parts(), self._reset)

    def reset(self) -> None:
        self.control.set_value(self.setting.default)

    def offer(self, setting: Setting, value: Value, labels: Labels) -> None:
        """Give a `Pick` other choices."""
        assert isinstance(self.control, Pick)
        self.setting = setting
        self.control.offer(setting, value, labels)
        self._name_reset(labels)
        self._mark_changed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit()
        return False

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        if self.control.tall:
            layout = QVBoxLayout(self)
            layout.setSpacing(3)
            line.addWidget(self.label, 1)
            line.addWidget(self._reset)
            layout.addLayout(line)
            layout.addWidget(self.control)
        else:
            layout = QVBoxLayout(self)
            self.label.setFixedWidth(LABELS)
            line.addWidget(self.label)
            line.addWidget(self.control, 1)
            line.addWidget(self._reset)
            layout.addLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)

    def _name_reset(self, labels: Labels) -> None:
        default = self.setting.default
        words = labels.get(default) or in_words(self.setting.unit, default) or tr("nothing")
        self._reset.setToolTip(tr("Back to {value}", value=words))

    def _changed(self) -> None:
        self._mark_changed()
        self.changed.emit(self.setting.name, self.control.value())

    def _mark_changed(self) -> None:
        self._reset.setVisible(self.control.value() != self.setting.default)


class Form(QWidget):
    """One row per setting.

    Signals:
        completed: rows that were not there at once are there now.
        changed: with the setting's name and its value.
        focused: with the help of the setting that has the focus.
        pick_wanted, draw_wanted, matte_wanted: a colour, a drawn mask, or a matte that was rendered
            is wanted for the setting of this name.
    """

    completed = Signal()
    changed = Signal(str, object)
    focused = Signal(str)
    pick_wanted = Signal(str)
    draw_wanted = Signal(str)
    matte_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None, recent: Recent | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, SettingRow] = {}
        self._to_come: list[Callable[[], None]] = []  # that make the rows which are not there yet
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self._go_on)
        self._tools = (False, False)
        self._recent = recent or Recent()
        self._guard = WheelGuard(self)
        self._length = 0
        self._values: dict[str, Value] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(5)

    @property
    def rows(self) -> dict[str, SettingRow]:
        """The row of each setting, all of them."""
        self._complete()
        return self._rows

    @property
    def empty(self) -> bool:
        return not self._rows

    def show_settings(
        self,
        settings: tuple[Setting, ...],
        values: Mapping[str, Value],
        labels: Mapping[str, Labels] | None = None,
        free: Collection[str] = (),
    ) -> None:
        """Show these settings in place of those before.

        Args:
            labels: words for choices, by the setting's name.
            free: the settings whose choices are not all there are.
        """
        words = labels or {}
        self._to_come.clear()
        self._soon.stop()
        for row in self._rows.values():
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {}

        def make(one: Setting) -> None:
            label, open = words.get(one.name, {}), one.name in free
            row = SettingRow(one, values[one.name], self._guard, label, self._recent, free=open)
            self._rows[one.name] = row
            self._layout.addWidget(row)
            row.show()  # at once: Qt itself would do it later, and the page would jump
            self._connect(row)

        makers: list[Callable[[], None]] = [partial(make, one) for one in settings]
        for maker in makers[:FIRST]:
            maker()
        self._to_come = makers[FIRST:]
        if self._to_come:
            self._soon.start()
        self._values = dict(values)
        self.show_length(self._length)
        self._show_what_matters(values)

    def _go_on(self) -> None:
        """Make some of the rows that are not there yet: the loop turned since the others were."""
        if not self._to_come:
            self._fill()
            return
        began = perf_counter()
        while self._to_come and perf_counter() - began < SLICE:
            self._to_come.pop(0)()
        self._show_what_matters(self._values)
        self._soon.start()

    def _complete(self) -> None:
        """Make all of them now."""
        makers, self._to_come = self._to_come, []
        for maker in makers:
            maker()
        if self._soon.isActive():
            self._soon.stop()
            self._fill()

    def _fill(self) -> None:
        """All rows are there: what was said to those before is for them, too."""
        self.show_values(self._values)
        self.show_length(self._length)
        self.offer_tools(pick=self._tools[0], draw=self._tools[1])
        self.completed.emit()

    def show_values(self, values: Mapping[str, Value]) -> None:
        """What changed elsewhere."""
        self._values = dict(values)
        for name, row in self._rows.items():
            if row.control.value() != values[name]:
                row.control.set_value(values[name])
        self._show_what_matters(values)

    def show_length(self, frames: int) -> None:
        """How many frames curves run over."""
        self._length = frames
        for row in self._rows.values():
            if isinstance(row.control, Curve):
                row.control.set_length(frames)

    def offer_tools(self, *, pick: bool, draw: bool) -> None:
        """Whether somebody picks colours, and draws masks, when they are asked to."""
        self._tools = pick, draw
        for row in self._rows.values():
            control = row.control
            if isinstance(control, Colour):
                control.pipette.setVisible(pick)
            if isinstance(control, File):
                for tool in (control.draw, control.matte):
                    tool.setVisible(draw and row.setting.kind is Kind.MASK)

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""
        return tuple(part for row in self._rows.values() for part in row.parts())

    def _connect(self, row: SettingRow) -> None:
        name = row.setting.name
        row.changed.connect(self._changed)
        row.focused.connect(lambda: self.focused.emit(row.help))
        row.control.pick_wanted.connect(lambda: self.pick_wanted.emit(name))
        row.control.draw_wanted.connect(lambda: self.draw_wanted.emit(name))
        row.control.matte_wanted.connect(lambda: self.matte_wanted.emit(name))

    def _changed(self, name: str, value: Value) -> None:
        self._values[name] = value
        self._show_what_matters(self._values)
        self.changed.emit(name, value)

    def _show_what_matters(self, values: Mapping[str, Value]) -> None:
        """Rows that change nothing now are hidden where what decides stands above them, so that
        nothing moves under the mouse; else they are dimmed."""
        seen: set[str] = set()
        for name, row in self._rows.items():
            matters = row.setting.matters(values)
            above = all(one.setting in seen for one in row.setting.when)
            if row.setting.when:
                row.setVisible(matters or not above)
            row.setEnabled(matters)
            seen.add(name)
