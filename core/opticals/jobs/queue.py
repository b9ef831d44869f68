"""The queue as those see it who ask for work: added, ordered, paused, stopped, tried again."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opticals.errors import OpticalsError, QueueError
from opticals.jobs.base import Base
from opticals.jobs.entries import ACTIVE, Entry, Flags, State, Wish, entry_of
from opticals.rendering.job import Job

log = logging.getLogger(__name__)

_GAP = 1 << 20  # between positions, so that a job is moved without touching the others
_ACTIVE = ", ".join(f"'{state}'" for state in sorted(ACTIVE))
_OVER = f"state NOT IN ({_ACTIVE})"


@dataclass(frozen=True)
class Asked:
    """A job that is asked for, with what its asker wants to find again.

    Attributes:
        estimate: seconds that it will take, if somebody guessed.
    """

    job: Job
    asked: Mapping[str, Any] = field(default_factory=dict)
    estimate: float = 0.0


class Queue(Base):
    """Every method is one transaction: it is done as a whole or raises and changes nothing.

    Raises:
        QueueError: the file is locked, full, or not to be written.
    """

    def add(self, jobs: Sequence[Asked]) -> None:
        """Put jobs at the end; one of an id that is there begins anew with what is given, in its
        old place."""
        with self.writing() as rev:
            (last,) = self.rows("SELECT ifnull(max(position), 0) FROM jobs")[0]
            for number, one in enumerate(jobs, 1):
                self.run(
                    "INSERT INTO jobs (id, job, state, asked, position, estimate, rev) "
                    "VALUES (?, ?, 'waiting', ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                    "job = excluded.job, state = 'waiting', asked = excluded.asked, wish = '', "
                    "stage = '', done = 0, total = 0, note = '', rate = 0, render = NULL, "
                    "error = NULL, deaths = 0, gone = 0, rev = excluded.rev WHERE pid IS NULL",
                    (
                        one.job.id,
                        json.dumps(one.job.to_json()),
                        json.dumps(dict(one.asked)),
                        last + number * _GAP,
                        one.estimate,
                        rev,
                    ),
                )

    def changes(self, since: int = 0) -> tuple[int, list[Entry]]:
        """What changed after `since`, and the number to ask with the next time. Those that are
        gone come along, marked so."""
        found = self.rows("SELECT * FROM jobs WHERE rev > ? ORDER BY position", (since,))
        entries = []
        for row in found:
            try:
                entries.append(entry_of(row))
            except (ValueError, LookupError, TypeError, OpticalsError) as error:
                log.warning("job %s of the queue cannot be read: %s", row["id"], error)
        newest = max((row["rev"] for row in found), default=since)
        return newest, entries

    def entries(self) -> list[Entry]:
        """All that are in the list: what is to be rendered in its order, then the rest."""
        found = [entry for entry in self.changes()[1] if not entry.gone]
        return sorted(found, key=lambda one: (not one.active, one.position))

    def named(self, ids: Iterable[str]) -> list[str]:
        """The whole ids that short ones begin.

        Raises:
            QueueError: none or several do.
        """
        there = [row["id"] for row in self.rows("SELECT id FROM jobs WHERE gone = 0")]
        found = []
        for id in ids:
            fitting = [one for one in there if one.startswith(id)]
            if len(fitting) != 1:
                raise QueueError(
                    f"{'No job' if not fitting else 'More than one job'} begins with “{id}”.",
                    remedy="“opticals queue” lists them.",
                )
            found += fitting
        return found

    def pause(self, ids: Iterable[str]) -> None:
        """Let jobs stand: one at work stops at its next frame, and goes on from there."""
        with self.writing() as rev:
            for id in ids:
                self.update(id, rev, "state = 'waiting' AND pid IS NULL", state="paused")
                self.update(
                    id, rev, "state = 'running' AND wish = ''", state="paused", wish=Wish.PAUSE
                )

    def resume(self, ids: Iterable[str]) -> None:
        with self.writing() as rev:
            for id in ids:
                self.update(id, rev, "state = 'paused' AND pid IS NULL", state="waiting", wish="")
                self.update(
                    id, rev, "state = 'paused' AND wish = 'pause'", state="running", wish=""
                )

    def stop(self, ids: Iterable[str]) -> None:
        """Stop jobs: one at work at its next frame. What is finished of them is kept."""
        with self.writing() as rev:
            for id in ids:
                self.update(id, rev, f"state IN ({_ACTIVE}) AND pid IS NULL", state="stopped")
                self.update(id, rev, "pid IS NOT NULL", wish=Wish.STOP)

    def retry(self, ids: Iterable[str]) -> None:
        """Render again what failed or was stopped; it goes on from what is finished of it."""
        with self.writing() as rev:
            for id in ids:
                self.update(
                    id, rev, "state IN ('failed', 'stopped') AND pid IS NULL",
                    state="waiting", error=None, deaths=0, wish="", stage="", done=0, total=0,
                    note="", rate=0, gone=0,
                )  # fmt: skip

    def remove(self, ids: Iterable[str]) -> None:
        """Take jobs out of the list; those to be rendered are stopped. Files stay as they are."""
        with self.writing() as rev:
            for id in ids:
                self.update(id, rev, f"state IN ({_ACTIVE}) AND pid IS NULL", state="stopped")
                self.update(id, rev, "pid IS NOT NULL", wish=Wish.STOP)
                self.update(id, rev, gone=1)

    def bring_back(self, ids: Iterable[str]) -> None:
        """Put jobs that were removed back into the list."""
        with self.writing() as rev:
            for id in ids:
                self.update(id, rev, gone=0)

    def clear(self) -> list[str]:
        """Take all out of the list that is not to be rendered any more; their ids."""
        with self.writing() as rev:
            found = self.rows(f"SELECT id FROM jobs WHERE gone = 0 AND {_OVER}")  # noqa: S608
            self.run(f"UPDATE jobs SET gone = 1, rev = ? WHERE gone = 0 AND {_OVER}", (rev,))  # noqa: S608
        return [row["id"] for row in found]

    def sweep(self) -> None:
        """Forget what was removed. Called when nobody can bring it back any more."""
        with self.writing():
            self.run(f"DELETE FROM jobs WHERE gone = 1 AND pid IS NULL AND {_OVER}")  # noqa: S608

    def move(self, ids: Sequence[str], before: str | None) -> None:
        """Put jobs, in the order given, before another one; None puts them at the end."""
        with self.writing() as rev:
            order = [
                (row["id"], row["position"])
                for row in self.rows("SELECT id, position FROM jobs ORDER BY position")
                if row["id"] not in ids
            ]
            names = [id for id, _ in order]
            at = names.index(before) if before in names else len(order)
            low = order[at - 1][1] if at else 0
            high = order[at][1] if at < len(order) else low + (len(ids) + 1) * _GAP
            step = (high - low) // (len(ids) + 1)
            if step:
                moved = [(id, low + number * step) for number, id in enumerate(ids, 1)]
            else:  # no room is left between the two: all get new places
                names[at:at] = ids
                moved = [(id, number * _GAP) for number, id in enumerate(names, 1)]
            for id, position in moved:
                self.update(id, rev, position=position)

    def note(self, ids: Iterable[str], **asked: Any) -> None:
        """Change some of what those who asked for jobs want to find again, by its names."""
        with self.writing() as rev:
            for id in ids:
                for row in self.rows("SELECT asked FROM jobs WHERE id = ?", (id,)):
                    self.update(id, rev, asked=json.dumps({**json.loads(row["asked"]), **asked}))

    def set_placed(self, id: str, placed: bool) -> None:
        """Whether a finished render stands in its edit."""
        old, new = (State.RENDERED, State.PLACED)[:: 1 if placed else -1]
        with self.writing() as rev:
            self.update(id, rev, f"state = '{old}'", state=new)

    def flags(self) -> Flags:
        found = dict(map(tuple, self.rows("SELECT name, value FROM flags")))
        return Flags(
            found.get("paused") == "1",
            int(found.get("start_at", "0")),
            found.get("at_end", Flags.at_end),
            found.get("awake", "1") == "1",
        )

    def set_flags(self, **changes: bool | int | str) -> None:
        """Change some of `Flags`, by their names."""
        with self.writing():
            for name, value in changes.items():
                text = str(int(value)) if isinstance(value, bool | int) else value
                self.run("INSERT OR REPLACE INTO flags VALUES (?, ?)", (name, text))
