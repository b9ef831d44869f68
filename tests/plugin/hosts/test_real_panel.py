"""The panel's own process, started by the program, with the real worker: nothing faked but the
program itself."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from opticals_ui.effects.stack import Entry, Stack
from opticals_ui.memory import Memory

from ...core.films import numbered, numbers
from . import storm
from .contract import named, shown
from .driving import FakeDriver, Json, film, until

ARGV = [sys.executable, "-P", "-m", "opticals_plugin", "--host"]
FRAMES = 48


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object) -> Path:
    """A home of its own, in which `copy` was used last."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("OPTICALS_HOME", str(folder))
    memory = Memory()
    memory.put("last stack", Stack((Entry.of("copy"),)).preset("Copy").to_text())
    memory._settings.sync()
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Json:
    """Two clips of a film whose frame i shows the number 100 + i: 20 frames from 4, 16 from 30."""
    medium = numbered(tmp_path / "film.mov", FRAMES, first=100)
    said = film([medium, medium], tmp_path / "film.json", start=1)
    a, b = said["tracks"][0]["clips"]
    a.update(record=[1, 20], source=[4, 20])
    b.update(record=[21, 16], source=[30, 16])
    for one in (a, b):
        one["media"]["count"] = FRAMES
    return said


def panel_of(place: Path) -> tuple[Path, Json]:
    """Where the panel says that it is there, and how it is started."""
    return place / "panels", {"argv": ARGV, "home": str(place)}


def end(driver: FakeDriver, place: Path) -> None:
    """End the program, and what it started."""
    panels = list((place / "panels").glob("*.json"))
    driver.close()
    for one in panels:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(one.stem), signal.SIGTERM)


@pytest.fixture
def host(place: Path, project: Json) -> Iterator[FakeDriver]:
    driver = FakeDriver()
    driver.open(project, *panel_of(place))
    yield driver
    end(driver, place)


def pictures(edit: Json) -> dict[int, int]:
    """The number that each record frame shows."""
    known: dict[str, list[int]] = {}
    found = {}
    for record, (path, frame) in shown(edit).items():
        if path not in known:
            known[path] = numbers(Path(path))
        found[record] = known[path][frame]
    return found


@pytest.mark.alone
def test_a_key_in_the_program_renders_and_places(host: FakeDriver) -> None:
    """Cold: no panel runs. The same pictures stand at the same frames, from another file."""
    before = host.do("snapshot")
    host.select("b")
    host.press("repeat", "key-1")
    answer = host.answer(60)
    assert answer["answer"] == {"jobs": 1}, answer
    until(lambda: named(host.do("snapshot"), "b")["shown"] != "original", 120)
    after = host.do("snapshot")
    seen = shown(after)
    assert all(Path(seen[21 + n][0]).suffix == ".mov" for n in range(16))
    assert {seen[21 + n][0] for n in range(16)} != {shown(before)[21][0]}
    assert pictures(after) == pictures(before)
    state = host.state()
    assert state["calls"] == {"place": 1}
    assert not [one for one in state["notices"] if one["kind"] == "error"]
    host.undo()
    assert shown(host.do("snapshot")) == shown(before)
    host.redo()
    assert shown(host.do("snapshot")) == seen
    host.press("select")
    assert host.answer(30)["error"] is None
    assert state["longest"] < 0.05


@pytest.mark.parametrize("saved", [True, False])
def test_a_panel_that_is_killed_is_started_again_and_loses_nothing(
    place: Path, project: Json, saved: bool
) -> None:
    """The project is open all the time: what was asked for is placed, once, as if nothing was."""
    host = FakeDriver()
    host.open(project if saved else {**project, "path": None}, *panel_of(place))
    try:
        if saved:
            host.save()
        kill_and_go_on(host, place)
    finally:
        end(host, place)


def kill_and_go_on(host: FakeDriver, place: Path) -> None:
    host.select("b")
    host.press("repeat", "key-1")
    answer = host.answer(60)
    assert answer["answer"] == {"jobs": 1}, answer
    pid = storm.discovered(place / "panels")["pid"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: host.state()["state"] == "no panel")
    host.press("select")
    assert host.answer(60)["error"] is None
    assert storm.discovered(place / "panels")["pid"] != pid
    until(lambda: named(host.do("snapshot"), "b")["shown"] != "original", 120)
    assert host.state()["calls"] == {"place": 1}
    assert not host.state()["notices"]


@pytest.mark.parametrize("after", [0, 0.3, 0.8, None])
def test_a_panel_that_is_told_to_end_leaves_nothing_behind(
    host: FakeDriver, place: Path, after: float | None
) -> None:
    """As soon as it can be found, while it loads what shows things, and when it shows them."""
    panels = place / "panels"
    host.press("show")
    if after is not None:
        until(lambda: list(panels.glob("*.json")), 60)
        time.sleep(after)
    else:
        assert host.answer(60)["error"] is None
    assert not left_by(host, panels)


def test_a_panel_that_renders_ends_when_it_is_told_to(host: FakeDriver, place: Path) -> None:
    """Nobody is asked what is to become of the render, which the next panel goes on with."""
    host.select("b")
    host.press("select")
    assert host.answer(60)["error"] is None  # its window is there
    host.press("repeat", "key-1")
    assert host.answer(60)["answer"] == {"jobs": 1}
    assert not left_by(host, place / "panels")
    host.press("select")
    assert host.answer(60)["error"] is None
    until(lambda: named(host.do("snapshot"), "b")["shown"] != "original", 120)
    assert host.state()["calls"] == {"place": 1}


def left_by(host: FakeDriver, panels: Path) -> list[Path]:
    """What the only panel leaves when it is told to end; the program, which tidies up after those
    that crash, stands still meanwhile."""
    pid, program = storm.discovered(panels)["pid"], host.state()["pid"]
    os.kill(program, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGTERM)
        until(lambda: not alive(pid), 60)
        return list(panels.glob("*"))
    finally:
        os.kill(program, signal.SIGCONT)


def alive(pid: int) -> bool:
    """Whether a process runs; one that its parent did not ask about yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_panel_that_is_killed_over_a_key_is_asked_again(host: FakeDriver, place: Path) -> None:
    host.press("show")
    assert host.answer(60)["error"] is None
    pid = storm.discovered(place / "panels")["pid"]
    os.kill(pid, signal.SIGSTOP)
    host.press("select")  # it is sent, and nobody answers
    until(lambda: not host.do("answer", number=host.number))
    os.kill(pid, signal.SIGKILL)
    answer = host.answer(60)
    assert answer["answer"] == {"clips": 0}, answer


def test_a_panel_without_a_display_says_why(place: Path, project: Json) -> None:
    argv = ["env", "QT_QPA_PLATFORM=nosuch", *ARGV]
    driver = FakeDriver()
    driver.open(project, place / "panels", {"argv": argv, "home": str(place)})
    try:
        driver.press("select")
        answer = driver.answer(60)
        assert answer["error"] is not None
        assert driver.state()["state"] == "no panel"
    finally:
        driver.close()
