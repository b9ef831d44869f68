"""Pictures of the real Kdenlive before and after, and how soon the panel hears of a key:
`python -m tests.plugin.hosts.kdenlive_pictures FOLDER`."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import platformdirs

from tests.footage import film
from tests.plugin import in_x, x_window
from tests.plugin.x_window import until

from . import kdenlive_program
from .driving import Ear
from .kdenlive_driver import KdenliveDriver, Seen
from .kdenlive_project import DOCUMENT, Cut, Medium, write

PRESSES = 20
# Found when this is imported: the models of this machine, which are fetched by `make models`.
MODELS = platformdirs.user_data_path("opticals") / "models"
EFFECT = "stylize"


def pictures(folder: Path) -> None:
    """Send a clip, render an effect on it, and have it placed; a picture before each step."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        os.environ |= {"OPTICALS_QUEUE": str(work / "queue.db")}
        screen_folder = work / "screen"
        screen_folder.mkdir()
        with (
            x_window.screen(screen_folder) as screen,
            kdenlive_program.session(screen) as session,
        ):
            driver = KdenliveDriver(screen, session, work)
            medium = Medium(2, str(film("bikes.mp4")), 250)
            cuts = [Cut(2, 0, 24, 34), Cut(2, 24, 76, 100), Cut(2, 100, 50, 180)]
            (work / "opticals").mkdir()
            (work / "opticals" / "models").symlink_to(MODELS, target_is_directory=True)
            project = write(work / "bikes.kdenlive", [medium], [cuts, []], DOCUMENT, playhead=12)
            driver.seen = {
                name: Seen(cut.start, cut.frames) for name, cut in zip("abc", cuts, strict=True)
            }
            driver.begin(project, work / "panels")
            try:
                driver.select("a")
                measure(driver, work / "panels")
                screen.save(folder / "kdenlive-before.png")
                driver.press("select")
                until(lambda: any(one.endswith("Opticals") for one in screen.windows()), "panel")
                title = next(one for one in screen.windows() if one.endswith("Opticals"))
                screen.wait_for(title)
                time.sleep(3)
                screen.key("ctrl+3")
                screen.type(EFFECT)
                until(lambda: len(in_x.primary(screen)) == 2, "the button that uses it")
                screen.key("Return")
                time.sleep(2)
                screen.save(folder / "kdenlive-panel.png")
                with driver.program.changing():
                    screen.key("ctrl+Return")
                    until(lambda: in_x.jobs() and in_x.jobs()[0] == "placed", "it is placed", 500)
                driver.program.focus()
                time.sleep(2)
                screen.save(folder / "kdenlive-after.png")
            finally:
                driver.end_panels(work / "panels")
                driver.close()


def measure(driver: KdenliveDriver, panels: Path) -> None:
    """From the start of what a key starts to the panel hearing of the shot."""
    ear = Ear(panels)
    try:
        driver.press("select")
        ear.wait("select").answer({})
        times, spent = [], []
        for _ in range(PRESSES):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            begun = time.monotonic()
            key = subprocess.Popen(driver.agent.command("send"), env=driver.agent.environment)
            asked = ear.wait("select")
            times.append(time.monotonic() - begun)
            asked.answer({})
            key.wait()
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            time.sleep(0.3)
    finally:
        ear.close()
    times.sort()
    print(
        f"from the key to the panel hearing of the shot: {1000 * statistics.median(times):.0f} ms,"
        f" {1000 * times[0]:.0f} to {1000 * times[-1]:.0f} ms; of it"
        f" {1000 * statistics.median(spent):.0f} ms of processor time for what the key starts"
    )


if __name__ == "__main__":
    made = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
    made.mkdir(parents=True, exist_ok=True)
    pictures(made)
