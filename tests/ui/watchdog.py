"""Measures how long the event loop is kept from turning, and by what."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from PySide6.QtCore import QObject, QTimer

BEAT = 5  # milliseconds
LATE = 0.05  # seconds from which a stall is one


@dataclass(frozen=True)
class Stall:
    """The event loop did not turn for so many seconds, in which this was run."""

    seconds: float
    stack: str


class Watchdog(QObject):
    """While it is entered, looks whether the thread it was made on turns its event loop.

    Time in which the thread was ready to run and the system ran others is not counted, where the
    system tells (Linux): on a machine that is full of work, that is no fault of the panel's. Nor
    is the time for which another thread of ours so waited, which may have held Python's lock.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stalls: list[Stall] = []
        self.longest = 0.0
        self._thread = threading.get_ident()
        self._own = str(threading.get_native_id())
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self._waited: dict[str, float] = {}
        self._stack = ""
        self._over = threading.Event()
        self._looker = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._last, self._waited = time.monotonic(), self._waiting()
        self._timer.start()
        self._looker.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._timer.stop()
        self._over.set()
        self._looker.join()

    def _beat(self) -> None:
        now, waited = time.monotonic(), self._waiting()
        late = now - self._last - BEAT / 1000 - self._lost(waited)
        self.longest = max(self.longest, late)
        if late > LATE:
            self.stalls.append(Stall(late, self._stack))
        self._last, self._waited, self._stack = now, waited, ""

    def _look(self) -> None:
        """On a thread of its own: what runs while the loop does not turn."""
        while not self._over.wait(0.01):
            if time.monotonic() - self._last > LATE * 0.8:
                frame = sys._current_frames().get(self._thread)
                if frame is not None:
                    self._stack = "".join(traceback.format_stack(frame)[-8:])
                del frame  # it would keep what was painted with alive

    def _lost(self, waited: dict[str, float]) -> float:
        """Seconds since the last beat in which others than this process ran."""
        since = {id: total - self._waited.get(id, total) for id, total in waited.items()}
        return since.pop(self._own, 0.0) + max(since.values(), default=0.0)

    def _waiting(self) -> dict[str, float]:
        """Seconds for which each thread of the process was ready and did not run."""
        found = {}
        for task in Path("/proc/self/task").glob("*/schedstat"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                found[task.parent.name] = int(task.read_text().split()[1]) / 1e9
        return found
