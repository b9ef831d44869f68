"""What the panel needs of the worker's process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

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
