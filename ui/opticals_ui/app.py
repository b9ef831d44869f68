"""Runs the panel: the application, its look and language, a window, and the end of it all."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QSize, QTimer
from PySide6.QtWidgets import QApplication

from opticals.jobs.client import Worker
from opticals_ui.beside import Beside, LiveHost
from opticals_ui.collecting import Collector
from opticals_ui.giving_back import give_back_large_blocks
from opticals_ui.host import Host
from opticals_ui.layout import keep_window, restore_window
from opticals_ui.look import language, theme
from opticals_ui.panel import Panel
from opticals_ui.remaking import Remaking
from opticals_ui.session import Session

QUEUE_AFTER = 1500  # milliseconds until what is left in the queue goes on: first the edit is there


SEE_WITHIN = 5000  # milliseconds that a picture may take


class Window(QObject):
    """The panel of a session, made anew over the same session when its language changes."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.was_shown = False
        theme.use(session.memory.get("theme", "dark"))
        language.use(session.memory.get("language", ""))
        self.panel = Panel(session)
        self._remaking = Remaking(session, lambda: self.panel)
        self._remaking.made.connect(self._take)
        self._follow()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.dress(app)

    def rebuild(self) -> None:
        """The same panel in the language of the moment, soon, and in the same place."""
        self._remaking.begin()

    def show(self) -> None:
        """Show the panel where it was the last time."""
        self.was_shown = True
        restore_window(self.panel, self.session.memory, self.panel.sizeHint())
        self.panel.show()
        stage = self.panel.stage
        (stage.welcome.open if stage.empty else self.panel.strip).setFocus()

    def bring_up(self) -> None:
        """Show the panel above other programs."""
        if not self.was_shown or not self.panel.isVisible():
            self.show()
        if self.panel.isMinimized():
            self.panel.showNormal()
        self.panel.raise_()
        self.panel.activateWindow()

    def keep(self) -> None:
        """Keep where the panel is, for the next time."""
        keep_window(self.panel, self.session.memory)

    def _take(self, panel: Panel) -> None:
        self.panel = panel
        self._follow()

    def _follow(self) -> None:
        # A menu may be what asked for it: it goes with the old panel, when it is done.
        self.panel.rebuild_wanted.connect(lambda: QTimer.singleShot(0, self, self.rebuild))


def run(host: Host, edit: Path | None = None) -> int:
    """Show the panel until its window is closed; the exit status."""
    app = _application()
    _end_when_asked(app)
    session = Session(host, Worker)
    window = Window(session)
    window.show()
    _show(session, edit)
    return _go_on(app, session, window)


def run_beside(host: LiveHost, *, hidden: bool) -> int:
    """The same for a host that speaks by itself: it says when the panel is seen, if it is to be
    hidden at first."""
    app = _application()
    _end_when_asked(app)
    app.setQuitOnLastWindowClosed(False)  # a host may have it render without a window
    session = Session(host, Worker)
    session.sights.start()  # a shot is on its way
    window = Window(session)
    beside = Beside(session, host, window.bring_up, lambda: window.panel)
    beside.over.connect(app.quit)
    if not hidden:
        window.show()
    session.errands.run(host.load, lambda _: None, lambda _: None, quiet=True)
    return _go_on(app, session, window)


def _go_on(app: QApplication, session: Session, window: Window) -> int:
    QTimer.singleShot(QUEUE_AFTER, session.jobs.go_on)
    session.viewing.set_live(session.memory.get("live", True))
    status = app.exec()
    if window.was_shown:
        window.keep()
    session.close()
    return status


def _end_when_asked(app: QApplication) -> None:
    """End in order at SIGTERM, without a question that nobody may be there to answer; at Ctrl-C as
    if the window was closed. Also while the event loop does not run yet."""
    told, asked = threading.Event(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    signal.signal(signal.SIGINT, lambda *_: asked.set())

    def look() -> None:
        if told.is_set():
            app.exit()
        elif asked.is_set():
            asked.clear()
            app.quit()

    # Python sees a signal only when it gets to run: the event loop lets it, now and then.
    awake = QTimer(app)
    awake.timeout.connect(look)
    awake.start(200)


def picture(host: Host, edit: Path, file: Path, size: QSize) -> int:
    """Write a picture of the panel with an edit open; 1 when it or the edit cannot be had."""
    _application()
    session = Session(host, Worker)
    window = Window(session)
    panel = window.panel
    panel.resize(size)
    panel.show()
    panel.strip.setFocus()
    _show(session, edit)
    loop = QEventLoop()
    session.busy_changed.connect(lambda: session.busy or QTimer.singleShot(50, loop.quit))
    loop.exec()
    session.selection.go_to_cut(1)
    _let_see(session)
    done = session.edit is not None and panel.grab().save(str(file))
    if session.edit is None:
        sys.stderr.write("".join(f"{one.details}\n" for one in session.board.notices))
    elif not done:
        sys.stderr.write(f"{file} cannot be written.\n")
    session.close()
    return 0 if done else 1


def _let_see(session: Session) -> None:
    """Wait a while for the picture at the playhead, and for what a render takes."""
    screen, preflight, loop = session.showing.screen, session.preflight, QEventLoop()

    def there() -> bool:
        seen = screen.seen is not None and screen.seen.record == session.selection.playhead
        return seen and not preflight.stale

    def look() -> None:
        if there():
            QTimer.singleShot(50, loop.quit)  # the page is laid out anew

    if session.edit is not None and not there():
        screen.changed.connect(look)
        preflight.changed.connect(look)
        QTimer.singleShot(SEE_WITHIN, loop.quit)
        loop.exec()


def _application() -> QApplication:
    give_back_large_blocks()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    Collector(app)
    app.setApplicationName("opticals")
    app.setApplicationDisplayName("Opticals")
    theme.prepare(app)
    return app


def _show(session: Session, edit: Path | None) -> None:
    if edit is None:
        session.refresh()
    else:
        session.open(edit)
