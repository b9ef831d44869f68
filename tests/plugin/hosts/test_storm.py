"""Nothing that comes over the bridge harms the panel or the program, or is done twice.

`make hosts` runs it long.
"""

from __future__ import annotations

import json
import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from opticals_ui.host import HostAway, HostSlow

from . import storm
from .contract import named, shown
from .driving import Ear, FakeDriver, film, until

LONG = bool(os.environ.get("OPTICALS_LONG"))
STRANGERS = 1000 if LONG else 60
MESSAGES = 1000 if LONG else 150
PLACES = 250 if LONG else 25


@pytest.fixture
def host(ear: Ear, panels: Path, media: tuple[Path, Path], tmp_path: Path) -> Iterator[FakeDriver]:
    driver = FakeDriver()
    driver.open(film(media, tmp_path / "film.json"), panels)
    driver.press("select")
    ear.wait("select").answer({})
    yield driver
    driver.close()


def _flood(link: socket.socket) -> None:
    """200 MiB without an end of line."""
    for _ in range(200):
        link.sendall(b"x" * (1 << 20))


def order(render: Path, clip: str, job: str) -> storm.Json:
    said = {"name": render.stem, "path": str(render), "frames": 74, "rate": [25, 1], "first": 12}
    return {
        "job": job,
        "clip": clip,
        "render": said,
        "record": [100, 50],
        "offset": [0, 50],
        "how": "version",
    }


def test_strangers_are_let_in_nowhere(ear: Ear, host: FakeDriver, panels: Path) -> None:
    before = host.do("snapshot")
    said = storm.discovered(panels)
    storm.strangers(said["port"], said["token"], STRANGERS, seed=1)
    assert ear.edit() == before
    assert ear.bridge.host is not None
    assert ear.bridge.host.name == "Fake"
    assert ear.all == ["joined", "select"]


def test_a_second_host_is_told_that_there_is_one(ear: Ear, host: FakeDriver, panels: Path) -> None:
    said = storm.discovered(panels)
    with socket.create_connection(("127.0.0.1", said["port"]), 5) as link:
        link.sendall(storm.line("hello", {**storm.HELLO, "token": said["token"]}, 0))
        answer = json.loads(link.recv(65536))
        assert answer["error"]["data"]["kind"] == "busy"
        assert link.recv(100) == b""
    assert ear.bridge.host is not None
    assert ear.bridge.host.name == "Fake"


@pytest.mark.alone
def test_who_says_nothing_is_left(ear: Ear, panels: Path) -> None:
    said = storm.discovered(panels)
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", said["port"])) as link:
        link.sendall(b'{"jsonrpc"')
        link.settimeout(10)
        assert link.recv(100) == b""
    assert 1.5 < time.monotonic() - begun < 6


def test_a_host_that_is_let_in_does_no_harm(ear: Ear, panels: Path) -> None:
    """It knows the token, and sends what it likes."""
    said, chance = storm.discovered(panels), random.Random(2)
    sent = 0
    while sent < MESSAGES:
        link = socket.create_connection(("127.0.0.1", said["port"]), 5)
        link.settimeout(5)
        link.sendall(storm.line("hello", {**storm.HELLO, "token": said["token"]}, 0))
        try:
            while sent < MESSAGES:
                link.sendall(storm.nonsense(chance))
                sent += 1
        except OSError:
            pass  # it has had enough of it
        link.close()
        until(lambda: ear.bridge.host is None)
    assert ear.all.count("repeat") == 0
    with socket.create_connection(("127.0.0.1", said["port"]), 5) as link:
        link.sendall(storm.line("hello", {**storm.HELLO, "token": said["token"]}, 0))
        assert b"reply" in link.recv(65536)


def test_more_than_a_message_may_hold_is_left(ear: Ear, panels: Path) -> None:
    said = storm.discovered(panels)
    with socket.create_connection(("127.0.0.1", said["port"]), 5) as link:
        link.sendall(storm.line("hello", {**storm.HELLO, "token": said["token"]}, 0))
        link.recv(65536)
        with pytest.raises(OSError):
            _flood(link)
    until(lambda: ear.bridge.host is None)


def test_a_reader_that_does_not_read_is_left(ear: Ear, panels: Path) -> None:
    said = storm.discovered(panels)
    with socket.create_connection(("127.0.0.1", said["port"]), 5) as link:
        link.sendall(storm.line("hello", {**storm.HELLO, "token": said["token"]}, 0))
        link.recv(65536)
        words = "x" * (1 << 20)
        for _ in range(80):
            ear.bridge.tell("notice", {"text": words, "kind": "info"})
        until(lambda: ear.bridge.host is None)


@pytest.mark.alone
def test_a_panel_that_sends_nonsense_does_no_harm(
    panels: Path, media: tuple[Path, Path], tmp_path: Path
) -> None:
    panel, driver, chance = storm.Impostor(panels), FakeDriver(), random.Random(3)
    driver.open(film(media, tmp_path / "film.json"), panels)
    driver.press("show")
    before, sent = driver.do("snapshot"), 0
    try:
        while sent < MESSAGES:
            link = panel.accept()
            try:
                while sent < MESSAGES:
                    link.sendall(storm.nonsense(chance))
                    sent += 1
                    if sent % 50 == 0:
                        flood = storm.line("progress", {"job": "x", "done": 1, "total": 9})
                        link.sendall(flood * 500)
            except OSError:
                pass
            link.close()
            driver.press("show")
        link = panel.accept()
        link.sendall(storm.line("edit", {}, "last"))
        data = b""
        while b'"last"' not in data or not data.endswith(b"\n"):
            data += link.recv(1 << 20)
        link.close()
    finally:
        panel.close()
        state, after = driver.state(), driver.do("snapshot")
        driver.close()
    assert after == before
    assert state["calls"].get("place", 0) == 0
    assert not state["steps"]
    assert state["longest"] < 0.05


@pytest.mark.alone
def test_an_oversize_message_is_left_by_the_host(
    panels: Path, media: tuple[Path, Path], tmp_path: Path
) -> None:
    panel, driver = storm.Impostor(panels), FakeDriver()
    driver.open(film(media, tmp_path / "film.json"), panels)
    driver.press("show")
    try:
        link = panel.accept()
        with pytest.raises(OSError):
            _flood(link)
        link.close()
        assert driver.state()["longest"] < 0.05
    finally:
        panel.close()
        driver.close()


def test_connections_that_are_cut_do_nothing_twice(
    panels: Path,
    media: tuple[Path, Path],
    tmp_path: Path,
    make_render: Callable[[str, int], Path],
) -> None:
    ear, driver = Ear(panels), FakeDriver()
    cutter = storm.Cutter(ear.bridge, seed=4)
    driver.open(film(media, tmp_path / "film.json"), panels)
    driver.press("show")
    render = make_render("V1-2_copy_v001", 74)
    try:
        clip, asked = "b", 0
        for n in range(PLACES):
            key = f"job-{n}"
            for _ in range(200):  # until it is known that it was done, always with the same key
                try:
                    asked += 1
                    ear.bridge.wait_for_host(10)
                    answer = ear.bridge.ask("place", order(render, clip, key), 20)
                    break
                except (HostAway, HostSlow):
                    continue
            assert answer["record"] == [100, 50]
        state = driver.state()
        assert state["calls"]["place"] == PLACES
        assert len(state["steps"]) == PLACES
        assert cutter.cuts > PLACES // 10
        assert asked > PLACES
        cutter.on = False
        until(lambda: ear.bridge.wait_for_host(10))
        assert named(ear.edit(), "b")["shown"] == render.stem
    finally:
        cutter.close()
        driver.close()
        ear.close()


def test_a_flood_of_changes_is_one(ear: Ear, host: FakeDriver) -> None:
    for _ in range(200):
        host.do("move", clip="b", frames=1)
    until(lambda: ear.all.count("changed") == 200)
    assert ear.edit()["revision"] == 200


# Who is joined to whom.


def test_files_of_panels_that_ended_are_passed_over(
    panels: Path, media: tuple[Path, Path], tmp_path: Path
) -> None:
    ear = Ear(panels)
    good = storm.discovered(panels)
    with socket.create_server(("127.0.0.1", 0)) as free:
        refused = free.getsockname()[1]
    files = {
        "dead": {**good, "pid": 2**22 + 1},
        "refused": {**good, "port": refused, "started": "9999999999"},
        "other": {**good, "protocol": 99},
        "wrong": {**good, "port": "a"},
    }
    for name, said in files.items():
        file = panels / f"{name}.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(said))
    (panels / "garbage.json").touch(mode=0o600)
    (panels / "garbage.json").write_bytes(b"\xff{{{")
    driver = FakeDriver()
    driver.open(film(media, tmp_path / "film.json"), panels)
    try:
        driver.press("select")
        ear.wait("select").answer({})
        assert not (panels / "dead.json").exists()
        assert not (panels / "refused.json").exists()
    finally:
        driver.close()
        ear.close()


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o604])
def test_a_file_that_others_may_read_or_write_is_not_used(
    panels: Path, media: tuple[Path, Path], tmp_path: Path, mode: int
) -> None:
    panel, driver = storm.Impostor(panels, mode=mode), FakeDriver()
    driver.open(film(media, tmp_path / "film.json"), panels)
    try:
        driver.press("select")
        assert "opticals host install" in driver.answer()["error"]["what"]
        assert panel.untouched
    finally:
        driver.close()
        panel.close()


def test_a_folder_that_others_may_read_is_not_used_and_is_closed_by_a_panel(
    panels: Path, media: tuple[Path, Path], tmp_path: Path
) -> None:
    panel, driver = storm.Impostor(panels), FakeDriver()
    panels.chmod(0o755)
    driver.open(film(media, tmp_path / "film.json"), panels)
    try:
        driver.press("select")
        assert driver.answer()["error"] is not None
        assert panel.untouched
    finally:
        panel.close()
    ear = Ear(panels)
    try:
        assert panels.stat().st_mode & 0o777 == 0o700
        assert next(panels.glob("*.json")).stat().st_mode & 0o777 == 0o600
        driver.press("select")
        ear.wait("select").answer({})
    finally:
        driver.close()
        ear.close()


def test_who_does_not_know_what_the_file_says_is_no_panel(
    panels: Path, media: tuple[Path, Path], tmp_path: Path
) -> None:
    panel, driver = storm.Impostor(panels, knows=False), FakeDriver()
    driver.open(film(media, tmp_path / "film.json"), panels)
    try:
        driver.press("select")
        with panel.accept() as link:
            assert link.recv(1000) == b""  # it is left, without another word
        assert driver.answer()["error"] is not None
        assert driver.state()["state"] == "no panel"
    finally:
        driver.close()
        panel.close()


def test_two_panels_and_two_hosts(
    panels: Path, media: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two panels in one process have two folders that are one."""
    one = Ear(panels)
    file = next(panels.glob("*.json"))
    kept = file.rename(panels / "first.json")
    two = Ear(panels)
    first, second = FakeDriver(), FakeDriver()
    first.open(film(media, tmp_path / "one.json"), panels)
    try:
        first.press("select")
        until(lambda: one.heard or two.heard)
        mine, other = (one, two) if one.bridge.host else (two, one)
        mine.wait("select").answer({})
        second.open(film(media, tmp_path / "two.json"), panels)
        second.press("select")
        asked = other.wait("select")
        asked.answer({})
        assert asked.params["edit"]["path"].endswith("two.json")
        first.press("select")
        asked = mine.wait("select")
        asked.answer({})
        assert asked.params["edit"]["path"].endswith("one.json")
    finally:
        first.close()
        second.close()
        one.close()
        two.close()
        kept.unlink(missing_ok=True)


# No panel.


@pytest.mark.parametrize(
    ("launch", "said"),
    [
        ({}, "No panel is set up"),
        ({"argv": []}, "No panel is set up"),
        ({"argv": ["/nowhere/python", "-m", "opticals_plugin"]}, "cannot be started"),
        ({"argv": ["sh", "-c", "echo no module named opticals_plugin >&2; exit 3"]}, "no module"),
    ],
)
def test_without_a_panel_the_program_says_what_to_do(
    launch: storm.Json, said: str, panels: Path, media: tuple[Path, Path], tmp_path: Path
) -> None:
    driver = FakeDriver()
    driver.open(film(media, tmp_path / "film.json"), panels, launch)
    try:
        driver.press("select")
        error = driver.answer()["error"]
        assert said in error["what"]
        assert "opticals host install" in error["what"]
        state = driver.state()
        assert state["state"] == "no panel"
        assert said in state["text"]
        assert shown(driver.do("snapshot"))
    finally:
        driver.close()
