"""Renders what is in the queue, with no panel open: `python -m opticals.jobs.runner`.

It outlives the program that started it, starts a new worker when one dies, and ends by itself
when nothing is left to do.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from opticals.errors import OpticalsError, WorkerError
from opticals.jobs import telling
from opticals.jobs.client import Message, Worker
from opticals.jobs.entries import Entry, Process, State
from opticals.jobs.keeper import Keeper, News

KIND = "background"
_LINGER = 1.5  # seconds without work after which it ends: a job may just be moving


def start() -> None:
    """Start a runner that outlives this process; one that is there already goes on alone.

    Raises:
        WorkerError: the system does not start it.
    """
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {
            "creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        }
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "opticals.jobs.runner"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **detached,
        )
    except OSError as error:
        raise WorkerError.wrap(
            "Rendering in the background cannot be started.",
            error,
            "Leave the panel open, or run: opticals queue run",
        ) from error
    threading.Thread(target=process.wait, name="runner", daemon=True).start()  # it is heard to end


class Runner:
    """Has the queue drained, and knows when it is."""

    def __init__(self, kind: str = KIND) -> None:
        self.entries: dict[str, Entry] = {}
        self.begun: set[str] = set()  # jobs that were to be rendered since it runs
        self.troubles: list[OpticalsError] = []
        self.paused = False
        self.at_end = "nothing"
        self._drainers: tuple[Process, ...] = ()
        self._known = False
        self._panel = False  # whether one was there while jobs were rendered
        self._worker = Worker(self._hear)
        self._lock = threading.Lock()
        self.keeper = Keeper(
            kind, self._worker.wake, self._worker.poke, self._learn, self.troubles.append
        )

    def start(self) -> None:
        self.keeper.drain()
        self.keeper.start()

    def close(self) -> None:
        """End, at the next frame; what is at work is given back."""
        self.keeper.drain(False)
        self._worker.close()
        self.keeper.close()
        self._worker.close()  # one that the keeper woke meanwhile

    @property
    def left(self) -> list[Entry]:
        """The jobs that are still to be rendered and do not stand."""
        with self._lock:
            return [
                one
                for one in self.entries.values()
                if one.active and not one.gone and one.state is not State.PAUSED
            ]

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do, as far as is known."""
        return self._known and (self.paused or not self.left)

    @property
    def another(self) -> bool:
        """Whether another runner was there first."""
        me = self.keeper.me
        return any(
            one.kind == KIND and (one.host, one.pid) != (me.host, me.pid) and one.number < me.number
            for one in self._drainers
        )

    def run(self) -> None:
        """Stay until there is nothing to do."""
        self.start()
        since = time.monotonic()
        while time.monotonic() - since < _LINGER:
            if self.another:
                break
            if not self.idle:
                since = time.monotonic()
            time.sleep(0.1)
        self.close()

    def tell(self) -> None:
        """Say what became of the jobs, if nobody else does."""
        with self._lock:
            over = [self.entries[id] for id in self.begun if id in self.entries]
        failed = sum(1 for one in over if one.state is State.FAILED)
        done = sum(1 for one in over if one.render is not None)
        if self._panel or not done + failed:
            return
        text = f"{done} rendered." if not failed else f"{done} rendered, {failed} failed."
        telling.tell("Opticals: the queue is done", f"{text} Open the panel to place them.")

    def _learn(self, news: News) -> None:
        with self._lock:
            if news.anew:
                self.entries.clear()
            for one in news.entries:
                self.entries[one.id] = one
                if one.active and not one.gone:
                    self.begun.add(one.id)
            self.paused = news.flags.paused
            self.at_end = news.flags.at_end
            self._drainers = news.drainers
            if news.drainers:
                self._panel = any(one.kind == "panel" for one in news.drainers)
            self._known = True

    def _hear(self, message: Message) -> None:
        if message["is"] == "died":
            self.keeper.died(message["pid"], OpticalsError.from_json(message["error"]))
        elif message["is"] in ("taken", "done", "failed", "released"):
            self.keeper.look()


def main() -> None:
    runner = Runner()

    def stop(*_: object) -> None:
        runner.close()
        sys.exit(0)

    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGTERM, stop)
    runner.run()
    if runner.at_end == "notify" and not runner.another:
        runner.tell()


if __name__ == "__main__":
    main()
