"""Everything in the panel can be seen whole: in states that matter, both languages, docked and
wide. `make screenshots` does it for all states, with pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opticals_ui.look import language as speaking
from opticals_ui.look import theme

from .bench import Bench, demo
from .checks import problems
from .every import SHORT, STATES

SIZES = ((420, 900), (1280, 800))


@pytest.fixture(autouse=True)
def as_before(qapp: object, home: Path) -> Iterator[None]:
    kept = QSettings(str(home / "panel.ini"), QSettings.Format.IniFormat)
    kept.clear()
    kept.sync()
    yield
    kept.clear()
    kept.sync()
    speaking.use("en")
    theme.use("dark")


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("name", SHORT)
def test_all_can_be_seen_whole(qtbot: QtBot, tmp_path: Path, name: str, language: str) -> None:
    demo()
    bench = Bench(tmp_path, language)
    try:
        bench.panel.resize(1280, 800)
        STATES[name](bench)
        for size in SIZES:
            bench.panel.resize(*size)
            bench.settle()
            assert problems(bench.panel) == [], size
        theme.use("light")
        bench.settle()
        assert problems(bench.panel) == []
    finally:
        bench.close()


def test_what_is_cut_off_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QHBoxLayout(window)
    label, button = QLabel("A sentence that is far too long"), QPushButton("Open it anyway")
    layout.addWidget(label)
    layout.addWidget(button)
    window.show()
    assert problems(window) == []
    label.setMaximumWidth(40)
    button.setMaximumWidth(40)
    qtbot.wait(20)
    found = problems(window)
    assert any("needs" in one and "sentence" in one for one in found)
    assert any("needs" in one and "anyway" in one for one in found)


def test_what_lies_over_another_thing_or_outside_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    first, second = QPushButton("one"), QPushButton("two")
    layout.addWidget(first)
    layout.addWidget(second)
    window.show()
    assert problems(window) == []
    second.move(first.pos())
    assert any("overlap" in one for one in problems(window))
    second.move(window.width() - 10, window.height() - 10)
    assert any("outside" in one for one in problems(window))
