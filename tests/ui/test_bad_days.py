"""What goes wrong elsewhere, seen from the panel: it says what happened and what to do, stays
usable, and the job can then be done."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from opticals.errors import DeviceError, DiskFull, OutputError
from opticals.jobs.client import Worker
from opticals.jobs.keeper import Both
from opticals.settings import settings_file
from opticals.viewer.client import Viewer
from opticals_plugin.file_host import FileHost
from opticals_ui.look.theme import dress
from opticals_ui.notices.board import Notice
from opticals_ui.panel import Panel
from opticals_ui.preferences.storage import Storage
from opticals_ui.queue import jobs as jobs_module
from opticals_ui.queue.jobs import State
from opticals_ui.session import Session

from ..core.edits import clip, span, timeline
from ..core.films import numbered
from .fakes import FakeForeseer, FakeHost, FakeWorker

START = 90_000
FRAMES = 120
LONG = 60_000  # milliseconds, for processes to start
KILLS = pytest.mark.skipif(not hasattr(os, "kill"), reason="needs a signal that cannot be caught")


def topics(session: Session) -> dict[str, Notice]:
    return {one.topic: one for one in session.board.notices}


def said(session: Session) -> str:
    return "\n".join(f"{one.what} {one.why} {one.remedy}" for one in session.board.notices)


# --- with nothing faked


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return numbered(tmp_path / "film.mov", FRAMES, timecode="01:00:00:00")


@pytest.fixture
def processes() -> list[Worker]:
    """The worker that the session started."""
    return []


@pytest.fixture
def viewers() -> list[Viewer]:
    """The viewers that the session started: that of the viewer first."""
    return []


@pytest.fixture
def real(
    qtbot: QtBot,
    qapp: Any,
    film: Path,
    tmp_path: Path,
    processes: list[Worker],
    viewers: list[Viewer],
) -> Iterator[Panel]:
    """A panel over an edit of one clip, with real processes."""
    made = clip("ramp", film, 10, 80)
    made.media_reference.available_range = span(START, FRAMES)
    otio.adapters.write_to_file(timeline(("Video", [made])), str(tmp_path / "cut.otio"))

    def start(heard: Callable[[dict[str, Any]], None]) -> Worker:
        processes.append(Worker(heard))
        return processes[-1]

    def look(heard: Callable[..., None]) -> Viewer:
        viewers.append(Viewer(heard))
        return viewers[-1]

    session = Session(FileHost(), start, look)
    dress(qapp)
    panel = Panel(session)
    qtbot.addWidget(panel)
    panel.resize(1280, 800)
    panel.show()
    qtbot.waitExposed(panel)
    session.set_live(False)
    session.open(tmp_path / "cut.otio")
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy, timeout=LONG)
    session.choice.choose("copy")
    session.choice.deliver(format="ffv1")
    yield panel
    session.close()


def render(qtbot: QtBot, session: Session, first: int, frames: int) -> None:
    """The main job: mark, render, and see it in the edit."""
    session.selection.mark("V1", START + first, START + first + frames - 1)
    session.render()
    qtbot.waitUntil(
        lambda: bool(session.jobs.views) and session.jobs.views[-1].state is State.PLACED,
        timeout=2 * LONG,
    )


def seen(qtbot: QtBot, session: Session, record: int) -> None:
    screen = session.showing.screen
    qtbot.waitUntil(
        lambda: (
            screen.seen is not None
            and screen.seen.record == record
            and bool(screen.seen.result.images)
        ),
        timeout=LONG,
    )


@KILLS
def test_a_worker_killed_at_a_preview(qtbot: QtBot, real: Panel, processes: list[Worker]) -> None:
    session = real.session
    session.selection.mark("V1", START + 5, START + 14)
    session.preview()
    qtbot.waitUntil(lambda: bool(processes) and processes[0].alive, timeout=LONG)
    os.kill(processes[0].pid, 9)
    qtbot.waitUntil(lambda: bool(session.board.notices), timeout=LONG)
    assert "died" in said(session)
    assert not session.jobs.previewing
    session.preview()
    qtbot.waitUntil(lambda: not session.viewing.after.isNull(), timeout=2 * LONG)
    render(qtbot, session, 5, 10)


@KILLS
def test_a_viewer_killed_while_it_plays(qtbot: QtBot, real: Panel, viewers: list[Viewer]) -> None:
    session = real.session
    seen(qtbot, session, START)
    session.showing.player.forward()
    qtbot.waitUntil(lambda: session.selection.playhead > START + 5, timeout=LONG)
    for one in viewers:
        if one.pid is not None:
            os.kill(one.pid, 9)
    qtbot.waitUntil(lambda: session.selection.playhead >= START + 30, timeout=LONG)
    session.showing.player.stop()
    session.selection.move_to(START + 44)
    seen(qtbot, session, START + 44)


def test_a_medium_that_goes_and_comes_back(
    qtbot: QtBot, real: Panel, film: Path, viewers: list[Viewer]
) -> None:
    session = real.session
    seen(qtbot, session, START)
    away = film.with_suffix(".away")
    film.rename(away)
    session.selection.mark("V1", START + 20, START + 29)
    session.render()
    qtbot.waitUntil(lambda: bool(session.board.notices), timeout=LONG)
    notice = session.board.notices[0]
    assert str(film) in f"{notice.what} {notice.why}"
    assert notice.remedy or notice.answers
    session.selection.move_to(START + 25)  # nothing hangs, nothing is raised
    qtbot.wait(300)
    away.rename(film)
    seen(qtbot, session, START + 25)  # by itself, as what stands above the Render button
    preflight = session.preflight
    qtbot.waitUntil(lambda: preflight.problem is None and preflight.possible, timeout=LONG)
    render(qtbot, session, 20, 10)
    session.selection.move_to(START + 60)
    seen(qtbot, session, START + 60)


def test_a_medium_damaged_under_the_panel(qtbot: QtBot, real: Panel, film: Path) -> None:
    session = real.session
    whole = film.read_bytes()
    film.write_bytes(whole[: len(whole) // 3])
    session.selection.mark("V1", START + 50, START + 69)
    session.render()
    qtbot.waitUntil(lambda: bool(session.board.notices), timeout=LONG)
    assert film.name in said(session)
    assert session.board.notices[0].remedy or session.board.notices[0].answers
    film.write_bytes(whole)
    render(qtbot, session, 50, 10)


# --- with what cannot be had on every machine


def answering(worker: FakeWorker, error: Any) -> None:
    """Have the worker fail so until `missing` is emptied."""
    worker.missing = "something"
    worker._missing = lambda: error  # type: ignore[method-assign]


def ask(qtbot: QtBot, panel: Panel) -> None:
    panel.session.selection.select("V1", panel.session.model.start)
    panel.session.render()


def test_a_gpu_without_memory(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker], host: FakeHost
) -> None:
    session = open_panel.session
    error = DeviceError(
        "The memory of cuda:0 is too small for this effect.",
        "It ran out even with tiles of 256 pixels.",
        "Close other programs that use it, or render a smaller format.",
    )
    answering(workers[0], error)
    ask(qtbot, open_panel)
    qtbot.waitUntil(lambda: bool(session.board.notices))
    assert "too small" in said(session)
    assert "Close other programs" in said(session)
    session.preview()
    qtbot.waitUntil(lambda: "preview" in topics(session))
    workers[0].missing = ""
    session.retry(session.jobs.views[0].job.id)
    qtbot.waitUntil(lambda: bool(host.placed) and not session.busy)


def test_no_room_for_preview_pictures(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    error = OutputError.wrap(
        "The preview cannot be written.", OSError(errno.ENOSPC, "No space left"), "Free some space."
    )
    answering(workers[0], error)
    session.selection.select("V1", session.model.start)
    session.preview()
    qtbot.waitUntil(lambda: "preview" in topics(session))
    assert "Free some space." in said(session)
    workers[0].missing = ""
    session.preview()
    qtbot.waitUntil(lambda: not session.viewing.after.isNull())


def test_no_room_for_a_render(qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]) -> None:
    """The button that is offered leads to what can go."""
    session = open_panel.session
    answering(workers[0], DiskFull("It cannot be written.", "No space left.", "Free some space."))
    session.selection.select("V1", session.model.start)
    session.render()
    qtbot.waitUntil(lambda: bool(session.jobs.views) and session.jobs.views[0].failed)
    (view,) = session.jobs.views
    (room, again) = open_panel.job_list.acts.help(view)
    assert (room.label, again.label) == ("Make room…", "Retry")
    room.act()
    assert isinstance(open_panel.keyboard.preferences.page, Storage)


@contextmanager
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The queue's disk is full for whatever is to be added."""
    add = Both.add

    def refuse(self: Both, jobs: Any) -> None:
        with self.writing():
            raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Both, "add", refuse)
    yield
    monkeypatch.setattr(Both, "add", add)


def test_no_room_for_the_queue(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for is put in when there is room again, by itself."""
    monkeypatch.setattr(jobs_module, "AGAIN", 200)
    session = open_panel.session
    with full(monkeypatch):
        ask(qtbot, open_panel)
        qtbot.waitUntil(lambda: "queue" in topics(session), timeout=10_000)
        assert "full" in said(session)
        QTest.keyClick(open_panel.strip, Qt.Key.Key_Right)
        qtbot.wait(2000)  # it was given up, for a while
        assert not host.placed
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not session.busy, timeout=20_000)
    session.choice.choose("upscale")
    ask(qtbot, open_panel)
    qtbot.waitUntil(lambda: len(host.placed) == 2, timeout=20_000)


@pytest.mark.parametrize("text", ["\x00\xff[[[", "[General]\npage=@Invalid()\nlive=maybe\n", "{"])
def test_a_damaged_memory_is_as_if_there_were_none(
    qtbot: QtBot, qapp: Any, home: Path, host: FakeHost, edit: Path, tmp_path: Path,
    foreseer: FakeForeseer, text: str,
) -> None:  # fmt: skip
    settings_file().with_name("panel.ini").write_text(text, encoding="latin-1")
    session = Session(host, lambda heard: FakeWorker(tmp_path, heard), foreseer=foreseer)
    try:
        panel = Panel(session)
        qtbot.addWidget(panel)
        panel.show()
        session.open(edit)
        qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
        ask(qtbot, panel)
        qtbot.waitUntil(lambda: bool(host.placed) and not session.busy)
        session.memory.put("page", "queue")
        assert session.memory.get("page", "") == "queue"
    finally:
        session.close()


@pytest.fixture
def no_memory(open_panel: Panel) -> Iterator[None]:
    """A folder is in its place: as a full disk, for whoever may write everywhere."""
    file = settings_file().with_name("panel.ini")
    file.unlink(missing_ok=True)
    (file / "in the way").mkdir(parents=True)
    yield
    shutil.rmtree(file)


@pytest.mark.usefixtures("no_memory")
def test_a_memory_that_cannot_be_written_costs_nothing_but_itself(
    qtbot: QtBot, open_panel: Panel, host: FakeHost
) -> None:
    session = open_panel.session
    session.memory.put("page", "queue")
    session.memory._settings.sync()
    assert session.memory.get("page", "") == "queue"
    ask(qtbot, open_panel)
    qtbot.waitUntil(lambda: bool(host.placed) and not session.busy)
