"""Presets in the panel: saved, found, renamed, deleted and had back, shared; never waited for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from opticals import presets
from opticals_ui.effects.page import EffectsPage
from opticals_ui.effects.stack import Entry, Stack
from opticals_ui.look.theme import dress
from opticals_ui.notices.board import Kind, Notice
from opticals_ui.session import Session

from .fakes import HOUR

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without presets, favourites and what was used lately."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def page(qtbot: QtBot, qapp: object, home: Path, opened: Session) -> EffectsPage:
    dress(qapp)
    opened.selection.select("V1", HOUR)
    page = EffectsPage(opened)
    qtbot.addWidget(page)
    page.resize(340, 520)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    qtbot.waitUntil(lambda: bool(opened.presets.presets))
    return page


def button(where: QWidget, text: str) -> QPushButton:
    return next(one for one in where.findChildren(QPushButton) if one.text() == text)


def save(qtbot: QtBot, page: EffectsPage, name: str) -> None:
    """As a user does: the command, a name, Enter."""
    page.save_preset()
    field = page.inspector.stack.naming.field
    assert field.isVisible()
    field.selectAll()
    qtbot.keyClicks(field, name)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(name in one.what for one in page._session.board.notices))


def labels(page: EffectsPage) -> list[str]:
    shown = page.browser.list
    return [shown.item(at).text() for at in range(shown.count())]


def search(qtbot: QtBot, page: EffectsPage, words: str) -> None:
    page.browse()
    page.search.clear()
    qtbot.keyClicks(page.search, words)


def test_one_is_saved_found_and_used_on_another_clip(
    qtbot: QtBot, page: EffectsPage, opened: Session
) -> None:
    made = Stack((Entry.of("denoise", {"luma": 2.5}), Entry.of("upscale")), 5)
    opened.choice.take(made)
    save(qtbot, page, "My look")
    assert [one.name for one in opened.presets.own] == ["My look"]
    opened.selection.select("V1", HOUR + 150)
    opened.choice.clear()
    search(qtbot, page, "my lo")
    assert labels(page) == ["My look"]
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert opened.choice.stack == made
    assert not page.browsing


def test_a_taken_name_is_asked_about(qtbot: QtBot, page: EffectsPage, opened: Session) -> None:
    opened.choice.take(Stack((Entry.of("key"),)))
    save(qtbot, page, "Twice")
    opened.choice.set("black", 0.2)
    save(qtbot, page, "Twice")

    def questions() -> list[Notice]:
        return [one for one in opened.board.notices if one.kind is Kind.QUESTION]

    qtbot.waitUntil(lambda: bool(questions()))
    (question,) = questions()
    assert "already" in question.what
    (preset,) = opened.presets.own
    assert preset.parts[0].step.settings["black"] == 0.05  # nothing is written over unasked
    question.answers[0].act()
    qtbot.waitUntil(lambda: opened.presets.own[0].parts[0].step.settings["black"] == 0.2)


def test_one_is_renamed_deleted_and_had_back(
    qtbot: QtBot, page: EffectsPage, opened: Session
) -> None:
    opened.choice.take(Stack((Entry.of("key"),)))
    save(qtbot, page, "Old name")
    search(qtbot, page, "old name")
    page.browser.rename()
    field = page.browser.naming.field
    qtbot.waitUntil(field.hasFocus)
    assert page.browsing  # the focus in the browser keeps it open
    field.selectAll()
    qtbot.keyClicks(field, "New name")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.name for one in opened.presets.own] == ["New name"])
    search(qtbot, page, "new name")
    assert page.browser.own_preset is not None
    page.browser.delete()
    qtbot.waitUntil(lambda: not opened.presets.own)
    notice = next(one for one in opened.board.notices if "deleted" in one.what)
    notice.answers[0].act()
    qtbot.waitUntil(lambda: [one.name for one in opened.presets.own] == ["New name"])


def test_a_shipped_one_cannot_be_changed(qtbot: QtBot, page: EffectsPage) -> None:
    search(qtbot, page, "locked camera")
    assert labels(page) == ["Locked camera"]
    assert page.browser.own_preset is None
    assert not page.browser._tools["trash"].isVisible()
    assert page.browser._tools["export"].isVisible()


def choose_file(qtbot: QtBot, page: EffectsPage, path: Path) -> None:
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    dialog = page.findChild(QFileDialog)
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is None)


def test_one_goes_out_and_comes_in_as_a_file(
    qtbot: QtBot, page: EffectsPage, opened: Session, tmp_path: Path
) -> None:
    values = {"picture": "/home/anna/style.png", "strength": 0.5}
    opened.choice.take(Stack((Entry.of("stylize", values),)))
    page.export_preset()
    file = tmp_path / "given.json"
    choose_file(qtbot, page, file)
    qtbot.waitUntil(file.is_file)
    assert "anna" not in file.read_text()
    assert json.loads(file.read_text())["steps"][0]["settings"]["strength"] == 0.5
    page.import_preset()
    choose_file(qtbot, page, file)
    qtbot.waitUntil(lambda: [one.name for one in opened.presets.own] == ["Stylize"])


def test_a_bad_file_is_said_and_changes_nothing(
    qtbot: QtBot, page: EffectsPage, opened: Session, tmp_path: Path
) -> None:
    file = tmp_path / "bad.json"
    file.write_text('{"opticals_preset": 1, "name": "x", "steps": [{"effect": "rm -rf"}]}')
    page.import_preset()
    choose_file(qtbot, page, file)
    qtbot.waitUntil(lambda: bool(opened.board.notices))
    assert opened.board.notices[0].kind is Kind.ERROR
    assert "rm -rf" in opened.board.notices[0].what
    assert not opened.presets.own


def test_the_name_line_gives_up_on_esc(qtbot: QtBot, page: EffectsPage, opened: Session) -> None:
    opened.choice.take(Stack((Entry.of("key"),)))
    page.save_preset()
    naming = page.inspector.stack.naming
    qtbot.keyClick(naming.field, Qt.Key.Key_Escape)
    assert naming.isHidden()
    qtbot.waitUntil(page.inspector.stack.list.hasFocus)
    assert not opened.presets.own


def test_a_preset_with_a_bypassed_effect_keeps_it(
    qtbot: QtBot, page: EffectsPage, opened: Session
) -> None:
    opened.choice.take(Stack((Entry.of("key"), Entry("copy", {}, bypassed=True))))
    save(qtbot, page, "Half")
    assert [one.bypassed for one in presets.own().presets[0].parts] == [False, True]
