"""Picks a colour from the picture for a setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen

from opticals_ui.look.theme import colour

if TYPE_CHECKING:
    from opticals_ui.viewer.picture_view import PictureView
    from opticals_ui.viewer.seen import Seen

AROUND = 2  # pixels to each side that are averaged: grain is no colour


class Pipette:
    """An overlay of the viewer: a click gives the colour of the source there, Escape none.

    Args:
        seen: what is seen now.
        done: called with the colour as #rrggbb, in the display's encoding, or None.
    """

    def __init__(self, seen: Callable[[], Seen | None], done: Callable[[str | None], None]) -> None:
        self._seen = seen
        self._done = done
        self._at: QPointF | None = None

    def wants(self, event: QKeyEvent) -> bool:
        return event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)

    def key(self, event: QKeyEvent, view: PictureView) -> bool:
        """See `Overlay`. Return picks what is under the mouse, else the picture's middle."""
        if not self.wants(event):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self._done(None)
        else:
            self._done(self._colour(self._at or QPointF(view.picture_box().center()), view))
        return True

    def mouse(self, event: QMouseEvent, view: PictureView) -> bool:
        """See `Overlay`."""
        self._at = event.position()
        if event.type() == QEvent.Type.MouseButtonPress:
            left = event.button() == Qt.MouseButton.LeftButton
            self._done(self._colour(self._at, view) if left else None)
        view.update()
        return True

    def paint(self, painter: QPainter, view: PictureView) -> None:
        """See `Overlay`: a ring of the colour that a click would give."""
        found = self._colour(self._at, view) if self._at is not None else None
        if found is None or self._at is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)  # what is picked is seen inside
        ring = QRectF(self._at.x() - 16, self._at.y() - 16, 32, 32)
        for shade, width in ((colour("mask_dark"), 9), (QColor(found), 6)):
            painter.setPen(QPen(shade, width))
            painter.drawEllipse(ring)

    def _colour(self, at: QPointF, view: PictureView) -> str | None:
        seen = self._seen()
        side = (seen.source or seen.result) if seen else None
        if side is None or not side.images:
            return None
        image, size, place = side.images[0], view.picture_size, view.to_picture(at)
        x = int(place.x() * image.width() / max(size.width(), 1))
        y = int(place.y() * image.height() / max(size.height(), 1))
        return _mean(image, x, y)


def _mean(image: QImage, x: int, y: int) -> str | None:
    """The mean colour round a pixel; None outside the picture."""
    if not image.rect().contains(x, y):
        return None
    places = [
        (across, down)
        for across in range(x - AROUND, x + AROUND + 1)
        for down in range(y - AROUND, y + AROUND + 1)
        if image.rect().contains(across, down)
    ]
    found = [image.pixelColor(*place) for place in places]
    parts = (
        round(sum(getattr(one, name)() for one in found) / len(found))
        for name in ("red", "green", "blue")
    )
    return QColor(*parts).name()
