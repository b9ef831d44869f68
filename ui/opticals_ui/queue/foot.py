"""One line at the foot of the side while something is rendered, seen from every page."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from opticals_ui.look.theme import colour
from opticals_ui.look.words import tr
from opticals_ui.queue.acts import QueueActs
from opticals_ui.queue.jobs import Jobs
from opticals_ui.queue.view import duration


class QueueFoot(QAbstractButton):
    """What is rendered and how far; pressed, it leads to the queue."""

    def __init__(self, jobs: Jobs, acts: QueueActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._acts = jobs, acts
        self._hidden = False
        self.setObjectName("queue_foot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("Go to the queue"))
        acts.changed.connect(self._refresh)
        self._refresh()

    def turn(self, page: str) -> None:
        """Another page is shown: on the queue's own it would say the same twice."""
        self._hidden = page == "queue"
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(120, 30)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        view = self._jobs.at_work
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect()
        if self.hasFocus():
            painter.setPen(QPen(colour("focus"), 1))
            painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 3, 3)
        font = painter.font()
        font.setPixelSize(12)
        painter.setFont(font)
        line = QRect(4, 2, box.width() - 8, 20)
        end = self._end()
        room = painter.fontMetrics().horizontalAdvance(end) + 12
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colour("dim"))
        painter.drawText(line, right, end)
        painter.setPen(colour("text"))
        middle = Qt.TextElideMode.ElideMiddle
        words = painter.fontMetrics().elidedText(self.text(), middle, line.width() - room)
        painter.drawText(line, left, words)
        bar = QRect(4, box.bottom() - 5, box.width() - 8, 3)
        painter.fillRect(bar, colour("field"))
        if view is not None:
            bar.setWidth(round(bar.width() * view.share))
            painter.fillRect(bar, colour("accent"))

    def _end(self) -> str:
        view = self._jobs.at_work
        others = sum(one.active for one in self._jobs.views) - 1
        parts = []
        if view is not None and view.stage == "render" and view.rate:
            parts.append(duration(view.left))
        if others > 0:
            parts.append(f"+{others}")
        return "  ".join(parts)

    def _refresh(self) -> None:
        view = self._jobs.at_work
        self.setVisible(view is not None and not self._hidden)
        if view is not None:
            self.setText(view.title)
            self.setAccessibleName(f"{view.title}: {self._acts.status(view)}")
            self.update()
