"""A panel over edits in real files. What renders is a fake: nothing here is about pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from opticals_plugin.file_host import FileHost
from opticals_ui.look.theme import dress
from opticals_ui.panel import Panel

from ..ui.fakes import FakeWorker

Open = Callable[[otio.core.SerializableObject, str], Path]


@pytest.fixture
def workers() -> list[FakeWorker]:
    """The workers that were started; the session has one."""
    return []


@pytest.fixture
def panel(qtbot: QtBot, qapp: Any, workers: list[FakeWorker], tmp_path: Path) -> Iterator[Panel]:
    from opticals_ui.session import Session

    def start(on_message: Callable[[dict[str, Any]], None]) -> FakeWorker:
        workers.append(FakeWorker(tmp_path, on_message))
        return workers[-1]

    session = Session(FileHost(), start)
    dress(qapp)
    panel = Panel(session)
    panel.resize(1280, 800)
    qtbot.addWidget(panel)
    panel.show()
    yield panel
    session.close()


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    """A file that stands for a film whose extent the edit says."""
    path = tmp_path / "film.mov"
    path.write_bytes(b"a film, as far as the edit can tell")
    return path


def settled(qtbot: QtBot, panel: Panel) -> None:
    """Wait until the host has done all that it was asked for."""
    qtbot.waitUntil(lambda: not panel.session.busy, timeout=20_000)


def opened(qtbot: QtBot, panel: Panel, path: Path) -> None:
    panel.session.open(path)
    settled(qtbot, panel)


def press(panel: Panel, label: str) -> None:
    """Press a button of the newest notice."""
    bar = panel.notices.bars()[0]
    buttons = {one.accessibleName(): one for one in bar.findChildren(QPushButton)}
    assert label in buttons, buttons.keys()
    buttons[label].click()
