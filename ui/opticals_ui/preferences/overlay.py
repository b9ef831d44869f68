"""The preferences: sections at the left, or in a list above where it is narrow; one page each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals_ui.commands.overlay import Overlay
from opticals_ui.look.drop_down import DropDown
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr
from opticals_ui.preferences.about import About
from opticals_ui.preferences.general import General
from opticals_ui.preferences.rendering import Rendering
from opticals_ui.preferences.shortcuts import Shortcuts
from opticals_ui.preferences.storage import Storage

if TYPE_CHECKING:
    from opticals_ui.commands.keymap import Keymap
    from opticals_ui.session import Session

NARROW = 640  # pixels of the card below which the sections are in a list above
LAST = ("storage", "about")  # sections that stand after those that are added


@dataclass(frozen=True)
class Section:
    """A page by its id, and what makes it when it is first shown."""

    id: str
    label: str
    make: Callable[[], QWidget]


class Preferences(Overlay):
    """Pages by section. A page is made when it is first shown; a change holds at once.

    Args:
        speak: makes the panel anew, in the language that was chosen.
    """

    def __init__(
        self, over: QWidget, session: Session, keymap: Keymap, speak: Callable[[], None]
    ) -> None:
        super().__init__(over, tr("Preferences"), QSize(820, 560))
        self._sections: list[Section] = []
        self._made: dict[str, QWidget] = {}
        self.names = QListWidget()
        self.names.setObjectName("preferences_sections")
        self.names.setAccessibleName(tr("Sections"))
        self.names.setFixedWidth(170)
        self.chooser = DropDown()
        self.chooser.setAccessibleName(tr("Sections"))
        self.chooser.hide()
        self._pages = QStackedWidget()
        title = QLabel(tr("Preferences"))
        title.setProperty("role", "what")
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        close.setToolTip(tr("Close (Esc)"))
        close.setAccessibleName(tr("Close"))
        close.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.setContentsMargins(18, 10, 8, 8)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(close)
        above = QVBoxLayout()
        above.setContentsMargins(18, 0, 18, 0)
        above.addWidget(self.chooser)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.names)
        body.addWidget(self._pages, 1)
        self.content.addLayout(head)
        self.content.addLayout(above)
        self.content.addLayout(body, 1)
        self.names.currentRowChanged.connect(self._turn)
        self.chooser.currentIndexChanged.connect(self._turn)
        self.add_section("general", tr("General"), lambda: General(session.memory, speak))
        self.add_section("keyboard", tr("Keyboard"), lambda: Shortcuts(keymap, session))
        self.add_section("rendering", tr("Rendering"), lambda: Rendering(session))
        self.add_section("storage", tr("Storage"), lambda: Storage(session))
        self.add_section("about", tr("About"), About)

    def add_section(self, id: str, label: str, make: Callable[[], QWidget]) -> None:
        """Add a page, made when it is first shown. A `rows.Page` looks like the others."""
        last = [one for one in self._sections if one.id in LAST] if id not in LAST else []
        row = len(self._sections) - len(last)
        for widget in (self.names, self.chooser):
            widget.blockSignals(True)
        self._sections.insert(row, Section(id, label, make))
        self.names.insertItem(row, label)
        self.chooser.insertItem(row, label)
        for widget in (self.names, self.chooser):
            widget.blockSignals(False)

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""
        return self._pages.currentWidget()

    def show_section(self, id: str) -> None:
        """Open at a section."""
        self.open()
        self.names.setCurrentRow([one.id for one in self._sections].index(id))
        self._turn(self.names.currentRow())

    def begin(self) -> None:
        self._turn(max(0, self.names.currentRow()))
        (self.chooser if self.names.isHidden() else self.names).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def place(self) -> None:
        super().place()
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.card.width() < NARROW
        focused = self.names.hasFocus() or self.chooser.hasFocus()
        self.names.setVisible(not narrow)
        self.chooser.setVisible(narrow)
        if focused:
            (self.chooser if narrow else self.names).setFocus()

    def _turn(self, row: int) -> None:
        if row < 0:
            return
        section = self._sections[row]
        if section.id not in self._made:
            self._made[section.id] = section.make()
            self._pages.addWidget(self._made[section.id])
        self._pages.setCurrentWidget(self._made[section.id])
        self.names.setCurrentRow(row)
        self.chooser.setCurrentIndex(row)
