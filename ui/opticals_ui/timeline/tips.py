"""What the strip says of what is under the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals_ui.timeline import facts
from opticals_ui.timeline.overlay import job_box
from opticals_ui.timeline.view import HEADER, RULER, Row, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPoint

    from opticals.timeline.marks import MarkerView
    from opticals_ui.queue.jobs import JobView
    from opticals_ui.timeline.model import TimelineModel

_TAG = 11  # pixels from where a marker hangs down to its tip
_NEAR = 5  # pixels to either side of a marker's tag


def tip_at(view: View, model: TimelineModel, at: QPoint, jobs: Sequence[JobView] = ()) -> str:
    """In words; empty where there is nothing to say."""
    if at.y() < RULER:
        marker = _marker(view, model, "", at.x())
        return facts.describe_marker(model, marker) if marker else ""
    row = view.row_at(at.y())
    if row is None:
        return ""
    if at.x() < HEADER:
        return facts.describe_track(row.lane)
    hangs = 0 <= at.y() - row.top - row.marked < _TAG
    marker = _marker(view, model, row.lane.id, at.x()) if hangs else None
    if marker is not None:
        return facts.describe_marker(model, marker)
    item = row.lane.at(int(view.frame(at.x())))
    if item is None:
        return ""
    renders = facts.describe_jobs(job for job in jobs if _is_under(view, row, job, at.x()))
    return "\n".join(filter(None, (facts.describe(model, item), renders)))


def _is_under(view: View, row: Row, job: JobView, x: int) -> bool:
    box = job_box(view, job)
    return box is not None and box.left() <= x <= box.right() and row.top <= box.top() < row.bottom


def _marker(view: View, model: TimelineModel, lane: str, x: int) -> MarkerView | None:
    held = model.markers.get(lane)
    if held is None:
        return None
    first, last = int(view.frame(x - _NEAR)), int(view.frame(x + _NEAR)) + 1
    near = held.within(first, last, 0)
    return min(near, key=lambda one: abs(view.x(one.start) - x), default=None)
