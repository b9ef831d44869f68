"""The picture: source and result as they are compared, zoomed and panned, and what lies over."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from opticals_ui.look.theme import colour
from opticals_ui.look.words import tr
from opticals_ui.viewer import tags
from opticals_ui.viewer.composing import difference, paint_side
from opticals_ui.viewer.display import Display
from opticals_ui.viewer.modes import ZOOMS, Compare
from opticals_ui.viewer.placing import SHARP_FROM, Placing
from opticals_ui.viewer.seen import Seen, Side

WHEEL = 120  # of a wheel's angle: one step


class Overlay(Protocol):
    """What is drawn over the picture and works there: a mask, for example.

    `paint` counts in the view's own pixels; `PictureView.to_widget` leads there. What takes an
    event says so, and the view leaves it alone then; `wants` says which keys are its own before
    they are anybody's shortcut.
    """

    def wants(self, event: QKeyEvent) -> bool: ...
    def paint(self, painter: QPainter, view: PictureView) -> None: ...
    def mouse(self, event: QMouseEvent, view: PictureView) -> bool: ...
    def key(self, event: QKeyEvent, view: PictureView) -> bool: ...


class PictureView(QWidget):
    """Shows what is `seen`, as a `Display` says.

    Signals:
        boxed: the size in device pixels in which pictures are needed changed; empty for all of
            their pixels.
        zoomed: zoom or pan changed.
        typed: a digit was typed, the first of a timecode.
        grabbed: the picture is moved with the hand while the space bar is held.
    """

    boxed = Signal(QSize)
    zoomed = Signal()
    typed = Signal(str)
    grabbed = Signal()

    def __init__(self, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wipe = 0.5
        self.placing = Placing()
        self.overlay: Overlay | None = None
        self.facts = ""  # about the colours of the medium, for the tag's tooltip
        self._display = display
        self._seen: Seen | None = None
        self._words = ""
        self._note = ""
        self._difference: tuple[object, int, QImage] | None = None
        self._tags: list[tags.Tag] = []
        self._hand: QPointF | None = None
        self._space = False
        self._turned = 0  # of the wheel, that is not a step yet
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Viewer"))
        display.changed.connect(self._describe)
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(480, 270)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 90)

    def show_seen(self, seen: Seen | None, words: str = "", note: str = "") -> None:
        """Show a record frame.

        Args:
            words: instead of it where there is nothing to see; with a line that says what to do.
            note: what goes on, over the picture.
        """
        self._seen, self._words, self._note = seen, words, note
        if seen is not None and seen.result.images:
            self._place(self.placing.sized(*seen.result.size))
        self._describe()

    def set_wipe(self, wipe: float) -> None:
        self.wipe = min(max(wipe, 0.0), 1.0)
        self._describe()

    @property
    def mode(self) -> Compare:
        """How it is compared: as is chosen, where there are two sides."""
        seen, chosen = self._seen, self._display.compare
        if seen is None or seen.source is None:
            return Compare.RESULT
        return chosen

    @property
    def ratio(self) -> float:
        """Device pixels for each pixel of the widget."""
        return self.devicePixelRatioF()

    @property
    def zoom(self) -> float:
        """Device pixels for each pixel of the picture."""
        return self.placing.scale(self._halves()[0])

    def picture_box(self) -> QRect:
        """Where the picture is shown, the left one of two."""
        return self._logical(self.placing.rect(self._halves()[0])).toRect()

    def to_picture(self, point: QPointF) -> QPointF:
        """A point of the widget in pixels of the picture: (0, 0) is its upper left corner."""
        return self.placing.to_picture(self._half_at(point), point * self.ratio)

    def to_widget(self, point: QPointF) -> QPointF:
        """A point in pixels of the picture on the widget: on the result, of two."""
        return self.placing.to_view(self._halves()[-1], point) / self.ratio

    @property
    def picture_size(self) -> QSize:
        """Of the picture's medium, in square pixels."""
        return QSize(self.placing.width, self.placing.height)

    def zoom_to(self, per_cent: int | None, at: QPointF | None = None) -> None:
        """Zoom to so many per cent; None fits the picture into the view.

        Args:
            at: what stands at this point of the widget stays there; left out, the middle.
        """
        view = self._halves()[0] if at is None else self._half_at(at)
        zoom = None if per_cent is None else per_cent / 100
        self._place(self.placing.zoomed(view, zoom, at * self.ratio if at else None))

    def zoom_by(self, steps: int, at: QPointF | None = None) -> None:
        """To the next of the usual zooms, larger (1) or smaller (-1); fitting is one of them."""
        now = self.zoom * 100
        fit = Placing(self.placing.width, self.placing.height).scale(self._halves()[0]) * 100
        known = sorted({*map(float, ZOOMS), fit})
        for _ in range(abs(steps)):
            beyond = [one for one in known if (one - now) * steps > 1e-6 * now]
            if not beyond:
                break
            now = min(beyond) if steps > 0 else max(beyond)
        fits = abs(now - fit) < 1e-9
        self.zoom_to(None if fits else round(now), at)

    def pointer(self) -> QPointF | None:
        """Where the mouse stands over the picture; None when it is elsewhere."""
        if not self.underMouse():
            return None
        return QPointF(self.mapFromGlobal(QCursor.pos()))

    def pan(self, x: float, y: float) -> None:
        """Move the picture by parts of the view's size."""
        view = self._halves()[0]
        self._place(self.placing.panned(view, x * view.width(), y * view.height()))

    def set_overlay(self, overlay: Overlay | None) -> None:
        self.overlay = overlay
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("surround"))
        self._tags = []
        seen = self._seen
        if seen is None:
            tags.paint_words(painter, QRectF(self.rect()), self._words, self._note)
        else:
            ratio = self.ratio
            painter.save()
            painter.scale(1 / ratio, 1 / ratio)
            self._paint_sides(painter, seen)
            painter.restore()
            self._paint_over(painter, seen)
        if self.overlay is not None:
            painter.save()
            self.overlay.paint(painter, self)
            painter.restore()
        if self.hasFocus():
            painter.setPen(QPen(colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _sides(self, seen: Seen) -> tuple[Side, ...]:
        """What is shown, from left to right."""
        source = seen.source or seen.result
        mode = self.mode
        if mode in (Compare.SIDES, Compare.WIPE):
            return source, seen.result
        return (source,) if mode is Compare.SOURCE else (seen.result,)

    def _paint_sides(self, painter: QPainter, seen: Seen) -> None:
        sides, halves = self._sides(seen), self._halves()
        smooth = self.zoom < SHARP_FROM
        ground, mode = self._display.ground, self.mode
        if mode is Compare.DIFFERENCE:
            self._paint_difference(painter, seen)
            return
        for number, side in enumerate(sides):
            half = halves[number % len(halves)]
            rect, clip = self.placing.rect(half), half
            if mode is Compare.WIPE:
                split = round(rect.width() * self.wipe)
                clip = rect.adjusted(0, 0, split - rect.width(), 0)
                clip = rect.adjusted(split, 0, 0, 0) if number else clip
                clip = clip.intersected(half)
            if side.error is not None or clip.isEmpty():
                continue
            painter.setClipRect(clip)
            paint_side(painter, side, rect, ground, smooth=smooth)
        painter.setClipping(False)

    def _paint_difference(self, painter: QPainter, seen: Seen) -> None:
        gain = self._display.gain
        known = self._difference
        if known is None or known[0] is not seen or known[1] != gain:
            used = known[2] if known is not None else None
            self._difference = None  # so that nobody else holds what is written into
            made = difference(seen.result, seen.source or seen.result, gain, used)
            known = self._difference = seen, gain, made
        rect = self.placing.rect(self._halves()[0])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < SHARP_FROM)
        if rect.size().toSize() == known[2].size():
            painter.drawImage(rect.topLeft(), known[2])
        else:
            painter.drawImage(rect, known[2])

    def _paint_over(self, painter: QPainter, seen: Seen) -> None:
        """The line of the wipe, what cannot be seen in words, and what each side is."""
        sides, mode = self._sides(seen), self.mode
        halves = [self._logical(one) for one in self._halves()]
        box = QRectF(self._logical(self.placing.rect(self._halves()[0])))
        if mode is Compare.WIPE and 0 < self.wipe < 1:
            tags.paint_wipe(painter, box, round(box.width() * self.wipe))
        if mode is Compare.SIDES:
            middle = halves[1].left()
            painter.fillRect(QRectF(middle - 0.5, 0, 1, self.height()), colour("on_surround_dim"))
        for number, side in enumerate(sides):
            if side.error is not None:
                where = halves[number % len(halves)]
                words = "\n".join(filter(None, (side.error.why, side.error.remedy)))
                tags.paint_words(painter, where, side.error.what, words)
        self._tags = tags.tags_of(seen, mode, self._display, self.facts)
        if mode is Compare.WIPE:
            shown = box.intersected(QRectF(self.rect()))
            split = box.left() + box.width() * self.wipe
            halves = [
                QRectF(shown.left(), shown.top(), split - shown.left(), shown.height()),
                QRectF(split, shown.top(), shown.right() - split, shown.height()),
            ]
        tags.paint_tags(painter, self._tags, halves, beside=mode is Compare.WIPE)
        if self._note:
            tags.paint_note(painter, QRectF(self.rect()), self._note)

    def _halves(self) -> tuple[QRectF, ...]:
        """Where the sides are shown, in device pixels: one place, or two beside each other."""
        width, height = round(self.width() * self.ratio), round(self.height() * self.ratio)
        if self.mode is not Compare.SIDES:
            return (QRectF(0, 0, width, height),)
        half = width // 2
        return QRectF(0, 0, half, height), QRectF(half, 0, width - half, height)

    def _half_at(self, point: QPointF) -> QRectF:
        halves = self._halves()
        return halves[-1] if point.x() * self.ratio >= halves[-1].left() else halves[0]

    def _logical(self, rect: QRectF) -> QRectF:
        ratio = self.ratio
        return QRectF(
            rect.left() / ratio, rect.top() / ratio, rect.width() / ratio, rect.height() / ratio
        )

    def _place(self, placing: Placing) -> None:
        if placing != self.placing:
            self.placing = placing
            self.zoomed.emit()
        self._ask_for_size()
        self.update()

    def _ask_for_size(self) -> None:
        self.boxed.emit(QSize(*self.placing.wanted(self._halves()[0])))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._ask_for_size()
        self.zoomed.emit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            tag = next((one for one in self._tags if one.rect.contains(event.pos())), None)
            QToolTip.showText(event.globalPos(), tag.tooltip if tag else "", self)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._space |= event.key() == Qt.Key.Key_Space
            if self.overlay is not None and self.overlay.wants(event):
                event.accept()
                return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._ask_for_size()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.overlay is not None and self.overlay.mouse(event, self):
            return
        if event.button() == Qt.MouseButton.MiddleButton or self._space:
            self._hand = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            if self._space:
                self.grabbed.emit()
        else:
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.overlay is not None and self._hand is None and self.overlay.mouse(event, self):
            return
        if self._hand is not None:
            moved = (event.position() - self._hand) * self.ratio
            self._hand = event.position()
            self._place(self.placing.panned(self._halves()[0], moved.x(), moved.y()))
        else:
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._hand is not None:
            self._hand = None
            self.unsetCursor()
        elif self.overlay is not None:
            self.overlay.mouse(event, self)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self.overlay is None and self.mode is not Compare.WIPE:
            whole = self.placing.zoom is None
            self.zoom_to(100 if whole else None, event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._turned += event.angleDelta().y()
        steps = int(self._turned / WHEEL)
        if steps:
            self._turned -= steps * WHEEL
            self.zoom_by(steps, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.overlay is not None and self.overlay.key(event, self):
            return
        text, plain = event.text(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and text.isdecimal() and len(text) == 1:
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space = False
        self.update()

    def _follow(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self.mode is Compare.WIPE:
            box = self.picture_box()
            self.set_wipe((event.position().x() - box.left()) / max(1, box.width()))

    def _describe(self) -> None:
        seen = self._seen
        parts = [self._note]
        if seen is None:
            parts += self._words.splitlines()
        else:
            parts += [seen.words] if seen.preview else []
            for tag in tags.tags_of(seen, self.mode, self._display, ""):
                parts.append(tag.words)
            parts += [side.error.what for side in self._sides(seen) if side.error is not None]
            if self.mode is Compare.WIPE:
                parts.append(
                    tr(
                        "Wipe at {place}: before on the left, after on the right",
                        place=f"{self.wipe:.0%}",
                    )
                )
        self.setAccessibleDescription(". ".join(filter(None, parts)))
        self.update()
