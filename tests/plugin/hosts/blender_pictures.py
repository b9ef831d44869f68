"""Pictures of the real Blender with the panel, before and after, and how soon the panel shows the
shot: `python -m tests.plugin.hosts.blender_pictures FOLDER`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2

from opticals.settings import models_folder
from opticals_ui.effects.stack import Entry, Stack
from opticals_ui.memory import Memory

from ...footage import film as footage
from .. import x_window
from ..x_window import Screen, until
from . import blender_gui
from .blender_gui import Gui, blender

EFFECT = "stylize"
SCREEN = (1760, 900)
EDITOR = (1000, 900)  # Blender's window; the panel's is beside it
PRESSES = 10
DARK = 24  # of 255: what nothing is drawn on

# Three strips of a film, the middle one selected, a preview above the timeline.
_PROJECT = """
import bpy
bpy.ops.wm.read_factory_settings(app_template="Video_Editing")
s = bpy.context.scene
s.render.fps, s.render.fps_base = 25, 1
s.render.resolution_x, s.render.resolution_y = 640, 272
s.view_settings.view_transform = "Standard"
s.frame_start, s.frame_end, s.frame_current = 1, 99, 50
into = s.sequence_editor_create().sequences
cuts = (("opening", 1, 10, 40), ("ride", 41, 100, 24), ("end", 65, 180, 35))
for name, at, first, frames in cuts:
    m = into.new_movie(name=name, filepath=FILM, channel=20, frame_start=at - first)
    m.frame_final_start, m.frame_final_end = at, at + frames
    m.channel = 1
    m.select = name == "ride"
    if m.select:
        s.sequence_editor.active_strip = m
for area in bpy.context.window_manager.windows[0].screen.areas:
    if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type == "SEQUENCER":
        area.spaces.active.show_region_ui = True
    if area.type == "FILE_BROWSER":
        area.type = "OUTLINER"
bpy.ops.wm.save_as_mainfile(filepath=BLEND)
"""


def pictures(folder: Path) -> None:
    """Send a strip, render an effect on it and have it placed; a picture before and after."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, _desk(Path(name)) as (gui, screen):
        gui.click("ride")
        gui.until(lambda seen: seen["strips"]["ride"]["select"], "the strip selected")
        _page(gui)
        _save(screen, folder / "blender-before.png")
        cold = _press(gui, screen)
        window = next(id for title, id in screen.windows().items() if "Opticals" in title)
        screen.do("windowsize", window, SCREEN[0] - EDITOR[0], SCREEN[1])
        screen.do("windowmove", window, EDITOR[0], 0)
        warm = sorted(_again(gui) for _ in range(PRESSES))
        gui.point("ride")
        gui.focus()
        gui.key("alt+shift+e")
        gui.until(
            lambda seen: "%" in seen["progress"] and " 0 %" not in seen["progress"],
            "progress in Blender",
            240,
        )
        time.sleep(0.5)
        _save(screen, folder / "blender-rendering.png")
        before = gui.strip("ride")["file"]
        gui.until(lambda seen: seen["strips"]["ride"]["file"] != before, "the render placed", 600)
        time.sleep(3)
        _save(screen, folder / "blender-after.png")
        seen = gui.seen()
        sys.stdout.write(
            f"From the key to the panel's window, cold: {cold:.2f} s. A panel that runs answered\n"
            f"in {warm[len(warm) // 2]:.3f} s (median of {PRESSES}). The add-on's longest tick:\n"
            f"{1000 * seen['ours']:.1f} ms, of the processor {1000 * seen['ours_cpu']:.1f} ms.\n"
        )


@contextmanager
def _desk(work: Path) -> Iterator[tuple[Gui, Screen]]:
    """A Blender with a project, on a screen of its own."""
    home = work / "opticals"
    home.mkdir()
    (home / "models").symlink_to(models_folder())
    os.environ |= {"OPTICALS_HOME": str(home), "OPTICALS_QUEUE": str(work / "queue.db")}
    memory = Memory()
    memory.put("last stack", Stack((Entry.of(EFFECT),)).preset("Stylize").to_text())
    memory._settings.sync()
    (work / "screen").mkdir()
    x_window.SIZE = SCREEN
    with x_window.screen(work / "screen") as screen:
        environment = blender_gui.surroundings(
            work / "home", OPTICALS_HOME=str(home), DISPLAY=screen.display
        )
        blender_gui.install(work / "home", environment)
        blend = work / "ride.blend"
        lines = f"FILM, BLEND = {str(footage('bikes.mp4'))!r}, {str(blend)!r}\n{_PROJECT}"
        subprocess.run(
            ["blender", "-b", "--factory-startup", "--python-expr", lines],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        size = " ".join(map(str, EDITOR))
        try:
            with blender(screen, blend, work / "run", environment, size) as gui:
                yield gui, screen
        finally:
            for one in (home / "panels").glob("*.json"):
                with suppress(ProcessLookupError, ValueError):
                    os.kill(int(one.stem), signal.SIGTERM)


def _press(gui: Gui, screen: Screen) -> float:
    """Press our key; seconds until the panel's window is there with the edit."""
    begun = time.monotonic()
    gui.point("ride")
    gui.key("alt+e")
    until(lambda: any("ride.blend" in one and "Opt" in one for one in screen.windows()), "panel")
    took = time.monotonic() - begun
    gui.until(lambda seen: seen["state"] == "joined", "the panel joined")
    time.sleep(6)
    return took


def _again(gui: Gui) -> float:
    """The same with the panel running: seconds until it has answered."""
    gui.focus()
    gui.point("ride")
    answered = gui.seen()["answered"]
    gui.key("alt+e")
    gui.until(lambda seen: seen["answered"] > answered, "an answer")
    time.sleep(0.3)
    return float(gui.seen()["answer_s"])


def _page(gui: Gui) -> None:
    """Bring our page of the sidebar to the front, by a click on its tab."""
    left, top, width, _ = gui.seen()["side"]
    gui.screen.click((left + width - 12, top + 240))
    time.sleep(1)


def _save(screen: Screen, path: Path) -> None:
    """Without what is dark at the right, where no window is yet."""
    pixels = screen.picture()[..., ::-1]
    seen = (pixels.max(axis=(0, 2)) > DARK).nonzero()[0]
    cv2.imwrite(str(path), pixels[:, : int(seen.max()) + 1].copy())


if __name__ == "__main__":
    pictures(Path(sys.argv[1]))
