"""All that lets the panel be used without a mouse, put together over it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from opticals_ui.commands import files, listing, sets
from opticals_ui.commands.areas import Areas
from opticals_ui.commands.command import Scope
from opticals_ui.commands.focus import FocusFirst
from opticals_ui.commands.menu import menu_bar
from opticals_ui.commands.palette import Palette
from opticals_ui.commands.sheet import CheatSheet
from opticals_ui.commands.sources import Everything
from opticals_ui.look.words import tr
from opticals_ui.preferences.overlay import Preferences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opticals_ui.panel import Panel


class Keyboard(QObject):
    """The palette, the cheat sheet, the preferences, and the ways of the focus.

    Attributes:
        areas: through which the focus goes; what is to be left by Esc is added there.
        palette: finds commands and more; sources are added there.
        preferences: sections are added there.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._focus_first = FocusFirst(panel, panel.command_actions.claims)
        self.areas = Areas(
            panel.strip, panel.stage, panel.side, panel.notices, notices=panel.dismiss_newest
        )
        every = Everything(panel)
        self.palette = Palette(
            panel,
            panel.session.memory,
            every.commands,
            every.recent_edits,
            every.effects,
            every.presets,
            every.clips,
        )
        panel.session.replaced.connect(self.palette.forget)
        self.sheet = CheatSheet(panel, self._listed)
        self.sheet.page_wanted.connect(self._ask_for_page)
        self.preferences = Preferences(
            panel, panel.session, panel.keymap, panel.rebuild_wanted.emit
        )
        self._overlays = {
            "palette": self.palette,
            "cheat_sheet": self.sheet,
            "preferences": self.preferences,
        }
        for overlay in self._overlays.values():
            overlay.pressed.connect(self._pressed_over)
        self.menu_bar = menu_bar(panel.keymap, panel.actions_by_id, panel)

    def toggle(self, id: str) -> None:
        """Open an overlay, or close it where it is open: by the id of its command."""
        overlay = self._overlays[id]
        if overlay.is_open:
            overlay.dismiss()
        else:
            overlay.open()

    def _pressed_over(self, key: str) -> None:
        """A key that an open overlay does not want: those of the overlays work from each."""
        command = self._panel.keymap.command(key)
        if command is not None and command.id in self._overlays:
            self.toggle(command.id)

    def _listed(self) -> Sequence[listing.Group]:
        panel, here = self._panel, self.areas.here()
        scopes: dict[QWidget, Scope] = {
            panel.strip: Scope.TIMELINE,
            panel.stage: Scope.VIEWER,
            panel.job_list: Scope.QUEUE,
        }
        scope = scopes.get(here, Scope.PANEL) if here is not None else Scope.PANEL
        tabs = panel.side.tabs
        page = tabs.tabText(tabs.currentIndex()) if here is panel.side else ""
        return listing.nearest(listing.grouped(panel.keymap), scope, page)

    def _ask_for_page(self) -> None:
        """A file dialog for the cheat sheet as a page."""
        dialog = QFileDialog(self._panel, tr("Save the shortcuts as a page"), str(Path.home()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter("HTML (*.html)")
        dialog.setDefaultSuffix("html")
        dialog.selectFile("opticals-shortcuts.html")
        dialog.fileSelected.connect(lambda name: self.save_page(Path(name)))
        dialog.open()

    def save_page(self, path: Path) -> None:
        """Write the cheat sheet as a page for printing, in the background."""
        keymap = self._panel.keymap
        text = listing.page(listing.grouped(keymap), sets.shipped(keymap.set).name)
        done = tr("The shortcuts are in {file}.", file=path)
        files.write(self._panel.session, path, "shortcuts", text, done)
