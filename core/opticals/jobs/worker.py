"""The worker: renders and previews, one at a time, asked for in JSON lines on stdin.

Told to `wake`, it takes jobs from the queue, in order, until there are none. Answers go to what was
stdout at the start; stdout itself then points at stderr, so that no library can print into the
messages. At the end of input it stops after the frame it is at. The heavy libraries are imported
here and nowhere else.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, TextIO

from opticals.errors import Cancelled, OpticalsError, WorkerError
from opticals.jobs.previews import Previews
from opticals.jobs.turns import Lost, PutOff, Turn, Turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from opticals.rendering.job import Job, Render

Message = dict[str, Any]
REPORT_EVERY = 0.1  # seconds between progress messages


class Server:
    """Reads requests, runs jobs in order, and serves previews between frames."""

    def __init__(self, requests: TextIO, answers: TextIO) -> None:
        self._requests = requests
        self._answers = answers
        self._lock = threading.Lock()
        self._renders: queue.Queue[Message | None] = queue.Queue()
        self._cancelled: set[str] = set()
        self._ended = threading.Event()
        self._previews = Previews(self._say, self._stopped)
        self._turns = Turns()

    def run(self) -> None:
        """Serve until the input ends."""
        self._say({"is": "ready", "pid": os.getpid()})
        threading.Thread(target=self._listen, name="requests", daemon=True).start()
        while (request := self._renders.get()) is not None:
            self._serve_previews()
            if request["do"] == "render":
                self._answer(request, self._render)
            elif request["do"] == "check":
                self._answer(request, self._check)
            elif request["do"] == "find":
                self._answer(request, self._find)
            elif request["do"] == "pull":
                self._pull(str(request["job"]), str(request["model"]))
            elif request["do"] == "wake":
                self._take_turns()

    def _listen(self) -> None:
        for line in self._requests:
            try:
                request = json.loads(line)
                do = request["do"]
            except (ValueError, KeyError, TypeError):
                self._fail("", _bug("Unreadable request."))
                continue
            if do == "cancel":
                self._cancelled.add(request["job"])
            elif do == "preview":
                for overtaken in self._previews.ask(request):
                    self._fail(overtaken, Cancelled())
                self._renders.put({"do": "look"})
            else:
                if do == "wake":
                    self._turns.poke()
                self._renders.put(request)
        self._ended.set()
        self._renders.put(None)

    def _answer(self, request: Message, serve: Any) -> None:
        """Run a request; whatever goes wrong is an answer."""
        job_id = ""
        try:
            from opticals.rendering.job import Job

            job_id = str(request["job"]["id"])
            serve(Job.from_json(request["job"]), request)
        except OpticalsError as error:
            self._fail(job_id, error)
        except Exception as error:  # noqa: BLE001 - the worker outlives any one job
            traceback.print_exc()
            self._fail(job_id, _unexpected(error))
        finally:
            self._cancelled.discard(job_id)

    def _render(self, job: Job, request: Message) -> None:
        from opticals.rendering import engine

        report = self._reporter(job)
        report("models", 0, 1, "loading the engine")
        render = engine.render(job, report, lambda: self._beat(job))
        self._say({"is": "done", "job": job.id, "render": render.to_json()})

    def _take_turns(self) -> None:
        """Render what is in the queue; but first of all what was asked for directly."""
        while not self._ended.is_set() and (turn := self._turns.next()) is not None:
            self._say({"is": "taken", "job": turn.job.id})
            self._take(turn)
            if self._wanted():
                self._renders.put({"do": "wake"})
                return

    def _take(self, turn: Turn) -> None:
        id = turn.job.id
        try:
            render, picture = self._made(turn)
        except PutOff:
            turn.put_off()
        except Lost:
            turn.drop()
        except OpticalsError as error:
            turn.fail(error)
            self._fail(id, error)
            return
        except Exception as error:  # noqa: BLE001 - the worker outlives any one job
            traceback.print_exc()
            turn.fail(_unexpected(error))
            self._fail(id, _unexpected(error))
            return
        else:
            turn.finish(render, picture)
            self._say({"is": "done", "job": id, "render": render.to_json()})
            return
        self._say({"is": "released", "job": id})

    def _made(self, turn: Turn) -> tuple[Render, str]:
        from opticals.jobs.poster import poster

        tell = self._reporter(turn.job)

        def report(stage: str, done: int, total: int, note: str) -> None:
            tell(stage, done, total, note, turn.note(stage, done, total, note).rate)

        def beat() -> None:
            if self._ended.is_set():
                raise PutOff
            turn.beat(self._serve_previews, self._wanted)
            self._serve_previews()

        report("models", 0, 1, "loading the engine")
        beat()
        from opticals.rendering import engine

        render = engine.render(turn.job, report, beat)
        return render, poster(turn.job.id, render)

    def _wanted(self) -> bool:
        """Whether something else than the queue is asked for, or the end is near."""
        with self._renders.mutex:
            waiting = list(self._renders.queue)
        return self._ended.is_set() or any(
            one is not None and one["do"] not in ("wake", "look") for one in waiting
        )

    def _find(self, job: Job, request: Message) -> None:
        from opticals.rendering import finding

        found = finding.find(job, self._reporter(job), lambda: self._beat(job))
        self._say({"is": "found", "job": job.id, "found": [one.to_json() for one in found]})

    def _beat(self, job: Job) -> None:
        if self._stopped(job.id):
            raise Cancelled
        self._serve_previews()

    def _reporter(self, job: Job) -> Callable[..., None]:
        """Tells the asking process how far a job is, not too often."""
        last = 0.0

        def report(stage: str, done: int, total: int, note: str, rate: float = 0.0) -> None:
            nonlocal last
            now = time.monotonic()
            if note or done in (0, total) or now - last >= REPORT_EVERY:
                last = now
                self._progress(job.id, stage, done, total, note, rate)

        return report

    def _check(self, job: Job, request: Message) -> None:
        from opticals.rendering import engine

        self._say({"is": "checked", "job": job.id, "render": engine.predict(job).to_json()})

    def _pull(self, name: str, model: str) -> None:
        from opticals.models import store
        from opticals.models.fetching import Progress

        last = 0.0

        def report(progress: Progress) -> None:
            nonlocal last
            if name in self._cancelled or self._ended.is_set():
                raise Cancelled("Stopped.", remedy="What was fetched is gone on with next time.")
            now = time.monotonic()
            if now - last >= REPORT_EVERY:
                last = now
                self._progress(name, "fetch", progress.done, progress.total, str(progress))

        try:
            store.pull(model, report)
        except OpticalsError as error:
            self._fail(name, error)
        except Exception as error:  # noqa: BLE001 - the worker outlives any one fetch
            traceback.print_exc()
            self._fail(name, _unexpected(error))
        else:
            self._say({"is": "pulled", "job": name, "model": model})
        finally:
            self._cancelled.discard(name)

    def _serve_previews(self) -> None:
        self._previews.serve(self._answer)

    def _stopped(self, job_id: str) -> bool:
        return job_id in self._cancelled or self._ended.is_set()

    def _progress(
        self, job: str, stage: str, done: int, total: int, note: str, rate: float = 0.0
    ) -> None:
        counts = {"stage": stage, "done": done, "total": total, "note": note, "rate": rate}
        self._say({"is": "progress", "job": job, **counts})

    def _fail(self, job: str, error: OpticalsError) -> None:
        self._say({"is": "failed", "job": job, "error": error.to_json()})

    def _say(self, message: Message) -> None:
        with self._lock:
            try:
                self._answers.write(json.dumps(message) + "\n")
                self._answers.flush()
            except (BrokenPipeError, ValueError):
                self._ended.set()  # nobody listens any more: stop at the next beat


def _bug(what: str) -> WorkerError:
    return WorkerError(what, remedy="This is a fault in Opticals: please report it.")


def _unexpected(error: Exception) -> OpticalsError:
    if isinstance(error, OSError):
        return WorkerError.wrap("The system refused something.", error, "Check disk and memory.")
    return WorkerError.wrap(
        "Something unexpected happened in the worker.",
        error,
        "Please report it with the text that “copy details” gives; other shots can go on.",
    )


def main() -> None:
    # Spinning OpenMP threads would starve the decoder and the encoder.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the asking process's to handle
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Server(sys.stdin, answers).run()


if __name__ == "__main__":
    main()
