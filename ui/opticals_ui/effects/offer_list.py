"""The list of what is offered: a sign, the name, what it does, and whether its models are here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPainterPath
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

import opticals_resources
from opticals_ui.effects.offers import Offer
from opticals_ui.look.theme import colour, icon

ROW, HEADING = 48, 24  # pixels
SIGN = QSize(64, 36)
GAP = 8
STAR = 16
_OFFER = Qt.ItemDataRole.UserRole
_STATE = Qt.ItemDataRole.UserRole + 1


@cache
def sign(name: str) -> QSvgRenderer:
    """The sign of an effect, before and after; one for all of which there is none."""
    file = opticals_resources.path(f"icons/effects/{name}.svg")
    if not Path(file).is_file():
        file = opticals_resources.path("icons/effects/other.svg")
    return QSvgRenderer(str(file))


def paint_sign(painter: QPainter, name: str, box: QRect) -> None:
    painter.save()
    path = QPainterPath()
    path.addRoundedRect(QRectF(box), 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(path)
    sign(name).render(painter, QRectF(box))
    painter.restore()


class OfferList(QListWidget):
    """Shows offers in their groups. The search field moves in it; `used`: one was clicked."""

    used = Signal(object)
    star_turned = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offers")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Painter(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)

    @property
    def offer(self) -> Offer | None:
        """The one that is chosen."""
        item = self.currentItem()
        found: Offer | None = None if item is None else item.data(_OFFER)
        return found

    def show_offers(self, offers: tuple[tuple[Offer, str], ...], *, groups: bool) -> None:
        """These with the states of their models; under headings if there are `groups`."""
        key, group = self.offer.key if self.offer else "", ""
        self.clear()
        for offer, state in offers:
            if groups and offer.group != group:
                group = offer.group
                head = QListWidgetItem(group)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                self.addItem(head)
            item = QListWidgetItem(offer.label)
            item.setData(_OFFER, offer)
            item.setData(_STATE, state)
            item.setToolTip(offer.words)
            self.addItem(item)
            if offer.key == key and groups:
                self.setCurrentItem(item)
        if self.currentItem() is None:
            self.step(1)

    def step(self, rows: int) -> None:
        """Go so many offers up or down."""
        places = [at for at in range(self.count()) if self.item(at).data(_OFFER) is not None]
        if not places:
            return
        now = places.index(self.currentRow()) if self.currentRow() in places else -1
        at = min(max(now + rows, 0), len(places) - 1)
        self.setCurrentRow(places[at])
        if at == 0:
            self.scrollToTop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if item is None or item.data(_OFFER) is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if star_box(self.visualItemRect(item)).contains(event.position().toPoint()):
            self.star_turned.emit(item.data(_OFFER))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        if item is not None and item.data(_OFFER) is not None:
            self.used.emit(item.data(_OFFER))


def star_box(row: QRect) -> QRect:
    """Where the star of a row stands."""
    return QRect(row.right() - STAR - GAP, row.top() + 6, STAR + 4, STAR + 4)


class _Painter(QStyledItemDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, HEADING if index.data(_OFFER) is None else ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        offer: Offer | None = index.data(_OFFER)
        box: QRect = option.rect
        font: QFont = option.font
        painter.save()
        if offer is None:
            _paint_heading(painter, box, font, index.data())
        else:
            state: QStyle.StateFlag = option.state
            _paint_back(painter, box, state)
            near = QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected
            _paint_offer(painter, box, font, offer, index.data(_STATE), near=bool(state & near))
        painter.restore()


def _paint_heading(painter: QPainter, box: QRect, font: QFont, words: str) -> None:
    font = QFont(font)
    font.setPixelSize(11)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(colour("dim"))
    line = box.adjusted(GAP, 0, 0, -4)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, words)


def _paint_back(painter: QPainter, box: QRect, state: QStyle.StateFlag) -> None:
    chosen = bool(state & QStyle.StateFlag.State_Selected)
    if chosen or state & QStyle.StateFlag.State_MouseOver:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("hover" if chosen else "raised"))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
    if chosen:
        painter.fillRect(
            QRect(box.left() + 1, box.top() + 4, 3, box.height() - 8), colour("accent")
        )


def _paint_offer(
    painter: QPainter, box: QRect, font: QFont, offer: Offer, state: str, *, near: bool
) -> None:
    picture = QRect(box.left() + GAP, box.top() + (ROW - SIGN.height()) // 2, *SIGN.toTuple())
    paint_sign(painter, offer.picture, picture)
    right = star_box(box).left() - 4
    painter.setFont(font)
    metrics, line = painter.fontMetrics(), QRect(box.left(), box.top() + 6, 0, 18)
    line.setLeft(picture.right() + GAP)
    line.setRight(right)
    if state:
        room = metrics.horizontalAdvance(state)
        painter.setPen(colour("question"))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, state)
        line.setRight(line.right() - room - GAP)
    painter.setPen(colour("text"))
    words = metrics.elidedText(offer.label, Qt.TextElideMode.ElideRight, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
    below = QRect(line.left(), line.bottom() + 1, box.right() - GAP - line.left(), 16)
    small = QFont(font)
    small.setPixelSize(11)
    painter.setFont(small)
    painter.setPen(colour("dim"))
    words = painter.fontMetrics().elidedText(
        offer.words, Qt.TextElideMode.ElideRight, below.width()
    )
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
    if offer.star or near:
        name, role = ("star_full", "accent") if offer.star else ("star", "faint")
        icon(name, role).paint(painter, star_box(box).adjusted(2, 2, -2, -2))
