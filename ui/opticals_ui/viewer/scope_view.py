"""A scope beside the picture: the viewer process draws the signal, this the graticule over it."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from opticals.viewer.sight import SCOPE_CHROMA, SCOPE_LEVELS
from opticals_ui.look.theme import colour
from opticals_ui.look.words import tr
from opticals_ui.viewer.modes import scope_label

PERCENT = (0, 25, 50, 75, 100)
EDGE = 6
# Red, green and blue of the bars at three quarters, by the letters that vectorscopes have.
BARS = {
    "R": (1, 0, 0),
    "Mg": (1, 0, 1),
    "B": (0, 0, 1),
    "Cy": (0, 1, 1),
    "G": (0, 1, 0),
    "Yl": (1, 1, 0),
}
LUMA = (Fraction(2126, 10000), Fraction(7152, 10000), Fraction(722, 10000))  # ITU-R BT.709


class ScopeView(QWidget):
    """Shows the scope of one picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = "waveform"
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sizeHint(self) -> QSize:
        return QSize(240, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def show_scope(self, kind: str, image: QImage | None) -> None:
        """Show a scope, or with an empty picture none; None keeps the one before until there is
        another of its kind."""
        if kind != self._kind:
            self._image = None
        self._kind = kind
        if image is not None:
            self._image = image
        self.setAccessibleName(scope_label(kind))
        self.update()

    def plot(self) -> QRectF:
        """Where the signal is shown."""
        top = self.fontMetrics().height() + 2 * EDGE
        area = QRectF(self.rect()).adjusted(EDGE, top, -EDGE, -EDGE)
        if self._kind in ("waveform", "parade"):
            return area.adjusted(self.fontMetrics().horizontalAdvance("100") + 4, 0, 0, 0)
        if self._kind == "histogram":
            return area.adjusted(0, 0, 0, -self.fontMetrics().height() - 2)
        side = min(area.width(), area.height())
        return QRectF(area.center().x() - side / 2, area.center().y() - side / 2, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("surround"))
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(colour("on_surround_dim"))
        painter.drawText(QPointF(EDGE, EDGE + painter.fontMetrics().ascent()), self._title())
        plot = self.plot()
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(plot, self._image)
        if self._kind == "vectorscope":
            self._paint_targets(painter, plot)
        elif self._kind == "histogram":
            self._paint_columns(painter, plot)
        else:
            self._paint_lines(painter, plot)
        painter.end()

    def _title(self) -> str:
        if self._kind == "parade":
            return tr("{scope} · red, green, blue, in %", scope=scope_label(self._kind))
        if self._kind == "vectorscope":
            return scope_label(self._kind)
        return tr("{scope} · in %", scope=scope_label(self._kind))

    def _paint_lines(self, painter: QPainter, plot: QRectF) -> None:
        metrics = painter.fontMetrics()
        for percent in PERCENT:
            y = plot.bottom() - float(_level(percent)) * plot.height()
            strong = percent in (0, 100)
            painter.setPen(QPen(colour("on_surround_dim", 150 if strong else 70), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(colour("on_surround_dim"))
            words = str(percent)
            x = plot.left() - 4 - metrics.horizontalAdvance(words)
            painter.drawText(QPointF(x, y + metrics.ascent() / 2 - 1), words)
        if self._kind == "parade":
            painter.setPen(QPen(colour("on_surround_dim", 70), 1))
            for third in (1, 2):
                x = plot.left() + plot.width() * third / 3
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_columns(self, painter: QPainter, plot: QRectF) -> None:
        metrics = painter.fontMetrics()
        for percent in PERCENT:
            x = plot.left() + float(_level(percent)) * plot.width()
            painter.setPen(QPen(colour("on_surround_dim", 150 if percent in (0, 100) else 70), 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(colour("on_surround_dim"))
            words = str(percent)
            half = metrics.horizontalAdvance(words) / 2
            painter.drawText(QPointF(x - half, plot.bottom() + metrics.ascent() + 1), words)

    def _paint_targets(self, painter: QPainter, plot: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("on_surround_dim", 90), 1))
        middle = plot.center()
        low, high = SCOPE_CHROMA
        half = plot.width() / 2 * float(Fraction(1, 2) / high)
        painter.drawEllipse(middle, half, half)
        for across in (QPointF(half, 0), QPointF(0, half)):
            painter.drawLine(middle - across, middle + across)
        painter.setPen(QPen(colour("on_surround_dim", 200), 1))
        for name, bar in BARS.items():
            cb, cr = chroma(bar)
            x = plot.left() + float((cb - low) / (high - low)) * plot.width()
            y = plot.bottom() - float((cr - low) / (high - low)) * plot.height()
            painter.drawRect(QRectF(x - 4, y - 4, 8, 8))
            painter.drawText(QPointF(x + 7, y + 4), name)


def chroma(bar: tuple[int, int, int]) -> tuple[Fraction, Fraction]:
    """Cb and Cr, -1/2 to 1/2, of a bar at three quarters (ITU-R BT.709)."""
    red, green, blue = (Fraction(3, 4) * one for one in bar)
    luma = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return (blue - luma) / (2 * (1 - LUMA[2])), (red - luma) / (2 * (1 - LUMA[0]))


def _level(percent: int) -> Fraction:
    """Where a level of the signal stands, 0 at the lower edge to 1."""
    low, high = SCOPE_LEVELS
    return (Fraction(percent, 100) - low) / (high - low)
