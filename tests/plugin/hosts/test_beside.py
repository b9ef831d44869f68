"""When a panel beside a program ends: with its window; without one, when nobody needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from opticals_plugin.bridge.front import LiveFront
from opticals_plugin.bridge.server import Bridge
from opticals_ui import beside
from opticals_ui.session import Session

from ...ui.fakes import FakeWorker
from .driving import FakeDriver, film


class Stage:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.bridge = Bridge(folder / "panels")
        self.bridge.start()
        front = LiveFront(self.bridge)
        self.session = Session(front, lambda hear: FakeWorker(folder, hear))
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.over: list[None] = []
        self.beside = beside.Beside(self.session, front, self.window.show, lambda: self.window)
        self.beside.over.connect(lambda: self.over.append(None))


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(beside, "ALONE", 300)
    stage = Stage(qtbot, tmp_path)
    yield stage
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.lastWindowClosed.disconnect(stage.beside._closed)
    stage.session.close()
    stage.bridge.close()


def test_without_a_window_and_a_host_it_ends(stage: Stage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(stage.over))


def test_with_a_window_it_stays_until_that_is_closed(
    stage: Stage, qtbot: QtBot, qapp: QApplication
) -> None:
    stage.window.show()
    stage.beside.live.alone_changed.emit()
    qtbot.wait(700)
    assert not stage.over
    qapp.setQuitOnLastWindowClosed(False)
    QTimer.singleShot(0, stage.window.close)
    stage.beside.over.connect(qapp.quit)
    QTimer.singleShot(5000, qapp.quit)
    qapp.exec()  # only then windows are counted
    qapp.setQuitOnLastWindowClosed(True)
    assert stage.over


def test_with_a_host_it_stays_and_is_seen_when_that_asks(
    stage: Stage, qtbot: QtBot, media: tuple[Path, Path], tmp_path: Path
) -> None:
    driver = FakeDriver()
    driver.open(film(media, tmp_path / "film.json"), tmp_path / "panels")
    try:
        driver.press("repeat", "one")  # nothing is selected: nothing is seen either
        qtbot.waitUntil(lambda: bool(driver.do("answer", number=driver.number)), timeout=20_000)
        assert driver.answer()["error"]["what"] == "Nothing is selected."
        stage.over.clear()  # it may have been slow to come
        qtbot.wait(700)
        assert not stage.over
        assert not stage.window.isVisible()
        driver.press("show")
        qtbot.waitUntil(stage.window.isVisible, timeout=20_000)
    finally:
        driver.close()
    qtbot.waitUntil(lambda: stage.beside.live.alone)
    qtbot.wait(700)
    assert not stage.over  # its user may look at it without the program
