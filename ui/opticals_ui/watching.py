"""Notices when files become others on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from opticals.errors import OpticalsError
from opticals_ui.background import Background

SETTLE = 400  # milliseconds without a change, until a program has written all of it

Stamp = tuple[int, int, int] | None  # None: there is no such file


class FileWatch(QObject):
    """Watches files, and their folders: programs write a new file and rename it.

    Signals:
        changed: a file is another now; with its path.
        gone: a file is not there any more; with its path.
    """

    changed = Signal(object)
    gone = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[Path, Stamp] = {}
        self._background = Background(self)  # a disk may be slow, and the edit's host busy
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._look)
        self._watcher.fileChanged.connect(lambda _: self._settle.start())
        self._watcher.directoryChanged.connect(lambda _: self._settle.start())

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(self._known)

    def watch(self, paths: Iterable[Path]) -> None:
        """Watch these files from now on, and no others; each as it is now."""
        self._settle.stop()
        watched = (*self._watcher.files(), *self._watcher.directories())
        if watched:
            self._watcher.removePaths(watched)
        self._known = {}
        self._stamp(tuple(dict.fromkeys(paths)), self._begin)

    def close(self) -> None:
        self._watcher.blockSignals(True)  # a folder may go with what it was watched for
        self._settle.stop()
        self._background.close()

    def _begin(self, stamps: dict[Path, Stamp]) -> None:
        self._known = stamps
        self._watch_again(stamps)

    def _look(self) -> None:
        self._stamp(self.paths, self._compare)

    def _compare(self, stamps: dict[Path, Stamp]) -> None:
        others = {one: new for one, new in stamps.items() if self._known.get(one, new) != new}
        self._known |= others
        self._watch_again(stamps)
        for path, new in others.items():
            (self.gone if new is None else self.changed).emit(path)

    def _watch_again(self, stamps: dict[Path, Stamp]) -> None:
        """A file that another was renamed over is watched no more by the system."""
        wanted = {str(one.parent) for one in stamps}
        wanted |= {str(one) for one, stamp in stamps.items() if stamp is not None}
        missing = wanted - {*self._watcher.files(), *self._watcher.directories()}
        if missing:
            self._watcher.addPaths(sorted(missing))

    def _stamp(self, paths: tuple[Path, ...], done: Callable[[dict[Path, Stamp]], None]) -> None:
        self._background.run(lambda: {one: _stamp(one) for one in paths}, done, _ignored)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _ignored(error: OpticalsError) -> None:
    """A file that cannot be asked about is as it was."""
