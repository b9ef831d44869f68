"""The panel's side of the worker: jobs with their progress, previews, and a worker that dies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal

from opticals.errors import Cancelled, OpticalsError, WorkerError
from opticals.rendering.job import Job, Render
from opticals_ui.choice import Delivery

Message = dict[str, Any]


class WorkerClient(Protocol):
    """The engine's client of its worker process; see `opticals.jobs.client.Worker`."""

    def render(self, job: Job) -> None: ...
    def preview(self, job: Job, frame: int) -> None: ...
    def cancel(self, job_id: str) -> None: ...
    def close(self) -> None: ...


StartWorker = Callable[[Callable[[Message], None]], WorkerClient]


class State(StrEnum):
    WAITING = "Waiting"
    RUNNING = "Rendering"
    RENDERED = "Rendered"
    PLACED = "Placed"
    FAILED = "Failed"
    STOPPED = "Stopped"


STAGES = {
    "models": "Fetching models",
    "render": "Rendering",
    "join": "Joining",
    "verify": "Verifying",
}


@dataclass(frozen=True)
class JobView:
    """A job as it is shown.

    Attributes:
        delivery: how it is to go back, as it was chosen when it was asked for.
        stage, done, total, note: where it is, in the worker's words.
        rate: units done per second in this stage; 0 when unknown yet.
        render: what came of it.
    """

    job: Job
    delivery: Delivery
    state: State = State.WAITING
    stage: str = ""
    done: int = 0
    total: int = 0
    note: str = ""
    rate: float = 0.0
    render: Render | None = None
    error: OpticalsError | None = None

    @property
    def active(self) -> bool:
        return self.state in (State.WAITING, State.RUNNING)

    @property
    def title(self) -> str:
        return f"{self.job.shot.id} {self.job.shot.name} · {self.job.recipe.name}"

    @property
    def status(self) -> str:
        """The state in words, with frames, rate and time left while it runs."""
        if self.state is not State.RUNNING:
            return str(self.state)
        parts = [STAGES.get(self.stage, self.stage)]
        if self.total:
            parts.append(f"{self.done} / {self.total}")
        if self.stage == "render" and self.rate:
            parts.append(f"{self.rate:.1f} fps" if self.rate >= 0.1 else f"{1 / self.rate:.0f} s/f")
            left = round((self.total - self.done) / self.rate)
            parts.append(f"{left // 60}:{left % 60:02} left")
        return " · ".join(part for part in (*parts, self.note) if part)


class Jobs(QObject):
    """Sends jobs to the worker and follows them. The worker's process starts at first use; when
    it has died, the next use starts another."""

    changed = Signal()
    rendered = Signal(str)
    failed = Signal(str, object)
    previewed = Signal(str, str)
    preview_progress = Signal(str)
    preview_failed = Signal(object)
    _message = Signal(object)

    def __init__(self, start: StartWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # its reader thread emits; the queued connection brings the message to this thread
        self._message.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        self._worker = start(self._message.emit)
        self._views: dict[str, JobView] = {}
        self._stage_began: dict[str, tuple[str, float, int]] = {}
        self._preview: str | None = None

    @property
    def views(self) -> tuple[JobView, ...]:
        """Every job of this session, the oldest first."""
        return tuple(self._views.values())

    @property
    def previewing(self) -> bool:
        return self._preview is not None

    def find(self, job_id: str) -> JobView:
        return self._views[job_id]

    def render(self, job: Job, delivery: Delivery) -> None:
        """Queue a job.

        Raises:
            WorkerError: the worker's process cannot be started.
        """
        with _starting():
            self._worker.render(job)
        self._views[job.id] = JobView(job, delivery)
        self.changed.emit()

    def preview(self, job: Job, frame: int) -> None:
        """Ask for a frame of the medium before and after; an earlier request is dropped.

        Raises:
            WorkerError: the worker's process cannot be started.
        """
        if self._preview is not None:
            self._worker.cancel(self._preview)
        with _starting():
            self._worker.preview(job, frame)
        self._preview = job.id

    def cancel(self, job_id: str) -> None:
        self._worker.cancel(job_id)

    def cancel_all(self) -> None:
        """Stop the preview and every job that is not finished."""
        if self._preview is not None:
            self.cancel(self._preview)
        for view in self.views:
            if view.active:
                self.cancel(view.job.id)

    def placed(self, job_id: str) -> None:
        self._update(job_id, state=State.PLACED)

    def close(self) -> None:
        """End the worker; what comes from it now is dropped."""
        self._message.disconnect()
        self._worker.close()

    def _update(self, job_id: str, **changes: Any) -> None:
        self._views[job_id] = replace(self._views[job_id], **changes)
        self.changed.emit()

    def _receive(self, message: Message) -> None:
        job_id, kind = message.get("job", ""), message.get("is")
        if job_id == self._preview:
            self._receive_preview(kind, message)
        elif job_id in self._views:
            self._receive_job(job_id, kind, message)

    def _receive_preview(self, kind: str | None, message: Message) -> None:
        if kind == "progress":
            self.preview_progress.emit(STAGES.get(message["stage"], message["stage"]))
            return
        self._preview = None
        if kind == "preview":
            self.previewed.emit(message["before"], message["after"])
        elif kind == "failed":
            self.preview_failed.emit(OpticalsError.from_json(message["error"]))

    def _receive_job(self, job_id: str, kind: str | None, message: Message) -> None:
        if kind == "progress":
            self._progress(job_id, message)
        elif kind == "done":
            self._update(
                job_id, state=State.RENDERED, render=Render.from_json(message["render"]), note=""
            )
            self.rendered.emit(job_id)
        elif kind == "failed":
            error = OpticalsError.from_json(message["error"])
            stopped = isinstance(error, Cancelled)
            self._update(job_id, state=State.STOPPED if stopped else State.FAILED, error=error)
            self.failed.emit(job_id, error)

    def _progress(self, job_id: str, message: Message) -> None:
        stage, done, now = message["stage"], int(message["done"]), time.monotonic()
        began = self._stage_began.get(job_id)
        if began is None or began[0] != stage:
            began = self._stage_began[job_id] = (stage, now, done)
        seconds = now - began[1]
        self._update(
            job_id,
            state=State.RUNNING,
            stage=stage,
            done=done,
            total=int(message["total"]),
            note=message.get("note", ""),
            rate=(done - began[2]) / seconds if seconds > 0.5 else 0.0,
        )


@contextmanager
def _starting() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkerError.wrap(
            "The worker cannot be started.", error, "Close other programs, then ask again."
        ) from error
