"""What the panel needs of the worker's process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from opticals.errors import WorkerError
from opticals.rendering.job import Job

Message = dict[str, Any]


class WorkerClient(Protocol):
    """The engine's client of its worker process; see `opticals.jobs.client.Worker`."""

    def wake(self) -> None: ...
    def poke(self) -> None: ...
    def preview(self, job: Job, frame: int, count: int = 1) -> None: ...
    def pull(self, model: str) -> None: ...
    def cancel(self, job_id: str) -> None: ...
    def close(self) -> None: ...


StartWorker = Callable[[Callable[[Message], None]], WorkerClient]


@contextmanager
def starting() -> Iterator[None]:
    """Says what the system refuses when a process is to start.

    Raises:
        WorkerError: it does not.
    """
    try:
        yield
    except OSError as error:
        raise WorkerError.wrap(
            "The worker cannot be started.", error, "Close other programs, then ask again."
        ) from error
