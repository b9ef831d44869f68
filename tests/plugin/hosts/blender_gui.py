"""A real Blender with its window on a screen without a monitor: looked at, clicked, typed into."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opticals_plugin.hosts.blender import MODULE, pack

from ..x_window import Screen, until

SIDE = Path(__file__).with_name("blender_gui_side.py")
TITLE = "Blender"

Json = dict[str, Any]

# The sequencer over the whole window, with our page of its sidebar.
_LAYOUT = """
import bpy
window = bpy.context.window_manager.windows[0]
window.workspace.name = "Cut"
area = max(window.screen.areas, key=lambda one: one.width * one.height)
area.type = "SEQUENCE_EDITOR"
area.spaces.active.view_type = "SEQUENCER"
area.spaces.active.show_region_ui = True
bpy.context.preferences.view.show_splash = False
bpy.ops.wm.save_as_mainfile(filepath=bpy.data.filepath)
"""


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing of this machine's user is found."""
    left = {name: one for name, one in os.environ.items() if "WAYLAND" not in name}
    left.pop("QT_QPA_PLATFORM", None)
    home.mkdir(exist_ok=True)
    return left | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "BLENDER_USER_SCRIPTS": str(home / "scripts"),
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": "",
        **more,
    }


def install(home: Path, environment: Mapping[str, str]) -> None:
    """The add-on where Blender looks for it, which starts this Python's panel."""
    given = {"QT_QPA_PLATFORM": "xcb", "QT_LOGGING_RULES": "*=false"}
    given |= {name: environment[name] for name in ("OPTICALS_HOME", "DISPLAY")}
    given["PYTHONPATH"] = os.pathsep.join(one for one in sys.path if one)
    panel = (sys.executable, "-P", "-m", "opticals_plugin", "--host")
    argv = ["env", *(f"{name}={one}" for name, one in given.items()), *panel]
    pack(home / "scripts" / "addons", {"argv": argv, "home": None})


class Gui:
    """One Blender with a window."""

    def __init__(self, screen: Screen, folder: Path, process: subprocess.Popen[str]) -> None:
        self.screen = screen
        self.folder = folder
        self.process = process

    def seen(self) -> Json:
        """What is to be seen in Blender now."""
        try:
            found = json.loads((self.folder / "seen.json").read_text())
        except (OSError, ValueError):
            return {}
        assert isinstance(found, dict)
        return found

    def strip(self, name: str) -> Json:
        found = self.seen()["strips"][name]
        assert isinstance(found, dict)
        return found

    def until(self, true: Any, what: str, seconds: float = 60) -> None:
        """Wait until what is seen is so."""
        until(lambda: (seen := self.seen()) and true(seen), f"{what}: {self.seen()}", seconds)

    def window(self) -> str:
        """The id of Blender's window."""
        windows = self.screen.windows()
        return next((id for title, id in windows.items() if title.startswith(TITLE)), "")

    def focus(self) -> None:
        """Blender's window to the front, with the keyboard."""
        window = self.window()
        self.screen.do("windowraise", window)

        def focused() -> bool:
            self.screen.do("windowfocus", window)
            return self.screen.do("getwindowfocus") == window

        until(focused, "the focus in Blender", 20)

    def point(self, name: str) -> None:
        """Put the pointer on a strip."""
        x, y = self.strip(name)["at"]
        self.screen.do("mousemove", int(x), int(y))
        self.screen.do("mousemove", int(x) + 1, int(y))

    def click(self, name: str) -> None:
        """Click on a strip."""
        self.point(name)
        self.screen.do("click", 1)

    def key(self, *keys: str) -> None:
        self.screen.key(*keys)


def lay_out(film: Path, environment: Mapping[str, str]) -> None:
    """Let a project open with the sequencer alone."""
    subprocess.run(
        ["blender", "-b", str(film), "--python-expr", _LAYOUT],
        env=dict(environment),
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=120,
    )


@contextmanager
def blender(
    screen: Screen, film: Path, folder: Path, environment: Mapping[str, str], size: str = "1400 900"
) -> Iterator[Gui]:
    """Blender with a project open and the add-on enabled, its window in the top left corner."""
    folder.mkdir(exist_ok=True)
    (folder / "seen.json").unlink(missing_ok=True)
    command = ["blender", "--factory-startup", "-p", "0", "0", *size.split()]
    command += [str(film), "--addons", MODULE, "--python", str(SIDE), "--", str(folder)]
    with (folder / "blender.log").open("w") as log:
        process = subprocess.Popen(
            command,
            env={**environment, "DISPLAY": screen.display},
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        gui = Gui(screen, folder, process)
        try:
            gui.until(lambda seen: seen["ticks"] > 5, "Blender with its window")
            until(gui.window, "Blender's window")
            gui.focus()
            yield gui
        finally:
            screen.save(folder / "last.png")
            process.kill()
            process.wait(20)


def missing() -> str:
    """What is not installed of what it takes."""
    return "" if shutil.which("blender") else "blender"
