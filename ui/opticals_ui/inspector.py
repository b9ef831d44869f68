"""The effects, the form of the chosen one, and how its render goes back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from opticals_ui.choice import Choice, delivery_labels, delivery_settings
from opticals_ui.form import Form

LIST_ROWS = 5


class Inspector(QScrollArea):
    """Shows a `Choice` and changes it."""

    def __init__(self, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.effects = _effect_list(choice)
        self.effects.currentItemChanged.connect(self._picked)
        self._summary = QLabel()
        self._summary.setProperty("role", "dim")
        self._summary.setWordWrap(True)
        self.form = Form()
        self.form.changed.connect(choice.set)
        self.delivery = Form()
        self.delivery.show_settings(delivery_settings(), vars(choice.delivery), delivery_labels())
        self.delivery.changed.connect(lambda name, value: choice.deliver(**{name: value}))
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(_heading("Effect", self.effects))
        layout.addWidget(self.effects)
        layout.addWidget(self._summary)
        layout.addWidget(self.form)
        layout.addSpacing(6)
        layout.addWidget(_heading("Delivery"))
        layout.addWidget(self.delivery)
        layout.addStretch(1)
        self.setWidget(content)
        choice.effect_changed.connect(self._show_effect)
        choice.changed.connect(self._show_time)
        self._show_effect()
        self._show_time()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # rows have their height once the style sheet is on
        rows = min(self.effects.count(), LIST_ROWS)
        frame = self.effects.height() - self.effects.viewport().height()
        self.effects.setFixedHeight(rows * self.effects.sizeHintForRow(0) + frame)

    def _picked(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._choice.choose(item.data(Qt.ItemDataRole.UserRole))

    def _show_effect(self) -> None:
        effect = self._choice.effect
        self._summary.setText(effect.summary)
        self.form.show_settings(effect.fields(), self._choice.values)
        self.form.setVisible(bool(self.form.rows))

    def _show_time(self) -> None:
        self.delivery.rows["time"].setVisible(self._choice.recipe().retimes)


def _effect_list(choice: Choice) -> QListWidget:
    widget = QListWidget()
    widget.setAccessibleName("Effects")
    widget.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    for effect in choice.effects:
        item = QListWidgetItem(effect.label)
        item.setData(Qt.ItemDataRole.UserRole, effect.id)
        item.setToolTip(effect.summary)
        widget.addItem(item)
        if effect is choice.effect:
            widget.setCurrentItem(item)
    return widget


def _heading(words: str, buddy: QWidget | None = None) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "heading")
    if buddy is not None:
        label.setBuddy(buddy)
    return label
