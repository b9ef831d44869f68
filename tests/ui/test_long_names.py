"""Long names of files: shortened in the field of a form, and with places to wrap in sentences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from opticals import catalog
from opticals_ui.effects.files import File, Recent
from opticals_ui.look.words import LONG, wrapping

FILE = "/Volumes/Cut/demo.opticals/V1-4_mask_of_a_long_name_v001.json"


def test_a_file_is_called_by_its_name_until_somebody_types(qtbot: QtBot) -> None:
    fields = catalog.all_effects()["remove"].fields()
    field = File(next(one for one in fields if one.name == "mask"), Recent())
    qtbot.addWidget(field)
    field.set_value(FILE)
    field.setFixedWidth(180)
    field.show()
    qtbot.waitExposed(field)
    line = field.findChild(QLineEdit)
    assert line.shown.startswith("V1")
    assert line.shown.endswith("v001"[-2:])
    assert "…" in line.shown
    assert line.toolTip() == FILE
    field.setFixedWidth(900)
    qtbot.waitUntil(lambda: line.shown == FILE)
    field.setFixedWidth(180)
    field.activateWindow()
    line.setFocus()
    qtbot.waitUntil(lambda: line.shown == FILE)
    assert field.value() == FILE


@given(st.text())
def test_where_a_sentence_may_wrap_changes_none_of_its_words(text: str) -> None:
    text = text.replace("\u200b", "")
    assert wrapping(text).replace("\u200b", "") == text


def test_only_long_words_may_wrap_within() -> None:
    assert wrapping("a_b/c.d stays") == "a_b/c.d stays"
    pieces = wrapping(f"There is no “{FILE}”.").split("\u200b")
    assert max(map(len, pieces)) < LONG
