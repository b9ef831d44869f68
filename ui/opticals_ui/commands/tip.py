"""The tool tip of a widget that stands for a command."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget


class Tip(QObject):
    """Has a widget say what an action does, with the keys that it has at the moment."""

    def __init__(self, widget: QWidget, action: QAction) -> None:
        super().__init__(widget)
        self._widget, self._action = widget, action
        action.changed.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        self._widget.setToolTip(self._action.toolTip())
