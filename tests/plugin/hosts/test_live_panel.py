"""The panel beside a program: real sockets and processes, a fake program, a worker that writes
files as the real one names them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from opticals.jobs.entries import State
from opticals.rendering.job import Job, Render, sidecar_of
from opticals_plugin.bridge import server
from opticals_plugin.bridge.front import LiveFront
from opticals_plugin.bridge.server import Bridge
from opticals_ui.live import Live
from opticals_ui.panel import Panel
from opticals_ui.session import Session

from ...ui.fakes import FakeWorker
from .contract import named, shown
from .driving import FakeDriver, Json, clip, film, track

WAIT = 30_000  # milliseconds


class WritingWorker(FakeWorker):
    """Its renders stand on the disk, with what is known of them."""

    red: Path

    def _made(self, job: Job) -> Render:
        made = super()._made(job)
        name = f"{made.path.stem}-{len(self.jobs)}.mov"
        made = Render(**{**vars(made), "path": self.folder / name})
        shutil.copy(self.red, made.path)
        sidecar_of(made.path).write_text(json.dumps(made.to_json(), default=str))
        return made


class Beside:
    """A panel, and the program beside it."""

    def __init__(self, qtbot: QtBot, panels: Path, start: Callable[..., Any]) -> None:
        self.qtbot = qtbot
        self.start = start
        self.workers: list[WritingWorker] = []
        self.bridge = Bridge(panels)
        self.bridge.start()
        self.front = LiveFront(self.bridge)
        self.session = Session(self.front, start)
        self.session.memory.put("last stack", None)  # of the test before
        self.panel = Panel(self.session)
        self.live = Live(self.session, self.front)
        self.raised: list[None] = []
        self.closed = False
        self.live.raise_wanted.connect(lambda: self.raised.append(None))
        qtbot.addWidget(self.panel)
        self.panel.show()

    def until(self, true: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(true()), timeout=WAIT)

    def select(self, host: FakeDriver, *clips: str, **more: Any) -> Json:
        host.select(*clips, **more)
        host.press("select")
        self.until(lambda: host.do("answer", number=host.number))
        return host.answer()

    def render(self, effect: str = "copy") -> None:
        self.session.choice.choose(effect)
        self.session.render()

    @property
    def states(self) -> list[State]:
        return [view.state for view in self.session.jobs.views]

    @property
    def said(self) -> str:
        """All that the board says."""
        return "\n".join(f"{one.what}\n{one.details}" for one in self.session.board.notices)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.session.close()
            self.bridge.close()


@pytest.fixture
def beside(
    qtbot: QtBot, panels: Path, tmp_path: Path, make_render: Callable[[str, int], Path]
) -> Iterator[Beside]:
    folder = tmp_path / "renders"
    folder.mkdir()
    workers: list[WritingWorker] = []

    def start(on_message: Callable[[dict[str, Any]], None]) -> WritingWorker:
        worker = WritingWorker(folder, on_message)
        worker.red = make_render("red", 124)
        workers.append(worker)
        return worker

    beside = Beside(qtbot, panels, start)
    beside.workers = workers
    yield beside
    beside.close()


@pytest.fixture
def project(media: tuple[Path, Path], tmp_path: Path) -> Json:
    return film(media, tmp_path / "film.json", start=100)


@pytest.fixture
def host(beside: Beside, project: Json, panels: Path) -> Iterator[FakeDriver]:
    driver = FakeDriver()
    driver.open(project, panels)
    yield driver
    driver.close()


def edit(host: FakeDriver) -> Json:
    found = host.do("snapshot")
    assert isinstance(found, dict)
    return found


def over(before: dict[int, tuple[str, int]], render: Render, start: int, frames: int) -> Any:
    """What is seen with a render over these frames."""
    return before | {start + n: (str(render.path), 12 + n) for n in range(frames)}


def rendered(beside: Beside) -> Render:
    render = beside.session.jobs.views[-1].render
    assert render is not None
    return render


def test_what_is_selected_there_is_selected_here(beside: Beside, host: FakeDriver) -> None:
    assert beside.select(host, "b", range=(210, 230))["error"] is None
    session = beside.session
    assert session.edit is not None
    assert (session.edit.name, session.edit.start) == ("film", 100)
    assert session.selection.clip == "V1:2"
    found = session.selection.range
    assert found is not None
    assert (found.start, found.end) == (210, 230)
    assert beside.raised
    beside.select(host, "a", "b")
    assert session.selection.clips == {"V1:1", "V1:2"}
    beside.select(host, "a", range=(0, 1000))
    found = session.selection.range
    assert found is not None
    assert (found.start, found.end) == (100, 200)
    assert len(session.jobs.views) == 0


def test_a_render_is_placed_undone_and_redone(beside: Beside, host: FakeDriver) -> None:
    before = shown(edit(host))
    beside.select(host, "b")
    beside.render()
    beside.until(lambda: State.PLACED in beside.states)
    assert shown(edit(host)) == over(before, rendered(beside), 200, 50)
    session = beside.session
    item = session.model and session.model.find("V1:2")
    assert item is not None
    assert item.version == rendered(beside).name
    assert session.undoable
    session.undo()
    beside.until(lambda: session.redoable)
    assert shown(edit(host)) == before
    assert beside.states == [State.RENDERED]
    session.redo()
    beside.until(lambda: beside.states == [State.PLACED])
    assert shown(edit(host)) == over(before, rendered(beside), 200, 50)


def test_a_marked_part_is_placed_alone(beside: Beside, host: FakeDriver) -> None:
    before = shown(edit(host))
    beside.select(host, "a", range=(130, 150))
    beside.render()
    beside.until(lambda: State.PLACED in beside.states)
    assert shown(edit(host)) == over(before, rendered(beside), 130, 20)
    assert len(host.do("snapshot")["tracks"][0]["clips"]) == 4
    beside.select(host, "a", range=(0, 1000))  # the piece, which keeps the id
    assert beside.session.selection.range is not None
    assert beside.session.selection.range.start == 130


def test_two_parts_of_a_clip_that_are_rendered_at_once(beside: Beside, host: FakeDriver) -> None:
    before = shown(edit(host))
    beside.select(host, "a", range=(110, 120))
    beside.render()
    beside.session.selection.mark("V1", 150, 169)
    beside.session.render()
    beside.until(lambda: beside.states == [State.PLACED] * 2)
    one, two = (view.render for view in beside.session.jobs.views)
    assert one
    assert two
    assert shown(edit(host)) == over(over(before, one, 110, 10), two, 150, 20)


def test_the_last_effect_is_repeated(beside: Beside, host: FakeDriver) -> None:
    host.select("b")
    host.press("repeat", "first")
    beside.until(lambda: host.do("answer", number=host.number))
    assert "last effect" in host.answer()["error"]["what"]
    beside.select(host, "a")
    beside.render()
    beside.until(lambda: State.PLACED in beside.states)
    raised = len(beside.raised)
    host.select("b")
    host.press("repeat", "again")
    first = host.number
    host.press("repeat", "again")  # a key that bounced
    beside.until(lambda: beside.states == [State.PLACED] * 2)
    beside.until(lambda: host.do("answer", number=host.number))
    assert host.do("answer", number=first)["answer"] == {"jobs": 1} == host.answer()["answer"]
    assert named(edit(host), "b")["shown"] == rendered(beside).name
    assert host.state()["calls"] == {"place": 2}
    assert len(beside.raised) == raised  # it is done without the panel being seen


def test_a_clip_that_was_moved_gets_its_render_where_it_is(
    beside: Beside, host: FakeDriver
) -> None:
    beside.select(host, "b")
    hold(beside)
    beside.render()
    beside.until(lambda: State.RUNNING in beside.states)
    host.move("b", 37)
    before = shown(edit(host))
    let_go(beside)
    beside.until(lambda: State.PLACED in beside.states)
    assert shown(edit(host)) == over(before, rendered(beside), 237, 50)
    assert "37" in beside.said


@pytest.mark.parametrize("what", ["trim", "delete"])
def test_a_clip_that_is_not_there_any_more_is_reported(
    beside: Beside, host: FakeDriver, what: str
) -> None:
    beside.select(host, "b")
    hold(beside)
    beside.render()
    beside.until(lambda: State.RUNNING in beside.states)
    host.trim("b", tail=5) if what == "trim" else host.delete("b")
    before = edit(host)
    let_go(beside)
    beside.until(lambda: State.RENDERED in beside.states and beside.session.board.notices)
    assert ("trimmed" if what == "trim" else "not in the timeline") in beside.said
    assert edit(host) == before
    host.undo()
    beside.until(lambda: beside.session.model and beside.session.model.find("V1:2"))
    beside.session.placing.place(beside.session.jobs.views[-1].job.id)
    beside.until(lambda: beside.states == [State.PLACED])


def test_a_program_that_dies_loses_nothing(
    beside: Beside, host: FakeDriver, project: Json, panels: Path
) -> None:
    host.save()
    beside.select(host, "b")
    hold(beside)
    beside.render()
    beside.until(lambda: State.RUNNING in beside.states)
    host.kill()
    beside.until(lambda: beside.live.alone)
    assert "not there any more" in beside.said
    let_go(beside)
    beside.until(lambda: State.RENDERED in beside.states)
    assert beside.session.edit is not None
    again = FakeDriver()
    again.open(project, panels)  # it joins by itself: the panel holds its project
    try:
        beside.until(lambda: beside.states == [State.PLACED])
        assert named(edit(again), "b")["shown"] == rendered(beside).name
        assert again.state()["calls"] == {"place": 1}
    finally:
        again.close()


def test_a_program_that_dies_when_it_has_placed_is_not_asked_again(
    beside: Beside, host: FakeDriver, project: Json, panels: Path
) -> None:
    beside.select(host, "b")
    host.do("be", how={"dies": True})
    beside.render()
    beside.until(lambda: beside.live.alone)
    again = FakeDriver()
    again.open(project, panels)
    try:
        beside.until(lambda: beside.states == [State.PLACED])
        assert named(edit(again), "b")["shown"] == rendered(beside).name
        assert again.state()["calls"] == {}
        beside.session.host.place(rendered(beside), "version", "fit")  # asked for all the same
        assert again.state()["calls"] == {}
    finally:
        again.close()
    host.kill()


def begin(beside: Beside, host: FakeDriver) -> None:
    """A render of `b` that goes on until it is let go."""
    beside.select(host, "b")
    hold(beside)
    beside.render()
    beside.until(lambda: State.RUNNING in beside.states)


def test_a_program_that_does_not_answer_is_waited_for(
    beside: Beside, host: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "ANSWER_S", 1.0)
    begin(beside, host)
    host.do("be", how={"deaf": True})
    let_go(beside)
    beside.until(lambda: "has not answered for 1 s" in beside.said)
    host.do("be", how={"deaf": False})
    beside.until(lambda: beside.states == [State.PLACED])
    assert host.state()["calls"] == {"place": 1}


def test_what_was_given_up_is_placed_again_when_it_was_undone(
    beside: Beside, host: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "ANSWER_S", 1.0)
    begin(beside, host)
    host.do("be", how={"sleeps": 2.0})
    let_go(beside)
    beside.until(lambda: "has not answered for 1 s" in beside.said)
    beside.until(lambda: beside.states == [State.PLACED])
    assert host.state()["calls"] == {"place": 1}
    host.do("be", how={"sleeps": 0})
    host.do("undo")
    beside.until(lambda: beside.states == [State.RENDERED])
    beside.session.placing.place(beside.session.jobs.views[-1].job.id)
    beside.until(lambda: beside.states == [State.PLACED])
    assert host.state()["calls"] == {"place": 2}


def test_what_is_placed_wrongly_is_taken_back(beside: Beside, host: FakeDriver) -> None:
    before = edit(host)
    host.do("be", how={"wrong": True})
    beside.select(host, "b")
    beside.render()
    beside.until(lambda: State.RENDERED in beside.states and beside.session.board.notices)
    assert "placed other frames" in beside.said
    assert shown(edit(host)) == shown(before)


def test_what_changes_there_is_seen_here_without_a_word(beside: Beside, host: FakeDriver) -> None:
    beside.select(host, "b")
    host.move("b", 37)
    beside.until(lambda: beside.session.model and beside.session.model.find("V1:2").record == 237)
    assert beside.session.selection.clip == "V1:2"
    assert not beside.session.board.notices
    host.undo()
    beside.until(lambda: beside.session.model.find("V1:2").record == 200)


def test_the_playheads_go_together(beside: Beside, host: FakeDriver) -> None:
    beside.select(host, "b")
    beside.session.selection.move_to(222)
    beside.until(lambda: host.playhead() == 222)


def test_how_far_a_render_is_is_told(beside: Beside, host: FakeDriver) -> None:
    beside.select(host, "b")
    hold(beside)
    beside.render()
    beside.until(lambda: host.state()["progress"])
    (told,) = host.state()["progress"].values()
    assert 0 <= told["done"] < told["total"]
    assert "b" in told["name"]
    let_go(beside)
    beside.until(lambda: not host.state()["progress"])


def test_versions_are_switched_and_restored(beside: Beside, host: FakeDriver) -> None:
    before = shown(edit(host))
    beside.select(host, "b")
    beside.render()
    beside.until(lambda: State.PLACED in beside.states)
    session = beside.session
    session.switch("V1:2", "original")
    beside.until(lambda: session.model.find("V1:2").version is None)
    assert shown(edit(host)) == before
    assert [one.name for one in session.host.versions("V1:2")] == [
        "original",
        rendered(beside).name,
    ]
    session.switch("V1:2", rendered(beside).name)
    beside.until(lambda: session.model.find("V1:2").version)
    assert shown(edit(host)) == over(before, rendered(beside), 200, 50)
    session.selection.go_to("V1:2")
    session.restore()
    beside.until(lambda: not session.model.find("V1:2").versions)
    assert shown(edit(host)) == before


def test_a_version_that_is_trimmed_there_shows_the_same_pictures_here(
    beside: Beside, host: FakeDriver
) -> None:
    beside.select(host, "b")
    beside.render()
    beside.until(lambda: State.PLACED in beside.states)
    session = beside.session
    host.trim("b", head=5, tail=7)
    beside.until(lambda: session.model.find("V1:2").record == 205)
    item = session.model.find("V1:2")
    assert (item.frames, item.version) == (38, rendered(beside).name)
    for version, first in ((rendered(beside).name, 12), ("original", 0)):
        found = session.host.version_footage("V1:2", version)
        assert [found.time.source(205 + n) for n in range(38)] == [first + 5 + n for n in range(38)]
    (shot,) = session.host.shots(["V1"], 205, 243)
    assert (shot.first, shot.frames) == (5, 38)  # of the original below it
    beside.render()
    beside.until(lambda: beside.states == [State.PLACED] * 2)
    assert named(edit(host), "b")["shown"] == rendered(beside).name


def test_an_overlay_is_laid_and_seen_as_one(beside: Beside, host: FakeDriver) -> None:
    beside.select(host, "b")
    beside.session.choice.deliver(place="overlay")
    beside.render()
    beside.until(lambda: State.PLACED in beside.states)
    item = beside.session.model.find("V2:1")
    assert item is not None
    assert item.overlay
    assert (item.record, item.frames) == (200, 50)


def test_another_project_is_another_edit(
    beside: Beside, host: FakeDriver, media: tuple[Path, Path], tmp_path: Path, project: Json
) -> None:
    host.save()
    beside.select(host, "b")
    hold(beside)
    beside.render()
    beside.until(lambda: State.RUNNING in beside.states)
    other = film(media, tmp_path / "other.json", start=100)
    for one in other["tracks"][0]["clips"]:
        one["id"] = f"other-{one['id']}"
    host.do("open", settings=other)
    beside.until(lambda: beside.session.edit.name == "other")
    let_go(beside)
    beside.until(lambda: State.RENDERED in beside.states)
    assert all(one["shown"] == "original" for one in edit(host)["tracks"][0]["clips"])
    host.do("open", settings=project)
    beside.until(lambda: beside.session.edit.name == "film")
    beside.until(lambda: "ready to be placed" in beside.said or beside.states == [State.PLACED])


def test_a_project_that_is_not_saved(
    beside: Beside, media: tuple[Path, Path], panels: Path, tmp_path: Path
) -> None:
    driver = FakeDriver()
    driver.open(film(media, None), panels)
    try:
        beside.select(driver, "b")
        session = beside.session
        assert session.edit is not None
        assert session.edit.path is None
        assert any("not saved" in one for one in session.edit.notes)
        beside.render()
        beside.until(lambda: State.PLACED in beside.states)
        driver.do("save", path=str(tmp_path / "now.json"))
        beside.until(lambda: session.edit.path is not None)
        assert [view.state for view in session.jobs_here] == [State.PLACED]
    finally:
        driver.close()


def test_what_cannot_be_rendered_says_why(
    beside: Beside, media: tuple[Path, Path], panels: Path, tmp_path: Path
) -> None:
    project = film(media, tmp_path / "film.json")
    scene = clip("scene", media[0], 150, 25)
    scene.update(kind="other", why="A scene strip: render it to a file first.", media=None)
    project["tracks"].append(track("v2", scene))
    driver = FakeDriver()
    driver.open(project, panels)
    try:
        beside.select(driver, "scene")
        beside.render()
        beside.until(lambda: "A scene strip: render it to a file first." in beside.said)
        assert not beside.session.jobs.views
    finally:
        driver.close()


def test_the_panel_offers_what_the_program_can(beside: Beside, host: FakeDriver) -> None:
    beside.select(host, "b")
    actions = beside.panel.actions_by_id
    assert not any(actions[one].isEnabled() for one in ("open", "save", "relink"))
    rows = beside.panel.inspector.delivery.rows
    assert not rows["place"].isHidden()
    assert rows["time"].isHidden()  # nothing moves later clips there
    assert rows["bake"].isHidden()  # they are always


class OverlaysOnly(FakeDriver):
    can = frozenset({"overlay", "undo"})


def test_a_program_without_versions_gets_overlays(
    beside: Beside, media: tuple[Path, Path], panels: Path, tmp_path: Path
) -> None:
    driver = OverlaysOnly()
    driver.open(film(media, tmp_path / "film.json", start=100), panels)
    try:
        beside.select(driver, "b")
        assert beside.panel.inspector.delivery.rows["place"].isHidden()
        beside.render()
        beside.until(lambda: State.PLACED in beside.states)
        assert beside.session.model.find("V2:1").overlay
        beside.session.selection.go_to("V2:1")
        assert not beside.panel.actions_by_id["restore"].isEnabled()
    finally:
        driver.close()


def test_a_project_that_must_not_be_changed(
    beside: Beside, media: tuple[Path, Path], panels: Path, tmp_path: Path
) -> None:
    driver = FakeDriver()
    why = "The project is locked by Anna."
    driver.open({**film(media, tmp_path / "film.json"), "read_only": why}, panels)
    try:
        before = edit(driver)
        beside.select(driver, "b")
        assert why in beside.session.edit.notes
        beside.render()
        beside.until(lambda: State.RENDERED in beside.states and why in beside.said)
        assert edit(driver)["tracks"] == before["tracks"]
        assert "Save it as a copy." in beside.said
    finally:
        driver.close()


def test_two_programs_keep_to_their_panels(
    beside: Beside, host: FakeDriver, media: tuple[Path, Path], panels: Path, tmp_path: Path
) -> None:
    beside.select(host, "b")
    other = FakeDriver()
    other.open(film(media, tmp_path / "other.json"), panels)
    try:
        other.press("select")
        beside.until(lambda: other.do("answer", number=other.number))
        assert "opticals host install" in other.answer()["error"]["what"]
        assert beside.session.edit is not None
        assert beside.session.edit.name == "film"
    finally:
        other.close()


def hold(beside: Beside) -> None:
    """Let the worker stand at what it renders."""
    for worker in beside.workers:
        worker.go_on.clear()


def let_go(beside: Beside) -> None:
    for worker in beside.workers:
        worker.go_on.set()
