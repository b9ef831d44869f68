"""What the selected clip's medium is, beside the form, and how it is read: real media, really
looked into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
from PySide6.QtCore import QPoint, QProcess, QRect, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from opticals.errors import FieldsOpen
from opticals.media.facts import Interpretation
from opticals.media.read.probe import probe
from opticals.media.words import in_short
from opticals.media.write.formats import CHOICES, CONTAINERS, DEFAULT_FORMAT, FORMATS
from opticals_ui.effects.choice import Choice
from opticals_ui.effects.form import Form
from opticals_ui.effects.medium_words import in_words
from opticals_ui.look import language
from opticals_ui.panel import Panel
from opticals_ui.queue.jobs import State
from opticals_ui.session import Session

from ..core.films import numbered
from .fakes import HOUR, RATE, FakeHost, FakeWorker, track
from .queue_rows import press

LEFT = Qt.MouseButton.LeftButton
Show = Callable[..., None]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return numbered(
        tmp_path / "A001_C003_a_name_as_long_as_those_that_cameras_give_0915AB_v001.mov",
        5,
        codec="prores_ks",
        pixel_format="yuv422p10le",
        options={"profile": "3"},
        timecode="10:00:00:00",
        reel="A001_C003",
        tags=(1, 1, 1, 1),
    )


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return numbered(
        tmp_path / "tape.mov",
        5,
        codec="prores_ks",
        pixel_format="yuv422p10le",
        interlaced=True,
    )


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A sequence of which the second picture is gone."""
    for number in (1001, 1003):
        picture = oiio.ImageBuf(np.full((32, 64, 3), 0.5, dtype=np.float32))
        assert picture.write(str(tmp_path / f"plate.{number}.exr"), "half")
    return tmp_path / "plate.%04d.exr"


@pytest.fixture
def show(qtbot: QtBot, open_panel: Panel, host: FakeHost, edit: Path) -> Show:
    """Opens an edit of clips of these media on V1, 50 frames each, and selects the first."""

    def shown(*media: Path, wait: bool = True) -> None:
        session = open_panel.session
        lane = track("V1", *((medium.stem, 50) for medium in media))
        items = zip(lane.items, media, strict=True)
        items = tuple(replace(item, path=medium, original=medium) for item, medium in items)
        host.tracks = (replace(lane, items=items), track("A1", ("mix", 200)))
        before = session.edit
        session.open(edit)
        qtbot.waitUntil(lambda: session.edit is not before and not session.busy)
        select(qtbot, session, 0, wait=wait)

    return shown


def select(qtbot: QtBot, session: Session, index: int, *, wait: bool = True) -> None:
    session.selection.select("V1", HOUR + 50 * index)
    source = session.source
    if wait:
        qtbot.waitUntil(lambda: bool(source.facts or source.error), timeout=20_000)


def words(panel: Panel) -> list[str]:
    facts = panel.inspector.facts
    labels = (facts.usual, facts.unusual)
    return [line for one in labels for line in one.accessibleName().splitlines()]


def button(panel: QWidget, text: str) -> QPushButton:
    return next(one for one in panel.findChildren(QPushButton) if one.text() == text)


def assert_nothing_is_cut(panel: Panel) -> None:
    inspector = panel.inspector
    content = inspector.widget()
    assert content.width() <= inspector.viewport().width()
    for label in inspector.findChildren(QLabel):
        if label.text() and label.isVisible():
            place = QRect(label.mapTo(content, QPoint()), label.size())
            assert content.rect().contains(place), label.text()
            flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else 0
            box = QRect(0, 0, label.width(), 10_000)
            needed = label.fontMetrics().boundingRect(box, flags, label.text())
            assert needed.width() <= label.width(), label.text()
            assert needed.height() <= label.height() + 1, label.text()
    for box in inspector.findChildren(QComboBox):
        if box.isVisible():
            assert box.width() - 40 >= box.fontMetrics().horizontalAdvance(box.currentText())


def test_the_facts_are_those_of_the_command(
    qtbot: QtBot, open_panel: Panel, show: Show, film: Path
) -> None:
    show(film)
    assert words(open_panel) == list(in_short(probe(film, RATE)))
    assert words(open_panel)[0].startswith("ProRes 422 HQ · 128x96 · 25 fps · 10-bit 4:2:2")
    assert "reel A001_C003" in words(open_panel)[1]
    assert not open_panel.inspector.reading.rows.keys() & {"fields", "missing"}


@pytest.mark.parametrize("width", [420, 1280])
def test_nothing_of_them_is_cut(
    qtbot: QtBot, open_panel: Panel, show: Show, film: Path, tape: Path, pictures: Path, width: int
) -> None:
    broken = film.with_name(f"{film.stem}_broken.mov")
    broken.write_bytes(film.read_bytes()[:2000])
    show(film, tape, pictures, broken)
    open_panel.resize(width, 900)
    for index in range(4):
        select(qtbot, open_panel.session, index)
        for _ in range(5):
            QApplication.processEvents()
        assert_nothing_is_cut(open_panel)
    assert broken.name in words(open_panel)[0]
    assert not open_panel.session.board.notices  # it is said quietly, beside the form
    for format in sorted(CHOICES, key=lambda id: len(CHOICES[id]))[-3:]:
        open_panel.session.choice.deliver(format=format, target="resolve")
        QApplication.processEvents()
        assert_nothing_is_cut(open_panel)


def test_what_the_selection_moved_on_from_is_dropped(
    qtbot: QtBot, open_panel: Panel, show: Show, film: Path, tape: Path
) -> None:
    session = open_panel.session
    show(film, tape, wait=False)
    qtbot.waitUntil(lambda: bool(session.source.findChildren(QProcess)))
    (first,) = session.source.findChildren(QProcess)
    ends: list[QProcess.ExitStatus] = []
    first.finished.connect(lambda _, status: ends.append(status))
    heard = []
    session.source.changed.connect(lambda: heard.append(session.source.facts))
    select(qtbot, session, 1)
    assert words(open_panel) == list(in_short(probe(tape, RATE)))
    assert {one.path for one in heard if one} == {str(tape)}
    assert ends == [QProcess.ExitStatus.CrashExit]  # it was stopped
    select(qtbot, session, 0, wait=False)
    assert words(open_panel) == ["Looking…"]  # what was stopped said nothing of it
    session.selection.select("A1", HOUR)
    assert open_panel.inspector.facts.isHidden()


def test_no_process_outlives_the_session(
    qtbot: QtBot, open_panel: Panel, show: Show, film: Path, tape: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Neither one that was left a moment ago, nor one that begins when all is over."""
    session = open_panel.session
    show(film, tape, wait=False)
    qtbot.waitUntil(lambda: bool(session.source.findChildren(QProcess)))
    session.selection.go_to("A1:1")  # whose medium is another: the process is left
    running = session.source.findChildren(QProcess)
    session.close()
    monkeypatch.setattr(session, "close", lambda: None)
    assert running
    assert not any(one.state() is not QProcess.ProcessState.NotRunning for one in running)
    select(qtbot, session, 1, wait=False)
    qtbot.wait(500)
    left = session.findChildren(QProcess)
    assert not any(one.state() is not QProcess.ProcessState.NotRunning for one in left)


def test_a_file_that_became_another_is_looked_into_again(
    qtbot: QtBot, open_panel: Panel, show: Show, film: Path, tape: Path
) -> None:
    show(film, tape)
    select(qtbot, open_panel.session, 1)
    film.unlink()
    select(qtbot, open_panel.session, 0)
    qtbot.waitUntil(lambda: open_panel.session.source.error is not None, timeout=20_000)
    assert words(open_panel)[0] == f"{film.name} is missing."


def test_how_a_medium_is_read_goes_with_each_of_its_jobs(
    qtbot: QtBot,
    open_panel: Panel,
    show: Show,
    workers: list[FakeWorker],
    tape: Path,
    pictures: Path,
) -> None:
    session, rows = open_panel.session, open_panel.inspector.reading
    show(tape, pictures, tape)
    assert set(rows.rows) == {"fields", "colour_space"}
    rows.rows["fields"].control.set_value("keep")
    rows.rows["colour_space"].control.set_value("ARRI LogC4")
    select(qtbot, session, 1)
    assert set(rows.rows) == {"missing", "colour_space"}
    assert rows.rows["colour_space"].control.value() == ""
    rows.rows["missing"].control.set_value("hold")
    session.selection.mark("V1", HOUR + 40, HOUR + 109)
    session.render()
    qtbot.waitUntil(lambda: len(workers[0].jobs) == 3 and not session.busy)
    of_tape = Interpretation("keep", "ARRI LogC4")
    read = [job.interpretation for job in workers[0].jobs]
    assert read == [of_tape, Interpretation(missing="hold"), of_tape]
    select(qtbot, session, 2)
    assert rows.rows["fields"].control.value() == "keep"


@pytest.mark.parametrize(
    ("label", "fields"), [("Deinterlace", "deinterlace"), ("Keep fields", "keep")]
)
def test_the_fields_can_be_chosen_where_they_stop_a_render(
    qtbot: QtBot,
    open_panel: Panel,
    host: FakeHost,
    workers: list[FakeWorker],
    label: str,
    fields: str,
) -> None:
    session = open_panel.session
    workers[0].interlaced = True
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: bool(session.board.notices))
    assert isinstance(session.jobs.views[0].error, FieldsOpen)
    qtbot.keyClick(open_panel, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    chosen = button(open_panel.notices, label)
    while open_panel.focusWidget() is not chosen:
        qtbot.keyClick(open_panel.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(chosen, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not session.busy)
    assert [job.interpretation.fields for job in workers[0].jobs] == ["", fields]
    assert len(session.jobs.views) == 1


def test_and_where_they_stop_a_preview(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    workers[0].interlaced = True
    session.selection.select("V1", HOUR)
    session.preview()
    qtbot.waitUntil(lambda: bool(session.board.notices))
    qtbot.mouseClick(button(open_panel.notices, "Deinterlace"), LEFT)
    qtbot.waitUntil(lambda: not session.viewing.after.isNull())
    assert not session.board.notices
    session.choice.interpret("/media.mov", fields="keep")
    assert "changed since" in session.viewing.words


def test_a_retry_reads_the_medium_as_is_chosen_now(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    workers[0].interlaced = True
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: bool(session.jobs.views) and session.jobs.views[0].failed)
    session.choice.interpret("/media.mov", fields="keep")
    press(qtbot, open_panel, "queue_retry")
    qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)


def test_a_render_that_is_a_sequence_is_listed_and_placed(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    workers[0].suffix = ".%04d.exr"
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(
        lambda: bool(session.jobs.views) and session.jobs.views[0].state is State.PLACED
    )
    render = session.jobs.views[0].render
    assert session.model.find("V1:1").version == render.name
    assert "%" not in render.name
    open_panel.grab()


def test_the_delivery_offers_what_the_format_can_be_in(open_panel: Panel) -> None:
    choice, rows = open_panel.session.choice, open_panel.inspector.delivery.rows
    assert choice.delivery.format == DEFAULT_FORMAT
    assert rows["format"].findChild(QComboBox).currentIndex() == 0
    assert rows["container"].isHidden()
    for format in FORMATS.values():
        rows["format"].control.set_value(format.id)
        box = rows["container"].findChild(QComboBox)
        offered = [box.itemText(index).removesuffix(" (usual)") for index in range(box.count())]
        assert offered == [CONTAINERS[name].label for name in format.containers]
        assert rows["container"].isHidden() == (len(offered) == 1)
        assert choice.delivery.container in ("", *format.containers)
        rows["container"].control.set_value(box.itemData(box.count() - 1))
    rows["format"].control.set_value("prores_hq")
    rows["container"].control.set_value("mxf")
    rows["format"].control.set_value("dnxhr_hq")
    assert choice.delivery.container == "mxf"  # which it can be in too
    rows["format"].control.set_value("h264")
    assert choice.delivery.container == ""


def test_the_delivery_is_part_of_the_job(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    session.choice.deliver(format="prores_4444", container="mxf", target="premiere")
    rows = open_panel.inspector.delivery.rows
    shown = [rows[name].control.value() for name in ("format", "container", "target")]
    assert shown == ["prores_4444", "mxf", "premiere"]
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: len(workers[0].jobs) == 1)
    output = workers[0].jobs[0].output
    assert [output.format, output.container, output.target] == shown


def test_any_colour_space_can_be_typed(qtbot: QtBot, open_panel: Panel, tape: Path, show) -> None:
    show(tape)
    choice: Choice = open_panel.session.choice
    row = open_panel.inspector.reading.rows["colour_space"]
    box = row.findChild(QComboBox)
    assert box.accessibleName() == "Colour space"
    box.setFocus()
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), "Studio Log")
    assert choice.interpretation(tape).colour_space == "Studio Log"
    row.reset()
    assert box.currentText() == "As tagged"
    assert choice.interpretation(tape).colour_space == ""


def test_tab_goes_from_the_top_to_the_bottom(
    qtbot: QtBot, open_panel: Panel, show: Show, tape: Path
) -> None:
    show(tape)
    session, inspector = open_panel.session, open_panel.inspector
    session.choice.choose("upscale")
    session.choice.deliver(format="prores_hq")
    inspector.stack.add.setFocus()
    heights = []
    render = button(open_panel, "Render")
    forms: dict[Form, int] = {inspector.form: 0, inspector.reading: 0, inspector.delivery: 0}
    while (focus := open_panel.focusWidget()) is not render:
        assert focus.accessibleName() or isinstance(focus, QPushButton)
        heights.append(
            focus.mapTo(open_panel, QPoint()).y() + inspector.verticalScrollBar().value()
        )
        for form in forms:
            forms[form] += form.isAncestorOf(focus)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
        assert len(heights) < 60
    shown = {form: [row for row in form.rows.values() if row.isVisible()] for form in forms}
    assert all(forms[form] >= len(rows) for form, rows in shown.items())
    # A row's parts stand beside one another.
    assert all(after > before - 12 for before, after in pairwise(heights[:-1]))


def test_facts_are_said_in_the_user_s_language(qapp: QApplication, tmp_path: Path) -> None:
    facts = probe(numbered(tmp_path / "film.mov", 12), RATE)
    english = "\n".join(in_words(facts))
    assert in_words(facts) == in_short(facts)
    language.use("it")
    try:
        italian = "\n".join(in_words(facts))
    finally:
        language.use("en")
    assert "12 frames" in english
    assert "12 fotogrammi" in italian
    for word in ("untagged", "not said", "frames"):
        assert word in english
        assert word not in italian
