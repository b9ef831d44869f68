"""Commands as Qt's actions: on the widgets of their scope, with the keys of a keymap."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from opticals_ui.commands.command import Command, Scope
from opticals_ui.commands.keymap import Keymap
from opticals_ui.commands.keys import native
from opticals_ui.look.theme import icon

Places = Mapping[Scope, QWidget]  # the widget in and below which the keys of a scope work


class Actions(QObject):
    """An action for each command of a keymap. `ran` carries the id of a command that was run."""

    ran = Signal(str)

    def __init__(self, keymap: Keymap, places: Places, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._places = places
        self._words: dict[str, str] = {}  # tool tips without keys
        self.by_id: dict[str, QAction] = {}
        for command in keymap.commands:
            self._add(command, places[command.scope])
        self._dress()
        keymap.changed.connect(self._dress)

    def refresh(self) -> None:
        """Ask every command anew whether it can be done."""
        for command in self._keymap.commands:
            self.by_id[command.id].setEnabled(command.enabled())

    def claims(self, widget: QWidget, key: str) -> bool:
        """Whether a command that works only in the area of a widget would be run by a key now."""
        return any(
            command is not None and self.by_id[command.id].isEnabled()
            for scope, place in self._places.items()
            if scope not in (Scope.PANEL, Scope.PICTURE)
            if place is widget or place.isAncestorOf(widget)
            for command in (self._keymap.command(key, scope),)
        )

    def describe(self, id: str, words: str) -> None:
        """Say in an action's tool tip what it would do now; its keys are added."""
        self._words[id] = words
        self._tell(id)

    def _add(self, command: Command, place: QWidget) -> None:
        action = QAction(command.label, self)
        action.setObjectName(command.id)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setAutoRepeat(command.repeats)
        if command.icon:
            action.setIcon(icon(command.icon))
        action.triggered.connect(lambda: self._run(command))
        place.addAction(action)
        self.by_id[command.id] = action
        self._words[command.id] = command.name

    def _run(self, command: Command) -> None:
        command.run()
        self.ran.emit(command.id)

    def _dress(self) -> None:
        for id, action in self.by_id.items():
            action.setShortcuts([QKeySequence(key) for key in self._keymap.keys(id)])
            self._tell(id)

    def _tell(self, id: str) -> None:
        words, keys = self._words[id], self._keymap.keys(id)
        self.by_id[id].setToolTip(f"{words} ({native(keys[0])})" if keys else words)
