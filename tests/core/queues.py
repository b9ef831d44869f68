"""Jobs and processes for tests of the queue."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from opticals.jobs.claims import Claims
from opticals.jobs.entries import Process
from opticals.jobs.queue import Queue
from opticals.recipe import Recipe, parse_step
from opticals.rendering.job import Job, Output, Render
from tests.core.edits import plain_shot

RATE = Fraction(25)


class Both(Queue, Claims):
    """One connection for those who ask and those who render."""


def job(id: str, folder: Path = Path("/renders"), effect: str = "copy") -> Job:
    shot = plain_shot("V1:1", "a", "/media.mov", RATE, False, 0, 500, 0, 100, 0, 0, 100)
    return Job(shot, Recipe((parse_step(effect),)), Output(folder), "cpu", id=id)


def render(of: Job) -> Render:
    path = of.output.folder / f"{of.id}.mov"
    return Render(path, of.shot, of.recipe, 100, 0, 100, RATE, 64, 32, 0, False, "prores_hq")


def elsewhere(pid: int) -> Process:
    """A process that cannot be asked whether it lives."""
    return Process("another machine", pid)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the database."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()
