"""Files being written: their names, and sweeping up those whose writer is gone."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import time
from pathlib import Path

from opticals.media.sequence.numbering import beside, is_pattern

_NAME = re.compile(r".*\.(\w+)-(\d+)\.partial\.\w+")
_HOST = re.sub(r"\W", "_", platform.node()) or "here"
_DAY = 86_400  # seconds


def partial(path: Path) -> Path:
    """The hidden name beside `path` under which this process writes it; of a sequence a folder
    of a hidden name."""
    if is_pattern(path):
        return partial(path.parent.with_name(path.parent.name + path.suffix)) / path.name
    return path.with_name(f".{path.stem}.{_HOST}-{os.getpid()}.partial{path.suffix}")


def discard(path: Path) -> None:
    """Delete a file, or the folder that a sequence fills, if it is there."""
    if is_pattern(path):
        shutil.rmtree(beside(path), ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Delete what processes that were killed left half-written in a folder."""
    for path in folder.glob(".*.partial.*"):
        match = _NAME.fullmatch(path.name)
        if match is not None and not _at_work(path, match[1], int(match[2])):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _at_work(path: Path, host: str, writer: int) -> bool:
    """Whether the process that writes this file may still be there."""
    if os.name == "posix" and host == _HOST:
        try:
            os.kill(writer, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    # Another machine's processes cannot be asked for, and on Windows none without harm.
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime < _DAY
    return False
