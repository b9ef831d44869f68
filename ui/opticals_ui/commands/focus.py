"""Which keys the widget that has the focus needs for itself, before any command gets them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QTabBar,
    QTextEdit,
    QWidget,
)

from opticals_ui.commands.keys import pressed

Key = Qt.Key
ARROWS = frozenset({Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down})
TRAVEL = ARROWS | {Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown}
RETURN = frozenset({Key.Key_Return, Key.Key_Enter})
PRESS = RETURN | {Key.Key_Space, Key.Key_Select}
WRITING = TRAVEL | PRESS | {Key.Key_Backspace, Key.Key_Delete, Key.Key_Insert}
ALONG = frozenset({Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End})
SCROLL = frozenset({Key.Key_Up, Key.Key_Down, Key.Key_PageUp, Key.Key_PageDown})
LISTS = TRAVEL | PRESS | {Key.Key_F2}
TEXT = (QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit)
NO_TYPING = "letters_are_commands"  # a property of lists in which nothing is found by its letters


def needs(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether a widget needs a key itself while it has the focus."""
    held = event.modifiers() & ~(
        Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    )
    if held:  # what fields need of these, copy and undo, they ask Qt for themselves
        return False
    key, types = Key(event.key()), event.text().isprintable() and bool(event.text())
    if isinstance(widget, TEXT):
        return types or key in WRITING or (key == Key.Key_Escape and _edits_item(widget))
    if isinstance(widget, QComboBox):
        return types or key in (WRITING if widget.isEditable() else LISTS)
    if isinstance(widget, QAbstractItemView):
        return key in LISTS or (types and not widget.property(NO_TYPING))
    if isinstance(widget, QAbstractSlider):
        return key in TRAVEL
    if isinstance(widget, QTabBar):
        return key in ALONG
    if isinstance(widget, QAbstractButton):
        arrows = isinstance(widget, QRadioButton) or widget.autoExclusive()
        return key in PRESS or (arrows and key in ARROWS)
    return isinstance(widget, QScrollArea) and key in SCROLL


def takes_focus(widget: QWidget) -> bool:
    """Whether Tab can go to a widget now. A field's own parts are the field."""
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    part = isinstance(widget.parentWidget(), (QAbstractSpinBox, QComboBox))
    return by_tab and not part and widget.isVisible() and widget.isEnabled()


def _edits_item(widget: QWidget) -> bool:
    """Whether it edits an item of a list in its place, which Esc ends."""
    viewport = widget.parentWidget()
    return viewport is not None and isinstance(viewport.parentWidget(), QAbstractItemView)


class FocusFirst(QObject):
    """Lets the widget of a panel that has the focus have the keys that it needs.

    Commands of the very area in which it is come before it, except where something is typed.
    Return presses a button as Space does: by itself Qt does so in dialogs alone.

    Qt asks with a ShortcutOverride, from the focus upwards, before it looks for a shortcut; what
    no widget on the way wanted arrives at the panel.
    """

    def __init__(self, panel: QWidget, claims: Callable[[QWidget, str], bool]) -> None:
        super().__init__(panel)
        self._panel = panel
        self._claims = claims
        panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus = self._panel.focusWidget()
            if focus is not None and needs(focus, event) and not self._is_claimed(focus, event):
                event.accept()
                return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            focus = self._panel.focusWidget()
            if isinstance(focus, QAbstractButton) and event.key() in RETURN and needs(focus, event):
                if not event.isAutoRepeat():
                    focus.click()
                return True
        return False

    def _is_claimed(self, focus: QWidget, event: QKeyEvent) -> bool:
        typed = isinstance(focus, (*TEXT, QComboBox))
        return not typed and self._claims(focus, pressed(event.keyCombination()))


class HandOn(QObject):
    """Gives the focus on when a button was clicked: Space would press it again, where an editor
    means to play. Who came to the button by keys stays there."""

    def __init__(self, button: QAbstractButton, to: QWidget) -> None:
        super().__init__(button)
        self._to = to
        self._clicked = QTimer(self, singleShot=True, interval=0)
        self._clicked.timeout.connect(self._give)
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            button = self.parent()
            if isinstance(button, QAbstractButton) and button.hasFocus():
                self._clicked.start()  # first it does what it is for
        return False

    def _give(self) -> None:
        focus = self._to.window().focusWidget()
        if isinstance(focus, QAbstractButton):  # or it led elsewhere
            self._to.setFocus()
