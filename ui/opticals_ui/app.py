"""Runs the panel: the application, its look, a window, and the end of it all."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication

from opticals.jobs.client import Worker
from opticals_ui.host import Host
from opticals_ui.look.theme import dress
from opticals_ui.panel import Panel
from opticals_ui.session import Session


def run(host: Host, edit: Path | None = None) -> int:
    """Show the panel until its window is closed; the exit status."""
    app = _application()
    session = Session(host, Worker)
    panel = Panel(session)
    panel.show()
    panel.strip.setFocus()
    # Python sees a Ctrl-C only when it gets to run: the event loop lets it, now and then.
    signal.signal(signal.SIGINT, lambda *_: app.quit())
    awake = QTimer()
    awake.timeout.connect(lambda: None)
    awake.start(200)
    _show(session, edit)
    status = app.exec()
    session.close()
    return status


def picture(host: Host, edit: Path, file: Path, size: QSize) -> int:
    """Write a picture of the panel with an edit open; 1 when it or the edit cannot be had."""
    _application()
    session = Session(host, Worker)
    panel = Panel(session)
    panel.resize(size)
    panel.show()
    panel.strip.setFocus()
    _show(session, edit)
    loop = QEventLoop()
    session.busy_changed.connect(lambda: session.busy or QTimer.singleShot(50, loop.quit))
    loop.exec()
    session.selection.go_to_cut(1)
    done = session.edit is not None and panel.grab().save(str(file))
    session.close()
    return 0 if done else 1


def _application() -> QApplication:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("opticals")
    app.setApplicationDisplayName("Opticals")
    dress(app)
    return app


def _show(session: Session, edit: Path | None) -> None:
    if edit is None:
        session.refresh()
    else:
        session.open(edit)
