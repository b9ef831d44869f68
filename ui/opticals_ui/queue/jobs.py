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
from opticals_ui.effects.delivery import Delivery

Message = dict[str, Any]


class WorkerClient(Protocol):
    """The engine's client of its worker process; see `opticals.jobs.client.Worker`."""

    def render(self, job: Job) -> None: ...
    def preview(self, job: Job, frame: int, count: int = 1) -> None: ...
    def pull(self, model: str) -> None: ...
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
class Origin:
    """The edit that a job was asked for in: which one of those opened so far, and its name."""

    generation: int
    name: str


@dataclass(frozen=True)
class JobView:
    """A job as it is shown.

    Attributes:
        origin: the edit it is for.
        delivery: how it is to go back, as it was chosen when it was asked for.
        stage, done, total, note: where it is, in the worker's words.
        rate: units done per second in this stage; 0 when unknown yet.
        render: what came of it.
    """

    job: Job
    delivery: Delivery
    origin: Origin
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
    def failed(self) -> bool:
        return self.state in (State.FAILED, State.STOPPED)

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


@dataclass(frozen=True)
class _Pace:
    """From when, and from how many units done, the rate of a stage is counted. The first piece
    pays for loading and warming up: the count begins when it is done."""

    stage: str
    since: float
    done: int
    warm: bool = False

    def after(self, stage: str, done: int) -> _Pace:
        if stage != self.stage:
            return _Pace(stage, time.monotonic(), done)
        if not self.warm and done > self.done:
            return _Pace(stage, time.monotonic(), done, warm=True)
        return self

    def rate(self, done: int) -> float:
        seconds = time.monotonic() - self.since
        return (done - self.done) / seconds if self.warm and seconds > 0.5 else 0.0


class Jobs(QObject):
    """Sends jobs to the worker and follows them. The worker's process starts at first use; when
    it has died, the next use starts another."""

    changed = Signal()
    rendered = Signal(str)
    failed = Signal(str, object)
    previewed = Signal(object)
    preview_progress = Signal(str)
    preview_failed = Signal(object)
    pulling = Signal(str, str)
    pulled = Signal(str)
    pull_failed = Signal(str, object)
    _message = Signal(object)

    def __init__(self, start: StartWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # its reader thread emits; the queued connection brings the message to this thread
        self._message.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        self._worker = start(self._message.emit)
        self._views: dict[str, JobView] = {}
        self._paces: dict[str, _Pace] = {}
        self._preview: str | None = None
        self._pulls: dict[str, str] = {}  # the models that are being fetched, by their work's id

    @property
    def views(self) -> tuple[JobView, ...]:
        """Every job of this session, the oldest first."""
        return tuple(self._views.values())

    @property
    def previewing(self) -> bool:
        return self._preview is not None

    @property
    def active(self) -> bool:
        """Whether a job waits or runs."""
        return any(view.active for view in self.views)

    def find(self, job_id: str) -> JobView:
        return self._views[job_id]

    def render(self, job: Job, delivery: Delivery, origin: Origin) -> None:
        """Queue a job; one of this id that failed or was stopped goes on from what it made.

        Raises:
            WorkerError: the worker's process cannot be started.
        """
        with _starting():
            self._worker.render(job)
        self._views[job.id] = JobView(job, delivery, origin)
        self.changed.emit()

    def preview(self, job: Job, frame: int, count: int = 1) -> None:
        """Ask for frames from one of the medium on, before and after; an earlier request is
        dropped. `previewed` carries the message of each; see `opticals.jobs.previews`.

        Raises:
            WorkerError: the worker's process cannot be started.
        """
        self.drop_preview()
        with _starting():
            self._worker.preview(job, frame, count)
        self._preview = job.id

    def drop_preview(self) -> None:
        """Forget the preview under way."""
        if self._preview is not None:
            self._worker.cancel(self._preview)
            self._preview = None

    def pull(self, model: str) -> None:
        """Fetch a model.

        Raises:
            WorkerError: the worker's process cannot be started.
        """
        with _starting():
            self._worker.pull(model)
        self._pulls[f"model {model}"] = model

    def cancel(self, job_id: str) -> None:
        self._worker.cancel(job_id)

    def cancel_all(self) -> None:
        """Stop the preview and every job that is not finished."""
        if self._preview is not None:
            self.cancel(self._preview)
        for view in self.views:
            if view.active:
                self.cancel(view.job.id)

    def set_placed(self, job_id: str, placed: bool) -> None:
        """Whether a finished render stands in its edit."""
        state = State.PLACED if placed else State.RENDERED
        if self._views[job_id].state is not state:
            self._update(job_id, state=state)

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
        elif job_id in self._pulls:
            self._receive_pull(job_id, kind, message)

    def _receive_preview(self, kind: str | None, message: Message) -> None:
        if kind == "progress":
            self.preview_progress.emit(STAGES.get(message["stage"], message["stage"]))
            return
        if kind != "preview" or message["last"]:
            self._preview = None
        if kind == "preview":
            self.previewed.emit(message)
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

    def _receive_pull(self, work: str, kind: str | None, message: Message) -> None:
        model = self._pulls[work]
        if kind == "progress":
            self.pulling.emit(model, message.get("note", ""))
            return
        del self._pulls[work]
        if kind == "pulled":
            self.pulled.emit(model)
        elif kind == "failed":
            self.pull_failed.emit(model, OpticalsError.from_json(message["error"]))

    def _progress(self, job_id: str, message: Message) -> None:
        stage, done = message["stage"], int(message["done"])
        pace = self._paces.get(job_id) or _Pace("", 0.0, 0)
        self._paces[job_id] = pace = pace.after(stage, done)
        self._update(
            job_id,
            state=State.RUNNING,
            stage=stage,
            done=done,
            total=int(message["total"]),
            note=message.get("note", ""),
            rate=pace.rate(done),
        )


@contextmanager
def _starting() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkerError.wrap(
            "The worker cannot be started.", error, "Close other programs, then ask again."
        ) from error
