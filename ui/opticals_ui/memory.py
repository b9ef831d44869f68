"""What the panel remembers from one run to the next: layout, recent edits, favourites, keys."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, QTimer, Signal

from opticals.settings import settings_file

_WRITTEN = 300  # milliseconds after which Qt has written what it was given


class Memory(QObject):
    """Values by name, kept in a file beside the user's settings. Whatever JSON holds, and Qt's
    own states of windows. What cannot be read is as if it had never been kept.

    `unkept` carries the file, once: it cannot be written, and values hold until the end of the
    run alone.
    """

    unkept = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        file = str(settings_file().with_name("panel.ini"))
        self._settings = QSettings(file, QSettings.Format.IniFormat, self)
        self._told = False
        self._check = QTimer(self, singleShot=True, interval=_WRITTEN)
        self._check.timeout.connect(self._look)

    def get(self, name: str, default: Any = None) -> Any:
        """What was kept under a name: of the type of `default`, else `default`."""
        text = self._settings.value(name)
        if not isinstance(text, str):
            return default
        try:
            found = json.loads(text)
        except ValueError:
            return default
        fits = default is None or isinstance(found, type(default))
        return found if fits else default

    def put(self, name: str, value: Any) -> None:
        """Keep a value; None forgets it."""
        if value is None:
            self._settings.remove(name)
        else:
            self._settings.setValue(name, json.dumps(value))
        if not self._told:
            self._check.start()

    def state(self, name: str) -> QByteArray:
        """A state that Qt gave; empty when there is none."""
        return QByteArray.fromBase64(self.get(name, "").encode())

    def put_state(self, name: str, state: QByteArray) -> None:
        self.put(name, bytes(state.toBase64().data()).decode())

    def _look(self) -> None:
        if self._settings.status() is not QSettings.Status.NoError and not self._told:
            self._told = True
            self.unkept.emit(self._settings.fileName())
