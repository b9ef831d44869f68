"""A panel over a fake host and a fake worker, as an editor finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from opticals_ui.look.theme import dress
from opticals_ui.panel import Panel
from opticals_ui.session import Session

from .fakes import FakeForeseer, FakeHost, FakeProjector, FakeWorker


@pytest.fixture(autouse=True)
def forgotten(home: Path) -> None:
    """What a panel remembers of the one before would change what is tested."""
    kept = QSettings(str(home / "panel.ini"), QSettings.Format.IniFormat)
    kept.clear()
    kept.sync()


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path)


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    path = tmp_path / "cut.otio"
    path.write_text("an edit")
    return path


@pytest.fixture
def workers() -> list[FakeWorker]:
    """The workers that were started; the session has one."""
    return []


@pytest.fixture
def foreseer() -> FakeForeseer:
    """Says what renders will take."""
    return FakeForeseer()


@pytest.fixture
def session(
    qtbot: QtBot,
    qapp: object,
    host: FakeHost,
    workers: list[FakeWorker],
    foreseer: FakeForeseer,
    tmp_path: Path,
) -> Iterator[Session]:
    def start(on_message: Callable[[dict], None]) -> FakeWorker:
        workers.append(FakeWorker(tmp_path, on_message))
        return workers[-1]

    session = Session(host, start, lambda heard: FakeProjector(tmp_path, heard), foreseer)
    yield session
    session.close()


@pytest.fixture
def opened(qtbot: QtBot, session: Session, edit: Path) -> Session:
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None)
    return session


@pytest.fixture
def panel(qtbot: QtBot, qapp: object, session: Session) -> Panel:
    dress(qapp)
    panel = Panel(session)
    panel.resize(1280, 800)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    panel.strip.setFocus()
    return panel


@pytest.fixture
def open_panel(qtbot: QtBot, panel: Panel, opened: Session) -> Panel:
    qtbot.waitUntil(lambda: not opened.busy)
    return panel
