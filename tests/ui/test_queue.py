"""The queue in the panel: what rows say and do, by mouse and keys; over a restart; dragged."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from opticals.errors import MediaOffline, ModelMissing
from opticals.jobs import living
from opticals.jobs.entries import Process, Progress, State
from opticals.jobs.keeper import Both
from opticals.jobs.queue import Asked
from opticals_ui.notices.board import Kind
from opticals_ui.panel import Panel
from opticals_ui.queue import jobs as jobs_module
from opticals_ui.queue import showing, telling
from opticals_ui.queue.rows import IDS
from opticals_ui.session import Session
from tests.core.queues import job, locked, render

from .fakes import HOUR, FakeHost, FakeWorker
from .queue_rows import button, press

Key = Qt.Key
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def held(open_panel: Panel, workers: list[FakeWorker]) -> Panel:
    """A panel on the page of the queue, whose worker keeps what it is at."""
    workers[0].go_on.clear()
    open_panel.side.show_page("queue")
    open_panel.actions_by_id["focus_queue"].trigger()
    return open_panel


def ask(qtbot: QtBot, panel: Panel, count: int) -> list[str]:
    """Ask for renders; their ids, the first of them at work."""
    session = panel.session
    for n in range(count):
        session.selection.mark("V1", HOUR + n * 10, HOUR + n * 10 + 9)
        session.render()
        qtbot.waitUntil(lambda n=n: len(session.jobs.views) == n + 1 and not session.busy)
    qtbot.waitUntil(lambda: session.jobs.at_work is not None)
    return [view.job.id for view in session.jobs.views]


def order(panel: Panel) -> list[str]:
    return [view.job.id for view in panel.session.jobs.listed]


def state(panel: Panel, id: str) -> State:
    return panel.session.jobs.find(id).state


def key(panel: Panel, code: Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for one in modifiers:
        held |= one
    QTest.keyClick(panel.job_list.list, code, held)


def answer(panel: Panel, label: str) -> None:
    bars = panel.notices.bars()
    found = [one for bar in bars for one in bar.findChildren(QPushButton) if one.text() == label]
    found[0].click()


def test_by_keys_alone(qtbot: QtBot, held: Panel, workers: list[FakeWorker]) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    a, b, c = ask(qtbot, held, 3)
    jobs, listed = held.session.jobs, held.job_list.list
    listed.setFocus()
    key(held, Key.Key_Home)
    assert held.job_list.acts.current is not None
    assert held.job_list.acts.current.job.id == a
    key(held, Key.Key_End)
    key(held, Key.Key_Up, alt)
    qtbot.waitUntil(lambda: order(held) == [a, c, b])
    assert [view.job.id for view in held.job_list.acts.chosen] == [c]  # it stays the chosen one
    key(held, Key.Key_Down, alt)
    qtbot.waitUntil(lambda: order(held) == [a, b, c])
    key(held, Key.Key_P)
    qtbot.waitUntil(lambda: state(held, c) is State.PAUSED)
    key(held, Key.Key_P)
    qtbot.waitUntil(lambda: state(held, c) is State.WAITING)
    key(held, Key.Key_Delete)
    qtbot.waitUntil(lambda: state(held, c) is State.STOPPED)
    answer(held, "Go on")
    qtbot.waitUntil(lambda: state(held, c) is State.WAITING)
    key(held, Key.Key_Home)
    key(held, Key.Key_Delete)
    qtbot.waitUntil(lambda: state(held, a) is State.STOPPED)
    qtbot.waitUntil(lambda: not jobs.active)
    listed.choose(a)
    key(held, Key.Key_Delete)
    qtbot.waitUntil(lambda: a not in order(held))
    answer(held, "Undo")
    qtbot.waitUntil(lambda: a in order(held))
    listed.choose(a)
    key(held, Key.Key_R)
    qtbot.waitUntil(lambda: state(held, a) is State.PLACED)


def test_return_places(qtbot: QtBot, open_panel: Panel, host: FakeHost) -> None:
    session = open_panel.session
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not session.busy)
    session.undo()
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.RENDERED)
    open_panel.actions_by_id["focus_queue"].trigger()
    open_panel.job_list.list.choose(session.jobs.views[0].job.id)
    key(open_panel, Key.Key_Return)
    qtbot.waitUntil(lambda: len(host.placed) == 2)


def test_pausing_the_whole_queue(qtbot: QtBot, held: Panel, workers: list[FakeWorker]) -> None:
    a, b = ask(qtbot, held, 2)
    page = held.job_list
    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: held.session.jobs.flags.paused)
    assert page.acts.remark == "The queue is paused."
    assert "Paused at 5 of 10" in page.acts.status(held.session.jobs.find(a))
    assert page.acts.status(held.session.jobs.find(b)) == "Waiting: the queue is paused"
    workers[0].go_on.set()
    qtbot.wait(300)
    assert state(held, b) is State.WAITING
    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state(held, b) is State.PLACED)


def test_tonight(qtbot: QtBot, held: Panel, workers: list[FakeWorker]) -> None:
    page, jobs = held.job_list, held.session.jobs
    page.start.menu().aboutToShow.emit()
    page._starts["22:00"].trigger()
    qtbot.waitUntil(lambda: jobs.flags.start_at > time.time())
    held.session.selection.select("V1", HOUR)
    held.session.render()
    qtbot.waitUntil(lambda: bool(jobs.views))
    qtbot.wait(300)
    (view,) = jobs.views
    assert (page.acts.status(view), page.acts.remark) == ("Waits until 22:00", "Starts at 22:00.")
    assert not workers[0].jobs
    page._start_now.trigger()
    qtbot.waitUntil(lambda: bool(workers[0].jobs))


def test_rows_say_what_they_wait_for_and_how_far_they_are(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker]
) -> None:
    a, b, c = ask(qtbot, held, 3)
    status = held.job_list.acts.status
    find = held.session.jobs.find
    qtbot.waitUntil(lambda: status(find(a)) == "Rendering · 5 / 10")
    assert (status(find(b)), status(find(c))) == ("After 1 other", "After 2 others")
    assert held.side.tabs.tabText(held.side._ids.index("queue")) == "Queue 3"
    assert not held._queue_foot.isVisible()  # the page says it
    held.side.show_page("effects")
    qtbot.waitUntil(held._queue_foot.isVisible)
    assert held._queue_foot.text() == find(a).title
    qtbot.mouseClick(held._queue_foot, Qt.MouseButton.LeftButton)
    assert held.side.page == "queue"
    held.session.jobs.hold("Resolve plays")
    assert status(find(a)) == "Stands still: Resolve plays"
    held.session.jobs.release("Resolve plays")


def test_a_paused_queue_is_seen_from_every_page_and_goes_on_by_keys(
    qtbot: QtBot, held: Panel
) -> None:
    a, _ = ask(qtbot, held, 2)
    foot, jobs, acts = held._queue_foot, held.session.jobs, held.job_list.acts
    held.side.show_page("effects")
    qtbot.waitUntil(lambda: foot.text() == jobs.find(a).title)
    QTest.keyClick(held.strip, ".", CTRL_SHIFT)
    qtbot.waitUntil(lambda: foot.text() == "Queue paused · 2 to render")
    assert "Ctrl+Shift+." in foot.accessibleName()
    assert foot.isVisible()
    held.side.show_page("versions")
    assert foot.isVisible()
    assert acts.sign(jobs.find(a)) is State.PAUSED
    qtbot.mouseClick(foot, Qt.MouseButton.LeftButton)
    assert held.side.page == "queue"
    assert not foot.isVisible()  # the page says it
    held.side.show_page("effects")
    QTest.keyClick(held.strip, ".", CTRL_SHIFT)
    qtbot.waitUntil(lambda: foot.text() == jobs.find(a).title)
    assert acts.sign(jobs.find(a)) is State.RUNNING


def test_a_paused_queue_with_nothing_at_work_is_seen_too(qtbot: QtBot, open_panel: Panel) -> None:
    session, foot = open_panel.session, open_panel._queue_foot
    session.jobs.set_flags(paused=True)
    qtbot.waitUntil(lambda: session.jobs.flags.paused)
    assert not foot.isVisible()  # there is nothing to render
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(foot.isVisible)
    assert foot.text() == "Queue paused · 1 to render"
    session.jobs.cancel_all()
    qtbot.waitUntil(lambda: not foot.isVisible())


def test_what_is_held_stands_until_it_is_released(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker]
) -> None:
    (a,) = ask(qtbot, held, 1)
    held.session.jobs.hold("viewer")
    with Both() as queue:
        me = living.me("worker")
        qtbot.waitUntil(lambda: queue.beat(a, me).wait == "viewer")
        held.session.jobs.release("viewer")
        qtbot.waitUntil(lambda: queue.beat(a, me).wait == "")


def drop(panel: Panel, ids: list[str], row: int) -> None:
    """Drag rows to a place between others."""
    model = panel.job_list.list.model()
    rows = [order(panel).index(id) for id in ids]
    data = model.mimeData([model.index(one) for one in rows])
    assert data.hasFormat(IDS)
    assert model.dropMimeData(data, Qt.DropAction.CopyAction, row, 0, QModelIndex())


def test_dragging_reorders_and_hands_out_files(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker]
) -> None:
    a, b, c = ask(qtbot, held, 3)
    drop(held, [c], 1)
    qtbot.waitUntil(lambda: order(held) == [a, c, b])
    drop(held, [c], 3)
    qtbot.waitUntil(lambda: order(held) == [a, b, c])
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: state(held, c) is State.PLACED)
    qtbot.waitUntil(lambda: not held.session.busy)
    model = held.job_list.list.model()
    assert model.supportedDragActions() == Qt.DropAction.CopyAction  # nobody moves a render away
    data = model.mimeData([model.index(0)])
    view = held.session.jobs.listed[0]
    assert [Path(one.toLocalFile()) for one in data.urls()] == [view.render.path]
    sequence = replace(view.render, path=Path("/r/shot_v001/shot.%04d.exr"), first_number=1)
    assert replace(view, render=sequence).files == (Path("/r/shot_v001"),)


def test_details_paths_and_files_are_handed_on(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_panel.session
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not session.busy)
    shown: list[Path] = []
    monkeypatch.setattr(showing, "reveal", lambda file: shown.append(file) is None)
    open_panel.actions_by_id["focus_queue"].trigger()
    open_panel.job_list.list.choose(session.jobs.views[0].job.id)
    key(open_panel, Key.Key_S)
    path = session.jobs.views[0].render.path
    assert shown == [path]
    key(open_panel, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == str(path)
    words = [one.text() for one in open_panel.job_list._buttons]
    assert words == ["Show the file", "Copy path", "Copy details"]
    open_panel.job_list._buttons[2].click()
    assert "V1:1 bikes" in QApplication.clipboard().text()
    assert str(path) in QApplication.clipboard().text()
    monkeypatch.undo()
    key(open_panel, Key.Key_S)  # the fake render is no file
    assert "cannot be shown" in session.board.notices[0].what


def test_a_failed_row_has_a_button_that_helps(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker], host: FakeHost
) -> None:
    workers[0].missing = "rife"
    workers[0].go_on.set()
    held.session.selection.select("V1", HOUR)
    held.session.render()
    qtbot.waitUntil(lambda: bool(held.session.jobs.views) and held.session.jobs.views[0].failed)
    id = held.session.jobs.views[0].job.id
    held.job_list.list.choose(id)
    words = [one.text() for one in held.job_list._buttons]
    assert words == ["Get the model", "Retry", "Copy details"]
    assert "rife" in held.job_list._words.text()
    held.job_list._buttons[0].click()
    qtbot.waitUntil(lambda: workers[0].missing == "")
    press(qtbot, held, "queue_retry")
    qtbot.waitUntil(lambda: state(held, id) is State.PLACED)


def fill(*entries: tuple[str, Any]) -> None:
    """Jobs of another time in the queue: done, or failed with an error."""
    me = living.me("worker")
    with Both() as queue:
        for id, what in entries:
            asked = {"name": "cut.otio", "delivery": {"place": "overlay"}}
            queue.add([Asked(job(id), asked)])
            assert queue.claim(me) is not None
            if what is None:
                queue.finish(id, me, render(job(id)))
            else:
                queue.fail(id, me, what)


def test_renders_of_another_time_are_offered_to_their_edit(
    qtbot: QtBot, panel: Panel, host: FakeHost, edit: Path, tmp_path: Path
) -> None:
    me = living.me("worker")
    of_edit, of_other = job("mine"), job("other")
    of_edit = replace(of_edit, shot=replace(of_edit.shot, edit=str(edit)))
    with Both() as queue:
        for one in (of_edit, of_other):
            queue.add([Asked(one, {"name": "cut.otio", "delivery": {"place": "overlay"}})])
            queue.claim(me)
            queue.finish(one.id, me, render(one))
    session = panel.session
    qtbot.waitUntil(lambda: len(session.jobs.views) == 2)
    assert not host.placed
    session.open(edit)
    qtbot.waitUntil(lambda: any(one.topic == "offer" for one in session.board.notices))
    (offer,) = (one for one in session.board.notices if one.topic == "offer")
    assert offer.what == "1 render for this edit is ready to be placed."
    assert not host.placed  # only when it is wished
    answer(panel, "Place")
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not session.busy)
    assert host.placed[0][0].shot == of_edit.shot
    assert host.placed[0][1] == "overlay"
    session.placing.place("other")
    qtbot.waitUntil(lambda: any("was rendered for" in one.what for one in session.board.notices))
    assert len(host.placed) == 1


def another(host: FakeHost, folder: Path) -> Session:
    return Session(host, lambda on_message: FakeWorker(folder, on_message))


def test_the_queue_outlives_the_panel(
    qtbot: QtBot, held: Panel, host: FakeHost, workers: list[FakeWorker], tmp_path: Path
) -> None:
    a, b = ask(qtbot, held, 2)
    held.session.jobs.close()
    later = another(host, tmp_path)
    try:
        qtbot.waitUntil(lambda: len(later.jobs.views) == 2)
        assert [view.job.id for view in later.jobs.views] == [a, b]
        assert {view.state for view in later.jobs.views} == {State.WAITING}  # nothing begins
        assert later.jobs.views[0].delivery == held.session.choice.delivery
        later.jobs.go_on()
        qtbot.waitUntil(lambda: all(view.render is not None for view in later.jobs.views))
        assert {view.state for view in later.jobs.views} == {State.RENDERED}  # to be offered
    finally:
        later.close()


def test_two_panels_render_each_job_once(
    qtbot: QtBot, held: Panel, host: FakeHost, workers: list[FakeWorker], tmp_path: Path
) -> None:
    ids = ask(qtbot, held, 3)
    second: list[FakeWorker] = []

    def start(on_message: Callable[[dict[str, Any]], None]) -> FakeWorker:
        second.append(FakeWorker(tmp_path, on_message))
        return second[0]

    later = Session(host, start)
    try:
        later.jobs.go_on()
        qtbot.waitUntil(lambda: len(later.jobs.views) == 3)
        workers[0].go_on.set()
        qtbot.waitUntil(lambda: all(state(held, id) is State.PLACED for id in ids))
        qtbot.waitUntil(lambda: not later.jobs.active)
        done = [one.id for worker in (workers[0], second[0]) for one in worker.jobs]
        assert sorted(done) == sorted(ids)
    finally:
        later.close()


def test_closing_asks_once_and_keeps_rendering_if_wished(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(qtbot, held, 2)
    started: list[bool] = []
    monkeypatch.setattr(jobs_module.runner, "start", lambda: started.append(True))
    assert not held.close()
    (question,) = (one for one in held.session.board.notices if one.kind is Kind.QUESTION)
    assert question.what == "2 renders are not done."
    assert [one.label for one in question.answers] == [
        "Keep rendering", "Pause until next time", "Stop rendering",
    ]  # fmt: skip
    answer(held, "Keep rendering")
    assert not held.isVisible()
    qtbot.waitUntil(lambda: started == [True])


def test_closing_asks_nothing_when_another_process_renders(
    qtbot: QtBot, open_panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = Process(living.HOST, os.getppid(), "background")
    with Both() as queue:
        queue.add([Asked(job("a"))])
        queue.claim(parent)
        queue.beat("a", parent, Progress("render", 30, 96, "", 2.0))
        queue.still_here(queue.join(parent), drains=True, holds="")
    jobs, acts = open_panel.session.jobs, open_panel.job_list.acts
    qtbot.waitUntil(lambda: jobs.foreign == "background")
    assert acts.status(jobs.find("a")) == "Rendering · 30 / 96 · 2.0 fps · 0:33 left"
    assert acts.remark == "Rendered by the background."
    assert open_panel.close()


def test_a_damaged_queue_is_said_and_the_panel_goes_on(
    qtbot: QtBot, host: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(b"no database at all" * 100)
    monkeypatch.setenv("OPTICALS_QUEUE", str(path))
    session = another(host, tmp_path)
    try:
        qtbot.waitUntil(lambda: bool(session.board.notices))
        notice = session.board.notices[0]
        assert notice.what == "The queue's file was damaged."
        (aside,) = tmp_path.glob("broken-damaged-*.db")
        assert str(aside) in notice.why
        with Both() as queue:
            queue.add([Asked(job("a"))])
        qtbot.waitUntil(lambda: len(session.jobs.views) == 1)
    finally:
        session.close()


def test_a_queue_damaged_under_the_panel_is_mended(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(os.environ["OPTICALS_QUEUE"])
    fill(("a", None))
    qtbot.waitUntil(lambda: len(held.session.jobs.views) == 1)
    path.unlink()
    for tail in ("-wal", "-shm"):
        Path(f"{path}{tail}").unlink(missing_ok=True)
    qtbot.waitUntil(lambda: not held.session.jobs.views)
    fill(("b", MediaOffline("It is not there.")))
    qtbot.waitUntil(lambda: [one.job.id for one in held.session.jobs.views] == ["b"])


def test_what_is_asked_while_the_queue_is_locked_is_done_later(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(("a", ModelMissing("none")))
    qtbot.waitUntil(lambda: len(held.session.jobs.views) == 1)
    with locked(Path(os.environ["OPTICALS_QUEUE"])):
        held.session.jobs.remove(["a"])
        started = time.monotonic()
        qtbot.wait(200)
        assert time.monotonic() - started < 1  # the panel waits for nothing
        assert len(held.session.jobs.views) == 1
    qtbot.waitUntil(lambda: not held.session.jobs.views)


def test_a_thousand_jobs_take_no_time_of_the_panel(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker]
) -> None:
    session = held.session
    session.jobs.set_flags(paused=True)
    delivery, made = session.choice.delivery, job("x")
    asked = [replace(made, id=f"{n:04}") for n in range(1000)]
    origin = jobs_module.Origin(0, "cut.otio")
    started = time.thread_time()
    for one in asked:
        session.jobs.render(one, delivery, origin)
    assert time.thread_time() - started < 0.05  # of this thread: others may be busy
    with Both() as queue:
        qtbot.waitUntil(lambda: len(queue.entries()) == 1000, timeout=20_000)
    qtbot.waitUntil(lambda: session.jobs.flags.paused)
    started = time.thread_time()
    session.jobs.changed.emit()
    held.job_list.list.viewport().repaint()
    assert time.thread_time() - started < 0.05
    assert held.job_list.list.model().rowCount() == 1000


def test_it_is_said_when_nobody_looks(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    away = [False]
    watch = open_panel._telling
    monkeypatch.setattr(watch, "show", lambda text: said.append(text) is None)
    monkeypatch.setattr(open_panel, "isActiveWindow", lambda: not away[0])
    session = open_panel.session
    for count, effect in ((1, "denoise"), (2, "upscale")):
        session.choice.choose(effect)
        session.selection.select("V1", HOUR)
        session.render()
        qtbot.waitUntil(lambda count=count: len(host.placed) == count and not session.busy)
        qtbot.wait(telling._SETTLE + 200)
        assert said == ([] if count == 1 else ["1 render done."])
        away[0] = True


def test_without_a_tray_and_without_a_bus_nothing_happens(
    qtbot: QtBot, open_panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling.QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    monkeypatch.setattr(telling.shutil, "which", lambda name: None)
    assert open_panel._telling.show("1 render done.") is False


def test_nothing_of_the_page_is_cut_when_narrow(
    qtbot: QtBot, held: Panel, workers: list[FakeWorker]
) -> None:
    ask(qtbot, held, 2)
    fill_later = [("f", MediaOffline("/Volumes/Cards/A001_C003.mov is not there."))]
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: not held.session.jobs.active)
    fill(*fill_later)
    qtbot.waitUntil(lambda: len(held.session.jobs.views) == 3)
    held.job_list.list.choose("f")
    for size in ((420, 900), (420, 720), (1280, 800)):
        held.resize(*size)
        QApplication.processEvents()
        page = held.job_list
        assert page.list.height() >= 58
        for one in (page.pause, page.start, page.more, *page._buttons):
            if not one.isVisible():
                continue
            at = one.mapTo(held, QPoint(0, 0))
            assert held.rect().contains(at)
            assert held.rect().contains(at + QPoint(one.width() - 1, one.height() - 1))
    assert page._buttons[0].isVisible()
    assert button(held, "queue_retry", 2) is not None


def test_who_comes_by_keyboard_has_a_job_chosen(qtbot: QtBot, open_panel: Panel) -> None:
    session, page = open_panel.session, open_panel.job_list
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: bool(session.edit.undo) and not session.busy)
    session.undo()
    qtbot.waitUntil(lambda: page.acts.summary == "1 render to place" and not session.busy)
    open_panel.actions_by_id["focus_queue"].trigger()
    assert len(page.acts.chosen) == 1
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)
