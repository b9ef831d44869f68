"""The file that the queue is kept in: its schema, opening it, and what is done when it is damaged.

SQLite with a write-ahead log: many processes read and write it, and none of them can leave it
half-written.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from opticals.errors import QueueError

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

SCHEMA = 1  # written into the file; a file of a higher one is left alone
_BUSY = 10.0  # seconds that a lock is waited for
# Seconds before each look at a file that seems damaged: another process may be at work in it, and
# to move it away under that one would be the damage.
_LOOKS = (0.0, 0.3, 0.6)
_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, job TEXT NOT NULL, state TEXT NOT NULL, asked TEXT NOT NULL,
    position INTEGER NOT NULL, wish TEXT NOT NULL DEFAULT '',
    stage TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '',
    rate REAL NOT NULL DEFAULT 0, render TEXT, error TEXT, deaths INTEGER NOT NULL DEFAULT 0,
    host TEXT, pid INTEGER, kind TEXT, beat INTEGER NOT NULL DEFAULT 0,
    picture TEXT NOT NULL DEFAULT '', gone INTEGER NOT NULL DEFAULT 0,
    estimate REAL NOT NULL DEFAULT 0, rev INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS changed ON jobs (rev);
CREATE INDEX IF NOT EXISTS next ON jobs (state, position);
CREATE TABLE IF NOT EXISTS drainers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, pid INTEGER NOT NULL,
    kind TEXT NOT NULL, beat INTEGER NOT NULL DEFAULT 0, drains INTEGER NOT NULL DEFAULT 0,
    holds TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS flags (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT OR IGNORE INTO flags VALUES ('rev', '0');
"""


def connect(path: Path) -> sqlite3.Connection:
    """The queue's database, made when it is not there.

    Raises:
        QueueError: it cannot be opened, or a newer version of Opticals wrote it.
        sqlite3.DatabaseError: it is damaged.
    """
    with saying(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    with saying(path):
        connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found > SCHEMA:
                raise QueueError(
                    f"{path} was written by a newer Opticals.",
                    f"It is of version {found}, and this one knows version {SCHEMA}.",
                    "Use the newer one, or name another file in OPTICALS_QUEUE.",
                )
            if found < SCHEMA:
                connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
                connection.execute(f"PRAGMA user_version={SCHEMA}")
        except BaseException:
            connection.close()
            raise
    return connection


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is bad, and not that it is locked or full."""
    if isinstance(error, sqlite3.OperationalError):
        return "no such table" in str(error) or "no such column" in str(error)
    return isinstance(error, sqlite3.DatabaseError)


@contextmanager
def saying(path: Path) -> Iterator[None]:
    """Says what the system or a lock refuses; a damaged file is for the caller.

    Raises:
        QueueError: locked, full, or not permitted.
    """
    try:
        yield
    except sqlite3.Error as error:
        if is_damaged(error):
            raise
        full = "full" in str(error)
        raise QueueError.wrap(
            "The queue cannot be written." if full else f"The queue in {path} cannot be reached.",
            error,
            "Free some disk space; nothing that is rendered is lost."
            if full
            else "Another program may hold it; it is tried again.",
        ) from error
    except OSError as error:
        raise QueueError.wrap(
            f"The queue in {path} cannot be opened.",
            error,
            "Set OPTICALS_QUEUE to a file that can be written.",
        ) from error


def move_aside(path: Path) -> Path | None:
    """Give a damaged file another name and save what can still be read of it into a new one.

    Returns:
        Where it is now; None when it is not damaged after all (another process mended it).

    Raises:
        QueueError: it cannot be moved.
    """
    for after in _LOOKS:
        time.sleep(after)
        with saying(path), _alone(path):
            if not path.exists() or _sound(path):
                return None
            if after == _LOOKS[-1]:
                aside = _moved(path)
                log.warning("%s was damaged and is now %s", path, aside)
                return aside
    return None


def _moved(path: Path) -> Path:
    """Move a file and begin a new one; where the old one is now."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}")
    path.replace(aside)
    for tail in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{tail}").replace(f"{aside}{tail}")
    new = _connect(path)
    try:
        _save(aside, new)
    finally:
        new.close()
    return aside


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keeps other processes from opening or moving the queue's files meanwhile: one that opened
    them between two moves would write the log of one file into another. Without a lock where the
    system has none of this kind: there, files that are open cannot be moved."""
    if fcntl is None:
        yield
        return
    with path.with_name(f"{path.name}.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _sound(path: Path) -> bool:
    """Whether a file is no worse than locked."""
    try:
        connection = _connect(path)
        try:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.execute("SELECT count(*) FROM jobs, flags, drainers").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        return not is_damaged(error)  # locked, for example: what others work with stays
    return str(found) == "ok"


def _save(old: Path, new: sqlite3.Connection) -> None:
    """The rows of `old` that can be read; those that come before the damage, as a rule."""
    names = [row["name"] for row in new.execute("PRAGMA table_info(jobs)")]
    listed = ", ".join(names)
    marks = ", ".join("?" * len(names))
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(old)) as from_:
        for row in from_.execute(f"SELECT {listed} FROM jobs"):  # noqa: S608 - our own names
            new.execute(f"INSERT OR IGNORE INTO jobs ({listed}) VALUES ({marks})", row)  # noqa: S608
    new.execute("UPDATE jobs SET pid = NULL, state = 'waiting' WHERE pid IS NOT NULL")
    new.execute(
        "UPDATE flags SET value = (SELECT ifnull(max(rev), 0) FROM jobs) WHERE name = 'rev'"
    )
