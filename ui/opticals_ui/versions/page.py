"""The page of versions: a list, and what can be done with the one that is chosen in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QImage, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals_ui.commands.focus import NO_TYPING
from opticals_ui.commands.tip import Tip
from opticals_ui.look.elided import ElidedLabel
from opticals_ui.look.words import tr
from opticals_ui.versions import words
from opticals_ui.versions.paint import MARK, ROW, RowPainter
from opticals_ui.versions.pictures import Pictures

if TYPE_CHECKING:
    from opticals_ui.session import Session
    from opticals_ui.versions.rows import Row

BUTTONS = (
    "version_switch",
    "version_compare",
    "version_recipe",
    "version_copy",
    "version_reveal",
    "version_verify",
    "version_delete",
)


KEYS = {
    Qt.Key.Key_Return: "version_switch",
    Qt.Key.Key_Enter: "version_switch",
    Qt.Key.Key_Delete: "version_delete",
    Qt.Key.Key_A: "version_pick_a",
    Qt.Key.Key_B: "version_pick_b",
}


def _own(event: QKeyEvent) -> str:
    """The command that a bare key means in the list; "" if it means none."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return "" if held else KEYS.get(Qt.Key(event.key()), "")


class VersionList(QListWidget):
    """`wanted` carries the id of the command that a key asks for."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Versions"))
        self.setProperty(NO_TYPING, True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setObjectName("versions")

    def event(self, event: QEvent) -> bool:
        """Its own keys are its own, though they are a command's elsewhere."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and _own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if found := _own(event):
            self.wanted.emit(found)
        else:
            super().keyPressEvent(event)


class VersionsPage(QWidget):
    """Shows the versions of a session's selected clip."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("versions_page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._versions = session.versions
        self._actions: Mapping[str, QAction] = {}
        self.pictures = Pictures(session.sights, session.errands, self)
        self._clip = ElidedLabel()
        self._clip.setProperty("role", "heading")
        self.list = VersionList()
        self.list.setItemDelegate(RowPainter(self._picture, self.list))
        self.list.currentRowChanged.connect(self._versions.choose)
        self.list.itemDoubleClicked.connect(lambda item: self._run("version_switch"))
        self.list.wanted.connect(self._run)
        self._empty = QLabel()
        self._empty.setProperty("role", "dim")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._buttons = QHBoxLayout()
        self._buttons.setContentsMargins(6, 4, 6, 4)
        self._buttons.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(12, 10, 12, 6)
        head.addWidget(self._clip)
        head.addWidget(self._empty)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        layout.addLayout(self._buttons)
        self._versions.changed.connect(self._show)
        self.pictures.changed.connect(self.list.viewport().update)
        self._show()

    def offer(self, actions: Mapping[str, QAction]) -> None:
        """Have buttons for these actions, by their ids."""
        self._actions = actions
        for place, id in enumerate(BUTTONS):
            button = QToolButton()
            if place == 0:
                _short(button, tr("Show"), actions[id])
            else:
                button.setDefaultAction(actions[id])
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(actions[id].text())
            self._buttons.addWidget(button)
            if place == 0 or id == "version_verify":
                self._buttons.addStretch(1)

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, from top to bottom."""
        return (self.list, *(one for one in self.findChildren(QToolButton)))

    def sizeHint(self) -> QSize:
        return QSize(300, 300)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._versions.set_seen(True, self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._versions.set_seen(False, self)

    def _run(self, id: str) -> None:
        if id in self._actions:
            self._actions[id].trigger()

    def _show(self) -> None:
        versions, item = self._versions, self._versions.item
        self._clip.setText(f"{item.id} {item.name}" if item is not None else "")
        self._clip.setVisible(item is not None)
        renders = sum(1 for row in versions.rows if not row.original)
        self._empty.setText(_empty(item is not None, bool(versions.rows)))
        self._empty.setVisible(not renders)
        self.list.blockSignals(True)
        self._fill(versions.rows)
        self.list.setCurrentRow(versions.at if versions.rows else -1)
        self.list.blockSignals(False)

    def _fill(self, rows: tuple[Row, ...]) -> None:
        while self.list.count() > len(rows):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(rows):
            self.list.addItem(QListWidgetItem())
        marks = {self._versions.a: "A", self._versions.b: "B"}
        for at, row in enumerate(rows):
            item, said = self.list.item(at), words.spoken(row)
            item.setData(ROW, row)
            item.setData(MARK, marks.get(row.name, "") if row.name else "")
            item.setToolTip(said)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)

    def _picture(self, row: Row) -> QImage:
        item, edit = self._versions.item, self._session.edit
        if item is None or edit is None:
            return QImage()
        return self.pictures.of(row, self._versions.middle(row), edit.rate)


def _empty(chosen: bool, known: bool) -> str:
    """What is said where there is no render."""
    if not chosen:
        return tr("Select a clip to see what was rendered of it.")
    return tr("Nothing was rendered of this clip yet.") if known else ""


def _short(button: QToolButton, text: str, action: QAction) -> None:
    """Have a button run an action under shorter words than those of the palette."""

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        Tip(button, action)

    button.setText(text)
    button.setIcon(action.icon())
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.clicked.connect(action.trigger)
    action.changed.connect(follow)
    follow()
