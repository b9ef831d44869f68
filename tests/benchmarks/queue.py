"""What a long queue costs."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from opticals.jobs.keeper import Both
from opticals.jobs.queue import Asked
from tests.benchmarks.timing import row
from tests.core.queues import elsewhere, job

COUNT = 1000


def queue() -> None:
    """A queue of 1,000 jobs in its file."""
    with tempfile.TemporaryDirectory() as folder, Both(Path(folder) / "queue.db") as opened:
        jobs = [Asked(replace(job("x"), id=f"{n:04}")) for n in range(COUNT)]

        def took(words: str, act: object, target: str = "") -> None:
            started = perf_counter()
            assert callable(act)
            act()
            row(words, f"{perf_counter() - started:.4f} s", target)

        took("1,000 jobs added", lambda: opened.add(jobs))
        took("all of them read", opened.changes)
        took("one moved to the front", lambda: opened.move(["0999"], "0000"), "0.01 s")
        took("the next one claimed", lambda: opened.claim(elsewhere(1)), "0.01 s")
        took("a beat of the one at work", lambda: opened.beat("0999", elsewhere(1)), "0.01 s")
        since = opened.changes()[0]
        took("nothing new found", lambda: opened.changes(since), "0.001 s")
