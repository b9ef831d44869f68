"""How a version looks in the list: its picture, its name, its recipe and its facts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from opticals_ui.look.theme import colour, icon
from opticals_ui.look.words import tr
from opticals_ui.versions import words
from opticals_ui.versions.rows import Row

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole  # the `Row` of an item
MARK = Qt.ItemDataRole.UserRole + 1  # "A", "B" or ""
PICTURE = (80, 45)
MARGIN = 8
LINES = 4  # of words beside the picture
BAR = 3  # pixels: at the left of the version that is seen
ELIDE = Qt.TextElideMode.ElideRight


class RowPainter(QStyledItemDelegate):
    """Args:
    picture: gives the picture of a row, which may be empty.
    """

    def __init__(self, picture: Callable[[Row], QImage], parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = picture

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = QFontMetrics(option.font).lineSpacing()
        return QSize(200, max(PICTURE[1], LINES * (line + 1)) + 2 * MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        box, state = option.rect, option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour("hover"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, colour("raised"))
        if row.active:
            painter.fillRect(QRect(box.left(), box.top(), BAR, box.height()), colour("accent"))
        picture = QRect(box.left() + BAR + 5, box.top() + MARGIN, *PICTURE)
        self._paint_picture(painter, picture, row, index.data(MARK))
        text = box.adjusted(picture.right() + 9 - box.left(), MARGIN, -MARGIN, -MARGIN)
        self._paint_words(painter, text, row, option.font)
        painter.setPen(colour("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour("focus"), 1))
            painter.drawRect(box.adjusted(0, 0, -1, -2))
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRect, row: Row, mark: str) -> None:
        painter.fillRect(box, colour("field"))
        image = self._picture(row)
        if not image.isNull():
            size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(box.topLeft(), size)
            place.moveCenter(box.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image)
        else:
            name = "warning" if row.trouble else "film"
            side = box.height() // 2
            at = QRect(0, 0, side, side)
            at.moveCenter(box.center())
            icon(name).paint(painter, at)
        if mark:
            badge = QRect(box.left(), box.top(), 18, 18)
            painter.fillRect(badge, colour("accent"))
            painter.setPen(colour("on_accent"))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, mark)

    def _paint_words(self, painter: QPainter, box: QRect, row: Row, font: QFont) -> None:
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold)
        metrics, line = QFontMetrics(font), QFontMetrics(font).lineSpacing()
        said = tr("Active") if row.active else ""
        room = metrics.horizontalAdvance(said)
        top = QRect(box.left(), box.top(), box.width(), line)
        painter.setFont(font)
        painter.setPen(colour("accent" if row.active else "dim"))
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, said)
        painter.setFont(strong)
        painter.setPen(colour("text"))
        name = QFontMetrics(strong).elidedText(words.title(row), ELIDE, box.width() - room - 10)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(font)
        lines = [one for one in self._lines(row) if one[0]]
        for number, (text, role) in enumerate(lines, 1):
            painter.setPen(colour(role))
            where = top.translated(0, number * (line + 1))
            # a recipe is told from others by its last settings
            elide = Qt.TextElideMode.ElideMiddle if role == "text" else ELIDE
            shown = metrics.elidedText(text, elide, box.width())
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, shown)

    def _lines(self, row: Row) -> tuple[tuple[str, str], ...]:
        """The lines below the name, and the role of their colour."""
        if row.original:
            name = row.path.name if row.path else tr("It has no medium.")
            return ((name, "dim"), (row.trouble, "error"))
        recipe = words.recipe(row.render.recipe) if row.render else ""
        away = "" if row.placed else tr("Not in the edit")
        draft = tr("Draft") if row.draft else ""
        last = " · ".join(filter(None, (away, draft, words.made(row), words.took(row))))
        if row.trouble:
            return ((row.trouble, "error"), (recipe, "dim"), (last, "dim"))
        return (
            (recipe or tr("Made elsewhere"), "text"),
            (words.facts(row), "dim"),
            (last, "dim"),
        )
