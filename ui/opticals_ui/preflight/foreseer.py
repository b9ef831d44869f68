"""The process that foresees what jobs take, as the panel asks it: one request at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QObject, QProcess

from opticals.errors import OpticalsError, WorkerError
from opticals.rendering.forecast import Forecast
from opticals.rendering.job import Job
from opticals_ui.look.words import tr

Done = Callable[[Forecast], None]
Failed = Callable[[OpticalsError], None]


class Foreseeing(Protocol):
    """What a `Foreseer` offers."""

    def ask(self, jobs: Sequence[Job], time: str, done: Done, failed: Failed) -> None: ...
    def close(self) -> None: ...


class Foreseer(QObject):
    """Starts the process at first use, and again after it died. What is asked while it is at work
    waits; only the newest does."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest = b""
        self._count = 0
        self._asked: tuple[int, Done, Failed] | None = None  # what the process is at
        self._next: tuple[str, Done, Failed] | None = None
        self._closed = False

    def ask(self, jobs: Sequence[Job], time: str, done: Done, failed: Failed) -> None:
        """Ask what jobs will take. What was asked before and waits is not answered.

        Args:
            time: what becomes of renders that are longer than their shots: `fit` or `ripple`.
        """
        if self._closed:
            return
        request = json.dumps({"jobs": [one.to_json() for one in jobs], "time": time})
        self._next = request, done, failed
        self._send()

    def close(self) -> None:
        """End the process; nothing is answered any more, and none begins."""
        self._closed = True
        self._asked = self._next = None
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()

    def _send(self) -> None:
        if self._asked is not None or self._next is None:
            return
        request, done, failed = self._next
        self._next = None
        self._count += 1
        self._asked = self._count, done, failed
        # The number stands first, so that the request need not be taken apart for it.
        line = f'{{"id": {self._count}, {request[1:]}\n'
        self._running().write(line.encode())

    def _running(self) -> QProcess:
        if self._process is None:
            process = self._process = QProcess(self)
            process.setProcessChannelMode(QProcess.ProcessChannelMode.SeparateChannels)
            process.readyReadStandardOutput.connect(self._read)
            process.readyReadStandardError.connect(process.readAllStandardError)
            process.finished.connect(self._ended)
            process.errorOccurred.connect(self._refused)
            self._rest = b""
            process.start(sys.executable, ["-P", "-m", "opticals.rendering.foresight"])
        return self._process

    def _read(self) -> None:
        if self._process is None:
            return
        *lines, self._rest = (
            self._rest + bytes(self._process.readAllStandardOutput().data())
        ).split(b"\n")
        for line in lines:
            self._answer(json.loads(line))

    def _answer(self, answer: dict[str, Any]) -> None:
        if self._asked is None or answer["id"] != self._asked[0]:
            return
        _, done, failed = self._asked
        self._asked = None
        if self._next is None:  # else what comes next has taken its place
            if "error" in answer:
                failed(OpticalsError.from_json(answer["error"]))
            else:
                done(Forecast.from_json(answer["forecast"]))
        self._send()

    def _refused(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._ended()

    def _ended(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        asked, self._asked = self._asked, None
        if asked is not None:
            asked[2](
                WorkerError(
                    tr("What it takes cannot be told."),
                    tr("The process that looks into the media ended."),
                    tr("Rendering is possible all the same."),
                )
            )
        self._send()
