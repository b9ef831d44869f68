"""What the panel remembers, and what it says where nothing can be kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from opticals_ui.memory import Memory
from opticals_ui.notices.board import Kind
from opticals_ui.panel import Panel


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which nothing can be written, even by those who may write everywhere."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "panel.ini").mkdir(parents=True)
    return tmp_path / "home"


def test_a_file_that_cannot_be_written_is_said_once(qtbot: QtBot, home: Path) -> None:
    memory = Memory()
    said: list[str] = []
    memory.unkept.connect(said.append)
    memory.put("page", "queue")
    qtbot.waitUntil(lambda: bool(said))
    assert said == [str(home / "panel.ini")]
    memory.put("page", "versions")
    qtbot.wait(500)
    assert len(said) == 1
    assert memory.get("page") == "versions"  # it holds for this run


def test_a_file_that_can_be_written_says_nothing(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "other"))
    memory = Memory()
    said: list[str] = []
    memory.unkept.connect(said.append)
    memory.put("page", "queue")
    qtbot.wait(500)
    assert not said
    assert Memory().get("page") == "queue"


def test_the_panel_shows_one_quiet_notice(qtbot: QtBot, panel: Panel, home: Path) -> None:
    board = panel.session.board
    panel.side.show_page("queue")
    qtbot.waitUntil(lambda: bool(board.notices))
    panel.side.show_page("versions")
    qtbot.wait(500)
    (notice,) = board.notices
    assert notice.kind is Kind.INFO
    assert str(home / "panel.ini") in notice.details
    assert panel.isEnabled()
    assert panel.side.page == "versions"
