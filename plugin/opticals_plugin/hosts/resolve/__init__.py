"""DaVinci Resolve as a host: entries of Workspace > Scripts, and the same from outside (Studio).

`inside/` runs in the Python that Resolve uses, from 3.6 on: it imports the standard library and
what Resolve hands it alone, and the client that is put beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MENU = "Scripts/Utility/Opticals"  # shown on every page; each .py in it is an entry
SUPPORT = "Opticals"  # beside Scripts: what lies in there is in no menu
MODULE = "opticals_resolve"
LAUNCH = "opticals_launch.json"
ENTRIES = {
    "Send Current Clip": "send",
    "Send Orange Clips": "coloured",
    "Repeat Last Effect": "repeat",
    "Show Panel": "show",
    "Undo Placement": "undo",
    "Redo Placement": "redo",
    "Open Timeline as OTIO": "export",
    "Import Newest OTIO": "import",
}

_HERE = Path(__file__).parent
# Resolve defines no __file__ for scripts of its menu, but `resolve` and `bmd`.
_ENTRY = '''"""Opticals: {name}."""

import sys

sys.path.insert(0, {folder!r})
try:
    from {module} import menu
finally:
    sys.path.remove({folder!r})

menu.run({key!r}, globals())
'''


def files(fusion: Path, launch: Mapping[str, Any]) -> dict[Path, bytes]:
    """What is put into Resolve's folder `Fusion`, by absolute path.

    Args:
        launch: how the panel is started, `{"argv": [...], "home": ...}`.
    """
    support = fusion / SUPPORT
    module = support / MODULE
    found = {module / one.name: one.read_bytes() for one in sorted((_HERE / "inside").glob("*.py"))}
    found[module / "client.py"] = (_HERE.parent / "client.py").read_bytes()
    found[module / LAUNCH] = json.dumps(dict(launch), indent=2).encode()
    for name, key in ENTRIES.items():
        text = _ENTRY.format(name=name, folder=str(support), module=MODULE, key=key)
        found[fusion / MENU / f"{name}.py"] = text.encode()
    return found
