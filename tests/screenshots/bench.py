"""A panel over a real edit with real films, and a worker that answers at once with pictures made
of their frames: what states are set up with."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QCursor, QImage, QPainter, QPixmap, QRadialGradient
from PySide6.QtWidgets import QApplication, QWidget

from opticals.rendering.job import Job, Render
from opticals_plugin.file_host import FileHost
from opticals_ui import app as running
from opticals_ui.memory import Memory
from opticals_ui.panel import Panel
from opticals_ui.session import Session
from tests.ui.fakes import FakeWorker

# Made once for the machine: rendering takes a minute. Found before tests set a home of their own.
_DEMO = platformdirs.user_cache_path("opticals") / "screenshots" / "demo"
KEPT = ("thumbnails", "peaks", "media")  # of the cache: the same for every state
PATIENCE = 30  # seconds that a state may take to come about
SETTLE = 60  # milliseconds in which layouts come to rest
STILL, CALM = (
    40,
    3,
)  # milliseconds between looks at what is still to come, and how many find nothing
LONGEST_REST = 8  # seconds


def demo() -> Path:
    """The folder of the demonstration, with its renders."""
    if not (_DEMO / "demo_opticals.otio").is_file():
        _DEMO.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-P", "-m", "opticals", "demo", "--folder", _DEMO]
        subprocess.run(command, check=True)
    return _DEMO


class FilmWorker(FakeWorker):
    """Previews are frames of the films, the result a sharper one, or cut out by `green_screen`."""

    patience = 3600  # what is under way stays so until the state is left

    def _made(self, job: Job) -> Render:
        """A film that is there, so that the edit is shown whole when it is placed."""
        made, rendered = super()._made(job), demo() / "demo.opticals" / "V1-2_upscale_v001.mov"
        if not made.path.exists():
            made.path.hardlink_to(rendered)
        return replace(made, width=1280, height=544)

    def _preview(self, job: Job) -> None:
        if self.missing or self._fields_open(job):
            super()._preview(job)
            return
        frame = next(at for one, at in reversed(self.previews) if one.id == job.id)
        before = frame_of(Path(job.shot.media), frame)
        pictures = {
            "before": self._file(job, "before", before),
            "after": self._file(job, "after", _made_of(before, job)),
        }
        count = self.counts[job.id]
        for index in range(count):
            self._say(
                "preview", job, index=index, count=count, output=index, seconds=0.4,
                last=index == count - 1, **pictures,
            )  # fmt: skip

    def _file(self, job: Job, which: str, image: QImage) -> dict[str, Any]:
        path = self.folder / f"{job.id}-{which}.bgra"
        alpha = image.hasAlphaChannel()
        formats = QImage.Format
        kind = formats.Format_ARGB32_Premultiplied if alpha else formats.Format_RGB32
        written = image.convertToFormat(kind)  # kept: its bits are gone with it
        path.write_bytes(bytes(written.constBits()))
        return {"path": str(path), "width": image.width(), "height": image.height(), "alpha": alpha}


class Bench:
    """One panel to set up. `folder` is its own; `home` was set before. While `hold` is set, a
    worker that starts keeps what it is at."""

    def __init__(self, folder: Path, language: str = "en", theme: str = "dark") -> None:
        self.folder = folder
        self.hold = False
        self.over: Callable[[Bench], object] | None = None  # opens what lies over the panel
        self.workers: list[FilmWorker] = []
        self.app = running._application()
        memory = Memory()
        memory.put("language", language)
        memory.put("theme", theme)
        memory.put("first steps done", True)
        self.session = Session(FileHost(), self._start)
        self.window = running.Window(self.session)
        self.session.refresh()
        # nothing is lit because the mouse happens to be there
        QCursor.setPos(self.app.primaryScreen().geometry().bottomRight())
        self.panel.show()
        self.panel.activateWindow()
        self.wait(lambda: not self.session.busy)

    @property
    def panel(self) -> Panel:
        return self.window.panel

    @property
    def worker(self) -> FilmWorker:
        """The one that was started; starts it if none was."""
        return self.workers[-1]

    def open(self, name: str | Path = "demo_opticals.otio") -> None:
        """Open an edit: of the demonstration, or any."""
        self.session.open(demo() / name)
        self.wait(lambda: self.session.edit is not None and not self.session.busy)

    def select(self, clip: str) -> None:
        """Select a clip and stand in the middle of it."""
        self.session.selection.go_to(clip)
        item = self.session.model.find(clip)
        self.session.selection.move_to(item.record + item.frames // 2)
        source = self.session.source
        self.settle(300)
        self.wait(lambda: source.medium is None or source.facts or source.error)

    def run(self, command: str) -> None:
        """Run a command by its id."""
        self.panel.actions_by_id[command].trigger()
        self.settle()

    def page(self, id: str) -> None:
        self.panel.side.show_page(id)
        self.settle()

    def find(self, kind: type[QWidget], name: str = "") -> QWidget:
        return self.panel.findChild(kind, name)

    def wait(self, until: Callable[[], object]) -> None:
        """Let the panel run until something is so; ends the run when it does not come about."""
        end = time.monotonic() + PATIENCE
        while not until():
            if time.monotonic() > end:
                raise TimeoutError("The state did not come about.")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        self.settle()

    def settle(self, milliseconds: int = SETTLE) -> None:
        """Let layouts and paintings come to rest."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def rest(self) -> None:
        """Let all pictures arrive that are to be seen; one that never does keeps nobody."""
        strip, screen = self.panel.strip, self.session.showing.screen
        preflight = self.session.preflight
        end, calm = time.monotonic() + LONGEST_REST, 0
        while calm < CALM and time.monotonic() < end:
            self.settle(STILL)
            rest = strip.at_rest and screen.at_rest and not preflight.stale
            calm = calm + 1 if rest else 0

    def picture(self) -> QPixmap:
        """The panel, with the menu or dialog over it that `over` opens."""
        if self.over is not None:
            self.over(self)
            self.settle(150)
        taken = self.panel.grab()
        opened = [one for one in QApplication.topLevelWidgets() if _is_over(one)]
        painter = QPainter(taken)
        for one in opened:  # inside, as they open where the panel has the whole screen
            at, room = self.panel.mapFromGlobal(one.mapToGlobal(QPoint())), self.panel.size()
            x, y = room.width() - one.width(), room.height() - one.height()
            painter.drawPixmap(max(0, min(at.x(), x)), max(0, min(at.y(), y)), one.grab())
        painter.end()
        for one in opened:
            one.close()
        return taken

    def close(self) -> None:
        for worker in self.workers:
            worker.go_on.set()
        self.panel.retire()
        self.session.close()
        self.settle(10)

    def _start(self, on_message: Callable[[dict[str, Any]], None]) -> FilmWorker:
        self.workers.append(FilmWorker(self.folder, on_message))
        if self.hold:
            self.worker.go_on.clear()
        return self.worker


def _is_over(widget: QWidget) -> bool:
    kinds = (Qt.WindowType.Popup, Qt.WindowType.Dialog, Qt.WindowType.ToolTip)
    return widget.isVisible() and widget.windowType() in kinds


def frame_of(film: Path, frame: int) -> QImage:
    """A frame of a film, as it is on the screen."""
    import av

    with av.open(str(film)) as container:
        for at, picture in enumerate(container.decode(video=0)):
            if at >= frame:
                array = picture.to_ndarray(format="bgra")
                height, width = array.shape[:2]
                image = QImage(array.tobytes(), width, height, QImage.Format.Format_RGB32)
                return image.copy()
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("#406080"))
    return image


def _made_of(image: QImage, job: Job) -> QImage:
    """What an effect makes of a frame, near enough to be looked at."""
    return _cut_out(image) if job.recipe.name == "green_screen" else _sharper(image)


def _cut_out(image: QImage) -> QImage:
    """What is left of the middle of a frame, with soft edges."""
    size = image.size()
    matte = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    matte.fill(Qt.GlobalColor.transparent)
    painter = QPainter(matte)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shade = QRadialGradient(0.46 * size.width(), 0.5 * size.height(), 0.5 * size.height())
    shade.setColorAt(0.85, QColor("black"))
    shade.setColorAt(1, QColor(0, 0, 0, 0))
    painter.fillRect(matte.rect(), shade)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.drawImage(0, 0, image)
    painter.end()
    return matte


def _sharper(image: QImage) -> QImage:
    import cv2
    import numpy as np

    width, height = image.width(), image.height()
    array = np.frombuffer(image.constBits(), np.uint8).reshape(height, width, 4)
    big = cv2.resize(array, (2 * width, 2 * height), interpolation=cv2.INTER_LANCZOS4)
    soft = cv2.GaussianBlur(big, (0, 0), 3)
    sharp = cv2.addWeighted(big, 1.9, soft, -0.9, 4)
    return QImage(sharp.tobytes(), 2 * width, 2 * height, QImage.Format.Format_RGB32).copy()


def forget(home: Path) -> None:
    """A home as on the first day, but for the models and for pictures of media."""
    for one in home.iterdir():
        if one.name == "cache":
            inside = [each for each in one.iterdir() if each.name not in KEPT]
        else:
            inside = [one] if one.name != "models" else []
        for each in inside:
            if each.is_dir() and not each.is_symlink():
                # a helper that is ending may still write into it
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink(missing_ok=True)
