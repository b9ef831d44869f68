"""Looks after the queue from a program: on a thread of its own, so that no program ever waits.

It carries out what is asked, tells what changed, whoever changed it, frees what the dead held,
and has jobs rendered when it is this process's turn.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from opticals.errors import OpticalsError, QueueError, WorkerError
from opticals.jobs import living
from opticals.jobs.claims import Claims
from opticals.jobs.entries import Entry, Flags, Process, State
from opticals.jobs.queue import Queue
from opticals.settings import queue_file

log = logging.getLogger(__name__)

LOOK = 0.25  # seconds between two looks at what others changed
_BEAT = 1.0  # seconds between two signs of life
_AGAIN = 2.0  # seconds until a worker that was woken is woken again
_TRIES = 5  # of what is asked, while the file is locked or the disk full
_TIRED = 2.0  # seconds between two tries to open a file that cannot be opened
_DIED = WorkerError(
    "The worker process died.",
    "It was ended from outside, or its memory ran out.",
    "Ask again. What was rendered is kept, and the render goes on from there.",
)
DAMAGED = "The queue's file was damaged."


class Both(Queue, Claims):
    """One connection for all there is to do."""


@dataclass(frozen=True)
class News:
    """What changed.

    Attributes:
        entries: those that changed; those that are `gone` leave the list.
        anew: whether they are all there are, and what was known before is to be forgotten.
        flags: of the queue.
        drainers: the living processes that have jobs rendered, the one whose turn it is first.
    """

    entries: tuple[Entry, ...]
    anew: bool
    flags: Flags
    drainers: tuple[Process, ...] = ()


class Keeper:
    """See the module. Every function that it is given is called on its thread.

    Args:
        kind: of this process: "panel", "background" or "command".
        wake: has the queue's jobs rendered, starting what is needed; may raise OpticalsError.
        poke: has the one who renders, if he is here, look what is wished of his job.
        changed: is told what changed.
        trouble: is told what went wrong with the queue itself.
        path: of the queue; None: the usual one.
    """

    def __init__(
        self,
        kind: str,
        wake: Callable[[], None],
        poke: Callable[[], None],
        changed: Callable[[News], None],
        trouble: Callable[[OpticalsError], None],
        path: Path | None = None,
    ) -> None:
        self.me = living.me(kind)
        self._wake, self._poke = wake, poke
        self._changed, self._trouble = changed, trouble
        self._path = path or queue_file()
        self._asked: deque[Callable[[Both], object]] = deque()
        self._failed = 0  # tries of the first of them
        self._called = threading.Event()
        self._ended = False
        self._drains = False
        self._holds = ""
        self._joined = False
        self._watch = living.Watch()
        self._active: set[str] = set()  # jobs that are to be rendered
        self._since: int | None = None  # the last change known; None: nothing is known
        self._version = -1
        self._told: tuple[Flags, tuple[Process, ...]] | None = None
        self._beaten = self._woken = -1e9
        self._said = ""  # the trouble that was told last
        self._thread = threading.Thread(target=self._run, name="queue", daemon=True)

    def start(self) -> None:
        """Begin; until then all that is asked waits."""
        self._thread.start()

    def do(self, act: Callable[[Both], object]) -> None:
        """Do something with the queue, after all that was asked before."""
        self._asked.append(act)
        self._woken = -1e9
        self._called.set()

    def drain(self, on: bool = True) -> None:
        """Whether this process has jobs rendered when it is its turn."""
        self._drains = on
        self._beaten = -1e9
        self._called.set()

    def hold(self, why: str) -> None:
        """Have the job at work stand still, whoever renders it; "" lets it go on."""
        self._holds = why
        self._beaten = -1e9
        self._called.set()

    def look(self) -> None:
        """Look now: the one who renders here did something."""
        self._version = -1
        self._woken = -1e9
        self._called.set()

    def died(self, pid: int, error: OpticalsError) -> None:
        """A worker of this process died."""
        self.do(lambda queue: queue.bury(Process(living.HOST, pid), error))

    def close(self, timeout: float = 15) -> None:
        """Do what was asked, and end."""
        self._ended = True
        self._called.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        queue: Both | None = None
        while True:
            self._called.wait(LOOK)
            self._called.clear()
            ending = self._ended
            try:
                queue = queue or self._open()
                self._round(queue)
            except QueueError as error:
                self._say(error)
                if queue is None and not ending:
                    time.sleep(_TIRED)
            except sqlite3.Error:
                self._mend(queue)
            if ending:
                break
        if queue is not None:
            with contextlib.suppress(QueueError, sqlite3.Error):
                self._leave(queue)
                for one in queue.claimants():
                    if living.is_gone(one):  # it was at a long step when it was to end
                        queue.free(one)
            queue.close()

    def _open(self) -> Both:
        queue = Both(self._path)
        self._say_aside(queue)
        if self.me.kind == "panel":
            queue.sweep()  # what was removed in a run before
        return queue

    def _round(self, queue: Both) -> None:
        if queue.require_file():
            self._since, self._joined = None, False
            self._say_aside(queue)
        done = self._do_asked(queue)
        self._watch.look()
        if done or self._since is None or queue.version != self._version:
            self._version = queue.version
            self._tell(queue)
        if (self._drains and self._active) or self._holds:
            self._stay(queue)
        elif self._joined:
            self._leave(queue)
        if done:
            self._poke()

    def _do_asked(self, queue: Both) -> bool:
        done = False
        while self._asked:
            try:
                self._asked[0](queue)
            except QueueError as error:
                self._failed += 1
                self._say(error)
                if self._failed < _TRIES:
                    time.sleep(LOOK)
                    continue
            except sqlite3.Error:
                raise  # it is done again when the file is mended
            except OpticalsError as error:
                self._trouble(error)
            self._asked.popleft()
            self._failed = 0
            done = True
        return done

    def _tell(self, queue: Both) -> None:
        anew = self._since is None
        self._since, entries = queue.changes(self._since or 0)
        for one in entries:
            to_do = one.active and not one.gone and one.state is not State.PAUSED
            (self._active.add if to_do else self._active.discard)(one.id)
        told = queue.flags(), tuple(queue.drainers())
        if entries or anew or told != self._told:
            self._changed(News(tuple(entries), anew, *told))
        self._told = told[0], told[1]
        self._said = ""

    def _stay(self, queue: Both) -> None:
        """Show that this process lives, free what the dead held, and take the turn."""
        now = time.monotonic()
        if not self._joined or now - self._beaten >= _BEAT:
            self._beaten = now
            drains = self._drains and bool(self._active)
            if not self._joined or not queue.still_here(self.me, drains=drains, holds=self._holds):
                self.me = queue.join(self.me)
                queue.still_here(self.me, drains=drains, holds=self._holds)
                self._joined = True
            queue.forget_dead(self._watch.is_dead)
            for one in queue.claimants():
                if self._watch.is_dead(one):
                    queue.bury(one, _DIED)
                    self._version = -1
        if self._drains and now - self._woken >= _AGAIN and queue.due():
            first = next(iter(queue.drainers()), None)
            if first is not None and first.number == self.me.number:
                self._woken = now
                self._have_rendered()

    def _have_rendered(self) -> None:
        try:
            self._wake()
        except OpticalsError as error:
            self._drains = False  # until somebody asks again
            self._trouble(error)

    def _leave(self, queue: Both) -> None:
        if self._joined:
            queue.leave(self.me)
            self._joined = False

    def _mend(self, queue: Both | None) -> None:
        if queue is None:
            return
        try:
            queue.mend()
            self._since, self._joined = None, False
            self._say_aside(queue)
        except (QueueError, sqlite3.Error) as error:
            self._say(QueueError.wrap(DAMAGED, error, "It is tried again."))
            time.sleep(_TIRED)

    def _say_aside(self, queue: Both) -> None:
        if queue.aside is not None:
            self._trouble(
                QueueError(
                    DAMAGED,
                    f"It is kept as {queue.aside}; what could be read of it is in a new one.",
                    "Look through the queue. Renders and finished pieces are as they were.",
                )
            )
            queue.aside = None

    def _say(self, error: QueueError) -> None:
        if error.what != self._said:
            self._said = error.what
            self._trouble(error)
        log.warning("%s", error)
