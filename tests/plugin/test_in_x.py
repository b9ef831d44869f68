"""The whole job in a real window, by real clicks and keys, looked at from outside: the screen's
pictures, window titles, files and the queue."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import opentimelineio as otio
import pytest
import torch
from opentimelineio.opentime import RationalTime, TimeRange
from torch import Tensor

from opticals.jobs.entries import State
from opticals.jobs.queue import Queue
from opticals.timeline.edit import Edit
from opticals_ui.look.palettes import DARK

from ..core.films import write_film
from . import x_window
from .x_window import Box, Screen, until

BACKING = "#0dc318"  # the green of the film, in RGB
FRAMES = 48
OPEN, SAVE = "Open an edit — Opticals", "Save the edit as a new file — Opticals"

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about X11"),
    pytest.mark.skipif(bool(x_window.missing()), reason=f"not here: {x_window.missing()}"),
]


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


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    """An edit of one clip: its frames 4 to 43 of a film."""
    folder = tmp_path / "film"
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


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    folder = tmp_path / "screen"
    folder.mkdir()
    with x_window.screen(folder) as screen:
        yield screen


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


def test_the_whole_job(screen: Screen, edit: Path, tmp_path: Path) -> None:
    original, saved = edit.read_bytes(), edit.with_name("cut_v2.otio")
    with panel(screen, tmp_path) as process:
        # Open, by the button of the first page.
        screen.wait_for("Opticals")
        until(lambda: primary(screen), "the button that opens")
        screen.click(primary(screen)[0].centre)
        choose_file(screen, OPEN, edit)
        screen.wait_for("cut.otio – Opticals")
        until(lambda: green(screen) > 30_000, "the film in the viewer")

        # Select the clip.
        frame = screen.amount(DARK["selected"], 2)
        screen.click(screen.find(DARK["video"], 2)[0].centre)
        until(lambda: screen.amount(DARK["selected"], 2) > frame + 1000, "a frame round the clip")

        # Choose an effect, by its name.
        screen.key("ctrl+3")
        screen.type("key")
        until(lambda: len(primary(screen)) == 2, "the button that uses it")
        screen.click(primary(screen)[0].centre)
        until(lambda: len(primary(screen)) == 1, "the stack in place of the browser")

        # Preview: half of the picture is as it was, of the other the backing is gone.
        (render,) = primary(screen)
        screen.click((render.left - render.width // 2, render.centre[1]))
        until(lambda: checker(screen) > 5000, "a preview without the backing")
        assert green(screen) > 5000

        # Render: it is proved, and cut in by itself.
        screen.click(render.centre)
        screen.wait_for("cut.otio* – Opticals", 180)
        assert jobs() == [State.PLACED]
        (made,) = edit.with_name("cut.opticals").glob("*.mov")
        assert made.with_suffix(".json").is_file()
        assert edit.read_bytes() == original

        # Compare: the line between before and after is drawn to and fro.
        until(lambda: checker(screen) > 5000 and green(screen) > 5000, "before beside after")
        wiped = checker(screen)
        view = screen.find(BACKING, 12)[0]
        right = view.left + view.width
        middle = view.top + view.height // 3
        screen.drag((right, middle), (view.left + 20, middle))
        until(lambda: checker(screen) > 1.6 * wiped, "more of after")
        screen.drag((view.left + 20, middle), (right + view.width - 20, middle))
        until(lambda: checker(screen) < wiped / 4, "more of before")

        # Undo and redo; save.
        screen.key("ctrl+z")
        screen.wait_for("cut.otio – Opticals")
        screen.key("ctrl+shift+z")
        screen.wait_for("cut.otio* – Opticals")
        screen.key("ctrl+shift+s")
        choose_file(screen, SAVE, saved)
        screen.wait_for("cut_v2.otio – Opticals")
        assert edit.read_bytes() == original
        (item,) = Edit.open(saved).tracks()[0].items
        assert item.version == made.stem
        assert (item.record, item.frames) == (90_000, 40)
        quit_panel(screen, process)

    # Reopen: it is as it was left.
    with panel(screen, tmp_path, saved) as process:
        screen.wait_for("cut_v2.otio – Opticals")
        until(lambda: checker(screen) > 10_000, "the render in the viewer")
        assert green(screen) < 5000
        quit_panel(screen, process)
    assert jobs() == [State.PLACED]
