"""Where a system keeps things, as plain data: any system can be looked at from any other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


def asked(command: list[str]) -> str:
    """What a program says; nothing where it says nothing within 10 s."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=10, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


@dataclass(frozen=True)
class Machine:
    """One user's machine.

    Attributes:
        system: `linux`, `darwin` or `win32`, as `sys.platform` says.
        home: the user's folder.
        root: what absolute paths of the system count from.
        environment: of this process.
        python: that runs Opticals.
        ask: runs a program of the machine, for what it says.
    """

    system: str = sys.platform
    home: Path = field(default_factory=Path.home)
    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    python: str = sys.executable
    ask: Callable[[list[str]], str] = asked

    def at(self, path: str) -> Path:
        """An absolute path of the system: `/Applications`, `C:/ProgramData`."""
        return self.root / path.replace(":", "", 1 if self.root != Path("/") else 0).lstrip("/")

    def variable(self, name: str, default: Path) -> Path:
        """The folder that a variable of the environment names, else the usual one."""
        found = self.environment.get(name, "").strip()
        return Path(found) if found else default

    @property
    def config(self) -> Path:
        """Of the user's programs."""
        if self.system == "darwin":
            return self.home / "Library" / "Application Support"
        if self.system == "win32":
            return self.variable("APPDATA", self.home / "AppData" / "Roaming")
        return self.variable("XDG_CONFIG_HOME", self.home / ".config")

    @property
    def data(self) -> Path:
        if self.system == "darwin":
            return self.home / "Library" / "Application Support"
        if self.system == "win32":
            return self.variable("LOCALAPPDATA", self.home / "AppData" / "Local")
        return self.variable("XDG_DATA_HOME", self.home / ".local" / "share")

    @property
    def notes(self) -> Path:
        """Where it is written down what was installed."""
        own = self.environment.get("OPTICALS_HOME", "").strip()
        if own:
            return Path(own).expanduser() / "hosts"
        parts = ("opticals", "opticals") if self.system == "win32" else ("opticals",)
        return self.data.joinpath(*parts, "hosts")

    @property
    def launch(self) -> dict[str, object]:
        """How a host starts the panel."""
        own = self.environment.get("OPTICALS_HOME", "").strip()
        return {
            "argv": [self._windowless, "-P", "-m", "opticals_plugin", "--host"],
            "home": str(Path(own).expanduser().absolute()) if own else None,
        }

    @property
    def _windowless(self) -> str:
        """On Windows the Python that opens no console."""
        quiet = Path(self.python).with_name("pythonw.exe")
        return str(quiet) if self.system == "win32" and quiet.exists() else self.python
