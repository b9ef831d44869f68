"""Parts of a page: a column that is as tall as it needs, and sections that fold."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from opticals_ui.look.elided import ElidedLabel
from opticals_ui.look.theme import icon


class Column(QWidget):
    """Widgets below one another. Inside a scroll area it takes the height that its lines need at
    the width there is: Qt's own would press them together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = QVBoxLayout(self)

    def settle(self) -> None:
        """Take the place that new lines need at once: Qt would do it later, and be seen at it."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        lines = self.lines
        tall = lines.totalHeightForWidth(self.width()) if lines.hasHeightForWidth() else 0
        least = max(tall, lines.totalMinimumSize().height())
        if self.minimumHeight() != least:
            self.setMinimumHeight(least)


class Section(QWidget):
    """A heading that folds what is below it away, and then says it in short.

    Signals:
        folded: it was folded or unfolded by the user; whether it is folded now.
    """

    folded = Signal(bool)

    def __init__(self, words: str, body: QWidget) -> None:
        super().__init__()
        self.body = body
        self.head = QToolButton()
        self.head.setText(words)
        self.head.setAccessibleName(words)
        self.head.setProperty("role", "fold")
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.head.clicked.connect(self._turn)
        self._summary = ElidedLabel()
        self._summary.setProperty("role", "dim")
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.head)
        top.addWidget(self._summary, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(body)
        self.fold(True)

    @property
    def is_folded(self) -> bool:
        return self.body.isHidden()

    def fold(self, folded: bool) -> None:
        self.body.setVisible(not folded)
        self._summary.setVisible(folded)
        self.head.setIcon(icon("right" if folded else "down"))
        self.head.setAccessibleDescription(self._summary.text() if folded else "")

    def summarise(self, words: str) -> None:
        """What it holds, in short."""
        self._summary.setText(words)

    def _turn(self) -> None:
        self.fold(not self.is_folded)
        self.folded.emit(self.is_folded)


def heading(words: str, buddy: QWidget | None = None) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "heading")
    if buddy is not None:
        label.setBuddy(buddy)
    return label
