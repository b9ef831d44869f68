"""Where pictures are shown, or while there are none, what leads to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from opticals_ui.host import Can
from opticals_ui.look.words import tr
from opticals_ui.welcome.page import StepsBar, Welcome, recent_words

if TYPE_CHECKING:
    from opticals_ui.session import Session


class Stage(QWidget):
    """The `viewer`, or the `welcome` page in its place; above them the next of the first steps."""

    def __init__(self, session: Session, viewer: QWidget) -> None:
        super().__init__()
        self._session = session
        self.viewer = viewer
        self._beginning = beginning = session.beginning
        self.welcome = Welcome(beginning.steps, beginning.recent, beginning.sample)
        self.welcome.chosen.connect(beginning.open)
        self.bar = StepsBar(beginning.steps)
        self._pages = QStackedWidget()
        self._pages.addWidget(viewer)
        self._pages.addWidget(self.welcome)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self._pages, 1)
        for signal in (session.edit_changed, session.busy_changed, beginning.steps.changed):
            signal.connect(self._refresh)
        self._refresh()

    def sizeHint(self) -> QSize:
        shown: QWidget = self.welcome if self.empty else self.viewer
        return shown.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._pages.minimumSizeHint().height())

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, besides the viewer."""
        return (self.bar.dismiss, *self.welcome.parts())

    def fill_menu(self, menu: QMenu) -> None:
        """The recent edits as a menu."""
        recent = self._beginning.recent
        recent.look()
        menu.clear()
        for edit in recent.edits:
            action = menu.addAction(recent_words(edit, recent.edits).replace("&", "&&"))
            action.setToolTip(str(edit.path))
            action.setEnabled(edit.there)
            action.triggered.connect(partial(self._beginning.open, edit.path))
        if not recent.edits:
            menu.addAction(tr("No recent edits")).setEnabled(False)
            return
        menu.addSeparator()
        menu.addAction(tr("Clear the list")).triggered.connect(recent.clear)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see yet, and the user may open something."""
        session = self._session
        return session.edit is None and not session.busy and Can.OPEN in session.host.can

    def _refresh(self) -> None:
        session = self._session
        self._pages.setCurrentWidget(self.welcome if self.empty else self.viewer)
        self.bar.setVisible(not self._beginning.steps.over and session.edit is not None)
        self.updateGeometry()
