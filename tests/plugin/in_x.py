"""The panel in a real window as tests and benchmarks drive it: from outside, as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import opentimelineio as otio
import torch
from opentimelineio.opentime import RationalTime, TimeRange
from torch import Tensor

from opticals.jobs.entries import State
from opticals.jobs.queue import Queue
from opticals_ui.look.palettes import DARK

from ..core.films import write_film
from .x_window import Box, Screen, until

BACKING = "#0dc318"  # the green of the film, in RGB
FRAMES = 48
OPEN, SAVE = "Open an edit — Opticals", "Save the edit as a new file — Opticals"


def picture(index: int, width: int = 320, height: int = 180) -> list[Tensor]:
    """A dark thing that goes along before a green backing."""
    half = (height // 2, width // 2)
    luma = torch.full((height, width), 120, dtype=torch.uint8)
    blue, red = (torch.full(half, code, dtype=torch.uint8) for code in (80, 60))
    left = 120 + 2 * (index // 2)
    luma[40:140, left : left + 80] = 90
    blue[20:70, left // 2 : left // 2 + 40] = 100
    red[20:70, left // 2 : left // 2 + 40] = 200
    return [luma, blue, red]


def small_edit(folder: Path) -> Path:
    """An edit of one clip: its frames 4 to 43 of a film."""
    folder.mkdir()
    write_film(folder / "film.mov", (picture(index) for index in range(FRAMES)))

    def span(start: int, frames: int) -> TimeRange:
        return TimeRange(RationalTime(start, 25), RationalTime(frames, 25))

    reference = otio.schema.ExternalReference("film.mov", available_range=span(0, FRAMES))
    track = otio.schema.Track(kind="Video")
    track.append(otio.schema.Clip("backing", reference, span(4, 40)))
    timeline = otio.schema.Timeline("cut", global_start_time=RationalTime(90_000, 25))
    timeline.tracks.append(track)
    path = folder / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


@contextmanager
def panel(screen: Screen, tmp_path: Path, *options: object) -> Iterator[subprocess.Popen[str]]:
    """The panel as a user starts it, in English and dark."""
    surroundings = {name: value for name, value in os.environ.items() if "WAYLAND" not in name}
    surroundings |= {
        "DISPLAY": screen.display,
        "QT_QPA_PLATFORM": "xcb",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "QT_LOGGING_RULES": "*=false",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "opticals_plugin", *map(str, options)],
        env=surroundings,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            screen.save(tmp_path / "last.png")
            process.kill()


def choose_file(screen: Screen, title: str, path: Path) -> None:
    """Type a path into a file dialog."""
    screen.wait_for(title)
    screen.key("ctrl+a")
    screen.type(str(path))
    screen.key("Return")
    screen.wait_until_gone(title)


def primary(screen: Screen) -> list[Box]:
    """The buttons to press next, from top to bottom."""
    found = screen.find(DARK["accent"], least=800) + screen.find(DARK["accent_hover"], least=800)
    buttons = [one for one in found if 20 <= one.height <= 40 and one.width > 60]
    return sorted(buttons, key=lambda one: one.top)


def green(screen: Screen) -> int:
    return screen.amount(BACKING, 12)


def checker(screen: Screen) -> int:
    return screen.amount(DARK["checker"], 2)


def jobs() -> list[State]:
    with Queue() as queue:
        return [one.state for one in queue.entries()]


def quit_panel(screen: Screen, process: subprocess.Popen[str]) -> None:
    """Quit by the keyboard; nothing went wrong until then."""
    screen.key("ctrl+q")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in told, told


@dataclass(frozen=True)
class Times:
    """How long the whole job took, in seconds: `waited` of them for the render."""

    total: float
    waited: float

    @property
    def handling(self) -> float:
        return self.total - self.waited


def whole_job_by_keys(screen: Screen, edit: Path, saved: Path, tmp_path: Path) -> Times:
    """From the cold start to the edit that is opened again, without a mouse: each key is pressed
    when what the one before it does is seen."""
    begun = time.monotonic()
    with panel(screen, tmp_path) as process:
        # Open: the focus stands on the button.
        screen.wait_for("Opticals")
        until(lambda: primary(screen), "the button that opens")
        screen.key("Return")
        choose_file(screen, OPEN, edit)
        screen.wait_for("cut.otio – Opticals")
        until(lambda: green(screen) > 30_000, "the film in the viewer")

        # Select a range: 26 frames from the first.
        screen.key("i", "shift+Right", "o")
        until(lambda: screen.amount(DARK["range"], 2) > 200, "the range")

        # Choose an effect, by its name.
        screen.key("ctrl+3")
        screen.type("key")
        until(lambda: len(primary(screen)) == 2, "the button that uses it")
        screen.key("Return")
        until(lambda: len(primary(screen)) == 1, "the stack in place of the browser")

        # Preview it, and render it: it is cut in by itself.
        screen.key("ctrl+p")
        until(lambda: checker(screen) > 5000, "a preview without the backing")
        asked = time.monotonic()
        screen.key("ctrl+Return")
        screen.wait_for("cut.otio* – Opticals", 180)
        waited = time.monotonic() - asked
        assert jobs() == [State.PLACED]

        # Compare: the source, the result, both by wipe.
        screen.key("alt+2")
        until(lambda: green(screen) > 150_000 and checker(screen) < 500, "the source")
        screen.key("alt+1")
        until(lambda: green(screen) < 50_000 and checker(screen) > 100_000, "the result")
        screen.key("alt+3")
        until(lambda: 10_000 < checker(screen) < 100_000, "before beside after")

        # Undo and redo; save.
        screen.key("ctrl+z")
        screen.wait_for("cut.otio – Opticals")
        screen.key("ctrl+shift+z")
        screen.wait_for("cut.otio* – Opticals")
        screen.key("ctrl+s")
        choose_file(screen, SAVE, saved)
        screen.wait_for(f"{saved.name} – Opticals")
        quit_panel(screen, process)

    # Reopen: it is the first of the recent ones.
    with panel(screen, tmp_path) as process:
        screen.wait_for("Opticals")
        until(lambda: primary(screen), "the button that opens")
        screen.key("Tab", "Tab", "Return")
        screen.wait_for(f"{saved.name} – Opticals")
        until(lambda: checker(screen) > 5000, "the render in the viewer")
        total = time.monotonic() - begun
        quit_panel(screen, process)
    return Times(total, waited)
