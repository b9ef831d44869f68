"""A change of the look in slices: Qt works out the style of every widget anew, which takes too long
for one turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class Turning(QObject):
    """Runs steps, one in each turn of the event loop. Until the last is done, windows stay as they
    were painted; keys and the mouse are heard."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: Sequence[Callable[[], None]] = ()
        self._place = 0
        self._still: list[QWidget] = []
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._go_on)

    @property
    def under_way(self) -> bool:
        return self._next.isActive()

    def begin(self, steps: Sequence[Callable[[], None]]) -> None:
        """Run these steps, in the place of those that are under way."""
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and window.updatesEnabled():
                window.setUpdatesEnabled(False)
                self._still.append(window)
        self._steps, self._place = steps, 0
        self._next.start()

    def _go_on(self) -> None:
        try:
            self._steps[self._place]()
        finally:
            self._place += 1
            if self._place < len(self._steps):
                self._next.start()
            else:
                self._release()

    def _release(self) -> None:
        self._steps = ()  # what they belong to may go
        still, self._still = self._still, []
        for window in still:
            if shiboken6.isValid(window):
                window.setUpdatesEnabled(True)


def put_on(app: QApplication, sheet: str) -> list[QWidget]:
    """Give the application a style sheet; the widgets that `polish` is still to be called with.

    Qt leaves out those that it believes never had a style, as those that were not shown yet, and
    tells nothing of it to those that it believes have one of their own.
    """
    had, own = Qt.WidgetAttribute.WA_WState_Polished, Qt.WidgetAttribute.WA_SetStyle
    shown = [one for one in app.allWidgets() if not one.isWindow() and one.testAttribute(had)]
    later = [one for one in shown if not one.testAttribute(own)]
    for one in later:
        one.setAttribute(had, False)
        one.setAttribute(own)
    try:
        app.setStyleSheet(sheet)
    finally:
        for one in later:
            if shiboken6.isValid(one):
                one.setAttribute(had)
                one.setAttribute(own, False)
    return later


def polish(widgets: Sequence[QWidget]) -> None:
    """Give widgets the style of the application; those that are gone are left out."""
    style = QApplication.style()
    for one in widgets:
        if shiboken6.isValid(one):
            style.polish(one)
            QApplication.sendEvent(one, QEvent(QEvent.Type.StyleChange))
            one.updateGeometry()
