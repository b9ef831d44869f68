"""The Blenders that are here: programs, and the module `bpy` in environments of its own.

`python -m tests.plugin.hosts.blenders 4.5 5.0` fetches those, and says how large they are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SIDE = Path(__file__).with_name("blender_side.py")
MODULES = ("4.5", "5.0")  # what is tested of `bpy`; their Python is 3.11
_MEGABYTES = {"4.2": 340, "4.5": 360, "5.0": 370}


def cache() -> Path:
    """Where environments with `bpy` are kept, outside the repository."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "opticals-hosts"


@dataclass(frozen=True)
class Blender:
    """One that tests can start.

    Attributes:
        name: `blender` for the program, `bpy-4.5` for the module.
        command: what runs a script in it; `--` and the script's arguments follow.
    """

    name: str
    command: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        leaked = ("PYTHONPATH", "PYTHONHOME", "QT_QPA_PLATFORM")
        return {key: one for key, one in os.environ.items() if key not in leaked} | {
            "LIBGL_ALWAYS_SOFTWARE": "1"
        }


def program() -> Blender | None:
    """The installed Blender, without windows."""
    found = shutil.which("blender")
    if found is None:
        return None
    return Blender("blender", (found, "-b", "--factory-startup", "--python", str(SIDE)))


def module(version: str) -> Blender | None:
    """The module of this version, if it was fetched."""
    python = cache() / f"bpy-{version}" / "bin" / "python"
    if not (python.with_name(".whole")).exists():
        return None
    return Blender(f"bpy-{version}", (str(python), str(SIDE)))


def fetch(version: str) -> None:
    """Make an environment with the module of this version, if there is none.

    Raises:
        CalledProcessError: pip cannot get it.
    """
    if module(version) is not None:
        return
    folder = cache() / f"bpy-{version}"
    size = _MEGABYTES.get(version, 350)
    sys.stderr.write(f"Fetching bpy {version} from PyPI into {folder}: about {size} MB.\n")
    python = sys.executable if sys.version_info[:2] == (3, 11) else shutil.which("python3.11")
    if python is None:
        raise SystemExit(f"bpy {version} runs in Python 3.11 alone, and there is none.")
    subprocess.run([python, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, f"bpy=={version}.*"], check=True)
    (folder / "bin" / ".whole").touch()


def here() -> list[Blender]:
    """All that are here."""
    found = [program(), *(module(version) for version in MODULES)]
    return [one for one in found if one is not None]


def tried(*usual: str) -> list[Any]:
    """All that are here, for a fixture; those of other names than `usual` take their time, and
    are tried when that is asked for."""
    long = pytest.mark.hosts_long
    return [
        pytest.param(one, id=one.name, marks=() if one.name in usual else long) for one in here()
    ]


if __name__ == "__main__":
    for wanted in sys.argv[1:] or MODULES:
        fetch(wanted)
