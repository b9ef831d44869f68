"""Which models are on this machine and may be used; looked up beside everything else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from opticals import settings
from opticals.declaration import CUTS_MODEL, Effect, Kind, Setting, Value
from opticals.errors import OpticalsError
from opticals.models import catalogue
from opticals_ui.effects.stack import Entry
from opticals_ui.look.words import number, tr

if TYPE_CHECKING:
    from opticals.models.catalogue import Model
    from opticals_ui.background import Background
    from opticals_ui.queue.jobs import Jobs

SETTLE = 400  # milliseconds without a change, until a model that arrives is looked at


@dataclass(frozen=True)
class Found:
    """What one look at the disk found.

    Attributes:
        models: every model, of the catalogue and of the user's own, by id.
        here: the ids of those that are installed.
        commercial_only: whether models that may not be used commercially are refused.
        device: the type of device that renders will most probably run on.
    """

    models: Mapping[str, Model] = field(default_factory=catalogue.all_models)
    here: frozenset[str] = frozenset()
    commercial_only: bool = False
    device: str = "cpu"


class ModelStates(QObject):
    """What is known of models, also of those that others fetch or delete: the command line, or
    another panel. `known` is False until the first look is done."""

    changed = Signal()

    def __init__(self, jobs: Jobs, errands: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        jobs.pulling.connect(lambda model, note: self.fetches(model, under_way=True))
        jobs.pulled.connect(lambda model: self.fetches(model, under_way=False))
        jobs.pull_failed.connect(lambda model, error: self.fetches(model, under_way=False))
        self.found = Found()
        self.known = False
        self.fetching: frozenset[str] = frozenset()
        self._errands = errands
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._stir)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self.look)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):  # some disks tell of no change
            app.applicationStateChanged.connect(self._come_back)
        self.look()

    def look(self) -> None:
        """Look at the disk again."""
        self._errands.run(_look, self._show, lambda error: None)

    def close(self) -> None:
        """Look no more."""
        self._watcher.blockSignals(True)
        self._settle.stop()

    def fetches(self, model: str, *, under_way: bool) -> None:
        """A model is being fetched, or no longer."""
        before = self.fetching
        self.fetching = before | {model} if under_way else before - {model}
        if self.fetching != before:
            self.changed.emit()
        if not under_way:
            self.look()

    def installed(self, model: str) -> bool:
        return model in self.found.here

    def blocked(self, model: str) -> bool:
        """Whether the settings refuse it."""
        known = self.found.models.get(model)
        return self.found.commercial_only and known is not None and not known.commercial

    def state(self, model: str) -> str:
        """In a few words."""
        if self.blocked(model):
            return tr("not allowed: commercial use only")
        if model in self.fetching:
            return tr("being fetched…")
        if not self.known:
            return ""
        return tr("installed") if self.installed(model) else tr("must be fetched")

    def describe(self, model: str) -> str:
        """Name, size and licence in one line."""
        known = self.found.models.get(model)
        if known is None:
            return model
        use = [] if known.commercial else [tr("no commercial use")]
        size = [megabytes(known.size)] if known.size else []
        return " · ".join((known.label, *size, known.licence, *use))

    def title(self, model: str) -> str:
        """Name and licence."""
        known = self.found.models[model]
        use = [] if known.commercial else [tr("no commercial use")]
        return " · ".join((known.label, known.licence, *use))

    def needed(self, entry: Entry) -> tuple[str, ...]:
        """The models that an effect needs as it is set, on this machine's device."""
        effect = entry.declaration
        try:
            configured = effect.configure(entry.values)
        except OpticalsError:
            return ()
        wanted = dict.fromkeys(effect.models(configured, self.found.device))
        if effect.temporal(configured):
            wanted[CUTS_MODEL] = None
        return tuple(wanted)

    def offered(self, effect: Effect, setting: Setting, value: Value) -> tuple[Value, ...]:
        """The choices of a setting without those whose model is refused, unless it is chosen."""
        if setting.kind is not Kind.MODEL:
            return setting.choices
        also = [one for one in self.found.models if self.found.models[one].own]
        return tuple(
            choice
            for choice in (*setting.choices, *also)
            if choice == value or not self._refused(effect, setting, choice)
        )

    def _refused(self, effect: Effect, setting: Setting, choice: Value) -> bool:
        needed = effect.models(effect.configure({setting.name: choice}), self.found.device)
        return any(map(self.blocked, needed))

    def _stir(self, folder: str) -> None:
        self._settle.start()

    def _come_back(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self._settle.start()

    def _show(self, looked: tuple[Found, tuple[str, ...]]) -> None:
        found, folders = looked
        if missing := set(folders) - set(self._watcher.directories()):
            self._watcher.addPaths(sorted(missing))
        if found != self.found or not self.known:
            self.found, self.known = found, True
            self.changed.emit()


def megabytes(size: int) -> str:
    """A size of a file in bytes as people read it."""
    return tr("{size} MB", size=number(size / 1e6, 0 if size >= 10e6 else 1))


def _look() -> tuple[Found, tuple[str, ...]]:
    """What is there, and the folders where more may come."""
    from opticals.models import own, store

    home = settings.models_folder()
    there = next(one for one in (home, *home.parents) if one.is_dir())
    folders = (there, home / own.FOLDER)
    models = {**catalogue.all_models(), **own.all_own()}
    found = Found(
        models,
        frozenset(one for one in models if store.installed(one)),
        settings.get("commercial_only"),
        _device(),
    )
    return found, tuple(str(one) for one in folders if one.is_dir())


def _device() -> str:
    """A guess without torch; the worker itself knows better, and asks for what is missing."""
    if shutil.which("nvidia-smi"):
        return "cuda"
    return "mps" if sys.platform == "darwin" else "cpu"
