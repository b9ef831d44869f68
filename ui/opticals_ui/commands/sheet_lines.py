"""The lines of the cheat sheet, painted: a label for each of some hundreds would take too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from opticals_ui.commands.listing import Group
from opticals_ui.look.theme import colour

SIDE, TOP, BOTTOM = 16, 2, 14  # pixels round all of it
BETWEEN = 28  # columns
APART = 14  # groups
LINE = 3  # lines
ROOM = 12  # between a command and its keys
HEADING = 11  # pixels: the size of its font

_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True)
class _Text:
    """Some words in their place, in the colour of a role."""

    box: QRect
    words: str
    role: str
    flags: int
    heading: bool = False


class Lines(QWidget):
    """Groups of commands in columns. Its height follows from its width."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: Sequence[Sequence[Group]] = ()
        self._nothing = ""
        self._texts: list[_Text] = []

    def show_columns(self, columns: Sequence[Sequence[Group]], nothing: str) -> None:
        """Show these; `nothing` where there are none."""
        self._columns, self._nothing = columns, nothing
        spoken = (
            f"{group.name}: "
            + "; ".join(
                f"{line.command.name}: {', '.join(line.keys) or '–'}" for line in group.lines
            )
            for column in columns
            for group in column
        )
        self.setAccessibleName("\n".join(spoken) or nothing)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.oldSize().width() != event.size().width():
            self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._lay_out()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        usual, heading = self.font(), self._heading()
        for one in self._texts:
            if one.box.intersects(event.rect()):
                painter.setFont(heading if one.heading else usual)
                painter.setPen(colour(one.role))
                painter.drawText(one.box, one.flags, one.words)

    def _heading(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(HEADING)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _lay_out(self) -> None:
        self._texts = []
        count = max(len(self._columns), 1)
        wide = (self.width() - 2 * SIDE - (count - 1) * BETWEEN) // count
        tall = 0
        for place, groups in enumerate(self._columns):
            left, top = SIDE + place * (wide + BETWEEN), TOP
            for group in groups:
                top = self._lay_group(group, left, top, wide) + APART
            tall = max(tall, top - APART)
        if not self._columns:
            box = QRect(SIDE, TOP, max(wide, 1), QFontMetrics(self.font()).height())
            self._texts.append(_Text(box, self._nothing, "text", _WRAP.value))
            tall = box.bottom()
        self.setMinimumHeight(tall + BOTTOM)
        self.update()

    def _lay_group(self, group: Group, left: int, top: int, wide: int) -> int:
        """Lay one group out from `top` on; where it ends."""
        usual, small = QFontMetrics(self.font()), QFontMetrics(self._heading())
        box = QRect(left, top, wide, small.height())
        self._texts.append(_Text(box, group.name, "dim", _WRAP.value, heading=True))
        top = box.bottom() + 1 + LINE
        for line in group.lines:
            keys = "   ".join(line.keys) or "–"
            room = usual.horizontalAdvance(keys)
            words = max(wide - room - ROOM, wide // 3)
            bound = usual.boundingRect(QRect(0, 0, words, 10_000), _WRAP.value, line.command.name)
            box = QRect(left, top, words, max(bound.height(), usual.height()))
            self._texts.append(_Text(box, line.command.name, "text", _WRAP.value))
            beside = QRect(left, top, wide, usual.height())
            self._texts.append(_Text(beside, keys, "dim", _RIGHT.value))
            top = box.bottom() + 1 + LINE
        return top - LINE
