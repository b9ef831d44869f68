"""What it costs to paint the timeline strip: scrolled and zoomed over a long edit, every paint
measured."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

from tests.benchmarks.timing import row

if TYPE_CHECKING:
    from opticals.viewer.sight import Message, Sight
    from opticals_ui.timeline.strip import TimelineStrip

TRACKS, CLIPS = 10, 10_000
WIDTH, HEIGHT = 1920, 300
TARGET = 8.0  # milliseconds
SETTLE = 0.03  # seconds from one step to the next, as a hand turns a wheel


def strip() -> None:
    """Painting the timeline strip, 10,000 clips on 10 tracks, with names, pictures, sound and
    markers, at 1920x300; scrolled and zoomed step by step."""
    for ratio in (1, 2):
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(ratio)}
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.strip"],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        for line in done.stdout.splitlines():
            what, median, most, count, slices = line.split("|")
            row(
                f"{what}, {ratio}x pixels, {count} paints",
                f"{float(median):.1f} ms, at most {float(most):.1f}",
                f"{TARGET:.0f} ms; drawing ahead at most {float(slices):.1f}",
            )


class _Projector:
    """Answers at once, with the same picture and the same sound for all that is asked."""

    def __init__(self, on_message: Callable[[Message], None], folder: Path) -> None:
        self._tell, self._folder, self._ids = on_message, folder, 0

    def thumbnail(self, sight: Sight) -> int:
        from opticals.viewer.sight import Thumb

        self._ids += 1
        self._tell(Thumb(self._ids, str(self._folder / "thumb.jpg")))
        return self._ids

    def peaks(self, path: str) -> int:
        from opticals.viewer.sight import Peaks

        self._ids += 1
        self._tell(Peaks(self._ids, str(self._folder / "peaks"), 200, True))
        return self._ids

    def picture(self, sight: Sight, *, channel: str, scope: str = "") -> int:
        self._ids += 1  # that of the viewer is not measured: it is not answered
        return self._ids

    def start(self) -> None: ...
    def drop(self, channel: str) -> None: ...
    def close(self) -> None: ...


def _tracks(folder: Path) -> tuple[Any, tuple[Any, ...]]:
    from opticals.timeline.marks import MarkerView
    from tests.ui.fakes import HOUR, track

    medium = folder / "film.mov"
    medium.touch()
    lanes, markers = [], []
    for number in range(TRACKS):
        name = f"V{number + 1}" if number < TRACKS // 2 else f"A{number + 1 - TRACKS // 2}"
        plain = track(name, *[(f"clip {n} of the film", 12 + 7 * n % 60)
                              for n in range(CLIPS // TRACKS)])  # fmt: skip
        items = []
        for place, item in enumerate(plain.items):
            more: dict[str, Any] = {"path": medium, "original": medium}
            if place % 7 == 0:
                more["speed"] = Fraction(1, 2)
            if place % 11 == 0:
                more |= {"version": "clip_v002", "versions": ("clip_v001", "clip_v002")}
            if place % 13 == 0:
                more["enabled"] = False
            if place % 5 == 0:
                markers.append(MarkerView(str(item.id), "look", "GREEN", (), item.record + 3,
                                          item.record + 9))  # fmt: skip
            items.append(replace(item, **more))
        lanes.append(replace(plain, items=tuple(items)))
    markers += [MarkerView("", f"m{n}", "RED", (), HOUR + 40 * n, HOUR + 40 * n + 1)
                for n in range(1000)]  # fmt: skip
    return tuple(lanes), tuple(markers)


def _measure(folder: Path) -> None:
    from PySide6.QtGui import QColor, QImage, QPaintEvent
    from PySide6.QtWidgets import QApplication

    from opticals_ui.host import EditView
    from opticals_ui.look.theme import dress
    from opticals_ui.session import Session
    from opticals_ui.timeline.strip import TimelineStrip
    from tests.ui.fakes import FakeHost, FakeWorker

    app = QApplication(sys.argv[:1])
    dress(app)
    image = QImage(192, 108, QImage.Format.Format_RGB32)
    image.fill(QColor("#7a6a50"))
    image.save(str(folder / "thumb.jpg"))
    (folder / "peaks").write_bytes(bytes(n * 37 % 100 for n in range(2 * 200 * 600)))
    paints: list[float] = []
    slices: list[float] = []

    class Measured(TimelineStrip):
        def paintEvent(self, event: QPaintEvent) -> None:
            started = thread_time()
            super().paintEvent(event)
            paints.append(1000 * (thread_time() - started))

        def _fill(self) -> None:
            started = thread_time()
            super()._fill()
            slices.append(1000 * (thread_time() - started))

    class Host(FakeHost):
        def view(self) -> EditView | None:
            found = super().view()
            return found and replace(found, markers=markers)

    host = Host(folder)
    host.tracks, markers = _tracks(folder)
    edit = folder / "long.otio"
    edit.touch()
    session = Session(host, lambda tell: FakeWorker(folder, tell),
                      lambda tell: _Projector(tell, folder))  # type: ignore[arg-type]  # fmt: skip
    widget = Measured(session)
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    session.open(edit)
    _wait(app, 1.5)
    sweeps: Sequence[tuple[str, Callable[[TimelineStrip], object], int]] = (
        ("opened and shown whole", lambda it: it.viewport().update(), 5),
        ("zoomed in", lambda it: it.zoom(0.85, 1000), 50),
        ("scrolled", lambda it: _scroll(it, 60), 80),
        ("zoomed out", lambda it: it.zoom(1 / 0.9, 700), 50),
        ("scrolled fast", lambda it: _scroll(it, -150), 40),
        ("all selected", lambda it: session.selection.select_all(), 2),
        ("all selected, zoomed out", lambda it: it.zoom(1 / 0.85, 700), 20),
        ("the playhead moved", lambda it: session.selection.step(3), 60),
    )  # fmt: skip
    for what, step, steps in sweeps:
        paints.clear()
        slices.clear()
        for _ in range(steps):
            step(widget)
            _wait(app, SETTLE)
        _wait(app, 0.5)
        most = max(slices, default=0.0)
        print(f"{what}|{statistics.median(paints)}|{max(paints)}|{len(paints)}|{most}")
    session.close()


def _scroll(widget: TimelineStrip, pixels: int) -> None:
    bar = widget.horizontalScrollBar()
    bar.setValue(bar.value() + pixels)


def _wait(app: Any, seconds: float) -> None:
    until = perf_counter() + seconds
    while perf_counter() < until:
        app.processEvents()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        os.environ["OPTICALS_HOME"] = made  # nothing of the user's own is used or changed
        _measure(Path(made))
