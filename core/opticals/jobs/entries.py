"""What stands in the queue: one entry for each job, as plain data."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from opticals.errors import OpticalsError
from opticals.rendering.job import Job, Render


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    RENDERED = "rendered"  # and not placed
    PLACED = "placed"
    FAILED = "failed"
    STOPPED = "stopped"


ACTIVE = frozenset({State.WAITING, State.RUNNING, State.PAUSED})
"""States of jobs that are still to be rendered."""
DONE = frozenset({State.RENDERED, State.PLACED})


class Wish(StrEnum):
    """What the one who renders a job is to do with it at the next frame."""

    NONE = ""
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True)
class Process:
    """A process that works with the queue.

    Attributes:
        kind: "panel", "background", "command" or "worker".
        number: its place among those that drain the queue; the lowest goes first.
        beat: counts up as long as it lives.
    """

    host: str
    pid: int
    kind: str = "worker"
    number: int = 0
    beat: int = 0
    holds: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a job is, in the worker's words. `rate` is units per second, 0 when unknown."""

    stage: str = ""
    done: int = 0
    total: int = 0
    note: str = ""
    rate: float = 0.0


@dataclass(frozen=True)
class Control:
    """What the one who renders a job is told at each beat.

    Attributes:
        mine: whether the claim still holds; else another renders it, or nobody is to.
        wait: why to stand still for now, in words; "" to go on.
        others: whether another job could be rendered instead.
    """

    mine: bool
    wish: Wish = Wish.NONE
    wait: str = ""
    others: bool = False


@dataclass(frozen=True)
class Flags:
    """What holds for the queue as a whole.

    Attributes:
        paused: no job is begun and the one at work stands still.
        start_at: seconds since 1970 before which no job is begun; 0 at once.
        at_end: "notify" or "nothing", when the last job is done and no panel is there.
        awake: whether the machine is kept awake while jobs are rendered.
    """

    paused: bool = False
    start_at: int = 0
    at_end: str = "notify"
    awake: bool = True


@dataclass(frozen=True)
class Entry:
    """A job in the queue.

    Attributes:
        asked: what the one who asked wants to find again: how it is delivered, for which edit.
        position: those to be rendered come in this order.
        deaths: how often the process that rendered it died.
        worker: who renders it now; None when nobody does.
        picture: the file of a small picture of the render; "" when there is none.
        gone: whether it was taken out of the list; it can still be brought back.
        estimate: seconds that it will take, guessed before; 0 when nobody guessed.
    """

    job: Job
    state: State = State.WAITING
    asked: Mapping[str, Any] = field(default_factory=dict)
    position: int = 0
    wish: Wish = Wish.NONE
    progress: Progress = Progress()
    render: Render | None = None
    error: OpticalsError | None = None
    deaths: int = 0
    worker: Process | None = None
    picture: str = ""
    gone: bool = False
    estimate: float = 0.0

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


def entry_of(row: sqlite3.Row) -> Entry:
    """An entry from its row.

    Raises:
        ValueError, LookupError, TypeError: it was not written by this version.
        OpticalsError: its recipe is not known here.
    """
    worker = None
    if row["pid"] is not None:
        worker = Process(row["host"], row["pid"], row["kind"], beat=row["beat"])
    return Entry(
        _job(row["job"]),
        State(row["state"]),
        json.loads(row["asked"]),
        row["position"],
        Wish(row["wish"]),
        Progress(row["stage"], row["done"], row["total"], row["note"], row["rate"]),
        Render.from_json(json.loads(row["render"])) if row["render"] else None,
        OpticalsError.from_json(json.loads(row["error"])) if row["error"] else None,
        row["deaths"],
        worker,
        row["picture"],
        bool(row["gone"]),
        row["estimate"],
    )


@lru_cache(maxsize=1024)
def _job(text: str) -> Job:
    """What changes of an entry is seldom its job."""
    return Job.from_json(json.loads(text))
