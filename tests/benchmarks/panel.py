"""What the panel costs: how soon it is there, how soon a changed setting is seen, and how long its
event loop ever stands still."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tests.benchmarks.timing import row

if TYPE_CHECKING:
    from opticals_ui.session import Session

RUNS = 5
ROOT = Path(__file__).parents[2]


def panel() -> None:
    """The panel, offscreen: from the start of its process to its first paint and to an edit of
    1,000 clips on the screen; from a changed setting to its picture, beyond what the effect itself
    takes; and the longest time that its event loop stood still during heavy work."""
    with tempfile.TemporaryDirectory() as folder:
        _began(Path(folder))
        for part in ("ladder", "stalls"):
            done = _run([part, folder])
            for line in done.splitlines():
                what, value, target = line.split("|")
                row(what, value, target)


def _began(folder: Path) -> None:
    edit = _long_edit(folder / "long.otio", 1000)
    found: dict[str, list[float]] = {}
    for _ in range(RUNS + 1):  # the first fills the disk's cache
        for line in _run(["start", str(edit)], START=str(time.time())).splitlines():
            name, value = line.split("|")
            found.setdefault(name, []).append(float(value))
    for name, words, target in (
        ("painted", "process started to first paint", "0.8 s"),
        ("opened", "process started to an edit of 1,000 clips", "1.5 s"),
    ):
        row(words, f"{statistics.median(found[name][1:]):.2f} s", target)


def _run(arguments: list[str], **environment: str) -> str:
    home = tempfile.mkdtemp()
    models = os.environ.get("OPTICALS_HOME")
    import platformdirs

    kept = Path(models) if models else platformdirs.user_data_path("opticals")
    (Path(home) / "models").symlink_to(kept / "models", target_is_directory=True)
    given = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OPTICALS_HOME": home, **environment}
    given.pop("PYTHONDONTWRITEBYTECODE", None)  # as it is for users: compiled once
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.panel", *arguments],
        env=given,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _long_edit(path: Path, clips: int, film: Path | None = None) -> Path:
    import opentimelineio as otio

    def span(first: int, frames: int) -> otio.opentime.TimeRange:
        time, length = (otio.opentime.RationalTime(one, 25) for one in (first, frames))
        return otio.opentime.TimeRange(time, length)

    film = film or path.with_name("film.mov")
    film.touch()
    timeline = otio.schema.Timeline(
        "long", global_start_time=otio.opentime.RationalTime(90_000, 25)
    )
    track = otio.schema.Track(kind="Video")
    timeline.tracks.append(track)
    for number in range(clips):
        reference = otio.schema.ExternalReference(str(film), span(0, 200))
        track.append(otio.schema.Clip(f"shot {number}", reference, span(number * 7 % 90, 40)))
    otio.adapters.write_to_file(timeline, str(path))
    return path


def _start(edit: Path) -> None:
    """In a process of its own, as `opticals panel EDIT` begins."""
    began = float(os.environ["START"])
    from PySide6.QtCore import QEvent, QObject, QTimer

    from opticals.jobs.client import Worker
    from opticals_plugin.deferred import file_host
    from opticals_ui import app
    from opticals_ui.session import Session

    application = app._application()
    session = Session(file_host(), Worker)
    window = app.Window(session)
    painted: list[float] = []

    class Look(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not painted:
                QTimer.singleShot(0, lambda: painted.append(time.time() - began))
            return False

    look = Look()
    window.panel.installEventFilter(look)
    window.show()
    session.open(edit)
    while session.edit is None or session.busy:
        application.processEvents()
    window.panel.strip.viewport().repaint()
    opened = time.time() - began
    print(f"painted|{painted[0]}\nopened|{opened}")
    session.close()


def _film(folder: Path) -> Path:
    """1080p, H.264 in long groups of pictures: what is hardest to look at one frame of."""
    film = folder / "film.mp4"
    if not film.exists():
        from tests.footage import film as footage

        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", str(footage("bigbuckbunny.mp4")), "-an",
             "-vf", "scale=1920:1080", "-c:v", "libx264", "-g", "120", str(film)],
            check=True,
        )  # fmt: skip
    return film


def _session(folder: Path, clips: int) -> Session:
    from opticals.jobs.client import Worker
    from opticals_plugin.file_host import FileHost
    from opticals_ui.session import Session

    session = Session(FileHost(), Worker)
    session.open(_long_edit(folder / "cut.otio", clips, _film(folder)))
    _until(lambda: session.edit is not None and not session.busy)
    return session


def _until(done: Callable[[], bool], seconds: float = 120) -> float:
    """Turn the event loop until `done`; the seconds that took."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    began = perf_counter()
    while not done():
        if perf_counter() - began > seconds:
            raise TimeoutError
        assert application is not None
        application.processEvents()
        time.sleep(0.0005)
    return perf_counter() - began


def _ladder(folder: Path) -> None:
    from opticals_ui import app

    app._application()
    session = _session(folder, 3)
    session.selection.go_to("V1:2")
    session.selection.step(20)
    session.choice.choose("copy")  # which takes no time itself: all of it is ours
    session.set_live(True)
    _until(lambda: session.viewing.current, 300)
    times = []
    for _ in range(9):
        session.viewing.invalidate()
        times.append(_until(lambda: session.viewing.current))
    print(f"a preview of 1080p, without what an effect takes|{_ms(times)}|100 ms")
    for effect, setting, values in (
        ("match_colour", "brightness", [0.5, 0.6, 0.7, 0.8, 0.9]),
        ("denoise", "grain", [0.1, 0.2, 0.3, 0.4, 0.5]),
    ):
        session.choice.choose(effect)
        if effect == "match_colour":
            session.choice.set("reference", str(_film(folder)))
        _until(lambda: session.viewing.current, 300)
        times, own = [], []
        for value in values:
            session.choice.set(setting, value)
            times.append(_until(lambda: session.viewing.current))
            own.append(session.viewing.seconds)
        print(f"{effect}: from a changed setting to its picture; the worker took {_ms(own)}"
              f"|{_ms(times)}|")  # fmt: skip
    session.close()


def _ms(times: list[float]) -> str:
    return f"{1000 * statistics.median(times):.0f} ms"


def _stalls(folder: Path) -> None:
    from opticals_ui import app
    from opticals_ui.panel import Panel
    from tests.ui.watchdog import Watchdog

    application = app._application()
    session = _session(folder, 200)
    panel = Panel(session)
    panel.resize(1280, 800)
    panel.show()
    _until(lambda: session.showing.screen.seen is not None)
    for words, work in (
        ("scrubbing 1080p while thumbnails are made", lambda n: session.selection.step(37)),
        ("zooming 200 clips", lambda n: panel.strip.zoom(0.8 if n % 20 < 10 else 1.25)),
    ):
        with Watchdog() as dog:
            for number in range(60):
                work(number)
                end = perf_counter() + 0.05
                while perf_counter() < end:
                    application.processEvents()
                    time.sleep(0.001)
        print(f"longest stall, {words}|{1000 * dog.longest:.0f} ms|50 ms")
        for stall in dog.stalls:
            sys.stderr.write(f"{stall.seconds:.3f}\n{stall.stack}\n")
    session.selection.go_to("V1:3")
    session.choice.choose("denoise")
    session.render()
    _until(lambda: any(view.total for view in session.jobs.views), 200)
    with Watchdog() as dog:
        end = perf_counter() + 8
        while perf_counter() < end:
            session.selection.step(3)
            application.processEvents()
            time.sleep(0.02)
    print(f"longest stall, scrubbing while a render runs|{1000 * dog.longest:.0f} ms|50 ms")
    for stall in dog.stalls:
        sys.stderr.write(f"{stall.seconds:.3f}\n{stall.stack}\n")
    session.jobs.cancel_all()
    session.close()


if __name__ == "__main__":
    what, where = sys.argv[1], Path(sys.argv[2])
    {"start": _start, "ladder": _ladder, "stalls": _stalls}[what](where)
