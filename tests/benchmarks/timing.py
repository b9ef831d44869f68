"""Timing and printing for the benchmarks."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

RUNS = 7


def seconds(run: Callable[[], object], runs: int = RUNS) -> float:
    """The median of several runs after one that is not counted."""
    run()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def python(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL
    )


rows: list[str] = []  # of a table, as they are printed


def row(what: str, value: str, target: str = "") -> None:
    print(f"{what:<58} {value:>12}   {target}", flush=True)
    rows.append(f"| {what.strip()} | {value} | {target} |")
