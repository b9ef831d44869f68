"""The timeline strip: tracks and clips to scale, the playhead, marks, and the mouse on them."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from opticals_ui.timeline import paint as strip_paint
from opticals_ui.timeline.model import Lane, TimelineModel
from opticals_ui.timeline.selection import Selection, shown_order

HEADER = 40  # pixels: the column of track names
RULER = 24
LANE = {"Video": 38, "Audio": 26}
NEAREST = 1 / 24  # frames per pixel when zoomed in all the way
DRAG = 4  # pixels the mouse moves before a press becomes a drag
GRAB = 6  # pixels from which a mark is grabbed and a cut snapped to


class _Drag(Enum):
    NONE = auto()
    SCRUB = auto()
    PRESSED = auto()  # on a lane: selects when released, marks a range when moved
    RANGE = auto()
    IN = auto()
    OUT = auto()


class TimelineStrip(QAbstractScrollArea):
    """Shows a `Selection`'s edit. A click selects a clip, a drag marks a range on the lanes that
    it goes over, a drag in the ruler scrubs or moves a mark; the wheel scrolls and, with Ctrl,
    zooms at the mouse."""

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._scale = 1.0  # frames per pixel; pictures only, never a time
        self._fitted = True
        self._drag = _Drag.NONE
        self._origin = QPoint()
        self._shown: TimelineModel | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Timeline")
        self.viewport().setMouseTracking(True)
        selection.changed.connect(self._selection_changed)
        selection.moved.connect(self._playhead_moved)
        self._selection_changed()

    @property
    def frames_per_pixel(self) -> float:
        return self._scale

    def sizeHint(self) -> QSize:
        lanes = sum(height for _, _, height in self._rows(0))
        bar = self.horizontalScrollBar().sizeHint().height()
        return QSize(400, RULER + max(lanes, 3 * LANE["Video"]) + bar + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, RULER + LANE["Video"] + LANE["Audio"] + 20)

    def point(self, track: str, frame: int) -> QPoint:
        """Where the middle of a frame of a track is shown, in the viewport."""
        for lane, top, height in self._rows(self._lane_scroll):
            if lane.id == track:
                return QPoint(round(self._x(frame) + 0.5 / self._scale), top + height // 2)
        raise KeyError(track)

    def zoom(self, factor: float, at: int | None = None) -> None:
        """Show `factor` times more frames; the frame at pixel `at` (else the playhead) stays."""
        if self._shown is None:
            return
        if at is None:
            x = round(self._x(self._selection.playhead))
            at = min(max(x, HEADER), self.viewport().width())
        frame = self._frame(at)
        self._scale = min(max(self._scale * factor, NEAREST), self._fit_scale())
        self._fitted = self._scale == self._fit_scale()
        self._layout_bars()
        self.horizontalScrollBar().setValue(
            round(frame - self._shown.start - (at - HEADER) * self._scale)
        )
        self.viewport().update()

    def fit(self) -> None:
        """Show the whole edit."""
        self._scale = self._fit_scale()
        self._fitted = True
        self._layout_bars()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        scene = strip_paint.Scene(
            model=self._shown,
            selection=self._selection,
            rows=tuple(self._rows(self._lane_scroll)),
            size=self.viewport().size(),
            header=HEADER,
            ruler=RULER,
            first=self._first,
            scale=self._scale,
            focused=self.hasFocus(),
        )
        strip_paint.paint(painter, scene)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self._scale = self._fit_scale()
        self._layout_bars()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._shown is None or event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        self._origin = at
        if at.y() < RULER:
            self._drag = self._mark_near(at.x())
            self._follow(at)
        elif at.x() < HEADER:
            lane = self._lane_at(at.y())
            if lane is not None:
                self._selection.select(lane.id, self._selection.playhead)
        else:
            self._drag = _Drag.PRESSED

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        moved = abs(at.x() - self._origin.x()) >= DRAG
        if self._drag is _Drag.PRESSED and moved and self._lane_at(self._origin.y()):
            self._drag = _Drag.RANGE
        near = at.y() < RULER and self._mark_near(at.x()) is not _Drag.SCRUB
        shape = Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
        self._follow(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._drag is _Drag.PRESSED:
            lane = self._lane_at(at.y())
            if lane is not None:
                frame = int(self._frame(at.x()))
                self._selection.select(lane.id, frame)
                self._selection.move_to(frame)
        self._drag = _Drag.NONE

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        steps = (turned.y() or turned.x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(0.8**steps, round(event.position().x()))
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            bar = self.verticalScrollBar()
            bar.setValue(round(bar.value() - steps * LANE["Video"]))
        else:
            bar = self.horizontalScrollBar()
            bar.setValue(round(bar.value() - steps * bar.pageStep() / 8))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    @property
    def _first(self) -> int:
        """The frame at the left edge."""
        start = self._shown.start if self._shown else 0
        return start + self.horizontalScrollBar().value()

    @property
    def _lane_scroll(self) -> int:
        return self.verticalScrollBar().value()

    def _rows(self, scrolled: int) -> list[tuple[Lane, int, int]]:
        """Each lane with its top and height in the viewport."""
        rows = []
        top = RULER - scrolled
        for lane in shown_order(self._shown) if self._shown else ():
            height = LANE.get(lane.kind, LANE["Video"])
            rows.append((lane, top, height))
            top += height
        return rows

    def _x(self, frame: int) -> float:
        return HEADER + (frame - self._first) / self._scale

    def _frame(self, x: float) -> float:
        return self._first + (x - HEADER) * self._scale

    def _edge(self, x: int) -> int:
        """The boundary between frames nearest to a pixel, drawn to a cut close by."""
        edge = round(self._frame(x))
        if self._shown is not None:
            nearest = self._shown.nearest_cut(edge)
            if abs(self._x(nearest) - x) <= GRAB:
                return nearest
        return edge

    def _lane_at(self, y: int) -> Lane | None:
        rows = self._rows(self._lane_scroll)
        return next((lane for lane, top, height in rows if top <= y < top + height), None)

    def _mark_near(self, x: int) -> _Drag:
        for drag, frame in (
            (_Drag.IN, self._selection.mark_in),
            (_Drag.OUT, None if self._selection.mark_out is None else self._selection.mark_out + 1),
        ):
            if frame is not None and abs(self._x(frame) - x) <= GRAB:
                return drag
        return _Drag.SCRUB

    def _follow(self, at: QPoint) -> None:
        """Let what is dragged follow the mouse."""
        selection, edge = self._selection, self._edge(at.x())
        if self._drag is _Drag.SCRUB:
            cut = abs(self._x(edge) - at.x()) <= GRAB
            selection.move_to(edge if cut else int(self._frame(at.x())))
        elif self._drag is _Drag.RANGE:
            origin = self._edge(self._origin.x())
            lane = self._lane_at(self._origin.y())
            if lane is not None and edge != origin:
                other = self._lane_at(at.y()) or lane
                selection.mark(lane.id, min(edge, origin), max(edge, origin) - 1, other.id)
        elif self._drag is _Drag.IN:
            selection.move_to(edge)
            selection.set_in()
        elif self._drag is _Drag.OUT:
            selection.move_to(edge - 1)
            selection.set_out()

    def _show_tip(self, event: QHelpEvent) -> None:
        lane = self._lane_at(event.pos().y())
        item = lane.at(int(self._frame(event.pos().x()))) if lane else None
        if self._shown is None or item is None or event.pos().x() < HEADER:
            QToolTip.hideText()
            return
        QToolTip.showText(event.globalPos(), strip_paint.describe(self._shown, item), self)

    def _fit_scale(self) -> float:
        if self._shown is None:
            return 1.0
        width = max(1, self.viewport().width() - HEADER - 12)
        return max(NEAREST, (self._shown.end - self._shown.start) / width)

    def _layout_bars(self) -> None:
        """Bring the scroll bars to the size of the edit; the horizontal one counts frames."""
        width = max(1, self.viewport().width() - HEADER - 12)
        page = max(1, int(width * self._scale))
        total = self._shown.end - self._shown.start if self._shown else 0
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, total - page))
        bar.setPageStep(page)
        bar.setSingleStep(max(1, page // 20))
        lanes = sum(height for _, _, height in self._rows(0))
        room = self.viewport().height() - RULER
        self.verticalScrollBar().setRange(0, max(0, lanes - room))
        self.verticalScrollBar().setPageStep(max(1, room))

    def _selection_changed(self) -> None:
        model = self._selection.model
        if model is not self._shown:
            new = self._shown is None or model is None or self._shown.view.path != model.view.path
            self._shown = model
            self.setHorizontalScrollBarPolicy(
                Qt.ScrollBarPolicy.ScrollBarAlwaysOn
                if model
                else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            )
            if new or self._fitted:
                self._scale = self._fit_scale()
                self._fitted = True
            self._layout_bars()
            self.updateGeometry()
        for lane, top, height in self._rows(0):
            if lane.id == self._selection.track:
                bar = self.verticalScrollBar()
                room = self.viewport().height() - RULER
                above, below = top - RULER, top - RULER + height
                bar.setValue(min(max(bar.value(), below - room), above))
        self.setAccessibleDescription(self._selection.describe())
        self.viewport().update()

    def _playhead_moved(self) -> None:
        x = self._x(self._selection.playhead)
        if self._shown is not None and not HEADER <= x < self.viewport().width():
            bar = self.horizontalScrollBar()
            target = self._selection.playhead - self._shown.start
            bar.setValue(target - bar.pageStep() // 2)
        self.viewport().update()
