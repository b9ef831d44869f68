"""The menu of a clip's badge on the strip: which of its versions the edit shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from opticals.timeline.placed import ORIGINAL
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.session import Session


class BadgeMenu(QMenu):
    """The versions of one clip, the newest first and the original last, to switch to; and the way
    to the page of versions."""

    def __init__(self, session: Session, page: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self.setObjectName("badge_menu")

    def open_for(self, clip: str, at: QPoint) -> None:
        """Open for a clip, at a point of the screen."""
        model = self._session.model
        item = model.find(clip) if model is not None else None
        if item is None:
            return
        for old in self.actions():
            self.removeAction(old)
            old.deleteLater()
        one_of = QActionGroup(self)
        names = (*reversed(item.versions), ORIGINAL) if item.versions and not item.overlay else ()
        for name in names:
            words = tr("Original") if name == ORIGINAL else name.replace("&", "&&")
            action = QAction(words, one_of, checkable=True)
            action.setChecked(name == (item.version or ORIGINAL))
            action.triggered.connect(partial(self._session.switch, clip, name))
            self.addAction(action)
            if action.isChecked():
                self.setActiveAction(action)
        self.addSeparator()
        go = self.addAction(self._page.icon(), tr("Compare, and more…"))
        go.triggered.connect(self._page.trigger)
        self.popup(at)
