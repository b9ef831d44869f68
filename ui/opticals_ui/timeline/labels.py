"""Words on clips: shortened and laid out once, drawn many times."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStaticText

_MOST = 6000
_STEP = 8  # pixels: widths in between share a layout


class Labels:
    """Texts in one font, by their words and the width that they have."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)
        self.tall = self.metrics.height()
        self._widths: dict[str, int] = {}
        self._laid: dict[tuple[str, int], QStaticText] = {}

    def width(self, words: str) -> int:
        """Pixels that words take."""
        found = self._widths.get(words)
        if found is None:
            if len(self._widths) > _MOST:
                self._widths.clear()
            found = self._widths[words] = self.metrics.horizontalAdvance(words)
        return found

    def draw(self, painter: QPainter, x: float, y: float, words: str, room: float) -> None:
        """Words at their upper left corner, shortened to `room` pixels, in the painter's pen."""
        steps = int(room) // _STEP
        key = (words, -1 if self.width(words) <= room else steps)
        laid = self._laid.get(key)
        if laid is None:
            if len(self._laid) > _MOST:
                self._laid.clear()
            if key[1] >= 0:
                words = self.metrics.elidedText(words, Qt.TextElideMode.ElideRight, _STEP * steps)
                words = words if len(words) > 1 else ""  # an ellipsis alone says nothing
            laid = QStaticText(words)
            laid.setTextFormat(Qt.TextFormat.PlainText)
            laid.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            self._laid[key] = laid
        painter.drawStaticText(QPointF(x, y), laid)
