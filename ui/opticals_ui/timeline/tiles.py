"""The lanes as drawn before, piece by piece: so that scrolling and zooming draw only what is new.

What there is no time to draw at once is shown as it was, stretched, until it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion

from opticals_ui.look.theme import colour
from opticals_ui.timeline.view import HEADER, RULER, Row, View

if TYPE_CHECKING:
    from opticals_ui.timeline.lanes import Wanted

WIDE = 256  # pixels of a tile
AT_ONCE = 0.002  # seconds into one painting after which no new tile is begun: they come after it
_LEAST = 1 / 8  # of its size to which what was drawn before is shrunk to stand in
_HELD = 3  # times the tiles in sight that are kept

Key = tuple[str, int]  # of a tile: its track, and which one from the edit's start on
Render = Callable[[QPainter, Row, int, int], "tuple[Wanted, ...]"]


@dataclass
class Tile:
    """A stretch of a lane as drawn. `stamp` says of what; `missing` is what it lacks yet."""

    picture: QPixmap
    stamp: object
    missing: tuple[Wanted, ...] = ()
    stale: bool = False


class Tiles:
    """Tiles of one zoom, and those of the zoom before."""

    def __init__(self) -> None:
        self._tiles: dict[Key, Tile] = {}
        self._scale = 0.0
        self._before: dict[Key, Tile] = {}
        self._before_scale = 0.0
        self._start = 0
        self._partly: set[Key] = set()  # drawn anew, and seen so only where it was exposed

    def clear(self) -> None:
        """Draw all anew."""
        self._tiles, self._before = {}, {}
        self._partly.clear()

    def refresh(self) -> None:
        """Draw all anew; what there is is shown until then."""
        for tile in self._tiles.values():
            tile.stale = True

    def arrived(self, wants: frozenset[object]) -> bool:
        """Draw anew what lacked one of these; whether anything did."""
        found = False
        for tile in self._tiles.values():
            if not tile.stale and any(want in wants for want, _ in tile.missing):
                tile.stale = found = True
        return found

    def missing(self, view: View) -> list[Wanted]:
        """What the tiles in sight lack, from the left."""
        keys = sorted(_keys(view), key=lambda one: one[1][1])
        found: dict[Wanted, None] = {}
        for _, key in keys:
            tile = self._tiles.get(key)
            if tile is not None:
                found.update(dict.fromkeys(tile.missing))
        return list(found)

    def paint(
        self,
        painter: QPainter,
        view: View,
        exposed: QRegion,
        stamp_of: Callable[[Row], object],
        render: Render,
        started: float,
    ) -> bool:
        """Draw the lanes of a view where it is exposed; False when something is still to come.

        Args:
            started: when this painting was begun, by `perf_counter`.
        """
        self._zoom(view)
        lacking: dict[int, tuple[Row, list[int]]] = {}
        for row, key in _keys(view, exposed.boundingRect()):
            tile, stamp = self._tiles.get(key), stamp_of(row)
            complete = tile is not None and not tile.stale and tile.stamp == stamp
            if not complete and perf_counter() - started < AT_ONCE:
                tile, complete = self._draw(view, row, key, stamp, render), True
                if not QRegion(_in_sight(view, row, key)).subtracted(exposed).isEmpty():
                    self._partly.add(key)
            shown = tile is not None and _tall(tile, view) == row.height
            if tile is not None and shown:
                painter.drawPixmap(HEADER + key[1] * WIDE - view.scrolled, row.top, tile.picture)
            if not complete or not shown:
                lacking.setdefault(row.top, (row, []))[1].extend(() if shown else (key[1],))
        for row, places in lacking.values():
            if places:
                self._stand_in(painter, view, row, places[0], places[-1] + 1)
        return not lacking and not self._partly

    def fill(
        self,
        view: View,
        stamp_of: Callable[[Row], object],
        render: Render,
        seconds: float,
    ) -> tuple[list[QRect], bool]:
        """Draw tiles that are in sight and not up to date, then those beside them, for so long;
        where something else is to be seen now, and whether all is done."""
        self._zoom(view)
        started, places = perf_counter(), list[QRect]()
        for row, key in (*_keys(view), *_keys(view, beside=True)):
            tile, stamp = self._tiles.get(key), stamp_of(row)
            if tile is not None and not tile.stale and tile.stamp == stamp:
                if key in self._partly:
                    places.append(_place(view, row, key))
                continue
            if perf_counter() - started >= seconds:
                return places, False
            self._draw(view, row, key, stamp, render)
            places.append(_place(view, row, key))
        self._partly.clear()
        self._tidy(view)
        return places, True

    def _draw(self, view: View, row: Row, key: Key, stamp: object, render: Render) -> Tile:
        picture = QPixmap(round(WIDE * view.ratio), round(row.height * view.ratio))
        picture.setDevicePixelRatio(view.ratio)
        painter = QPainter(picture)
        left = key[1] * WIDE
        painter.translate(-left, 0)
        missing = render(painter, row, left, WIDE)
        painter.end()
        tile = self._tiles[key] = Tile(picture, stamp, missing)
        return tile

    def _zoom(self, view: View) -> None:
        """Keep what was drawn at another zoom to stand in, if it was complete or nothing was."""
        if view.start != self._start:
            self.clear()
            self._start = view.start
        if view.scale == self._scale:
            return
        if len(self._tiles) >= len(self._before) // 2:
            self._before, self._before_scale = self._tiles, self._scale
        self._tiles, self._scale = {}, view.scale
        self._partly.clear()

    def _stand_in(self, painter: QPainter, view: View, row: Row, first: int, end: int) -> None:
        """What was there at the zoom before, stretched, for the tiles from `first` to `end`."""
        left = HEADER + first * WIDE - view.scrolled
        room = QRect(left, row.top, (end - first) * WIDE, row.height)
        painter.fillRect(room.adjusted(0, 0, 0, -1), colour("lane"))
        wide = WIDE * self._before_scale / view.scale  # pixels now of a tile then
        if not self._before or wide < WIDE * _LEAST:
            return
        painter.save()
        painter.setClipRect(room, Qt.ClipOperation.IntersectClip)
        for place in range(int(first * WIDE / wide), math.ceil(end * WIDE / wide)):
            tile = self._before.get((row.lane.id, place))
            if tile is not None:
                box = QRectF(HEADER + place * wide - view.scrolled, row.top, wide, row.height)
                painter.drawPixmap(box, tile.picture, QRectF(tile.picture.rect()))
        painter.restore()

    def _tidy(self, view: View) -> None:
        """Forget what is far away, and what stood in."""
        self._before = {}
        sight = {key for _, key in _keys(view)}
        if len(self._tiles) > _HELD * max(1, len(sight)):
            near = sight | {key for _, key in _keys(view, beside=True)}
            self._tiles = {key: tile for key, tile in self._tiles.items() if key in near}


def _place(view: View, row: Row, key: Key) -> QRect:
    """Where a tile is."""
    return QRect(HEADER + key[1] * WIDE - view.scrolled, row.top, WIDE, row.height)


def _in_sight(view: View, row: Row, key: Key) -> QRect:
    """The part of a tile that is seen."""
    lanes = QRect(HEADER, RULER, view.width - HEADER, view.height - RULER)
    return _place(view, row, key).intersected(lanes)


def _tall(tile: Tile, view: View) -> int:
    return round(tile.picture.height() / view.ratio)


def _keys(
    view: View, exposed: QRect | None = None, *, beside: bool = False
) -> Iterator[tuple[Row, Key]]:
    """The tiles in sight, or those next to them, row after row."""
    left, right = HEADER, view.width
    top, bottom = RULER, view.height
    if exposed is not None:
        left, right = max(left, exposed.left()), min(right, exposed.right() + 1)
        top, bottom = max(top, exposed.top()), min(bottom, exposed.bottom() + 1)
    if right <= left:
        return
    first = (left - HEADER + view.scrolled) // WIDE
    last = (right - 1 - HEADER + view.scrolled) // WIDE
    places = range(first, last + 1)
    if beside:
        places = [place for place in (first - 1, last + 1) if place >= 0]  # type: ignore[assignment]
    for row in view.rows:
        if row.bottom > top and row.top < bottom:
            for place in places:
                yield row, (row.lane.id, place)
