"""What attracts a dragged edge: cuts, markers, the in and the out, and the playhead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opticals_ui.timeline.selection import Selection
    from opticals_ui.timeline.view import View

GRAB = 6  # pixels from which it attracts, and a mark is grabbed


@dataclass(frozen=True)
class Edge:
    """An edge between two frames. `caught` is what it snapped to: a frame, or None."""

    frame: int
    caught: int | None = None


def edge_at(view: View, selection: Selection, x: float, *, snap: bool, playhead: bool) -> Edge:
    """The edge nearest to a pixel.

    Args:
        snap: whether anything attracts.
        playhead: whether the playhead does: not where it is dragged itself.
    """
    plain, model = round(view.frame(x)), selection.model
    if model is None or not snap:
        return Edge(plain)
    found = [model.nearest_cut(plain)]
    if (marker := model.nearest_marker(plain)) is not None:
        found.append(marker)
    if playhead:
        found.append(selection.playhead)
    if selection.mark_in is not None:
        found.append(selection.mark_in)
    if selection.mark_out is not None:
        found.append(selection.mark_out + 1)
    nearest = min(found, key=lambda frame: abs(view.x(frame) - x))
    if abs(view.x(nearest) - x) > GRAB:
        return Edge(plain)
    return Edge(nearest, nearest)
