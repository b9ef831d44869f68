"""Icons of our own: SVG in one stroke style, in the colours of the theme, crisp at every scale."""

from __future__ import annotations

from collections import deque
from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QCoreApplication, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import opticals_resources

_OWN = {"error", "info", "question", "warning", "success"}  # signs, in the colour of their role


@cache  # for ever: nothing in C++ deletes an engine that Python made
def icon(name: str, role: str = "") -> QIcon:
    """An icon of ours. Its colour follows the theme and the state of what it is on.

    Args:
        role: of the colour that it has, `on_accent` for example; the text's when empty.
    """
    return QIcon(_Engine(name, role or (name if name in _OWN else "text")))


@cache
def names() -> tuple[str, ...]:
    """All that there are."""
    return tuple(sorted(drawings()))


@cache
def drawings() -> dict[str, str]:
    """The SVG of each, all read at once: later, painting would wait for the disk for each."""
    folder = opticals_resources.path("icons")
    return {one.stem: one.read_text(encoding="utf-8") for one in folder.glob("*.svg")}


_clones: list[QIconEngine] = []


class _Engine(QIconEngine):
    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        # Not of its device: what Python was given of that goes when the painter does, and takes
        # along what belongs to it.
        ratio = abs(painter.deviceTransform().m11()) or 1.0
        painter.drawPixmap(rect.topLeft(), self._drawn(rect.size(), mode, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self._drawn(size, mode, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        return self._drawn(size, mode, scale)

    def clone(self) -> QIconEngine:
        _clones.append(_Engine(self._name, self._role))  # what is only returned would be gone
        return _clones[-1]

    def _drawn(self, size: QSize, mode: QIcon.Mode, ratio: float) -> QPixmap:
        from opticals_ui.look import theme

        roles = [self._role, "faint"]
        if mode == QIcon.Mode.Disabled:
            roles.reverse()
        place = size.width(), size.height(), float(ratio)
        shown, other = (theme.colour(one).name() for one in roles)
        _draw_soon((self._name, other, *place))
        return _picture(self._name, shown, *place)


_Key = tuple[str, str, int, int, float]
_asked: set[_Key] = set()
_to_draw: deque[_Key] = deque()


def _draw_soon(key: _Key) -> None:
    """Draw it in a turn of the event loop to come: when an edit opens, twenty buttons come to life
    at once."""
    if key not in _asked:
        _asked.add(key)
        _to_draw.append(key)
        if len(_to_draw) == 1:
            QTimer.singleShot(0, _draw_next)


def _draw_next() -> None:
    if QCoreApplication.instance() is not None:
        _picture(*_to_draw[0])
    _to_draw.popleft()
    if _to_draw:
        QTimer.singleShot(0, _draw_next)


@lru_cache(maxsize=1024)
def _picture(name: str, colour: str, width: int, height: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    if pixmap.isNull():
        return pixmap
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    side = min(width, height)
    box = QRectF((width - side) / 2, (height - side) / 2, side, side)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, colour).render(painter, box)
    painter.end()
    return pixmap


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = drawings()[name].replace("currentColor", colour)
    return QSvgRenderer(QByteArray(drawing.encode()))
