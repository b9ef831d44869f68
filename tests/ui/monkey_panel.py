"""The panel that a monkey plays with: real edits and films; what renders is a fake."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio

from opticals.jobs.client import Worker
from opticals_plugin.file_host import FileHost
from opticals_ui import app
from opticals_ui.session import Session

from ..core.edits import clip, dissolve, gap, marker, timeline
from .fakes import FakeWorker


def panel_for_play(folder: Path, *, real: bool = False) -> tuple[app.Window, list[Path]]:
    """A panel over the first of three edits, and all of them; one has 2,000 clips.

    Args:
        real: whether what renders is no fake.
    """
    film = _film(folder / "film.mov")
    first = [clip(f"shot {n}", film, n * 10, 40) for n in range(12)]
    first[3].markers.append(marker("VFX", 90_000 + 35))
    first[5].enabled = False
    lost = clip("lost", folder / "gone.mov", 0, 50)
    edits = []
    for name, tracks in (
        (
            "one",
            (
                ("Video", [*first[:6], gap(20), lost, *first[6:]]),
                ("Video", [gap(60), clip("above", film, 5, 50)]),
                ("Audio", [clip("mix", film, 0, 190)]),
            ),
        ),
        (
            "two",
            (("Video", [clip("a", film, 20, 60), dissolve(6, 6), clip("b", film, 90, 60)]),),
        ),
        ("long", (("Video", [clip(f"shot {n}", film, n % 150, 25) for n in range(2000)]),)),
    ):
        path = folder / f"{name}.otio"
        otio.adapters.write_to_file(timeline(*tracks), str(path))
        edits.append(path)
    app._application()

    def start(heard: Callable[[dict[str, Any]], None]) -> Worker | FakeWorker:
        return Worker(heard) if real else FakeWorker(folder, heard)

    session = Session(FileHost(), start)
    window = app.Window(session)
    window.panel.resize(1280, 800)
    window.panel.show()
    session.open(edits[0])
    return window, edits


def _film(path: Path) -> Path:
    """Made by another process: what makes it needs torch, and memory is compared here."""
    script = (
        "import sys; from pathlib import Path; from tests.core.films import numbered; "
        "numbered(Path(sys.argv[1]), 200, width=160, height=96, timecode='01:00:00:00')"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    return path
