"""How soon the panel shows what is selected in an editing program, from the key on."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.timing import row

COLD, WARM = 5, 10
ROOT = Path(__file__).parents[2]
LOG = "OPTICALS_BENCH_LOG"


def hosts() -> None:
    """From the press of a key in a program (a fake one, in its own process) to the picture of the
    shot in the panel: where no panel runs, and where one does."""
    cold: list[float] = []
    work: list[float] = []
    warm: list[float] = []
    longest = 0.0
    for _ in range(COLD + 1):  # the first fills the disk's cache
        (begun, spent), others, stalled = _run()
        cold.append(begun)
        work.append(spent)
        warm += others
        longest = max(longest, stalled)
    row("a key to the shot, no panel running", f"{statistics.median(cold[1:]):.2f} s", "1.5 s")
    row("  processor time of the panel till then", f"{statistics.median(work[1:]):.2f} s")
    row("a key to the shot, the panel running", f"{statistics.median(warm):.3f} s", "0.3 s")
    row("  nine times of ten", f"{sorted(warm)[len(warm) * 9 // 10]:.3f} s")
    row("the longest that the program stood still", f"{1000 * longest:.1f} ms", "50 ms")


def _run() -> tuple[tuple[float, float], list[float], float]:
    from tests.plugin.hosts.driving import FakeDriver, film

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "seen"
        os.environ |= {"QT_QPA_PLATFORM": "offscreen", LOG: str(log)}
        os.environ["OPTICALS_QUEUE"] = str(folder / "queue.db")
        argv = [sys.executable, "-m", "tests.benchmarks.hosts"]
        launch = {"argv": ["env", "-C", str(ROOT), *argv], "home": str(folder / "home")}
        driver, media = FakeDriver(), [_medium(folder, one) for one in "ab"]
        driver.open(film(media, folder / "film.json"), folder / "panels", launch)
        try:
            cold = _seen(driver, log, "a")
            time.sleep(2)  # the panel settles: it looks at media, and previews
            warm = [_seen(driver, log, "ba"[n % 2])[0] for n in range(WARM)]
            return cold, warm, float(driver.state()["longest"])
        finally:
            for file in (folder / "panels").glob("*.json"):
                os.kill(int(file.stem), signal.SIGTERM)
            driver.close()


def _seen(driver: object, log: Path, clip: str) -> tuple[float, float]:
    """Seconds until it is seen, and those that the panel's process has worked since its start."""
    from tests.plugin.hosts.driving import FakeDriver, until

    assert isinstance(driver, FakeDriver)
    wanted = {"a": 0, "b": 100}[clip]
    driver.select(clip)
    driver.do("select", selection={"playhead": wanted})
    log.write_text("")
    began = time.time()
    driver.press("select")
    until(lambda: f" {wanted}\n" in log.read_text(), 120)
    when, worked, _ = log.read_text().split()[:3]
    return float(when) - began, float(worked)


def _medium(folder: Path, name: str) -> Path:
    path = folder / f"{name}.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25", "-frames:v",
         "150", "-g", "12", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast",
         str(path)],
        check=True,
    )  # fmt: skip
    return path


def _panel() -> int:
    """The panel, which writes down when it shows which record frame."""
    from opticals_plugin import __main__ as plugin
    from opticals_ui.live import Live

    make = Live.__init__

    def watched(self: Live, session: object, link: object) -> None:
        make(self, session, link)  # type: ignore[arg-type]
        screen, selection = self._session.showing.screen, self._session.selection

        def look() -> None:
            seen = screen.seen
            if seen is not None and seen.record == selection.playhead:
                with Path(os.environ[LOG]).open("a") as out:
                    out.write(f"{time.time()} {time.process_time()} {seen.record}\n")

        screen.changed.connect(look)

    Live.__init__ = watched  # type: ignore[method-assign]
    return plugin.main(["--host"])


if __name__ == "__main__":
    sys.exit(_panel())
