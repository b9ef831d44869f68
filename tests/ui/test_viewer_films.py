"""The viewer over real films through its real process: the frame seen is the one the edit shows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
import torch
from opentimelineio import schema
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from opticals.timeline.edit import Edit
from opticals.viewer.client import Viewer
from opticals_plugin.file_host import FileHost
from opticals_ui.look.theme import dress
from opticals_ui.panel import Panel
from opticals_ui.session import Session
from opticals_ui.viewer.modes import Compare
from tests.core.edits import clip, gap, render_of, span, timeline
from tests.core.films import number, numbered

from .fakes import FakeWorker
from .watchdog import Watchdog

START = 90_000
RENDER = 500  # what the frames of a render show beyond those of its source


def seen_number(image: QImage) -> int:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    data = torch.frombuffer(bytearray(bytes(grey.constBits())), dtype=torch.uint8)
    return number(data.view(grey.height(), grey.bytesPerLine())[:, : grey.width()])


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trimmed clip, a gap, one backwards, one twice as fast, one with a render; one above the
    first; and a compound that plays backwards."""
    folder = tmp_path_factory.mktemp("films")
    films = [
        numbered(folder / f"film{n}.mov", 120, first=n * 150, timecode="01:00:00:00")
        for n in range(3)
    ]

    def piece(film: Path, first: int, frames: int, speed: float = 1) -> schema.Clip:
        made = clip(film.stem, film, first, frames)
        made.media_reference.available_range = span(90_000, 120)
        if speed != 1:
            made.effects.append(schema.LinearTimeWarp(time_scalar=speed))
        return made

    inner = schema.Track("inner", kind="Video")
    inner.extend([piece(films[0], 30, 10), piece(films[1], 40, 10)])
    compound = schema.Stack("compound", [inner])
    compound.source_range = span(0, 20)
    compound.effects.append(schema.LinearTimeWarp(time_scalar=-1))
    made = timeline(
        (
            "Video",
            [
                piece(films[0], 10, 20),
                gap(5),
                piece(films[1], 20, 20, -1),
                piece(films[2], 0, 20, 2),
                piece(films[1], 60, 20),
                compound,
            ],
        ),
        ("Video", [gap(10), piece(films[2], 100, 5)]),
    )
    edit = Edit(made, folder / "cut.otio")
    shot = edit.shot("V1:4")
    render = render_of(shot, name="V1-4_x_v001")
    first = shot.first - render.head + 150 + RENDER
    numbered(render.path, render.frames, first=first)
    edit.place(render)
    otio.adapters.write_to_file(edit.timeline, str(folder / "cut.otio"))
    return folder / "cut.otio"


def oracle() -> list[int | None]:
    """The number that each record frame shows, counted out; None in the gap."""
    return [
        *range(10, 20),
        *range(400, 405),  # the clip above
        *range(25, 30),
        *[None] * 5,
        *(150 + one for one in reversed(range(20, 40))),
        *(300 + one for one in range(0, 40, 2)),
        *(150 + RENDER + one for one in range(60, 80)),
        *(150 + one for one in reversed(range(40, 50))),
        *reversed(range(30, 40)),
    ]


@pytest.fixture
def shown(qtbot: QtBot, qapp: object, cut: Path, tmp_path: Path) -> Iterator[Panel]:
    """A panel with the edit open, and the playhead on its first frame."""
    dress(qapp)
    session = Session(FileHost(), lambda answer: FakeWorker(tmp_path, answer), Viewer)
    panel = Panel(session)
    qtbot.addWidget(panel)
    panel.resize(1280, 800)
    panel.show()
    qtbot.waitExposed(panel)
    session.open(cut)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    panel.preview.setFocus()
    wait_for(qtbot, panel, START)
    yield panel
    session.close()


def wait_for(qtbot: QtBot, panel: Panel, record: int) -> None:
    screen = panel.session.showing.screen
    qtbot.waitUntil(
        lambda: screen.seen is not None and screen.seen.record == record, timeout=20_000
    )


def test_every_frame_is_the_one_that_the_edit_shows(qtbot: QtBot, shown: Panel) -> None:
    session, screen = shown.session, shown.session.showing.screen
    wanted = oracle()
    assert session.model.end - session.model.start == len(wanted)
    for index, one in enumerate(wanted):
        session.selection.move_to(START + index)
        wait_for(qtbot, shown, START + index)
        images = screen.seen.result.images
        assert (seen_number(images[0]) if images else None) == one, index


def test_source_and_result_are_of_the_same_moment(qtbot: QtBot, shown: Panel) -> None:
    session, screen = shown.session, shown.session.showing.screen
    session.showing.display.choose_compare(Compare.WIPE)
    for index in (0, 7, 19):
        session.selection.move_to(START + 65 + index)
        qtbot.waitUntil(
            lambda index=index: (
                screen.seen.record == START + 65 + index and screen.seen.source is not None
            ),
            timeout=20_000,
        )
        assert seen_number(screen.seen.result.images[0]) == 150 + RENDER + 60 + index
        assert seen_number(screen.seen.source.images[0]) == 150 + 60 + index
    shown.preview.set_wipe(0.5)
    words = shown.preview.accessibleDescription()
    assert "V1-4_x_v001" in words
    assert "01:00:03:04" in words


@pytest.mark.alone
def test_scrubbing_shows_what_is_under_the_playhead_and_stalls_nothing(
    qtbot: QtBot, shown: Panel
) -> None:
    session, screen = shown.session, shown.session.showing.screen
    wanted, strip = oracle(), shown.strip
    seen: list[tuple[int, int | None]] = []

    def look() -> None:
        images = screen.seen.result.images
        seen.append((screen.seen.record, seen_number(images[0]) if images else None))

    screen.changed.connect(look)
    with Watchdog() as watchdog:
        at = strip.point("V1", START + 2)
        QTest.mousePress(strip.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at.x(), 5))
        for index in range(2, 100):
            x = strip.point("V1", START + index).x()
            QTest.mouseMove(strip.viewport(), QPoint(x, 5))
            QTest.qWait(8)
        QTest.mouseRelease(strip.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 5))
        last = session.selection.playhead
        wait_for(qtbot, shown, last)
    assert last >= START + 90
    assert len(seen) > 20
    for record, one in seen:
        assert one == wanted[record - START], record
    assert watchdog.stalls == []


@pytest.mark.alone
def test_playing_shows_true_frames_in_time(qtbot: QtBot, shown: Panel) -> None:
    """Each picture is of its record frame, none comes before its time, and few are left out."""
    session, screen = shown.session, shown.session.showing.screen
    wanted = oracle()
    seen: list[tuple[int, int, int | None]] = []

    def look() -> None:
        images = screen.seen.result.images
        seen.append(
            (
                session.selection.playhead,
                screen.seen.record,
                seen_number(images[0]) if images else None,
            )
        )

    screen.changed.connect(look)
    begun = time.monotonic()
    QTest.keyClick(shown.preview, Qt.Key.Key_Space)
    assert session.showing.player.playing
    qtbot.waitUntil(lambda: session.selection.playhead >= START + 75, timeout=10_000)
    took = time.monotonic() - begun
    QTest.keyClick(shown.preview, Qt.Key.Key_Space)
    assert not session.showing.player.playing
    assert took == pytest.approx(75 / 25, abs=0.15)
    for playhead, record, one in seen:
        assert one == wanted[record - START], record
        assert playhead - 6 <= record <= playhead
    assert len({record for _, record, _ in seen}) > 25
    wait_for(qtbot, shown, session.selection.playhead)


def test_sound_of_the_medium_is_asked_for_where_there_are_no_tracks_of_it(
    qtbot: QtBot, shown: Panel
) -> None:
    heard: list[tuple[str, Fraction]] = []
    sights = shown.session.showing.sounding._sights
    ask = sights.sound
    shown.session.showing.sounding._outlet = Loud()

    def listen(path: str, start: Fraction, samples: int, answered: object) -> None:
        heard.append((Path(path).name, start))
        ask(path, start, samples, answered)

    sights.sound = listen
    QTest.keyClick(shown.preview, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: len(heard) > 3)
    QTest.keyClick(shown.preview, Qt.Key.Key_K)
    name, start = heard[0]
    assert name == "film0.mov"
    assert 0 <= start - Fraction(10, 25) < Fraction(1, 25)


@pytest.mark.skipif(not hasattr(os, "kill"), reason="needs a signal that cannot be caught")
def test_a_killed_viewer_process_costs_a_picture_at_most(qtbot: QtBot, shown: Panel) -> None:
    session, screen = shown.session, shown.session.showing.screen
    pid = session.sights._projector.pid
    os.kill(pid, 9)
    for index in (3, 4):
        session.selection.move_to(START + index)
        wait_for(qtbot, shown, START + index)
    assert session.sights._projector.pid not in (None, pid)
    assert seen_number(screen.seen.result.images[0]) == 14


class Loud:
    """Speakers that take everything."""

    def start(self) -> bool:
        return True

    def room(self) -> int:
        return 4_800

    def write(self, samples: bytes) -> None: ...

    def stop(self) -> None: ...
