"""Inline bars for errors, results and questions. There are no modal boxes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from opticals_ui.look.flow import FlowRow
from opticals_ui.look.sign import Sign
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr, wrapping
from opticals_ui.notices.board import Answer, Board, Kind, Notice

STAY = 8000  # milliseconds that a passing notice stays
LONGEST = 260  # pixels of a button's words
LINGER = 2000  # and that it stays on from when the mouse or the focus was on it


class NoticeBar(QFrame):
    """One notice: what happened, why, what to do, and the buttons for it."""

    def __init__(self, board: Board, notice: Notice) -> None:
        super().__init__()
        self._board = board
        self.notice = notice
        self.buttons: list[QAbstractButton] = []
        self.setProperty("kind", str(notice.kind))
        self.setObjectName("notice")
        self.setAccessibleName(f"{_kind(notice.kind)}: {notice.what}")
        self.setAccessibleDescription(notice.details)
        sign = Sign(str(notice.kind))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for words, role in (
            (notice.what, "what"),
            (notice.why, "why"),
            (notice.remedy, "remedy"),
        ):
            if words:
                texts.addWidget(_label(words, role))
        buttons = FlowRow(6)
        for answer in notice.answers:
            self._add(buttons, answer.label, partial(self._give, answer))
        if notice.kind is Kind.ERROR or notice.more:
            self._add(
                buttons,
                tr("Copy details"),
                lambda: QGuiApplication.clipboard().setText(notice.details),
            )
        if not buttons.empty:
            texts.addSpacing(4)
            texts.addWidget(buttons)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setToolTip(tr("Dismiss (Esc)"))
        close.setAccessibleName(tr("Dismiss"))
        close.clicked.connect(lambda: board.dismiss(notice.topic))
        self.buttons.append(close)
        # the sign and the first line stand in the middle of the button's height
        above = max(0, (close.sizeHint().height() - close.fontMetrics().height()) // 2)
        texts.setContentsMargins(0, above, 0, 0)
        texts.addStretch(1)
        signs = QVBoxLayout()
        signs.setContentsMargins(0, above, 0, 0)
        signs.addWidget(sign)
        signs.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 8)
        layout.setSpacing(8)
        layout.addLayout(signs)
        layout.addLayout(texts, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._pass)
        if notice.passing:
            self._timer.start(STAY)

    def _add(self, row: FlowRow, label: str, act: Callable[[], None]) -> None:
        button = QPushButton()
        words = button.fontMetrics().elidedText(label, Qt.TextElideMode.ElideMiddle, LONGEST)
        button.setText(words.replace("&", "&&"))
        button.setAccessibleName(label)
        button.setToolTip(label if words != label else "")
        button.clicked.connect(lambda: act())
        row.add(button)
        self.buttons.append(button)

    def _give(self, answer: Answer) -> None:
        self._board.dismiss(self.notice.topic)
        answer.act()

    def _pass(self) -> None:
        focus = self.window().focusWidget()
        if self.underMouse() or (focus is not None and self.isAncestorOf(focus)):
            self._timer.start(LINGER)
        else:
            self._board.dismiss(self.notice.topic)


class NoticeStack(QScrollArea):
    """A board's notices, the newest first, at the foot of another widget: they cover some of it
    and move nothing; they scroll rather than cover more than that.

    A question takes the focus and gives it back when it is gone.
    """

    def __init__(self, board: Board, over: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._board = board
        self._over = over
        self._parent = parent
        self._came_from: QWidget | None = None
        self.tab_after: QWidget = over  # what comes before the notices in the tab order
        self.spared: Callable[[], int] = lambda: 0  # pixels at the lower edge that stay free
        self.setObjectName("notices")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        self.setWidget(content)
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._bars: list[NoticeBar] = []
        over.installEventFilter(self)
        parent.installEventFilter(self)  # which may move what is covered without a word to it
        board.changed.connect(self._refresh)
        self._refresh()

    def bars(self) -> list[NoticeBar]:
        """As they stand."""
        return list(self._bars)

    def buttons(self) -> list[QAbstractButton]:
        """Those of all notices, as they stand."""
        return [button for bar in self.bars() for button in bar.buttons]

    def take_focus(self) -> None:
        """To the newest notice's first button."""
        for bar in self.bars()[:1]:
            self._remember_focus()
            self._focus(bar)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest):
            self._fit()
        return super().eventFilter(watched, event)

    def _refresh(self) -> None:
        self._remember_focus()
        focus = self.window().focusWidget()
        bars = {bar.notice: bar for bar in self.bars()}
        for notice in bars.keys() - set(self._board.notices):
            bar = bars[notice]
            if focus is not None and bar.isAncestorOf(focus):
                self._return_focus()
            self._layout.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        self._bars = [bars.get(one) or NoticeBar(self._board, one) for one in self._board.notices]
        for place, bar in enumerate(self._bars):
            self._layout.insertWidget(place, bar)
            bar.show()  # a widget that was never shown counts for nothing in the height
        self._chain()
        self._fit()  # before it is shown: what is laid out for another height stays so
        self.setVisible(bool(self._board.notices))
        self.raise_()
        for bar in self.bars():
            if bar.notice.kind is Kind.QUESTION and bar.notice not in bars:
                self._focus(bar)

    def _remember_focus(self) -> None:
        focus = self.window().focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            self._came_from = focus

    def _return_focus(self) -> None:
        if self._came_from is not None and isValid(self._came_from):
            self._came_from.setFocus()

    def _focus(self, bar: NoticeBar) -> None:
        bar.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(bar.buttons[0])

    def _chain(self) -> None:
        """The buttons follow one another in the tab order, as they stand."""
        chain = [self.tab_after, *self.buttons()]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _fit(self) -> None:
        if not self._board.notices:
            return
        corner = self._over.mapTo(self._parent, QPoint())
        room = QRect(corner, self._over.size())
        wanted, spared = self._layout.totalHeightForWidth(room.width()), self.spared()
        if wanted <= room.height() - spared:
            # what lies at the lower edge, such as the transport, stays in reach
            room.adjust(0, 0, 0, -spared)
        height = min(room.height(), wanted)
        self.setGeometry(room.left(), room.bottom() + 1 - height, room.width(), height)


def _kind(kind: Kind) -> str:
    return {
        Kind.ERROR: tr("Error"),
        Kind.INFO: tr("Info"),
        Kind.QUESTION: tr("Question"),
    }[kind]


def _label(words: str, role: str) -> QLabel:
    label = QLabel(wrapping(words))
    label.setAccessibleName(words)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    # A file name without spaces must not hold the panel wide open.
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    label.setMinimumHeight(1)  # or the height of a much narrower label would be kept free
    return label
