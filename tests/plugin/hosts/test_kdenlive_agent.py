"""The process beside Kdenlive, without one: there is never more than one."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

if sys.platform != "linux":
    pytest.skip("Kdenlive is worked over D-Bus", allow_module_level=True)

from opticals_plugin.hosts.kdenlive import agent, press
from opticals_plugin.hosts.kdenlive.agent import Agent


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(
        prefix="run-", dir="/tmp"
    ) as folder:  # a socket's path is short
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def test_a_second_agent_does_not_take_the_keys_away(
    qtbot: QtBot, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two keys pressed while none runs start two: the later one has to go."""
    monkeypatch.setattr(agent, "ENDS_S", 0.2)
    first, second, third = Agent(), Agent(), Agent()
    assert first.listen()
    there = Path(press.socket_path()).stat().st_ino
    assert not second.listen()
    assert Path(press.socket_path()).stat().st_ino == there
    second.close()
    assert Path(press.socket_path()).stat().st_ino == there
    first.close()
    assert third.listen()
    third.close()


def test_what_one_that_crashed_left_is_in_nobodys_way(qtbot: QtBot, runtime: Path) -> None:
    Path(press.socket_path()).touch()
    Path(f"{press.socket_path()}.lock").touch()
    one = Agent()
    assert one.listen()
    one.close()
