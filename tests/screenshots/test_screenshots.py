"""Everything in the panel can be seen whole: in states that matter, both languages, docked and
wide. `make screenshots` does it for all states, with pictures."""

from __future__ import annotations

import os
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
from .every import SPREAD, STATES

SIZES = ((420, 900), (1280, 800))
LONGEST = 60.0  # seconds of processor time for all of it


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


@pytest.fixture(scope="module")
def begun() -> float:
    """The processor time when the first picture was begun, that of ended helpers too."""
    demo()
    return processor_time()


def processor_time() -> float:
    """Seconds of this process and of those that it started and that ended."""
    return sum(os.times()[:4])


@pytest.mark.parametrize(("name", "language"), SPREAD.items())
def test_all_can_be_seen_whole(
    qtbot: QtBot, tmp_path: Path, begun: float, name: str, language: str
) -> None:
    bench = Bench(tmp_path, language)
    try:
        bench.panel.resize(1280, 800)
        STATES[name](bench)
        for look in ("dark", "light"):
            theme.use(look)
            for size in SIZES:
                bench.panel.resize(*size)
                bench.rest()
                assert problems(bench.panel) == [], (look, size)
    finally:
        bench.close()


def test_it_takes_less_than_a_minute_of_processor_time(begun: float) -> None:
    assert processor_time() - begun < LONGEST


def test_both_languages_are_in_the_spread() -> None:
    assert set(SPREAD.values()) == {"en", "it"}
    assert SPREAD.keys() <= STATES.keys()


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
