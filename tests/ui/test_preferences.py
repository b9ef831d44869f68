"""The preferences: the editor of shortcuts, the switches, the sizes, and the doctor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from opticals import settings
from opticals_ui.commands import sets
from opticals_ui.look import theme
from opticals_ui.panel import Panel
from opticals_ui.preferences.about import About
from opticals_ui.preferences.general import General
from opticals_ui.preferences.rendering import Rendering
from opticals_ui.preferences.shortcuts import Shortcuts
from opticals_ui.preferences.storage import Storage


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own: it changes what is kept."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def panel(home: Path, panel: Panel) -> Iterator[Panel]:
    yield panel
    theme.use("dark")


def press(key: str) -> None:
    combination = QKeySequence(key)[0]
    focus = QApplication.focusWidget()
    QTest.keyClick(focus, combination.key(), combination.keyboardModifiers())


def opened_at(panel: Panel, section: str, kind: type[QWidget]) -> QWidget:
    panel.keyboard.preferences.show_section(section)
    page = panel.keyboard.preferences.page
    assert isinstance(page, kind)
    return page


@pytest.fixture
def editor(open_panel: Panel) -> Shortcuts:
    page = opened_at(open_panel, "keyboard", Shortcuts)
    assert isinstance(page, Shortcuts)
    return page


def listed(editor: Shortcuts) -> list[str]:
    return [id for id, item in editor._items.items() if not item.isHidden()]


def test_every_section_is_reached_by_keys_alone(qtbot: QtBot, open_panel: Panel) -> None:
    open_panel.strip.setFocus()
    press("Ctrl+,")
    preferences = open_panel.keyboard.preferences
    assert QApplication.focusWidget() is preferences.names
    kinds = []
    for _ in range(preferences.names.count()):
        kinds.append(type(preferences.page))
        press("Down")
    for kind in (General, Shortcuts, Rendering, Storage, About):
        assert kind in kinds
    open_panel.resize(420, 900)
    QApplication.processEvents()
    assert QApplication.focusWidget() is preferences.chooser
    press("Up")
    press("Esc")
    assert QApplication.focusWidget() is open_panel.strip
    qtbot.wait(50)


def test_a_section_can_be_added_before_storage(open_panel: Panel) -> None:
    preferences = open_panel.keyboard.preferences
    preferences.add_section("more", "More", lambda: QLabel("more"))
    names = [preferences.names.item(row).text() for row in range(preferences.names.count())]
    assert names[-3:] == ["More", "Storage", "About"]
    preferences.show_section("more")
    assert isinstance(preferences.page, QLabel)
    preferences.dismiss()


def test_a_key_is_added_by_pressing_it(open_panel: Panel, editor: Shortcuts) -> None:
    editor.choose("mark_in")
    editor.table.setFocus()
    press("Return")
    assert QApplication.focusWidget() is editor.add_key
    press("F8")
    assert open_panel.keymap.keys("mark_in") == ("I", "F8")
    assert editor._items["mark_in"].text(1) == "I   F8"
    assert [one.text().split()[0] for one in editor.key_buttons] == ["I", "F8"]
    editor.key_buttons[0].click()
    assert open_panel.keymap.keys("mark_in") == ("F8",)
    editor.reset.click()
    assert open_panel.keymap.keys("mark_in") == ("I",)


@pytest.mark.parametrize("take", [True, False])
def test_a_key_that_is_taken_is_asked_about(
    open_panel: Panel, editor: Shortcuts, take: bool
) -> None:
    editor.choose("mark_in")
    editor.add_key.setFocus()
    press("Space")
    press("O")
    assert "Mark out" in editor._clash.text()
    assert editor.question.isVisible()
    assert QApplication.focusWidget() is editor.take_over
    if not take:
        press("Tab")
        assert QApplication.focusWidget() is editor.keep
    press("Space")
    assert not editor.question.isVisible()
    keys = open_panel.keymap.keys
    assert keys("mark_in") == (("I", "O") if take else ("I",))
    assert keys("mark_out") == (() if take else ("O",))
    editor.reset_all.click()
    assert keys("mark_out") == ("O",)


def test_esc_and_tab_end_listening_without_a_key(open_panel: Panel, editor: Shortcuts) -> None:
    editor.choose("mark_in")
    for key in ("Esc", "Tab"):
        editor.add_key.setFocus()
        editor.add_key.setChecked(True)
        press(key)
        assert not editor.add_key.isChecked()
        assert open_panel.keyboard.preferences.is_open
    assert open_panel.keymap.keys("mark_in") == ("I",)


def test_commands_are_found_by_name_and_by_key(editor: Shortcuts) -> None:
    every = listed(editor)
    editor.search.setFocus()
    QTest.keyClicks(editor.search, "mark out")
    assert "mark_out" in listed(editor)
    assert len(listed(editor)) < 5
    assert editor.chosen == "mark_out"
    editor.by_key.setFocus()
    press("Space")
    press("Ctrl+K")
    assert listed(editor) == ["palette"]
    press("Space")
    press("Ctrl+Alt+Shift+F12")
    assert listed(editor) == every
    editor.search.clear()


def test_a_set_is_chosen_and_the_keys_follow(open_panel: Panel, editor: Shortcuts) -> None:
    editor.sets.setCurrentIndex(editor.sets.findData("avid"))
    editor.sets.activated.emit(editor.sets.currentIndex())
    assert open_panel.keymap.keys("mark_clip") == ("T",)
    assert "T" in editor._items["mark_clip"].text(1)
    open_panel.keyboard.preferences.dismiss()
    open_panel.strip.setFocus()
    press("E")
    assert open_panel.session.selection.mark_in == open_panel.session.selection.playhead


def test_keys_go_to_a_file_and_come_from_it(
    qtbot: QtBot, open_panel: Panel, editor: Shortcuts, tmp_path: Path
) -> None:
    keymap, board = open_panel.keymap, open_panel.session.board
    keymap.choose("resolve")
    keymap.give("open", ("F9",))
    file = tmp_path / "mine.keys.json"
    editor.export_file(file)
    qtbot.waitUntil(file.exists)
    qtbot.waitUntil(lambda: any(str(file) in one.what for one in board.notices))
    keymap.read(sets.written(sets.OURS, {}))
    editor.import_file(file)
    qtbot.waitUntil(lambda: keymap.set == "resolve")
    assert keymap.keys("open") == ("F9",)
    for content, what in (
        (b"\xff\xfe", "cannot be read"),
        (b"{}", "no file of shortcuts"),
        (b"x" * (sets.LARGEST + 1), "cannot be read"),
        (json.dumps({"is": sets.FORMAT, "set": "resolve", "keys": {"open": [""]}}).encode(), "no"),
    ):
        file.write_bytes(content)
        editor.import_file(file)
        qtbot.waitUntil(lambda what=what: any(what in one.what for one in board.notices))
        board.dismiss(board.notices[0].topic)
        assert keymap.keys("open") == ("F9",)
    editor.export_file(tmp_path / "none" / "mine.keys.json")
    qtbot.waitUntil(lambda: any("cannot be written" in one.what for one in board.notices))
    editor.import_file(tmp_path / "nothing")
    qtbot.waitUntil(lambda: any("cannot be read" in one.what for one in board.notices))


def test_the_theme_is_kept_and_shown_at_once(open_panel: Panel) -> None:
    page = opened_at(open_panel, "general", General)
    page.theme.setFocus()
    before = page.theme.currentData()
    page.theme.setCurrentIndex(page.theme.findData("light"))
    page.theme.activated.emit(page.theme.currentIndex())
    assert open_panel.session.memory.get("theme", before) == "light"
    assert theme.current() == "light"


def test_another_language_makes_the_panel_anew(qtbot: QtBot, open_panel: Panel) -> None:
    page = opened_at(open_panel, "general", General)
    page.language.setCurrentIndex(page.language.findData("it"))
    with qtbot.waitSignal(open_panel.rebuild_wanted):
        page.language.activated.emit(page.language.currentIndex())
    assert open_panel.session.memory.get("language", "") == "it"


def test_the_share_of_the_gpu_is_read_and_written(
    qtbot: QtBot, open_panel: Panel, home: Path
) -> None:
    settings.put("keep_gpu_free", "35")
    page = opened_at(open_panel, "rendering", Rendering)
    qtbot.waitUntil(page.free.isEnabled)
    assert page.free.currentText() == "35 %"  # though it is none of the usual ones
    page.free.setFocus()
    QTest.keyClick(page.free, Qt.Key.Key_Down)
    qtbot.waitUntil(page.free.isEnabled)
    assert settings.value("keep_gpu_free") == 40
    assert [page.free.itemData(n) for n in range(page.free.count())] == [*range(0, 70, 10)]
    (home / "settings.toml").unlink()
    (home / "settings.toml").mkdir()  # which nobody can write
    QTest.keyClick(page.free, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bool(open_panel.session.board.notices))


def test_commercial_only_is_read_and_written(qtbot: QtBot, open_panel: Panel, home: Path) -> None:
    page = opened_at(open_panel, "rendering", Rendering)
    qtbot.waitUntil(page.commercial.isEnabled)
    assert not page.commercial.isChecked()
    page.commercial.click()
    qtbot.waitUntil(page.commercial.isEnabled)
    assert page.commercial.isChecked()
    assert settings.get("commercial_only") is True
    settings.settings_file().write_text("nonsense")
    page.commercial.click()
    board = open_panel.session.board
    qtbot.waitUntil(lambda: bool(board.notices))
    assert "cannot be read" in board.notices[0].what
    assert page.commercial.isChecked()  # as it was


def test_sizes_are_counted_and_the_cache_is_emptied(
    qtbot: QtBot, open_panel: Panel, home: Path
) -> None:
    for name, size in (("segments/a.bin", 3_000_000), ("previews/b.png", 1_000_000)):
        file = settings.cache_folder() / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(size))
    model = settings.models_folder() / "m" / "weights"
    model.parent.mkdir(parents=True)
    model.write_bytes(bytes(2_000_000))
    outside = home / "film.mov"
    outside.write_bytes(b"x")
    (settings.cache_folder() / "link").symlink_to(home, target_is_directory=True)
    page = opened_at(open_panel, "storage", Storage)
    qtbot.waitUntil(lambda: page.values["cache"].text() != "…")
    assert page.values["cache"].text().startswith("3")
    assert page.values["previews"].text().startswith("1")
    assert page.values["models"].text().startswith("2")
    page.clear.click()
    assert file.exists()  # it asks once more
    page.clear.click()
    qtbot.waitUntil(lambda: page.values["cache"].text().startswith("0"))
    assert not any(settings.cache_folder().iterdir())
    assert model.exists()
    assert outside.exists()


def test_what_cannot_be_deleted_is_told(
    qtbot: QtBot, open_panel: Panel, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = settings.cache_folder() / "kept"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"x")

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    page = opened_at(open_panel, "storage", Storage)
    page.clear.click()
    page.clear.click()
    board = open_panel.session.board
    qtbot.waitUntil(lambda: bool(board.notices))
    assert "could be deleted" in board.notices[0].what
    monkeypatch.undo()
    assert kept.exists() or not os.environ.get("OPTICALS_HOME")


def test_the_doctor_is_asked_in_a_process_of_its_own(qtbot: QtBot, open_panel: Panel) -> None:
    page = opened_at(open_panel, "about", About)
    assert isinstance(page, About)
    qtbot.waitUntil(lambda: page.findings.topLevelItemCount() > 5, timeout=60_000)
    assert page.copy.isEnabled()
    page.copy.click()
    assert "torch" in QGuiApplication.clipboard().text()
    assert page.findings.topLevelItem(0).data(0, Qt.ItemDataRole.AccessibleTextRole)


def test_what_is_missing_stands_first(qtbot: QtBot, open_panel: Panel) -> None:
    page = opened_at(open_panel, "about", About)
    assert isinstance(page, About)
    found = [
        {"state": state, "name": name, "found": "so", "remedy": "do so" if state != "ok" else ""}
        for state, name in (("ok", "a"), ("note", "b"), ("missing", "c"), ("ok", "d"))
    ]
    found[1]["remedy"] = "do what takes many words to say " * 5
    page.show_findings(found)
    rows = [page.findings.topLevelItem(at) for at in range(page.findings.topLevelItemCount())]
    assert [row.text(0) for row in rows] == ["c", "a", "b", "d"]
    assert rows[0].text(1) == "so\n→ do so"
    assert "1 thing is missing" in page._state.text()
    line = page.findings.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: page.findings.visualItemRect(rows[2]).height() > 3 * line)


def test_a_doctor_that_says_nothing_is_said_so(
    qtbot: QtBot, open_panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nothing/python")
    page = opened_at(open_panel, "about", About)
    assert isinstance(page, About)
    qtbot.waitUntil(lambda: "did not start" in page._state.text())
