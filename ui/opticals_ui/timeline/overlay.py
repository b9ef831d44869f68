"""What changes quickly, drawn over the lanes: selection, range, jobs, names at the left edge."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from opticals.jobs.entries import State
from opticals_ui.timeline import facts
from opticals_ui.timeline.lanes import LABEL_FROM, LanePainter, badge_box, fill_of, ink
from opticals_ui.timeline.model import MERGE_BELOW, state
from opticals_ui.timeline.view import BAR, HEADER, Row, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opticals.timeline.listing import ItemView
    from opticals_ui.queue.jobs import JobView
    from opticals_ui.timeline.labels import Labels
    from opticals_ui.timeline.picking import Range
    from opticals_ui.timeline.selection import Selection

_OUTLINED = 24  # pixels of width from which each of several selected clips has its own outline
_SOLID = 2 * MERGE_BELOW  # pixels below which a selected clip is filled, to be seen at all
_LINE = 2.0  # pixels: of outlines
_JOB = 6  # pixels: the bar of a job
_TICKED = 18  # pixels of width from which a finished one has its tick


@dataclass(frozen=True)
class Picked:
    """The selected clips of a track, in order: their first frames and their ends."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @staticmethod
    def of(selection: Selection) -> dict[str, Picked]:
        """By track."""
        held: dict[str, list[ItemView]] = {}
        for item in selection.items:
            held.setdefault((item.id or "").partition(":")[0], []).append(item)
        return {
            track: Picked(
                tuple(one.record for one in found), tuple(one.record + one.frames for one in found)
            )
            for track, found in held.items()
        }

    def boxes(self, view: View) -> Iterator[tuple[float, float]]:
        """The left and right edges to show, in pixels: of wide clips their own, of narrow ones
        those of a run of them. Bounded by the width in pixels, not by the number of clips."""
        place = max(0, bisect_right(self.starts, view.first) - 1)
        last, narrow = view.last, _OUTLINED * view.scale
        while place < len(self.starts) and self.starts[place] < last:
            start, end = self.starts[place], self.ends[place]
            place += 1
            run = end - start < narrow
            while run and end < last and place < len(self.starts):
                if self.starts[place] > end + view.scale:
                    break
                if self.ends[place] - self.starts[place] >= narrow:
                    break
                beyond = bisect_left(self.starts, end + MERGE_BELOW * view.scale, place)
                place = max(place + 1, beyond)
                end = self.ends[place - 1]
            if end > view.first:
                yield view.x(start), view.x(end)


def selection_shape(view: View, picked: dict[str, Picked]) -> list[QRectF]:
    """Outlines round the selected clips, as thin boxes; of what is too narrow for that, a bar.
    Clips beside each other share the lines above and below."""
    found: list[QRectF] = []
    for row in view.seen:
        held = picked.get(row.lane.id)
        top, tall = row.top + 1.0, row.height - 3.0
        begun, ended = 0.0, -1.0
        for left, right in held.boxes(view) if held else ():
            if right - left < _SOLID:
                wide = max(right - left, float(MERGE_BELOW))
                found.append(QRectF((left + right - wide) / 2, top, wide, tall))
                continue
            left, right = max(left, 0.0), min(right, view.width + 9.0)
            found.append(QRectF(left, top, _LINE, tall))
            found.append(QRectF(right - 1 - _LINE, top, _LINE, tall))
            if left > ended + 1:
                found += _above_and_below(begun, ended, top, tall)
                begun = left
            ended = right
        found += _above_and_below(begun, ended, top, tall)
    return found


def _above_and_below(left: float, right: float, top: float, tall: float) -> list[QRectF]:
    if right <= left:
        return []
    wide = right - left - 1
    return [QRectF(left, top, wide, _LINE), QRectF(left, top + tall - _LINE, wide, _LINE)]


def paint_selection(painter: QPainter, shape: list[QRectF]) -> None:
    if shape:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink("selected"))
        painter.drawRects(shape)


def paint_range(painter: QPainter, view: View, found: Range) -> None:
    """A marked range on its tracks."""
    left, right = view.x(found.start), view.x(found.end)
    for row in view.seen:
        if row.lane.id in found.tracks:
            painter.fillRect(QRectF(left, row.top, right - left, row.height - 1),
                             ink("selected", 36))  # fmt: skip
            painter.setPen(QPen(ink("selected"), 1))
            for x in (left, right):
                painter.drawLine(QLineF(x, row.top, x, row.bottom - 1))


def job_box(view: View, job: JobView) -> QRectF | None:
    """Where the bar of a job is, at the foot of its clip; None where there is none in sight."""
    shot = job.job.shot
    row = view.row(shot.id.partition(":")[0])
    left, right = view.x(shot.record), view.x(shot.record + shot.record_frames)
    if row is None or right < HEADER or left > view.width or job.state is State.PLACED:
        return None
    return QRectF(left, row.bottom - 3 - _JOB, max(right - left, 4.0), _JOB)


def paint_jobs(painter: QPainter, view: View, jobs: Sequence[JobView]) -> None:
    """How far the renders of clips are: a bar at the foot of each until it is placed."""
    seen: dict[tuple[float, float, float], tuple[QRectF, JobView]] = {}
    for job in jobs:  # of those for the same range, the last lies on top
        box = job_box(view, job)
        if box is not None:
            place = box.left(), box.right(), box.top()
            seen.pop(place, None)
            seen[place] = box, job
    for box, job in seen.values():
        painter.fillRect(box, ink("field"))
        inner = box.adjusted(1, 1, -1, -1)
        if job.state is State.RENDERED:
            _ready(painter, inner)
        elif job.failed:
            painter.fillRect(inner, QBrush(ink("error"), Qt.BrushStyle.Dense4Pattern))
        elif job.total:
            inner.setWidth(inner.width() * min(1.0, job.done / job.total))
            painter.fillRect(inner, ink("accent"))
        else:
            painter.fillRect(inner, QBrush(ink("accent"), Qt.BrushStyle.BDiagPattern))


def _ready(painter: QPainter, box: QRectF) -> None:
    """The sign of a render that is finished and does not stand in the edit: an open frame, which
    its tick fills when there is room."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink("success"), 1))
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    if box.width() < _TICKED:
        return
    left, top = box.left() + 4, box.top() - 5
    painter.fillRect(QRectF(left - 2, top - 1, 13, 11), ink("field"))
    painter.setPen(QPen(ink("success"), 2))
    painter.drawPolyline([QPointF(left, top + 4), QPointF(left + 3, top + 7),
                          QPointF(left + 9, top + 1)])  # fmt: skip


def leading(view: View, row: Row) -> tuple[ItemView, QRectF] | None:
    """The clip that begins left of what is shown and goes on in it, with what is seen of it."""
    item = row.lane.at(view.first)
    if item is None or item.kind == "gap" or view.x(item.record) >= HEADER - 1:
        return None
    right = min(view.x(item.record + item.frames), float(view.width))
    if right - HEADER < LABEL_FROM:
        return None
    return item, QRectF(HEADER, row.top + 1, right - HEADER, row.height - 3)


def paint_names(painter: QPainter, view: View, lanes: LanePainter, labels: Labels) -> None:
    """The names of clips that begin left of what is shown."""
    for row in view.seen:
        found = leading(view, row)
        if found is None:
            continue
        item, box = found
        barred = row.barred
        tall = BAR if barred else box.height() - 4
        back = QRectF(box.left(), box.top() + (0 if barred else 1), box.width(), tall)
        if not barred:
            room = labels.width(f"{facts.badge(item)}  {facts.label(item)}") + 24.0
            back.setWidth(min(back.width(), room))
        trouble = state(item) not in ("", "disabled", "generator")
        role = "offline" if trouble else fill_of(row.lane, item)
        painter.fillRect(back, ink(role, 255, 100 if item.enabled else 70))
        lanes.label(painter, item, box, box.left(), barred)


def badge_at(view: View, labels: Labels, row: Row, item: ItemView) -> QRectF | None:
    """Where the badge of a clip's versions is shown, in the viewport."""
    words = facts.badge(item)
    left, right = view.x(item.record), view.x(item.record + item.frames)
    shown = max(left, float(HEADER))
    if not words or right - left < LABEL_FROM or right - 4 - shown - 5 <= 24:
        return None
    height = row.height - 3
    barred = row.barred
    return badge_box(labels, words, shown + 5, row.top + 1, BAR if barred else height, right - 4)
