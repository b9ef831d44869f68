"""The worker's turns at the queue: a job is claimed, kept by a beat, and given back."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from opticals.errors import Cancelled, OpticalsError, QueueError
from opticals.jobs import living
from opticals.jobs.awake import Awake
from opticals.jobs.claims import Claims
from opticals.jobs.entries import Control, Entry, Process, Progress, Wish
from opticals.jobs.pace import Pace
from opticals.jobs.queue import Queue
from opticals.rendering.job import Render

log = logging.getLogger(__name__)

BEAT = 0.5  # seconds between two beats
_STAND = 0.05  # seconds between two looks whether to go on
_PATIENCE = 60.0  # seconds that it is tried to write down what became of a job


class PutOff(Cancelled):
    """The job is to be given back as it is: it goes on another time."""


class Lost(Cancelled):
    """The job belongs to somebody else by now."""


class Turn:
    """One job at work. Made by `Turns`; the beat has a thread of its own, so that a long step of
    an effect does not look like death."""

    def __init__(self, entry: Entry, me: Process, path: Path) -> None:
        self.job = entry.job
        self._me = me
        self._path = path
        self._control = Control(mine=True)
        self._progress = Progress()
        self._pace = Pace()
        self._poked = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="beat", daemon=True)
        self._thread.start()

    def poke(self) -> None:
        """Look at once what is wished."""
        self._poked.set()

    def note(self, stage: str, done: int, total: int, note: str) -> Progress:
        """How far it is; with its rate."""
        self._pace = self._pace.after(stage, done)
        self._progress = Progress(stage, done, total, note, self._pace.rate(done))
        return self._progress

    def beat(self, meanwhile: Callable[[], None], wanted: Callable[[], bool]) -> None:
        """Go on, stand still, or stop, as is wished. Called between frames.

        Args:
            meanwhile: what can be done while standing still.
            wanted: whether this thread is needed for something else.

        Raises:
            Cancelled: the job is stopped.
            PutOff: it is paused, and there is something else to do.
            Lost: another process has it.
        """
        since = time.monotonic()
        stood = False
        while True:
            control = self._control
            if not control.mine:
                raise Lost
            if control.wish is Wish.STOP:
                raise Cancelled
            if not control.wait:
                break
            if wanted() or (control.wish is Wish.PAUSE and control.others):
                raise PutOff
            stood = True
            meanwhile()
            self._over.wait(_STAND)
        if stood:
            self._pace = self._pace.later(time.monotonic() - since)

    def finish(self, render: Render, picture: str) -> None:
        self._end(lambda claims: claims.finish(self.job.id, self._me, render, picture))

    def fail(self, error: OpticalsError) -> None:
        self._end(lambda claims: claims.fail(self.job.id, self._me, error))

    def put_off(self) -> None:
        self._end(lambda claims: claims.release(self.job.id, self._me))

    def drop(self) -> None:
        """It belongs to somebody else."""
        self._stop_beating()

    def _end(self, write: Callable[[Claims], bool]) -> None:
        """Write down what became of it. When that cannot be done for long, the beat has ended,
        and the job is found to be free by others."""
        self._stop_beating()
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with Claims(self._path) as claims:
                    write(claims)
                return
            except (QueueError, sqlite3.Error) as error:
                log.warning("the queue cannot be written: %s", error)
                if time.monotonic() > until:
                    return
                time.sleep(BEAT)

    def _stop_beating(self) -> None:
        self._over.set()
        self._poked.set()
        self._thread.join()

    def _beat_on(self) -> None:
        with contextlib.suppress(QueueError), Claims(self._path) as claims:
            while not self._over.is_set():
                self._poked.clear()
                self._beat_once(claims)
                self._poked.wait(BEAT)

    def _beat_once(self, claims: Claims) -> None:
        try:
            claims.require_file()
            self._control = claims.beat(self.job.id, self._me, self._progress)
        except QueueError as error:  # locked or full: the next beat may get through
            log.warning("no beat: %s", error)
        except sqlite3.Error:
            with contextlib.suppress(QueueError, sqlite3.Error):
                claims.mend()


class Turns:
    """What this process renders of the queue, one job after the other."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._me = living.me("worker")
        self._awake = Awake()
        self._turn: Turn | None = None

    def next(self) -> Turn | None:
        """The next job, claimed; None when there is none for now."""
        self._turn = None
        with contextlib.suppress(QueueError, sqlite3.Error), Claims(self._path) as claims:
            try:
                entry = claims.claim(self._me)
            except sqlite3.Error:
                claims.mend()
                entry = claims.claim(self._me)
            if entry is not None:
                self._turn = Turn(entry, self._me, claims.path)
        if self._turn is None:
            self._awake.let_go()
        elif self._stays_awake():
            self._awake.keep()
        return self._turn

    def poke(self) -> None:
        """Something is wished of the job at work, perhaps."""
        turn = self._turn
        if turn is not None:
            turn.poke()

    def _stays_awake(self) -> bool:
        with contextlib.suppress(QueueError, sqlite3.Error), Queue(self._path) as queue:
            return queue.flags().awake
        return False
