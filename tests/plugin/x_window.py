"""A screen of X without a monitor: programs are shown on it, looked at, clicked and typed into."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

TOOLS = ("Xvfb", "xdotool")
SIZE = (1400, 900)
_EVERY = 0.05  # seconds between looks

Picture = npt.NDArray[np.uint8]


def missing() -> str:
    """What is not installed of what it takes."""
    return ", ".join(tool for tool in TOOLS if shutil.which(tool) is None)


def until(there: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for something.

    Raises:
        AssertionError: it did not come; with `what` was waited for.
    """
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, f"It did not come to this: {what}"
        time.sleep(_EVERY)


@dataclass(frozen=True)
class Box:
    """A part of the screen in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        return self.left + self.width // 2, self.top + self.height // 2

    @property
    def area(self) -> int:
        return self.width * self.height


class Screen:
    """A screen with what is on it. There is no window manager: windows get the focus from here."""

    def __init__(self, display: str, memory: Path) -> None:
        self.display = display
        self._memory = memory

    def do(self, *command: object) -> str:
        """Have xdotool do something; what it says."""
        done = subprocess.run(
            ["xdotool", *map(str, command)],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.stdout.strip()

    def windows(self) -> dict[str, str]:
        """The ids of the windows that are seen, by their titles."""
        ids = self.do("search", "--onlyvisible", "--name", ".*").split()
        return {title: id for id in ids if (title := self.do("getwindowname", id))}

    def wait_for(self, title: str, seconds: float = 60) -> None:
        """Until there is a window of this title, which then has the focus."""
        until(lambda: title in self.windows(), f"a window “{title}”: {self.windows()}", seconds)
        window = self.windows()[title]

        def focused() -> bool:
            self.do("windowfocus", window)
            return self.do("getwindowfocus") == window

        until(focused, f"the focus in “{title}”", 20)

    def wait_until_gone(self, title: str) -> None:
        until(lambda: title not in self.windows(), f"no window “{title}”", 20)

    def key(self, *keys: str) -> None:
        """Press keys one after the other: `ctrl+z`."""
        self.do("key", "--delay", 40, *keys)

    def type(self, text: str) -> None:
        self.do("type", "--delay", 15, text)

    def click(self, at: tuple[int, int]) -> None:
        self.do("mousemove", *at, "click", 1)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw something from one place to another with the mouse."""
        half = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
        self.do("mousemove", *start, "mousedown", 1, "mousemove", *half)
        self.do("mousemove", *end)
        self.do("mousemove", end[0], end[1], "mouseup", 1)

    def picture(self) -> Picture:
        """What is seen now, [height, width, 3], RGB: read from the X server's own memory."""
        data = self._memory.read_bytes()
        head = np.frombuffer(data, ">u4", 25)
        width, height, row, colours = head[4], head[5], head[12], head[19]
        pixels = np.frombuffer(data, np.uint8, height * row, head[0] + colours * 12)
        return pixels.reshape(height, row)[:, : 4 * width].reshape(height, width, 4)[..., 2::-1]

    def amount(self, colour: str, tolerance: int = 6) -> int:
        """How many pixels have a colour: `#e3a64b`."""
        return int(_mask(self.picture(), colour, tolerance).sum())

    def find(self, colour: str, tolerance: int = 6, least: int = 400) -> list[Box]:
        """The connected parts of a colour, the largest first, of at least so many pixels."""
        mask = _mask(self.picture(), colour, tolerance).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        large = [one for one in stats[1:].tolist() if one[4] >= least]
        large.sort(key=lambda one: -one[4])
        return [Box(*one[:4]) for one in large]

    def save(self, path: Path) -> None:
        """Keep what is seen as a picture, for who looks into a failed test."""
        cv2.imwrite(str(path), np.ascontiguousarray(self.picture()[..., ::-1]))


def _mask(picture: Picture, colour: str, tolerance: int) -> npt.NDArray[np.bool_]:
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.int16)
    return np.abs(picture.astype(np.int16) - wanted).max(axis=2) <= tolerance


@contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    """A screen that nobody else uses."""
    read, write = os.pipe()
    width, height = SIZE
    options = f"-displayfd {write} -screen 0 {width}x{height}x24 -nolisten tcp -noreset".split()
    with subprocess.Popen(
        ["Xvfb", *options, "-fbdir", str(folder)], pass_fds=[write], stderr=subprocess.DEVNULL
    ) as server:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        try:
            assert number, "Xvfb does not start."
            yield Screen(f":{number}", folder / "Xvfb_screen0")
        finally:
            server.terminate()
            server.wait(20)
