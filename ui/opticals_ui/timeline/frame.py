"""What stands round the lanes: ruler, track names, playhead, and lines while dragging."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from opticals.timeline.timecode import nominal
from opticals_ui.look.theme import timecode_font
from opticals_ui.timeline.lanes import APART, ink, paint_marker
from opticals_ui.timeline.view import HEADER, RULER, Row, View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opticals_ui.timeline.model import TimelineModel
    from opticals_ui.timeline.selection import Selection


def is_marked(selection: Selection) -> bool:
    """Whether more or less than a clip is selected."""
    marks = (selection.mark_in, selection.mark_out)
    return marks != (None, None) or len(selection.tracks) > 1


def paint_headers(
    painter: QPainter, view: View, selection: Selection, picked: Iterable[str]
) -> None:
    """The names of the tracks: the active one raised, those with something selected, of which
    `picked` have clips, with a bar."""
    painter.setClipRect(0, RULER, HEADER, view.height)
    painter.fillRect(0, RULER, HEADER, view.height, ink("field"))
    reached = {*selection.tracks, *picked}
    for row in view.seen:
        _header(painter, row, active=row.lane.id == selection.track, marked=row.lane.id in reached)
    painter.setClipping(False)


def _header(painter: QPainter, row: Row, *, active: bool, marked: bool) -> None:
    lane = row.lane
    box = QRect(0, row.top, HEADER - 1, row.height - 1)
    painter.fillRect(box, ink("raised" if active else "panel"))
    if marked:
        painter.fillRect(0, row.top, 3, row.height - 1, ink("accent"))
    painter.setPen(ink("text" if active else "dim"))
    font = painter.font()
    if active or not lane.enabled:
        other = painter.font()
        other.setStrikeOut(not lane.enabled)
        other.setBold(active)
        painter.setFont(other)
    name = QRect(box)
    if lane.locked:
        name.setRight(box.right() - 12)
        _padlock(painter, QPointF(box.right() - 12, box.center().y()))
        painter.setPen(ink("text" if active else "dim"))
    painter.drawText(name, Qt.AlignmentFlag.AlignCenter, lane.id)
    painter.setFont(font)


def _padlock(painter: QPainter, at: QPointF) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink("dim"), 1.4))
    painter.drawArc(QRectF(at.x() - 2.5, at.y() - 5, 5, 6), 0, 180 * 16)
    painter.fillRect(QRectF(at.x() - 4, at.y() - 1, 8, 6), ink("dim"))


def paint_ruler(painter: QPainter, view: View, model: TimelineModel, selection: Selection) -> None:
    """Timecode, the marked range, and the markers of the edit."""
    painter.fillRect(0, 0, view.width, RULER, ink("window"))
    painter.save()
    painter.setClipRect(HEADER, 0, view.width, RULER)
    if selection.range and is_marked(selection):
        left, right = view.x(selection.range.start), view.x(selection.range.end)
        painter.fillRect(QRectF(left, RULER - 6, right - left, 6), ink("range"))
        _bracket(painter, left, 1)
        _bracket(painter, right, -1)
    painter.setFont(timecode_font(painter.font()))
    metrics = QFontMetrics(painter.font())
    step = ruler_step(nominal(model.view.rate), view.scale, metrics.horizontalAdvance("0" * 13))
    frame = view.first - view.first % step
    lines = []
    while frame <= view.last:
        x = round(view.x(frame)) + 0.5
        lines.append(QLineF(x, RULER - 8, x, RULER - 1))
        label = model.timecode(frame)
        if x >= HEADER and x + 4 + metrics.horizontalAdvance(label) <= view.width:
            painter.setPen(ink("dim"))
            painter.drawText(QPointF(x + 4, RULER - 10), label)
        for part in range(1, 5 if step % 5 == 0 else 2):
            if step % 5 == 0:
                x = round(view.x(frame + step * part // 5)) + 0.5
                lines.append(QLineF(x, RULER - 4, x, RULER - 1))
        frame += step
    painter.setPen(QPen(ink("faint"), 1))
    painter.drawLines(lines)
    held = model.markers.get("")
    for one in held.within(view.first - 1, view.last, APART * view.scale) if held else ():
        width = (one.end - one.start) / view.scale
        paint_marker(painter, one.colour, view.x(one.start), RULER - 11.0, width)
    painter.restore()
    painter.setPen(QPen(ink("line"), 1))
    painter.drawLine(0, RULER - 1, view.width, RULER - 1)


def ruler_step(fps: int, scale: float, label: int) -> int:
    """Frames between two labels of `label` pixels width at `scale` frames per pixel."""
    frames = [step for step in (1, 2, 5, 10) if step < fps]
    seconds = [fps * step for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)]
    wanted = label * scale
    hour = seconds[-1]
    rounded = math.ceil(wanted / hour) * hour
    return next((step for step in (*frames, *seconds) if step >= wanted), rounded)


def _bracket(painter: QPainter, x: float, inward: int) -> None:
    painter.setPen(QPen(ink("selected"), 2))
    painter.drawLine(QLineF(x, RULER - 10, x, RULER))
    painter.drawLine(QLineF(x, RULER - 10, x + 4 * inward, RULER - 10))


def paint_playhead(painter: QPainter, view: View, playhead: int) -> None:
    x = view.x(playhead)
    if not HEADER <= x <= view.width:
        return
    x = round(x) + 0.5
    painter.setPen(QPen(ink("playhead"), 1))
    painter.drawLine(QLineF(x, 6, x, view.height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink("playhead"))
    head = (QPointF(x - 5, 1), QPointF(x + 5, 1), QPointF(x + 5, 6), QPointF(x, 11),
            QPointF(x - 5, 6))  # fmt: skip
    painter.drawPolygon(QPolygonF(head))


def paint_snap(painter: QPainter, view: View, frame: int) -> None:
    """The line at which a dragged edge is held."""
    x = round(view.x(frame)) + 0.5
    painter.setPen(QPen(ink("focus"), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(x, RULER, x, view.height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink("focus"))
    tip = (QPointF(x - 4, RULER), QPointF(x + 4, RULER), QPointF(x, RULER + 5))
    painter.drawPolygon(QPolygonF(tip))


def paint_band(painter: QPainter, band: QRect) -> None:
    """The rectangle that selects what it touches."""
    painter.setPen(QPen(ink("focus"), 1))
    painter.setBrush(ink("focus", 40))
    painter.drawRect(QRectF(band).adjusted(0.5, 0.5, -0.5, -0.5))
