"""docs/panel.md says the keys as they are, and shows what there is."""

from __future__ import annotations

import re
from pathlib import Path

from pytestqt.qtbot import QtBot

from .bench import Bench
from .pictures import FOLDER, PAGE, PICTURES, keys, written

ROOT = Path(__file__).parents[2]
MOST = 1_500_000  # bytes of all pictures


def test_the_keys_are_those_of_the_commands(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        assert written() == keys(bench.panel.commands), "Run make pictures."
    finally:
        bench.close()


def test_every_key_that_the_words_name_is_one(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        known = {key for one in bench.panel.commands for key in one.keys}
    finally:
        bench.close()
    words = PAGE.read_text().replace(written(), "")
    named = set(re.findall(r"`((?:Ctrl\+|Alt\+|Shift\+)+[^`]+|F\d+|[A-Z?])`", words))
    assert named - known == set()


def test_every_picture_is_shown_and_they_are_small() -> None:
    shown = set(re.findall(r"\(pictures/(\w+)\.png\)", (ROOT / PAGE).read_text()))
    assert shown == set(PICTURES)
    sizes = [(ROOT / FOLDER / f"{name}.png").stat().st_size for name in PICTURES]
    assert sum(sizes) < MOST
