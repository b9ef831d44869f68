"""What is written over the picture: what each side is, and what goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from opticals.timeline.placed import ORIGINAL
from opticals_ui.look.theme import colour
from opticals_ui.look.words import tr
from opticals_ui.viewer.display import Display
from opticals_ui.viewer.modes import Compare
from opticals_ui.viewer.seen import Seen, Side

EDGE = 8  # pixels between a tag and the edge of what it is about
NARROWEST = 60


@dataclass
class Tag:
    """Words in a corner of a side, and more about it for the mouse."""

    words: str
    tooltip: str = ""
    right: bool = False
    rect: QRectF = field(default_factory=QRectF)


def tags_of(seen: Seen, mode: Compare, display: Display, facts: str) -> list[Tag]:
    """What each side is, from left to right."""
    if mode is Compare.DIFFERENCE:
        return [Tag(tr("Difference × {gain}", gain=display.gain))]
    source = seen.source or seen.result
    if seen.preview:
        before, after = Tag(tr("Before")), Tag(tr("After"), right=True)
        if mode in (Compare.WIPE, Compare.SIDES):
            return [before, after]
        whole = tr("Preview · {words}", words=seen.words) if seen.words else tr("Preview")
        return [before] if mode is Compare.SOURCE else [Tag(whole)]
    two = bool(source.version) and source is not seen.result  # versions of a clip, compared
    before, result = _tag(source, facts, "A" if two else ""), _tag(seen.result, facts, "B" * two)
    if seen.words:
        before.words = before.words and f"{before.words} · {seen.words}"
        result.words = result.words and f"{result.words} · {seen.words}"
    if mode in (Compare.WIPE, Compare.SIDES):
        result.right = True
        return [before, result]
    return [before if mode is Compare.SOURCE else result]


def _tag(side: Side, facts: str, letter: str) -> Tag:
    if side.error is not None:
        return Tag("")
    if not side.images:
        return Tag(tr("Gap"))
    lines = (
        side.name,
        Path(side.path).name,
        tr("Frame {frame} of {frames}", frame=side.frame + 1, frames=side.frames),
        f"{side.size[0]} × {side.size[1]}",
        facts,
    )
    return Tag(_words(side, letter), "\n".join(filter(None, lines)))


def _words(side: Side, letter: str) -> str:
    if letter:
        version = tr("original") if side.version == ORIGINAL else side.version
        return f"{letter}  {version}  {side.label}"
    if side.version:
        return tr("Result {name}  {timecode}", name=side.version, timecode=side.label)
    return tr("Source  {timecode}", timecode=side.label)


def paint_tags(
    painter: QPainter, found: list[Tag], places: Sequence[QRectF], *, beside: bool
) -> None:
    """Paint tags into the upper corners of their places; those without room are left out."""
    for number, tag in enumerate(found):
        place = places[number % len(places)]
        room = place.width() - 2 * EDGE
        metrics = painter.fontMetrics()
        words = tag.words
        wanted = metrics.horizontalAdvance(words) + 14
        if wanted > room:
            words = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, int(room) - 14)
        if not words or room < NARROWEST:
            continue
        width = min(wanted, room)
        rect = QRectF(place.left() + EDGE, place.top() + EDGE, width, metrics.height() + 6)
        if tag.right and beside:
            rect.moveRight(place.right() - EDGE)
        tag.rect = rect
        _paint_tag(painter, rect, words)


def paint_note(painter: QPainter, place: QRectF, note: str) -> None:
    """What goes on, at the lower edge."""
    metrics = painter.fontMetrics()
    words = metrics.elidedText(note, Qt.TextElideMode.ElideRight, int(place.width()) - 30)
    width = metrics.horizontalAdvance(words) + 14
    rect = QRectF(0, 0, width, metrics.height() + 6)
    rect.moveCenter(QPointF(place.center().x(), place.bottom() - EDGE - rect.height() / 2))
    _paint_tag(painter, rect, words)


def paint_state(painter: QPainter, place: QRectF, words: str) -> None:
    """What is being worked on, in the lower left corner."""
    metrics = painter.fontMetrics()
    width = min(metrics.horizontalAdvance(words) + 14, place.width() - 2 * EDGE)
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(width) - 10)
    rect = QRectF(place.left() + EDGE, 0, width, metrics.height() + 6)
    rect.moveBottom(place.bottom() - EDGE)
    _paint_tag(painter, rect, words)


def paint_wipe(painter: QPainter, box: QRectF, split: int) -> None:
    """The line between both sides, with its handle."""
    x = box.left() + split + 0.5
    painter.setPen(QPen(colour("wipe"), 1))
    painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour("wipe"))
    painter.drawEllipse(QPointF(x, box.center().y()), 4, 4)


def paint_words(painter: QPainter, place: QRectF, what: str, more: str = "") -> None:
    """Words instead of a picture: what it is, and below in a weaker colour what to do."""
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    inner = place.adjusted(16, 0, -16, 0)
    first = painter.boundingRect(inner, int(flags), what)
    second = painter.boundingRect(inner, int(flags), more) if more else QRectF()
    gap = 6 if more else 0
    top = place.center().y() - (first.height() + gap + second.height()) / 2
    top = max(place.top() + 4, top)
    painter.setPen(colour("on_surround" if more else "on_surround_dim"))
    painter.drawText(QRectF(inner.left(), top, inner.width(), first.height()), int(flags), what)
    if more:
        painter.setPen(colour("on_surround_dim"))
        below = QRectF(inner.left(), top + first.height() + gap, inner.width(), second.height())
        painter.drawText(below, int(flags), more)


def _paint_tag(painter: QPainter, rect: QRectF, words: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("surround", 200))
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(colour("on_surround"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)
