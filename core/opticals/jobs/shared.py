"""Renders through the queue that all share, for a caller who waits: it is seen, ordered, paused
and stopped in the panel, and rendered by whoever is at the queue, one job at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opticals.errors import Cancelled, OpticalsError, QueueError, WorkerError
from opticals.jobs.client import Message, Session, sweep
from opticals.jobs.entries import Entry, Flags, State
from opticals.jobs.keeper import Keeper, News
from opticals.jobs.queue import Asked, Queue
from opticals.rendering.job import Job, Render

_LOOK = 0.2  # seconds between two looks how far a job is


class Shared(Session):
    """As `Session`, but what it renders stands in the queue.

    Args:
        on_stop: called when Ctrl-C was pressed.
        asker: tells the jobs of this asker from others', the same in every run. What a run before
            left in the queue, because it was killed, is taken out.
        asked: what is kept with each job, see `opticals.jobs.queue.Asked`.
        note: is told what is waited for, and what is wrong with the queue.
    """

    def __init__(
        self,
        on_stop: Callable[[], None],
        asker: str,
        asked: Mapping[str, Any],
        note: Callable[[str], None],
    ) -> None:
        super().__init__(on_stop)
        self._asker = asker
        self._asked = {**asked, "asker": asker}
        self._note = note
        self._noted = ""
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._flags = Flags()
        self._troubles: list[OpticalsError] = []
        self._broken: WorkerError | None = None  # no worker can be started here
        self._open: dict[str, Job] = {}  # in the queue and not over
        self._keeper = Keeper(
            "command", self._worker.wake, self._worker.poke, self._learn, self._trouble
        )

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        with self._lock:
            left = dict(self._open)
        self._keeper.do(lambda queue: queue.remove(left))
        self._keeper.drain(False)
        super().__exit__(kind, *exception)
        self._keeper.close()
        self._worker.close()  # one that the keeper woke meanwhile
        for job in left.values():
            sweep(job)

    def queue(self, jobs: Sequence[Job]) -> None:
        with Queue() as queue:
            mine = [one for one in queue.entries() if one.asked.get("asker") == self._asker]
            queue.remove([one.id for one in mine if one.active])
            queue.add([Asked(job, self._asked) for job in jobs])
        self._open = {job.id: job for job in jobs}
        if self._open:
            self._keeper.drain()
            self._keeper.start()

    def render(
        self, job: Job, progress: Callable[[Message], None] = lambda message: None
    ) -> Render:
        """The render of a job that stands in the queue.

        Raises:
            OpticalsError: as the worker said it, or that it was stopped in the queue; `Cancelled`
                after a Ctrl-C.
        """
        try:
            while job.id in self._open:
                self._look(job, progress)
                time.sleep(_LOOK)
        except KeyboardInterrupt:
            self._on_stop()
            raise Cancelled from None
        found = self._entries.get(job.id)
        if found is not None and found.render is not None:
            return found.render
        error = None if found is None else found.error
        if error is None or isinstance(error, Cancelled):
            raise QueueError(
                "It was stopped in the queue.", remedy="Ask for it again: it goes on from there."
            )
        raise error

    def _look(self, job: Job, progress: Callable[[Message], None]) -> None:
        """See how far a job is, and say what it waits for."""
        with self._lock:
            entry, flags = self._entries.get(job.id), self._flags
            troubles, self._troubles = self._troubles, []
        for error in troubles:
            if isinstance(error, WorkerError):
                self._broken = error
            else:
                self._note(str(error))
        if self._broken is not None:
            raise self._broken
        if entry is None:
            return
        if entry.worker is not None:
            progress(vars(entry.progress))
        self._wait_for(_why(entry, flags))

    def _wait_for(self, why: str) -> None:
        if why != self._noted:
            self._noted = why
            if why:
                self._note(why)

    def _hear(self, message: Message) -> None:
        if message["is"] != "progress":  # that of the queue's jobs stands in it
            super()._hear(message)
        if message["is"] == "died":
            self._keeper.died(message["pid"], OpticalsError.from_json(message["error"]))
        elif message["is"] in ("taken", "done", "failed", "released"):
            self._keeper.look()

    def _learn(self, news: News) -> None:
        """On the keeper's thread."""
        with self._lock:
            lost = set(self._entries) if news.anew else set()  # with a file that was damaged
            if news.anew:
                self._entries.clear()
            self._entries.update({one.id: one for one in news.entries})
            self._flags = news.flags
            over = {one.id for one in news.entries if one.gone or not one.active}
            for id in over | (lost - set(self._entries)):
                self._open.pop(id, None)

    def _trouble(self, error: OpticalsError) -> None:
        with self._lock:
            self._troubles.append(error)


def _why(entry: Entry, flags: Flags) -> str:
    """What a job waits for that somebody asked for; "" for nothing."""
    if flags.paused:
        return "The queue is paused; “opticals queue resume” goes on."
    if flags.start_at > time.time():
        at = time.strftime("%H:%M", time.localtime(flags.start_at))
        return f"The queue starts at {at}; “opticals queue start-at now” begins at once."
    if entry.state is State.PAUSED:
        return f"{entry.job.shot.id} is paused; “opticals queue resume {entry.id[:8]}” goes on."
    return ""
