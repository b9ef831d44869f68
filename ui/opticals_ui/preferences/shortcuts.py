"""The editor of shortcuts: every command with its keys, and what changes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from opticals.errors import OpticalsError, SettingError
from opticals_ui.commands import files, sets
from opticals_ui.commands.finding import fold
from opticals_ui.commands.keys import native
from opticals_ui.commands.listing import grouped
from opticals_ui.look.flow import FlowRow
from opticals_ui.look.words import tr
from opticals_ui.preferences.key_field import KeyField
from opticals_ui.preferences.rows import chooser

if TYPE_CHECKING:
    from opticals_ui.commands.command import Command
    from opticals_ui.commands.keymap import Keymap
    from opticals_ui.session import Session

ID = Qt.ItemDataRole.UserRole
TOPIC = "shortcuts"
FILTER = "Opticals (*.keys.json)"


class _Table(QTreeWidget):
    """Keeps what is chosen in sight when it gets another size."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (chosen := self.currentItem()) is not None:
            self.scrollToItem(chosen)


class Shortcuts(QWidget):
    """A keymap in a table. The commands whose keys are the user's own are marked."""

    def __init__(self, keymap: Keymap, session: Session) -> None:
        super().__init__()
        self._keymap = keymap
        self._session = session
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        self._wanted = ""  # a key that another command has, while it is asked about
        self._seeking = ""  # a key whose commands alone are shown
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 12, 18, 14)
        layout.setSpacing(8)
        layout.addWidget(self._head())
        layout.addWidget(self._make_table(), 1)
        layout.addWidget(self._make_detail())
        layout.addWidget(self._make_question())
        layout.addWidget(self._foot())
        for widget in (self.search, self.table):
            widget.installEventFilter(self)
        keymap.changed.connect(self._refresh)
        self._fill()
        self.table.setCurrentItem(next(iter(self._items.values())))

    @property
    def chosen(self) -> str:
        """The id of the command that is chosen; empty on a heading."""
        item = self.table.currentItem()
        return (item.data(0, ID) or "") if item is not None else ""

    def choose(self, id: str) -> None:
        """Choose a command in the table."""
        self.table.setCurrentItem(self._items[id])
        self.table.scrollToItem(self._items[id])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen:
                self.add_key.setFocus()
                self.add_key.setChecked(True)
                return True
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Down:
                self.table.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _head(self) -> QWidget:
        self.sets = chooser([(id, sets.shipped(id).name) for id in sets.SHIPPED], self._keymap.set)
        self.sets.setAccessibleName(tr("Keys as in"))
        self.sets.activated.connect(lambda: self._keymap.choose(self.sets.currentData()))
        caption = QLabel(tr("Keys as in"))
        caption.setBuddy(self.sets)
        caption.setMinimumHeight(self.sets.sizeHint().height())
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a command"))
        self.search.setAccessibleName(tr("Find a command"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(150)
        self.search.textChanged.connect(lambda: self._narrow())
        self.by_key = KeyField(tr("Find by key"), tr("Press the key…"))
        self.by_key.taken.connect(self._seek)
        return _flow(caption, self.sets, self.search, self.by_key)

    def _make_table(self) -> QTreeWidget:
        self.table = _Table()
        self.table.setObjectName("shortcuts")
        self.table.setHeaderLabels([tr("Command"), tr("Keys")])
        self.table.setRootIsDecorated(False)
        self.table.setIndentation(10)
        self.table.setUniformRowHeights(True)
        self.table.setAllColumnsShowFocus(True)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setAccessibleName(tr("Commands and their keys"))
        self.table.setAccessibleDescription(tr("Return sets a key"))
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.currentItemChanged.connect(lambda: self._show_chosen())
        return self.table

    def _make_detail(self) -> QWidget:
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._name = QLabel()
        self._name.setProperty("role", "what")
        column.addWidget(self._name)
        self._keys = QWidget()  # made anew for each command
        self._detail = column
        column.addWidget(self._keys)
        self.add_key = KeyField(tr("Add a key"), tr("Press the key…"))
        self.add_key.taken.connect(self._add)
        self.reset = QPushButton(tr("Reset"))
        self.reset.clicked.connect(lambda: self._keymap.reset(self.chosen))
        self.key_buttons: list[QPushButton] = []
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.add_key)
        buttons.addWidget(self.reset)
        buttons.addStretch(1)
        column.addLayout(buttons)
        return detail

    def _make_question(self) -> QFrame:
        self.question = QFrame()
        self.question.setObjectName("notice")
        self.question.setProperty("kind", "question")
        column = QVBoxLayout(self.question)
        column.setContentsMargins(10, 8, 10, 8)
        self._clash = QLabel()
        self._clash.setWordWrap(True)
        self.take_over = QPushButton(tr("Take it over"))
        self.take_over.clicked.connect(lambda: self._settle(take=True))
        self.keep = QPushButton(tr("Leave it there"))
        self.keep.clicked.connect(lambda: self._settle(take=False))
        buttons = QHBoxLayout()
        buttons.addWidget(self.take_over)
        buttons.addWidget(self.keep)
        buttons.addStretch(1)
        column.addWidget(self._clash)
        column.addLayout(buttons)
        self.question.hide()
        return self.question

    def _foot(self) -> QWidget:
        self.reset_all = QPushButton(tr("Reset all"))
        self.reset_all.clicked.connect(self._reset_all)
        self.importing = QPushButton(tr("Import…"))
        self.importing.clicked.connect(self._ask_what_to_import)
        self.exporting = QPushButton(tr("Export…"))
        self.exporting.clicked.connect(self._ask_where_to_export)
        return _flow(self.importing, self.exporting, self.reset_all)

    def _fill(self) -> None:
        """Make the table's rows: the commands stay the same as long as the panel lives."""
        for group in grouped(self._keymap):
            heading = QTreeWidgetItem([group.name])
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = heading.font(0)
            font.setBold(True)
            heading.setFont(0, font)
            self.table.addTopLevelItem(heading)
            heading.setFirstColumnSpanned(True)
            self._groups.append((heading, []))
            for line in group.lines:
                item = QTreeWidgetItem(heading, [line.command.name])
                item.setData(0, ID, line.command.id)
                self._items[line.command.id] = item
                self._groups[-1][1].append(item)
        self.table.expandAll()
        self._refresh()

    def _refresh(self) -> None:
        """Show the keys as they are now."""
        for id, item in self._items.items():
            item.setText(1, "   ".join(map(native, self._keymap.keys(id))))
            own = id in self._keymap.own
            font = item.font(1)
            font.setBold(own)
            item.setFont(1, font)
            item.setToolTip(1, tr("Your own") if own else "")
        self.sets.setCurrentIndex(self.sets.findData(self._keymap.set))
        self.reset_all.setEnabled(bool(self._keymap.own))
        self._show_chosen()
        self._narrow()

    def _narrow(self) -> None:
        """Hide the commands that are not sought."""
        words = [f" {word}" for word in fold(self.search.text()).split()]
        if words:
            self._seeking = ""
        found = []
        for heading, items in self._groups:
            group = heading.text(0)
            kept = [item for item in items if self._is_sought(item, group, words)]
            for item in items:
                item.setHidden(item not in kept)
            heading.setHidden(not kept)
            found += kept
        if found and self._items.get(self.chosen) not in found:
            self.table.setCurrentItem(found[0])
        self.by_key.setToolTip(native(self._seeking) if self._seeking else "")

    def _is_sought(self, item: QTreeWidgetItem, group: str, words: Sequence[str]) -> bool:
        id = item.data(0, ID)
        text = fold(f" {item.text(0)} {group} {id.replace('_', ' ')}")
        by_key = not self._seeking or self._seeking in self._keymap.keys(id)
        return by_key and all(word in text for word in words)

    def _seek(self, key: str) -> None:
        """Show the commands alone that have a key; all again where none has it."""
        self.search.clear()
        self._seeking = key if self._keymap.command(key) else ""
        self._narrow()
        free = tr("{key} is free.", key=native(key))
        self._name.setText(free if not self._seeking else self._name.text())
        self.search.setPlaceholderText(native(key) if self._seeking else free)

    def _show_chosen(self) -> None:
        """The chosen command's keys, each as a button that takes it away."""
        had_focus = any(button.hasFocus() for button in self.key_buttons)
        self.key_buttons = []
        self.question.hide()
        id, command = self.chosen, self._command()
        self.add_key.setEnabled(command is not None)
        if command is not None:
            self._name.setText(command.name)
            for key in self._keymap.keys(id):
                button = QPushButton(f"{native(key)}  ✕")
                button.setAccessibleName(tr("Take away {key}", key=native(key)))
                button.setToolTip(button.accessibleName())
                button.clicked.connect(partial(self._remove, key))
                self.key_buttons.append(button)
        before, self._keys = self._keys, _flow(*self.key_buttons)
        self._detail.replaceWidget(before, self._keys)
        before.hide()
        before.deleteLater()
        self.reset.setEnabled(id in self._keymap.own)
        if had_focus:
            self.add_key.setFocus()

    def _command(self) -> Command | None:
        id = self.chosen
        return next((one for one in self._keymap.commands if one.id == id), None)

    def _remove(self, key: str) -> None:
        id = self.chosen
        self._keymap.give(id, [one for one in self._keymap.keys(id) if one != key])

    def _add(self, key: str) -> None:
        """Give the chosen command one more key; asks first where another has it."""
        holders = self._keymap.holders(key, self.chosen)
        if not holders:
            self._give(key)
            return
        self._wanted = key
        names = tr("” and “").join(one.name for one in holders)
        self._clash.setText(tr("{key} is “{command}”.", key=native(key), command=names))
        self.question.setAccessibleName(self._clash.text())
        self.take_over.setAccessibleDescription(self._clash.text())
        self.question.show()
        self.take_over.setFocus()

    def _settle(self, *, take: bool) -> None:
        self.question.hide()
        if take:
            self._give(self._wanted)
        self.table.setFocus()

    def _give(self, key: str) -> None:
        try:
            self._keymap.give(self.chosen, (*self._keymap.keys(self.chosen), key))
        except SettingError as error:
            self._failed(error)

    def _reset_all(self) -> None:
        self._keymap.reset_all()
        self.table.setFocus()

    def _ask_what_to_import(self) -> None:
        dialog = self._dialog(tr("Import shortcuts"), self.import_file)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.open()

    def _ask_where_to_export(self) -> None:
        dialog = self._dialog(tr("Export shortcuts"), self.export_file)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("keys.json")
        dialog.selectFile("opticals.keys.json")
        dialog.open()

    def _dialog(self, title: str, then: Callable[[Path], None]) -> QFileDialog:
        dialog = QFileDialog(self, title, str(Path.home()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter(FILTER)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        return dialog

    def import_file(self, path: Path) -> None:
        """Take the keys that a file holds, in the place of all."""

        def take(text: str) -> None:
            try:
                self._keymap.read(text)
            except SettingError as error:
                self._failed(error)

        files.read(self._session, path, TOPIC, take, largest=sets.LARGEST)

    def export_file(self, path: Path) -> None:
        """Write the keys to a file."""
        done = tr("The shortcuts are in {file}.", file=path)
        files.write(self._session, path, TOPIC, self._keymap.written(), done)

    def _failed(self, error: OpticalsError) -> None:
        self._session.board.fail(error, TOPIC)


def _flow(*widgets: QWidget) -> QWidget:
    """Widgets in a row that wraps."""
    row = FlowRow(8)
    for widget in widgets:
        row.add(widget)
    return row
