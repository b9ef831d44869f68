"""An icon that stands by itself, in the theme of the moment."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from opticals_ui.look.icons import icon


class Sign(QWidget):
    """Shows an icon of ours; it says nothing to screen readers, as words stand beside it."""

    def __init__(self, name: str, side: int = 16, role: str = "") -> None:
        super().__init__()
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_icon(name, role)

    def show_icon(self, name: str, role: str = "") -> None:
        """Another icon in place of the one before."""
        self._icon = icon(name, role)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._icon.paint(QPainter(self), self.rect())
