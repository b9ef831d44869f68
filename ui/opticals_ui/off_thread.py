"""A thread of Python's own beside the GUI's, for work in order.

Not one of Qt's pool: their state of Python comes and goes with each piece of work, and libraries
bound with pybind11, such as OpenTimelineIO, wait for the one they first met for ever.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

log = logging.getLogger(__name__)

# Seconds. Whenever the GUI's thread has let go of Python for a moment, as it does in many calls
# into Qt, it waits this long to get it back while work is done here: with Python's own 5 ms, ten
# such calls are a stall that is seen.
TURN = 0.0001


class OffThread:
    """Does one thing after the other. The thread begins with the first."""

    def __init__(self, name: str) -> None:
        sys.setswitchinterval(min(TURN, sys.getswitchinterval()))
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._closed = False

    def do(self, work: Callable[[], None]) -> None:
        """Do it after what was asked for before; after `close`, nothing."""
        if not self._closed:
            self._pool.submit(work).add_done_callback(_tell)

    def close(self) -> None:
        """Drop what has not begun, and wait for what has."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)


def _tell(done: Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.error("background work failed", exc_info=error)
