"""Paints a side of what is seen: layers, transparency, mattes, and the difference of two sides."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPixmap

from opticals_ui.look.theme import colour
from opticals_ui.viewer.modes import Ground
from opticals_ui.viewer.seen import Side

ROUNDED = 2  # device pixels by which sizes that were rounded may differ
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
        clear = side.images[-1].hasAlphaChannel()
        painter.fillRect(rect, checkerboard() if clear else QBrush(Qt.GlobalColor.black))
        for image in reversed(side.images[1:]):
            _draw(painter, inside(rect, image), image)
        _draw(painter, rect, top)
    else:
        checks = ground is Ground.CHECKER
        painter.fillRect(rect, checkerboard() if checks else QBrush(Qt.GlobalColor.black))
        _draw(painter, rect, top)


def inside(rect: QRectF, image: QImage) -> QRectF:
    """Where a picture of another shape than that on top is seen: fitted into its frame."""
    size = QSizeF(image.size()).scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
    rest = rect.size() - size
    if rest.width() < ROUNDED and rest.height() < ROUNDED:
        return rect
    corner = rect.topLeft() + QPointF(round(rest.width() / 2), round(rest.height() / 2))
    return QRectF(corner, QSizeF(size.toSize()))


def matte(image: QImage) -> QImage:
    """The alpha of a picture as grey."""
    alpha = image.convertToFormat(QImage.Format.Format_Alpha8)
    alpha.reinterpretAsFormat(QImage.Format.Format_Grayscale8)
    return alpha


def difference(result: Side, source: Side, gain: int, into: QImage | None = None) -> QImage:
    """How far each channel of two sides is apart, times a power of two, as large as the result.

    Transparent pictures count as they are over black.

    Args:
        into: a picture that is not needed any more: new memory takes longer than all the rest.
    """
    if not result.images or not source.images:
        return QImage()
    top, other = result.images[0], source.images[0]
    made = into
    if made is None or made.size() != top.size():
        made = QImage(top.size(), QImage.Format.Format_RGB32)
    _flatten(top, made)
    if other.hasAlphaChannel():
        flat = QImage(other.size(), QImage.Format.Format_RGB32)
        _flatten(other, flat)
        other = flat
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    _draw(painter, QRectF(made.rect()), other)
    painter.end()
    # The same memory, added to itself pixel by pixel.
    same = QImage(made.bits(), made.width(), made.height(), made.bytesPerLine(), made.format())
    while gain > 1:
        painter = QPainter(made)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.drawImage(0, 0, same)
        painter.end()
        gain //= 2
    return made


def _flatten(image: QImage, onto: QImage) -> None:
    """A picture as it is over black."""
    painter = QPainter(onto)
    if image.hasAlphaChannel():
        painter.fillRect(onto.rect(), Qt.GlobalColor.black)
    painter.drawImage(0, 0, image)
    painter.end()


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
