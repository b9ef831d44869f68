"""The small pictures of renders, read off the GUI's thread and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage

_KEPT = 500


class _Read(QRunnable):
    def __init__(self, path: str, done: Callable[[str, QImage], None]) -> None:
        super().__init__()
        self._path, self._done = path, done

    def run(self) -> None:
        self._done(self._path, QImage(self._path))


class Pictures(QObject):
    """`arrived`: one that was asked for is there."""

    arrived = Signal()
    _read = Signal(str, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pictures: OrderedDict[str, QImage | None] = OrderedDict()
        self._read.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def of(self, path: str) -> QImage | None:
        """The picture in a file; None while it is read."""
        if not path:
            return None
        if path not in self._pictures:
            self._pictures[path] = None
            self._pool.start(_Read(path, self._read.emit))
            while len(self._pictures) > _KEPT:
                self._pictures.popitem(last=False)
        return self._pictures[path]

    def _take(self, path: str, picture: QImage) -> None:
        self._pictures[path] = picture
        self.arrived.emit()
