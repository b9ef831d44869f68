"""Scopes of an effect's preview: drawn by the viewer process from the files of its pictures."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from opticals.errors import Cancelled
from opticals.viewer.sight import Drawn, Failed, Message
from opticals_ui.viewer.seen import image_of

if TYPE_CHECKING:
    from opticals_ui.viewer.sights import Sights
    from opticals_ui.viewer.viewing import Seeing

KEPT = 64  # scopes: those of both sides of all frames that play round and round
CHANNEL = "preview scope"

Key = tuple[int, str]
"""A picture, as Qt numbers its pixels, and the kind of scope."""


class PreviewScopes(QObject):
    """Knows the scopes of the newest previews, and asks for those that it does not know.

    Signals:
        drawn: another is known.
    """

    drawn = Signal()

    def __init__(self, sights: Sights, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sights = sights
        self._known: OrderedDict[Key, QImage] = OrderedDict()
        self._under_way: set[Key] = set()

    @property
    def at_rest(self) -> bool:
        """Whether none is still to come."""
        return not self._under_way

    def of(self, seeing: Seeing, kind: str) -> QImage | None:
        """The scope of a picture; None while it is drawn, an empty one where it cannot be."""
        if not kind or seeing.image.isNull():
            return None
        key = seeing.image.cacheKey(), kind
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if key not in self._under_way:
            self._under_way.add(key)
            size = seeing.image.width(), seeing.image.height()
            self._sights.scope(
                seeing.path, size, kind, CHANNEL, lambda message: self._take(key, message)
            )
        return None

    def _take(self, key: Key, message: Message) -> None:
        self._under_way.discard(key)
        if isinstance(message, Failed) and isinstance(message.error, Cancelled):
            return  # asked for again when that picture is seen again
        self._known[key] = image_of(message.scope) if isinstance(message, Drawn) else QImage()
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        self.drawn.emit()
