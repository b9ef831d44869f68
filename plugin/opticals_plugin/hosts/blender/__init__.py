"""Blender's Video Sequence Editor as a host: the add-on, and what packs it for Blender.

`addon/` runs inside Blender, from 3.4 to 5.x: it imports the standard library and Blender's own
modules alone, and the client that is packed beside it.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MODULE = "opticals_blender"  # the add-on's folder, and its name in Blender
EXTENSION = "opticals"  # its name as an extension, from Blender 4.2 on
LAUNCH = "opticals_launch.json"

_HERE = Path(__file__).parent


def pack(to: Path, launch: Mapping[str, Any] | None = None) -> Path:
    """Write the add-on for Blender.

    Args:
        to: a `.zip`, which Blender installs as an add-on and, from 4.2 on, as an extension; or
            the folder of add-ons (`scripts/addons`, `extensions/user_default`), in which the
            add-on gets a folder of its own. What an older one had there is replaced.
        launch: how the panel is started, written beside it: `{"argv": [...], "home": ...}`.

    Returns:
        What was written: the zip, or the add-on's folder.
    """
    if to.suffix == ".zip":
        to.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in _files(launch):
                archive.writestr(f"{MODULE}/{name}", data)
        return to
    folder = to / (EXTENSION if to.parent.name == "extensions" else MODULE)
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, data in _files(launch):
        (fresh / name).write_bytes(data)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder


def _files(launch: Mapping[str, Any] | None) -> Iterator[tuple[str, bytes]]:
    """The add-on's files by their names."""
    for path in sorted((_HERE / "addon").iterdir()):
        if path.suffix in (".py", ".toml"):
            yield path.name, path.read_bytes()
    yield "client.py", (_HERE.parent / "client.py").read_bytes()
    if launch is not None:
        yield LAUNCH, json.dumps(dict(launch), indent=2).encode()
