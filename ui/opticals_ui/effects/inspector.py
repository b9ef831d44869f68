"""The source, the stack, the form of its current effect, and how its render goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QWidget

from opticals.declaration import Setting, Value
from opticals_ui.effects.delivery import delivery_labels, delivery_settings
from opticals_ui.effects.files import Recent
from opticals_ui.effects.form import Form
from opticals_ui.effects.interpretation import reading_labels, reading_settings
from opticals_ui.effects.model_lines import ModelLines
from opticals_ui.effects.sections import Column, Section, heading
from opticals_ui.effects.source_facts import SourceFacts
from opticals_ui.effects.stack_view import StackView
from opticals_ui.host import Can
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.session import Session


class Inspector(QScrollArea):
    """Shows a session's source and choice, and changes the choice.

    Signals:
        rows_changed: there are other widgets than before.
        helped: with the help of the setting that has the focus.
        pick_wanted: a colour is to be picked from the picture, for the setting of this name of
            the current effect; `Choice.set` takes it.
        draw_wanted: a mask is to be drawn, for the setting of this name; as `pick_wanted`.
        matte_wanted: a matte that was rendered is to be the mask; its button comes with the other.
    """

    rows_changed = Signal()
    helped = Signal(str)
    pick_wanted = Signal(str)
    draw_wanted = Signal(str)
    matte_wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._choice, self._source = session, session.choice, session.source
        choice, source = self._choice, self._source
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        recent = Recent(session.memory)
        self.facts = SourceFacts(source)
        self.stack = StackView(choice)
        self.form = Form(recent=recent)
        self.form.changed.connect(choice.set)
        self.form.completed.connect(self._settle_rows)
        self.form.pick_wanted.connect(self.pick_wanted)
        self.form.draw_wanted.connect(self.draw_wanted)
        self.form.matte_wanted.connect(self.matte_wanted)
        self.models = ModelLines(session.models)
        self.models.fetch_wanted.connect(session.fetching.get)
        self.models.shown.connect(self.rows_changed)
        self.reading = Form()
        self.reading.changed.connect(self._read)
        self._read_as: tuple[Path | None, tuple[Setting, ...]] | None = None  # what is shown of it
        self.delivery = Form()
        self.delivery.changed.connect(lambda name, value: choice.deliver(**{name: value}))
        for form in (self.form, self.reading, self.delivery):
            form.focused.connect(self.helped)
        self._title = heading("")
        self._reset = _tool("reset", tr("Reset every setting"), choice.reset)
        self._seed = _tool("dice", tr("New seed"), choice.reseed)
        self._revert = _tool("undo", tr("Back to what was last rendered"), choice.revert)
        self._lay_out()
        self._shown: tuple[Setting, ...] = ()
        choice.effect_changed.connect(self._show_effect)
        choice.changed.connect(self._show_values)
        choice.changed.connect(self._show_delivery)
        choice.changed.connect(self._show_reading)
        source.changed.connect(self._show_reading)
        session.models.changed.connect(self._show_models)
        session.replaced.connect(self._show_delivery)  # another host can other things
        session.selection.changed.connect(self._show_length)
        session.selection.changed.connect(self.stack.refresh)
        delivery = choice.delivery
        self.delivery.show_settings(
            delivery_settings(delivery), vars(delivery), delivery_labels(delivery)
        )
        self._show_effect()
        self._show_delivery()
        self._show_reading()
        choice.changed.connect(self._content.settle)

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, from top to bottom."""
        return (
            *self.stack.parts(),
            self._revert,
            self._seed,
            self._reset,
            *self.models.parts(),
            *self.form.parts(),
            self.reading_section.head,
            *self.reading.parts(),
            self.delivery_section.head,
            *self.delivery.parts(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The bar that scrolls stands in the margin: with it and without all ends in one line.
        bar = self.width() - self.viewport().width()
        self._content.lines.setContentsMargins(12, 8, max(2, 12 - bar), 10)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.offer_tools(pick=True, draw=True)

    def _lay_out(self) -> None:
        memory = self._session.memory
        self.reading_section = Section(tr("Interpret source"), self.reading)
        self.delivery_section = Section(tr("Delivery"), self.delivery)
        for name, section in (
            ("reading", self.reading_section),
            ("delivery", self.delivery_section),
        ):
            section.fold(bool(memory.get(f"effects/folded/{name}", True)))
            section.folded.connect(
                lambda folded, name=name: memory.put(f"effects/folded/{name}", folded)
            )
            section.folded.connect(self.rows_changed)
        title = QHBoxLayout()
        title.setSpacing(2)
        title.addStrut(24)  # its buttons come and go
        title.addWidget(self._title, 1)
        for button in (self._revert, self._seed, self._reset):
            title.addWidget(button)
        self._content = content = Column()
        lines = content.lines
        lines.setSpacing(6)
        lines.addWidget(self.stack)
        lines.addLayout(title)
        lines.addWidget(self.models)
        lines.addWidget(self.form)
        lines.addSpacing(4)
        lines.addWidget(self.facts)
        lines.addWidget(self.reading_section)
        lines.addWidget(self.delivery_section)
        lines.addStretch(1)
        self.setWidget(content)

    def _show_effect(self) -> None:
        entry, choice = self._choice.entry, self._choice
        effect = choice.effect
        self._title.setText(tr(effect.label) if entry else "")
        self._shown = self._offered()
        self.form.setAccessibleName(tr(effect.label))
        self.form.show_settings(self._shown, choice.values)
        self.form.setVisible(not self.form.empty)
        self.form.offer_tools(pick=True, draw=True)
        self._show_length()
        self._show_values()
        self._content.settle()
        self.rows_changed.emit()

    def _settle_rows(self) -> None:
        self._content.settle()
        self.rows_changed.emit()

    def _show_values(self) -> None:
        choice, entry = self._choice, self._choice.entry
        self.form.show_values(choice.values)
        last = choice.last_rendered
        self._reset.setVisible(entry is not None and entry.changed)
        self._seed.setVisible(entry is not None and entry.declaration.chance)
        self._seed.setToolTip(tr("New seed (now {seed})", seed=choice.stack.seed))
        self._revert.setVisible(last is not None and last != choice.stack)
        self.models.show_models(self._session.models.needed(entry) if entry else (), always=False)

    def _show_models(self) -> None:
        """Other models are here, or allowed: other choices too."""
        if self._offered() != self._shown:
            self._show_effect()
        else:
            self._show_values()

    def _offered(self) -> tuple[Setting, ...]:
        """The settings of the current effect, with the models that may be used."""
        choice, models = self._choice, self._session.models
        effect, values = choice.effect, choice.values
        return tuple(
            replace(one, choices=models.offered(effect, one, values[one.name]))
            for one in (effect.fields() if choice.entry else ())
        )

    def _show_length(self) -> None:
        found = self._session.selection.range
        self.form.show_length(found.end - found.start if found is not None else 0)

    def _show_delivery(self) -> None:
        delivery, rows = self._choice.delivery, self.delivery.rows
        can = self._session.host.can
        rows["time"].setVisible(self._choice.retimes and Can.RIPPLE in can)
        rows["place"].setVisible({Can.VERSION, Can.OVERLAY} <= can)
        rows["bake"].setVisible(Can.RETIME in can)
        rows["container"].setVisible(len(delivery.containers) > 1)
        (setting,) = (one for one in delivery_settings(delivery) if one.name == "container")
        labels = delivery_labels(delivery)
        rows["container"].offer(setting, delivery.container, labels["container"])
        self.delivery.show_values(vars(delivery))
        draft = [tr("Draft")] if delivery.draft else []
        laid = [tr("Overlay")] if delivery.place == "overlay" else []
        format = labels["format"][delivery.format].partition(" (")[0]
        self.delivery_section.summarise(" · ".join((*draft, *laid, format)))

    def _show_reading(self) -> None:
        medium = self._source.medium
        settings = () if medium is None else reading_settings(self._source.facts)
        values = vars(self._choice.interpretation(medium or ""))
        labels = reading_labels()
        said = [
            labels[one.name].get(values[one.name], str(values[one.name]))
            for one in settings
            if values[one.name] != one.default or one.name == "fields"
        ]
        self.reading_section.summarise(" · ".join(said) or tr("As tagged"))
        if (medium, settings) == self._read_as:
            self.reading.show_values(values)
            return
        self._read_as = medium, settings
        self.reading.show_settings(settings, values, labels, free={"colour_space"})
        self.reading_section.setVisible(bool(settings))
        if len(settings) > 1:  # it leaves something open that has to be said
            self.reading_section.fold(False)
        self.rows_changed.emit()

    def _read(self, name: str, value: Value) -> None:
        medium = self._source.medium
        if medium is not None:
            self._choice.interpret(medium, **{name: value})


def _tool(name: str, words: str, act: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(14, 14))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setProperty("role", "small")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.clicked.connect(lambda: act())
    return button
