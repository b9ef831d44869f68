"""Lost media looked for in a folder, while the panel says how far that is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opticals.errors import Cancelled, OpticalsError
from opticals_ui.look.words import tr
from opticals_ui.notices import reports
from opticals_ui.notices.board import Answer, Kind, Notice

if TYPE_CHECKING:
    from opticals.timeline.relink import Report
    from opticals_ui.desk import Desk
    from opticals_ui.host import EditView

TOPIC = "relink"


class Relinking(QObject):
    """Leads the clips of a desk's edit to media that are somewhere else now.

    Signals:
        wanted: the user is to say where lost media are.
    """

    wanted = Signal()
    _looked_at = Signal(int, int)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._stop: threading.Event | None = None  # while media are looked for
        self._looked_at.connect(self._note)

    @property
    def looking(self) -> bool:
        """Whether lost media are looked for."""
        return self._stop is not None

    def start(self, folder: Path) -> None:
        """Look for lost media in a folder, and lead the clips there."""
        if self.looking:
            return
        stop = self._stop = threading.Event()

        def far(done: int, total: int) -> None:
            if stop.is_set():
                raise Cancelled()
            self._looked_at.emit(done, total)

        def found(what: tuple[Report, EditView | None]) -> None:
            self._stop = None
            self._desk.show_changed(what[1])
            again = Answer(tr("Look in another folder…"), self.wanted.emit)
            self._desk.board.notify(reports.relinked(what[0], again))

        def failed(error: OpticalsError) -> None:
            self._stop = None
            self._desk.fail(error, TOPIC, *self._desk.relink_answers())

        self._desk.change(TOPIC, lambda: self._desk.host.relink(folder, far), found, failed)
        self._note(0, 0)

    def stop(self) -> None:
        """End the search; the edit stays as it is."""
        if self._stop is not None:
            self._stop.set()

    def _note(self, done: int, total: int) -> None:
        if self._stop is None:
            return
        far = tr("{done} of {total}", done=done, total=total) if total else ""
        stop = Answer(tr("Stop"), self._stop.set)
        what = tr("Looking for lost media…")
        self._desk.board.notify(Notice(Kind.INFO, TOPIC, what, far, "", (stop,), lasting=True))
