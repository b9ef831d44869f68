"""A button that takes the next key that is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from opticals_ui.commands.keys import pressed


class KeyField(QPushButton):
    """Pressed, it listens: the next key is taken, Esc or leaving ends it without one.

    Signals:
        taken: a key, portably spelled.
    """

    taken = Signal(str)

    def __init__(self, label: str, listening: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self._label = label
        self._listening = listening
        self.setCheckable(True)
        self.toggled.connect(lambda on: self.setText(listening if on else label))
        width = max(self.fontMetrics().horizontalAdvance(text) for text in (label, listening))
        self.setMinimumWidth(width + 32)

    def event(self, event: QEvent) -> bool:
        if self.isChecked() and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                    self.setChecked(False)  # those move the focus, whatever happens
                elif self._take(event):
                    return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.setChecked(False)
        super().focusOutEvent(event)

    def _take(self, event: QKeyEvent) -> bool:
        event.accept()
        if event.key() == Qt.Key.Key_Escape:
            self.setChecked(False)
        elif key := pressed(event.keyCombination()):
            self.setChecked(False)
            self.taken.emit(key)
        return True
