"""How long the windows of the real Blender and Kdenlive stand still for us, by the clock on the
wall: `python -m tests.plugin.hosts.stalls`.

Each press of the key is followed by as long a time with nothing pressed, on the same busy machine:
what the two differ by is ours.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.core.films import numbered
from tests.plugin import x_window

from . import blender_gui, blenders, kdenlive_program
from .driving import Ear, film
from .driving_blender import BlenderDriver
from .kdenlive_driver import KdenliveDriver, Seen
from .kdenlive_project import DOCUMENT, Cut, Medium, write

PRESSES = 30
WINDOW_S = 0.8  # that is looked at after a press
PING_S = 0.005
CALL = ("/kdenlive/MainWindow_1", "org.freedesktop.DBus.Properties", "Get")

Rows = list[tuple[float, float]]  # when something was seen, and how long it was not


def report(name: str, press: Callable[[], None], rows: Callable[[], Rows]) -> None:
    """Press again and again; the longest that the window stood still after each press, and in
    between."""
    spans: dict[str, list[tuple[float, float]]] = {"pressed": [], "not pressed": []}
    for number in range(2 * PRESSES):
        begun = time.monotonic()
        if number % 2 == 0:
            press()
        time.sleep(max(0, begun + WINDOW_S - time.monotonic()))
        spans[("pressed", "not pressed")[number % 2]].append((begun, time.monotonic()))
    seen = rows()
    for kind, those in spans.items():
        longest = sorted(
            1000 * max((gap for at, gap in seen if begin <= at <= end), default=0)
            for begin, end in those
        )
        print(
            f"{name}, {kind}: {statistics.median(longest):.0f} ms,"
            f" {longest[0]:.0f} to {longest[-1]:.0f} ms"
        )


def blender(work: Path, screen: x_window.Screen) -> None:
    """Blender's own timer tells when its main loop got no turn."""
    medium, program = numbered(work / "film.mov", 60), blenders.program()
    if program is None:
        raise SystemExit("no Blender is here")
    driver = BlenderDriver(program, work)
    driver.begin(work / "panels")
    driver.do("make", film=film([medium, medium], work / "cut.json", start=1))
    driver.close()
    home = work / "opticals"
    home.mkdir()
    environment = blender_gui.surroundings(
        work / "home", OPTICALS_HOME=str(home), DISPLAY=screen.display
    )
    blender_gui.install(work / "home", environment)
    blender_gui.lay_out(work / "cut.blend", environment)
    ear = Ear(home / "panels")
    try:
        with blender_gui.blender(screen, work / "cut.blend", work / "run", environment) as gui:

            def press() -> None:
                gui.key("alt+e")
                ear.wait("select").answer({})

            gui.click("b")
            press()
            time.sleep(2)
            report("Blender", press, lambda: _read(work / "run" / "gaps"))
    finally:
        ear.close()


def kdenlive(work: Path, screen: x_window.Screen) -> None:
    """A question that its main thread answers, asked from a third process all the time."""
    medium = Medium(2, str(numbered(work / "film.mov", 250)), 250)
    cuts = [Cut(2, 0, 24, 34), Cut(2, 24, 76, 100)]
    with kdenlive_program.session(screen) as session:
        driver = KdenliveDriver(screen, session, work)
        driver.seen = {
            name: Seen(cut.start, cut.frames) for name, cut in zip("ab", cuts, strict=True)
        }
        driver.begin(write(work / "cut.kdenlive", [medium], [cuts, []], DOCUMENT), work / "panels")
        ear = Ear(work / "panels")

        def press() -> None:
            driver.press("select")
            ear.wait("select").answer({})

        driver.select("a")
        press()
        asking = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, driver.program.service, str(work / "gaps")],
            env=driver.program.environment,
        )
        try:
            time.sleep(2)
            report("Kdenlive", press, lambda: _read(work / "gaps"))
        finally:
            asking.kill()
            asking.wait()
            ear.close()
            driver.close()


def ask(service: str, file: Path) -> None:
    """Ask Kdenlive's window again and again, and write down how long each answer took."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage

    app = QCoreApplication([])
    bus = QDBusConnection.sessionBus()
    with file.open("w", buffering=1) as out:
        while app is not None:
            message = QDBusMessage.createMethodCall(service, *CALL)
            message.setArguments(["org.qtproject.Qt.QWidget", "windowModified"])
            begun = time.monotonic()
            bus.call(message, QDBus.CallMode.Block, 5000)
            now = time.monotonic()
            out.write(f"{now} {now - begun}\n")
            time.sleep(PING_S)


def _read(file: Path) -> Rows:
    rows = (line.split() for line in file.read_text().splitlines())
    return [(float(one[0]), float(one[1])) for one in rows if len(one) == 2]


def main() -> None:
    for measure in (blender, kdenlive):
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            (work / "screen").mkdir()
            os.environ |= {"OPTICALS_QUEUE": str(work / "queue.db")}
            with x_window.screen(work / "screen") as screen:
                measure(work, screen)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ask(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
