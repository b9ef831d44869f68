"""The command palette: whatever can be done or gone to, found by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from opticals_ui.commands.finding import Entry, Finder, Prepared, Slow, prepare
from opticals_ui.commands.overlay import Overlay
from opticals_ui.look.theme import colour
from opticals_ui.look.words import tr
from opticals_ui.memory import Memory

RECENT = "palette.recent"  # under which the memory keeps what was used last
KEPT = 20
ROW = 30  # pixels
ROWS = 12  # at most, before they scroll
Index = QModelIndex | QPersistentModelIndex
SLICE = 400  # entries that are prepared at a time
Source = Callable[[], Sequence[Entry] | Slow]


class Palette(Overlay):
    """A field and a list below it. What is typed is sought among the entries of its sources;
    with nothing typed, what was used last comes first, then what there is."""

    def __init__(self, over: QWidget, memory: Memory, *sources: Source) -> None:
        super().__init__(over, tr("Command palette"), QSize(620, 0), top=True)
        self._memory = memory
        self._sources = list(sources)
        self._finder = Finder(())
        self._recent: list[str] = []
        self.field = QLineEdit()
        self.field.setObjectName("palette_field")
        self.field.setPlaceholderText(tr("Do or find anything"))
        self.field.setAccessibleName(tr("Command palette"))
        self.field.installEventFilter(self)
        self.rows = _Rows(self)
        self.list = QListView()
        self.list.setObjectName("palette_list")
        self.list.setModel(self.rows)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("What was found"))
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self._none = QLabel(tr("Nothing is called that."))
        self._none.setProperty("role", "dim")
        self._none.setContentsMargins(14, 10, 14, 12)
        self.content.addWidget(self.field)
        self.content.addWidget(self.list)
        self.content.addWidget(self._none)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)  # keys that came together are sought together
        self._soon.timeout.connect(self._seek)
        self.field.textEdited.connect(self._soon.start)
        self._kept: dict[int, tuple[object, list[Prepared], Iterator[Entry]]] = {}
        self._unprepared: list[tuple[list[Prepared], Iterator[Entry]]] = []
        self._slice = QTimer(self)
        self._slice.setSingleShot(True)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._prepare)
        self.list.selectionModel().currentChanged.connect(self._say)

    def add_source(self, source: Source) -> None:
        """Have more to find; it is asked whenever the palette opens."""
        self._sources.append(source)

    def begin(self) -> None:
        remembered = self._memory.get(RECENT, [])
        self._recent = [one for one in remembered if isinstance(one, str)]
        self._finder = Finder(())
        self._unprepared = []
        for number, source in enumerate(self._sources):
            found = source()
            if isinstance(found, Slow):
                self._take(number, found)
            else:
                self._finder.extend(prepare(found))
        self._prepare()
        self.field.clear()
        self._seek()
        self.field.setFocus()

    def forget(self) -> None:
        """Hold nothing of an edit that is not shown any more."""
        if not self.is_open:
            self._slice.stop()
            self._finder = Finder(())
            self._kept, self._unprepared = {}, []
            self.rows.show(())

    def type(self, text: str) -> None:
        """Seek something, as if it were typed."""
        self.field.setText(text)
        self._seek()

    def wanted(self) -> int:
        rows = min(ROWS, self.rows.rowCount())
        below = rows * ROW + 10 if rows else self._none.sizeHint().height()
        return self.field.sizeHint().height() + below + 2

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            steps = {
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_PageUp: -ROWS,
                Qt.Key.Key_PageDown: ROWS,
            }
            if step := steps.get(Qt.Key(event.key())):
                self._step(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._soon.isActive():
                    self._seek()
                self._run(self.list.currentIndex().row())
                return True
        return super().eventFilter(watched, event)

    def _take(self, number: int, found: Slow) -> None:
        """What was prepared of a slow source before, and the rest of it bit by bit."""
        key, parts, rest = self._kept.get(number, (None, [], iter(())))
        if key is not found.key:
            parts, rest = [], found.entries
            self._kept[number] = (found.key, parts, rest)
        for part in parts:
            self._finder.extend(part)
        self._unprepared.append((parts, rest))

    def _prepare(self) -> None:
        """Prepare some more entries, and go on soon while there are any."""
        while self._unprepared:
            parts, rest = self._unprepared[0]
            part = prepare(islice(rest, SLICE))
            if part.entries:
                parts.append(part)
                self._finder.extend(part)
                self._slice.start()
                return
            self._unprepared.pop(0)
        if self.is_open and self.field.text():
            self._seek()  # there is more to find now

    @property
    def complete(self) -> bool:
        """Whether all that can be found is found by now."""
        return not self._unprepared

    def _seek(self) -> None:
        self._soon.stop()
        sought = self.field.text().strip()
        recent = {id: age for age, id in enumerate(self._recent)}
        self.rows.show(self._finder.find(sought, recent) if sought else self._unasked(recent))
        self.list.setCurrentIndex(self.rows.index(0, 0))
        self.list.scrollToTop()
        found = self.rows.rowCount() > 0
        self.list.setVisible(found)
        self._none.setVisible(not found)
        self._say()
        self.place()

    def _unasked(self, recent: dict[str, int]) -> list[Entry]:
        """What is listed while nothing is typed: what was used last, then what has keys."""
        entries = self._finder.entries
        used = [one for one in entries if one.id in recent]
        used.sort(key=lambda one: recent[one.id])
        return [*used, *(one for one in entries if one.keys and one.id not in recent)]

    def _step(self, by: int) -> None:
        count = self.rows.rowCount()
        if not count:
            return
        row = self.list.currentIndex().row() + by
        if abs(by) == 1:
            row %= count  # round the ends
        self.list.setCurrentIndex(self.rows.index(min(max(row, 0), count - 1), 0))

    def _run(self, row: int) -> None:
        if not 0 <= row < self.rows.rowCount():
            return
        entry = self.rows.entry(row)
        if not entry.enabled:
            return
        self._recent = [entry.id, *(one for one in self._recent if one != entry.id)][:KEPT]
        self._memory.put(RECENT, self._recent)
        self.dismiss()
        entry.run()

    def _say(self) -> None:
        """Have screen readers say which one Return would run: the focus stays in the field."""
        row = self.list.currentIndex().row()
        said = _spoken(self.rows.entry(row)) if row >= 0 else self._none.text()
        self.field.setAccessibleDescription(said)


class _Rows(QAbstractListModel):
    """Entries as the list shows them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, row: int) -> Entry:
        return self._entries[row]

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(entry)
        if role == Qt.ItemDataRole.UserRole:
            return entry
        return None


class _Row(QStyledItemDelegate):
    """One line: the label, its kind or why it cannot be done, and its keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("hover"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), colour("accent"))
        metrics, middle = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter
        room = rect.adjusted(12, 0, -12, 0)
        if entry.keys:
            width = metrics.horizontalAdvance(entry.keys)
            painter.setPen(colour("dim" if entry.enabled else "faint"))
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, entry.keys)
            room.setRight(room.right() - width - 16)
        label = metrics.elidedText(entry.label, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(colour("text" if entry.enabled else "faint"))
        painter.drawText(room, middle, label)
        room.setLeft(room.left() + metrics.horizontalAdvance(label) + 12)
        aside = entry.group if entry.enabled else entry.why or tr("not now")
        if room.width() > metrics.averageCharWidth() * 6:
            painter.setPen(colour("dim"))
            aside = metrics.elidedText(aside, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, middle, aside)
        painter.restore()


def _spoken(entry: Entry) -> str:
    state = "" if entry.enabled else entry.why or tr("not now")
    return ", ".join(filter(None, (entry.label, entry.group, state, entry.keys)))
