"""Lines that say which models are needed, whether they are here, and fetch those that are not."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from opticals_ui.effects.model_states import ModelStates, megabytes
from opticals_ui.look.words import amounts_whole, tr


class ModelLines(QWidget):
    """Shows the `ModelStates` of some models. `fetch_wanted` carries a model's id."""

    fetch_wanted = Signal(str)
    shown = Signal()

    def __init__(self, states: ModelStates) -> None:
        super().__init__()
        self._states = states
        self._models: tuple[str, ...] = ()
        self._always = False
        self._lines: list[QWidget] = []
        self._told: object = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        states.changed.connect(self._refresh)

    @property
    def missing(self) -> tuple[str, ...]:
        """Those that can be fetched now."""
        states = self._states
        return tuple(one for one in self._models if states.known and self._fetchable(one))

    def show_models(self, models: tuple[str, ...], *, always: bool) -> None:
        """These; `always`, or only those of which something is to be done."""
        self._models, self._always = models, always
        self._refresh()

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus."""
        return tuple(button for line in self._lines for button in line.findChildren(QPushButton))

    def _refresh(self) -> None:
        wanted = [(one, self._states.state(one), self._fetchable(one)) for one in self._models]
        told = [
            both for both in wanted if self._always or (self._states.known and self._open(both[0]))
        ]
        self.setVisible(bool(told))
        if told == self._told:
            return
        self._told = told
        for line in self._lines:
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = [self._line(*one) for one in told]
        for line in self._lines:
            self._layout.addWidget(line)
            line.show()
        self.shown.emit()

    def _open(self, model: str) -> bool:
        return self._states.blocked(model) or not self._states.installed(model)

    def _fetchable(self, model: str) -> bool:
        states = self._states
        known = states.found.models.get(model)
        return not (
            states.installed(model)
            or states.blocked(model)
            or model in states.fetching
            or known is None
            or known.own
        )

    def _line(self, model: str, state: str, fetchable: bool) -> QWidget:
        line = QWidget()
        fetch = fetchable and self._states.known
        # a button that fetches it says its size, and that it must be
        said = (self._states.title(model),) if fetch else (self._states.describe(model), state)
        text = " · ".join(filter(None, said))
        # no name or licence breaks at a hyphen
        words = QLabel(amounts_whole(text.replace("-", "\u2011")))
        words.setProperty("role", "dim")
        words.setWordWrap(True)
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(words, 1)
        if fetch:
            known = self._states.found.models[model]
            button = QPushButton(tr("Get {size}", size=megabytes(known.size)))
            button.setAccessibleDescription(self._states.describe(model))
            button.setProperty("role", "compact")
            button.clicked.connect(lambda: self.fetch_wanted.emit(model))
            layout.addWidget(button)
        return line
