"""What the medium of the selected clip is, looked up beside everything else."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from opticals.errors import OpticalsError, WorkerError
from opticals.media.facts import Media
from opticals_ui.effects.probing import command, understood
from opticals_ui.timeline.selection import Selection

if TYPE_CHECKING:
    from opticals.timeline.listing import ItemView

SETTLE = 150  # milliseconds that a selection stands before its medium is looked into


class Source(QObject):
    """Follows a selection. What was found of a medium before is shown until it is looked into
    again: the file may be another by now.

    Attributes:
        item: the clip that is selected; None when there is none, or it is of sound.
        medium: of the selected clip, below any render; None when there is none.
        facts, error: what it is, or why that cannot be said; neither while it is looked into.
    """

    changed = Signal()

    def __init__(self, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self.item: ItemView | None = None
        self.medium: Path | None = None
        self._rate: Fraction | None = None
        self._found: dict[tuple[Path, Fraction | None], Media | OpticalsError] = {}
        self._process: QProcess | None = None
        self._closed = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._look)
        selection.changed.connect(self._follow)

    @property
    def facts(self) -> Media | None:
        found = self._known
        return found if isinstance(found, Media) else None

    @property
    def error(self) -> OpticalsError | None:
        found = self._known
        return found if isinstance(found, OpticalsError) else None

    def close(self) -> None:
        """End the process that looks, and those that were left; none begins any more."""
        self._closed = True
        self._settle.stop()
        self._drop()
        for process in self.findChildren(QProcess):
            process.waitForFinished(1000)

    @property
    def _known(self) -> Media | OpticalsError | None:
        return None if self.medium is None else self._found.get((self.medium, self._rate))

    def _follow(self) -> None:
        selection = self._selection
        model, lane = selection.model, selection.lane
        item = model.find(selection.clip) if model and selection.clip else None
        pictures = lane is not None and lane.kind == "Video"
        medium = item.original if item is not None and pictures else None
        rate = model.view.rate if model else None
        before, self.item = self.item, item if pictures else None
        if (medium, rate) == (self.medium, self._rate):
            if self.item is not before:
                self.changed.emit()
            return
        self.medium, self._rate = medium, rate
        self._drop()
        if medium is None or self._closed:
            self._settle.stop()
        else:
            self._settle.start()
        self.changed.emit()

    def _look(self) -> None:
        medium, rate = self.medium, self._rate
        assert medium is not None
        program, *arguments = command(medium, rate)
        process = QProcess(self)
        process.finished.connect(lambda: self._take(process, medium, rate))
        process.errorOccurred.connect(
            lambda error: (
                self._refused(process, medium, rate)
                if error is QProcess.ProcessError.FailedToStart
                else None
            )
        )
        self._process = process
        process.start(program, arguments)

    def _take(self, process: QProcess, medium: Path, rate: Fraction | None) -> None:
        said, trouble = (
            bytes(one.data()).decode("utf-8", "replace")
            for one in (process.readAllStandardOutput(), process.readAllStandardError())
        )
        try:
            found: Media | OpticalsError = understood(medium, process.exitCode(), said, trouble)
        except OpticalsError as error:
            found = error
        self._end(process, medium, rate, found)

    def _refused(self, process: QProcess, medium: Path, rate: Fraction | None) -> None:
        error = WorkerError(
            f"{medium} cannot be looked into.",
            process.errorString(),
            "Close other programs, and select the clip again.",
        )
        self._end(process, medium, rate, error)

    def _end(
        self,
        process: QProcess,
        medium: Path,
        rate: Fraction | None,
        found: Media | OpticalsError,
    ) -> None:
        process.deleteLater()
        if process is self._process:  # else the selection moved on
            self._process = None
            self._found[medium, rate] = found
            self.changed.emit()

    def _drop(self) -> None:
        """Leave the process under way; what it says is not heard."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
