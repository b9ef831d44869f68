"""The panel's own process, started by the program, with the real worker: nothing faked but the
program itself."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
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


@pytest.fixture
def host(place: Path, project: Json) -> Iterator[FakeDriver]:
    driver = FakeDriver()
    driver.open(project, place / "panels", {"argv": ARGV, "home": str(place)})
    yield driver
    panels = list((place / "panels").glob("*.json"))
    driver.close()
    for one in panels:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(one.stem), signal.SIGTERM)


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


def test_a_panel_that_is_killed_is_started_again_and_loses_nothing(
    host: FakeDriver, place: Path
) -> None:
    host.save()
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
    placed = named(host.do("snapshot"), "b")["shown"] != "original"
    if not placed:  # the queue goes on, and the user is asked
        until(lambda: any("ready to be placed" in n["text"] for n in host.state()["notices"]), 120)
    assert host.state()["calls"].get("place", 0) == int(placed)


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
