"""What is asked of the worker, on a thread of its own: its process may have to be started first,
or be too busy to take what is said to it."""

from __future__ import annotations

from collections.abc import Callable

from opticals.errors import OpticalsError
from opticals.rendering.job import Job
from opticals_ui.off_thread import OffThread
from opticals_ui.queue.client import Message, WorkerClient, starting


class Errands:
    """Asks for one thing after the other. What cannot be asked for is answered as failed.

    Args:
        answer: may be called on another thread.
    """

    def __init__(self, worker: WorkerClient, answer: Callable[[Message], None]) -> None:
        self._worker, self._answer = worker, answer
        self._thread = OffThread("errands")

    def preview(self, job: Job, frame: int, count: int) -> None:
        self._do(job.id, lambda: self._worker.preview(job, frame, count))

    def pull(self, work: str, model: str) -> None:
        self._do(work, lambda: self._worker.pull(model))

    def cancel(self, work: str) -> None:
        self._do(work, lambda: self._worker.cancel(work))

    def close(self) -> None:
        """Ask for nothing more."""
        self._thread.close()

    def _do(self, work: str, ask: Callable[[], None]) -> None:
        def task() -> None:
            try:
                with starting():
                    ask()
            except OpticalsError as error:
                self._answer({"is": "failed", "job": work, "error": error.to_json()})

        self._thread.do(task)
