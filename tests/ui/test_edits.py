"""One edit and another: what belongs to which, what is placed, and what is asked before leaving."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from opticals.jobs import pace
from opticals_ui.notices.board import Kind
from opticals_ui.panel import Panel
from opticals_ui.queue.jobs import State

from .fakes import HOUR, FakeHost, FakeWorker, track
from .queue_rows import button, press


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.otio"
    path.write_text("another edit")
    return path


def answer(panel: Panel, label: str) -> None:
    question = next(one for one in panel.session.board.notices if one.kind is Kind.QUESTION)
    bar = next(one for one in panel.notices.bars() if one.notice is question)
    button = next(one for one in bar.findChildren(QPushButton) if one.text() == label)
    button.click()


def start_render(qtbot: QtBot, panel: Panel, worker: FakeWorker) -> None:
    worker.go_on.clear()
    panel.session.selection.select("V1", HOUR)
    panel.session.render()
    qtbot.waitUntil(lambda: bool(panel.session.jobs.views))


def shown(panel: Panel, name: str) -> Callable[[], bool]:
    session = panel.session
    return lambda: session.edit is not None and session.edit.name == name and not session.busy


def test_a_render_is_not_cut_into_another_edit(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker], edit: Path,
    other: Path,
) -> None:  # fmt: skip
    session = open_panel.session
    start_render(qtbot, open_panel, workers[0])
    session.open(other)
    assert "A render is under way." in session.board.notices[0].what
    answer(open_panel, "Open anyway")
    qtbot.waitUntil(shown(open_panel, "other.otio"))
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: bool(session.board.notices))
    assert "was rendered for cut.otio" in session.board.notices[0].what
    assert not host.placed
    assert session.jobs.views[0].state is State.RENDERED
    session.open(edit)
    qtbot.waitUntil(shown(open_panel, "cut.otio"))
    press(qtbot, open_panel, "queue_place")
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)


def test_a_render_that_ends_while_another_edit_is_read_stays_out_of_it(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker], other: Path
) -> None:
    session = open_panel.session
    start_render(qtbot, open_panel, workers[0])
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: session.jobs.views[0].render is not None and not session.busy)
    session.undo()
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.RENDERED)
    count = len(host.placed)
    session.open(other)
    assert session.edit.name == "cut.otio"  # still being read
    session.placing.place(session.jobs.views[0].job.id)
    qtbot.waitUntil(shown(open_panel, "other.otio"))
    assert len(host.placed) == count
    assert "Another edit was opened" in session.board.notices[0].what


def test_a_render_goes_into_its_edit_under_another_name(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker], tmp_path: Path
) -> None:
    session = open_panel.session
    start_render(qtbot, open_panel, workers[0])
    session.saving.save(tmp_path / "new.otio")
    qtbot.waitUntil(shown(open_panel, "new.otio"))
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)


def test_what_is_undone_can_be_placed_again(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not session.busy)
    assert session.jobs.views[0].state is State.PLACED
    session.undo()
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.RENDERED)
    assert button(open_panel, "queue_place") is not None
    session.redo()
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)
    assert button(open_panel, "queue_place") is None
    back = open_panel.actions_by_id["restore"]
    assert back.isEnabled()
    back.trigger()
    qtbot.waitUntil(lambda: session.model.find("V1:1").version is None)
    assert session.jobs.views[0].state is State.RENDERED
    assert not back.isEnabled()


def test_saving_first_goes_on_with_what_was_asked(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker], other: Path, tmp_path: Path
) -> None:
    session = open_panel.session
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: session.modified and not session.busy)

    def dialog() -> QFileDialog:
        qtbot.waitUntil(lambda: open_panel.findChild(QFileDialog) is not None)
        found = open_panel.findChild(QFileDialog)
        qtbot.waitUntil(found.isVisible)
        return found

    session.open(other)
    answer(open_panel, "Save as…")
    dialog().reject()
    qtbot.waitUntil(lambda: open_panel.findChild(QFileDialog) is None)
    session.saving.save(tmp_path / "kept.otio")
    qtbot.waitUntil(shown(open_panel, "kept.otio"))
    qtbot.wait(50)
    assert session.edit.name == "kept.otio"  # what was asked before was dropped

    session.undo()
    qtbot.waitUntil(lambda: session.modified and not session.busy)
    session.open(other)
    answer(open_panel, "Save as…")
    found = dialog()
    found.selectFile(str(tmp_path / "kept_too.otio"))
    found.accept()
    qtbot.waitUntil(shown(open_panel, "other.otio"))
    assert (tmp_path / "kept_too.otio").exists()


def test_the_question_before_closing_names_all_there_is_to_lose(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: session.modified and not session.busy)
    start_render(qtbot, open_panel, workers[0])
    qtbot.waitUntil(lambda: session.jobs.active)
    assert not open_panel.close()
    question = session.board.notices[0]
    assert "not saved" in question.what
    assert "under way" in question.what
    assert "goes on in the background" in question.why
    answer(open_panel, "Discard changes")
    assert not open_panel.isVisible()


def test_what_is_rendered_is_what_was_chosen_at_the_press(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    session, threads, go_on = open_panel.session, [], threading.Event()
    folder, shots = host.renders_folder, host.shots
    monkeypatch.setattr(host, "shots", lambda *where: go_on.wait(5) and shots(*where))
    monkeypatch.setattr(
        host, "renders_folder", lambda: threads.append(QThread.currentThread()) or folder()
    )
    session.choice.choose("upscale")
    session.selection.select("V1", HOUR)
    session.render()
    session.choice.choose("copy")
    session.choice.deliver(draft=True)
    go_on.set()
    qtbot.waitUntil(lambda: bool(workers[0].jobs))
    (job,) = workers[0].jobs
    assert job.recipe.steps[0].effect == "upscale"
    assert not job.output.draft
    assert not session.jobs.views[0].delivery.draft
    assert threads
    assert session.thread() not in threads


def test_the_selection_follows_its_frames_when_ids_change(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    split = (track("V1", ("bikes", 20), ("bikes", 40), ("bikes", 40), ("", 25), ("bunny", 75)),)
    session.selection.mark("V1", HOUR + 20, HOUR + 59)
    host.states.append(split)
    session.redo()
    qtbot.waitUntil(lambda: session.selection.clip == "V1:2")
    assert session.selection.range.start == HOUR + 20
    session.selection.clear_marks()
    session.selection.select("V1", HOUR + 130)
    assert session.selection.clip == "V1:4"
    session.undo()
    qtbot.waitUntil(lambda: session.selection.clip == "V1:2")
    assert session.model.find("V1:2").name == "bunny"


def test_the_viewer_says_which_frame_it_shows(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session, viewing = open_panel.session, open_panel.session.viewing
    session.selection.mark("V1", HOUR + 25, HOUR + 49)
    session.selection.move_to(HOUR + 150)
    session.preview()
    qtbot.waitUntil(lambda: not viewing.after.isNull())
    assert session.selection.playhead == HOUR + 49  # the nearest frame of what is selected
    assert viewing.words == "01:00:01:24"
    assert viewing.words in open_panel.preview.accessibleDescription()


def test_the_viewer_follows_the_playhead_out_of_the_selection(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session, screen = open_panel.session, open_panel.session.showing.screen
    session.selection.mark("V1", HOUR + 25, HOUR + 49)
    session.selection.move_to(HOUR + 30)
    session.set_live(True)
    qtbot.waitUntil(lambda: screen.seen is not None and screen.seen.preview)
    asked = len(workers[0].previews)
    for frame in (HOUR + 24, HOUR + 50, HOUR + 150):
        session.selection.move_to(frame)
        qtbot.waitUntil(lambda frame=frame: screen.seen.record == frame)
        assert not screen.seen.preview
        qtbot.wait(100)  # a preview that nobody wants would be due by now
    assert len(workers[0].previews) == asked
    session.selection.move_to(HOUR + 40)
    qtbot.waitUntil(lambda: screen.seen.preview and screen.seen.record == HOUR + 40)


def test_undo_keeps_the_focus(qtbot: QtBot, open_panel: Panel, host: FakeHost) -> None:
    session = open_panel.session
    for effect in ("denoise", "upscale"):
        session.choice.choose(effect)
        session.selection.select("V1", HOUR)
        session.render()
        count = len(host.placed)
        qtbot.waitUntil(lambda count=count: len(host.placed) > count and not session.busy)
    undo = open_panel._buttons["undo"]
    undo.setFocus()
    QTest.keyClick(undo, Qt.Key.Key_Space)
    assert session.busy
    assert open_panel.focusWidget() is undo
    qtbot.waitUntil(lambda: session.edit.redo != "" and not session.busy)
    assert open_panel.focusWidget() is undo


def test_a_stopped_job_can_be_tried_again(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    start_render(qtbot, open_panel, workers[0])
    session.cancel()
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.STOPPED)
    workers[0].cancelled.clear()
    workers[0].go_on.set()  # it may have been stopped before it was begun
    press(qtbot, open_panel, "queue_retry")
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)
    assert button(open_panel, "queue_retry") is None


def test_the_first_piece_does_not_count_for_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    seen = pace.Pace().after("render", 0)
    rates = []
    for clock[0], done in ((60.0, 10), (61.0, 20), (62.0, 30)):
        seen = seen.after("render", done)
        rates.append(seen.rate(done))
    assert rates == [0.0, 10.0, 10.0]
    clock[0] = 65.0
    assert seen.later(2).rate(40) == 10.0  # two seconds of these it stood still
    assert seen.after("join", 0).rate(0) == 0
