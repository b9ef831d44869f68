"""Inline bars for errors, results and questions. There are no modal boxes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
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

from opticals_ui.look import icon
from opticals_ui.notices import Kind, Notice
from opticals_ui.session import Session


class NoticeBar(QFrame):
    """One notice: what happened, why, what to do, and the buttons for it."""

    def __init__(self, session: Session, notice: Notice) -> None:
        super().__init__()
        self.notice = notice
        self.setProperty("kind", str(notice.kind))
        self.setObjectName("notice")
        self.setAccessibleName(f"{notice.kind}: {notice.what}".capitalize())
        self.setAccessibleDescription(notice.details)
        sign = QLabel()
        sign.setPixmap(icon(str(notice.kind)).pixmap(16, 16))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for words, role in (
            (notice.what, "what"),
            (notice.why, "why"),
            (notice.remedy, "remedy"),
        ):
            if words:
                texts.addWidget(_label(words, role))
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for answer in notice.answers:
            button = QPushButton(answer.label)
            button.clicked.connect(answer.act)
            buttons.addWidget(button)
        if notice.kind is Kind.ERROR:
            copy = QPushButton("Copy details")
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(notice.details))
            buttons.addWidget(copy)
        if buttons.count():
            buttons.addStretch(1)
            texts.addSpacing(4)
            texts.addLayout(buttons)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setToolTip("Dismiss (Esc)")
        close.setAccessibleName("Dismiss")
        close.clicked.connect(lambda: session.dismiss(notice.topic))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 6, 8)
        layout.setSpacing(8)
        layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)


class NoticeStack(QScrollArea):
    """The session's notices, the newest first; it scrolls rather than crowd out the panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._limit = 300
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        self.setWidget(content)
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        session.notices_changed.connect(self._refresh)
        self._refresh()

    def set_limit(self, height: int) -> None:
        """At most so many pixels."""
        self._limit = height
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def bars(self) -> list[NoticeBar]:
        items = (self._layout.itemAt(index) for index in range(self._layout.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, NoticeBar)]

    def _refresh(self) -> None:
        for bar in self.bars():
            self._layout.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        for notice in self._session.notices:
            bar = NoticeBar(self._session, notice)
            self._layout.addWidget(bar)
            bar.show()  # a widget that was never shown counts for nothing in the height
        self.setVisible(bool(self._session.notices))
        self._fit()

    def _fit(self) -> None:
        if not self._session.notices:
            return
        self.setFixedHeight(min(self._limit, self._layout.totalHeightForWidth(self.width())))


def _label(words: str, role: str) -> QLabel:
    label = QLabel(words)
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
