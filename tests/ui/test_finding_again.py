"""No render is lost out of sight: it is placed, or offered where its edit is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from opticals.jobs.keeper import Both
from opticals.jobs.queue import Asked
from opticals_ui.notices.board import Notice
from opticals_ui.panel import Panel
from opticals_ui.queue.jobs import State
from opticals_ui.queue.offering import TOPIC
from opticals_ui.session import Session

from ..core.queues import job
from .fakes import HOUR, FakeHost, FakeWorker


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.otio"
    path.write_text("another edit")
    return path


def notice(session: Session, topic: str) -> Notice | None:
    return next((one for one in session.board.notices if one.topic == topic), None)


def press(session: Session, topic: str, label: str) -> None:
    found = notice(session, topic)
    assert found is not None
    next(one for one in found.answers if one.label == label).act()


def start_render(qtbot: QtBot, session: Session, worker: FakeWorker, times: int = 1) -> None:
    worker.go_on.clear()
    session.selection.select("V1", HOUR)
    for _ in range(times):
        session.render()
    qtbot.waitUntil(lambda: len(session.jobs.views) == times)


def shown(session: Session, name: str) -> Callable[[], bool]:
    return lambda: session.edit is not None and session.edit.name == name and not session.busy


def finish_elsewhere(qtbot: QtBot, session: Session, worker: FakeWorker, other: Path) -> None:
    """Open another edit, and have the render done there."""
    session.open(other)
    press(session, "question", "Open anyway")
    qtbot.waitUntil(shown(session, other.name))
    worker.go_on.set()
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.RENDERED)


def test_a_render_that_was_done_while_another_edit_was_open_is_offered(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker], edit: Path, other: Path
) -> None:
    session = open_panel.session
    start_render(qtbot, session, workers[0])
    finish_elsewhere(qtbot, session, workers[0], other)
    assert notice(session, TOPIC) is None
    session.open(edit)
    qtbot.waitUntil(lambda: notice(session, TOPIC) is not None)
    press(session, TOPIC, "Place")
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)
    assert notice(session, TOPIC) is None


def test_an_offer_goes_when_the_render_is_placed_from_the_queue(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker], edit: Path, other: Path
) -> None:
    session = open_panel.session
    start_render(qtbot, session, workers[0])
    finish_elsewhere(qtbot, session, workers[0], other)
    session.open(edit)
    qtbot.waitUntil(lambda: notice(session, TOPIC) is not None)
    session.placing.place(session.jobs.views[0].job.id)
    qtbot.waitUntil(lambda: notice(session, TOPIC) is None)


def test_a_render_follows_its_edit_under_another_name(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker], edit: Path, other: Path
) -> None:
    session, saved = open_panel.session, edit.with_name("cut_v2.otio")
    start_render(qtbot, session, workers[0])
    session.saving.save(saved)
    qtbot.waitUntil(shown(session, saved.name))
    finish_elsewhere(qtbot, session, workers[0], other)
    session.open(edit)
    qtbot.waitUntil(shown(session, edit.name))
    assert notice(session, TOPIC) is None
    session.open(saved)
    qtbot.waitUntil(lambda: notice(session, TOPIC) is not None)
    with Both() as queue:  # where the next panel finds it
        assert queue.entries()[0].asked["path"] == str(saved)


def test_what_was_asked_for_twice_is_placed_once_and_said(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    start_render(qtbot, session, workers[0], times=2)
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: all(one.state is State.PLACED for one in session.jobs.views))
    qtbot.waitUntil(lambda: not session.busy)
    assert len(host.placed) == 1
    assert any("in the edit already" in one.what for one in session.board.notices)
    session.undo()
    qtbot.waitUntil(lambda: all(one.state is State.RENDERED for one in session.jobs.views))


def test_where_no_edit_is_open_nothing_is_asked(qtbot: QtBot, session: Session, edit: Path) -> None:
    with Both() as queue:
        queue.set_flags(paused=True)
        queue.add([Asked(job("of-another-edit"))])
    qtbot.waitUntil(lambda: session.jobs.active)
    session.open(edit)
    qtbot.waitUntil(shown(session, edit.name))


def test_a_job_that_failed_can_be_asked_for_again_where_it_is_said(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    workers[0].die = True
    start_render(qtbot, session, workers[0])
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.FAILED)
    workers[0].die = False
    press(session, session.jobs.views[0].job.id, "Render again")
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)
