"""Measures how long the event loop is kept from turning, and by what."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from types import FrameType
from typing import Self

from PySide6.QtCore import QObject, QTimer

BEAT = 5  # milliseconds
LATE = 0.05  # seconds from which a stall is one


@dataclass(frozen=True)
class Stall:
    """The event loop did not turn for so many seconds, of which its thread ran for some and waited
    for the rest, and in which this was run."""

    seconds: float
    ran: float
    stack: str


@dataclass(frozen=True)
class _Spent:
    """Seconds for which a thread ran, and for which it was ready and the system ran others."""

    ran: float
    waited: float

    def since(self, before: _Spent | None) -> _Spent:
        if before is None:
            return self
        return _Spent(self.ran - before.ran, self.waited - before.waited)


class Watchdog(QObject):
    """While it is entered, looks whether the thread it was made on turns its event loop.

    A stall is all that keeps the loop from turning but one thing, that the machine ran other
    programs meanwhile, which the system tells (Linux). What the thread itself ran counts always.
    Else the time that passed counts, less that for which the thread was ready and did not run, or
    the one that most likely had Python's lock was (of the others, the one that ran most): they
    may have waited at the same time, so only the longer of both is taken off. So that there is
    little to take off, both go before all other programs where the system lets them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stalls: list[Stall] = []
        self.longest = 0.0
        self._thread = threading.get_ident()
        self._own = threading.get_native_id()
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self._spent: dict[int, _Spent] = {}
        self._seen: list[str] = []
        self._over = threading.Event()
        self._looker = threading.Thread(target=self._look, daemon=True)
        self._books = _Books()

    def __enter__(self) -> Self:
        self._looker.start()
        self._last, self._spent = time.monotonic(), self._threads()
        self._timer.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._beat()  # what was run last may have left the loop no time to
        self._timer.stop()
        self._over.set()
        self._looker.join()
        self._books.close()

    def _beat(self) -> None:
        now, spent = time.monotonic(), self._threads()
        late, ran = self._stalled(now - self._last, spent)
        if late > self.longest:
            self.longest = late
        if late > LATE:
            self.stalls.append(Stall(late, ran, "\n".join(self._seen)))
        self._last, self._spent, self._seen = now, spent, []

    def _stalled(self, passed: float, spent: dict[int, _Spent]) -> tuple[float, float]:
        """Seconds of those that passed since the last beat for which the loop did not turn, and
        for which its thread ran."""
        since = {id: one.since(self._spent.get(id)) for id, one in spent.items()}
        own = since.pop(self._own, _Spent(0.0, 0.0))
        holder = max(since.values(), key=lambda one: one.ran, default=_Spent(0.0, 0.0))
        late = max(own.ran, passed - BEAT / 1000 - max(own.waited, holder.waited))
        return late, own.ran

    def _look(self) -> None:
        """On a thread of its own: what runs while the loop does not turn."""
        while not self._over.wait(0.01):
            if time.monotonic() - self._last > LATE * 0.5:
                frame = sys._current_frames().get(self._thread)
                if frame is not None and len(self._seen) < 5:
                    self._seen.append(_stack(frame))
                del frame  # it would keep what was painted with alive

    def _threads(self) -> dict[int, _Spent]:
        """What each thread of Python's has spent, but the one that looks."""
        found = {}
        for thread in threading.enumerate():
            spent = None if thread.native_id is None else self._books.read(thread.native_id)
            if spent is not None and thread is not self._looker:
                found[thread.native_id or 0] = spent
        return found


def _stack(frame: FrameType) -> str:
    """Where it is; without the lines themselves, which would be read from the disk meanwhile."""
    found = []
    for one, line in itertools.islice(traceback.walk_stack(frame), 10):
        found.append(f"{one.f_code.co_filename}:{line} in {one.f_code.co_name}")
    return "\n".join(reversed(found)) + "\n"


class _Books:
    """What the system keeps of threads (Linux). Read without letting go of Python's lock, or the
    looking itself would wait for it a dozen times at each beat."""

    def __init__(self) -> None:
        self._files: dict[int, int] = {}
        self._text = ctypes.create_string_buffer(80)

    def read(self, task: int) -> _Spent | None:
        """What a thread has spent, which goes before others from now on; None where the system
        does not tell, or it has ended."""
        if sys.platform != "linux":
            return None
        if task not in self._files:
            with contextlib.suppress(OSError):
                self._files[task] = os.open(f"/proc/self/task/{task}/schedstat", os.O_RDONLY)
            _rank(task, os.SCHED_RR | os.SCHED_RESET_ON_FORK, 1)
        length = ctypes.PyDLL(None).pread(self._files.get(task, -1), self._text, 79, 0)
        if length <= 0:
            return None
        ran, waited = self._text.raw[:length].split()[:2]
        return _Spent(int(ran) / 1e9, int(waited) / 1e9)

    def close(self) -> None:
        """Threads are ranked as all others again."""
        for task, file in self._files.items():
            os.close(file)
            _rank(task, os.SCHED_OTHER, 0)
        self._files.clear()


def _rank(task: int, policy: int, rank: int) -> None:
    with contextlib.suppress(OSError):  # it may have ended, or only an administrator may
        os.sched_setscheduler(task, policy, os.sched_param(rank))
