"""The viewer: one frame before and after, with a wipe between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from opticals_ui.look.theme import colour

KEY_STEP = 0.02
BESIDE = 75  # pixels that the tags at either side take


class Preview(QWidget):
    """Shows two pictures at the same place: `before` left of the wipe, `after` right of it.

    The wipe follows the mouse, and the arrow keys; Home and End show one picture whole.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = QImage()
        self._after = QImage()
        self._scaled: tuple[QPixmap, QPixmap] | None = None
        self._note = ""
        self.wipe = 0.5
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Preview")
        self.show_pictures(self._before, self._after)

    def sizeHint(self) -> QSize:
        return QSize(480, 270)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 90)

    def show_pictures(self, before: QImage, after: QImage, note: str = "") -> None:
        """Show a pair; `note` says which frame it is, or what is going on."""
        if (before.cacheKey(), after.cacheKey()) != (
            self._before.cacheKey(),
            self._after.cacheKey(),
        ):
            self._before, self._after = before, after
            self._scaled = None
        self._note = note
        self._describe()

    def set_wipe(self, wipe: float) -> None:
        self.wipe = min(max(wipe, 0.0), 1.0)
        self._describe()

    def picture_box(self) -> QRect:
        """Where the pictures are shown."""
        size = self._after.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("field"))
        if self._after.isNull():
            self._paint_words(painter, self._note or "No preview yet\nCtrl+P shows the frame")
        else:
            self._paint_pair(painter)
            if self._note:
                self._paint_tag(painter, self._note, "middle")
        if self.hasFocus():
            painter.setPen(QPen(colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scaled = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wipes = {
            Qt.Key.Key_Left: self.wipe - KEY_STEP,
            Qt.Key.Key_Right: self.wipe + KEY_STEP,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: 1.0,
        }
        wipe = wipes.get(Qt.Key(event.key()))
        if wipe is None:
            super().keyPressEvent(event)
        else:
            self.set_wipe(wipe)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def _follow(self, event: QMouseEvent) -> None:
        if not self._after.isNull() and event.buttons() & Qt.MouseButton.LeftButton:
            box = self.picture_box()
            self.set_wipe((event.position().x() - box.left()) / max(1, box.width()))

    def _describe(self) -> None:
        wipe = f"Wipe at {self.wipe:.0%}: before on the left, after on the right"
        parts = (self._note, "" if self._after.isNull() else wipe)
        self.setAccessibleDescription(". ".join(filter(None, parts)) or "No preview yet")
        self.update()

    def _paint_pair(self, painter: QPainter) -> None:
        box = self.picture_box()
        if self._scaled is None:
            self._scaled = (self._fitted(self._before, box), self._fitted(self._after, box))
        split = round(box.width() * self.wipe)
        for picture, clip in (
            (self._scaled[0], QRect(box.left(), box.top(), split, box.height())),
            (self._scaled[1], box.adjusted(split, 0, 0, 0)),
        ):
            painter.setClipRect(clip)
            painter.drawPixmap(box.topLeft(), picture)
        painter.setClipping(False)
        if 0 < split < box.width():
            x = box.left() + split + 0.5
            painter.setPen(QPen(colour("selected"), 1))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.setBrush(colour("selected"))
            painter.drawEllipse(QPointF(x, box.center().y()), 4, 4)
        if split > 70:
            self._paint_tag(painter, "Before", "left")
        if box.width() - split > 70:
            self._paint_tag(painter, "After", "right")

    def _fitted(self, image: QImage, box: QRect) -> QPixmap:
        ratio = self.devicePixelRatioF()
        scaled = image.scaled(
            box.size() * ratio,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        return QPixmap.fromImage(scaled)

    def _paint_words(self, painter: QPainter, words: str) -> None:
        painter.setPen(colour("dim"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)

    def _paint_tag(self, painter: QPainter, words: str, side: str) -> None:
        box = self.picture_box()
        width = painter.fontMetrics().horizontalAdvance(words) + 14
        tag = QRectF(box.left() + 8, box.top() + 8, width, painter.fontMetrics().height() + 6)
        if side == "right":
            tag.moveRight(box.right() - 8)
        if side == "middle":
            tag.moveLeft(box.center().x() - width / 2)
            if width > box.width() - 2 * BESIDE:  # no room between the other two: below them
                tag.translate(0, tag.height() + 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("field", 200))
        painter.drawRoundedRect(tag, 3, 3)
        painter.setPen(colour("text"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, words)
