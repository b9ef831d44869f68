"""The row of tools above the picture while a mask is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals.masks.shapes import Combine, Ease, Kind
from opticals_ui.commands.tip import Tip
from opticals_ui.look.drop_down import DropDown
from opticals_ui.look.flow import FlowRow
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr
from opticals_ui.masks.tools import NARROWEST, WIDEST, Tool
from opticals_ui.masks.words import words

if TYPE_CHECKING:
    from opticals_ui.masks.masking import Masking


class MaskBar(QWidget):
    """Tools, what belongs to the selected shape, and its keys; hidden while nothing is drawn."""

    def __init__(self, masking: Masking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._masking = masking
        self.setObjectName("mask_bar")
        self._buttons: dict[str, QToolButton] = {}
        self._combine = DropDown()
        self._combine.addItem(tr("Add"), Combine.ADD)
        self._combine.addItem(tr("Take away"), Combine.SUBTRACT)
        self._combine.setAccessibleName(tr("What the shape does"))
        self._combine.activated.connect(self._set_combine)
        self._feather = _number(tr("Feather"), 0, 500, " px")
        self._feather.valueChanged.connect(lambda to: self._set(feather=to))
        self._opacity = _number(tr("Opacity"), 0, 100, " %")
        self._opacity.valueChanged.connect(lambda to: self._set(opacity=to / 100))
        self._brush = _number(tr("Brush"), NARROWEST, WIDEST, " px")
        self._brush.valueChanged.connect(self._set_brush)
        self._ease = DropDown()
        for ease, label in (
            (Ease.LINEAR, tr("Linear")),
            (Ease.SMOOTH, tr("Smooth")),
            (Ease.HOLD, tr("Hold")),
        ):
            self._ease.addItem(label, ease)
        self._ease.setAccessibleName(tr("The way to the next keyframe"))
        self._ease.activated.connect(self._set_ease)
        self.done = QPushButton(tr("Done"))
        self.done.clicked.connect(masking.end)
        self._row = FlowRow(4)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)  # its row wraps where it is narrow
        self.setSizePolicy(policy)
        page = QVBoxLayout(self)
        page.setContentsMargins(8, 4, 8, 4)
        page.addWidget(self._row)
        self.setVisible(False)

    def offer(self, actions: Mapping[str, QAction]) -> None:
        """Take the actions of the commands."""
        for tool in Tool:
            self._row.add(self._button(f"mask_{tool}", actions, checkable=True))
        self._row.add(self._combine)
        for field in (self._feather, self._opacity, self._brush):
            self._row.add(field)
        keys = QWidget()  # which stay together where the row wraps
        beside = QHBoxLayout(keys)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(4)
        for name, sign in (
            ("mask_previous_key", "left"),
            ("mask_key", "keyframe"),
            ("mask_next_key", "right"),
        ):
            beside.addWidget(self._button(name, actions, sign=sign))
        self._row.add(keys)
        self._row.add(self._ease)
        self._row.add(self.done)
        self._masking.changed.connect(self._follow)
        self._masking.touched.connect(self._refresh)
        self._follow()

    def parts(self) -> tuple[QWidget, ...]:
        """What has the focus in turn."""
        fields = (self._combine, self._feather, self._opacity, self._brush)
        return (*self._buttons.values(), *fields, self._ease, self.done)

    def _button(
        self, name: str, actions: Mapping[str, QAction], *, checkable: bool = False, sign: str = ""
    ) -> QToolButton:
        action, button = actions[name], QToolButton()
        button.setAutoRaise(True)
        button.setCheckable(checkable)
        button.setIcon(icon(sign) if sign else action.icon())
        Tip(button, action)
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        self._buttons[name] = button
        return button

    def _follow(self) -> None:
        self.setVisible(self._masking.active)
        self._refresh()

    def _refresh(self) -> None:
        drawing = self._masking.drawing
        if drawing is None:
            return
        document, shape = drawing.document, drawing.document.shape
        for tool in Tool:
            self._buttons[f"mask_{tool}"].setChecked(tool is drawing.tool)
        painted = drawing.tool in (Tool.BRUSH, Tool.ERASER) or (
            shape is not None and shape.kind is Kind.STROKE
        )
        for field, value in (
            (self._feather, drawing.feather),
            (self._opacity, drawing.opacity * 100),
            (self._brush, shape.width if shape and shape.kind is Kind.STROKE else drawing.brush),
        ):
            with QSignalBlocker(field):
                field.setValue(value)
        self._brush.setVisible(painted)
        with QSignalBlocker(self._combine):
            self._combine.setCurrentIndex(self._combine.findData(drawing.combine))
        with QSignalBlocker(self._ease):
            self._ease.setCurrentIndex(self._ease.findData(document.ease))
        self._ease.setEnabled(shape is not None)
        self._ease.setVisible(shape is not None or not painted)
        self.setAccessibleDescription(words(document))

    def _set(self, *, feather: float | None = None, opacity: float | None = None) -> None:
        if self._masking.drawing is not None:
            self._masking.drawing.set_look(feather=feather, opacity=opacity)

    def _set_combine(self, index: int) -> None:
        if self._masking.drawing is not None:
            self._masking.drawing.set_look(combine=self._combine.itemData(index))

    def _set_brush(self, width: float) -> None:
        if self._masking.drawing is not None:
            self._masking.drawing.set_brush(width)

    def _set_ease(self, index: int) -> None:
        if self._masking.document is not None:
            self._masking.document.set_ease(self._ease.itemData(index))


def _number(name: str, low: float, high: float, unit: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    longest = field.fontMetrics().horizontalAdvance(f"{name} {high:.0f}{unit}")
    field.setFixedWidth(longest + 16)
    field.setProperty("plain", True)  # without arrows: keys and the wheel do
    field.lineEdit().setTextMargins(4, 0, 2, 0)
    field.setDecimals(0)
    field.setRange(low, high)
    field.setPrefix(f"{name} ")
    field.setSuffix(unit)
    field.setKeyboardTracking(False)
    field.setAccessibleName(name)
    return field
