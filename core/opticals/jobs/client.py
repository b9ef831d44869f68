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
import time
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Any, Self

from opticals.errors import Cancelled, OpticalsError, WorkerError
from opticals.rendering.job import Job, Render

if TYPE_CHECKING:
    from opticals.timeline.razor import Found

Message = dict[str, Any]
_GRACE = 0.75  # seconds from Ctrl-C, for the worker to stop by itself
_ANSWERS = ("done", "checked", "found", "failed", "preview", "pulled")


class Worker:
    """Starts the worker process at first use, and again after it died.

    Args:
        on_message: called on a reader thread with every message: `progress`, `done`, `checked`,
            `found`, `preview`, `pulled` and `failed`, each with the `job` it belongs to; of jobs
            that it takes from the queue also `taken` and `released`. When the process dies, every
            job it was asked for gets a `failed` with a WorkerError, and then there is a `died`
            with its `pid` and that error.
    """

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        self._lock = threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        # Jobs not answered yet, and the process each was given to.
        self._open: dict[str, subprocess.Popen[str]] = {}
        self._closed: set[int] = set()  # processes that end on request

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
                    [sys.executable, "-P", "-m", "opticals.jobs.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,  # -P: what lies in the current folder is never imported
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,  # a Ctrl-C in the terminal must not reach it
                )
            except OSError as error:
                log.close()
                raise WorkerError.wrap(
                    "The worker process cannot be started.",
                    error,
                    "Look at what the system says; “opticals doctor” shows what is missing.",
                ) from error
            self._reader = threading.Thread(
                target=self._read, args=(self._process, log), name="worker", daemon=True
            )
            self._reader.start()

    def render(self, job: Job) -> None:
        """Ask for a render. It waits for those asked for before."""
        self._ask(job.id, {"do": "render", "job": job.to_json()})

    def wake(self) -> None:
        """Have the queue's jobs rendered; those at work look at once what is wished of them.

        Raises:
            WorkerError: the system does not start it.
        """
        with self._lock:
            self.start()
            self._send({"do": "wake"})

    def poke(self) -> None:
        """Have the job at work look at once what is wished of it, if there is a process."""
        with self._lock:
            if self.alive:
                self._send({"do": "wake"})

    def preview(self, job: Job, frame: int, count: int = 1) -> None:
        """Ask for frames from one of the medium on, before and after; `Previews` says what is
        answered. A newer request replaces it."""
        request = {"do": "preview", "job": job.to_json(), "frame": frame, "count": count}
        self._ask(job.id, request)

    def check(self, job: Job) -> None:
        """Ask what a render would be, without any work; it answers `checked` or `failed`."""
        self._ask(job.id, {"do": "check", "job": job.to_json()})

    def find(self, job: Job) -> None:
        """Ask where the cuts in a job's shot are; it answers `found` or `failed`."""
        self._ask(job.id, {"do": "find", "job": job.to_json()})

    def pull(self, model: str) -> None:
        """Fetch a model. Its work is called `model ID`; it answers `pulled` or `failed`."""
        name = f"model {model}"
        self._ask(name, {"do": "pull", "job": name, "model": model})

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
            if process is not None:
                self._closed.add(process.pid)
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

    def kill(self) -> None:
        """End the process at once, whatever it is at."""
        with self._lock:
            process, self._process = self._process, None
            self._open.clear()
            if process is not None:
                self._closed.add(process.pid)
        if process is None:
            return
        process.kill()
        process.wait()
        if self._reader is not None:
            self._reader.join()

    def _ask(self, job: str, request: Message) -> None:
        with self._lock:
            self.start()
            assert self._process is not None
            self._open[job] = self._process
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
            if message["is"] in _ANSWERS and message.get("last", True):
                with self._lock:
                    self._open.pop(message["job"], None)
            self._on_message(message)
        status = process.wait()
        with self._lock:
            # Another process may have been started meanwhile: its jobs are not lost.
            orphans = [job for job, owner in self._open.items() if owner is process]
            for job in orphans:
                del self._open[job]
            closed = process.pid in self._closed
        error = _death(status, _tail(log)).to_json()
        for job in orphans:
            self._on_message({"is": "failed", "job": job, "error": error})
        if not closed:
            self._on_message({"is": "died", "job": "", "pid": process.pid, "error": error})
        log.close()
        process.stdout.close()
        with contextlib.suppress(OSError):  # it may still hold a request that nobody took
            process.stdin.close()


class Session:
    """A worker that the calling thread waits for, one job after the other.

    It loads its libraries and networks once. Ctrl-C stops the job at hand, cleanly where the
    worker hears of it in time.

    Args:
        on_stop: called when Ctrl-C was pressed, before the worker has stopped.
    """

    def __init__(self, on_stop: Callable[[], None] = lambda: None) -> None:
        self._messages: queue.Queue[Message] = queue.Queue()
        self._worker = Worker(self._hear)
        self._on_stop = on_stop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        if kind in (KeyboardInterrupt, Cancelled):
            self._worker.kill()  # to leave in order takes its libraries a second
        self._worker.close()

    def check(self, job: Job) -> Render:
        """What a render would be, before any work is done.

        Raises:
            OpticalsError: what would stop it.
        """
        self._worker.check(job)
        return Render.from_json(self._wait(job, lambda message: None)["render"])

    def queue(self, jobs: Sequence[Job]) -> None:
        """Say which jobs will be rendered, one after the other. Here they are nobody else's."""

    def render(
        self, job: Job, progress: Callable[[Message], None] = lambda message: None
    ) -> Render:
        """Render a job; `progress` gets its progress messages.

        Raises:
            OpticalsError: as the worker said it; `Cancelled` after a Ctrl-C.
        """
        self._worker.render(job)
        return Render.from_json(self._wait(job, progress)["render"])

    def find(
        self, job: Job, progress: Callable[[Message], None] = lambda message: None
    ) -> list[Found]:
        """The cuts inside a job's shot.

        Raises:
            OpticalsError: as the worker said it; `Cancelled` after a Ctrl-C.
        """
        from opticals.timeline.razor import Found

        self._worker.find(job)
        return [Found.from_json(one) for one in self._wait(job, progress)["found"]]

    def _hear(self, message: Message) -> None:
        """On the worker's thread."""
        self._messages.put(message)

    def _wait(self, job: Job, progress: Callable[[Message], None]) -> Message:
        interrupted: float | None = None  # when
        heard = False  # until then it loads its libraries, deaf to all else
        while True:
            try:
                left = None if interrupted is None else interrupted + _GRACE - time.monotonic()
                message = self._messages.get(timeout=left and max(left, 0))
            except (KeyboardInterrupt, queue.Empty):
                if interrupted is None:
                    interrupted = time.monotonic()
                    self._on_stop()
                    if heard:
                        self._worker.cancel(job.id)
                        continue
                self._worker.kill()
                sweep(job)
                raise Cancelled from None
            if message.get("job") != job.id:
                continue
            heard = True
            if message["is"] in ("done", "checked", "found"):
                if interrupted is not None:
                    raise Cancelled  # it was done before the word arrived; nothing after it is
                return message
            if message["is"] == "failed":
                raise OpticalsError.from_json(message["error"])
            progress(message)


def sweep(job: Job) -> None:
    """Take away what a process that was killed left half written."""
    from opticals.rendering import partial
    from opticals.rendering.cache import SegmentCache

    partial.sweep(job.output.folder)
    SegmentCache().sweep()


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
