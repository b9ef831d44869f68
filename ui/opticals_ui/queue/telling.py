"""Says in the system's own way that renders are done, when nobody looks at the panel."""

from __future__ import annotations

import shutil

from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr
from opticals_ui.queue.jobs import Jobs, State

TITLE = "Opticals"
_SETTLE = 600  # milliseconds in which the next job would have begun
_STAY = 10_000


class Telling(QObject):
    """Watches the jobs; `wanted`: somebody pressed the message and wants to see the panel."""

    wanted = Signal()

    def __init__(self, jobs: Jobs, window: QWidget) -> None:
        super().__init__(window)
        self._jobs, self._window = jobs, window
        self._tray: QSystemTrayIcon | None = None
        self._over: list[str] = []
        self._told = QTimer(self, singleShot=True, interval=_STAY)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE)
        self._timer.timeout.connect(self._tell)
        jobs.over.connect(self._note)
        jobs.changed.connect(self._when_done)
        self.wanted.connect(self._bring_up)

    def show(self, text: str) -> bool:
        """Show a message; whether the system takes one."""
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            if self._tray is None:
                self._tray = QSystemTrayIcon(icon("opticals"), self)
                self._told.timeout.connect(self._tray.hide)
                self._tray.messageClicked.connect(self.wanted)
                self._tray.activated.connect(self.wanted)
            self._tray.show()
            self._tray.showMessage(TITLE, text, icon("opticals"), _STAY)
            self._told.start()
            return True
        return self._by_program(text, ["--action=default=Open Opticals"])

    def _by_program(self, text: str, more: list[str]) -> bool:
        """By the desktop's notifications, where there is no tray."""
        program = shutil.which("notify-send")
        if program is None:
            return False
        process = QProcess(self)

        def ended(status: int) -> None:
            if b"default" in bytes(process.readAllStandardOutput().data()):
                self.wanted.emit()
            elif status and more:  # an old one, which knows no actions
                self._by_program(text, [])
            process.deleteLater()

        process.finished.connect(ended)
        process.start(program, ["--app-name=Opticals", *more, "--", TITLE, text])
        return True

    def _note(self, id: str) -> None:
        self._over.append(id)
        self._when_done()

    def _when_done(self) -> None:
        if self._over and not self._busy():
            self._timer.start()

    def _busy(self) -> bool:
        return any(one.active and one.state is not State.PAUSED for one in self._jobs.views)

    def _tell(self) -> None:
        if self._busy():
            return
        over, self._over = self._over, []
        views = {view.job.id: view for view in self._jobs.views}
        found = [views[id] for id in over if id in views]
        if not found or self._window.isActiveWindow() or self._jobs.flags.at_end != "notify":
            return
        failed = sum(view.failed for view in found)
        words = [tr("%n render(s) done.", count=len(found) - failed)] if failed < len(found) else []
        if failed:
            words.append(tr("%n render(s) failed.", count=failed))
        self.show(" ".join(words))

    def _bring_up(self) -> None:
        window = self._window.window()
        window.showNormal() if window.isMinimized() else window.show()
        window.raise_()
        window.activateWindow()
