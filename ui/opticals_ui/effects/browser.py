"""The browser: a search field, what it finds, and all there is to know of what is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals.presets import SUFFIX, Preset
from opticals_ui.effects.choice import Choice, Origin
from opticals_ui.effects.model_lines import ModelLines
from opticals_ui.effects.model_states import ModelStates
from opticals_ui.effects.naming_line import NamingLine, is_key
from opticals_ui.effects.offer_list import OfferList
from opticals_ui.effects.offers import Offer, Offers
from opticals_ui.effects.preset_shelf import PresetShelf
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr

PAGE = 6  # offers that Page Up and Down go
SHORT = 290  # pixels of height below which the list has all that it can have


class SearchField(QLineEdit):
    """Where one types what is wanted. Opens the browser when something is typed.

    Signals:
        moved: the choice in the list is to go so many up or down.
        used: Enter was pressed; whether with Shift.
        left: Esc was pressed.
        opened: the list is wanted, to look at.
    """

    moved = Signal(int)
    used = Signal(bool)
    left = Signal()
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(tr("Find an effect or a preset"))
        self.setAccessibleName(tr("Find an effect or a preset"))
        self.setClearButtonEnabled(False)
        find = QAction(icon("search", "dim"), "", self)
        self.addAction(find, QLineEdit.ActionPosition.LeadingPosition)

    def event(self, event: QEvent) -> bool:
        if is_key(event, Qt.Key.Key_Escape):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: PAGE,
            Qt.Key.Key_PageUp: -PAGE,
        }
        if key in steps:
            self.opened.emit()
            self.moved.emit(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.used.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.opened.emit()


class Browser(QWidget):
    """Shows `Offers`. `done`: something was chosen, or nothing is to be: back to the stack."""

    done = Signal()

    def __init__(
        self, choice: Choice, offers: Offers, models: ModelStates, shelf: PresetShelf
    ) -> None:
        super().__init__()
        self._choice, self._offers, self._models, self._shelf = choice, offers, models, shelf
        self._query = ""
        self.list = OfferList()
        self.list.setAccessibleName(tr("Effects and presets"))
        self.list.used.connect(lambda offer: self._use(offer, otherwise=False))
        self.list.star_turned.connect(offers.turn_star)
        self.list.currentItemChanged.connect(lambda: self._show_chosen())
        self._nothing = QLabel(tr("Nothing is called that."))
        self._nothing.setProperty("role", "dim")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name, self._words = QLabel(), QLabel()
        self._name.setProperty("role", "what")
        self._words.setProperty("role", "dim")
        self._words.setWordWrap(True)
        self.models = ModelLines(models)
        self.naming = NamingLine()
        self.naming.setVisible(False)
        self._main, self._other = QPushButton(), QPushButton()
        self._main.setObjectName("use_offer")
        self._main.setProperty("role", "primary")
        self._main.clicked.connect(lambda: self.use(otherwise=False))
        self._other.clicked.connect(lambda: self.use(otherwise=True))
        self._tools = self._make_tools()
        self._lay_out()
        offers.changed.connect(self._show_found)
        choice.changed.connect(self._name_buttons)
        self._show_found()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # where it is short the list comes first: its rows say what there is to know
        self._told.setVisible(event.size().height() >= SHORT)

    @property
    def offer(self) -> Offer | None:
        """The one that is chosen in the list."""
        return self.list.offer

    @property
    def own_preset(self) -> Preset | None:
        """The preset that is chosen, where it is the user's own."""
        preset = self.offer.preset if self.offer is not None else None
        return preset if preset is not None and not preset.shipped else None

    def search(self, query: str) -> None:
        self._query = query
        self._show_found()

    def use(self, *, otherwise: bool) -> None:
        """Apply what is chosen."""
        if self.offer is not None:
            self._use(self.offer, otherwise=otherwise)

    def turn_star(self) -> None:
        if self.offer is not None:
            self._offers.turn_star(self.offer)

    def rename(self) -> None:
        """Ask for another name for the preset that is chosen."""
        preset = self.own_preset
        if preset is not None:
            self.naming.ask(
                tr("New name"), preset.name, lambda name: self._shelf.rename(preset, name)
            )

    def delete(self) -> None:
        if (preset := self.own_preset) is not None:
            self._shelf.delete(preset)

    def export(self) -> None:
        """Ask where to write the preset that is chosen."""
        if self.offer is not None and self.offer.preset is not None:
            export(self, self._shelf, self.offer.preset)

    def _use(self, offer: Offer, *, otherwise: bool) -> None:
        if otherwise:
            self._offers.use_otherwise(offer)
        else:
            self._offers.use(offer)
        self.done.emit()

    def _show_found(self) -> None:
        found = self._offers.find(self._query)
        shown = tuple((one, self._offers.state(one)) for one in found)
        with QSignalBlocker(self.list):  # for a moment nothing is chosen: a button keeps the focus
            self.list.show_offers(shown, groups=not self._query.strip())
        self.list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._show_chosen()

    def _show_chosen(self) -> None:
        offer = self.offer
        self._details.setVisible(offer is not None)
        if offer is None:
            return
        self._name.setText(offer.label)
        self._words.setText(offer.words)
        self.models.show_models(self._offers.needed(offer), always=True)
        preset = offer.preset is not None
        own = self.own_preset is not None
        for name, there in (("star", True), ("export", preset), ("rename", own), ("trash", own)):
            self._tools[name].setVisible(there)
        self._tools["star"].setIcon(icon("star_full", "accent") if offer.star else icon("star"))
        self.list.setAccessibleDescription(f"{offer.label}. {offer.words}")
        self._name_buttons()

    def _name_buttons(self) -> None:
        """The buttons say what becomes of the stack."""
        offer, entry = self.offer, self._choice.entry
        if offer is None:
            return
        fresh = self._choice.origin is Origin.CARRIED or entry is None
        current = tr(entry.declaration.label) if entry is not None else ""
        if offer.preset is not None:
            self._main.setText(tr("Use"))
            self._other.setText(tr("Add to the stack"))
        else:
            self._main.setText(tr("Use") if fresh else tr("Add to the stack"))
            self._other.setText(tr("Replace {effect}", effect=current))
        self._other.setVisible(not fresh)
        self._main.setToolTip(tr("Return"))
        self._other.setToolTip(tr("Shift+Return"))

    def _make_tools(self) -> dict[str, QToolButton]:
        acts: dict[str, tuple[str, Callable[[], None]]] = {
            "star": (tr("Favourite"), self.turn_star),
            "export": (tr("Export the preset…"), self.export),
            "rename": (tr("Rename the preset…"), self.rename),
            "trash": (tr("Delete the preset"), self.delete),
        }
        tools = {}
        for name, (words, act) in acts.items():
            button = QToolButton()
            button.setIcon(icon("pen" if name == "rename" else name))
            button.setToolTip(words.rstrip("…"))
            button.setAccessibleName(words.rstrip("…"))
            button.setProperty("role", "small")
            button.clicked.connect(act)
            tools[name] = button
        return tools

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.addWidget(self._name, 1)
        for button in self._tools.values():
            title.addWidget(button)
        title.setSpacing(2)
        buttons = QHBoxLayout()
        buttons.addWidget(self._main, 1)
        buttons.addWidget(self._other, 1)
        self._details = QWidget()
        details = QVBoxLayout(self._details)
        details.setContentsMargins(12, 8, 12, 8)
        details.setSpacing(4)
        details.addLayout(title)
        self._told = QWidget()
        told = QVBoxLayout(self._told)
        told.setContentsMargins(0, 0, 0, 0)
        told.setSpacing(4)
        told.addWidget(self._words)
        told.addWidget(self.models)
        details.addWidget(self._told)
        details.addWidget(self.naming)
        details.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self._details)


def export(parent: QWidget, shelf: PresetShelf, preset: Preset) -> None:
    """A file dialog for a preset; the panel stays alive behind it."""
    dialog = QFileDialog(parent, tr("Export the preset"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilter(tr("Presets (*.json)"))
    dialog.setDefaultSuffix(SUFFIX)
    dialog.selectFile(f"{preset.name}{SUFFIX}".replace("/", "-"))
    dialog.fileSelected.connect(lambda name: shelf.share(preset, Path(name)))
    dialog.open()
