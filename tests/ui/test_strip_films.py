"""The strip over real films through the real viewer process: each clip shows its own frame."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import opentimelineio as otio
import pytest
import torch
from opentimelineio import schema
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opticals.viewer.client import Viewer
from opticals_plugin.file_host import FileHost
from opticals_ui.look.theme import dress
from opticals_ui.session import Session
from opticals_ui.timeline.strip import TimelineStrip
from opticals_ui.timeline.view import BAR
from tests.core.edits import clip, gap, span, timeline
from tests.core.films import number, numbered

from .fakes import FakeWorker

START = 90_000
TALL = 160


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trimmed clip, a gap, one backwards, a freeze frame, one of a medium whose start the edit
    does not say, and a compound trimmed at its head."""
    folder = tmp_path_factory.mktemp("films")
    film = numbered(folder / "film.mov", 120, width=160, height=96, timecode="01:00:00:00")

    def piece(first: int, frames: int, speed: float = 1) -> schema.Clip:
        made = clip("piece", film, first, frames)
        made.media_reference.available_range = span(START, 120)
        if speed == 0:
            made.effects.append(schema.FreezeFrame())
        elif speed != 1:
            made.effects.append(schema.LinearTimeWarp(time_scalar=speed))
        return made

    unsaid = piece(70, 20)
    unsaid.media_reference.available_range = None
    inner = schema.Track("inner", kind="Video")
    inner.extend([piece(30, 10), piece(80, 20)])
    compound = schema.Stack("compound", [inner])
    compound.source_range = span(10, 20)
    made = timeline(
        ("Video", [piece(15, 20), gap(5), piece(40, 20, -1), piece(33, 20, 0), unsaid, compound])
    )
    otio.adapters.write_to_file(made, str(folder / "cut.otio"))
    return folder / "cut.otio"


@pytest.fixture
def session(qtbot: QtBot, qapp: QApplication, cut: Path, tmp_path: Path) -> Iterator[Session]:
    dress(qapp)
    session = Session(FileHost(), lambda tell: FakeWorker(tmp_path, tell), Viewer)
    session.open(cut)
    qtbot.waitUntil(lambda: session.edit is not None)
    yield session
    session.close()


def seen_number(image: QImage) -> int:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    data = torch.frombuffer(bytearray(bytes(grey.constBits())), dtype=torch.uint8)
    return number(data.view(grey.height(), grey.bytesPerLine())[:, : grey.width()])


def test_each_clip_shows_its_first_frame(qtbot: QtBot, session: Session) -> None:
    strip = TimelineStrip(session)
    qtbot.addWidget(strip)
    strip.set_height("Video", TALL)
    strip.resize(3000, 260)
    strip.show()
    tall = TALL - 3 - BAR
    wide = round(tall * 160 / 96)

    def shown(frame: int) -> int | None:
        """What the picture at the head of the clip at a record frame shows."""
        view = strip.view
        room = tall * 16 / 9  # that a picture stands in the middle of
        left = round(view.x(START + frame) + (room - wide) / 2)
        box = QRect(left, view.rows[0].top + 1 + BAR, wide, tall)
        try:
            return seen_number(strip.viewport().grab(box).toImage().copy())
        except ValueError:
            return None

    wanted = {0: 15, 25: 59, 45: 33, 65: 70, 85: 80}
    qtbot.waitUntil(lambda: {at: shown(at) for at in wanted} == wanted, timeout=20_000)
