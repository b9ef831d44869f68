"""The file by which a panel tells hosts that it is there, and proves to them that it is itself."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opticals.errors import OutputError
from opticals_plugin.bridge.wire import PROTOCOL


class Discovery:
    """The file of one panel, which the user alone can read.

    Attributes:
        token: what a host must say to be let in.
        reply: what the panel answers then: nobody else at its port knows it.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self.token = secrets.token_hex(32)
        self.reply = secrets.token_hex(32)
        self.path = folder / f"{os.getpid()}.json"
        self._said = {
            "protocol": PROTOCOL,
            "port": port,
            "token": self.token,
            "reply": self.reply,
            "pid": os.getpid(),
            "started": f"{time.time():.3f}",
        }

    def write(self, host: str | None, project: Mapping[str, Any] | None, *, joined: bool) -> None:
        """Say what the panel holds, and whether a host is joined to it.

        Raises:
            OutputError: the folder or the file cannot be written, or is not the user's alone.
        """
        folder = self.path.parent
        said = {**self._said, "host": host, "project": project, "joined": joined}
        fresh = folder / f".{os.getpid()}.tmp"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_private(folder)
            fresh.unlink(missing_ok=True)
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as out:
                json.dump(said, out)
            fresh.replace(self.path)
        except OSError as error:
            raise OutputError.wrap(
                f"Editing programs cannot find this panel: {folder} cannot be written.",
                error,
                "Check the folder's permissions, or set OPTICALS_HOME to a folder of your own.",
            ) from error

    def remove(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()


def _make_private(folder: Path) -> None:
    """A folder of the user's own is closed to others; another's is not used."""
    if os.name == "nt":
        return
    found = folder.stat()
    if found.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    if found.st_mode & 0o077:
        folder.chmod(0o700)
