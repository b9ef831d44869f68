"""What the pages of the preferences are made of: rows of a label, a control, and a few words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from opticals_ui.look.drop_down import DropDown

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals_ui.background import Background

Answer = TypeVar("Answer")
WIDEST = 0.4  # of the width: captions beside their controls
START = Qt.AlignmentFlag.AlignLeading


class Page(QScrollArea):
    """Rows below one another, which scroll where there is no room for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences_page")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._captions: list[tuple[QLabel, QWidget]] = []
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(18, 14, 18, 16)
        self._column.setSpacing(14)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(12)
        self._column.addLayout(self._form)
        self._column.addStretch(1)
        self.setWidget(content)

    def add(self, label: str, control: QWidget, help: str = "") -> None:
        """A row; `label` names the control for screen readers too."""
        if not control.accessibleName():
            control.setAccessibleName(label)
        control.setAccessibleDescription(help)
        field = control
        start = isinstance(control, QPushButton)  # which is no wider than its words
        if help:
            field = QWidget()
            column = QVBoxLayout(field)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(3)
            column.addWidget(control, 0, START if start else Qt.AlignmentFlag(0))
            column.addWidget(words(help))
        caption = QLabel(label)
        caption.setBuddy(control)
        self._captions.append((caption, control))
        self._form.addRow(caption, field)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place_captions()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_captions()

    def _place_captions(self) -> None:
        """Beside the first lines of their controls, or all above where they take too much."""
        widest = max((one.sizeHint().width() for one, _ in self._captions), default=0)
        above = widest > WIDEST * self.viewport().width()
        policies = QFormLayout.RowWrapPolicy
        self._form.setRowWrapPolicy(policies.WrapAllRows if above else policies.WrapLongRows)
        for caption, control in self._captions:
            line = caption.fontMetrics().height()
            caption.setFixedHeight(line if above else max(line, control.sizeHint().height()))

    def later(
        self,
        errands: Background,
        work: Callable[[], Answer],
        done: Callable[[Answer], None],
        failed: Callable[[OpticalsError], None],
    ) -> None:
        """Do something in the background; nothing follows from it where the page is gone by then:
        a panel is made anew in another language."""
        errands.run(work, done, failed, owner=self)

    def add_wide(self, widget: QWidget) -> None:
        """A row over the whole width."""
        self._form.addRow(widget)


def words(text: str) -> QLabel:
    """A few dim words that wrap."""
    label = QLabel(text)
    label.setProperty("role", "dim")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


def chooser(choices: Sequence[tuple[str, str]], chosen: str) -> QComboBox:
    """A list to choose one from.

    Args:
        choices: pairs of a value, which is the item's data, and its words.
    """
    box = DropDown()
    for value, label in choices:
        box.addItem(label, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box
