"""What was done with each export, kept in a hidden folder beside it: so it goes with the folder,
and several machines can watch the same one.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from opticals.errors import OutputError
from opticals.jobs import living
from opticals.jobs.entries import Process
from opticals.watching.exports import Stamp

FOLDER = ".opticals.watch"
_BEAT = 2.0  # seconds
_BLOCK = 1 << 20
_beats = itertools.count(1)  # of all locks: whoever watches them takes none for an older one


class State(StrEnum):
    WORKING = "working"
    DONE = "done"
    PARTLY = "partly"  # written, without some of what was asked for
    NOTHING = "nothing"  # it asks for nothing
    FAILED = "failed"


@dataclass(frozen=True)
class Entry:
    """What was done with one state of an export.

    Attributes:
        content: hash of all its bytes.
        written: name of the new edit beside it; that it was to be given while it is worked on.
    """

    stamp: Stamp
    content: str
    state: State
    written: str = ""


def entry(export: Path) -> Entry | None:
    """What was done last with an export; None if nothing is known."""
    try:
        data: Any = json.loads(_file(export).read_text(encoding="utf-8"))
        return Entry(
            Stamp(**data["stamp"]),
            str(data["content"]),
            State(data["state"]),
            str(data["written"]),
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None


def keep(export: Path, entry: Entry) -> None:
    """Write down what was done.

    Raises:
        OutputError: the folder cannot be written.
    """
    _write(_file(export), asdict(entry))


def content(export: Path) -> str:
    """Hash of an export, of a folder with the names inside it.

    Raises:
        OSError: it cannot be read.
    """
    found = hashlib.sha256()
    files = [export]
    if export.is_dir():
        files = sorted(Path(top, name) for top, _, names in os.walk(export) for name in names)
    for path in files:
        if path != export:
            found.update(f"{path.relative_to(export).as_posix()}\0".encode())
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                found.update(block)
    return found.hexdigest()


def is_over(known: Entry, mark: Stamp) -> bool:
    """Whether an export needs no more work, as far as can be told without reading it. What failed
    is tried again when the file is written again, or a watch is begun again."""
    return known.stamp == mark and known.state in (State.DONE, State.PARTLY, State.NOTHING)


def is_same(export: Path, known: Entry, content: str) -> bool:
    """Whether this very content was done to the end, whatever the file's time says, and what came
    of it is still there. Also what a process did that was killed before it could say so."""
    if known.content != content or known.state in (State.PARTLY, State.FAILED):
        return False
    if known.written:
        return export.with_name(known.written).exists()
    return known.state is State.NOTHING


class Claims:
    """Which exports are worked on, by this process and by others, here and on other machines."""

    def __init__(self) -> None:
        self._watch = living.Watch()

    @contextmanager
    def claimed(self, export: Path) -> Iterator[Process | None]:
        """Work on an export alone; gives who else does, else None.

        Raises:
            OutputError: the folder cannot be written.
        """
        lock = _file(export).with_suffix(".lock")
        me = replace(living.me("watch"), beat=next(_beats))
        other = self._other(lock)
        if other is None and not _create(lock, me):
            other = self._other(lock)
        if other is not None:
            yield other
            return
        over = threading.Event()
        thread = threading.Thread(target=_beat, args=(lock, me, over), daemon=True)
        thread.start()
        try:
            yield None
        finally:
            over.set()
            try:
                thread.join()
            finally:  # also when a Ctrl-C comes just now
                lock.unlink(missing_ok=True)

    def _other(self, lock: Path) -> Process | None:
        """Who holds a lock and is alive; the lock of a dead one is taken away."""
        try:
            holder = Process(**json.loads(lock.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            holder = Process("a machine that cannot be told", 0)
        if not _is_mine(holder) and not self._watch.is_dead(holder):
            return holder
        # Renamed first: two that find it dead at once must not take away each other's.
        aside = lock.with_name(f"{lock.name}.{uuid.uuid4().hex[:8]}")
        with contextlib.suppress(OSError):
            lock.rename(aside)
            aside.unlink()
        return None


def _is_mine(holder: Process) -> bool:
    """Whether a lock was left by a process that had our number before us."""
    return (holder.host, holder.pid) == (living.HOST, os.getpid())


def _file(export: Path) -> Path:
    return export.parent / FOLDER / f"{export.name}.json"


def _create(lock: Path, me: Process) -> bool:
    """Take a lock; False if somebody was faster."""
    try:
        lock.parent.mkdir(exist_ok=True)
        with lock.open("x", encoding="utf-8") as file:
            file.write(json.dumps(vars(me)))
    except FileExistsError:
        return False
    except OSError as error:
        raise _refused(lock, error) from error
    return True


def _beat(lock: Path, me: Process, over: threading.Event) -> None:
    while not over.wait(_BEAT):
        with contextlib.suppress(OutputError):  # the drive may be back at the next
            _write(lock, vars(replace(me, beat=next(_beats))))


def _write(path: Path, data: Any) -> None:
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        path.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(data, indent=1), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> OutputError:
    return OutputError.wrap(
        f"{path.parent.parent} cannot be written.",
        error,
        "Give the user who watches the right to write there: new edits go beside the exports.",
    )
