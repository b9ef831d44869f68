"""How the timeline strip is drawn. Only what is visible is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPainter, QPen, QPolygonF

from opticals.timeline.timecode import nominal
from opticals_ui.look.theme import colour, timecode_font
from opticals_ui.look.words import tr
from opticals_ui.timeline.model import (
    MERGE_BELOW,
    Lane,
    TimelineModel,
    pace,
    state,
    state_words,
    unusual,
)

if TYPE_CHECKING:
    from opticals.timeline.listing import ItemView
    from opticals_ui.timeline.selection import Selection

LABEL_FROM = 26  # pixels of width from which a clip gets its name


@dataclass(frozen=True)
class Scene:
    """All that one painting of the strip needs. `first` is the frame at the lanes' left edge,
    `scale` frames per pixel; `rows` are lanes with top and height."""

    model: TimelineModel | None
    selection: Selection
    rows: tuple[tuple[Lane, int, int], ...]
    size: QSize
    header: int
    ruler: int
    first: int
    scale: float
    focused: bool

    def x(self, frame: int) -> float:
        return self.header + (frame - self.first) / self.scale

    @property
    def last(self) -> int:
        return self.first + int((self.size.width() - self.header) * self.scale) + 1


def paint(painter: QPainter, scene: Scene) -> None:
    width, height = scene.size.width(), scene.size.height()
    painter.fillRect(0, 0, width, height, colour("field"))
    if scene.model is not None:
        painter.setClipRect(scene.header, scene.ruler, width, height)
        for lane, top, tall in scene.rows:
            _paint_lane(painter, scene, lane, top, tall)
        _paint_range(painter, scene)
        painter.setClipRect(0, scene.ruler, width, height)
        for lane, top, tall in scene.rows:
            _paint_header(painter, scene, lane, top, tall)
        painter.setClipping(False)
        _paint_ruler(painter, scene, scene.model)
        _paint_playhead(painter, scene)
    if scene.focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour("focus"), 2))
        painter.drawRect(QRectF(1, 1, width - 2, height - 2))


def describe(model: TimelineModel, item: ItemView) -> str:
    """An item in words, for tooltips."""
    first, last = model.timecode(item.record), model.timecode(item.record + item.frames - 1)
    lines = [
        f"{item.id or ''} {item.name or item.kind}".strip(),
        tr("{first} – {last} · %n frame(s)", count=item.frames, first=first, last=last),
    ]
    if words := unusual(item):
        lines.append(words[0].upper() + words[1:])
    if item.version:
        lines.append(tr("Render: {name}", name=item.version))
    lines += [
        tr("Marker: {name}", name=name or colour.lower()) for name, colour in item.markers[:5]
    ]
    if item.path:
        lines.append(str(item.path))
    return "\n".join(lines)


def _paint_lane(painter: QPainter, scene: Scene, lane: Lane, top: int, tall: int) -> None:
    back = "raised" if _active(scene, lane) else "panel"
    painter.fillRect(0, top, scene.size.width(), tall - 1, colour(back))
    merged = colour(_fill(lane)).lighter(115)
    for block in lane.blocks(scene.first, scene.last, scene.scale):
        left, right = scene.x(block.start), scene.x(block.end)
        box = QRectF(left, top + 1, max(right - left, 1.0), tall - 3)
        if block.item is None:
            painter.fillRect(box, merged)
        else:
            _paint_item(painter, scene, lane, block.item, box)
    _paint_narrow_selection(painter, scene, lane, top, tall)
    for seam in lane.seams(scene.first, scene.last):
        left, right = scene.x(seam.record), scene.x(seam.record + seam.frames)
        if right - left >= 1:
            _paint_transition(painter, QRectF(left, top + 1, right - left, tall - 3))


def _paint_narrow_selection(
    painter: QPainter, scene: Scene, lane: Lane, top: int, tall: int
) -> None:
    """The selected clip where it is too narrow to be seen among its neighbours."""
    clip = scene.selection.clip
    item = scene.model.find(clip) if scene.model and clip and _active(scene, lane) else None
    if item is None or item.frames / scene.scale >= 2 * MERGE_BELOW:
        return
    width = max(item.frames / scene.scale, MERGE_BELOW)
    middle = scene.x(item.record) + item.frames / scene.scale / 2
    painter.fillRect(QRectF(middle - width / 2, top + 1, width, tall - 3), colour("selected"))


def _active(scene: Scene, lane: Lane) -> bool:
    return lane.id == scene.selection.track


def _fill(lane: Lane, item: ItemView | None = None) -> str:
    if item is not None and item.kind == "compound":
        return "compound"
    if item is not None and item.media == "generator":
        return "generator"
    return "audio" if lane.kind == "Audio" else "video"


def _paint_item(painter: QPainter, scene: Scene, lane: Lane, item: ItemView, box: QRectF) -> None:
    trouble = state(item)
    role = _fill(lane, item)
    selected = item.id is not None and item.id == scene.selection.clip
    painter.fillRect(box, colour(role, 110 if trouble == "disabled" else 255))
    if trouble not in ("", "disabled", "generator"):
        painter.fillRect(box, colour("offline"))
        painter.fillRect(box, QBrush(colour("error", 110), Qt.BrushStyle.BDiagPattern))
    pen = QPen(colour("selected" if selected else "window"), 2 if selected else 1)
    if trouble == "disabled" and not selected:
        pen = QPen(colour("dim"), 1, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = 1.0 if selected else 0.5
    if box.width() > 3:
        painter.drawRect(box.adjusted(inset, inset, -inset, -inset))
    if item.kind == "compound":
        painter.setPen(QPen(colour("dim"), 1))
        painter.drawRect(box.adjusted(3.5, 3.5, -3.5, -3.5))
    if pace(item) and box.width() > 3:
        _paint_pace(painter, scene, box)
    if item.version or item.id in lane.rendered:
        _paint_version(painter, box)
    _paint_label(painter, item, box)


def _paint_pace(painter: QPainter, scene: Scene, box: QRectF) -> None:
    """The mark of a retime: a row of ticks along the top, seen where no words fit."""
    painter.setPen(QPen(colour("text"), 1))
    x, end = max(box.left(), float(scene.header)) + 2.5, min(box.right() - 1, scene.size.width())
    while x < end:
        painter.drawLine(QLineF(x, box.top() + 1, x, box.top() + 4))
        x += 4


def _paint_version(painter: QPainter, box: QRectF) -> None:
    """The mark of a render: a bar along the foot."""
    painter.fillRect(QRectF(box.left(), box.bottom() - 3, box.width(), 3), colour("accent"))


def _paint_label(painter: QPainter, item: ItemView, box: QRectF) -> None:
    seen = box.intersected(QRectF(painter.clipBoundingRect()))
    seen = seen.adjusted(5, 1, -4, -2)
    if seen.width() < LABEL_FROM:
        return
    left = seen.left()
    middle = seen.center().y()
    if item.version:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        middle_x = left + 4
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(middle_x, middle - 4),
                    QPointF(middle_x + 4, middle),
                    QPointF(middle_x, middle + 4),
                    QPointF(middle_x - 4, middle),
                ]
            )
        )
        seen.setLeft(left + 12)
    kind = tr("compound") if item.kind == "compound" else ""
    # Kdenlive and MLT name no clips: theirs are called by their medium.
    name = item.version or item.name or (item.path.name if item.path else "")
    signs = (state_words(state(item)).upper(), pace(item), kind, name)
    words = " · ".join(filter(None, signs))
    metrics = QFontMetrics(painter.font())
    painter.setPen(colour("text"))
    painter.drawText(
        seen,
        Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
        metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(seen.width())),
    )


def _paint_transition(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, colour("window", 150))
    painter.setPen(QPen(colour("transition"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    if box.width() > 5:
        painter.drawLine(QLineF(box.bottomLeft(), box.topRight()))
        painter.drawLine(QLineF(box.topLeft(), box.bottomRight()))


def _paint_header(painter: QPainter, scene: Scene, lane: Lane, top: int, tall: int) -> None:
    active = _active(scene, lane)
    box = QRect(0, top, scene.header - 1, tall - 1)
    painter.fillRect(box, colour("raised" if active else "panel"))
    if lane.id in scene.selection.tracks:
        painter.fillRect(0, top, 3, tall - 1, colour("accent"))
    painter.setPen(colour("text" if active else "dim"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, lane.id)


def _marked(selection: Selection) -> bool:
    """Whether more or less than a clip is selected."""
    marks = (selection.mark_in, selection.mark_out)
    return marks != (None, None) or len(selection.tracks) > 1


def _paint_range(painter: QPainter, scene: Scene) -> None:
    selection = scene.selection
    found = selection.range
    if found is None or not _marked(selection):
        return
    left, right = scene.x(found.start), scene.x(found.end)
    for lane, top, tall in scene.rows:
        if lane.id in found.tracks:
            box = QRectF(left, top, right - left, tall - 1)
            painter.fillRect(box, colour("selected", 36))
            painter.setPen(QPen(colour("selected"), 1))
            painter.drawLine(QLineF(left, top, left, top + tall - 1))
            painter.drawLine(QLineF(right, top, right, top + tall - 1))


def _paint_ruler(painter: QPainter, scene: Scene, model: TimelineModel) -> None:
    width, tall = scene.size.width(), scene.ruler
    painter.fillRect(0, 0, width, tall, colour("window"))
    painter.save()
    painter.setClipRect(scene.header, 0, width, tall)
    selection = scene.selection
    if selection.range and _marked(selection):
        left, right = scene.x(selection.range.start), scene.x(selection.range.end)
        painter.fillRect(QRectF(left, tall - 6, right - left, 6), colour("range"))
        _paint_bracket(painter, left, tall, 1)
        _paint_bracket(painter, right, tall, -1)
    painter.setFont(timecode_font(painter.font()))
    metrics = QFontMetrics(painter.font())
    step = ruler_step(nominal(model.view.rate), scene.scale, metrics.horizontalAdvance("0" * 13))
    frame = scene.first - scene.first % step
    while frame <= scene.last:
        x = round(scene.x(frame)) + 0.5
        painter.setPen(QPen(colour("faint"), 1))
        painter.drawLine(QLineF(x, tall - 8, x, tall - 1))
        label = model.timecode(frame)
        if x + 4 + metrics.horizontalAdvance(label) <= width:
            painter.setPen(colour("dim"))
            painter.drawText(QPointF(x + 4, tall - 9), label)
        frame += step
    painter.restore()
    painter.setPen(QPen(colour("line"), 1))
    painter.drawLine(0, tall - 1, width, tall - 1)


def ruler_step(fps: int, scale: float, label: int) -> int:
    """Frames between two labels of `label` pixels width at `scale` frames per pixel."""
    frames = [step for step in (1, 2, 5, 10) if step < fps]
    seconds = [fps * step for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)]
    wanted = label * scale
    hour = seconds[-1]
    rounded = math.ceil(wanted / hour) * hour
    return next((step for step in (*frames, *seconds) if step >= wanted), rounded)


def _paint_bracket(painter: QPainter, x: float, tall: int, inward: int) -> None:
    painter.setPen(QPen(colour("selected"), 2))
    painter.drawLine(QLineF(x, tall - 10, x, tall))
    painter.drawLine(QLineF(x, tall - 10, x + 4 * inward, tall - 10))


def _paint_playhead(painter: QPainter, scene: Scene) -> None:
    x = scene.x(scene.selection.playhead)
    if not scene.header <= x <= scene.size.width():
        return
    x = round(x) + 0.5
    painter.setPen(QPen(colour("playhead"), 1))
    painter.drawLine(QLineF(x, 6, x, scene.size.height()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("playhead"))
    painter.drawPolygon(
        QPolygonF([QPointF(x - 5, 1), QPointF(x + 5, 1), QPointF(x + 5, 6), QPointF(x, 11),
                   QPointF(x - 5, 6)])
    )  # fmt: skip
