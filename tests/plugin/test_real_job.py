"""The whole job in the panel with nothing faked: a film, an edit, the worker's process."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opticals.jobs.client import Worker
from opticals_plugin.file_host import FileHost
from opticals_ui.jobs import State
from opticals_ui.panel import Panel
from opticals_ui.session import Session

FRAMES = 48


def span(start: int, frames: int) -> TimeRange:
    return TimeRange(RationalTime(start, 25), RationalTime(frames, 25))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film of 48 frames whose grey gets lighter with each."""
    path = tmp_path / "film.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 64, "yuv420p"
        for index in range(FRAMES):
            grey = np.full((64, 128, 3), 20 + 4 * index, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format="yuv420p")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


@pytest.fixture
def edit(film: Path, tmp_path: Path) -> Path:
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
            lambda: not session.after.isNull() or bool(session.notices), timeout=120_000
        )
        assert not session.notices
        # frame 14 of the film (the clip begins at its frame 4): grey 20 + 4 * 14
        assert abs(session.after.pixelColor(60, 30).green() - 76) <= 2
        assert session.before == session.after
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
        assert items[1].version == session.jobs.views[0].render.name
        assert session.jobs.views[0].render.path.parent == edit.with_name("cut.opticals")
        session.save(tmp_path / "cut_v2.otio")
        qtbot.waitUntil(lambda: not session.modified)
        saved = session.edit
        session.open(tmp_path / "cut_v2.otio")
        qtbot.waitUntil(lambda: session.edit is not saved and not session.busy)
        assert session.edit.tracks == saved.tracks
    finally:
        session.close()
