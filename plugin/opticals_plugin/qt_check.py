"""Whether Qt can start here, and which of the system's packages are missing when it cannot."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from opticals.qt_libraries import ALWAYS, X11


def import_trouble(error: ImportError) -> str:
    """What to do about a Qt module that cannot be loaded."""
    library = re.match(r"(lib\S+?): cannot open shared object", str(error))
    if library is None:
        return (
            f"The panel needs PySide6, which cannot be loaded: {error}\n"
            "Install it: pip install PySide6"
        )
    return (
        f"The panel cannot start: the system library {library[1]} is missing.\n"
        f"On Debian and Ubuntu: sudo apt install {' '.join(ALWAYS.values())}"
    )


def display_trouble(environment: Mapping[str, str] = os.environ) -> str:
    """Why no window can be opened here; empty when one can, as far as can be known before.

    Qt aborts the process when its platform plug-in cannot be loaded, so this looks beforehand.
    """
    if not sys.platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return ""
    if environment.get("WAYLAND_DISPLAY"):
        return ""
    if not environment.get("DISPLAY"):
        return (
            "The panel cannot start: there is no display (neither DISPLAY nor WAYLAND_DISPLAY "
            "is set).\nRun it in a desktop session; the command line does the same work without."
        )
    plugin = _plugin("xcb")
    if plugin is None:
        return ""
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        library = re.match(r"(lib\S+?): cannot open shared object", str(error))
        missing = f"the system library {library[1]} is missing" if library else str(error)
        return (
            f"The panel cannot open a window: {missing}.\n"
            f"On Debian and Ubuntu: sudo apt install {' '.join(X11.values())}"
        )
    return ""


def _plugin(platform: str) -> Path | None:
    spec = find_spec("PySide6")
    for folder in spec.submodule_search_locations or () if spec else ():
        path = Path(folder) / "Qt" / "plugins" / "platforms" / f"libq{platform}.so"
        if path.is_file():
            return path
    return None
