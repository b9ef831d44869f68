"""One connection to the queue's database: transactions that all or nothing of becomes true."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from opticals.jobs import database
from opticals.settings import queue_file


class Base:
    """To be used on the thread that made it, and closed there.

    A damaged file is moved aside when it is opened, and a new one begun with what could be read
    of it; `aside` then names it.

    Raises:
        QueueError: the file cannot be opened.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or queue_file()
        self.aside: Path | None = None
        self._connection = self._open()
        self._file = self._identity()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    @property
    def version(self) -> int:
        """Another number whenever another connection changed something."""
        with database.saying(self.path):
            (found,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(found)

    def require_file(self) -> bool:
        """Open the file anew if it was moved aside or deleted by somebody; whether it was."""
        if self._identity() == self._file:
            return False
        self.close()
        self._connection = self._open()
        self._file = self._identity()
        return True

    def mend(self) -> None:
        """Open the file anew after a damage was met; it is moved aside if it is damaged indeed."""
        self.close()
        self.aside = database.move_aside(self.path) or self.aside
        self._connection = self._open()
        self._file = self._identity()

    @contextmanager
    def writing(self) -> Iterator[int]:
        """A transaction, with the number that rows changed in it get as their `rev`.

        Raises:
            QueueError: locked, full, or not permitted; nothing was changed.
        """
        with database.saying(self.path):
            run = self._connection.execute
            run("BEGIN IMMEDIATE")
            try:
                (rev,) = run(
                    "UPDATE flags SET value = value + 1 WHERE name = 'rev' "
                    "RETURNING CAST(value AS INTEGER)"
                ).fetchone()
                yield rev
                run("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    run("ROLLBACK")
                raise

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """What a query finds."""
        with database.saying(self.path):
            return self._connection.execute(query, values).fetchall()

    def run(self, command: str, values: Sequence[Any] = ()) -> int:
        """Run a command inside `writing`; how many rows it changed."""
        return self._connection.execute(command, values).rowcount

    def update(self, id: str, rev: int, where: str = "", **values: Any) -> bool:
        """Change columns of a job inside `writing`; whether it was there, and as `where` says."""
        sets = ", ".join(f"{name} = ?" for name in values)
        condition = f" AND ({where})" if where else ""
        return bool(
            self.run(
                f"UPDATE jobs SET {sets}, rev = ? WHERE id = ?{condition}",  # noqa: S608
                (*values.values(), rev, id),
            )
        )

    def _open(self) -> sqlite3.Connection:
        try:
            return database.connect(self.path)
        except sqlite3.DatabaseError:
            self.aside = database.move_aside(self.path)
            return database.connect(self.path)

    def _identity(self) -> tuple[int, int] | None:
        with contextlib.suppress(OSError):
            status = self.path.stat()
            return status.st_dev, status.st_ino
        return None
