"""Starting the panel: a picture of it, and a clear word when Qt cannot run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange
from PySide6.QtGui import QImage

from opticals_plugin import qt_check
from opticals_plugin.__main__ import main


def test_a_missing_system_library_is_named_with_the_packages() -> None:
    error = ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
    words = qt_check.import_trouble(error)
    assert "libEGL.so.1" in words
    for package in ("libglib2.0-0", "libegl1", "libgl1", "libdbus-1-3", "libfontconfig1",
                    "libxkbcommon0"):  # fmt: skip
        assert package in words
    assert "pip install" in qt_check.import_trouble(ModuleNotFoundError("No module named PySide6"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about X11 and Wayland")
def test_no_display_is_said_before_qt_aborts() -> None:
    assert "no display" in qt_check.display_trouble({})
    assert qt_check.display_trouble({"WAYLAND_DISPLAY": "wayland-0"}) == ""
    assert qt_check.display_trouble({"QT_QPA_PLATFORM": "offscreen"}) == ""
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    environment.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(
        [sys.executable, "-m", "opticals_plugin"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_needs_no_display(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "EDIT" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_in_the_terminal_ends_the_panel(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from opticals_plugin.__main__ import main
application = QApplication([])
QTimer.singleShot(300, lambda: os.kill(os.getpid(), signal.SIGINT))
sys.exit(main(sys.argv[1:]))
"""
    # an edit that is not there is said in the panel: it goes on until it is told to end
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "none.otio")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_picture_of_an_edit(tmp_path: Path) -> None:
    track = otio.schema.Track(kind="Video")
    span = TimeRange(RationalTime(0, 25), RationalTime(50, 25))
    track.append(otio.schema.Clip("one", source_range=span))
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(tmp_path / "cut.otio"))
    picture = tmp_path / "panel.png"
    done = subprocess.run(
        [sys.executable, "-m", "opticals_plugin", str(tmp_path / "cut.otio"),
         "--screenshot", str(picture), "--size", "900x700"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert QImage(str(picture)).width() == 900
    missing = subprocess.run(
        [sys.executable, "-m", "opticals_plugin", str(tmp_path / "no.otio"),
         "--screenshot", str(picture)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert missing.returncode == 1
    assert "no.otio" in missing.stderr
