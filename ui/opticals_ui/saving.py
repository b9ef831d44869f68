"""The edit written to a new file, after what the file would lose of it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opticals.errors import OpticalsError, OutputError
from opticals_ui.look.words import tr
from opticals_ui.naming import free_name
from opticals_ui.notices import reports
from opticals_ui.notices.board import Answer, listing

if TYPE_CHECKING:
    from opticals_ui.desk import Desk
    from opticals_ui.host import EditView

TOPIC = "save"
PLAIN = ".otio"  # the suffix of edits that lose nothing

Then = Callable[[], None] | None


class Saving(QObject):
    """Writes a desk's edit.

    Signals:
        wanted: the user is to say where to save; with what to do after that, or None.
    """

    wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk

    def save(self, path: Path, then: Then = None) -> None:
        """Write the edit to a new file; `then` what waited for it. Asks first when the file would
        lose something of the edit."""

        def checked(losses: tuple[str, ...]) -> None:
            if not losses:
                self._write(path, losses, then)
                return
            anyway = Answer(tr("Save anyway"), lambda: self._write(path, losses, then))
            beside = tr("A {suffix} that keeps all of it is written beside it.", suffix=PLAIN)
            why = f"{listing(losses)}\n{beside}"
            what = tr("{name} will not hold all of the edit.", name=path.name)
            self._desk.board.ask(what, why, anyway, *self._plainly(path, then))

        self._desk.read_from_host(
            TOPIC,
            lambda: self._desk.host.losses(path),
            checked,
            lambda error: self._not_saved(error, path, then),
        )

    def _write(self, path: Path, told: tuple[str, ...], then: Then) -> None:
        def saved(what: tuple[tuple[str, ...], EditView | None]) -> None:
            self._desk.show_saved(what[1])
            self._desk.board.notify(reports.saved(path, what[0], told))
            if then is not None:
                then()

        self._desk.change(
            TOPIC,
            lambda: self._desk.host.save(path),
            saved,
            lambda error: self._not_saved(error, path, then),
        )

    def _not_saved(self, error: OpticalsError, path: Path, then: Then) -> None:
        if isinstance(error, OutputError):
            other = Answer(tr("Choose another name…"), lambda: self.wanted.emit(then))
            self._desk.fail(error, TOPIC, other)
        else:
            self._desk.fail(error, TOPIC, *self._plainly(path, then))

    def _plainly(self, path: Path, then: Then) -> Iterator[Answer]:
        """To save what another format or program does not take, in full."""
        if path.suffix.lower() != PLAIN:
            instead = free_name(path.with_suffix(PLAIN))
            yield Answer(tr("Save as {suffix}", suffix=PLAIN), lambda: self.save(instead, then))
