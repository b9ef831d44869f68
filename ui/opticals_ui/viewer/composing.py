"""Paints a side of what is seen: layers, transparency, mattes, and the difference of two sides."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPixmap

from opticals_ui.look.theme import colour
from opticals_ui.viewer.modes import Ground
from opticals_ui.viewer.seen import Side

SQUARE = 12  # device pixels of a square of the checkerboard


def paint_side(
    painter: QPainter, side: Side, rect: QRectF, ground: Ground, *, smooth: bool
) -> None:
    """Paint a side into `rect`; painter and rectangle count in device pixels."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    if not side.images:
        painter.fillRect(rect, Qt.GlobalColor.black)
        return
    top = side.images[0]
    if not top.hasAlphaChannel():
        if ground is Ground.MATTE:
            painter.fillRect(rect, Qt.GlobalColor.white)
        else:
            _draw(painter, rect, top)
        return
    if ground is Ground.MATTE:
        _draw(painter, rect, matte(top))
    elif ground is Ground.BELOW:
        if side.images[-1].hasAlphaChannel():
            painter.fillRect(rect, checkerboard())
        for image in reversed(side.images):
            _draw(painter, rect, image)
    else:
        checks = ground is Ground.CHECKER
        painter.fillRect(rect, checkerboard() if checks else QBrush(Qt.GlobalColor.black))
        _draw(painter, rect, top)


def matte(image: QImage) -> QImage:
    """The alpha of a picture as grey."""
    alpha = image.convertToFormat(QImage.Format.Format_Alpha8)
    alpha.reinterpretAsFormat(QImage.Format.Format_Grayscale8)
    return alpha


def difference(result: Side, source: Side, gain: int) -> QImage:
    """How far each channel of two sides is apart, times a power of two, as large as the result.

    Transparent pictures count as they are over black.
    """
    if not result.images or not source.images:
        return QImage()
    top = result.images[0]
    made = QImage(top.size(), QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.black)
    rect = QRectF(made.rect())
    other = source.images[0]
    if other.hasAlphaChannel():
        flat = QImage(other.size(), QImage.Format.Format_RGB32)
        flat.fill(Qt.GlobalColor.black)
        below = QPainter(flat)
        below.drawImage(0, 0, other)
        below.end()
        other = flat
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(0, 0, top)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    _draw(painter, rect, other)
    painter.end()
    while gain > 1:
        doubled = made.copy()
        painter = QPainter(made)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.drawImage(0, 0, doubled)
        painter.end()
        gain //= 2
    return made


def checkerboard() -> QBrush:
    """The sign for nothing."""
    tile = QPixmap(2 * SQUARE, 2 * SQUARE)
    tile.fill(colour("checker"))
    painter = QPainter(tile)
    for x, y in ((0, 0), (SQUARE, SQUARE)):
        painter.fillRect(x, y, SQUARE, SQUARE, colour("checker_other"))
    painter.end()
    return QBrush(tile)


def _draw(painter: QPainter, rect: QRectF, image: QImage) -> None:
    if rect.size().toSize() == image.size():
        painter.drawImage(rect.topLeft(), image)  # pixel by pixel
    else:
        painter.drawImage(rect, image)
