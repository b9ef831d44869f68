"""The page of effects: the search field, below it the stack or the browser, and a line of help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from opticals.errors import OpticalsError
from opticals_ui.commands.overlay import Overlay
from opticals_ui.effects.browser import Browser, SearchField, export
from opticals_ui.effects.inspector import Inspector
from opticals_ui.effects.offers import Offers
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.session import Session

MENU = (
    *("stack_duplicate", "stack_remove", "stack_clear", "-"),
    *("stack_copy", "stack_paste", "stack_revert", "-"),
    *("preset_save", "preset_export", "preset_import"),
)
_TOPIC = "stack"


class EffectsPage(QWidget):
    """All about effects, over a session.

    `parts_changed`: there are other widgets in it than before.
    """

    parts_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("effects_page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session, self._choice = session, session.choice
        self.offers = Offers(session.choice, session.models, session.presets, session.memory, self)
        self.search = SearchField()
        self.inspector = Inspector(session)
        self.browser = Browser(session.choice, self.offers, session.models, session.presets)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.inspector)
        self._pages.addWidget(self.browser)
        self._help = QLabel()
        self._help.setProperty("role", "dim")
        self._help.setWordWrap(True)
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._help.setContentsMargins(12, 4, 12, 0)
        self._help.setAccessibleName(tr("Help"))
        edge = QFrame()  # where what scrolls ends
        edge.setObjectName("effects_edge")
        edge.setFixedHeight(1)
        top = QVBoxLayout()
        top.setContentsMargins(12, 8, 12, 4)
        top.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)
        layout.addWidget(edge)
        layout.addWidget(self._help)
        self._connect()
        self._show_help("")

    @property
    def browsing(self) -> bool:
        """Whether the browser is open."""
        return self._pages.currentWidget() is self.browser

    def browse(self) -> None:
        """Open the browser; what is typed from now on is looked for."""
        self._open()
        self.search.setFocus()
        self.search.selectAll()

    def close_browser(self) -> None:
        """Back to the stack."""
        if not self.browsing:
            return
        focus = QApplication.focusWidget()
        held = focus is not None and (focus is self.search or self.browser.isAncestorOf(focus))
        self.search.clear()
        self._pages.setCurrentWidget(self.inspector)
        self._show_help("")
        if held:
            self.focus_stack()
        self.parts_changed.emit()

    def focus_stack(self) -> None:
        """The stack, or the search where there is nothing in it."""
        stack = self.inspector.stack.list
        (stack if self._choice.stack.entries else self.search).setFocus()

    def copy(self) -> None:
        """Put the stack into the clipboard, as text."""
        if self._choice.stack.entries:
            self._try(lambda: QGuiApplication.clipboard().setText(self._choice.copied()))

    def paste(self) -> None:
        """Have the stack that the clipboard holds."""
        self._try(lambda: self._choice.paste(QGuiApplication.clipboard().text()))

    def save_preset(self) -> None:
        """Ask for a name, and keep the stack under it."""
        stack = self._choice.stack
        if not stack.entries:
            return

        def save(name: str) -> None:
            self._try(lambda: self._session.presets.save(stack.preset(name)))

        self.close_browser()
        self.inspector.stack.naming.ask(tr("Save the stack as a preset"), stack.words(), save)

    def export_preset(self) -> None:
        """Ask where to write the stack, or the preset that is chosen in the browser."""
        stack = self._choice.stack
        if self.browsing and self.browser.offer is not None and self.browser.offer.preset:
            self.browser.export()
        elif stack.entries:
            name = stack.words() or tr("Stack")
            self._try(lambda: export(self, self._session.presets, stack.preset(name)))

    def import_preset(self) -> None:
        """Ask for a preset's file; the panel stays alive behind the dialog."""
        dialog = QFileDialog(self, tr("Import a preset"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Presets (*.json)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._session.presets.take(Path(name)))
        dialog.open()

    def get_models(self) -> None:
        """Fetch what the chosen effect lacks."""
        lines = self.browser.models if self.browsing else self.inspector.models
        for model in lines.missing:
            self._session.fetching.get(model)

    def offer(self, actions: Mapping[str, QAction]) -> None:
        """Put the commands on the stack into its menu."""
        menu = self.inspector.stack.menu
        for id in MENU:
            if id == "-":
                menu.addSeparator()
            else:
                menu.addAction(actions[id])

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, from top to bottom."""
        return (self.search, *self.inspector.parts())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.close_browser()

    def _connect(self) -> None:
        self.search.textEdited.connect(self._look)
        self.search.opened.connect(self._open)
        self.search.moved.connect(self.browser.list.step)
        self.search.used.connect(self._use)
        self.search.left.connect(self._leave)
        self.browser.done.connect(self.close_browser)
        self.browser.models.fetch_wanted.connect(self._session.fetching.get)
        stack = self.inspector.stack
        stack.add_wanted.connect(self.browse)
        stack.list.copy_wanted.connect(self.copy)
        stack.list.paste_wanted.connect(self.paste)
        stack.naming.ended.connect(self.focus_stack)
        self.browser.naming.ended.connect(self.search.setFocus)
        self.inspector.helped.connect(self._show_help)
        self.inspector.rows_changed.connect(self.parts_changed)
        self._choice.effect_changed.connect(self._clear_help)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def _look(self, text: str) -> None:
        self._open()
        self.browser.search(text)

    def _open(self) -> None:
        if not self.browsing:
            self.browser.search(self.search.text())
            self._pages.setCurrentWidget(self.browser)
            self._show_help("")
            self.parts_changed.emit()

    def _use(self, otherwise: bool) -> None:
        if self.browsing:
            self.browser.use(otherwise=otherwise)
        else:
            self._open()

    def _leave(self) -> None:
        if self.browsing:
            self.close_browser()
        self.focus_stack()

    def _focus_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        """The browser closes when one goes elsewhere in the panel."""
        if not self.browsing or now is None or now.window() is not self.window():
            return
        if Overlay.holds(now):
            return
        if now is not self.search and not self.browser.isAncestorOf(now):
            self.close_browser()

    def _clear_help(self) -> None:
        self._show_help("")

    def _show_help(self, words: str) -> None:
        if self.browsing:
            words = tr("Return uses, Shift+Return the other way; Esc goes back.")
        elif not words and self._choice.entry is not None:
            words = tr(self._choice.effect.summary)
        lines = self._help.fontMetrics().lineSpacing()
        self._help.setFixedHeight(2 * lines + 8)
        self._help.setText(words)

    def _try(self, act: Callable[[], object]) -> None:
        board = self._session.board
        board.dismiss(_TOPIC)
        try:
            act()
        except OpticalsError as error:
            board.fail(error, _TOPIC)
