"""The jobs as Qt's lists want them: a model with what is dragged, and how a row is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QUrl,
)
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from opticals.jobs.entries import State
from opticals_ui.look.theme import colour, icon
from opticals_ui.look.words import tr
from opticals_ui.queue.acts import QueueActs
from opticals_ui.queue.jobs import Jobs
from opticals_ui.queue.pictures import Pictures
from opticals_ui.queue.view import JobView, duration, pace

Index = QModelIndex | QPersistentModelIndex

IDS = "application/x-opticals-jobs"  # what is dragged within the list
HEIGHT = 58  # pixels of a row
_PICTURE = QSize(64, 36)
_MARGIN = 8
_BUTTON = 24
SIGNS = {
    State.WAITING: ("clock", "dim"),
    State.RUNNING: ("render", "accent"),
    State.PAUSED: ("pause", "dim"),
    State.RENDERED: ("success", "success"),
    State.PLACED: ("check", "success"),
    State.FAILED: ("error", "error"),
    State.STOPPED: ("stop", "dim"),
}
"""The icon of each state and the role of its colour: told apart by shape, too."""


class QueueModel(QAbstractListModel):
    """The jobs in the order of `Jobs.listed`."""

    def __init__(self, jobs: Jobs, acts: QueueActs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._acts = jobs, acts
        self._views: tuple[JobView, ...] = ()
        self._update()
        jobs.changed.connect(self._update)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(self._views)

    def view(self, index: Index) -> JobView:
        return self._views[index.row()]

    def row(self, id: str) -> int | None:
        """Where a job stands in the list."""
        return next((n for n, view in enumerate(self._views) if view.job.id == id), None)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        view = self.view(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return view.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{view.title}: {self._acts.status(view)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            told = str(view.error) if view.state is State.FAILED else self._acts.status(view)
            return f"{view.title}\n{told}\n{view.origin.name}".strip()
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        view = self.view(index)
        if view.active or view.files:
            plain |= Qt.ItemFlag.ItemIsDragEnabled
        return plain | Qt.ItemFlag.ItemNeverHasChildren

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction  # no file manager may move a render away

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return [IDS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        views = [self.view(index) for index in indexes]
        data = QMimeData()
        active = [view.job.id for view in views if view.active]
        if active:
            data.setData(IDS, QByteArray("\n".join(active).encode()))
        files = [file for view in views for file in view.files]
        if files:
            data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
            data.setText("\n".join(map(str, files)))
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if not data.hasFormat(IDS):
            return False
        ids = bytes(data.data(IDS).data()).decode().split("\n")
        at = row if row >= 0 else parent.row() if parent.isValid() else len(self._views)
        rest = (view for view in self._views[at:] if view.active and view.job.id not in ids)
        following = next(rest, None)
        self._acts.put(ids, following.job.id if following else None)
        return True

    def _update(self) -> None:
        views = self._jobs.listed
        before = self._views
        if [one.job.id for one in views] == [one.job.id for one in before]:
            self._views = views
            if views:
                self.dataChanged.emit(self.index(0), self.index(len(views) - 1))
            return
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        ids = [before[one.row()].job.id for one in kept]
        self._views = views
        rows = {view.job.id: row for row, view in enumerate(views)}
        new = [self.index(rows[id]) if id in rows else QModelIndex() for id in ids]
        self.changePersistentIndexList(kept, new)
        self.layoutChanged.emit()


def buttons(view: JobView) -> tuple[str, ...]:
    """The icons at the end of a row: what can be done at once, by the ids of commands."""
    if view.active:
        return ("queue_pause", "queue_remove")
    if view.state is State.RENDERED:
        return ("queue_place",)
    return ("queue_retry",) if view.failed else ()


def button_places(row: QRect, view: JobView) -> dict[str, QRect]:
    """Where the buttons of a row are."""
    found, right = {}, row.right() - _MARGIN + 1
    top = row.top() + (row.height() - _BUTTON) // 2
    for name in reversed(buttons(view)):
        width = _BUTTON if view.active else _words_width(name) + 18
        right -= width
        found[name] = QRect(right, top, width, _BUTTON)
    return found


def button_words(name: str) -> str:
    return {"queue_place": tr("Place"), "queue_retry": tr("Retry")}.get(name, "")


def _words_width(name: str) -> int:
    return QFontMetrics(_font(12)).horizontalAdvance(button_words(name))


def _font(pixels: int, bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


class RowPainter(QStyledItemDelegate):
    """Paints one job: its picture, what it is, how far it is, and its buttons."""

    def __init__(self, acts: QueueActs, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._acts, self._pictures = acts, pictures
        self.hover: tuple[str, str] = ("", "")  # the job and the button that the mouse is on

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, QueueModel)
        view = model.view(index)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, box, state)
        at = QRect(
            box.left() + _MARGIN, box.top() + (box.height() - _PICTURE.height()) // 2,
            _PICTURE.width(), _PICTURE.height(),
        )  # fmt: skip
        self._picture(painter, at, view)
        places = button_places(box, view)
        right = min((one.left() for one in places.values()), default=box.right() - _MARGIN)
        words = QRect(at.right() + 10, box.top() + 9, right - at.right() - 18, box.height() - 18)
        self._words(painter, words, view)
        for name, place in places.items():
            self._button(painter, place, name, view)
        if view.active:
            self._bar(painter, box, view)
        painter.restore()

    def _ground(self, painter: QPainter, box: QRect, state: QStyle.StateFlag) -> None:
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        if chosen or over:
            painter.fillRect(box, colour("hover" if chosen else "raised"))
        painter.setPen(colour("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(colour("focus"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -2))

    def _picture(self, painter: QPainter, at: QRect, view: JobView) -> None:
        picture = self._pictures.of(view.picture)
        if not isinstance(picture, QImage) or picture.isNull():
            painter.fillRect(at, colour("lane"))
            sign, role = SIGNS[self._acts.sign(view)]
            side = QRect(0, 0, 18, 18)
            side.moveCenter(at.center())
            icon(sign, role).paint(painter, side)
            return
        painter.fillRect(at, colour("surround"))
        size = picture.size().scaled(at.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(at.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, picture)

    def _words(self, painter: QPainter, box: QRect, view: JobView) -> None:
        title = _font(13, bold=True)
        painter.setFont(title)
        painter.setPen(colour("text"))
        line = QRect(box.left(), box.top(), box.width(), box.height() // 2)
        elide = Qt.TextElideMode.ElideRight  # which clip it is comes first
        where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            line, where, QFontMetrics(title).elidedText(view.title, elide, line.width())
        )
        line.moveTop(line.bottom() + 1)
        sign, role = SIGNS[self._acts.sign(view)]
        if view.picture:
            icon(sign, role).paint(painter, QRect(line.left(), line.center().y() - 6, 13, 13))
            line.setLeft(line.left() + 18)
        small = _font(12)
        painter.setFont(small)
        painter.setPen(colour("error" if view.state is State.FAILED else "dim"))
        metrics = QFontMetrics(small)
        texts = self._texts(view)
        fitting = (one for one in texts if metrics.horizontalAdvance(one) <= line.width())
        text = next(fitting, texts[-1])
        painter.drawText(line, where, metrics.elidedText(text, elide, line.width()))

    def _texts(self, view: JobView) -> list[str]:
        """The status, and shorter ways to say it."""
        status = self._acts.status(view)
        if view.state is not State.RUNNING or status != view.progress or view.stage != "render":
            return [status]
        count = f"{view.done} / {view.total}"
        if not view.rate:
            return [status, count]
        left = tr("{time} left", time=duration(view.left))
        return [status, f"{count} · {pace(view.rate)} · {left}", f"{count} · {left}", left]

    def _button(self, painter: QPainter, place: QRect, name: str, view: JobView) -> None:
        over = self.hover == (view.job.id, name)
        if view.active:
            if over:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour("line"))
                painter.drawRoundedRect(place, 4, 4)
            sign = "stop" if name == "queue_remove" else "pause"
            if name == "queue_pause" and view.state is State.PAUSED:
                sign = "play"
            icon(sign).paint(painter, place.adjusted(4, 4, -4, -4))
            return
        painter.setPen(colour("line"))
        painter.setBrush(colour("hover" if over else "raised"))
        painter.drawRoundedRect(place.adjusted(0, 0, -1, -1), 4, 4)
        painter.setPen(colour("text"))
        painter.setFont(_font(12))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, button_words(name))

    def _bar(self, painter: QPainter, box: QRect, view: JobView) -> None:
        if not view.share and view.state is not State.RUNNING:
            return
        bar = QRect(box.left(), box.bottom() - 2, box.width(), 3)
        painter.fillRect(bar, colour("field"))
        bar.setWidth(round(bar.width() * view.share))
        stands = self._acts.sign(view) is State.PAUSED
        painter.fillRect(bar, colour("faint" if stands else "accent"))
