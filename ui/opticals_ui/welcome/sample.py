"""The sample edit, fetched when it is asked for, in a process of its own.

`Sample` is the side of the panel; the module itself, run with -m, is the other one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QProcess, Signal

from opticals.errors import ModelError, OpticalsError
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals.models.fetching import Progress


class Sample(QObject):
    """Signals:
    changed: it is under way, or no more, or further than before.
    ready: the edit lies here.
    failed: it cannot be had; with the error.
    """

    changed = Signal()
    ready = Signal(Path)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.share: float | None = None  # of the fetch under way; None while that is not known
        self._answer: dict[str, Any] = {}
        self._process = QProcess(self)
        self._process.setProgram(sys.executable)
        self._process.setArguments(["-P", "-m", "opticals_ui.welcome.sample"])
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._not_started)

    @property
    def fetching(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    def fetch(self) -> None:
        """Get the films and cut the edit; what is there already is not fetched again."""
        if not self.fetching:
            self.share, self._answer = None, {}
            self._process.start()
            self.changed.emit()

    def close(self) -> None:
        """Stop the fetch under way."""
        if self.fetching:
            self._process.finished.disconnect()
            self._process.errorOccurred.disconnect()
            self._process.kill()
            self._process.waitForFinished(2000)
            self._process.finished.connect(self._ended)
            self._process.errorOccurred.connect(self._not_started)
            self.changed.emit()

    def _read(self) -> None:
        while self._process.canReadLine():
            try:
                found = json.loads(bytes(self._process.readLine().data()))
            except ValueError:
                continue
            if "done" in found:
                total = found["total"]
                self.share = found["done"] / total if total else None
                self.changed.emit()
            else:
                self._answer = found

    def _ended(self) -> None:
        self._read()
        self.changed.emit()
        if "edit" in self._answer:
            self.ready.emit(Path(self._answer["edit"]))
        elif "error" in self._answer:
            self.failed.emit(OpticalsError.from_json(self._answer["error"]))
        else:
            code = self._process.exitCode()
            self._fail(tr("The process that fetches it ended with {code}.", code=code))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.changed.emit()
            self._fail(self._process.errorString())

    def _fail(self, why: str) -> None:
        self.failed.emit(ModelError(tr("The sample edit cannot be had."), why, tr("Try again.")))


def main() -> None:
    """Fetch it; a line of how far it is now and then, and one with the edit or the error."""
    import time

    import platformdirs

    from opticals import demo

    told = 0.0

    def report(progress: Progress) -> None:
        nonlocal told
        if time.monotonic() - told > 0.1:
            told = time.monotonic()
            _say({"done": progress.done, "total": progress.total})

    folder = platformdirs.user_videos_path() / "Opticals sample"
    try:
        _say({"edit": str(demo.prepare(folder, report))})
    except OpticalsError as error:
        _say({"error": error.to_json()})


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
