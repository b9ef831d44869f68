"""One line at the foot of the side while something is rendered or kept waiting, seen from every
page."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from opticals_ui.look.theme import colour, icon
from opticals_ui.look.words import tr
from opticals_ui.queue.acts import QueueActs
from opticals_ui.queue.jobs import Jobs
from opticals_ui.queue.view import duration


class QueueFoot(QAbstractButton):
    """What is rendered and how far, or that the queue is paused and which keys make it go on;
    pressed, it leads to the queue."""

    def __init__(self, jobs: Jobs, acts: QueueActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._acts = jobs, acts
        self._hidden = False
        self._resume: QAction | None = None
        self.setObjectName("queue_foot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("Go to the queue"))
        acts.changed.connect(self._refresh)
        self._refresh()

    def offer(self, resume: QAction) -> None:
        """Name the keys of the action by which a paused queue goes on."""
        self._resume = resume
        resume.changed.connect(self._refresh)
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
        stands = self._acts.stands
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
        if stands:
            icon("pause_queue", "warning").paint(painter, QRect(3, 4, 16, 16))
            line.setLeft(24)
        end = self._keys() if stands else self._end()
        room = painter.fontMetrics().horizontalAdvance(end) + 12
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colour("dim"))
        painter.drawText(line, right, end)
        painter.setPen(colour("text"))
        middle = Qt.TextElideMode.ElideMiddle
        words = painter.fontMetrics().elidedText(self.text(), middle, line.width() - room)
        painter.drawText(line, left, words)
        if view is not None:
            bar = QRect(4, box.bottom() - 5, box.width() - 8, 3)
            painter.fillRect(bar, colour("field"))
            bar.setWidth(round(bar.width() * view.share))
            painter.fillRect(bar, colour("faint" if stands else "accent"))

    def _keys(self) -> str:
        """By which it goes on, where there are any."""
        keys = self._resume.shortcut() if self._resume is not None else QKeySequence()
        return keys.toString(QKeySequence.SequenceFormat.NativeText)

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
        view, stands = self._jobs.at_work, self._acts.stands
        self.setVisible((view is not None or bool(stands)) and not self._hidden)
        if stands:
            self.setText(stands)
            self.setAccessibleName(f"{stands} {self._keys()}".rstrip())
        elif view is not None:
            self.setText(view.title)
            self.setAccessibleName(f"{view.title}: {self._acts.status(view)}")
        self.update()
