"""The control of a colour: typed as #rrggbb, mixed, or picked from the picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QColorDialog, QLineEdit, QToolButton, QWidget

from opticals.declaration import Setting, Value
from opticals_ui.effects.controls import Control
from opticals_ui.look.theme import colour, icon
from opticals_ui.look.words import tr


class Swatch(QToolButton):
    """Shows a colour; crossed out where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = QColor()
        self.setProperty("role", "small")

    def sizeHint(self) -> QSize:
        return QSize(34, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(5.5, 5.5, -5.5, -5.5)
        painter.setPen(QPen(colour("faint"), 1))
        painter.setBrush(self.shown if self.shown.isValid() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 2, 2)
        if not self.shown.isValid():
            painter.drawLine(box.bottomLeft(), box.topRight())


class Colour(Control):
    """A colour as #rrggbb, or the word that is the default."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._default = str(setting.default)
        self._label = tr(setting.label)
        self._value = self._default
        self._line = QLineEdit(self._default)
        self._line.setPlaceholderText(tr("automatic") if not self._default else "#rrggbb")
        self._line.editingFinished.connect(self._typed)
        self.swatch = Swatch()
        self.swatch.setToolTip(tr("Mix a colour"))
        self.swatch.clicked.connect(self._mix)
        self.pipette = QToolButton()
        self.pipette.setIcon(icon("pipette"))
        self.pipette.setToolTip(tr("Pick a colour from the picture"))
        self.pipette.setProperty("role", "small")
        self.pipette.clicked.connect(self.pick_wanted)
        self.pipette.setVisible(False)
        self._lay_out(self.swatch, self._line, self.pipette)

    def value(self) -> Value:
        return self._value

    def set_value(self, value: Value) -> None:
        self._line.setText(str(value))
        self._typed()

    def parts(self) -> tuple[QWidget, ...]:
        return (self.swatch, self._line, self.pipette)

    def _typed(self) -> None:
        text = self._line.text().strip()
        if len(text) == 6 and QColor.isValidColorName(f"#{text}"):
            text = f"#{text}"
        known = text == self._default or (len(text) == 7 and QColor.isValidColorName(text))
        if not known:
            text = self._value  # what was typed is no colour: the last one stays
        self._line.setText(text)
        self.swatch.shown = QColor(text) if QColor.isValidColorName(text) else QColor()
        self.swatch.update()
        if text != self._value:
            self._value = text
            self.changed.emit()

    def _mix(self) -> None:
        """A colour dialog; the panel stays alive behind it."""
        dialog = QColorDialog(QColor(self._value), self)
        dialog.setWindowTitle(self._label)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda picked: self.set_value(picked.name()))
        dialog.open()
