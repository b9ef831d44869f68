"""Previews that follow the settings: the newest alone, quiet, and twelve frames that play."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from opticals_ui.session import Session
from opticals_ui.viewer.viewing import FRAMES

from .fakes import HOUR, FakeWorker


def ready(qtbot: QtBot, session: Session) -> None:
    session.choice.choose("upscale")
    session.selection.select("V1", HOUR)
    session.selection.move_to(HOUR + 10)


def test_a_live_preview_follows_settings_and_playhead(
    qtbot: QtBot, opened: Session, workers: list[FakeWorker]
) -> None:
    ready(qtbot, opened)
    opened.set_live(True)
    qtbot.waitUntil(lambda: opened.viewing.current)
    assert [frame for _, frame in workers[0].previews] == [10]
    opened.choice.set("scale", 4)
    assert not opened.viewing.current
    qtbot.waitUntil(lambda: opened.viewing.current)
    assert workers[0].previews[-1][0].recipe.steps[0].settings["scale"] == 4
    opened.selection.move_to(HOUR + 40)
    qtbot.waitUntil(lambda: opened.viewing.current and opened.viewing.frame == HOUR + 40)
    assert workers[0].previews[-1][1] == 40


def test_many_changes_are_asked_for_once(
    qtbot: QtBot, opened: Session, workers: list[FakeWorker]
) -> None:
    ready(qtbot, opened)
    opened.set_live(True)
    qtbot.waitUntil(lambda: opened.viewing.current)
    before = len(workers[0].previews)
    for frame in range(20, 60):
        opened.selection.move_to(HOUR + frame)
    qtbot.waitUntil(lambda: opened.viewing.current)
    assert len(workers[0].previews) == before + 1
    assert workers[0].previews[-1][1] == 59


def test_an_older_request_is_dropped(
    qtbot: QtBot, opened: Session, workers: list[FakeWorker]
) -> None:
    ready(qtbot, opened)
    opened.set_live(True)
    workers[0].go_on.clear()
    qtbot.waitUntil(lambda: len(workers[0].previews) == 1)
    opened.choice.set("scale", 4)
    qtbot.waitUntil(lambda: len(workers[0].previews) == 2)
    assert workers[0].previews[0][0].id in workers[0].cancelled
    qtbot.waitUntil(lambda: opened.viewing.current)


def test_what_nobody_asked_for_says_nothing_on_the_board(
    qtbot: QtBot, opened: Session, workers: list[FakeWorker]
) -> None:
    workers[0].missing = "rife"
    ready(qtbot, opened)
    opened.set_live(True)
    qtbot.waitUntil(lambda: "rife" in opened.viewing.words)
    assert not opened.board.notices
    opened.selection.select("V1", HOUR + 110)  # a gap, in which nothing can be previewed
    opened.selection.mark("V1", HOUR + 105, HOUR + 115)
    qtbot.wait(200)
    assert not opened.board.notices


def test_live_is_remembered(qtbot: QtBot, opened: Session) -> None:
    opened.set_live(True)
    assert opened.memory.get("live", False) is True
    opened.set_live(False)
    assert opened.memory.get("live", True) is False


def test_twelve_frames_play_round_until_settings_change(
    qtbot: QtBot, opened: Session, workers: list[FakeWorker]
) -> None:
    ready(qtbot, opened)
    opened.preview(FRAMES)
    qtbot.waitUntil(lambda: opened.viewing.turning)
    assert list(workers[0].counts.values()) == [FRAMES]
    seen = set()
    opened.viewing.changed.connect(lambda: seen.add(opened.viewing.after.cacheKey()))
    qtbot.waitUntil(lambda: len(seen) == FRAMES)
    opened.viewing.stop()
    assert not opened.viewing.turning
    opened.preview()
    qtbot.waitUntil(lambda: not opened.jobs.previewing and opened.viewing.current)
    assert not opened.viewing.turning


def test_every_step_has_the_same_seed_and_settings(
    qtbot: QtBot, opened: Session, workers: list[FakeWorker]
) -> None:
    ready(qtbot, opened)
    opened.choice.set("scale", 4)
    opened.preview()
    qtbot.waitUntil(lambda: len(workers[0].previews) == 1)
    opened.preview(FRAMES)
    qtbot.waitUntil(lambda: len(workers[0].previews) == 2)
    opened.render_draft()
    qtbot.waitUntil(lambda: len(workers[0].jobs) == 1)
    opened.render()
    qtbot.waitUntil(lambda: len(workers[0].jobs) == 2)
    jobs = [*(job for job, _ in workers[0].previews), *workers[0].jobs]
    assert len({str(job.recipe.to_json()) for job in jobs}) == 1
    assert [job.output.draft for job in jobs] == [False, False, True, False]
