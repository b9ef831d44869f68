"""Files written whole or not at all, checked by hash, by one process at a time."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
import time
import uuid
from typing import TYPE_CHECKING

from opticals.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def sha256(path: Path) -> str:
    """The sha256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(path: Path, expected: str, name: str) -> None:
    """Nothing, if the file has the expected sha256.

    Raises:
        ModelError: it has another one.
    """
    found = sha256(path)
    if found != expected:
        raise ModelError(
            f"{name} has the wrong hash: it is not the file it should be.",
            f"Its sha256 is {found}, expected was {expected}.",
            "Pull it again; if it stays so, the source has changed and cannot be trusted.",
        )


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to, renamed to it when the block ends well.

    Raises:
        ModelError: the folder cannot be written to, or the disk is full.
    """
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process at a time is in this block for the same `path`, a file for nothing else.

    The system lets go of the lock when a process dies, so none is ever left behind.

    Raises:
        ModelError: the lock file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        _acquire(handle)
        yield
    finally:
        os.close(handle)


def unwritable(path: Path, error: OSError) -> ModelError:
    """What to tell people when `path` could not be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return ModelError.wrap(
        f"No space left to write {path}." if full else f"{path} cannot be written.",
        error,
        "Free some space, or set OPTICALS_HOME to a folder on another disk."
        if full
        else "Check the folder's permissions, or set OPTICALS_HOME to a folder of your own.",
    )


if sys.platform == "win32":
    import msvcrt

    def _acquire(handle: int) -> None:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
                return
            except OSError:
                time.sleep(0.2)

else:
    import fcntl

    def _acquire(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)
