"""The whole job in a real Blender with a window: a click, a key, the panel, a render by the real
worker, undo and redo by keys, saved, and rendered by Blender itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
import torch
from torch import Tensor

from opticals.settings import models_folder
from opticals_ui.effects.stack import Entry, Stack
from opticals_ui.memory import Memory

from ...core.films import number, number_picture, write_film
from .. import x_window
from ..x_window import Screen, until
from . import blender_gui, blenders
from .blender_gui import Gui, blender
from .driving import Json, film
from .driving_blender import BlenderDriver

FRAMES = 60
WIDE, HIGH = 320, 180
BOX = (80, 42, 160, 96)  # where the number stands: left, top, width, height

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about X11"),
    pytest.mark.skipif(bool(x_window.missing()), reason=f"not here: {x_window.missing()}"),
    pytest.mark.skipif(bool(blender_gui.missing()), reason="no Blender is here"),
    pytest.mark.timeout(600),
]


def picture(index: int) -> list[Tensor]:
    """The number of a frame before a green backing, which the effect `key` takes away."""
    half = (HIGH // 2, WIDE // 2)
    planes = [torch.full((HIGH, WIDE), 120, dtype=torch.uint8)]
    planes += [torch.full(half, code, dtype=torch.uint8) for code in (80, 60)]
    left, top, width, height = BOX
    inside = number_picture(index, width, height, "yuv420p")
    for plane, part, scale in zip(planes, inside, (1, 2, 2), strict=True):
        rows, columns = slice(top // scale, (top + height) // scale), left // scale
        plane[rows, columns : columns + width // scale] = part
    return planes


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object) -> Path:
    """A home of its own with this machine's networks, in which `key` was used last."""
    folder = tmp_path / "opticals"
    folder.mkdir()
    (folder / "models").symlink_to(models_folder())
    monkeypatch.setenv("OPTICALS_HOME", str(folder))
    memory = Memory()
    memory.put("last stack", Stack((Entry.of("key"),)).preset("Key").to_text())
    memory._settings.sync()
    return folder


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    folder = tmp_path / "screen"
    folder.mkdir()
    with x_window.screen(folder) as screen:
        yield screen


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two strips of a film whose frame i shows i: 20 frames from 4, 16 from 30."""
    medium = tmp_path / "film.mov"
    write_film(medium, (picture(index) for index in range(FRAMES)), options={"qp": "4"})
    said: Json = film([medium, medium], tmp_path / "cut.json", start=1)
    a, b = said["tracks"][0]["clips"]
    a.update(record=[1, 20], source=[4, 20])
    b.update(record=[21, 16], source=[30, 16])
    program = blenders.program()
    assert program is not None
    driver = BlenderDriver(program, tmp_path)
    driver.begin(tmp_path / "panels")
    driver.do("make", film=said)
    driver.close()
    return tmp_path / "cut.blend"


@pytest.fixture
def gui(screen: Screen, project: Path, home: Path, tmp_path: Path) -> Iterator[Gui]:
    environment = blender_gui.surroundings(
        tmp_path / "home", OPTICALS_HOME=str(home), DISPLAY=screen.display
    )
    blender_gui.install(tmp_path / "home", environment)
    blender_gui.lay_out(project, environment)
    try:
        with blender(screen, project, tmp_path / "run", environment) as gui:
            yield gui
    finally:
        for one in (home / "panels").glob("*.json"):
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(one.stem), signal.SIGTERM)


def rendered(project: Path, folder: Path, frames: tuple[int, int]) -> list[tuple[int, bool]]:
    """What Blender itself renders: the number that each frame shows, and whether the backing
    is there."""
    lines = (
        "import bpy; s = bpy.context.scene; r = s.render\n"
        f"s.frame_start, s.frame_end = {frames}\n"
        f"r.filepath = {str(folder)!r} + '/'; r.image_settings.file_format = 'PNG'\n"
        "bpy.ops.render.render(animation=True)"
    )
    subprocess.run(
        ["blender", "-b", str(project), "--python-expr", lines],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=200,
    )
    found = []
    left, top, width, height = BOX
    for path in sorted(folder.glob("*.png")):
        pixels = torch.from_numpy(cv2.imread(str(path))).permute(2, 0, 1)
        corner = pixels[:, :20, :20].float().mean((1, 2))
        shown = number(pixels[:, top : top + height, left : left + width])
        found.append((shown, bool(corner[1] > 80)))
    return found


def _selected(seen: Json) -> list[str]:
    return sorted(name for name, one in seen["strips"].items() if one["select"])


def test_the_whole_job(gui: Gui, screen: Screen, project: Path, home: Path, tmp_path: Path) -> None:
    before = gui.strip("b")
    gui.click("b")
    gui.until(lambda seen: _selected(seen) == ["b"], "the strip selected")

    # The key: the panel is started, and shows the shot.
    pressed = time.monotonic()
    gui.key("alt+e")
    until(lambda: any("cut.blend – Op" in one for one in screen.windows()), "the panel", 90)
    took = time.monotonic() - pressed
    gui.until(lambda seen: seen["state"] == "joined", "Blender joined to the panel")

    # The next key: rendered with what was used last, and placed.
    until(lambda: screen.amount("#0dc318", 12) > 10_000, "the shot in the viewer")
    shown = time.monotonic() - pressed
    gui.focus()
    gui.click("b")
    gui.until(lambda seen: _selected(seen) == ["b"], "the strip selected alone")
    gui.key("alt+shift+e")
    gui.until(lambda seen: seen["strips"]["b"]["file"] != "film.mov", "the render placed", 240)
    placed = gui.strip("b")
    assert placed["range"] == before["range"]
    assert placed["channel"] == before["channel"]
    assert gui.strip("a")["file"] == "film.mov"

    # One step of undo, by Blender's own keys.
    gui.focus()
    gui.point("a")
    gui.key("ctrl+z")
    gui.until(lambda seen: seen["strips"]["b"]["file"] == "film.mov", "the render undone")
    undone = gui.strip("b")
    assert (undone["range"], undone["content"]) == (before["range"], before["content"])
    gui.key("ctrl+shift+z")
    gui.until(lambda seen: seen["strips"]["b"]["file"] == placed["file"], "the render again")
    assert gui.strip("b")["range"] == before["range"]

    # Versions, by our keys.
    gui.click("b")
    gui.key("alt+shift+Home")
    gui.until(lambda seen: seen["strips"]["b"]["file"] == "film.mov", "the original")
    gui.key("alt+shift+Prior")
    gui.until(lambda seen: seen["strips"]["b"]["file"] == placed["file"], "the next version")

    # Saved, and rendered by Blender without us.
    gui.key("ctrl+s")
    gui.until(lambda seen: seen["saved"], "the project saved")
    seen = gui.seen()
    assert seen["ours_cpu"] < 0.05, seen
    sys.stderr.write(
        f"cold: {took:.2f} s to the panel, {shown:.2f} s to the shot; longest tick "
        f"{1000 * seen['ours']:.1f} ms, of the processor {1000 * seen['ours_cpu']:.1f} ms\n"
    )
    made = rendered(project, tmp_path / "frames", (1, 36))
    assert made == [(4 + n, True) for n in range(20)] + [(30 + n, False) for n in range(16)]
