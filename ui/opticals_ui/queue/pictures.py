"""The small pictures of renders, read off the GUI's thread and kept."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from opticals_ui.off_thread import OffThread

_KEPT = 500


class Pictures(QObject):
    """`arrived`: one that was asked for is there."""

    arrived = Signal()
    _read = Signal(str, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = OffThread("pictures")
        self._pictures: OrderedDict[str, QImage | None] = OrderedDict()
        self._read.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def of(self, path: str) -> QImage | None:
        """The picture in a file; None while it is read."""
        if not path:
            return None
        if path not in self._pictures:
            self._pictures[path] = None
            self._thread.do(lambda: self._read.emit(path, QImage(path)))
            while len(self._pictures) > _KEPT:
                self._pictures.popitem(last=False)
        return self._pictures[path]

    def close(self) -> None:
        """Read no more."""
        self._read.disconnect()
        self._thread.close()

    def _take(self, path: str, picture: QImage) -> None:
        self._pictures[path] = picture
        self.arrived.emit()
