"""The queue as those see it who render: claimed, at work, finished; and who of them is alive."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from opticals.errors import Cancelled, OpticalsError, WorkerError
from opticals.jobs.base import Base
from opticals.jobs.entries import Control, Entry, Process, Progress, State, Wish, entry_of
from opticals.jobs.living import is_gone
from opticals.rendering.job import Render

DEATHS = 2  # of the worker at one job, after which it is not tried again by itself
_FREE = {"host": None, "pid": None, "kind": None, "wish": ""}
_MINE = "host = ? AND pid = ?"
# Under which a job may be begun at all; the parameter is the time now, in seconds since 1970.
_DUE = (
    "EXISTS (SELECT 1 FROM jobs WHERE state = 'waiting' AND gone = 0) "
    "AND NOT EXISTS (SELECT 1 FROM jobs WHERE pid IS NOT NULL) "
    "AND NOT EXISTS (SELECT 1 FROM flags WHERE name = 'paused' AND value = '1' "
    "OR name = 'start_at' AND CAST(value AS INTEGER) > ?)"
)


class Claims(Base):
    """Every method is one transaction. One job is rendered at a time: the device is one, and the
    order is kept.

    Raises:
        QueueError: the file is locked, full, or not to be written.
    """

    def due(self) -> bool:
        """Whether a job could be claimed now."""
        return bool(self.rows(f"SELECT 1 WHERE {_DUE}", (int(time.time()),)))

    def claim(self, me: Process) -> Entry | None:
        """The next job, now this process's; None when there is none to begin.

        A job that cannot be read, because another version wrote it, fails; the next one is taken.
        """
        while True:
            with self.writing() as rev:
                found = self.rows(
                    "SELECT * FROM jobs WHERE state = 'waiting' AND gone = 0 "  # noqa: S608
                    f"AND {_DUE} ORDER BY position LIMIT 1",
                    (int(time.time()),),
                )
                if not found:
                    return None
                (row,) = found
                try:
                    entry = entry_of(row)
                except (ValueError, LookupError, TypeError, OpticalsError) as error:
                    bad = WorkerError.wrap("The job cannot be read.", error, "Ask for it again.")
                    text = json.dumps(bad.to_json())
                    self.update(row["id"], rev, state=State.FAILED, error=text)
                    continue
                self.update(
                    entry.id, rev, state=State.RUNNING, host=me.host, pid=me.pid, kind=me.kind,
                    wish="", beat=me.beat, note="", error=None,
                )  # fmt: skip
            return replace(entry, state=State.RUNNING, worker=me)

    def beat(self, id: str, me: Process, progress: Progress | None = None) -> Control:
        """Say that a job is still at work, and how far it is; what is to be done with it."""
        with self.writing() as rev:
            found = self.rows(f"SELECT wish FROM jobs WHERE id = ? AND {_MINE}", (id, *_of(me)))  # noqa: S608
            if not found:
                return Control(mine=False)
            wish = Wish(found[0]["wish"])
            if progress is None:
                self.run("UPDATE jobs SET beat = beat + 1 WHERE id = ?", (id,))
            else:
                self.update(id, rev, **vars(progress))
                self.run("UPDATE jobs SET beat = beat + 1 WHERE id = ?", (id,))
            others = self.rows("SELECT 1 FROM jobs WHERE state = 'waiting' AND gone = 0 LIMIT 1")
            paused = self.rows("SELECT 1 FROM flags WHERE name = 'paused' AND value = '1'")
            holds = self._holds()
        wait = "paused" if paused else holds
        if wish is Wish.PAUSE:
            wait = wait or "paused"
        return Control(True, wish, wait, bool(others) and not paused)

    def finish(self, id: str, me: Process, render: Render, picture: str = "") -> bool:
        """A job is rendered; False when it was no longer this process's, and another has it."""
        with self.writing() as rev:
            return self._give_back(
                id, me, rev, state=State.RENDERED, error=None,
                stage="verify", done=render.frames, total=render.frames, note="", rate=0,
                render=json.dumps(render.to_json()), picture=picture,
            )  # fmt: skip

    def fail(self, id: str, me: Process, error: OpticalsError) -> bool:
        """A job failed, or stopped as was wished."""
        state = State.STOPPED if isinstance(error, Cancelled) else State.FAILED
        with self.writing() as rev:
            return self._give_back(id, me, rev, state=state, error=json.dumps(error.to_json()))

    def release(self, id: str, me: Process) -> bool:
        """Give a job back as it is, for another process or a later time."""
        with self.writing() as rev:
            return self._release(id, me, rev)

    def free(self, ended: Process) -> None:
        """Free what a process had claimed that was ended on request."""
        with self.writing() as rev:
            for row in self.rows(f"SELECT id FROM jobs WHERE {_MINE}", _of(ended)):  # noqa: S608
                self._release(row["id"], ended, rev)

    def bury(self, dead: Process, error: OpticalsError) -> list[str]:
        """Free what a dead process had claimed. Its jobs go on by themselves; those that killed
        their worker `DEATHS` times fail. The ids of all of them."""
        with self.writing() as rev:
            ids = [row["id"] for row in self.rows(f"SELECT id FROM jobs WHERE {_MINE}", _of(dead))]  # noqa: S608
            for id in ids:
                self.run("UPDATE jobs SET deaths = deaths + 1 WHERE id = ?", (id,))
                text = json.dumps(error.to_json())
                (deaths,) = self.rows("SELECT deaths FROM jobs WHERE id = ?", (id,))[0]
                if deaths >= DEATHS and not self._wished(id):
                    self._give_back(id, dead, rev, state=State.FAILED, error=text)
                else:
                    self._release(id, dead, rev)
        return ids

    def claimants(self) -> list[Process]:
        """Those that have a job now."""
        return [
            Process(row["host"], row["pid"], row["kind"], beat=row["beat"])
            for row in self.rows("SELECT host, pid, kind, beat FROM jobs WHERE pid IS NOT NULL")
        ]

    def join(self, me: Process) -> Process:
        """Be one of those that look after the queue; with its number."""
        with self.writing():
            self.run(f"DELETE FROM drainers WHERE {_MINE}", _of(me))  # noqa: S608
            self.run("INSERT INTO drainers (host, pid, kind) VALUES (?, ?, ?)", (*_of(me), me.kind))
            (number,) = self.rows("SELECT last_insert_rowid()")[0]
        return replace(me, number=number)

    def still_here(self, me: Process, *, drains: bool, holds: str) -> bool:
        """Say that this process lives, whether it has jobs rendered, and why the one at work is
        to wait; False when it is not known (any more)."""
        with self.writing():
            return bool(
                self.run(
                    "UPDATE drainers SET beat = beat + 1, drains = ?, holds = ? WHERE number = ?",
                    (drains, holds, me.number),
                )
            )

    def leave(self, me: Process) -> None:
        with self.writing():
            self.run("DELETE FROM drainers WHERE number = ?", (me.number,))

    def drainers(self) -> list[Process]:
        """Those that have jobs rendered, the one whose turn it is first."""
        return self._drainers("WHERE drains = 1")

    def forget_dead(self, is_dead: Callable[[Process], bool]) -> None:
        """Strike dead processes off."""
        dead = [one for one in self._drainers() if is_dead(one)]
        if dead:
            with self.writing():
                for one in dead:
                    self.run("DELETE FROM drainers WHERE number = ?", (one.number,))

    def _drainers(self, where: str = "") -> list[Process]:
        return [
            Process(row["host"], row["pid"], row["kind"], row["number"], row["beat"], row["holds"])
            for row in self.rows(f"SELECT * FROM drainers {where} ORDER BY number")  # noqa: S608
        ]

    def _holds(self) -> str:
        """Why somebody who lives wants the one at work to wait."""
        held = (one for one in self._drainers("WHERE holds != ''") if not is_gone(one))
        return next((one.holds for one in held), "")

    def _wished(self, id: str) -> bool:
        return bool(self.rows("SELECT 1 FROM jobs WHERE id = ? AND wish != ''", (id,)))

    def _release(self, id: str, me: Process, rev: int) -> bool:
        (wish,) = self.rows("SELECT wish FROM jobs WHERE id = ?", (id,))[0]
        state = {Wish.PAUSE: State.PAUSED, Wish.STOP: State.STOPPED}.get(wish, State.WAITING)
        return self._give_back(id, me, rev, state=state, note="", rate=0)

    def _give_back(self, id: str, me: Process, rev: int, **values: object) -> bool:
        mine = self.rows(f"SELECT 1 FROM jobs WHERE id = ? AND {_MINE}", (id, *_of(me)))  # noqa: S608
        free: dict[str, Any] = {**_FREE, **values}
        return bool(mine) and self.update(id, rev, **free)


def _of(process: Process) -> tuple[str, int]:
    return process.host, process.pid
