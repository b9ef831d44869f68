"""The source, the effects, the form of the chosen one, and how its render goes back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
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

from opticals.declaration import Makes, Setting, Value
from opticals_ui.effects.choice import Choice
from opticals_ui.effects.delivery import delivery_labels, delivery_settings
from opticals_ui.effects.form import Form
from opticals_ui.effects.interpretation import reading_labels, reading_settings
from opticals_ui.effects.source import Source
from opticals_ui.effects.source_facts import SourceFacts

LIST_ROWS = 5


class Inspector(QScrollArea):
    """Shows a `Source` and a `Choice`, and changes the choice.

    Signals:
        rows_changed: there are other rows than before.
    """

    rows_changed = Signal()

    def __init__(self, choice: Choice, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self._source = source
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.facts = SourceFacts(source)
        self.effects = _effect_list(choice)
        self.effects.currentItemChanged.connect(self._picked)
        self._summary = QLabel()
        self._summary.setProperty("role", "dim")
        self._summary.setWordWrap(True)
        self.form = Form()
        self.form.changed.connect(choice.set)
        self.reading = Form()
        self.reading.changed.connect(self._read)
        self._read_as: tuple[Path | None, tuple[Setting, ...]] | None = None  # what is shown of it
        self.delivery = Form()
        self.delivery.changed.connect(lambda name, value: choice.deliver(**{name: value}))
        self._reading_heading = _heading("Interpret source")
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.facts)
        layout.addWidget(_heading("Effect", self.effects))
        layout.addWidget(self.effects)
        layout.addWidget(self._summary)
        layout.addWidget(self.form)
        layout.addSpacing(6)
        layout.addWidget(self._reading_heading)
        layout.addWidget(self.reading)
        layout.addSpacing(6)
        layout.addWidget(_heading("Delivery"))
        layout.addWidget(self.delivery)
        layout.addStretch(1)
        self.setWidget(content)
        choice.effect_changed.connect(self._show_effect)
        choice.changed.connect(self._show_delivery)
        choice.changed.connect(self._show_reading)
        source.changed.connect(self._show_reading)
        delivery = choice.delivery
        self.delivery.show_settings(
            delivery_settings(delivery), vars(delivery), delivery_labels(delivery)
        )
        self._show_effect()
        self._show_delivery()
        self._show_reading()

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, from top to bottom."""
        forms = (self.form, self.reading, self.delivery)
        return (self.effects, *(part for form in forms for part in form.parts()))

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
        for row in range(self.effects.count()):
            if self.effects.item(row).data(Qt.ItemDataRole.UserRole) == effect.id:
                self.effects.setCurrentRow(row)
        self._summary.setText(effect.summary)
        self.form.show_settings(effect.fields(), self._choice.values)
        self.form.setVisible(bool(self.form.rows))
        self.rows_changed.emit()

    def _show_delivery(self) -> None:
        delivery, rows = self._choice.delivery, self.delivery.rows
        rows["time"].setVisible(self._choice.effect.makes is Makes.RETIME)
        rows["container"].setVisible(len(delivery.containers) > 1)
        (setting,) = (one for one in delivery_settings(delivery) if one.name == "container")
        labels = delivery_labels(delivery)["container"]
        rows["container"].offer(setting, delivery.container, labels)
        self.delivery.show_values(vars(delivery))

    def _show_reading(self) -> None:
        medium = self._source.medium
        settings = () if medium is None else reading_settings(self._source.facts)
        values = vars(self._choice.interpretation(medium or ""))
        if (medium, settings) == self._read_as:
            self.reading.show_values(values)
            return
        self._read_as = medium, settings
        self.reading.show_settings(settings, values, reading_labels(), free={"colour_space"})
        self.reading.setVisible(bool(settings))
        self._reading_heading.setVisible(bool(settings))
        self.rows_changed.emit()

    def _read(self, name: str, value: Value) -> None:
        medium = self._source.medium
        if medium is not None:
            self._choice.interpret(medium, **{name: value})


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
