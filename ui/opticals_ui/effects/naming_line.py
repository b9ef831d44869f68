"""One line that asks for a name, in the page itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from opticals.presets import LONGEST_NAME
from opticals_ui.look.words import tr


def is_key(event: QEvent, key: Qt.Key) -> bool:
    """Whether Qt asks who wants this key, before it looks for a shortcut."""
    asks = event.type() == QEvent.Type.ShortcutOverride
    return asks and isinstance(event, QKeyEvent) and event.key() == key


class _Field(QLineEdit):
    """Enter accepts, Esc gives up; both are for this field alone."""

    accepted = Signal()
    rejected = Signal()

    def event(self, event: QEvent) -> bool:
        if is_key(event, Qt.Key.Key_Escape):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.rejected.emit()
        else:
            super().keyPressEvent(event)


class NamingLine(QWidget):
    """Hidden until a name is wanted. `ended`: it was given, or not."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._then: Callable[[str], None] = lambda name: None
        self._words = QLabel()
        self.field = _Field()
        self.field.setMaxLength(LONGEST_NAME)
        self.field.accepted.connect(self._accept)
        self.field.rejected.connect(self._end)
        self._save = QPushButton(tr("Save"))
        self.field.textChanged.connect(lambda text: self._save.setEnabled(bool(text.strip())))
        self._save.setProperty("role", "compact")
        self._save.clicked.connect(self._accept)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.field, 1)
        line.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self._words)
        layout.addLayout(line)

    def ask(self, words: str, name: str, then: Callable[[str], None]) -> None:
        """Ask for a name, and do something with it."""
        self._then = then
        self._words.setText(words)
        self.field.setAccessibleName(words)
        self.field.setText(name)
        self.field.selectAll()
        self.setVisible(True)
        self.field.setFocus()

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus."""
        return (self.field, self._save)

    def _accept(self) -> None:
        name = self.field.text().strip()
        if name:
            then = self._then
            self._end()
            then(name)

    def _end(self) -> None:
        self.setVisible(False)
        self.ended.emit()
