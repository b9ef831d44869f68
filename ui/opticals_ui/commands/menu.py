"""The main menu: every command by its group, with its keys; on a Mac also as the menu bar."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from opticals_ui.commands.keymap import Keymap
from opticals_ui.commands.keys import native
from opticals_ui.commands.listing import grouped

ATOP = ("palette", "cheat_sheet", "preferences")  # commands that the menu shows at once


class MainMenu(QMenu):
    """Sub menus by group, filled when it opens: keys and what can be done are those of now.

    The items stand for the commands' actions and are no actions of theirs: what is in a menu
    would answer to its keys wherever the menu's button has the focus.
    """

    def __init__(self, keymap: Keymap, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._actions = actions
        self._menus: list[QMenu] = []
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        for menu in self._menus:
            menu.deleteLater()
        self.clear()
        self._menus = submenus(self._keymap, self._actions, self)
        for menu in self._menus:
            self.addMenu(menu)
        self.addSeparator()
        for id in ATOP:
            _add(self, self._keymap, self._actions[id])


def submenus(keymap: Keymap, actions: Mapping[str, QAction], parent: QWidget) -> list[QMenu]:
    """A menu for each group of commands."""
    found = []
    for group in grouped(keymap):
        menu = QMenu(_plain(group.name), parent)
        for line in group.lines:
            _add(menu, keymap, actions[line.command.id])
        found.append(menu)
    return found


def menu_bar(keymap: Keymap, actions: Mapping[str, QAction], parent: QWidget) -> QMenuBar | None:
    """The menu bar that people of a Mac expect at the top of the screen; None elsewhere."""
    if sys.platform != "darwin":
        return None
    bar = QMenuBar(parent)

    def fill() -> None:
        bar.clear()
        for menu in submenus(keymap, actions, bar):
            bar.addMenu(menu)

    fill()
    keymap.changed.connect(fill)
    return bar


def _add(menu: QMenu, keymap: Keymap, action: QAction) -> None:
    keys = keymap.keys(action.objectName())
    shown = native(keys[0]) if keys else ""
    item = menu.addAction(action.icon(), f"{_plain(action.text())}\t{shown}".rstrip("\t"))
    item.setObjectName(action.objectName())
    item.setEnabled(action.isEnabled())
    action.enabledChanged.connect(item.setEnabled)
    item.triggered.connect(action.trigger)


def _plain(text: str) -> str:
    return text.replace("&", "&&")
