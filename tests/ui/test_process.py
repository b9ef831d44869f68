"""What the panel's process may never do: load torch, leak None, die with its worker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from opticals.jobs.client import Worker
from opticals_ui.session import Session

HEAVY = ("torch", "diffusers", "transformers", "av", "cv2", "numpy")

SESSION = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from tests.ui.fakes import FakeHost, FakeWorker, HOUR
from opticals_plugin import __main__, file_host
from opticals_ui import app
from opticals_ui.look import theme as look
from opticals_ui.panel import Panel
from opticals_ui.session import Session

import time

def wait(done):
    end = time.monotonic() + 20
    while not done() and time.monotonic() < end:
        application.processEvents()
    return done()

folder = Path({folder!r})
(folder / "cut.otio").write_text("an edit")
application = app._application()
host = FakeHost(folder)
session = Session(host, lambda answer: FakeWorker(folder, answer))
panel = Panel(session)
panel.show()
session.open(folder / "cut.otio")
assert wait(lambda: session.edit is not None)
session.selection.select("V1", HOUR)
for effect in session.choice.effects:
    session.choice.choose(effect.id)
session.preview()
assert wait(lambda: not session.viewing.after.isNull())
session.render()
assert wait(lambda: bool(host.placed) and not session.busy)
session.undo()
assert wait(lambda: not session.busy)
panel.grab()
session.close()
print(*[name for name in {heavy!r} if name in sys.modules])
"""


def test_a_whole_session_loads_none_of_the_heavy_libraries(tmp_path: Path) -> None:
    script = SESSION.format(tests=str(Path(__file__).parents[2]), folder=str(tmp_path), heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_void_calls_leave_none_alone(qtbot: QtBot) -> None:
    """PySide6 6.12 on Python 3.11 drops a reference at each, and aborts after some thousand."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(100_000):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < 1000


@pytest.fixture
def real(qtbot: QtBot, qapp: object, host, edit: Path) -> Iterator[tuple[Session, Worker]]:
    """A session with the real worker's process."""
    workers: list[Worker] = []

    def start(on_message) -> Worker:
        workers.append(Worker(on_message))
        return workers[0]

    session = Session(host, start)
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None)
    yield session, workers[0]
    session.close()


@pytest.mark.skipif(not hasattr(os, "kill"), reason="needs a signal that cannot be caught")
def test_a_killed_worker_is_said_and_another_goes_on(
    qtbot: QtBot, real: tuple[Session, Worker]
) -> None:
    session, worker = real
    session.selection.select("V1", session.model.start)
    session.render()
    qtbot.waitUntil(lambda: session.jobs.at_work is not None, timeout=30_000)
    first = worker.pid
    os.kill(first, 9)
    qtbot.waitUntil(lambda: bool(session.board.notices), timeout=10_000)
    assert "died" in session.board.notices[0].what
    assert "goes on by itself" in session.board.notices[0].remedy
    qtbot.waitUntil(lambda: worker.alive and worker.pid != first, timeout=10_000)
    # the medium of the fake edit does not exist: the new process says so
    qtbot.waitUntil(lambda: session.jobs.views[0].failed, timeout=60_000)
    assert "/media.mov" in str(session.jobs.views[0].error)
