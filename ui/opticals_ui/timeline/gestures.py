"""The mouse on the strip: clicks that select, and what is dragged."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent

from opticals_ui.timeline import picking
from opticals_ui.timeline.overlay import badge_at
from opticals_ui.timeline.snapping import GRAB, Edge, edge_at
from opticals_ui.timeline.view import HEADER, RULER

if TYPE_CHECKING:
    from opticals_ui.timeline.strip import TimelineStrip

DRAG = 4  # pixels the mouse moves before a press becomes a drag
_SIZED = 3  # pixels round the lower edge of a track's name that are its height


class Drag(Enum):
    """What is dragged."""

    NONE = auto()
    SCRUB = auto()
    PRESSED = auto()  # on a clip: selects when released, marks a range when moved
    EMPTY = auto()  # on empty space, or with Shift: selects when released, a band when moved
    RANGE = auto()
    BAND = auto()
    IN = auto()
    OUT = auto()
    PAN = auto()
    HEIGHT = auto()


class Gestures:
    """Follows the mouse for a strip.

    A click selects a clip; with Ctrl it adds it or takes it away, with Shift all from the one
    before. A drag from a clip marks a range on the lanes that it goes over; from empty space, or
    with Shift, it selects what it touches. A drag in the ruler scrubs or moves a mark.

    Attributes:
        caught: the frame at which what is dragged is held; None at none.
        band: the rectangle that selects; None without one.
    """

    def __init__(self, strip: TimelineStrip) -> None:
        self._strip = strip
        self._drag = Drag.NONE
        self._origin = QPoint()
        self._held = 0  # what is dragged as it was: pixels scrolled, or a height
        self._kind = ""  # of the tracks whose height is dragged
        self._before: frozenset[str] = frozenset()
        self.caught: int | None = None
        self.band: QRect | None = None

    @property
    def dragging(self) -> bool:
        return self._drag not in (Drag.NONE, Drag.PRESSED, Drag.EMPTY)

    def press(self, event: QMouseEvent) -> None:
        strip, at = self._strip, event.position().toPoint()
        self._origin = at
        if event.button() is Qt.MouseButton.MiddleButton:
            self._drag, self._held = Drag.PAN, strip.horizontalScrollBar().value()
            return
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if at.y() < RULER:
            self._drag = self._mark_near(at.x())
            self._follow(at)
        elif at.x() < HEADER:
            self._press_header(at)
        else:
            self._press_lane(event, at)

    def move(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if (at - self._origin).manhattanLength() >= DRAG:
            if self._drag is Drag.PRESSED:
                self._drag = Drag.RANGE
            elif self._drag is Drag.EMPTY:
                self._drag = Drag.BAND
                adds = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                self._before = self._strip.selection.clips if adds else frozenset()
        self._strip.viewport().setCursor(self._shape(at))
        self._follow(at)

    def release(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._drag in (Drag.PRESSED, Drag.EMPTY):
            self._click(at, event.modifiers())
        self._drag, self.caught, self.band = Drag.NONE, None, None
        self._strip.viewport().update()

    def _press_header(self, at: QPoint) -> None:
        strip = self._strip
        edge = self._height_near(at)
        if edge:
            self._drag, self._kind, self._held = Drag.HEIGHT, edge, strip.height_of(edge)
            return
        row = strip.view.row_at(at.y())
        if row is not None:
            strip.selection.select(row.lane.id, strip.selection.playhead)

    def _press_lane(self, event: QMouseEvent, at: QPoint) -> None:
        strip = self._strip
        row = strip.view.row_at(at.y())
        item = row.lane.at(int(strip.view.frame(at.x()))) if row else None
        if row is not None and item is not None and item.id is not None:
            badge = badge_at(strip.view, strip.canvas.labels, row, item)
            if badge is not None and badge.contains(event.position()):
                strip.selection.select(row.lane.id, item.record)
                strip.versions_wanted.emit(item.id, strip.viewport().mapToGlobal(
                    badge.bottomLeft().toPoint()))  # fmt: skip
                return
        clip = item is not None and item.id is not None
        banded = event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not clip
        self._drag = Drag.EMPTY if banded else Drag.PRESSED

    def _click(self, at: QPoint, held: Qt.KeyboardModifier) -> None:
        strip = self._strip
        row, frame = strip.view.row_at(at.y()), int(strip.view.frame(at.x()))
        if row is None:
            return
        if held & Qt.KeyboardModifier.ControlModifier:
            strip.selection.toggle(row.lane.id, frame)
        elif held & Qt.KeyboardModifier.ShiftModifier:
            strip.selection.reach_to(row.lane.id, frame)
        else:
            strip.selection.select(row.lane.id, frame)
            strip.selection.move_to(frame)

    def _mark_near(self, x: int) -> Drag:
        """What a press in the ruler drags: a mark close by, else the playhead."""
        selection, view = self._strip.selection, self._strip.view
        out = None if selection.mark_out is None else selection.mark_out + 1
        for drag, frame in ((Drag.IN, selection.mark_in), (Drag.OUT, out)):
            if frame is not None and abs(view.x(frame) - x) <= GRAB:
                return drag
        return Drag.SCRUB

    def _height_near(self, at: QPoint) -> str:
        """The kind of the tracks whose height is dragged there; "" elsewhere."""
        for row in self._strip.view.rows:
            if at.x() < HEADER and abs(at.y() - row.bottom) <= _SIZED:
                return row.lane.kind
        return ""

    def _shape(self, at: QPoint) -> Qt.CursorShape:
        if self._drag is Drag.PAN:
            return Qt.CursorShape.ClosedHandCursor
        if self._drag is Drag.HEIGHT or (at.y() >= RULER and self._height_near(at)):
            return Qt.CursorShape.SplitVCursor
        if at.y() < RULER and self._mark_near(at.x()) is not Drag.SCRUB:
            return Qt.CursorShape.SizeHorCursor
        return Qt.CursorShape.ArrowCursor

    def _edge(self, x: int, *, playhead: bool = True) -> Edge:
        strip = self._strip
        return edge_at(strip.view, strip.selection, x, snap=strip.snapping, playhead=playhead)

    def _follow(self, at: QPoint) -> None:
        """Let what is dragged follow the mouse."""
        strip, selection = self._strip, self._strip.selection
        if self._drag is Drag.PAN:
            strip.horizontalScrollBar().setValue(self._held + self._origin.x() - at.x())
        elif self._drag is Drag.HEIGHT:
            strip.set_height(self._kind, self._held + at.y() - self._origin.y())
        elif self._drag is Drag.BAND:
            self._band(at)
        elif self._drag is Drag.SCRUB:
            edge = self._edge(at.x(), playhead=False)
            self.caught = edge.caught
            selection.move_to(edge.frame if edge.caught is not None
                              else int(strip.view.frame(at.x())))  # fmt: skip
        elif self._drag in (Drag.IN, Drag.OUT):
            edge = self._edge(at.x(), playhead=False)
            self.caught = edge.caught
            if self._drag is Drag.IN:
                selection.move_to(edge.frame)
                selection.set_in()
            else:
                selection.move_to(edge.frame - 1)
                selection.set_out()
        elif self._drag is Drag.RANGE:
            self._range(at)
        if self.dragging:
            strip.viewport().update()

    def _range(self, at: QPoint) -> None:
        strip = self._strip
        origin, edge = self._edge(self._origin.x()), self._edge(at.x())
        self.caught = edge.caught
        row = strip.view.row_at(self._origin.y())
        if row is not None and edge.frame != origin.frame:
            other = strip.view.row_at(at.y()) or row
            first, end = sorted((origin.frame, edge.frame))
            strip.selection.mark(row.lane.id, first, end - 1, other.lane.id)

    def _band(self, at: QPoint) -> None:
        strip, view = self._strip, self._strip.view
        self.band = QRect(self._origin, at).normalized().intersected(strip.lanes_box)
        model = strip.selection.model
        if model is None:
            return
        tracks = [
            row.lane.id
            for row in view.rows
            if row.top <= self.band.bottom() and row.bottom > self.band.top()
        ]
        start, end = int(view.frame(self.band.left())), int(view.frame(self.band.right())) + 1
        found = picking.pictures(model, picking.within(model, tracks, start, end))
        wanted = found | self._before
        if wanted != strip.selection.clips:
            strip.selection.pick(wanted)
