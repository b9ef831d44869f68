"""The first start: three steps that tick themselves off, recent edits, the sample edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from opticals.errors import OpticalsError
from opticals_ui.memory import Memory
from opticals_ui.panel import Panel
from opticals_ui.session import Session
from opticals_ui.welcome import sample as sampling
from opticals_ui.welcome.recent import MOST
from opticals_ui.welcome.steps import Step


def kept(session: Session) -> list[str]:
    return Memory().get("recent", [])


def test_the_steps_tick_themselves_off(qtbot: QtBot, panel: Panel, edit: Path) -> None:
    session, stage = panel.session, panel.stage
    steps = session.beginning.steps
    assert stage.welcome.isVisible()
    assert not panel.preview.isVisible()
    assert (steps.done, steps.next) == (frozenset(), Step.OPEN)
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    assert not stage.welcome.isVisible()
    assert panel.preview.isVisible()
    assert stage.bar.isVisible()
    assert steps.next is Step.CHOOSE
    assert stage.bar._keys.text() == "Click a clip, or press D; Ctrl+3 finds an effect."
    panel.keymap.give("select", ("F3",))
    assert "press F3;" in stage.bar._keys.text()
    panel.keymap.give("select", ("D",))
    qtbot.waitUntil(panel.strip.hasFocus)
    qtbot.keyClick(panel.strip, Qt.Key.Key_D)
    assert steps.next is Step.RENDER
    session.selection.select_none()
    assert steps.next is Step.RENDER  # what was done once stays done
    session.selection.go_to("V1:1")
    panel.actions_by_id["render"].trigger()
    qtbot.waitUntil(lambda: steps.over)
    assert not stage.bar.isVisible()
    assert session.memory.get("first steps done", False)


def test_steps_that_are_over_do_not_come_back(qtbot: QtBot, panel: Panel) -> None:
    shown = panel.stage.welcome
    row = shown._rows[Step.OPEN]
    assert row.isVisible()
    qtbot.mouseClick(shown.dismiss, Qt.MouseButton.LeftButton)
    assert not row.isVisible()
    assert shown.open.isVisible()  # there is still something to open
    again = Panel(panel.session)
    qtbot.addWidget(again)
    assert again.session.beginning.steps.over
    assert Memory().get("first steps done", False)


def test_edits_that_were_open_are_remembered(qtbot: QtBot, panel: Panel, tmp_path: Path) -> None:
    session, recent = panel.session, panel.session.beginning.recent
    paths = [tmp_path / f"cut{number}.otio" for number in range(MOST + 2)]
    for path in paths:
        path.write_text("an edit")
        session.open(path)
        qtbot.waitUntil(lambda path=path: session.edit is not None and session.edit.path == path)
        qtbot.waitUntil(lambda: not session.busy)
    assert [one.path for one in recent.edits] == paths[:1:-1]
    assert kept(session) == [str(one) for one in paths[:1:-1]]
    session.open(paths[5])
    qtbot.waitUntil(lambda: session.edit is not None and session.edit.path == paths[5])
    assert recent.edits[0].path == paths[5]
    assert len(recent.edits) == MOST
    recent.clear()
    assert [one.path for one in recent.edits] == [paths[5]]  # the one that is open stays


def test_edits_of_one_name_are_told_apart_by_their_folders(
    qtbot: QtBot, panel: Panel, tmp_path: Path
) -> None:
    session = panel.session
    for folder in ("monday", "tuesday"):
        path = tmp_path / folder / "cut.otio"
        path.parent.mkdir()
        path.write_text("an edit")
        session.open(path)
        qtbot.waitUntil(lambda path=path: session.edit is not None and session.edit.path == path)
        qtbot.waitUntil(lambda: not session.busy)
    words = [one.text() for one in panel.stage.welcome.recent_buttons()]
    assert words[:2] == ["cut.otio · tuesday", "cut.otio · monday"]


def test_a_recent_edit_that_is_gone_is_greyed(
    qtbot: QtBot, start: Callable[[list[str]], Panel], edit: Path
) -> None:
    gone = edit.with_name("gone & lost.otio")
    panel = start([str(gone), str(edit)])
    recent = panel.session.beginning.recent
    qtbot.waitUntil(lambda: not recent.edits[0].there)
    first, second, clear = panel.stage.welcome.recent_buttons()
    assert not first.isEnabled()
    assert "gone && lost.otio" in first.text()
    assert second.isEnabled()
    menu = QMenu(panel)
    panel.stage.fill_menu(menu)
    assert [one.isEnabled() for one in menu.actions()] == [False, True, True, True]
    qtbot.keyClick(second, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: panel.session.edit is not None)
    assert panel.session.edit.path == edit
    qtbot.waitUntil(lambda: not panel.session.busy)
    menu.actions()[-1].trigger()
    assert kept(panel.session) == [str(edit)]
    assert not isinstance(clear, type(None))


def test_rubbish_in_the_memory_is_no_recent_edit(start: Callable[[list], Panel]) -> None:
    assert start([3, "", None, {}]).session.beginning.recent.edits == ()


@pytest.fixture
def start(qtbot: QtBot, host: object, tmp_path: Path) -> Callable[[list], Panel]:
    """Makes a panel that finds something in its memory."""
    sessions = []

    def made(recent: list) -> Panel:
        from .fakes import FakeWorker

        Memory().put("recent", recent)
        session = Session(host, lambda answer: FakeWorker(tmp_path, answer))
        sessions.append(session)
        panel = Panel(session)
        qtbot.addWidget(panel)
        panel.show()
        return panel

    yield made
    for session in sessions:
        session.close()


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, panel: Panel) -> Callable[[str], None]:
    """Puts other code in the place of what fetches the sample edit."""

    def put(code: str) -> None:
        process = panel.session.beginning.sample._process
        process.setArguments(["-c", code])

    return put


def test_the_sample_edit_is_opened_when_it_is_here(
    qtbot: QtBot, panel: Panel, edit: Path, program: Callable[[str], None]
) -> None:
    program(
        "import json, time\n"
        "print(json.dumps({'done': 1, 'total': 4}), flush=True)\n"
        "time.sleep(0.3)\n"
        f"print(json.dumps({{'edit': {str(edit)!r}}}))"
    )
    welcome = panel.stage.welcome
    qtbot.mouseClick(welcome.try_sample, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.session.beginning.sample.share == 0.25)
    assert welcome._progress.isVisible()
    qtbot.waitUntil(lambda: panel.session.edit is not None, timeout=10_000)
    assert panel.session.edit.path == edit
    assert not welcome._progress.isVisible()


def test_without_a_network_it_says_so(
    qtbot: QtBot, panel: Panel, program: Callable[[str], None]
) -> None:
    error = OpticalsError("No network.", "It is off.", "Turn it on.").to_json()
    program(f"import json; print(json.dumps({{'error': {error!r}}}))")
    panel.actions_by_id["sample"].trigger()
    board = panel.session.board
    qtbot.waitUntil(lambda: bool(board.notices), timeout=10_000)
    assert board.notices[0].what == "No network."
    program("raise SystemExit(3)")
    panel.actions_by_id["sample"].trigger()
    qtbot.waitUntil(lambda: "3" in board.notices[0].why, timeout=10_000)


def test_the_fetch_can_be_stopped(
    qtbot: QtBot, panel: Panel, program: Callable[[str], None]
) -> None:
    program("import time; time.sleep(60)")
    button = panel.stage.welcome.try_sample
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    sample = panel.session.beginning.sample
    assert sample.fetching
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not sample.fetching
    assert not panel.session.board.notices


def test_the_real_sample_edit(
    footage: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What the process does, with the films that are here."""
    import json

    import platformdirs

    from opticals import demo
    from opticals.models import packages

    monkeypatch.setattr(platformdirs, "user_videos_path", lambda: tmp_path)

    films = {name: footage(name).read_bytes() for name in demo.FILMS}

    def take(pip: str, member: str, sha256: str, target: Path, report: object) -> Path:
        target.write_bytes(films[Path(member).name])
        return target

    monkeypatch.setattr(packages, "take", take)
    sampling.main()
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    edit = Path(answer["edit"])
    assert edit.is_file()
    assert {one.name for one in (edit.parent / "media").iterdir()} == {
        f"{Path(name).stem}.mov" for name in demo.FILMS
    }


def test_the_welcome_is_usable_without_a_mouse(qtbot: QtBot, panel: Panel) -> None:
    parts: list[QWidget] = list(panel.stage.welcome.parts())
    assert parts
    for part in parts:
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert part.text() or part.accessibleName()
