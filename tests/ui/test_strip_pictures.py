"""Pictures and sound on clips: the right frames, only what is seen, and no request too many."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opticals.errors import MediaError
from opticals.viewer.sight import Failed, Message, Peaks, Sight, Thumb
from opticals_ui.look.theme import colour, dress
from opticals_ui.session import Session
from opticals_ui.timeline.film import AT_ONCE
from opticals_ui.timeline.strip import TimelineStrip
from opticals_ui.timeline.waveform import SILENT, Wave

from .fakes import HOUR, RATE, FakeHost, FakeProjector, FakeWorker, track

SECOND = 100  # pairs of peaks


class Projector(FakeProjector):
    """Thumbnails whose red is the frame; answers when it is told to, if it `waits`."""

    waits = False
    broken_thumbs = False

    def __init__(self, folder: Path, on_message: Callable[[Message], None]) -> None:
        super().__init__(folder, on_message)
        self.tell = on_message
        self.ids = itertools.count(1)
        self.open: list[tuple[int, Sight]] = []
        self.asked_peaks: list[str] = []

    def thumbnail(self, sight: Sight) -> int:
        self.thumbnails.append(sight)
        id = next(self.ids)
        self.open.append((id, sight))
        if not self.waits:
            self.answer()
        return id

    def answer(self) -> None:
        """Answer for what is open."""
        opened, self.open = self.open, []
        for id, sight in opened:
            if self.broken_thumbs:
                self.tell(Failed(id, MediaError("It is damaged.", "", "Copy it again.")))
                continue
            image = QImage(160, 90, QImage.Format.Format_RGB32)
            image.fill(QColor(sight.frame % 256, 40, 200))
            path = self.folder / f"thumb{sight.frame}.png"
            assert image.save(str(path))
            self.tell(Thumb(id, str(path)))

    def peaks(self, path: str) -> int:
        """Five seconds of silence, then five at full scale."""
        self.asked_peaks.append(path)
        id = next(self.ids)
        file = self.folder / "peaks"
        silence, noise = bytes((0, 0)), bytes((256 - 127, 127))
        file.write_bytes(silence * 5 * SECOND + noise * 5 * SECOND)
        self.tell(Peaks(id, str(file), SECOND, True))
        return id


Opened = tuple[Session, TimelineStrip, Projector]


@pytest.fixture
def opened(
    qtbot: QtBot, qapp: QApplication, host: FakeHost, edit: Path, tmp_path: Path
) -> Iterator[Callable[..., Opened]]:
    """Opens an edit of tracks in a strip of its own."""
    sessions: list[Session] = []

    def open(
        *tracks, ready: Callable[[Projector], None] = lambda one: None, zoom: float = 1
    ) -> Opened:
        dress(qapp)
        host.tracks = tracks

        def start(tell: Callable[[Message], None]) -> Projector:
            projector = Projector(tmp_path, tell)
            ready(projector)
            return projector

        session = Session(host, lambda tell: FakeWorker(tmp_path, tell), start)
        sessions.append(session)
        strip = TimelineStrip(session)
        strip.resize(1000, 300)
        qtbot.addWidget(strip)
        strip.show()
        session.open(edit)
        qtbot.waitUntil(lambda: session.edit is not None)
        strip.zoom(zoom)
        qtbot.waitUntil(lambda: session.film._sights._projector is not None)
        projector = session.film._sights._projector
        assert isinstance(projector, Projector)
        return session, strip, projector

    yield open
    for session in sessions:
        session.close()


def film(name: str, *spans: tuple[str, int], medium: str = "/film.mov"):
    plain = track(name, *spans)
    items = tuple(replace(one, path=Path(medium), original=Path(medium)) for one in plain.items)
    return replace(plain, items=items)


def shown(strip: TimelineStrip, frame: int) -> int:
    """The frame number that the picture at a record frame of V1 shows."""
    view, row = strip.view, strip.view.rows[0]
    picture = strip.viewport().grab().toImage()
    return picture.pixelColor(round(view.x(HOUR + frame)) + 3, row.top + 40).red()


def test_clips_show_the_frames_that_the_edit_shows(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    _, strip, projector = opened(film("V1", ("a", 100), ("b", 100)))
    qtbot.waitUntil(lambda: shown(strip, 100) == 0 and shown(strip, 0) == 0)
    frames = [sight.frame for sight in projector.thumbnails]
    assert len(frames) == len(set(frames))  # each once, though both clips show frame 0
    assert all(sight.rate == RATE for sight in projector.thumbnails)
    # along a clip each picture shows a frame within its own stretch
    row = strip.view.rows[0]
    wide = (row.height - 3 - 15) * 16 / 9 * strip.frames_per_pixel
    place = int(2 * wide) + 1
    qtbot.waitUntil(lambda: wide <= shown(strip, place) <= place)


def test_only_what_is_in_sight_is_asked_for(qtbot: QtBot, opened: Callable[..., Opened]) -> None:
    """What was asked for and scrolled away before its turn is dropped."""

    def waits(projector: Projector) -> None:
        projector.waits = True

    plain = film("V1", *[(f"c{n}", 50) for n in range(400)])
    items = tuple(replace(one, original=Path(f"/{one.name}.mov")) for one in plain.items)
    _, strip, projector = opened(replace(plain, items=items), ready=waits, zoom=0.02)
    qtbot.waitUntil(lambda: len(projector.open) == AT_ONCE)
    bar = strip.horizontalScrollBar()
    for value in range(0, bar.maximum(), bar.maximum() // 40):
        bar.setValue(value)
        qtbot.wait(5)
    qtbot.wait(200)
    asked = len(projector.thumbnails)
    assert asked <= 2 * AT_ONCE
    for _ in range(60):
        projector.answer()
        qtbot.wait(10)
    assert not projector.open
    assert not strip._session.film._wanted
    assert len(projector.thumbnails) <= asked + 2 * strip.view.width / 60


def test_a_medium_that_cannot_be_read_is_asked_about_once(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    def broken(projector: Projector) -> None:
        projector.broken_thumbs = True

    session, strip, projector = opened(film("V1", ("a", 100)), ready=broken)
    qtbot.waitUntil(lambda: bool(session.film._lost) and not session.film._wanted)
    asked = len(projector.thumbnails)
    strip._redraw()
    qtbot.wait(300)
    assert len(projector.thumbnails) == asked
    session.refresh()  # another look at the edit is another chance
    qtbot.waitUntil(lambda: len(projector.thumbnails) > asked)


def test_clips_without_a_medium_ask_for_nothing(
    qtbot: QtBot, opened: Callable[..., Opened]
) -> None:
    lost = film("V1", ("a", 100))
    lost = replace(lost, items=(replace(lost.items[0], media="offline"),))
    _, _, projector = opened(lost, film("A1", ("sound", 100)))
    qtbot.waitUntil(lambda: projector.asked_peaks == ["/film.mov"])
    assert not projector.thumbnails


@pytest.mark.parametrize("backwards", [False, True])
def test_sound_is_drawn_to_the_frame_and_in_its_direction(
    qtbot: QtBot,
    opened: Callable[..., Opened],
    monkeypatch: pytest.MonkeyPatch,
    backwards: bool,
) -> None:
    """The medium is silent for five seconds, and loud for five."""
    if backwards:
        from opticals.timeline.footage import ClipFootage, Footage
        from opticals.timeline.timemap import Stage, TimeMap

        def footage(self: FakeHost, clips: list[str]) -> dict[str, ClipFootage]:
            time = TimeMap(HOUR, 250, (Stage(HOUR, Fraction(249), Fraction(-1)),))
            return {id: ClipFootage(Footage(Path("/film.mov"), RATE, time=time)) for id in clips}

        monkeypatch.setattr(FakeHost, "footage", footage)
    _, strip, _ = opened(film("A1", ("sound", 250)))
    row = strip.view.rows[0]
    y = row.top + 15 + 6  # near the top of the wave: reached by loud sound alone

    def loud() -> list[bool]:
        picture = strip.viewport().grab().toImage()
        lefts = [round(strip.view.x(HOUR + frame)) for frame in range(1, 249)]
        return [picture.pixelColor(x, y) == colour("waveform") for x in lefts]

    qtbot.waitUntil(lambda: any(loud()))
    found = loud()
    wanted = [frame >= 125 for frame in range(1, 249)]
    if backwards:
        wanted = [not one for one in wanted]
    wrong = [
        n + 1 for n, (one, other) in enumerate(zip(found, wanted, strict=True)) if one != other
    ]
    assert all(abs(frame - 125) <= 1 for frame in wrong), wrong


@given(
    st.lists(st.tuples(st.integers(-127, 0), st.integers(0, 127)), min_size=1, max_size=3000),
    st.floats(0, 20),
    st.floats(0.003, 30),
    st.booleans(),
)
def test_a_column_of_a_wave_holds_every_peak_of_its_stretch(
    pairs: list[tuple[int, int]], start: float, step: float, backwards: bool
) -> None:
    data = bytes(value % 256 for pair in pairs for value in pair)
    wave = Wave.of(data, SECOND, True)
    signed = -step if backwards else step
    for number, (low, high) in enumerate(wave.columns(start, signed, 12)):
        ends = sorted((start + number * signed, start + (number + 1) * signed))
        first, last = (one * SECOND for one in ends)
        inside = pairs[max(0, int(first + 1)) : max(0, int(last))]
        # coarser levels may reach a pair of theirs further, never less far
        if inside:
            assert low - SILENT <= min(one for one, _ in inside)
            assert high - SILENT >= max(one for _, one in inside)
        slack = max(1, 16 * step * SECOND / 16)
        around = pairs[max(0, int(first - slack)) : max(0, int(last + slack) + 1)]
        if around and (low, high) != (SILENT, SILENT):
            assert low - SILENT >= min(one for one, _ in around)
            assert high - SILENT <= max(one for _, one in around)


def test_a_medium_without_sound_is_silent() -> None:
    assert Wave.of(b"", SECOND, True).silent
    assert not Wave.of(b"", SECOND, False).silent
    assert Wave.of(b"\x00", SECOND, True).columns(0, 0.1, 3) == [(SILENT, SILENT)] * 3
