"""The worker process seen from the one that asks: panel, command line and Python API alike."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import IO, Any

from opticals.errors import Cancelled, OpticalsError, WorkerError
from opticals.rendering.job import Job, Render

Message = dict[str, Any]


class Worker:
    """Starts the worker process at first use, and again after it died.

    Args:
        on_message: called on a reader thread with every message: `progress`, `done`, `failed`
            and `preview`, each with the `job` it belongs to. When the process dies, every job
            it still had gets a `failed` with a WorkerError.
    """

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        self._lock = threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        # Jobs not answered yet, and the process each was given to.
        self._open: dict[str, subprocess.Popen[str]] = {}

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process if none runs: it then loads while the user still chooses.

        Raises:
            WorkerError: the system does not start it.
        """
        with self._lock:
            if self.alive:
                return
            log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "opticals.jobs.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,  # a Ctrl-C in the terminal must not reach it
                )
            except OSError as error:
                log.close()
                raise WorkerError.wrap(
                    "The worker process cannot be started.", error, "Close other programs."
                ) from error
            self._reader = threading.Thread(
                target=self._read, args=(self._process, log), name="worker", daemon=True
            )
            self._reader.start()

    def render(self, job: Job) -> None:
        """Ask for a render. It waits for those asked for before."""
        self._ask(job, {"do": "render", "job": job.to_json()})

    def preview(self, job: Job, frame: int) -> None:
        """Ask for one frame (of the medium), before and after. A newer request replaces it."""
        self._ask(job, {"do": "preview", "job": job.to_json(), "frame": frame})

    def cancel(self, job_id: str) -> None:
        """Stop a job at the next frame; it answers `failed` with `Cancelled`."""
        with self._lock:
            if self.alive:
                self._send({"do": "cancel", "job": job_id})

    def close(self, timeout: float = 10) -> None:
        """End the process, after the frame it is at."""
        with self._lock:
            process, self._process = self._process, None
            self._open.clear()
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join(timeout)

    def _ask(self, job: Job, request: Message) -> None:
        with self._lock:
            self.start()
            assert self._process is not None
            self._open[job.id] = self._process
            self._send(request)

    def _send(self, request: Message) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it just died: the reader thread answers for every open job

    def _read(self, process: subprocess.Popen[str], log: IO[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            try:
                message: Message = json.loads(line)
            except ValueError:
                break  # it died in the middle of a line
            if message["is"] in ("done", "failed", "preview"):
                with self._lock:
                    self._open.pop(message["job"], None)
            self._on_message(message)
        status = process.wait()
        with self._lock:
            # Another process may have been started meanwhile: its jobs are not lost.
            orphans = [job for job, owner in self._open.items() if owner is process]
            for job in orphans:
                del self._open[job]
        error = _death(status, _tail(log)).to_json()
        for job in orphans:
            self._on_message({"is": "failed", "job": job, "error": error})
        log.close()
        process.stdout.close()
        with contextlib.suppress(OSError):  # it may still hold a request that nobody took
            process.stdin.close()


def run(job: Job, progress: Callable[[Message], None] | None = None) -> Render:
    """Render a job in a worker of its own and wait for it. Ctrl-C stops it cleanly.

    Raises:
        OpticalsError: as the worker said it; `Cancelled` after a Ctrl-C.
    """
    with _serving() as (worker, messages):
        return _wait(worker, job, messages, progress)


def run_each(
    jobs: Iterable[Job], watch: Callable[[Job], AbstractContextManager[Callable[..., None]]]
) -> Iterator[tuple[Job, Render | OpticalsError]]:
    """Render jobs in order in one worker, which loads its libraries and networks once.

    Args:
        watch: opened around each job; gives `update(stage, done, total, note)`.

    Yields each job with its render, or with the error that stopped it.
    """
    with _serving() as (worker, messages):
        for job in jobs:
            outcome: Render | OpticalsError
            with watch(job) as update:

                def progress(message: Message, update: Callable[..., None] = update) -> None:
                    update(message["stage"], message["done"], message["total"], message["note"])

                try:
                    outcome = _wait(worker, job, messages, progress)
                except OpticalsError as error:
                    outcome = error
            yield job, outcome


@contextlib.contextmanager
def _serving() -> Iterator[tuple[Worker, queue.Queue[Message]]]:
    messages: queue.Queue[Message] = queue.Queue()
    worker = Worker(messages.put)
    try:
        yield worker, messages
    finally:
        worker.close()


def _wait(
    worker: Worker,
    job: Job,
    messages: queue.Queue[Message],
    progress: Callable[[Message], None] | None,
) -> Render:
    interrupted = False
    worker.render(job)
    while True:
        try:
            message = messages.get()
        except KeyboardInterrupt:
            if interrupted:
                raise Cancelled from None
            interrupted = True
            worker.cancel(job.id)
            continue
        if message.get("job") != job.id:
            continue
        if message["is"] == "done":
            return Render.from_json(message["render"])
        if message["is"] == "failed":
            raise OpticalsError.from_json(message["error"])
        if progress is not None:
            progress(message)


def _tail(log: IO[bytes], size: int = 2000) -> str:
    end = log.seek(0, os.SEEK_END)
    log.seek(max(0, end - size))
    return log.read().decode(errors="replace").strip()


def _death(status: int, tail: str) -> WorkerError:
    if status == -9:
        why = "The system killed it, most likely because memory ran out."
        remedy = "Close other programs or choose a smaller picture; then ask again."
    else:
        why = f"It ended with status {status}."
        remedy = "Ask again."
    return WorkerError(
        "The worker process died.",
        f"{why}\n{tail}".strip(),
        f"{remedy} What was rendered is kept, and the render goes on from there.",
    )
