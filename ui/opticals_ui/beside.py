"""A panel beside a program that holds the edit: when it is seen, and when it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from opticals_ui.host import Host
from opticals_ui.live import HostLink, Live
from opticals_ui.session import Session

ALONE = 20_000  # milliseconds that a panel without window and host stays


class LiveHost(Host, HostLink, Protocol):
    """A host that speaks by itself."""


class Beside(QObject):
    """Ends the panel when its window is closed; without a window, when no host is there any more
    and nothing is rendered.

    `over`: the panel is to end.
    """

    over = Signal()

    def __init__(
        self,
        session: Session,
        host: LiveHost,
        bring_up: Callable[[], None],
        panel: Callable[[], QWidget],
    ) -> None:
        super().__init__(session)
        self._session, self._panel = session, panel
        self.live = Live(session, host)
        self.live.raise_wanted.connect(bring_up)
        self.live.alone_changed.connect(self._look)
        session.jobs.changed.connect(self._look)
        self._alone = QTimer(self, singleShot=True, interval=ALONE)
        self._alone.timeout.connect(self._end)
        self._alone.start()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.lastWindowClosed.connect(self._closed)

    def _closed(self) -> None:
        """The panel may be made anew meanwhile, in another language."""
        if not self._panel().isVisible():
            self.over.emit()

    def _look(self) -> None:
        wanted = self.live.alone and not self._panel().isVisible()
        if wanted and not self._session.jobs.active:
            if not self._alone.isActive():
                self._alone.start()
        else:
            self._alone.stop()

    def _end(self) -> None:
        if self.live.alone and not self._panel().isVisible() and not self._session.jobs.active:
            self.over.emit()
