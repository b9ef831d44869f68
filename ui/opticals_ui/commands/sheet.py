"""The cheat sheet: every command and its keys on one card."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from opticals_ui.commands.listing import Group, seek
from opticals_ui.commands.overlay import Overlay
from opticals_ui.commands.sheet_lines import Lines
from opticals_ui.look.words import tr

COLUMN = 310  # pixels that a column needs at least


class CheatSheet(Overlay):
    """Groups of commands in columns, with a field that narrows them.

    Signals:
        page_wanted: it is to be kept as a page for printing.
    """

    page_wanted = Signal()

    def __init__(self, over: QWidget, listed: Callable[[], Sequence[Group]]) -> None:
        super().__init__(over, tr("Keyboard shortcuts"), QSize(1180, 760))
        self._listed = listed
        self._groups: Sequence[Group] = ()
        self._shown: Sequence[Group] = ()
        self._columns = 0
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Find a command or a key"))
        self.field.setAccessibleName(tr("Find a command or a key"))
        self.field.textChanged.connect(lambda: self._fill())
        self.field.installEventFilter(self)
        self.page = QPushButton(tr("Save as a page…"))
        self.page.setToolTip(tr("A page for printing"))
        self.page.clicked.connect(self.page_wanted)
        self._title = QLabel(tr("Keyboard shortcuts"))
        self._title.setProperty("role", "what")
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 10)
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self.field, 1)
        head.addWidget(self.page)
        self._area = QScrollArea()
        self._area.setObjectName("sheet")
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(tr("Commands and their keys"))
        self._lines = Lines()
        self._area.setWidget(self._lines)
        self.content.addLayout(head)
        self.content.addWidget(self._area, 1)

    def begin(self) -> None:
        self._groups = self._listed()
        self.field.clear()
        self._fill()
        self.field.setFocus()

    def shown(self) -> list[str]:
        """The ids of the commands that are listed."""
        return [line.command.id for group in self._shown for line in group.lines]

    def place(self) -> None:
        super().place()
        if self.is_open and self._count() != self._columns:
            self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            bar = self._area.verticalScrollBar()
            steps = {
                Qt.Key.Key_Up: -bar.singleStep(),
                Qt.Key.Key_Down: bar.singleStep(),
                Qt.Key.Key_PageUp: -bar.pageStep(),
                Qt.Key.Key_PageDown: bar.pageStep(),
            }
            if event.text() == "?":
                self.dismiss()
                return True
            if step := steps.get(Qt.Key(event.key())):
                bar.setValue(bar.value() + step)
                return True
        return super().eventFilter(watched, event)

    def _count(self) -> int:
        return max(1, (self.card.width() - 24) // COLUMN)

    def _fill(self) -> None:
        self._columns = self._count()
        self._title.setVisible(self._columns > 1)
        self._shown = seek(self._groups, self.field.text())
        columns = _balanced(self._shown, self._columns) if self._shown else ()
        self._lines.show_columns(columns, tr("Nothing is called that."))


def _balanced(groups: Sequence[Group], count: int) -> list[list[Group]]:
    """Groups over columns of about the same length, in their order from column to column."""
    total = sum(len(group.lines) + 2 for group in groups)
    columns: list[list[Group]] = [[] for _ in range(count)]
    far = 0
    for group in groups:
        height = len(group.lines) + 2
        middle = far + height / 2
        columns[min(int(middle * count / total), count - 1)].append(group)
        far += height
    return columns
