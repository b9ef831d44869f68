"""The strip's picture: what is kept of it, what is drawn anew, and which pictures it lacks."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFont, QPainter, QRegion

from opticals_ui.timeline import frame, overlay
from opticals_ui.timeline.labels import Labels
from opticals_ui.timeline.lanes import LanePainter, Wanted, ink
from opticals_ui.timeline.tiles import Tiles
from opticals_ui.timeline.view import HEADER, RULER, Row, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opticals_ui.queue.jobs import JobView
    from opticals_ui.timeline.film import Film
    from opticals_ui.timeline.gestures import Gestures
    from opticals_ui.timeline.model import TimelineModel
    from opticals_ui.timeline.selection import Selection
    from opticals_ui.timeline.tiles import Render


class Canvas:
    """Paints a selection's edit, in no more time than a painting may take.

    Attributes:
        model: the edit that is shown.
        labels: the words on clips, in a font a little smaller than that of the panel.
    """

    def __init__(self, selection: Selection, film: Film, font: QFont) -> None:
        self._selection, self._film = selection, film
        self.model: TimelineModel | None = None
        self.tiles = Tiles()
        self.labels = Labels(font)
        self._edition = 0
        self._picked: dict[str, overlay.Picked] = {}
        self._shape: tuple[object, list[QRectF]] = (None, [])

    def show(self, model: TimelineModel | None, *, new: bool) -> None:
        """Take another snapshot of the edit; `new` when it is another edit."""
        self.model = model
        self._film.show(model.view.rate if model else None)
        self.redraw()
        if new:
            self.tiles.clear()

    def redraw(self, font: QFont | None = None) -> None:
        """Draw all anew, with names in another font if one is given."""
        self._edition += 1
        if font is not None:
            self.labels = Labels(font)

    def select(self) -> None:
        """Show what is selected now."""
        self._picked, self._shape = overlay.Picked.of(self._selection), (None, [])

    def paint(
        self,
        painter: QPainter,
        view: View,
        exposed: QRegion,
        jobs: Sequence[JobView],
        gestures: Gestures,
    ) -> bool:
        """Paint what is exposed; False when something is still to be drawn."""
        started, model, selection = perf_counter(), self.model, self._selection
        if model is None:
            painter.fillRect(exposed.boundingRect(), ink("field"))
            return True
        painter.setFont(self.labels.font)
        frame.paint_headers(painter, view, selection, self._picked)
        frame.paint_ruler(painter, view, model, selection)
        painter.setClipRect(HEADER, RULER, view.width, view.height)
        end = view.rows[-1].bottom if view.rows else RULER
        painter.fillRect(0, end, view.width, view.height, ink("field"))
        lanes = self._lanes(model, view)
        complete = self.tiles.paint(
            painter, view, exposed, self._stamp, self._render(lanes), started
        )
        overlay.paint_names(painter, view, lanes, self.labels)
        if selection.range and frame.is_marked(selection):
            overlay.paint_range(painter, view, selection.range)
        overlay.paint_selection(painter, self.selection_shape(view))
        overlay.paint_jobs(painter, view, jobs)
        if gestures.band is not None:
            frame.paint_band(painter, gestures.band)
        painter.setClipping(False)
        frame.paint_playhead(painter, view, selection.playhead)
        if gestures.caught is not None:
            frame.paint_snap(painter, view, gestures.caught)
        return complete

    def fill(self, view: View, seconds: float) -> tuple[list[QRect], bool]:
        """Draw some of what is not drawn yet, for so long; where that is, and whether it is all."""
        if self.model is None:
            return [], True
        render = self._render(self._lanes(self.model, view))
        return self.tiles.fill(view, self._stamp, render, seconds)

    def want(self, view: View) -> None:
        """Ask for the pictures and the sound that are seen to be lacking."""
        self._film.want(self.tiles.missing(view))

    def selection_shape(self, view: View) -> list[QRectF]:
        """Kept as long as nothing is scrolled, zoomed or selected."""
        tops = tuple((row.top, row.height) for row in view.rows)
        of = (view.scale, view.scrolled, view.width, view.height, tops)
        if self._shape[0] != of:
            self._shape = of, overlay.selection_shape(view, self._picked)
        return self._shape[1]

    def _lanes(self, model: TimelineModel, view: View) -> LanePainter:
        return LanePainter(model, self._film, self.labels, view.scale, view.ratio)

    def _stamp(self, row: Row) -> object:
        """What a drawn stretch of a lane depends on, beside its pictures."""
        return self._edition, row.height, row.lane.id == self._selection.track

    def _render(self, lanes: LanePainter) -> Render:
        track = self._selection.track

        def render(painter: QPainter, row: Row, left: int, width: int) -> tuple[Wanted, ...]:
            painter.setFont(self.labels.font)
            return lanes.paint(painter, row, left, width, active=row.lane.id == track)

        return render
