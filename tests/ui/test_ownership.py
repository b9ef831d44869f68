"""Nothing in Python holds on to what C++ deletes without a word: that ends in a crash, later and
elsewhere."""

from __future__ import annotations

import ast
import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QRect, QSize
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete, isValid

from opticals.errors import OpticalsError
from opticals_ui.background import Background
from opticals_ui.look.icons import icon

PANEL = Path(__file__).parents[2] / "ui/opticals_ui"
# A layout's items are no QObjects: when a widget goes, Python still holds its item, and takes
# what is made in the same place later for it. A painter takes its device along when it goes.
NEVER = {
    "takeAt": "keep the widgets in a list",
    "device": "take the scale from `deviceTransform`",
    "nextInFocusChain": "it makes the one belong to the other: use `findChildren`",
    "previousInFocusChain": "it makes the one belong to the other: use `findChildren`",
}


@pytest.mark.parametrize("file", sorted(PANEL.rglob("*.py")), ids=lambda one: one.stem)
def test_nothing_is_taken_hold_of_that_goes_unheard(file: Path) -> None:
    tree = ast.parse(file.read_text())
    for one in ast.walk(tree):
        if not isinstance(one, ast.Call) or not isinstance(one.func, ast.Attribute):
            continue
        name = one.func.attr
        remedy = NEVER.get(name) if not one.args or name == "takeAt" else None
        assert remedy is None, f"{file.name}:{one.lineno}: {name}: {remedy}"
        # it holds a receiver that goes before, for ever, or calls it all the same
        late = name == "singleShot" and file.name not in ("app.py", "icons.py")
        assert not late, f"{file.name}:{one.lineno}: singleShot: have a timer of your own"
        # of lists it takes a place; of layouts a number
        layout = name == "itemAt" and not _is_place(one.args)
        assert not layout, f"{file.name}:{one.lineno}: itemAt: keep the widgets in a list"


def _is_place(arguments: list[ast.expr]) -> bool:
    return any("position" in ast.unparse(one) for one in arguments)


def test_painting_an_icon_takes_nothing_along(qtbot: QtBot) -> None:

    class Sign(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            icon("play").paint(QPainter(self), QRect(0, 0, 16, 16))

    widget = Sign()
    qtbot.addWidget(widget)
    menu = QMenu(widget)
    item = menu.addAction("an item")
    widget.grab()
    gc.collect()
    assert isValid(item)


def test_an_icon_that_is_changed_is_another() -> None:
    changed = QIcon(icon("play"))
    changed.addPixmap(QPixmap(8, 8))
    gc.collect()
    assert not changed.pixmap(QSize(16, 16)).isNull()
    assert icon("play") is icon("play")


@pytest.mark.parametrize("fine", [True, False])
def test_nothing_follows_from_work_whose_owner_is_gone(qtbot: QtBot, fine: bool) -> None:
    def work() -> str:
        if not fine:
            raise OpticalsError("no")
        return "yes"

    background, told = Background(), []
    owners = [QObject(), QObject()]
    for name, owner in zip("ab", owners, strict=True):
        add = lambda what, name=name: told.append(name)  # noqa: E731
        background.run(work, add, add, owner=owner)
    delete(owners[0])
    qtbot.waitUntil(lambda: background.idle)
    background.close()
    assert told == ["b"]
