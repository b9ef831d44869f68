"""A box of choices whose list, while it is open, has the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox

Key = Qt.Key
# What Qt itself does before it looks for a shortcut: take the choice, or close the list.
ENDS = frozenset({Key.Key_Return, Key.Key_Enter, Key.Key_Select, Key.Key_Escape, Key.Key_F4})


class DropDown(QComboBox):
    """One of a few choices.

    To Qt an open list is part of what is below it: without this the arrows would move the
    playhead, and letters would set marks.
    """

    def showPopup(self) -> None:
        self.view().installEventFilter(self)  # again, it only becomes the first
        super().showPopup()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and Key(event.key()) not in ENDS:
            event.accept()
            return True
        return super().eventFilter(watched, event)
