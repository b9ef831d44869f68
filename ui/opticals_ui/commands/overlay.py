"""Something that lies over the panel for a moment: no window, and no question that blocks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from opticals_ui.commands.focus import takes_focus
from opticals_ui.commands.keys import pressed
from opticals_ui.look.theme import colour

MARGIN = 12  # pixels that stay free round the card
SHADE = 190  # of 255: how much of the panel the shade hides


class Overlay(QWidget):
    """A card over a shaded panel. It takes the focus, keeps it while it is open, and gives it
    back; no key reaches what lies below. Esc closes it, and so does a click beside it.

    Signals:
        closed: it went.
        pressed: a key that nothing in it wanted, portably spelled.
    """

    closed = Signal()
    pressed = Signal(str)

    def __init__(self, over: QWidget, name: str, largest: QSize, *, top: bool = False) -> None:
        super().__init__(over)
        self._over = over
        self._largest = largest
        self._top = top  # near the top edge, and no higher than it needs to be
        self._came_from: QWidget | None = None
        self.setAccessibleName(name)
        self.card = QFrame(self)
        self.card.setObjectName("card")
        self.content = QVBoxLayout(self.card)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(0)
        over.installEventFilter(self)
        self.hide()

    @staticmethod
    def holds(widget: QWidget) -> bool:
        """Whether a widget is in an overlay: the focus comes back from there."""
        one: QWidget | None = widget
        while one is not None and not isinstance(one, Overlay):
            one = one.parentWidget()
        return one is not None

    @property
    def is_open(self) -> bool:
        return not self.isHidden()

    def open(self) -> None:
        """Show it, in the place of any other that is open."""
        if self.is_open:
            return
        came_from: QWidget | None = self._over.focusWidget()
        for other in self._over.findChildren(Overlay):
            if other is not self and other.is_open:
                came_from = other._came_from
                other.hide()
                other.closed.emit()
        self._came_from = came_from
        self.place()
        self.show()
        self.raise_()
        self.begin()

    def begin(self) -> None:
        """Give the focus to what is used first."""
        self.setFocus()

    def dismiss(self) -> None:
        """Close it, and give the focus back."""
        if not self.is_open:
            return
        self.hide()
        before = self._came_from
        if before is not None and isValid(before) and before.isVisible() and before.isEnabled():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def wanted(self) -> int:
        """The height of the card in pixels, if there is room for it."""
        return self._largest.height()

    def place(self) -> None:
        """Fit it to the panel as that is now."""
        room = self._over.rect()
        self.setGeometry(room)
        width = min(self._largest.width(), room.width() - 2 * MARGIN)
        height = min(self.wanted(), room.height() - 2 * MARGIN)
        top = min(room.height() // 9, room.height() - height - MARGIN)
        if not self._top:
            top = (room.height() - height) // 2
        self.card.setGeometry(QRect((room.width() - width) // 2, top, width, height))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no command of the panel's works below
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize and self.is_open:
            self.place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif key := pressed(event.keyCombination()):
            self.pressed.emit(key)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), colour("window", SHADE))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Round and round: nothing outside is reached."""
        parts = [one for one in self.findChildren(QWidget) if takes_focus(one)]
        focus = self._over.focusWidget()
        if parts:
            at = parts.index(focus) if focus in parts else -1 if forward else 0
            reason = Qt.FocusReason.TabFocusReason
            parts[(at + (1 if forward else -1)) % len(parts)].setFocus(
                reason if forward else Qt.FocusReason.BacktabFocusReason
            )
        return True
