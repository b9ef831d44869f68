"""The timeline strip: tracks and clips to scale, the playhead, marks; zoom and scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QHelpEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from opticals_ui.look import theme
from opticals_ui.look.words import tr
from opticals_ui.timeline.canvas import Canvas
from opticals_ui.timeline.gestures import Gestures
from opticals_ui.timeline.lanes import ink
from opticals_ui.timeline.model import TimelineModel
from opticals_ui.timeline.selection import shown_order
from opticals_ui.timeline.tips import tip_at
from opticals_ui.timeline.view import HEADER, RULER, Row, View

if TYPE_CHECKING:
    from opticals_ui.session import Session

HEIGHTS = {"Video": 54, "Audio": 36}  # pixels, as long as the user wants no others
LOW, HIGH = 20, 240  # between which the user may have them
STEP = 12  # pixels by which keys change them
NEAREST = 1 / 24  # frames per pixel when zoomed in all the way
MARGIN = 12  # pixels left free behind the edit
SLICE = 0.005  # seconds that drawing what is missing takes in one go


class TimelineStrip(QAbstractScrollArea):
    """Shows the edit of a session. See `Gestures` for the mouse; the wheel scrolls, with Ctrl it
    zooms at the mouse, with Alt or Shift it scrolls the tracks.

    Signals:
        versions_wanted: the badge of a clip's versions was pressed: the clip's id, and where on
            the screen a menu would open.
        view_changed: another part of the edit is shown, or a setting of the strip changed.
    """

    versions_wanted = Signal(str, QPoint)
    view_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.selection = session.selection
        self._memory = session.memory
        self._scale = 1.0  # frames per pixel; pictures only, never a time
        self._fitted = True
        self._shown: TimelineModel | None = None
        self._playhead = 0
        self._heights = {kind: self._kept(kind) for kind in HEIGHTS}
        self.snapping = bool(self._memory.get("strip.snapping", True))
        self.canvas = Canvas(session.selection, session.film, self._font())
        self._gestures = Gestures(self)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._fill)
        self._settled = QTimer(self, singleShot=True, interval=60)
        self._settled.timeout.connect(self._want)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Timeline"))
        self.viewport().setMouseTracking(True)
        self.selection.changed.connect(self._selection_changed)
        self.selection.moved.connect(self._playhead_moved)
        session.film.arrived.connect(self._pictures_arrived)
        session.jobs.changed.connect(self.viewport().update)
        theme.news().changed.connect(self._recolour)
        self._selection_changed()

    @property
    def frames_per_pixel(self) -> float:
        return self._scale

    @property
    def at_rest(self) -> bool:
        """Whether all of it is drawn, with all pictures and sound that there are."""
        timers = (self._later, self._settled)
        return self._session.film.idle and not any(one.isActive() for one in timers)

    @property
    def view(self) -> View:
        """What is shown now, and where."""
        port = self.viewport()
        return View(
            start=self._shown.start if self._shown else 0,
            scale=self._scale,
            scrolled=self.horizontalScrollBar().value(),
            width=port.width(),
            height=port.height(),
            ratio=self.devicePixelRatioF(),
            rows=tuple(self._rows(self.verticalScrollBar().value())),
        )

    @property
    def lanes_box(self) -> QRect:
        """Where the lanes are, in the viewport."""
        port = self.viewport()
        return QRect(HEADER, RULER, port.width() - HEADER, port.height() - RULER)

    def sizeHint(self) -> QSize:
        lanes = sum(row.height for row in self._rows(0))
        bar = self.horizontalScrollBar().sizeHint().height()
        least = self._heights["Video"] + 2 * self._heights["Audio"]
        return QSize(400, RULER + max(lanes, least) + bar + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, RULER + 84)

    def point(self, track: str, frame: int) -> QPoint:
        """Where the middle of a frame of a track is shown, in the viewport."""
        view = self.view
        row = view.row(track)
        if row is None:
            raise KeyError(track)
        return QPoint(round(view.x(frame) + 0.5 / self._scale), row.top + row.height // 2)

    def zoom(self, factor: float, at: int | None = None) -> None:
        """Show `factor` times more frames; the frame at pixel `at` stays: else the playhead, or
        the middle if that is not in sight."""
        if self._shown is None:
            return
        view = self.view
        if at is None:
            x = round(view.x(self.selection.playhead))
            at = x if HEADER <= x <= view.width else (HEADER + view.width) // 2
        place = view.frame(at)
        self._scale = min(max(self._scale * factor, NEAREST), self._fit_scale())
        self._fitted = self._scale == self._fit_scale()
        self._layout_bars()
        self.horizontalScrollBar().setValue(
            round((place - view.start) / self._scale - (at - HEADER))
        )
        self._changed()

    def fit(self) -> None:
        """Show the whole edit."""
        self._scale = self._fit_scale()
        self._fitted = True
        self._layout_bars()
        self._changed()

    def fit_selection(self) -> None:
        """Show what is selected as large as it fits."""
        found = self.selection.ranges
        if self._shown is None or not found:
            return
        start, end = min(one.start for one in found), max(one.end for one in found)
        room = max(1, self.lanes_box.width() - 2 * MARGIN)
        self._scale = min(max((end - start) / room, NEAREST), self._fit_scale())
        self._fitted = self._scale == self._fit_scale()
        self._layout_bars()
        target = (start - self._shown.start) / self._scale - MARGIN
        self.horizontalScrollBar().setValue(round(target))
        self._changed()

    def page(self, direction: int) -> None:
        """Scroll by most of what is in sight, forward (1) or back (-1)."""
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() + direction * bar.pageStep() * 4 // 5)

    def height_of(self, kind: str) -> int:
        """The height of tracks of a kind, in pixels."""
        return self._heights.get(kind, self._heights["Audio"])

    def set_height(self, kind: str, height: int) -> None:
        """Give the tracks of a kind another height, which is kept."""
        kind = kind if kind in HEIGHTS else "Audio"
        height = min(max(height, LOW), HIGH)
        if height != self._heights[kind]:
            self._heights[kind] = height
            self._memory.put(f"strip.height.{kind}", height)
            self._layout_bars()
            self._changed()

    def resize_tracks(self, steps: int) -> None:
        """Make all tracks taller, or lower below 0, by steps."""
        for kind in HEIGHTS:
            self.set_height(kind, self._heights[kind] + steps * STEP)

    def toggle_snapping(self) -> None:
        """Whether cuts, marks and markers attract what is dragged."""
        self.snapping = not self.snapping
        self._memory.put("strip.snapping", self.snapping)
        self._changed()

    def go_to_marker(self, direction: int) -> None:
        """The playhead to the next marker (1) or the one before (-1)."""
        starts, here = self._shown.marker_starts if self._shown else [], self.selection.playhead
        beyond = [one for one in starts if (one - here) * direction > 0]
        if beyond:
            self.selection.move_to(min(beyond, key=lambda one: abs(one - here)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        jobs = self._session.jobs_here
        if not self.canvas.paint(painter, self.view, event.region(), jobs, self._gestures):
            self._later.start()
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink("focus"), 1))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self._scale = self._fit_scale()
        self._layout_bars()
        if event.size().height() < event.oldSize().height():
            self._show_track()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._shown is not None:
            self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._shown is not None:
            self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._shown is not None:
            self._gestures.release(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, exact, held = event.angleDelta(), event.pixelDelta(), event.modifiers()
        steps = (turned.y() or turned.x()) / 120
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        keys = Qt.KeyboardModifier
        if held & keys.ControlModifier:
            self.zoom(0.8**steps, round(event.position().x()))
        elif held & (keys.AltModifier | keys.ShiftModifier):
            down.setValue(round(down.value() - steps * self._heights["Video"]))
        elif not exact.isNull():  # a trackpad
            across.setValue(across.value() - (exact.x() or (0 if down.maximum() else exact.y())))
            down.setValue(down.value() - exact.y())
        else:
            across.setValue(round(across.value() - steps * across.pageStep() / 8))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is pinch:
            self.zoom(1 / max(0.1, 1 + event.value()), round(event.position().x()))
            return True
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._redraw()
        super().changeEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._changed()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def _font(self) -> QFont:
        """Of names on clips: a little smaller than that of the panel."""
        font = QFont(self.font())
        if font.pixelSize() > 0:
            font.setPixelSize(max(9, font.pixelSize() - 1))
        else:
            font.setPointSizeF(max(6.5, font.pointSizeF() - 1))
        return font

    def _kept(self, kind: str) -> int:
        height = self._memory.get(f"strip.height.{kind}", HEIGHTS[kind])
        return min(max(int(height), LOW), HIGH)

    def _rows(self, scrolled: int) -> list[Row]:
        rows, top = [], RULER - scrolled
        for lane in shown_order(self._shown) if self._shown else ():
            rows.append(Row(lane, top, self.height_of(lane.kind)))
            top = rows[-1].bottom
        return rows

    def _fill(self) -> None:
        """Draw some of what is not drawn yet, then see to the pictures that it lacks."""
        if self._shown is None or not self.isVisible():
            return
        places, done = self.canvas.fill(self.view, SLICE)
        for place in places:
            self.viewport().update(place)
        (self._settled if done else self._later).start()

    def _want(self) -> None:
        if self._shown is not None and self.isVisible():
            self.canvas.want(self.view)

    def _pictures_arrived(self, wants: frozenset[object]) -> None:
        if self.canvas.tiles.arrived(wants):
            self._later.start()

    def _changed(self) -> None:
        """Something else is to be seen."""
        self.viewport().update()
        self._later.start()
        self.view_changed.emit()

    def _recolour(self) -> None:
        self.canvas.tiles.clear()  # nothing that was drawn in another theme stands in
        self._redraw()

    def _redraw(self) -> None:
        self.canvas.redraw(self._font())
        self._changed()

    def _show_tip(self, event: QHelpEvent) -> None:
        jobs = self._session.jobs_here
        words = tip_at(self.view, self._shown, event.pos(), jobs) if self._shown else ""
        if words:
            QToolTip.showText(event.globalPos(), words, self)
        else:
            QToolTip.hideText()

    def _fit_scale(self) -> float:
        if self._shown is None:
            return 1.0
        width = max(1, self.viewport().width() - HEADER - MARGIN)
        return max(NEAREST, (self._shown.end - self._shown.start) / width)

    def _layout_bars(self) -> None:
        """Bring the scroll bars to the size of the edit, in pixels."""
        width = max(1, self.viewport().width() - HEADER)
        frames = self._shown.end - self._shown.start if self._shown else 0
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(0, round(frames / self._scale) + MARGIN - width))
        across.setPageStep(width)
        across.setSingleStep(max(1, width // 20))
        rows = self._rows(0)
        room = self.viewport().height() - RULER
        down.setRange(0, max(0, (rows[-1].bottom - RULER if rows else 0) - room))
        down.setPageStep(max(1, room))
        down.setSingleStep(self._heights["Video"] // 2)

    def _selection_changed(self) -> None:
        model = self.selection.model
        if model is not self._shown:
            self._show(model)
        self.canvas.select()
        self._show_track()
        self.setAccessibleDescription(self.selection.describe())
        self._changed()

    def _show_track(self) -> None:
        row = next((one for one in self._rows(0) if one.lane.id == self.selection.track), None)
        if row is not None:
            bar, room = self.verticalScrollBar(), self.viewport().height() - RULER
            bar.setValue(min(max(bar.value(), row.bottom - RULER - room), row.top - RULER))

    def _show(self, model: TimelineModel | None) -> None:
        """Take another snapshot of the edit."""
        new = self._shown is None or model is None or self._shown.view.path != model.view.path
        self._shown = model
        self.canvas.show(model, new=new)
        self.setHorizontalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn if model else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        if new or self._fitted:
            self._scale = self._fit_scale()
            self._fitted = True
        self._layout_bars()
        self.updateGeometry()

    def _playhead_moved(self) -> None:
        """Keep the playhead in sight: while it plays, page by page, unless the user looks
        elsewhere."""
        before, self._playhead = self._playhead, self.selection.playhead
        view = self.view
        x, x_before = round(view.x(self._playhead)), round(view.x(before))
        if self._shown is not None and not HEADER <= x < view.width:
            followed = HEADER <= x_before < view.width
            bar, width = self.horizontalScrollBar(), view.width - HEADER
            place = round((self._playhead - view.start) / self._scale)
            if not self.selection.playing:
                bar.setValue(place - width // 2)
            elif followed:
                bar.setValue(place - (width // 20 if x > x_before else width * 19 // 20))
        for edge in (x, x_before):
            self.viewport().update(QRect(edge - 6, 0, 13, view.height))
