"""The panel without a mouse: every command by its keys, by the palette, and the ways of the focus.

The walk goes over the registry, so that a command which is added is walked too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from opticals import catalog
from opticals.jobs.entries import State as JobState
from opticals.masks import shapes as masks
from opticals_ui import panel as panel_module
from opticals_ui.commands.command import Command, Scope
from opticals_ui.commands.every import all_commands
from opticals_ui.effects.controls import Pick
from opticals_ui.host import Can
from opticals_ui.look.drop_down import DropDown
from opticals_ui.look.theme import colour, dress
from opticals_ui.notices.board import Kind, Notice
from opticals_ui.panel import Panel
from opticals_ui.session import Session

from .fakes import HOUR, FakeHost

State = Callable[[QtBot, Panel], Callable[[], object] | None]

# Commands that no state below enables, with why. There is no other way round the walk.
CANNOT: dict[str, str] = {}

# Commands on what is chosen in the browser of effects, which closes when the focus leaves it.
IN_BROWSER = ("preset_rename", "preset_delete", "favourite")


def nothing(qtbot: QtBot, panel: Panel) -> None:
    """As it is when an edit was just opened."""


def everything_allowed(qtbot: QtBot, panel: Panel) -> None:
    panel.session.host.can = frozenset(Can)
    panel.session.selection.select("V1", HOUR)


def a_notice(qtbot: QtBot, panel: Panel) -> None:
    panel.session.board.notify(Notice(Kind.INFO, "test", "Something.", lasting=True))


def a_render_placed(qtbot: QtBot, panel: Panel) -> None:
    session = panel.session
    session.choice.choose("copy")
    session.render()
    qtbot.waitUntil(lambda: session.modified and not session.busy, timeout=5000)
    session.selection.select("V1", HOUR)


def a_change_taken_back(qtbot: QtBot, panel: Panel) -> None:
    panel.session.undo()
    qtbot.waitUntil(lambda: bool(panel.session.edit.redo) and not panel.session.busy)


def marks(qtbot: QtBot, panel: Panel) -> None:
    panel.session.selection.mark("V1", HOUR + 10, HOUR + 20)


def a_version_chosen(qtbot: QtBot, panel: Panel) -> Callable[[], object]:
    """One that is there whole, and is not the one that is shown."""
    versions = panel.session.versions
    before = versions.rows, versions.at, versions.item
    row = {"original": False, "whole": True, "active": False, "placed": True, "render": object()}
    versions.rows, versions.at = (SimpleNamespace(**row),), 0
    versions.item = SimpleNamespace(id="V1:1", version="x")

    def leave() -> None:
        versions.rows, versions.at, versions.item = before

    return leave


def a_queue_of_all_kinds(qtbot: QtBot, panel: Panel) -> Callable[[], object]:
    """One job that is at work, one that is rendered, one that failed: all of them chosen."""
    acts, jobs = panel.job_list.acts, panel.session.jobs
    jobs.set_flags(paused=True)
    qtbot.waitUntil(lambda: jobs.flags.paused)
    states = (JobState.RUNNING, JobState.RENDERED, JobState.FAILED)
    views = tuple(
        SimpleNamespace(
            job=SimpleNamespace(id=str(state)),
            state=state,
            active=state is JobState.RUNNING,
            failed=state is JobState.FAILED,
            files=(Path("/render.mov"),),
        )
        for state in states
    )
    acts._ids = tuple(map(str, states))
    by_id = {view.job.id: view for view in views}
    acts._jobs = SimpleNamespace(listed=views, views=views, get=by_id.get, flags=jobs.flags)

    def leave() -> None:
        acts._jobs, acts._ids = jobs, ()
        jobs.set_flags(paused=False)

    return leave


def a_mask_drawn(qtbot: QtBot, panel: Panel) -> Callable[[], object]:
    session = panel.session
    session.selection.select("V1", HOUR)
    session.choice.choose("remove")
    session.masking.begin(session.masking.setting)
    qtbot.waitUntil(lambda: session.masking.active)
    key = masks.Key(0, ((0.5, 0.5), (0.2, 0.2)))
    session.masking.document.add(masks.Shape(masks.Kind.ELLIPSE, (key,)))
    session.masking.document.set_key()
    return session.masking.end


def another_stack_than_was_rendered(qtbot: QtBot, panel: Panel) -> None:
    panel.session.choice.choose("stylize")


def a_preset_chosen(qtbot: QtBot, panel: Panel) -> Callable[[], object]:
    """One of the user's own, in the browser."""
    panel.side.show_page("effects")
    panel.effects.browse()
    browser = panel.effects.browser
    own = mock.patch.object(type(browser), "own_preset", property(lambda _: object()))
    own.start()
    return own.stop


def a_search(qtbot: QtBot, panel: Panel) -> None:
    panel.session.relinking._stop = threading.Event()


def a_lut(qtbot: QtBot, panel: Panel) -> None:
    panel.session.showing.display.lut = "/film.cube"


def a_missing_model(qtbot: QtBot, panel: Panel) -> None:
    needs = (SimpleNamespace(allowed=True),)
    panel.session.preflight.forecast = SimpleNamespace(needs=needs)


STATES: tuple[State, ...] = (
    nothing,
    everything_allowed,
    a_notice,
    marks,
    a_lut,
    a_missing_model,
    a_search,
    a_queue_of_all_kinds,
    a_preset_chosen,
    a_mask_drawn,
    a_render_placed,
    another_stack_than_was_rendered,
    a_version_chosen,
    a_change_taken_back,
)


class Recorder:
    """Notes which commands were run, and runs none."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def commands(self, panel: Panel) -> tuple[Command, ...]:
        return tuple(
            replace(command, run=lambda id=command.id: self.ran.append(id))
            for command in all_commands(panel)
        )


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def recorded(
    qtbot: QtBot,
    qapp: object,
    opened: Session,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> Panel:
    """A panel whose commands are only noted when they are run."""
    monkeypatch.setattr(panel_module, "all_commands", recorder.commands)
    dress(qapp)
    panel = Panel(opened)
    panel.resize(1280, 800)
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(lambda: not opened.busy)
    return panel


def press(widget: QWidget, key: str) -> None:
    (combination,) = [QKeySequence(key)[index] for index in range(QKeySequence(key).count())]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


def write(widget: QWidget, text: str) -> None:
    """Press the keys of a text. QTest knows those of ASCII alone."""
    for letter in text:
        if letter.isascii():
            QTest.keyClicks(widget, letter)
        else:
            none = Qt.KeyboardModifier.NoModifier
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(widget, QKeyEvent(kind, 0, none, letter))


def places(panel: Panel, command: Command) -> list[QWidget]:
    """Widgets at which the keys of a command are pressed."""
    scope = command.scope
    if command.id in IN_BROWSER:
        return [panel.effects.browser.list]
    stage = [panel.preview]
    everywhere = [panel.strip, *stage, panel._more]
    if scope is Scope.QUEUE:
        panel.side.show_page("queue")
        return [one for one in panel.job_list.findChildren(QAbstractItemView) if takes_focus(one)]
    return {Scope.TIMELINE: [panel.strip], Scope.VIEWER: stage}.get(scope, everywhere)


def takes_focus(widget: QWidget) -> bool:
    policy = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(policy) and widget.isVisible() and widget.isEnabled()


def by_keys(panel: Panel, recorder: Recorder, command: Command) -> None:
    found = places(panel, command)
    assert found, command.id
    for widget in found:
        for key in panel.keymap.keys(command.id):
            if widget is panel._more and key.endswith(("Space", "Return", "Enter")):
                continue  # which press the button
            widget.setFocus()
            assert QApplication.focusWidget() is widget
            recorder.ran.clear()
            press(widget, key)
            assert recorder.ran == [command.id], (command.id, key, widget)


def by_palette(panel: Panel, recorder: Recorder, command: Command) -> None:
    place = places(panel, command)[0]
    place.setFocus()
    recorder.ran.clear()
    palette = panel.keyboard.palette
    palette.open()
    assert QApplication.focusWidget() is palette.field
    write(palette.field, command.name)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert recorder.ran == [command.id], command.id
    assert not palette.is_open
    assert QApplication.focusWidget() is place


@pytest.mark.parametrize("way", [by_keys, by_palette])
def test_every_command_is_run_once_by_its_keys_and_by_the_palette(
    qtbot: QtBot,
    recorded: Panel,
    recorder: Recorder,
    way: Callable[[Panel, Recorder, Command], None],
) -> None:
    todo = {command.id: command for command in recorded.commands}
    for state in STATES:
        leave = state(qtbot, recorded)
        recorded._refresh()
        for command in list(todo.values()):
            if command.enabled():
                way(recorded, recorder, command)
                del todo[command.id]
        if leave is not None:
            leave()
    never = "\n".join(sorted(set(todo) ^ set(CANNOT)))
    assert not never, f"never enabled, or said to be so and was:\n{never}"


def test_a_command_that_cannot_be_done_is_not_run(recorded: Panel, recorder: Recorder) -> None:
    undo = recorded.actions_by_id["undo"]
    assert not undo.isEnabled()
    recorded.strip.setFocus()
    press(recorded.strip, "Ctrl+Z")
    assert not recorder.ran


def test_the_menu_holds_every_command_once(recorded: Panel, recorder: Recorder) -> None:
    menu = recorded._more.menu()
    menu.aboutToShow.emit()
    groups = [one.menu() for one in menu.actions() if one.menu()]
    items = [item for group in groups for item in group.actions()]
    assert sorted(one.objectName() for one in items) == sorted(one.id for one in recorded.commands)
    by_id = {one.objectName(): one for one in items}
    assert by_id["open"].text() == "Open…\tCtrl+O"
    assert not by_id["undo"].isEnabled()
    by_id["open"].trigger()
    assert recorder.ran == ["open"]
    menu.aboutToShow.emit()  # and again, with nothing of before
    assert len([one for one in menu.actions() if one.menu()]) == len(groups)
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, 52)  # what is deleted later
    assert len(menu.findChildren(QMenu)) == len(groups)


FIELDS: dict[str, tuple[Callable[[], QWidget], str]] = {
    # What has the focus, and the keys that it needs: no command gets them.
    "text": (QLineEdit, "I O X D Space Left Home ? + - \\ J K L"),
    "number": (QSpinBox, "Up Down Left Home 1 -"),
    "list": (QListWidget, "I O Up Down Home End Space Return"),
    "choice": (QComboBox, "I O Up Down Space"),
    "slider": (lambda: QSlider(Qt.Orientation.Horizontal), "Left Right Home End PgUp"),
    "button": (lambda: QPushButton("x"), "Space"),
    "switch": (lambda: QCheckBox("x"), "Space"),
    "tabs": (QTabBar, "Left Right"),
}


@pytest.mark.parametrize("kind", FIELDS)
def test_the_widget_with_the_focus_keeps_the_keys_it_needs(
    recorded: Panel, recorder: Recorder, kind: str
) -> None:
    make, keys = FIELDS[kind]
    widget = make()
    widget.setParent(recorded)
    widget.show()
    widget.setFocus()
    assert QApplication.focusWidget() is widget
    # Every key below stands for a command that works everywhere.
    ids = [one.id for one in recorded.commands if one.scope in (Scope.PANEL, Scope.PICTURE)]
    everywhere = [id for id in ids if recorded.actions_by_id[id].isEnabled()]
    for id, key in zip(everywhere, keys.split(), strict=False):
        recorded.keymap.give(id, (key,))
        recorder.ran.clear()
        press(widget, key)
        assert not recorder.ran, (kind, key)
        recorded.strip.setFocus()
        press(recorded.strip, key)
        assert recorder.ran == [id], (kind, key)
        widget.setFocus()
    recorded.keymap.reset_all()


@pytest.mark.parametrize("kind", ["slider", "button", "switch", "tabs"])
def test_marks_and_transport_work_wherever_nothing_is_typed(
    recorded: Panel, recorder: Recorder, kind: str
) -> None:
    widget = FIELDS[kind][0]()
    widget.setParent(recorded)
    widget.show()
    widget.setFocus()
    letters = [
        (key, one.id)
        for one in recorded.commands
        for key in recorded.keymap.keys(one.id)
        if one.scope in (Scope.PICTURE, Scope.PANEL) and len(key) == 1 and key.isalpha()
        if recorded.actions_by_id[one.id].isEnabled()
    ]
    assert {"I", "O"} <= {key for key, _ in letters}
    for key, id in letters:
        recorder.ran.clear()
        press(widget, key)
        assert recorder.ran == [id], key


def test_an_open_list_of_choices_has_the_keys_and_shows_every_choice(
    qtbot: QtBot, recorded: Panel, recorder: Recorder
) -> None:
    page = QWidget(recorded)
    page.setObjectName("effects_page")  # where the style has rules of its own
    (scale,) = [one for one in catalog.find("upscale").fields() if one.name == "scale"]
    pick = Pick(scale, {})
    pick.setParent(page)
    page.resize(200, 60)
    page.show()
    (box,) = pick.findChildren(DropDown)
    box.setFocus()
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    assert view.verticalScrollBar().maximum() == 0
    last = view.visualRect(view.model().index(1, 0))
    assert last.bottom() < view.viewport().height()
    for key in ("I", "Ctrl+K", "Down"):  # marks, finds a command, goes to the next clip
        press(view, key)
        assert not recorder.ran, key
    press(view, "Return")
    assert box.currentText() == "4"
    assert not recorder.ran


@pytest.mark.parametrize("field", [QLineEdit, QSpinBox, QComboBox, QListWidget])
def test_commands_with_modifiers_work_from_every_field(
    recorded: Panel, recorder: Recorder, field: type[QWidget]
) -> None:
    widget = field(recorded)
    widget.show()
    widget.setFocus()
    for id in ("palette", "preferences", "next_area", "step_back", "open"):
        recorder.ran.clear()
        press(widget, recorded.keymap.keys(id)[0])
        assert recorder.ran == [id], id


def test_keys_follow_the_keymap_at_once(recorded: Panel, recorder: Recorder) -> None:
    recorded.strip.setFocus()
    recorded.keymap.give("open", ("F5", "Ctrl+Alt+O"))
    assert "F5" in recorded.actions_by_id["open"].toolTip()
    for key, ran in (("F5", ["open"]), ("Ctrl+Alt+O", ["open"]), ("Ctrl+O", [])):
        recorder.ran.clear()
        press(recorded.strip, key)
        assert recorder.ran == ran, key
    recorded.keymap.reset_all()
    press(recorded.strip, "Ctrl+O")
    assert recorder.ran == ["open"]


def test_f6_goes_round_the_areas_and_comes_back_to_where_it_was(
    qtbot: QtBot, open_panel: Panel
) -> None:
    panel = open_panel
    a_notice(qtbot, panel)
    panel.strip.setFocus()
    areas = [panel.strip, panel.stage, panel.side, panel.notices]
    seen = []
    for _ in areas:
        press(QApplication.focusWidget(), "F6")
        focus = QApplication.focusWidget()
        seen.append(next(one for one in areas if one is focus or one.isAncestorOf(focus)))
    assert seen == [*areas[1:], areas[0]]
    press(panel.strip, "Shift+F6")
    assert panel.notices.isAncestorOf(QApplication.focusWidget())
    press(QApplication.focusWidget(), "Shift+F6")
    button = panel._side_buttons[-1]
    button.setFocus()
    press(button, "F6")
    press(QApplication.focusWidget(), "Shift+F6")
    assert QApplication.focusWidget() is button


def test_esc_leads_back_to_the_timeline_step_by_step(qtbot: QtBot, open_panel: Panel) -> None:
    panel, board = open_panel, open_panel.session.board
    for topic in ("one", "two"):
        board.notify(Notice(Kind.INFO, topic, f"{topic}.", lasting=True))
    tool = [True]
    panel.keyboard.areas.add_step(lambda: bool(tool) and tool.pop())
    button = panel._side_buttons[0]
    button.setFocus()
    steps = []
    for _ in range(5):
        press(QApplication.focusWidget(), "Esc")
        steps.append((len(tool), len(board.notices), QApplication.focusWidget() is panel.strip))
    assert steps[0] == (0, 2, False)
    assert steps[1:4] == [(0, 1, False), (0, 0, False), (0, 0, True)]
    assert steps[4] == (0, 0, True)
    field = QLineEdit(panel.side)
    field.show()
    field.setFocus()
    board.notify(Notice(Kind.INFO, "one", "one.", lasting=True))
    press(field, "Esc")  # out of a field first: the notice stays
    assert QApplication.focusWidget() is panel.strip
    assert board.notices


def test_the_cheat_sheet_lists_every_command_and_is_narrowed(
    qtbot: QtBot, open_panel: Panel, tmp_path: Path
) -> None:
    panel = open_panel
    sheet = panel.keyboard.sheet
    panel.strip.setFocus()
    press(panel.strip, "?")
    assert sheet.is_open
    assert sorted(sheet.shown()) == sorted(one.id for one in panel.commands)
    scopes = {one.id: one.scope for one in panel.commands}
    assert scopes[sheet.shown()[0]] in (Scope.TIMELINE, Scope.PICTURE)  # the focus is there
    QTest.keyClicks(sheet.field, "mark in")
    assert sheet.shown() == ["mark_in"]
    press(sheet.field, "?")
    assert not sheet.is_open
    assert QApplication.focusWidget() is panel.strip
    page = tmp_path / "keys.html"
    panel.keyboard.save_page(page)
    qtbot.waitUntil(page.exists)
    text = page.read_text(encoding="utf-8")
    assert all(key in text for key in ("<kbd>Ctrl+K</kbd>", "<kbd>I</kbd>", "Command palette"))


def test_no_key_reaches_the_panel_below_an_overlay(recorded: Panel, recorder: Recorder) -> None:
    recorded.strip.setFocus()
    overlays = (recorded.keyboard.sheet, recorded.keyboard.preferences, recorded.keyboard.palette)
    for overlay in overlays:
        overlay.open()
        for _ in range(12):
            focus = QApplication.focusWidget()
            assert overlay is focus or overlay.isAncestorOf(focus)
            for key in ("I", "Ctrl+Z", "Ctrl+O", "Left", "F6"):
                press(focus, key)
            QTest.keyClick(focus, Qt.Key.Key_Tab)
        assert not recorder.ran
        assert sum(one.is_open for one in overlays) == 1
    press(QApplication.focusWidget(), "Esc")
    assert QApplication.focusWidget() is recorded.strip


def test_the_overlays_keys_work_from_each_other(open_panel: Panel) -> None:
    keyboard = open_panel.keyboard
    open_panel.strip.setFocus()
    press(open_panel.strip, "Ctrl+K")
    assert keyboard.palette.is_open
    press(keyboard.palette.field, "Ctrl+,")
    assert (keyboard.palette.is_open, keyboard.preferences.is_open) == (False, True)
    press(QApplication.focusWidget(), "Ctrl+K")
    assert (keyboard.palette.is_open, keyboard.preferences.is_open) == (True, False)
    press(keyboard.palette.field, "Ctrl+K")
    assert not keyboard.palette.is_open
    assert QApplication.focusWidget() is open_panel.strip


def test_a_click_beside_an_overlay_closes_it(qtbot: QtBot, open_panel: Panel) -> None:
    sheet = open_panel.keyboard.sheet
    sheet.open()
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=sheet.card.geometry().center())
    assert sheet.is_open
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not sheet.is_open


@pytest.mark.parametrize("size", [(420, 720), (420, 900), (900, 600), (1280, 800)])
def test_overlays_stay_inside_the_panel(open_panel: Panel, size: tuple[int, int]) -> None:
    keyboard = open_panel.keyboard
    for overlay in (keyboard.palette, keyboard.sheet, keyboard.preferences):
        overlay.open()
        open_panel.resize(*size)
        QApplication.processEvents()
        assert (open_panel.width(), open_panel.height()) == size
        assert overlay.rect().contains(overlay.card.geometry())
        for part in overlay.card.findChildren(QPushButton):
            if part.isVisible():
                assert part.width() >= part.minimumSizeHint().width(), part.text()
        overlay.dismiss()


def test_what_takes_the_focus_has_a_name(open_panel: Panel) -> None:
    keyboard = open_panel.keyboard
    overlays = (keyboard.palette, keyboard.sheet, keyboard.preferences)
    for overlay in overlays:
        overlay.open()
        for one in overlay.findChildren(QWidget):
            if takes_focus(one) and one.objectName() != "qt_spinbox_lineedit":
                assert one.accessibleName() or getattr(one, "text", str)(), one
        assert overlay.accessibleName()
        overlay.dismiss()


def test_a_fake_host_without_an_edit_leaves_the_keys_alive(panel: Panel, host: FakeHost) -> None:
    panel.strip.setFocus()
    press(panel.strip, "Ctrl+K")
    assert panel.keyboard.palette.is_open


def test_where_the_focus_is_is_seen(qtbot: QtBot, open_panel: Panel) -> None:
    """Of every widget that Tab can go to, on every page: with the focus it looks otherwise."""
    session = open_panel.session
    session.set_live(False)
    session.selection.select("V1", HOUR)
    unseen = []
    for page in ("effects", "versions", "queue"):
        open_panel.side.show_page(page)
        qtbot.wait(100)
        for widget in filter(takes_focus, open_panel.findChildren(QWidget)):
            other = open_panel.preview if widget is open_panel.strip else open_panel.strip
            looks = []
            for one in (widget, other):
                one.setFocus(Qt.FocusReason.TabFocusReason)
                QApplication.processEvents()
                box = widget.rect().translated(widget.mapTo(open_panel, QPoint()))
                looks.append(open_panel.grab(box.adjusted(-2, -2, 2, 2)).toImage())
            if looks[0] == looks[1]:
                name = widget.accessibleName() or widget.objectName()
                unseen.append(f"{page}: {type(widget).__name__} {name}")
    assert not unseen


def test_the_tab_that_has_the_focus_is_seen(qtbot: QtBot, open_panel: Panel) -> None:
    tabs = open_panel.side.tabs

    def ringed() -> int:
        image = tabs.grab().toImage()
        places = [(x, y) for x in range(image.width()) for y in range(image.height())]
        return sum(image.pixelColor(*one) == colour("focus") for one in places)

    open_panel.strip.setFocus()
    assert not ringed()
    tabs.setFocus()
    assert ringed() > 100


def test_space_plays_after_a_click_on_a_button(
    qtbot: QtBot, recorded: Panel, recorder: Recorder
) -> None:
    recorded.session.selection.select("V1", HOUR)
    render = recorded.findChild(QPushButton, "render_button")
    forward = recorded.actions_by_id["forward"].text()
    step = next(one for one in recorded.viewer.controls.parts() if one.accessibleName() == forward)
    for button, to in ((render, recorded.strip), (step, recorded.preview)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(to.hasFocus)
        recorder.ran.clear()
        press(to, "Space")
        assert recorder.ran == ["play"]
    render.setFocus()
    for key in ("Space", "Return", "Enter"):
        recorder.ran.clear()
        press(render, key)  # who came to it by keys means it
        assert recorder.ran == ["render"]
        assert render.hasFocus()
