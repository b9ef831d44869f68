"""The whole job in the panel with nothing faked: a film, an edit, the worker's process."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest
import torch
from opentimelineio.opentime import RationalTime, TimeRange
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from opticals.jobs.client import Worker
from opticals_plugin.file_host import FileHost
from opticals_ui.panel import Panel
from opticals_ui.queue.jobs import State
from opticals_ui.session import Session

from ..core.films import number, numbered, numbers

FRAMES = 48


def span(start: int, frames: int) -> TimeRange:
    return TimeRange(RationalTime(start, 25), RationalTime(frames, 25))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film whose frame i shows the number 100 + i."""
    return numbered(tmp_path / "film.mov", FRAMES, first=100)


def number_of(image: QImage) -> int:
    """The number that a picture of the viewer shows."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    codes = torch.frombuffer(bytearray(grey.constBits()), dtype=torch.uint8)
    return number(codes.view(grey.height(), grey.bytesPerLine())[:, : grey.width()])


@pytest.fixture
def edit(film: Path, tmp_path: Path) -> Path:
    return cut(film, tmp_path)


def cut(film: Path, tmp_path: Path) -> Path:
    """An edit of one clip of the film: its frames 4 to 43."""
    track = otio.schema.Track(kind="Video")
    reference = otio.schema.ExternalReference(film.name, available_range=span(0, FRAMES))
    track.append(otio.schema.Clip("ramp", reference, span(4, 40)))
    timeline = otio.schema.Timeline("cut", global_start_time=RationalTime(90_000, 25))
    timeline.tracks.append(track)
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_a_range_is_rendered_and_cut_in(qtbot: QtBot, edit: Path, tmp_path: Path) -> None:
    session = Session(FileHost(), Worker)
    panel = Panel(session)
    qtbot.addWidget(panel)
    panel.show()
    try:
        session.open(edit)
        qtbot.waitUntil(lambda: session.edit is not None)
        qtbot.mouseClick(
            panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=panel.strip.point("V1", 90_010)
        )
        session.selection.mark("V1", 90_010, 90_019)
        session.choice.choose("copy")
        session.choice.deliver(format="ffv1")
        session.preview()
        qtbot.waitUntil(
            lambda: not session.viewing.after.isNull() or bool(session.board.notices),
            timeout=120_000,
        )
        assert not session.board.notices
        shown = 100 + 4 + 10  # the clip begins at the film's frame 4, the range at its tenth
        assert number_of(session.viewing.before) == number_of(session.viewing.after) == shown
        session.render()
        qtbot.waitUntil(
            lambda: bool(session.jobs.views) and not session.jobs.views[0].active, timeout=120_000
        )
        assert session.jobs.views[0].error is None
        qtbot.waitUntil(lambda: session.jobs.views[0].state is State.PLACED)
        items = session.edit.tracks[0].items
        assert [(item.record, item.frames) for item in items] == [
            (90_000, 10),
            (90_010, 10),
            (90_020, 20),
        ]
        render = session.jobs.views[0].render
        assert numbers(render.path)[render.head : render.head + 10] == list(
            range(shown, shown + 10)
        )
        assert items[1].version == render.name
        assert render.path.parent == edit.with_name("cut.opticals")
        session.saving.save(tmp_path / "cut_v2.otio")
        qtbot.waitUntil(lambda: not session.modified)
        saved = session.edit
        session.open(tmp_path / "cut_v2.otio")
        qtbot.waitUntil(lambda: session.edit is not saved and not session.busy)
        assert session.edit.tracks == saved.tracks
    finally:
        session.close()


def test_an_interlaced_tape_becomes_a_sequence(qtbot: QtBot, tmp_path: Path) -> None:
    """What stops it is answered in the bar; the pictures then stand in the edit."""
    tape = numbered(
        tmp_path / "tape.mov",
        FRAMES,
        first=100,
        codec="prores_ks",
        pixel_format="yuv422p10le",
        interlaced=True,
        tags=(1, 1, 1, 1),
    )
    session = Session(FileHost(), Worker)
    panel = Panel(session)
    qtbot.addWidget(panel)
    panel.show()
    try:
        session.open(cut(tape, tmp_path))
        qtbot.waitUntil(lambda: session.edit is not None)
        session.selection.select("V1", 90_000)
        qtbot.waitUntil(lambda: session.source.facts is not None, timeout=20_000)
        assert session.source.facts.interlaced
        session.selection.mark("V1", 90_010, 90_014)
        session.choice.choose("copy")
        session.choice.deliver(format="png", handles=2)
        session.render()
        qtbot.waitUntil(lambda: bool(session.board.notices), timeout=120_000)
        answers = {one.label: one for one in session.board.notices[0].answers}
        answers["Deinterlace"].act()
        qtbot.waitUntil(
            lambda: session.jobs.views[0].state in (State.PLACED, State.FAILED), timeout=120_000
        )
        assert session.jobs.views[0].error is None
        render = session.jobs.views[0].render
        assert session.edit.tracks[0].items[1].version == render.name
        assert len(list(render.path.parent.glob("*.png"))) == render.frames == 5 + 2 * 2
        assert [session.model.find("V1:2").media, session.model.find("V1:2").original] == [
            "online",
            tape,
        ]
        panel.grab()
        session.saving.save(tmp_path / "cut_v2.otio")
        qtbot.waitUntil(lambda: not session.modified)
    finally:
        session.close()
