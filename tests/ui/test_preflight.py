"""What a render will take stands above its button, always current, with what is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import opentimelineio as otio
import pytest
from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from opticals.errors import FieldsOpen, MediaError, SettingError
from opticals.rendering.estimate import Span
from opticals.rendering.forecast import Disk, Need
from opticals_plugin.file_host import FileHost
from opticals_ui.panel import Panel
from opticals_ui.preferences.storage import Storage
from opticals_ui.preflight import words
from opticals_ui.preflight.foreseer import Foreseer
from opticals_ui.session import Session
from tests.core.edits import clip, gap, timeline
from tests.core.films import numbered
from tests.screenshots.checks import problems

from .fakes import HOUR, FakeForeseer, FakeProjector, FakeWorker

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
WAIT = 60_000  # milliseconds: the process that answers starts with the first question


def line(panel: Panel) -> str:
    return plain(panel.preflight.words.text())


def plain(text: str) -> str:
    """A text without what keeps numbers and units on one line."""
    return text.replace("\u00a0", " ")


def said(panel: Panel) -> str:
    """All of the details."""
    content = panel.preflight.details.widget()
    lines = [one.text() for one in content.findChildren(QLabel)] if content else []
    return plain("\n".join(lines))


def current(qtbot: QtBot, panel: Panel) -> None:
    qtbot.waitUntil(lambda: not panel.session.preflight.stale, timeout=WAIT)


def test_the_line_follows_the_selection(qtbot: QtBot, open_panel: Panel) -> None:
    session = open_panel.session
    current(qtbot, open_panel)
    assert line(open_panel) == "Select what is to be rendered."
    session.selection.select("V1", HOUR)
    assert session.preflight.stale
    current(qtbot, open_panel)
    assert line(open_panel) == "100 frames · about 2 min · 100 MB"
    session.selection.mark("V1", HOUR + 10, HOUR + 29)
    current(qtbot, open_panel)
    assert line(open_panel) == "20 frames · about 20 s · 20 MB"
    wraps = open_panel.preflight.words.text()  # between facts, not between a number and its unit
    facts = ["20\u00a0frames\u00a0·", "about", "20\u00a0s\u00a0·", "20\u00a0MB"]
    assert wraps.split(" ") == facts


def test_many_changes_are_one_question(
    qtbot: QtBot, open_panel: Panel, foreseer: FakeForeseer
) -> None:
    current(qtbot, open_panel)
    asked = len(foreseer.asked)
    for frame in range(0, 90, 5):
        open_panel.session.selection.mark("V1", HOUR, HOUR + frame)
    current(qtbot, open_panel)
    assert len(foreseer.asked) == asked + 1
    assert foreseer.asked[-1][0].shot.frames == 86


def test_the_delivery_counts(qtbot: QtBot, open_panel: Panel, foreseer: FakeForeseer) -> None:
    session = open_panel.session
    session.selection.select("V1", HOUR)
    current(qtbot, open_panel)
    session.choice.deliver(draft=True)
    current(qtbot, open_panel)
    assert foreseer.asked[-1][0].output.draft
    session.choice.choose("slow_motion")
    current(qtbot, open_panel)
    assert foreseer.asked[-1][0].recipe.name == "slow_motion"


def test_a_gap_is_told_before_render_is_pressed(qtbot: QtBot, open_panel: Panel) -> None:
    render = open_panel.actions_by_id["render"]
    open_panel.session.selection.mark("V1", HOUR + 90, HOUR + 130)
    assert render.isEnabled()  # nothing is held back by what is not known yet
    current(qtbot, open_panel)
    assert line(open_panel) == "The range holds a gap."
    assert not render.isEnabled()
    open_panel.session.selection.mark("V1", HOUR, HOUR + 30)
    assert render.isEnabled()


@pytest.mark.parametrize(
    ("error", "possible"),
    [
        (MediaError("It is broken.", "It ends early.", "Copy it again."), False),
        (SettingError("remove needs a mask.", "", "Set mask."), False),
        (FieldsOpen("It is interlaced.", "", "Deinterlace it.", "/media.mov"), True),
    ],
)
def test_render_stays_possible_unless_it_cannot_work(
    qtbot: QtBot, open_panel: Panel, foreseer: FakeForeseer, error: MediaError, possible: bool
) -> None:
    foreseer.error = error
    open_panel.session.selection.select("V1", HOUR)
    current(qtbot, open_panel)
    assert line(open_panel) == error.what
    assert open_panel.actions_by_id["render"].isEnabled() is possible
    qtbot.keyClick(open_panel.strip, Qt.Key.Key_I, CTRL)
    assert error.remedy in said(open_panel)
    buttons = [one.text() for one in open_panel.preflight.details.findChildren(QPushButton)]
    assert buttons == (["Deinterlace", "Keep fields"] if possible else [])


def test_a_missing_model_can_be_had_from_the_line(
    qtbot: QtBot, open_panel: Panel, foreseer: FakeForeseer, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, pulled = open_panel.session, []
    monkeypatch.setattr(session.fetching, "get", pulled.append)
    foreseer.missing = (
        Need("rife", "RIFE", 35_037_125, "MIT", True),
        Need("isnet", "IS-Net", 88_188_479, "LicenseRef-check", False, allowed=False),
    )
    session.selection.select("V1", HOUR)
    current(qtbot, open_panel)
    assert "needs 2 models (123 MB)" in line(open_panel)
    assert open_panel.actions_by_id["render"].isEnabled()
    qtbot.mouseClick(open_panel.preflight.get, LEFT)
    qtbot.keyClick(open_panel.strip, Qt.Key.Key_G, CTRL | ALT)
    assert pulled == ["rife", "rife"]
    qtbot.keyClick(open_panel.strip, Qt.Key.Key_I, CTRL)
    assert "RIFE must be fetched: 35 MB, MIT" in said(open_panel)
    assert "IS-Net may not be used: LicenseRef-check" in said(open_panel)
    get = open_panel.preflight.details.findChildren(QPushButton)
    assert [one.text() for one in get] == ["Get"]


def test_a_disk_that_is_too_small(
    qtbot: QtBot, open_panel: Panel, foreseer: FakeForeseer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it is said to do, buttons do."""
    session, saving = open_panel.session, []
    monkeypatch.setattr(open_panel.session.saving, "save", lambda *given: None)
    session.saving.wanted.connect(saving.append)
    foreseer.disks = (Disk("/renders", "renders", 2 << 30, 1 << 30),)
    session.selection.select("V1", HOUR)
    current(qtbot, open_panel)
    qtbot.keyClick(open_panel.strip, Qt.Key.Key_I, CTRL)
    assert "save the edit on another disk" in said(open_panel)
    room, elsewhere = open_panel.preflight.details.findChildren(QPushButton)
    qtbot.mouseClick(elsewhere, LEFT)
    assert saving == [None]
    dialog = open_panel.findChild(QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.reject()
    qtbot.mouseClick(room, LEFT)
    assert isinstance(open_panel.keyboard.preferences.page, Storage)
    assert open_panel.keyboard.preferences.is_open


def test_the_details_open_and_close_by_key_and_mouse(qtbot: QtBot, open_panel: Panel) -> None:
    line_, details = open_panel.preflight, open_panel.preflight.details
    open_panel.session.selection.select("V1", HOUR)
    current(qtbot, open_panel)
    qtbot.keyClick(open_panel.strip, Qt.Key.Key_I, CTRL)
    assert details.isVisible()
    assert line_.toggle.hasFocus()
    assert "V1:1 bikes · about 2 min · 100 MB" in said(open_panel)
    assert "Measured on renders made here." in said(open_panel)
    open_panel.session.selection.mark("V1", HOUR, HOUR + 9)
    current(qtbot, open_panel)
    assert "V1:1 bikes · about 10 s · 10 MB" in said(open_panel)
    qtbot.keyClick(line_.toggle, Qt.Key.Key_Space)
    assert not details.isVisible()
    qtbot.mouseClick(line_.words, LEFT)
    assert details.isVisible()


@pytest.mark.parametrize("size", [(1280, 800), (420, 900)])
def test_the_details_take_no_room_from_the_timeline(
    qtbot: QtBot, open_panel: Panel, foreseer: FakeForeseer, size: tuple[int, int]
) -> None:
    """They scroll, by keys too."""
    why = "\n".join(f"reason {one}" for one in range(30))
    foreseer.error = FieldsOpen("It is interlaced.", why, "Deinterlace it.", "/media.mov")
    open_panel.resize(*size)
    open_panel.session.selection.select("V1", HOUR)
    current(qtbot, open_panel)
    qtbot.wait(50)
    strip = open_panel.strip
    before = strip.height()
    qtbot.keyClick(strip, Qt.Key.Key_I, CTRL)
    qtbot.wait(50)
    details = open_panel.preflight.details
    assert details.isVisible()
    assert details.height() >= 80
    bar = details.verticalScrollBar()
    assert bar.maximum() > 0
    details.setFocus()
    qtbot.keyClick(details, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    assert problems(open_panel.side) == []  # nor do they lie over the page
    # a narrow panel keeps the ruler and a track
    assert strip.height() == before or (size[0] == 420 and strip.height() >= 80)


def test_no_process_begins_when_all_is_over(qtbot: QtBot) -> None:
    foreseer = Foreseer()
    foreseer.ask((), "fit", print, print)
    (process,) = foreseer.findChildren(QProcess)
    foreseer.close()
    assert process.state() is QProcess.ProcessState.NotRunning
    foreseer.ask((), "fit", print, print)  # the host answered late
    left = [one for one in foreseer.findChildren(QProcess) if one is not process]
    assert not left


def test_spans_in_words() -> None:
    assert words.span(Span(100, 120, 180)) == "about 2 min"
    assert words.span(Span(60, 120, 600)) == "1 min to 10 min"
    assert words.span(Span(0.1, 0.5, 1.2)) == "about 1 s"


@pytest.fixture
def real(qtbot: QtBot, qapp: object, tmp_path: Path) -> Iterator[Session]:
    """A session over a real edit and the real process: two clips, a gap, and one that is lost."""
    film = numbered(tmp_path / "film.mov", 100, timecode="01:00:00:00")
    items = [
        clip("one", film, 10, 30),
        clip("two", film, 50, 20),
        gap(10),
        clip("lost", tmp_path / "lost.mov", 0, 20),
    ]
    edit = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline(("Video", items)), str(edit))
    session = Session(
        FileHost(),
        lambda heard: FakeWorker(tmp_path, heard),
        lambda heard: FakeProjector(tmp_path, heard),
    )
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None, timeout=WAIT)
    session.choice.choose("copy")
    yield session
    session.close()


def test_the_real_process_answers(qtbot: QtBot, real: Session) -> None:
    preflight, selection = real.preflight, real.selection
    start = real.edit.start
    selection.mark("V1", start, start + 49)
    qtbot.waitUntil(lambda: preflight.forecast is not None and not preflight.stale, timeout=WAIT)
    found = preflight.forecast
    assert [one.asked for one in found.items] == [30, 20]
    assert words.summary(found).startswith("2 clips · ")
    assert found.possible
    assert found.disks[0].free > 0
    selection.go_to("V1:3")
    qtbot.waitUntil(lambda: preflight.problem is not None, timeout=WAIT)
    assert "offline" in preflight.problem.what
    assert not preflight.possible
    selection.go_to("V1:1")
    qtbot.waitUntil(lambda: preflight.problem is None and not preflight.stale, timeout=WAIT)
    assert preflight.possible


def test_a_process_that_dies_is_started_again(qtbot: QtBot, real: Session) -> None:
    preflight = real.preflight
    real.selection.go_to("V1:1")
    qtbot.waitUntil(lambda: preflight.forecast is not None and not preflight.stale, timeout=WAIT)
    foreseer = preflight._foreseer
    assert isinstance(foreseer, Foreseer)
    foreseer._process.kill()
    qtbot.waitUntil(lambda: foreseer._process is None, timeout=WAIT)
    real.selection.go_to("V1:2")
    qtbot.waitUntil(
        lambda: not preflight.stale and preflight.forecast.items[0].shot == "V1:2", timeout=WAIT
    )
