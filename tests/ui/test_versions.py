"""The versions of a clip: listed, switched, compared, rendered again, verified and deleted."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import opentimelineio as otio
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from opticals.recipe import Recipe, step
from opticals.rendering import engine
from opticals.rendering.job import Job, Output, Render
from opticals.timeline.edit import Edit
from opticals_plugin.file_host import FileHost
from opticals_ui.look.theme import dress
from opticals_ui.notices.board import Kind
from opticals_ui.panel import Panel
from opticals_ui.session import Session
from opticals_ui.versions import trash, words
from opticals_ui.versions.comparison import Comparison
from opticals_ui.versions.versions import Versions
from tests.core.edits import clip, timeline
from tests.core.films import number, numbered

from .fakes import FakeForeseer, FakeProjector, FakeWorker

KEY = Qt.Key
NONE, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT = Qt.MouseButton.LeftButton
WAIT = 60_000  # milliseconds: renders are verified in processes of their own


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edit of two clips, `cut.otio`; two versions of the first are placed in it, and one of
    the second lies on disk alone. The film's frames show their numbers."""
    folder = tmp_path_factory.mktemp("versions")
    film = numbered(folder / "film.mov", 120, timecode="01:00:00:00")
    plain = timeline(("Video", [clip("one", film, 10, 30), clip("two", film, 60, 20)]))
    otio.adapters.write_to_file(plain, str(folder / "plain.otio"))
    edit = Edit.open(folder / "plain.otio")
    first, second = edit.shot("V1:1"), edit.shot("V1:2")
    for seed in (0, 7):
        edit.place(_rendered(edit.shot("V1:1"), folder, seed))
    _rendered(second, folder)
    assert first.frames == 30
    edit.save(folder / "cut.otio")
    return folder


def _rendered(shot: object, folder: Path, seed: int = 0) -> Render:
    output = Output(folder / "cut.opticals", "prores_proxy", handles=4)
    job = Job(shot, Recipe((step("copy"),), seed), output, "cpu")  # type: ignore[arg-type]
    return engine.render(job, lambda *progress: None, lambda: None)


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with a trash of its own."""
    new = tmp_path / "work"
    shutil.copytree(made, new)
    for file in (new / "cut.otio", *new.glob("cut.opticals/*.json")):
        then = file.stat().st_mtime_ns
        file.write_text(file.read_text().replace(str(made), str(new)))
        os.utime(file, ns=(then, then))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return new


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication, folder: Path, tmp_path: Path) -> Iterator[Panel]:
    """A panel over a real edit, with the page of versions before it."""
    session = Session(
        FileHost(),
        lambda heard: FakeWorker(tmp_path, heard),
        lambda heard: FakeProjector(tmp_path, heard),
        FakeForeseer(),
    )
    dress(qapp)
    panel = Panel(session)
    panel.resize(1280, 800)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    session.open(folder / "cut.otio")
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy, timeout=WAIT)
    session.selection.go_to("V1:1")
    press(qtbot, panel, KEY.Key_4, CTRL)
    qtbot.waitUntil(lambda: len(panel.session.versions.rows) == 3, timeout=WAIT)
    yield panel
    session.close()


def press(qtbot: QtBot, panel: Panel, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
    qtbot.keyClick(panel.focusWidget() or panel, key, held)


def button(widget: QWidget, text: str) -> QPushButton:
    return next(one for one in widget.findChildren(QPushButton) if one.text() == text)


def names(versions: Versions) -> list[str]:
    return [one.name for one in versions.rows]


def shown(panel: Panel, id: str = "V1:1") -> str | None:
    return panel.session.model.find(id).version


def settled(qtbot: QtBot, panel: Panel, check: Callable[[], bool]) -> None:
    qtbot.waitUntil(lambda: not panel.session.busy and check(), timeout=WAIT)


V1, V2, V3 = "V1-1_copy_v001", "V1-1_copy_v002", "V1-2_copy_v001"


def test_the_newest_stands_first_and_the_original_last(qtbot: QtBot, panel: Panel) -> None:
    versions = panel.session.versions
    assert names(versions) == [V2, V1, "original"]
    assert [one.active for one in versions.rows] == [True, False, False]
    assert panel.versions.list.currentRow() == 0
    row = versions.rows[0]
    assert words.recipe(row.render.recipe) == "Copy"
    assert words.facts(row).startswith("128×96 · 25 fps · ProRes 422 Proxy")
    assert words.made(row)
    said = panel.versions.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert V2 in said
    assert "Active" in said
    qtbot.waitUntil(lambda: not panel.versions._picture(row).isNull(), timeout=WAIT)
    assert panel.session.versions.middle(row) == 4 + 15


def test_what_lies_on_disk_alone_is_listed_and_placed_when_proved(
    qtbot: QtBot, panel: Panel
) -> None:
    session = panel.session
    session.selection.go_to("V1:2")
    qtbot.waitUntil(lambda: names(session.versions) == [V3, "original"], timeout=WAIT)
    assert words.state(session.versions.rows[0]) == "Not in the edit"
    session.versions.choose(0)
    press(qtbot, panel, KEY.Key_4, CTRL)
    press(qtbot, panel, KEY.Key_Return)
    settled(qtbot, panel, lambda: shown(panel, "V1:2") == V3)
    press(qtbot, panel, KEY.Key_Z, CTRL)
    settled(qtbot, panel, lambda: shown(panel, "V1:2") is None)


def test_a_render_that_is_damaged_is_not_placed(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    session = panel.session
    file = folder / "cut.opticals" / f"{V3}.mov"
    shutil.copyfile(file.with_name(f"{V1}.mov"), file)
    session.selection.go_to("V1:2")
    qtbot.waitUntil(lambda: names(session.versions)[:1] == [V3], timeout=WAIT)
    session.versions.choose(0)
    session.versions.switch()
    qtbot.waitUntil(
        lambda: any(one.kind is Kind.ERROR for one in session.board.notices), timeout=WAIT
    )
    assert "is not what it should be" in session.board.notices[0].what
    assert shown(panel, "V1:2") is None


def test_switching_by_keys_is_one_step_of_undo(qtbot: QtBot, panel: Panel) -> None:
    press(qtbot, panel, KEY.Key_Down)
    press(qtbot, panel, KEY.Key_Return)
    settled(qtbot, panel, lambda: shown(panel) == V1)
    qtbot.waitUntil(lambda: [one.active for one in panel.session.versions.rows][1], timeout=WAIT)
    press(qtbot, panel, KEY.Key_End)
    press(qtbot, panel, KEY.Key_Return)
    settled(qtbot, panel, lambda: shown(panel) is None)
    assert panel.session.model.find("V1:1").versions == (V1, V2)  # they stay in the edit
    for expected in (V1, V2):
        press(qtbot, panel, KEY.Key_Z, CTRL)
        settled(qtbot, panel, lambda expected=expected: shown(panel) == expected)
    assert not panel.session.modified


def test_switching_by_mouse(qtbot: QtBot, panel: Panel) -> None:
    view = panel.versions.list
    at = view.visualItemRect(view.item(1)).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=at)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=at)
    settled(qtbot, panel, lambda: shown(panel) == V1)


def test_stepping_from_the_timeline(qtbot: QtBot, panel: Panel) -> None:
    press(qtbot, panel, KEY.Key_1, CTRL)
    for expected in (None, V1, V2):
        press(qtbot, panel, KEY.Key_N, CTRL)
        settled(qtbot, panel, lambda expected=expected: shown(panel) == expected)
    press(qtbot, panel, KEY.Key_B, CTRL)
    settled(qtbot, panel, lambda: shown(panel) == V1)


def test_two_are_compared_frame_for_frame(qtbot: QtBot, panel: Panel) -> None:
    versions = panel.session.versions
    with qtbot.waitSignal(versions.compare_wanted, timeout=WAIT) as heard:
        press(qtbot, panel, KEY.Key_A)
        press(qtbot, panel, KEY.Key_End)
        press(qtbot, panel, KEY.Key_B)
    (found,) = heard.args
    assert isinstance(found, Comparison)
    assert (found.a_name, found.b_name) == (V2, "original")
    assert [panel.versions.list.item(row).data(257) for row in (0, 2)] == ["A", "B"]
    record = panel.session.model.find("V1:1").record
    for frame in (0, 13, 29):
        shows = [_number(one.path, one.frame(record + frame)) for one in (found.a, found.b)]
        assert shows == [10 + frame, 10 + frame]
    layer = panel.session.showing.reel.layers(record)[0].footage
    assert (layer.shown, layer.original, layer.version) == (found.b, found.a, "original")
    said = panel.preview.accessibleDescription
    settled(qtbot, panel, lambda: f"A  {V2}  " in said() and "B  original  " in said())
    with qtbot.waitSignal(versions.compare_wanted, timeout=WAIT) as over:
        press(qtbot, panel, KEY.Key_B)  # B is put back
    assert over.args == [None]
    assert shown(panel) == V2  # looking changes nothing
    assert not panel.session.modified


def _number(path: Path, frame: int) -> int:
    import av

    with av.open(str(path)) as container:
        return next(number(one) for at, one in enumerate(container.decode(video=0)) if at == frame)


def test_the_recipe_is_taken_and_copied(qtbot: QtBot, panel: Panel) -> None:
    session = panel.session
    session.choice.choose("upscale")
    press(qtbot, panel, KEY.Key_E, CTRL | ALT)
    assert [one.effect for one in session.choice.stack.entries] == ["copy"]
    assert session.choice.stack.seed == 7
    assert panel.side.page == "effects"
    press(qtbot, panel, KEY.Key_4, CTRL)
    press(qtbot, panel, KEY.Key_R, CTRL | ALT)
    session.choice.choose("upscale")
    session.choice.paste(QApplication.clipboard().text())
    assert session.choice.stack.recipe() == Recipe((step("copy"),), 7)


def test_verifying_again(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    board = panel.session.board
    press(qtbot, panel, KEY.Key_V, CTRL | ALT)
    said = lambda: board.notices[0].what if board.notices else ""  # noqa: E731
    qtbot.waitUntil(lambda: "is what it should be" in said(), timeout=WAIT)
    file = folder / "cut.opticals" / f"{V2}.mov"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    press(qtbot, panel, KEY.Key_V, CTRL | ALT)
    qtbot.waitUntil(lambda: board.notices[0].kind is Kind.ERROR, timeout=WAIT)


def test_what_is_shown_is_not_deleted(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    press(qtbot, panel, KEY.Key_Delete)
    notice = panel.session.board.notices[0]
    assert (notice.kind, notice.why) == (Kind.ERROR, "V1:1 “one” shows it.")
    qtbot.mouseClick(button(panel.notices, "Show the original of V1:1"), LEFT)
    settled(qtbot, panel, lambda: shown(panel) is None)
    assert (folder / "cut.opticals" / f"{V2}.mov").exists()


def test_deleting_asks_takes_it_out_and_puts_it_in_the_trash(
    qtbot: QtBot, panel: Panel, folder: Path, tmp_path: Path
) -> None:
    renders, session = folder / "cut.opticals", panel.session
    press(qtbot, panel, KEY.Key_Down)
    press(qtbot, panel, KEY.Key_Delete)
    assert session.board.notices[0].kind is Kind.QUESTION
    assert (renders / f"{V1}.mov").exists()
    qtbot.mouseClick(button(panel.notices, "Move to the trash"), LEFT)
    settled(qtbot, panel, lambda: names(session.versions) == [V2, "original"])
    assert session.model.find("V1:1").versions == (V2,)
    assert shown(panel) == V2
    assert not list(renders.glob(f"{V1}.*"))
    trashed = {one.name for one in (tmp_path / "data" / "Trash" / "files").iterdir()}
    assert trashed == {f"{V1}.mov", f"{V1}.json"}


def test_keeping_it_keeps_it(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    press(qtbot, panel, KEY.Key_Down)
    press(qtbot, panel, KEY.Key_Delete)
    qtbot.mouseClick(button(panel.notices, "Keep it"), LEFT)
    qtbot.wait(50)
    assert (folder / "cut.opticals" / f"{V1}.mov").exists()
    assert not panel.session.board.notices


def test_without_a_trash_it_is_asked_again(
    qtbot: QtBot, panel: Panel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "_moved", lambda file: False)
    session = panel.session
    session.selection.go_to("V1:2")
    qtbot.waitUntil(lambda: names(session.versions)[:1] == [V3], timeout=WAIT)
    session.versions.choose(0)
    session.versions.delete()
    qtbot.mouseClick(button(panel.notices, "Move to the trash"), LEFT)
    qtbot.waitUntil(
        lambda: any("no trash" in one.what for one in session.board.notices), timeout=WAIT
    )
    assert (folder / "cut.opticals" / f"{V3}.mov").exists()
    qtbot.mouseClick(button(panel.notices, "Delete for good"), LEFT)
    qtbot.waitUntil(lambda: names(session.versions) == ["original"], timeout=WAIT)
    assert not list((folder / "cut.opticals").glob(f"{V3}*"))


def test_what_nothing_proves_to_be_ours_stays(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    renders, session = folder / "cut.opticals", panel.session
    (renders / "V1-2_comp_v001.mov").write_bytes(b"somebody's")
    (renders / "V1-2_comp_v001.json").write_text(json.dumps({"author": "somebody"}))
    session.selection.go_to("V1:2")
    qtbot.waitUntil(lambda: len(session.versions.rows) == 3, timeout=WAIT)
    row = session.versions.rows[0]
    assert row.name == "V1-2_comp_v001"
    assert row.trouble
    session.versions.choose(0)
    session.versions.delete()
    qtbot.mouseClick(button(panel.notices, "Move to the trash"), LEFT)
    qtbot.waitUntil(
        lambda: any(one.kind is Kind.ERROR for one in session.board.notices), timeout=WAIT
    )
    assert (renders / "V1-2_comp_v001.mov").exists()


def test_damaged_sidecars_and_lost_files_are_told(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    renders, versions = folder / "cut.opticals", panel.session.versions
    sidecar = renders / f"{V3}.json"
    said = json.loads(sidecar.read_text())
    said["recipe"]["steps"][0]["effect"] = "of_tomorrow"
    sidecar.write_text(json.dumps(said))
    (renders / f"{V1}.mov").unlink()
    versions.look()
    qtbot.waitUntil(lambda: bool(versions.rows[1].trouble), timeout=WAIT)
    assert versions.rows[1].trouble == f"{V1}.mov is missing."
    panel.session.selection.go_to("V1:2")
    qtbot.waitUntil(lambda: names(versions) == [V3, "original"], timeout=WAIT)
    assert "of_tomorrow" in versions.rows[0].trouble
    versions.choose(0)
    assert not panel.actions_by_id["version_switch"].isEnabled()


def test_a_render_of_other_frames_is_not_listed(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    renders = folder / "cut.opticals"
    said = json.loads((renders / f"{V3}.json").read_text())
    said["path"] = "V1-9_copy_v001.mov"
    said["shot"]["time"]["stages"] = [[said["shot"]["record"], "100", "1"]]
    (renders / "V1-9_copy_v001.json").write_text(json.dumps(said))
    shutil.copyfile(renders / f"{V3}.mov", renders / "V1-9_copy_v001.mov")
    panel.session.selection.go_to("V1:2")
    qtbot.waitUntil(lambda: names(panel.session.versions) == [V3, "original"], timeout=WAIT)


def test_every_button_is_reached_by_tab(qtbot: QtBot, panel: Panel) -> None:
    seen = set()
    for _ in range(80):
        press(qtbot, panel, KEY.Key_Tab)
        seen.add(panel.focusWidget())
    parts = [one for one in panel.versions.parts() if one.isEnabled()]
    assert len(parts) > 5
    assert seen >= set(parts)
    assert all(one.accessibleName() for one in parts)


def badge_menu(qtbot: QtBot, panel: Panel) -> QMenu:
    """What a click on the badge of the first clip opens."""
    strip, model = panel.strip, panel.session.model
    item, row = model.find("V1:1"), strip.view.row("V1")
    at = QPoint(round(strip.view.x(item.record)) + 12, row.top + 8)
    qtbot.mouseClick(strip.viewport(), LEFT, pos=at)
    menu = strip.findChild(QMenu, "badge_menu")
    qtbot.waitUntil(menu.isVisible)
    return menu


def test_the_badge_offers_the_versions_and_ticks_the_one_that_is_shown(
    qtbot: QtBot, panel: Panel
) -> None:
    item = panel.session.model.find("V1:1")
    menu = badge_menu(qtbot, panel)
    listed = [one for one in menu.actions() if one.isCheckable()]
    assert [one.text() for one in listed] == [*reversed(item.versions), "Original"]
    assert [one.text() for one in listed if one.isChecked()] == [item.version]
    menu.close()


def test_from_the_badge_another_version_is_two_keys_away(qtbot: QtBot, panel: Panel) -> None:
    session = panel.session
    session.selection.go_to("V1:2")
    panel.side.show_page("effects")
    older = session.model.find("V1:1").versions[0]
    menu = badge_menu(qtbot, panel)
    qtbot.keyClick(menu, KEY.Key_Down)
    qtbot.keyClick(menu, KEY.Key_Return)
    qtbot.waitUntil(lambda: session.model.find("V1:1").version == older and not session.busy)
    assert session.selection.clip == "V1:1"
    assert panel.side.page == "effects"  # the work goes on where it was
    session.undo()
    qtbot.waitUntil(lambda: session.model.find("V1:1").version != older)


def test_from_the_badge_the_page_is_reached_with_the_shown_version_in_focus(
    qtbot: QtBot, panel: Panel
) -> None:
    session = panel.session
    session.selection.go_to("V1:2")
    panel.side.show_page("effects")
    menu = badge_menu(qtbot, panel)
    menu.actions()[-1].trigger()
    menu.close()
    assert panel.side.page == "versions"
    qtbot.waitUntil(lambda: len(session.versions.rows) == 3, timeout=WAIT)
    assert session.versions.item.id == "V1:1"
    assert session.versions.row.name == session.model.find("V1:1").version
    assert panel.focusWidget() is panel.versions.list
