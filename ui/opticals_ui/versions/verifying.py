"""Verifying renders again, in a process of its own: every frame is decoded."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess

from opticals.errors import OpticalsError, VerifyError, WorkerError
from opticals_ui.look.words import tr


@dataclass(frozen=True)
class Proof:
    """What verifying a render found: points that are kept, and those that are not, in words."""

    kept: int
    broken: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.broken


class Verifier(QObject):
    """Verifies one render after the other."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._processes: set[QProcess] = set()

    def verify(
        self,
        path: Path,
        done: Callable[[Proof], None],
        failed: Callable[[OpticalsError], None],
    ) -> None:
        """Verify a render; then `done`, or `failed` where it cannot be read or says nothing."""
        process = QProcess(self)
        self._processes.add(process)

        def finished() -> None:
            said = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace")
            self._forget(process)
            try:
                proof = _proof(json.loads(said), path)
            except OpticalsError as error:
                failed(error)
            except (ValueError, LookupError, TypeError):
                failed(_silent(path, tr("The process that did ended early.")))
            else:
                done(proof)

        def refused(error: QProcess.ProcessError) -> None:
            if error is QProcess.ProcessError.FailedToStart:
                self._forget(process)
                failed(_silent(path, process.errorString()))

        process.finished.connect(finished)
        process.errorOccurred.connect(refused)
        process.start(
            sys.executable, ["-P", "-m", "opticals", "verify", str(path.absolute()), "--json"]
        )

    def close(self) -> None:
        """End what is under way; nothing is said of it."""
        for process in tuple(self._processes):
            process.finished.disconnect()
            process.kill()
            process.waitForFinished(1000)
            self._forget(process)

    def _forget(self, process: QProcess) -> None:
        self._processes.discard(process)
        process.deleteLater()


def _proof(said: Any, path: Path) -> Proof:
    if isinstance(said, dict):
        raise OpticalsError.from_json(said)
    (report,) = said
    if "error" in report:
        raise OpticalsError.from_json(report["error"])
    broken = tuple(
        tr(
            "{point}: {found} instead of {expected}",
            point=one["name"],
            found=one["found"],
            expected=one["expected"],
        )
        for one in report["points"]
        if not one["ok"]
    )
    if not report["points"]:
        raise VerifyError(tr("{file} was not verified.", file=path.name))
    return Proof(len(report["points"]) - len(broken), broken)


def _silent(path: Path, why: str) -> WorkerError:
    return WorkerError(
        tr("{file} was not verified.", file=path.name), why, tr("Verify it once more.")
    )
