"""What a render will take, in one line above its button; all of it when the line is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
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

from opticals.errors import DiskFull
from opticals_ui.look.flow import FlowRow
from opticals_ui.look.sign import Sign
from opticals_ui.look.theme import icon
from opticals_ui.look.words import amounts_whole, tr, wrapping
from opticals_ui.preflight import words
from opticals_ui.preflight.preflight import TOPIC
from opticals_ui.preflight.words import Line, Weight

if TYPE_CHECKING:
    from opticals_ui.session import Session

TALLEST = 260  # pixels of the details, beyond which they scroll
LEAST = 84  # and that they keep where there is no room: the timeline's is never taken
ICONS = {Weight.WARNING: "warning", Weight.ERROR: "error"}


class PreflightLine(QWidget):
    """Shows a session's preflight. `opened` says that the details are opened or closed.

    `details`: stand above it, not in it: what they ask for is no more than they get.
    """

    opened = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._preflight = session.preflight
        self._sign = Sign("warning")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.words.setSizePolicy(policy)
        self.toggle = QToolButton()
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setProperty("role", "small")
        self.toggle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggle.setToolTip(tr("What the render takes"))
        self.toggle.toggled.connect(self._open)
        self.get = QPushButton(tr("Get"))
        self.get.setAccessibleName(tr("Get the missing models"))
        self.get.setProperty("role", "compact")
        self.get.clicked.connect(self._preflight.get_models)
        self.details = Details(session)
        self.details.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self._sign)
        line.addWidget(self.words, 1)
        line.addWidget(self.get)
        line.addWidget(self.toggle)
        self._preflight.changed.connect(self._show)
        self._show()

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in their order."""
        return (self.toggle, self.get, self.details)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.toggle.toggle()

    def _open(self, wanted: bool) -> None:
        self.details.setVisible(wanted)
        self._show()
        self.opened.emit(wanted)

    def _show(self) -> None:
        preflight = self._preflight
        found, problem = preflight.forecast, preflight.problem
        weight, said = Weight.FACT, tr("Select what is to be rendered.")
        if problem is not None:
            weight, said = Weight.ERROR, problem.what
        elif found is not None and found.items:
            weight, said = words.weight(found), words.summary(found)
        elif preflight.selected:
            said = tr("Looking at what it takes…")
        self.words.setText(amounts_whole(said))
        quiet = preflight.stale or found is None
        role = "error" if weight is Weight.ERROR and not preflight.stale else ""
        self.words.setProperty("role", role or ("dim" if quiet else ""))
        self.words.style().polish(self.words)
        name = ICONS.get(weight, "")
        self._sign.setVisible(bool(name))
        if name:
            self._sign.show_icon(name)
        self.get.setVisible(found is not None and any(one.allowed for one in found.needs))
        opened = self.toggle.isChecked()
        self.toggle.setIcon(icon("down" if opened else "up"))
        self.toggle.setAccessibleName(tr("What the render takes: {words}", words=said))
        if opened:
            self.details.show_lines(_lines(self._session))


class Details(QScrollArea):
    """Every line of a forecast, with the buttons that mend what can be mended."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._lines: tuple[Line, ...] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("What the render takes"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setObjectName("preflight")

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        if lines == self._lines:
            return
        self._lines = lines
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(5)
        for one in lines:
            layout.addWidget(self._row(one))
        layout.addStretch(1)
        self.setWidget(content)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        content = self.widget()
        if content is None:
            return QSize(100, 20)
        layout = content.layout()
        width = max(self.viewport().width(), 200)
        tall = layout.heightForWidth(width) if layout is not None else 20
        return QSize(200, min(TALLEST, max(tall, 20)))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, min(LEAST, self.sizeHint().height()))

    def _row(self, line: Line) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 6 if line.weight is Weight.HEADING else 0, 0, 0)
        layout.setSpacing(6)
        if line.weight in ICONS:
            layout.addWidget(Sign(ICONS[line.weight]), 0, Qt.AlignmentFlag.AlignTop)
        roles = {Weight.HEADING: "heading", Weight.ERROR: "error"}
        told = QVBoxLayout()
        told.setSpacing(1)
        told.addWidget(_label(line.text, roles.get(line.weight, "")))
        if line.more:
            told.addWidget(_label(line.more, "dim"))
        answers = FlowRow(6)
        for text, act in self._answers(line):
            button = QPushButton(text)
            button.clicked.connect(act)
            answers.add(button)
        if not answers.empty:
            told.addWidget(answers)
        layout.addLayout(told, 1)
        return row

    def _answers(self, line: Line) -> list[tuple[str, object]]:
        session = self._session
        if line.model:
            return [(tr("Get"), lambda: session.fetching.get(line.model))]
        error = DiskFull(line.text) if line.full else line.error
        if error is None:
            return []
        return [(one.label, one.act) for one in session.remedies(error, TOPIC)]


def _lines(session: Session) -> tuple[Line, ...]:
    preflight = session.preflight
    if (problem := preflight.problem) is not None:
        more = " ".join(filter(None, (problem.why, problem.remedy)))
        return (Line(Weight.ERROR, problem.what, more, problem),)
    if preflight.forecast is None:
        return ()
    return words.details(preflight.forecast, preflight.lost)


def _label(text: str, role: str) -> QLabel:
    label = QLabel(amounts_whole(wrapping(text)))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label
