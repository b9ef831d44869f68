"""The whole job by mouse and by keyboard: open, select, choose, preview, render, undo, save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from opticals_ui.notices.board import Kind
from opticals_ui.panel import Panel
from opticals_ui.queue.jobs import State
from opticals_ui.session import Session
from opticals_ui.timeline.strip import RULER, TimelineStrip

from . import queue_rows
from .fakes import HOUR, FakeHost, FakeWorker, track
from .queue_rows import press

LEFT = Qt.MouseButton.LeftButton


def click(qtbot: QtBot, strip: TimelineStrip, at: QPoint) -> None:
    qtbot.mouseClick(strip.viewport(), LEFT, pos=at)


def drag(qtbot: QtBot, widget: QWidget, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, LEFT, pos=start)
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(widget, start + (end - start) * share)
    qtbot.mouseRelease(widget, LEFT, pos=end)


def choose_file(qtbot: QtBot, panel: Panel, path: Path) -> None:
    """Type a path into the file dialog that is open, as a user would."""
    qtbot.waitUntil(lambda: panel.findChild(QFileDialog) is not None)
    dialog = panel.findChild(QFileDialog)
    qtbot.waitUntil(dialog.isVisible)
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(lambda: panel.findChild(QFileDialog) is None)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)


def drop(panel: Panel, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    where = QPoint(50, 200)
    move, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, move, data, LEFT, none)
    QApplication.sendEvent(panel, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(panel, QDropEvent(QPointF(where), move, data, LEFT, none))


def button(panel: QWidget, text: str) -> QPushButton:
    return next(one for one in panel.findChildren(QPushButton) if one.text() == text)


def test_by_mouse(
    qtbot: QtBot, panel: Panel, host: FakeHost, workers: list[FakeWorker], edit: Path
) -> None:
    session, strip = panel.session, panel.strip
    drop(panel, edit)
    qtbot.waitUntil(lambda: session.edit is not None)
    assert panel.windowTitle().startswith("cut.otio")

    click(qtbot, strip, strip.point("V1", HOUR + 50))
    assert session.selection.clip == "V1:1"
    assert abs(session.selection.playhead - (HOUR + 50)) <= 1
    drag(qtbot, strip.viewport(), strip.point("V1", HOUR + 20), strip.point("V1", HOUR + 60))
    found = session.selection.range
    assert found is not None
    assert abs(found.start - (HOUR + 20)) <= 1
    assert abs(found.end - (HOUR + 60)) <= 1

    qtbot.mouseClick(panel.effects.search, LEFT)
    offers = panel.effects.browser.list
    row = [offers.item(index).text() for index in range(offers.count())].index("Upscale")
    offers.scrollToItem(offers.item(row))
    at = offers.visualItemRect(offers.item(row)).center()
    qtbot.mouseClick(offers.viewport(), LEFT, pos=at)
    qtbot.mouseClick(button(panel.effects, "Use"), LEFT)
    assert [one.effect for one in session.choice.stack.entries] == ["upscale"]
    panel.inspector.form.rows["scale"].control.set_value(4)

    qtbot.mouseClick(button(panel, "Preview"), LEFT)
    qtbot.waitUntil(lambda: not session.viewing.after.isNull())
    job, frame = workers[0].previews[0]
    assert job.recipe.steps[0].settings["scale"] == 4
    assert found.start - HOUR <= frame < found.end - HOUR
    box = panel.preview.picture_box()
    drag(qtbot, panel.preview, box.center(), QPoint(box.left() + 10, box.center().y()))
    assert panel.preview.wipe < 0.1

    qtbot.mouseClick(button(panel, "Render"), LEFT)
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not session.busy)
    render, how, time = host.placed[0]
    assert (render.shot.record, render.shot.frames) == (found.start, found.end - found.start)
    assert (how, time) == ("version", "fit")
    assert session.jobs.views[0].state is State.PLACED
    assert session.model.find("V1:1").version == "V1-1_upscale_v001"
    assert session.board.notices[0].kind is Kind.INFO

    tools = {one.text(): one for one in panel.findChildren(QToolButton) if one.text()}
    qtbot.mouseClick(tools["Undo"], LEFT)
    qtbot.waitUntil(lambda: session.model.find("V1:1").version is None)
    qtbot.mouseClick(tools["Redo"], LEFT)
    qtbot.waitUntil(lambda: session.model.find("V1:1").version is not None)

    qtbot.waitUntil(lambda: not session.busy)
    qtbot.mouseClick(tools["Save as"], LEFT)
    choose_file(qtbot, panel, edit.with_name("new.otio"))
    qtbot.waitUntil(lambda: not session.modified)
    assert edit.with_name("new.otio").read_text() == "saved"


def test_by_keyboard(
    qtbot: QtBot, panel: Panel, host: FakeHost, workers: list[FakeWorker], edit: Path
) -> None:
    session = panel.session
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

    def key(code: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(panel.focusWidget(), code, modifiers)

    key(Qt.Key.Key_O, ctrl)
    choose_file(qtbot, panel, edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    key(Qt.Key.Key_1, ctrl)
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Down)
    assert session.selection.clip == "V1:2"
    for _ in range(5):
        key(Qt.Key.Key_Right)
    key(Qt.Key.Key_I)
    key(Qt.Key.Key_Right, shift)
    key(Qt.Key.Key_O)
    assert session.selection.range.start == HOUR + 130
    assert session.selection.range.end == HOUR + 156

    key(Qt.Key.Key_3, ctrl)
    for letter in "upsc":
        key(getattr(Qt.Key, f"Key_{letter.upper()}"))
    key(Qt.Key.Key_Return)
    assert [one.effect for one in session.choice.stack.entries] == ["upscale"]
    key(Qt.Key.Key_P, ctrl)
    qtbot.waitUntil(lambda: not session.viewing.after.isNull())
    assert workers[0].previews[0][1] == 30
    key(Qt.Key.Key_2, ctrl)
    key(Qt.Key.Key_End, Qt.KeyboardModifier.AltModifier)
    assert panel.preview.wipe == 1.0
    key(Qt.Key.Key_Return, ctrl)
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not session.busy)
    key(Qt.Key.Key_Z, ctrl)
    qtbot.waitUntil(lambda: not session.modified and not session.busy)
    key(Qt.Key.Key_Z, ctrl | shift)
    qtbot.waitUntil(lambda: session.modified and not session.busy)
    key(Qt.Key.Key_S, ctrl | shift)
    choose_file(qtbot, panel, edit.with_name("cut_v2.otio"))
    qtbot.waitUntil(lambda: not session.modified)


def test_a_mark_and_the_playhead_follow_the_mouse(qtbot: QtBot, open_panel: Panel) -> None:
    strip, selection = open_panel.strip, open_panel.session.selection
    selection.mark("V1", HOUR + 20, HOUR + 59)
    ruler = strip.viewport()

    def at(frame: int) -> QPoint:
        return QPoint(strip.point("V1", frame).x(), RULER - 4)

    drag(qtbot, ruler, at(HOUR + 60), at(HOUR + 80))
    assert abs(selection.mark_out - (HOUR + 80)) <= 1
    drag(qtbot, ruler, at(HOUR + 20), at(HOUR + 10))
    assert abs(selection.mark_in - (HOUR + 10)) <= 1
    drag(qtbot, ruler, at(HOUR + 150), at(HOUR + 100) - QPoint(5, 0))
    assert selection.playhead == HOUR + 100  # drawn to the cut


def test_a_range_over_two_clips_gives_two_jobs(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker], edit: Path
) -> None:
    host.tracks = (track("V1", ("a", 50), ("b", 50)),)
    session = open_panel.session
    session.open(edit)
    qtbot.waitUntil(lambda: session.model.find("V1:2").name == "b")
    session.selection.mark("V1", HOUR + 40, HOUR + 69)
    session.render()
    qtbot.waitUntil(lambda: len(host.placed) == 2 and not session.busy)
    spans = [(job.shot.id, job.shot.first, job.shot.frames) for job in workers[0].jobs]
    assert spans == [("V1:1", 40, 10), ("V1:2", 0, 20)]
    assert all(session.model.find(id).version for id in ("V1:1", "V1:2"))


def test_stop(qtbot: QtBot, open_panel: Panel, host: FakeHost, workers: list[FakeWorker]) -> None:
    session = open_panel.session
    workers[0].go_on.clear()
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: bool(session.jobs.views) and session.jobs.views[0].stage == "render")
    assert "50 / 100" in session.jobs.views[0].status
    press(qtbot, open_panel, "queue_remove")
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.STOPPED)
    assert not host.placed
    (notice,) = session.board.notices  # with what takes it back
    assert [one.label for one in notice.answers] == ["Go on"]
    assert queue_rows.button(open_panel, "queue_remove") is None


def test_a_render_that_cannot_be_placed_can_be_placed_later(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opticals.errors import EditError

    session = open_panel.session
    place = host.place

    def refuse(*_: object) -> tuple[str, ...]:
        raise EditError("The edit changed since.", "V1:1 is another clip.", "Undo, then place.")

    monkeypatch.setattr(host, "place", refuse)
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: bool(session.board.notices))
    assert session.board.notices[0].what == "The edit changed since."
    monkeypatch.setattr(host, "place", place)
    press(qtbot, open_panel, "queue_place")
    qtbot.waitUntil(lambda: len(host.placed) == 1)
    assert all(one.kind is not Kind.ERROR for one in session.board.notices)


def test_what_cannot_be_done_is_said_in_the_bar(
    qtbot: QtBot, open_panel: Panel, edit: Path, tmp_path: Path
) -> None:
    session = open_panel.session

    def fails(act: Callable[[], None], what: str) -> None:
        act()
        qtbot.waitUntil(lambda: any(what in one.what for one in session.board.notices))
        bar = next(one for one in open_panel.notices.bars() if what in one.notice.what)
        assert bar.isVisible()
        qtbot.mouseClick(button(bar, "Copy details"), LEFT)
        copied = QApplication.clipboard().text()
        assert what in copied
        assert bar.notice.remedy in copied
        qtbot.keyClick(open_panel, Qt.Key.Key_Escape)
        assert not session.board.notices

    fails(session.render, "Nothing is selected.")
    session.selection.mark("V1", HOUR + 90, HOUR + 130)
    fails(session.preview, "The range holds a gap.")
    fails(lambda: session.open(tmp_path / "none.otio"), "does not exist")
    assert session.edit is not None  # the one that was open stays
    fails(lambda: session.saving.save(edit), "exists")


def test_a_newer_preview_replaces_an_older_one(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session, worker = open_panel.session, workers[0]
    session.selection.select("V1", HOUR)
    worker.go_on.clear()
    session.preview()
    qtbot.waitUntil(lambda: len(worker.previews) == 1)
    qtbot.waitUntil(lambda: session.viewing.note == "Fetching models…")
    session.selection.move_to(HOUR + 30)
    session.preview()
    qtbot.waitUntil(lambda: not session.viewing.after.isNull())
    assert worker.previews[0][0].id in worker.cancelled
    assert [frame for _, frame in worker.previews] == [0, 30]
    assert session.viewing.words == "01:00:01:05"
    first = session.choice.effect.id
    session.choice.choose("upscale")
    assert "changed since" in session.viewing.words
    session.choice.choose(first)
    session.selection.move_to(HOUR + 31)
    screen = session.showing.screen
    qtbot.waitUntil(lambda: screen.seen is not None and not screen.seen.preview)


def test_unsaved_changes_are_asked_about(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, edit: Path
) -> None:
    session = open_panel.session
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: session.modified and not session.busy)
    session.open(edit)
    assert session.board.notices[0].kind is Kind.QUESTION
    assert not open_panel.close()
    qtbot.mouseClick(button(open_panel.notices, "Save as…"), LEFT)
    choose_file(qtbot, open_panel, edit.with_name("kept.otio"))
    qtbot.waitUntil(lambda: not session.modified)
    assert open_panel.close()


def test_closing_while_a_render_runs_is_asked_about(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    workers[0].go_on.clear()
    open_panel.session.selection.select("V1", HOUR)
    open_panel.session.render()
    qtbot.waitUntil(lambda: bool(open_panel.session.jobs.views))
    assert not open_panel.close()
    qtbot.mouseClick(button(open_panel.notices, "Stop rendering"), LEFT)
    assert not open_panel.isVisible()


def test_a_dead_worker_is_said_and_the_next_render_works(
    qtbot: QtBot, opened: Session, host: FakeHost, workers: list[FakeWorker]
) -> None:
    workers[0].die = True
    opened.selection.select("V1", HOUR)
    opened.render()
    qtbot.waitUntil(lambda: bool(opened.board.notices))
    assert "died" in opened.board.notices[0].what
    assert opened.jobs.views[0].state is State.FAILED
    workers[0].die = False
    opened.render()
    qtbot.waitUntil(lambda: len(host.placed) == 1)
