"""How a stretch of a lane is drawn: clips with their names, pictures, sound and states."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF

from opticals_ui.look.theme import colour, current
from opticals_ui.timeline import facts
from opticals_ui.timeline.film import ClipWant, ThumbWant, Want, WaveWant
from opticals_ui.timeline.model import pace, shown_at, state
from opticals_ui.timeline.view import BAR, BAR_FROM, SOUND_FROM, Row
from opticals_ui.timeline.waveform import SILENT

if TYPE_CHECKING:
    from opticals.timeline.listing import ItemView
    from opticals_ui.timeline.film import Film
    from opticals_ui.timeline.labels import Labels
    from opticals_ui.timeline.model import Lane, TimelineModel

APART = 10  # pixels between two markers that are both drawn
LABEL_FROM = 26  # pixels of width from which a clip gets its name
PICTURE_FROM = 20  # pixels of width from which it gets a picture
_ASPECT = 16 / 9  # of pictures that are not there yet
MARKERS = ("RED", "PINK", "ORANGE", "YELLOW", "GREEN", "CYAN", "BLUE", "PURPLE", "MAGENTA")
_PATTERNS = {  # of media that cannot be rendered from
    "offline": Qt.BrushStyle.BDiagPattern,
    "no media": Qt.BrushStyle.DiagCrossPattern,
    "missing frames": Qt.BrushStyle.VerPattern,
    "unknown": Qt.BrushStyle.CrossPattern,
}

Wanted = tuple[Want, "ItemView | None"]


@lru_cache(maxsize=512)
def _ink(theme: str, role: str, alpha: int, lighter: int) -> QColor:
    return colour(role, alpha).lighter(lighter) if lighter != 100 else colour(role, alpha)


def ink(role: str, alpha: int = 255, lighter: int = 100) -> QColor:
    """As `colour`, without making another object each time: thousands are asked for."""
    return _ink(current(), role, alpha, lighter)


def fill_of(lane: Lane, item: ItemView | None = None) -> str:
    """The role of the colour of a clip."""
    if item is not None and item.kind == "compound":
        return "compound"
    if item is not None and item.media == "generator":
        return "generator"
    return "audio" if lane.kind == "Audio" else "video"


def marker_ink(name: str) -> QColor:
    """The colour of a marker as the edit names it."""
    wanted = name.upper()
    return ink(f"marker_{(wanted if wanted in MARKERS else 'ORANGE').lower()}")


class LanePainter:
    """Draws stretches of lanes at one zoom.

    Args:
        scale: frames per pixel.
        ratio: device pixels per pixel.
    """

    def __init__(
        self, model: TimelineModel, film: Film, labels: Labels, scale: float, ratio: float
    ) -> None:
        self._model, self._film, self._labels = model, film, labels
        self._scale, self._ratio = scale, ratio
        self.missing: dict[Wanted, None] = {}

    def paint(
        self, painter: QPainter, row: Row, left: int, width: int, *, active: bool
    ) -> tuple[Wanted, ...]:
        """Draw the pixels from `left` on, counted from the edit's start; what it lacks yet."""
        self.missing = {}
        lane, tall = row.lane, row.height
        painter.fillRect(QRectF(left, 0, width, tall), ink("field"))
        painter.fillRect(QRectF(left, 0, width, tall - 1), ink("raised" if active else "lane"))
        start = self._model.start
        first = start + math.floor(left * self._scale)
        last = start + math.ceil((left + width) * self._scale) + 1
        merged = ink(fill_of(lane), 255, 115)
        clip = QRectF(left, 0, width, tall)
        for block in lane.blocks(first, last, self._scale):
            at, end = (block.start - start) / self._scale, (block.end - start) / self._scale
            box = QRectF(at, 1, max(end - at, 1.0), tall - 3)
            if block.item is None:
                painter.fillRect(box, merged)
            else:
                self._item(painter, lane, block.item, box, clip)
        for seam in lane.seams(first, last):
            at = (seam.record - start) / self._scale
            end = (seam.record + seam.frames - start) / self._scale
            if end - at >= 1:
                _transition(painter, QRectF(at, 1, end - at, tall - 3))
        if not lane.enabled or lane.locked:
            veil = ink("lane", 150) if not lane.enabled else ink("lane", 40)
            painter.fillRect(clip, veil)
        if lane.locked:
            painter.fillRect(clip, QBrush(ink("dim", 90), Qt.BrushStyle.FDiagPattern))
        self._markers(painter, row, first, last)
        return tuple(self.missing)

    def _item(
        self, painter: QPainter, lane: Lane, item: ItemView, box: QRectF, clip: QRectF
    ) -> None:
        trouble, role = state(item), fill_of(lane, item)
        off = trouble == "disabled"
        barred = box.height() >= BAR_FROM - 3 and box.width() >= PICTURE_FROM
        painter.fillRect(box, ink(role, 110 if off else 255, 100 if not barred else 80))
        if trouble in _PATTERNS:
            painter.fillRect(box, ink("offline"))
            painter.fillRect(box, QBrush(ink("error", 110), _PATTERNS[trouble]))
        if trouble == "generator":
            painter.fillRect(box, QBrush(ink("on_clip", 60), Qt.BrushStyle.Dense7Pattern))
        if barred:
            self._inside(painter, lane, item, box, clip)
            painter.fillRect(
                QRectF(box.left(), box.top(), box.width(), BAR),
                ink("offline" if trouble in _PATTERNS else role, 150 if off else 255),
            )
        if off:
            painter.fillRect(box, QBrush(ink("field", 170), Qt.BrushStyle.Dense5Pattern))
        self._edges(painter, item, box, off)
        if pace(item) and box.width() > 3:
            _ticks(painter, box, clip)
        if item.version or item.id in lane.rendered:
            painter.fillRect(QRectF(box.left(), box.bottom() - 3, box.width(), 3), ink("accent"))
        if box.width() >= LABEL_FROM and box.left() > clip.left() - 2000:
            self.label(painter, item, box, self._head(lane, item, box), barred)

    def _head(self, lane: Lane, item: ItemView, box: QRectF) -> float:
        """Where the words on a clip begin: behind a transition that lies over its start."""
        left = box.left()
        if lane.transitions and not item.versions:
            for seam in lane.seams(item.record, item.record + 1):
                end = (seam.record + seam.frames - self._model.start) / self._scale
                left = end if left < end < box.right() - LABEL_FROM else left
        return left

    def _edges(self, painter: QPainter, item: ItemView, box: QRectF, off: bool) -> None:
        if box.width() <= 3:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if off:
            painter.setPen(QPen(ink("dim"), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(0.5, 0.5, -1.5, -0.5))
        painter.fillRect(QRectF(box.right() - 1, box.top(), 1, box.height()), ink("field"))
        if item.kind == "compound" and box.width() > 12:
            painter.setPen(QPen(ink("on_clip", 140), 1))
            painter.drawRect(box.adjusted(2.5, 2.5, -3.5, -2.5))

    def label(
        self, painter: QPainter, item: ItemView, box: QRectF, left: float, barred: bool
    ) -> None:
        """The badge and the name of a clip, from `left` on."""
        labels = self._labels
        height = BAR if barred else box.height()
        y = box.top() + (height - labels.tall) / 2
        x, end = left + 5, box.right() - 4
        words = facts.badge(item)
        if words and end - x > 24:
            place = badge_box(labels, words, x, box.top(), height, end)
            _badge(painter, place, item)
            painter.setPen(ink("on_accent" if _solid(item) else "on_clip"))
            labels.draw(painter, place.left() + 5, y, words, place.width() - 8)
            x = place.right() + 5
        if end - x >= LABEL_FROM - 9:
            painter.setPen(ink("on_clip"))
            labels.draw(painter, x, y, facts.label(item), end - x)

    def _inside(
        self, painter: QPainter, lane: Lane, item: ItemView, box: QRectF, clip: QRectF
    ) -> None:
        """Pictures and sound, below the bar."""
        room = QRectF(box.left(), box.top() + BAR, box.width() - 1, box.height() - BAR)
        if lane.kind == "Audio":
            self._sound(painter, item, room, clip)
        elif lane.kind == "Video":
            if box.height() >= SOUND_FROM:
                sound = QRectF(room)
                sound.setTop(room.top() + room.height() * 0.66)
                if self._sound(painter, item, sound, clip):
                    room.setBottom(sound.top())
            self._pictures(painter, item, room, clip)

    def _pictures(self, painter: QPainter, item: ItemView, room: QRectF, clip: QRectF) -> None:
        tall = max(1, round(room.height() * self._ratio))
        wide = room.height() * _ASPECT
        step = 1 << max(0, math.floor(math.log2(max(1.0, wide * self._scale))))
        seen = room.intersected(clip)
        if seen.isEmpty():
            return
        painter.save()
        painter.setClipRect(seen)
        painter.setOpacity(0.4 if not item.enabled else 1.0)
        slot = max(0, math.floor((seen.left() - room.left()) / wide))
        while room.left() + slot * wide < seen.right():
            x = room.left() + slot * wide
            offset = int(slot * wide * self._scale) // step * step
            picture = self._picture(item, item.record + min(offset, item.frames - 1), tall)
            if picture is not None:
                width = picture.width() / self._ratio
                place = QRectF(x + max(0.0, (wide - width) / 2), room.top(), width, room.height())
                source = QRectF(picture.rect())
                if width > wide:  # wider than the room: its middle
                    cut = (width - wide) / 2 * self._ratio
                    source.adjust(cut, 0, -cut, 0)
                    place = QRectF(x, room.top(), wide, room.height())
                painter.drawPixmap(place, picture, source)
            slot += 1
        painter.restore()

    def _picture(self, item: ItemView, record: int, tall: int) -> QPixmap | None:
        one = shown_at(item, record)
        if one is None or one.media not in ("online", "missing frames"):
            return None
        found = self._film.footage(one)
        if found is None:
            self._miss(ClipWant(one.id or ""), one)
            return None
        if found.time is None or found.path is None or found.error is not None:
            return None
        want = ThumbWant(str(found.path), found.frame(record), tall)
        picture = self._film.picture(want)
        if picture is None:
            self._miss(want)
            return self._film.near(want)
        return picture

    def _sound(self, painter: QPainter, item: ItemView, room: QRectF, clip: QRectF) -> bool:
        """The waveform of exactly what is heard; False where there is none."""
        if item.media != "online" or item.speed in (None, 0) or item.id is None:
            return False
        found = self._film.footage(item)
        if found is None:
            self._miss(ClipWant(item.id), item)
            return False
        if found.time is None or found.path is None or found.error is not None:
            return False
        wave = self._film.wave(str(found.path))
        if wave is None:
            self._miss(WaveWant(str(found.path)))
            return False
        if not wave.final:
            self._miss(WaveWant(str(found.path)))
        seen = room.intersected(clip)
        if wave.silent or seen.isEmpty():
            return False
        begin, end = math.floor(seen.left()), math.ceil(seen.right())
        pace = found.time.speed / found.rate  # seconds of the medium for a frame of the edit
        head = found.seconds(item.record) + (1 / found.rate if pace < 0 else 0)
        start = float(head) + (begin - room.left()) * self._scale * float(pace)
        columns = wave.columns(start, self._scale * float(pace), end - begin)
        middle, half = room.center().y(), room.height() / 2 - 1
        rects = []
        for place, (low, high) in enumerate(columns):
            up, down = (high - SILENT) / 127 * half, (low - SILENT) / 127 * half
            rects.append(QRectF(begin + place, middle - up, 1, max(1.0, up - down)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink("waveform", 110 if not item.enabled else 255))
        painter.drawRects(rects)
        return True

    def _miss(self, want: Want, item: ItemView | None = None) -> None:
        if not self._film.is_lost(want):
            self.missing[(want, item)] = None

    def _markers(self, painter: QPainter, row: Row, first: int, last: int) -> None:
        held = self._model.markers.get(row.lane.id)
        if held is None:
            return
        wide = 5 * self._scale
        for one in held.within(int(first - wide), int(last + wide) + 1, APART * self._scale):
            x = (one.start - self._model.start) / self._scale
            paint_marker(painter, one.colour, x, row.marked, (one.end - one.start) / self._scale)


def paint_marker(painter: QPainter, colour: str, x: float, top: float, width: float) -> None:
    """A marker that stands at `x`: a tag, and a bar as long as it lasts."""
    found = marker_ink(colour)
    if width > 6:
        painter.fillRect(QRectF(x, top, width, 3), found)
    tag = _tag(current(), found.name(), abs(painter.deviceTransform().m11()) or 1.0)
    painter.drawPixmap(QPointF(x - 5, top), tag)


@lru_cache(maxsize=64)
def _tag(theme: str, colour: str, ratio: float) -> QPixmap:
    """The tag of a marker, drawn once: a thousand may be in sight."""
    picture = QPixmap(round(10 * ratio), round(10 * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    shape = (QPointF(1, 0), QPointF(9, 0), QPointF(9, 5), QPointF(5, 9), QPointF(1, 5))
    painter.setPen(QPen(_ink(theme, "field", 255, 100), 1))
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF(shape))
    painter.end()
    return picture


def badge_box(
    labels: Labels, words: str, x: float, top: float, height: float, end: float
) -> QRectF:
    """Where the badge of a clip is whose name begins at `x`."""
    tall = min(height - 2, labels.tall + 1)
    wide = min(labels.width(words) + 10, end - x)
    return QRectF(x - 1, top + (height - tall) / 2, wide, tall)


def _solid(item: ItemView) -> bool:
    return item.version is not None and not item.draft


def _badge(painter: QPainter, box: QRectF, item: ItemView) -> None:
    """Filled while a finished render shows, dashed for a draft, hollow for the original."""
    painter.setBrush(ink("accent") if _solid(item) else ink("field", 150))
    style = Qt.PenStyle.DashLine if item.draft else Qt.PenStyle.SolidLine
    painter.setPen(QPen(ink("error" if item.damaged else "accent"), 1, style))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


def _transition(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, ink("field", 150))
    painter.setPen(QPen(ink("transition"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    if box.width() > 5:
        painter.drawLine(QLineF(box.bottomLeft(), box.topRight()))
        painter.drawLine(QLineF(box.topLeft(), box.bottomRight()))


def _ticks(painter: QPainter, box: QRectF, clip: QRectF) -> None:
    """The mark of a retime: a row of ticks along the foot, seen where no words fit."""
    left, end = box.left() + 2.5, min(box.right() - 1, clip.right())
    x = left + 4 * max(0, math.floor((clip.left() - left) / 4))
    lines, foot = [], box.bottom() - 3
    while x < end:
        lines.append(QLineF(x, foot - 4, x, foot - 1))
        x += 4
    painter.setPen(QPen(ink("on_clip"), 1))
    painter.drawLines(lines)
