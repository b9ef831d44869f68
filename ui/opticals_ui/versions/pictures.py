"""Small pictures of versions, made by the viewer process and loaded beside everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from opticals.viewer.sight import Failed, Sight, Thumb

if TYPE_CHECKING:
    from fractions import Fraction

    from opticals.viewer.sight import Message
    from opticals_ui.background import Background
    from opticals_ui.versions.rows import Row
    from opticals_ui.viewer.sights import Sights

BOX = (192, 108)  # pixels: twice what is shown, for fine screens
KEPT = 200

Key = tuple[str, int, int | None]


class Pictures(QObject):
    """`changed`: one more picture is there."""

    changed = Signal()

    def __init__(self, sights: Sights, errands: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sights = sights
        self._errands = errands
        self._images: dict[Key, QImage] = {}

    def of(self, row: Row, frame: int, rate: Fraction) -> QImage:
        """The picture of a version at a frame of its medium; empty until it is there, and where
        it cannot be had. What is not there is asked for.

        Args:
            rate: of the edit, for media that play at it.
        """
        if row.path is None or (row.trouble and not row.original):
            return QImage()
        key = (str(row.path), frame, row.made)
        if key not in self._images:
            while len(self._images) >= KEPT:
                del self._images[next(iter(self._images))]
            self._images[key] = QImage()
            sight = Sight(str(row.path), frame, rate, box=BOX)
            self._sights.thumbnail(sight, lambda message: self._take(key, message))
        return self._images[key]

    def _take(self, key: Key, message: Message) -> None:
        if isinstance(message, Failed):
            return  # a version without a picture says for itself what is wrong with it
        assert isinstance(message, Thumb)
        path = message.path

        def show(image: QImage) -> None:
            self._images[key] = image
            self.changed.emit()

        self._errands.run(lambda: QImage(path), show, lambda error: None, quiet=True, owner=self)
