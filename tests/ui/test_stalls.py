"""How long the event loop stands still: 50 ms at most, whatever is done."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import opentimelineio as otio
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from opticals import catalog
from opticals.timeline.listing import TrackView
from opticals_plugin.file_host import FileHost
from opticals_ui.app import Window
from opticals_ui.look import language, theme
from opticals_ui.look.theme import dress
from opticals_ui.panel import Panel
from opticals_ui.session import Session
from opticals_ui.viewer.speakers import Speakers

from ..core.edits import clip, timeline
from .fakes import FakeForeseer, FakeHost, FakeProjector, FakeWorker, track
from .watchdog import LATE, Watchdog

pytestmark = pytest.mark.alone
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def watched() -> Iterator[Callable[..., Watchdog]]:
    """Begins to watch: what is made before counts for nothing."""
    dogs: list[Watchdog] = []

    def begin() -> Watchdog:
        QTest.qWait(50)
        dog = Watchdog()
        dogs.append(dog)
        return dog.__enter__()

    yield begin
    for dog in dogs:
        dog.__exit__()
        worst = max(dog.stalls, key=lambda one: one.seconds, default=None)
        told = (
            f"{worst.seconds * 1000:.0f} ms, {worst.ran * 1000:.0f} of them in\n{worst.stack}"
            if worst
            else ""
        )
        assert dog.longest < LATE, told


@pytest.fixture
def long(host: FakeHost) -> tuple[TrackView, ...]:
    """1,000 clips on two tracks."""
    lengths = random.Random(7)
    spans = [[(f"clip {n}", lengths.randint(10, 90)) for n in range(500)] for _ in range(2)]
    host.tracks = tuple(track(name, *one) for name, one in zip(("V1", "A1"), spans, strict=True))
    return host.tracks


@pytest.fixture
def english(qapp: QApplication) -> Iterator[None]:
    yield
    language.use("en")


def turn(widget: QWidget, at: QPoint, degrees: int, held: Qt.KeyboardModifier = NONE) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, degrees),
        Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_scrubbing_and_zooming_a_long_edit(
    qtbot: QtBot, long: object, open_panel: Panel, watched: Callable[..., Watchdog]
) -> None:
    strip, port = open_panel.strip, open_panel.strip.viewport()
    watched()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(300, 8))
    for x in range(300, 900, 12):
        QTest.mouseMove(port, QPoint(x, 8))
        QTest.qWait(8)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(900, 8))
    for degrees in (120,) * 12 + (-120,) * 12:
        turn(port, QPoint(500, 60), degrees, CTRL)
        QTest.qWait(8)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left) * 6:
        QTest.keyClick(strip, key)
        QTest.qWait(8)


def test_another_theme(qtbot: QtBot, long: object, open_panel: Panel) -> None:
    QTest.qWait(300)  # until all of the panel is there
    before = open_panel.grab().toImage()
    with Watchdog() as dog:
        for key, name in ((Qt.Key.Key_F8, "light"), (Qt.Key.Key_F7, "dark")) * 3:
            QTest.keyClick(open_panel.strip, key, CTRL)
            assert theme.turns()
            qtbot.waitUntil(lambda: not theme.turns())
            QTest.qWait(60)
            assert theme.current() == name
    assert dog.longest < LATE, max(dog.stalls, key=lambda one: one.seconds)
    assert open_panel.grab().toImage() == before


@pytest.mark.usefixtures("english")
def test_another_language(
    qtbot: QtBot, qapp: QApplication, session: Session, long: object, edit: Path
) -> None:
    """The panel is made anew, twice; it ends as it began, to the pixel."""
    session.memory.put("language", "en")
    qapp.setStyleSheet("")  # as when the panel begins
    theme.prepare(qapp)
    window = Window(session)
    window.panel.resize(1280, 800)
    window.panel.show()
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    session.selection.go_to("V1:3")
    session.choice.choose("upscale")
    window.panel.strip.setFocus()
    qtbot.waitUntil(lambda: session.preflight.forecast is not None)
    QTest.qWait(500)
    picture = window.panel.grab().toImage()
    for name in ("it", "en"):
        old = window.panel
        with Watchdog() as dog:
            old.actions_by_id[f"language_{name}"].trigger()
            qtbot.waitUntil(lambda old=old: not isValid(old))
            QTest.qWait(200)
        assert dog.longest < LATE, max(dog.stalls, key=lambda one: one.seconds)
        assert window.panel is not old
    qtbot.addWidget(window.panel)
    QTest.qWait(300)
    assert window.panel.strip.hasFocus()
    assert window.panel.grab().toImage() == picture


def test_opening_an_edit_of_1000_clips(
    qtbot: QtBot, long: object, session: Session, panel: Panel, edit: Path,
    watched: Callable[..., Watchdog],
) -> None:  # fmt: skip
    watched()
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    QTest.qWait(300)


def test_opening_a_file_of_1000_clips(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, foreseer: FakeForeseer,
    watched: Callable[..., Watchdog],
) -> None:  # fmt: skip
    """Read on a thread beside the GUI's. OpenTimelineIO reads a file in one call, in which no other
    thread has Python; all around it must leave the GUI enough."""
    medium = tmp_path / "film.mov"
    medium.touch()
    path = tmp_path / "long.otio"
    clips = [clip(f"shot {n}", medium, n % 90, 40) for n in range(1000)]
    otio.adapters.write_to_file(timeline(("Video", clips)), str(path))
    dress(qapp)
    session = Session(
        FileHost(),
        lambda heard: FakeWorker(tmp_path, heard),
        lambda heard: FakeProjector(tmp_path, heard),
        foreseer,
    )
    panel = Panel(session)
    qtbot.addWidget(panel)
    panel.resize(1280, 800)
    panel.show()
    qtbot.waitExposed(panel)
    watched()
    session.open(path)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy, timeout=20_000)
    QTest.qWait(300)
    session.close()


def test_switching_effects(
    qtbot: QtBot, open_panel: Panel, watched: Callable[..., Watchdog]
) -> None:
    open_panel.session.selection.go_to("V1:1")
    QTest.qWait(100)
    watched()
    for effect in catalog.all_effects():
        open_panel.session.choice.choose(effect)
        QTest.qWait(20)


@pytest.mark.parametrize("opener", ["palette", "focus_effects", "cheat_sheet", "preferences"])
def test_opening_and_typing(
    qtbot: QtBot, open_panel: Panel, watched: Callable[..., Watchdog], opener: str
) -> None:
    watched()
    open_panel.actions_by_id[opener].trigger()
    QTest.qWait(30)
    for key in "upscale":
        QTest.keyClicks(open_panel.focusWidget(), key)
        QTest.qWait(15)
    for _ in range(7):
        QTest.keyClick(open_panel.focusWidget(), Qt.Key.Key_Backspace)
        QTest.qWait(15)
    QTest.keyClick(open_panel.focusWidget(), Qt.Key.Key_Escape)


def test_pages_sizes_and_a_second_look(
    qtbot: QtBot, long: object, open_panel: Panel, watched: Callable[..., Watchdog]
) -> None:
    watched()
    for page in ("versions", "queue", "effects") * 3:
        open_panel.side.show_page(page)
        QTest.qWait(20)
    for size in ((420, 900), (1280, 800), (1920, 1080), (1280, 800)):
        open_panel.resize(*size)
        QTest.qWait(40)


def test_rendering_with_news_as_fast_as_they_come(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker], watched: Callable[..., Watchdog]
) -> None:
    session = open_panel.session
    workers[0].go_on.clear()
    session.selection.go_to("V1:1")
    session.render()
    qtbot.waitUntil(lambda: session.jobs.at_work is not None)
    (job,) = [view.job for view in session.jobs.views]
    watched()
    for done in range(300):
        workers[0]._say("progress", job, stage="render", done=done, total=300, note="", rate=24.0)
        if done % 5 == 0:
            QTest.keyClick(open_panel.strip, Qt.Key.Key_Right)
        QTest.qWait(3)
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: session.jobs.at_work is None)
    QTest.qWait(100)


def test_a_long_queue(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker], watched: Callable[..., Watchdog]
) -> None:
    """Three hundred jobs are asked for, listed, and end."""
    session = open_panel.session
    workers[0].go_on.clear()
    session.selection.go_to("V1:1")
    session.render()
    qtbot.waitUntil(lambda: bool(session.jobs.views))
    (one,) = session.jobs.views
    open_panel.side.show_page("queue")
    watched()
    for n in range(1, 300):
        session.jobs.render(
            replace(one.job, id=f"job {n}", shot=replace(one.job.shot, name=f"shot {n}")),
            one.delivery,
            one.origin,
        )
    qtbot.waitUntil(lambda: len(session.jobs.views) > 1)
    QTest.qWait(300)
    session.cancel()
    QTest.qWait(300)


def test_a_worker_that_starts_slowly(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker], watched: Callable[..., Watchdog],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The first preview starts it, and so does a model that is fetched."""
    asked: list[str] = []

    def slowly(*given: object) -> None:
        time.sleep(0.2)
        asked.append("")

    monkeypatch.setattr(workers[0], "preview", slowly)
    monkeypatch.setattr(workers[0], "pull", slowly)
    session = open_panel.session
    session.selection.go_to("V1:1")
    QTest.qWait(100)
    watched()
    session.preview()
    session.fetching.get("u2net")
    qtbot.waitUntil(lambda: len(asked) == 2, timeout=10_000)


def test_speakers_that_are_first_used(
    qtbot: QtBot, qapp: QApplication, watched: Callable[..., Watchdog]
) -> None:
    speakers = Speakers()
    watched()
    with qtbot.waitSignal(speakers.ready, timeout=20_000):
        speakers.start()
    speakers.close()


class Slow:
    """A device that takes its time for all that is asked of it."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.opened = self.stopped = 0

    def start(self) -> Self:
        time.sleep(0.2)
        self.opened += 1
        return self

    def bytesFree(self) -> int:
        return 9600

    def write(self, samples: bytes) -> None:
        time.sleep(0.1)
        self.heard += samples

    def stop(self) -> None:
        time.sleep(0.2)
        self.stopped += 1


def test_speakers_that_answer_slowly(
    qtbot: QtBot, qapp: QApplication, watched: Callable[..., Watchdog]
) -> None:
    """What is written sounds in order, and nothing of it after a stop."""
    slow = Slow()

    def find() -> Slow:
        time.sleep(0.2)
        return slow

    speakers = Speakers(find=find)
    watched()
    with qtbot.waitSignal(speakers.ready, timeout=10_000):
        assert not speakers.start()
    for time_ in (1, 2):
        slow.heard.clear()
        assert speakers.start()
        assert speakers.room() == 0  # until it is open
        qtbot.waitUntil(lambda: speakers.room() > 0)
        given = bytes([time_, 0, 0, 0] * 1200) + bytes([time_, 1, 0, 0] * 1200)
        assert speakers.room() == 2400
        speakers.write(given[:4800])
        speakers.write(given[4800:])
        assert speakers.room() == 0
        qtbot.waitUntil(lambda given=given: slow.heard == given)
        qtbot.waitUntil(lambda: speakers.room() == 2400)
        speakers.write(bytes(4800))
        speakers.stop()
        assert speakers.room() == 0
        qtbot.waitUntil(lambda time_=time_: slow.stopped == time_)
        assert len(slow.heard) in (len(given), len(given) + 4800)
    speakers.start()
    speakers.stop()
    speakers.start()  # only the last of them counts
    qtbot.waitUntil(lambda: speakers.room() > 0)
    speakers.stop()
    qtbot.waitUntil(lambda: slow.stopped == slow.opened)
    speakers.close()
