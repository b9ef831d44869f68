"""The list of jobs: chosen by mouse and keys, dragged to another place or into other programs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QPoint, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QToolTip, QWidget

from opticals_ui.commands.focus import NO_TYPING
from opticals_ui.look.theme import colour
from opticals_ui.look.words import tr
from opticals_ui.queue.acts import QueueActs
from opticals_ui.queue.jobs import Jobs
from opticals_ui.queue.pictures import Pictures
from opticals_ui.queue.rows import QueueModel, RowPainter, button_places


class QueueList(QListView):
    """`pressed_button`: a button of a row was pressed; with its command's id. The row is then the
    one that is chosen."""

    pressed_button = Signal(str)

    def __init__(self, jobs: Jobs, acts: QueueActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._acts = acts
        self._jobs = QueueModel(jobs, acts, self)
        self._pictures = Pictures(self)
        self._pictures.arrived.connect(lambda: self.viewport().update())
        self._painter = RowPainter(acts, self._pictures, self)
        self._down: tuple[str, str] = ("", "")
        self.setModel(self._jobs)
        self.setItemDelegate(self._painter)
        self.setObjectName("queue")
        self.setProperty(NO_TYPING, True)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDragDropOverwriteMode(False)
        self.setDropIndicatorShown(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAccessibleName(tr("Queue"))
        self._jobs.layoutChanged.connect(self._choose)

    def button_place(self, id: str, name: str) -> QPoint | None:
        """Where a button of a job's row is in the viewport; None when it has none."""
        row = self._jobs.row(id)
        if row is None:
            return None
        index = self._jobs.index(row)
        places = button_places(self.visualRect(index), self._jobs.view(index))
        return places[name].center() if name in places else None

    def choose(self, id: str) -> None:
        """Choose one job and go to it."""
        row = self._jobs.row(id)
        if row is not None:
            self.setCurrentIndex(self._jobs.index(row))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self._choose()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by keyboard can act on a job at once."""
        super().focusInEvent(event)
        by_mouse = event.reason() is Qt.FocusReason.MouseFocusReason
        if not by_mouse and self._jobs.rowCount() and not self.selectedIndexes():
            self.setCurrentIndex(self._jobs.index(max(0, self.currentIndex().row())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.selectedIndexes():
            self.scrollTo(self.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._down = self._button_at(event.position().toPoint())
        if self._down[0] and event.button() is Qt.MouseButton.LeftButton:
            self.choose(self._down[0])
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        down, self._down = self._down, ("", "")
        if not down[0]:
            super().mouseReleaseEvent(event)
        elif down == self._button_at(event.position().toPoint()):
            self.pressed_button.emit(down[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._down[0]:
            super().mouseMoveEvent(event)
        self._hover(self._button_at(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._button_at(event.position().toPoint())[0]:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(("", ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed_button.emit("queue_place")
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._jobs.rowCount():
            return
        painter = QPainter(self.viewport())
        if self.hasFocus():
            painter.setPen(colour("focus"))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.setPen(colour("dim"))
        box = self.viewport().rect().adjusted(24, 12, -24, -12)
        words = tr("Nothing to render.")
        more = tr(
            "What you render waits here in turn. It can go on when the panel is closed, and what "
            "is done can be dragged into any program."
        )
        middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box, int(middle), f"{words}\n\n{more}")

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            name = self._button_at(event.pos())[1]
            if name:
                QToolTip.showText(event.globalPos(), self._tip(name), self)
                return True
        return super().viewportEvent(event)

    def _tip(self, name: str) -> str:
        """What a button of a row does, with the key that does the same."""
        words = {
            "queue_pause": tr("Pause or go on"),
            "queue_remove": tr("Stop; what is finished is kept"),
            "queue_place": tr("Cut it into the edit"),
            "queue_retry": tr("Render again; what is finished is kept"),
        }[name]
        keys = [one.shortcut() for one in self.actions() if one.objectName() == name]
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        return f"{words} ({shown})" if shown else words

    def _button_at(self, at: QPoint) -> tuple[str, str]:
        index = self.indexAt(at)
        if index.isValid():
            view = self._jobs.view(index)
            for name, place in button_places(self.visualRect(index), view).items():
                if place.contains(at):
                    return view.job.id, name
        return "", ""

    def _hover(self, on: tuple[str, str]) -> None:
        if on != self._painter.hover:
            self._painter.hover = on
            self.viewport().update()

    def _choose(self) -> None:
        rows = sorted(index.row() for index in self.selectedIndexes())
        self._acts.choose([self._jobs.view(self._jobs.index(row)).job.id for row in rows])
