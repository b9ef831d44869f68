"""How long the whole job takes with the panel, handled as quickly as it answers."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from opticals.settings import models_folder
from tests.benchmarks.timing import row
from tests.plugin import in_x, x_window


def job() -> None:
    """The whole job by keys alone in a real window, from the cold start: open, select, choose,
    preview, render, compare, undo, redo, save, and open again. A film of 320x180; each key is
    pressed as soon as what the one before it does is seen."""
    if missing := x_window.missing():
        row("not measured", f"without {missing}")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "screen").mkdir()
        (folder / "models").symlink_to(models_folder(), target_is_directory=True)
        with (
            patch.dict(os.environ, {"OPTICALS_HOME": name, "OPTICALS_QUEUE": f"{name}/queue.db"}),
            x_window.screen(folder / "screen") as screen,
        ):
            edit = in_x.small_edit(folder / "film")
            times = in_x.whole_job_by_keys(screen, edit, edit.with_name("cut_v2.otio"), folder)
    row("in all", f"{times.total:.1f} s", "120 s")
    row("  of them for the render", f"{times.waited:.1f} s")
    row("  without it", f"{times.handling:.1f} s")
