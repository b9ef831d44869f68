"""The list of a stack's effects: on or bypassed, in their order, moved by mouse and by keys."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDropEvent, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from opticals_ui.effects.choice import Choice
from opticals_ui.effects.stack import Entry, differences
from opticals_ui.look.theme import colour
from opticals_ui.look.words import tr

ROW = 28
SHOWN = 6  # rows before the list scrolls
_DETAILS = Qt.ItemDataRole.UserRole
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_NONE = Qt.KeyboardModifier.NoModifier
_KEYS = {
    (Qt.Key.Key_Up, _ALT): "up",
    (Qt.Key.Key_Down, _ALT): "down",
    (Qt.Key.Key_Delete, _NONE): "remove",
    (Qt.Key.Key_Backspace, _NONE): "remove",
    (Qt.Key.Key_C, _CTRL): "copy",
    (Qt.Key.Key_V, _CTRL): "paste",
    (Qt.Key.Key_D, _CTRL): "duplicate",
}


class StackList(QListWidget):
    """Shows the stack of a `Choice`, and changes it.

    Its own keys: Alt+Up and Alt+Down move an effect, Space turns it on or off, Delete takes it
    out, Ctrl+D doubles it, Ctrl+C and Ctrl+V copy the stack from clip to clip.

    Signals:
        copy_wanted, paste_wanted: the stack is to go into the clipboard, or to come from it.
    """

    copy_wanted = Signal()
    paste_wanted = Signal()

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self._choice = choice
        self.setAccessibleName(tr("Stack of effects"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setItemDelegate(_Painter(self))
        self.currentRowChanged.connect(self._selected)
        self.itemChanged.connect(self._checked)
        choice.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        entries = self._choice.stack.entries
        with QSignalBlocker(self):
            while self.count() > len(entries):
                self.takeItem(self.count() - 1)
            while self.count() < len(entries):
                self.addItem(QListWidgetItem())
            for at, entry in enumerate(entries):
                _fill(self.item(at), entry, at, len(entries))
            if entries:
                self.setCurrentRow(self._choice.current)
        self._fit()
        self.setVisible(bool(entries))
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def event(self, event: QEvent) -> bool:
        # Elsewhere in the panel these keys may mean other things.
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and (event.key(), _held(event)) in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        choice, at = self._choice, self._choice.current
        act = {
            "up": lambda: choice.move(at, at - 1),
            "down": lambda: choice.move(at, at + 1),
            "remove": choice.remove,
            "duplicate": choice.duplicate,
            "copy": self.copy_wanted.emit,
            "paste": self.paste_wanted.emit,
        }.get(_KEYS.get((Qt.Key(event.key()), _held(event)), ""))
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def dropEvent(self, event: QDropEvent) -> None:
        """Only the choice moves anything: the list then shows it."""
        at = self.currentRow()
        index = self.indexAt(event.position().toPoint())
        to = index.row() if index.isValid() else self.count()
        if index.isValid():
            to += self.dropIndicatorPosition() == QAbstractItemView.DropIndicatorPosition.BelowItem
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self._choice.move(at, to - (to > at))

    def _fit(self) -> None:
        """As high as its rows are, with the frame of the style of the moment."""
        rows = min(max(self.count(), 1), SHOWN)
        self.setFixedHeight(ROW * rows + 2 * self.frameWidth())

    def _selected(self, row: int) -> None:
        self._choice.select(row)

    def _checked(self, item: QListWidgetItem) -> None:
        on = item.checkState() == Qt.CheckState.Checked
        self._choice.bypass(self.row(item), not on)


def _held(event: QKeyEvent) -> Qt.KeyboardModifier:
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


def _fill(item: QListWidgetItem, entry: Entry, at: int, count: int) -> None:
    name = tr(entry.declaration.label)
    changed = "  ".join(f"{label} {value}" for label, value in differences(entry))
    item.setText(name)
    item.setData(_DETAILS, changed)
    on = Qt.CheckState.Unchecked if entry.bypassed else Qt.CheckState.Checked
    item.setCheckState(on)
    state = tr("bypassed") if entry.bypassed else tr("on")
    item.setToolTip(tr(entry.declaration.summary))
    item.setData(
        Qt.ItemDataRole.AccessibleTextRole,
        tr(
            "{name}, {number} of {total}, {state}",
            name=name,
            number=at + 1,
            total=count,
            state=state,
        ),
    )


class _Painter(QStyledItemDelegate):
    """The name, and beside it in dim words what is not as by default."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, ROW)

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked.value:
            option.font.setStrikeOut(True)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        words = index.data(_DETAILS)
        if not words:
            return
        box: QRect = option.rect.adjusted(0, 0, -8, 0)
        name = option.fontMetrics.horizontalAdvance(index.data())
        box.setLeft(box.left() + 34 + name + 16)
        painter.save()
        font = QFont(option.font)
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(colour("dim"))
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()
