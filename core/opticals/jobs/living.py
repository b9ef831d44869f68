"""Which processes are alive, told without a clock that can be set."""

from __future__ import annotations

import os
import platform
import sys
import time
from pathlib import Path

from opticals.jobs.entries import Process

HOST = platform.node() or "here"
LEASE = 15.0  # seconds without a beat after which a process counts as dead
_LOOKS = 5.0  # seconds between two looks after which this process was asleep itself


def me(kind: str) -> Process:
    """This process."""
    return Process(HOST, os.getpid(), kind)


def is_gone(process: Process) -> bool:
    """Whether a process has surely ended. False may also mean that it cannot be told."""
    if process.host != HOST or os.name != "posix":
        return False  # on Windows none can be asked without harm
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return sys.platform == "linux" and _ended(process.pid)


def _ended(pid: int) -> bool:
    """Whether it has ended and waits for its parent to hear of it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] == ["Z"]


class Watch:
    """Remembers when beats were last seen to change, by its own monotonic clock: a clock that is
    set, or a machine that slept, makes nobody dead."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], tuple[int, float]] = {}
        self._looked = time.monotonic()

    def look(self) -> None:
        """Called at the begin of each round of questions."""
        now = time.monotonic()
        if now - self._looked > _LOOKS:
            self._seen.clear()
        self._looked = now

    def is_dead(self, process: Process) -> bool:
        """Whether a process is gone, or gave no beat for `LEASE` seconds of watching."""
        if is_gone(process):
            return True
        key = (process.host, process.pid)
        beat, since = self._seen.get(key, (None, 0.0))
        if beat != process.beat:
            self._seen[key] = (process.beat, time.monotonic())
            return False
        return time.monotonic() - since > LEASE
