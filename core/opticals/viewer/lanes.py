"""Requests of one kind, served one after the other on a thread of their own."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from opticals.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Request = dict[str, Any]
_GENTLE = 10  # nice


class Lane:
    """A queue and the thread that serves it.

    Args:
        serve: called with each request; it answers, whatever goes wrong.
        dropped: called with each request that is not served any more.
        idle: called when nothing waits; True to be called again at once.
        gentle: whether other threads go first.
    """

    def __init__(
        self,
        name: str,
        serve: Callable[[Request], None],
        dropped: Callable[[Request], None],
        idle: Callable[[], bool] = lambda: False,
        gentle: bool = False,
    ) -> None:
        self._serve, self._dropped, self._idle = serve, dropped, idle
        self._gentle = gentle
        self._changed = threading.Condition()
        self._waiting: deque[Request] = deque()
        self._current: Request | None = None
        self._stopped = False  # the current one is to be given up
        self._ended = False
        self._since: float | None = None  # when the current one last showed that it goes on
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def put(self, request: Request, newest: bool = False) -> None:
        """Serve a request after those before it; `newest`: in place of those of its channel."""
        with self._changed:
            gone = self._take_out(request["channel"]) if newest else []
            self._waiting.append(request)
            self._changed.notify()
        for one in gone:
            self._dropped(one)

    def drop(self, channel: str) -> None:
        """Forget what waits in a channel."""
        with self._changed:
            gone = self._take_out(channel)
        for one in gone:
            self._dropped(one)

    def cancel(self, number: int) -> None:
        """Forget a request, or give it up."""
        with self._changed:
            gone = [one for one in self._waiting if one["id"] == number]
            for one in gone:
                self._waiting.remove(one)
            if self._current is not None and self._current["id"] == number:
                self._stopped = True
        for one in gone:
            self._dropped(one)

    def end(self) -> None:
        """Serve nothing more; the current request is given up at its next beat."""
        with self._changed:
            self._waiting.clear()
            self._ended = self._stopped = True
            self._changed.notify()

    def beat(self) -> None:
        """To be called by what serves a request, often.

        Raises:
            Cancelled: it is given up.
        """
        if self._since is not None:
            self._since = time.monotonic()
        if self._stopped:
            raise Cancelled

    @contextmanager
    def patience(self) -> Iterator[None]:
        """For work that may take long between beats."""
        before, self._since = self._since, None
        try:
            yield
        finally:
            self._since = before and time.monotonic()

    @property
    def stuck(self) -> tuple[Request, float] | None:
        """The current request, and for how many seconds it has given no beat."""
        current, since = self._current, self._since
        return (current, time.monotonic() - since) if current is not None and since else None

    @property
    def busy(self) -> bool:
        return self._current is not None or bool(self._waiting)

    def _take_out(self, channel: str) -> list[Request]:
        gone = [one for one in self._waiting if one["channel"] == channel]
        for one in gone:
            self._waiting.remove(one)
        return gone

    def _run(self) -> None:
        if self._gentle and sys.platform == "linux":
            with suppress(OSError):  # there, threads have a priority of their own
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GENTLE)
        while True:
            with self._changed:
                waits = bool(self._waiting)
            if not waits and not self._ended and self._idle():
                continue
            with self._changed:
                while not self._waiting and not self._ended:
                    self._changed.wait()
                if self._ended:
                    return
                self._current = self._waiting.popleft()
                self._stopped = self._ended
                self._since = time.monotonic()
            self._serve(self._current)
            with self._changed:
                self._current = self._since = None
                self._stopped = self._ended
