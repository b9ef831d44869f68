"""A panel that went, and another after it: what becomes of the renders that the first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from opticals.jobs.entries import State

from .contract import named, shown
from .driving import FakeDriver, Json, film
from .test_live_panel import Beside, beside, edit, hold, host, over, project, rendered

__all__ = ["beside", "host", "project"]


@pytest.fixture
def again(qtbot: QtBot, panels: Path, beside: Beside) -> Iterator[Callable[[], Beside]]:
    """Ends the panel, and starts another over the same queue."""
    made: list[Beside] = []

    def start() -> Beside:
        beside.close()
        made.append(Beside(qtbot, panels, beside.start))
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.fixture
def unsaved(beside: Beside, media: tuple[Path, Path], panels: Path) -> Iterator[FakeDriver]:
    driver = FakeDriver()
    driver.open(film(media, None, start=100), panels)
    yield driver
    driver.close()


def under_way(beside: Beside, host: FakeDriver, clip: str = "b") -> None:
    """Have a clip rendered, as far as that the worker is at it."""
    beside.select(host, clip)
    hold(beside)
    beside.render()
    beside.until(lambda: State.RUNNING in beside.states)
    beside.until(lambda: beside.session.jobs.kept)


def test_a_render_of_a_project_that_was_never_saved_is_placed(
    beside: Beside, unsaved: FakeDriver, again: Callable[[], Beside]
) -> None:
    under_way(beside, unsaved)
    before = shown(edit(unsaved))
    second = again()
    second.until(lambda: second.session.edit is not None)  # the host joins it by itself
    second.session.jobs.go_on()
    second.until(lambda: second.states == [State.PLACED])
    assert shown(edit(unsaved)) == over(before, rendered(second), 200, 50)
    assert unsaved.state()["calls"] == {"place": 1}
    assert "ready to be placed" not in second.said


def test_it_is_placed_where_its_clip_is_now(
    beside: Beside, host: FakeDriver, again: Callable[[], Beside]
) -> None:
    under_way(beside, host)
    second = again()
    host.move("b", 37)
    before = shown(edit(host))
    second.session.jobs.go_on()
    second.until(lambda: second.states == [State.PLACED])
    assert shown(edit(host)) == over(before, rendered(second), 237, 50)
    assert "37" in second.said


def test_it_is_reported_where_its_clip_is_gone(
    beside: Beside, host: FakeDriver, again: Callable[[], Beside]
) -> None:
    under_way(beside, host)
    second = again()
    host.delete("b")
    second.session.jobs.go_on()
    second.until(lambda: "not in the timeline" in second.said)
    assert second.states == [State.RENDERED]


def test_what_was_undone_stays_undone(
    beside: Beside, host: FakeDriver, again: Callable[[], Beside]
) -> None:
    before = shown(edit(host))
    beside.select(host, "b")
    beside.render()
    beside.until(lambda: beside.states == [State.PLACED])
    host.undo()
    beside.until(lambda: beside.states == [State.RENDERED])
    second = again()
    second.until(lambda: "ready to be placed" in second.said)
    assert shown(edit(host)) == before
    assert host.state()["calls"] == {"place": 1}
    second.session.board.notices[0].answers[0].act()
    second.until(lambda: second.states == [State.PLACED])


def test_what_could_not_be_placed_is_not_tried_again_by_itself(
    beside: Beside, host: FakeDriver, again: Callable[[], Beside]
) -> None:
    beside.select(host, "b")
    hold(beside)
    beside.render()
    beside.until(lambda: State.RUNNING in beside.states)
    host.delete("b")
    for worker in beside.workers:
        worker.go_on.set()
    beside.until(lambda: "not in the timeline" in beside.said)
    host.undo()
    second = again()
    second.until(lambda: "ready to be placed" in second.said)
    assert second.states == [State.RENDERED]


def test_a_project_that_was_closed_meanwhile_is_not_changed_by_itself(
    beside: Beside, host: FakeDriver, again: Callable[[], Beside], project: Json
) -> None:
    host.save()
    under_way(beside, host)
    second = again()
    host.do("open", settings=project)
    second.until(lambda: second.session.edit is not None)
    second.session.jobs.go_on()
    second.until(lambda: "ready to be placed" in second.said)
    assert named(edit(host), "b")["shown"] == "original"
    assert second.states == [State.RENDERED]


def test_a_project_that_is_saved_while_no_panel_is_there_keeps_its_renders(
    beside: Beside, unsaved: FakeDriver, again: Callable[[], Beside], tmp_path: Path
) -> None:
    under_way(beside, unsaved)
    beside.close()
    path = tmp_path / "now.json"
    unsaved.do("save", path=str(path))
    second = again()
    second.session.jobs.go_on()
    second.until(lambda: second.states == [State.PLACED])
    (view,) = second.session.jobs.views
    assert view.edit == str(path)


def test_another_project_that_was_never_saved_is_another(
    beside: Beside, unsaved: FakeDriver, media: tuple[Path, Path]
) -> None:
    """Both are Untitled, and their first clips are called the same in this program."""
    under_way(beside, unsaved)
    other = film(media, None, start=100)
    for one in other["tracks"][0]["clips"]:
        one["id"] = f"other-{one['id']}"
    shows = beside.session.model
    unsaved.do("open", settings=other)
    beside.until(lambda: beside.session.model is not shows and not beside.session.jobs_here)
    for worker in beside.workers:
        worker.go_on.set()
    beside.until(lambda: State.RENDERED in beside.states and beside.said)
    assert "had not been saved" in beside.said
    assert not any(one.answers for one in beside.session.board.notices)


def test_a_connection_that_was_cut_is_joined_again_though_nothing_was_saved(
    beside: Beside, unsaved: FakeDriver
) -> None:
    beside.select(unsaved, "b")
    joined = beside.bridge._joined
    assert joined is not None
    joined.socket.shutdown(2)
    beside.until(lambda: beside.live.alone)
    beside.until(lambda: not beside.live.alone)
    assert beside.session.edit is not None


def test_what_stands_on_the_board_is_told_and_when_it_does_not_any_more(
    beside: Beside, host: FakeDriver, again: Callable[[], Beside]
) -> None:
    beside.select(host, "b")
    for worker in beside.workers:
        worker.missing = "rife"
    beside.render()
    beside.until(lambda: host.state()["stands"])
    (said,) = host.state()["stands"]
    assert "rife" in said["text"]
    assert said["kind"] == "error"
    assert said in host.state()["notices"]
    (notice,) = beside.session.board.notices
    notice.answers[0].act()  # the model is fetched
    beside.session.board.dismiss(notice.topic)  # as the bar does with the answer
    beside.until(lambda: host.state()["stands"] == [])
    second = again()  # one that has nothing to say
    second.until(lambda: host.state()["state"] == "joined")
    assert not host.state()["stands"]
