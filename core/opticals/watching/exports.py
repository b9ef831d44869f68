"""Which files of a folder are exported edits, and whether one is completely written.

Nothing but listing and asking for sizes and times: a network drive tells nobody of its changes.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from opticals.rendering.job import base_edit
from opticals.timeline.formats import FORMATS

SUFFIXES = frozenset(suffix for one in FORMATS for suffix in one.suffixes)
_FOLDERS = (".otiod",)  # edits that are folders
_ROOTS = (b"<xmeml", b"<!doctype xmeml")  # how an .xml begins that is an edit
_HEAD = 4096  # bytes within which it does


@dataclass(frozen=True)
class Stamp:
    """What tells one state of a file from another without reading it: bytes, and the time of the
    last change in nanoseconds. Of a folder those of all its files."""

    size: int
    changed: int
    files: int = 1


@dataclass(frozen=True)
class Found:
    """What a look at a folder brought.

    Attributes:
        exports: the edits in it, with their stamps.
        closed: folders that cannot be listed, and why.
    """

    exports: dict[Path, Stamp]
    closed: dict[Path, str]


def look(folder: Path, *, deep: bool = False) -> Found:
    """The exports of a folder, with `deep` of all folders inside it too.

    Raises:
        OSError: the folder itself cannot be listed: it is gone, or its drive is.
    """
    found = Found({}, {})
    waiting = [folder]
    while waiting:
        one = waiting.pop()
        try:
            with os.scandir(one) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if one == folder:
                raise
            found.closed[one] = str(error)
            continue
        for entry in listed:
            path = Path(entry.path)
            if _is_edit(entry):
                mark = stamp(path)
                if mark is not None:
                    found.exports[path] = mark
            elif deep and _may_hold(entry):
                waiting.append(path)
    return found


def stamp(path: Path) -> Stamp | None:
    """The state that an export is in; None when it is gone."""
    try:
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            return Stamp(status.st_size, status.st_mtime_ns)
        inside = [one.stat() for one in _files(path)]
    except OSError:
        return None
    newest = max((one.st_mtime_ns for one in inside), default=status.st_mtime_ns)
    return Stamp(sum(one.st_size for one in inside), newest, len(inside))


def is_ours(name: str) -> bool:
    """Whether a file is one that we write beside an edit, by its name: `cut_opticals_v001.xml`,
    `cut.xml.master.otio`."""
    path = Path(name)
    return base_edit(path) != path.stem


def is_no_edit(path: Path) -> bool:
    """Whether an .xml is something else than an edit, as cameras and programs write many.

    Raises:
        OSError: it cannot be read.
    """
    if path.suffix.lower() != ".xml":
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for mark in (b"\xff\xfe", b"\xfe\xff"):
        if head.startswith(mark):
            head = head.decode("utf-16", errors="ignore").encode()
    return not any(root in head.lower() for root in _ROOTS)


def _is_edit(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or is_ours(entry.name):
        return False
    suffix = Path(entry.name).suffix.lower()
    try:
        return suffix in SUFFIXES and entry.is_dir() == (suffix in _FOLDERS)
    except OSError:
        return False


def _may_hold(entry: os.DirEntry[str]) -> bool:
    """Whether exports may lie in it: no renders, no media of bundles, nothing hidden, nothing that
    leads in a circle."""
    name = entry.name.lower()
    if name.startswith(".") or name.endswith((".opticals", ".otioz.media", *_FOLDERS)):
        return False
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _files(folder: Path) -> Iterator[Path]:
    for top, _, names in os.walk(folder):
        yield from (Path(top, name) for name in names)


@dataclass
class _Seen:
    stamp: Stamp
    since: float


@dataclass
class Settling:
    """Tells which exports have been left alone for long enough to be completely written.

    Args:
        seconds: that size and time of change have to stay as they are.
        clock: in seconds; the machine's own, whatever the drive's clock says.
    """

    seconds: float = 2.0
    clock: Callable[[], float] = time.monotonic
    _seen: dict[Path, _Seen] = field(default_factory=dict)

    def settled(self, exports: dict[Path, Stamp]) -> list[Path]:
        """Those that are, the longest first. Called at every look with all that there are."""
        now = self.clock()
        for path in [one for one in self._seen if one not in exports]:
            del self._seen[path]
        for path, mark in exports.items():
            seen = self._seen.get(path)
            if seen is None or seen.stamp != mark:
                self._seen[path] = _Seen(mark, now)
        return [
            path
            for path, seen in sorted(self._seen.items(), key=lambda one: one[1].since)
            if seen.stamp.size and now - seen.since >= self.seconds and not _held(path)
        ]

    def quiet(self, path: Path) -> float:
        """Seconds since an export last changed, as far as it was seen."""
        seen = self._seen.get(path)
        return 0.0 if seen is None else self.clock() - seen.since

    def waiting(self, known: Iterable[Path]) -> bool:
        """Whether any of these may still be being written."""
        return any(self.quiet(one) < self.seconds for one in known)


def _held(path: Path) -> bool:
    """Whether the program that writes it lets nobody else in, as on Windows."""
    if os.name != "nt" or path.is_dir():
        return False
    try:
        with path.open("r+b"):
            return False
    except PermissionError:
        return os.access(path, os.W_OK)
    except OSError:
        return False
