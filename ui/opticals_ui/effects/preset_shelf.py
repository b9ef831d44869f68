"""The presets that the panel offers, and what is done with them; the disk is not waited for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opticals import presets
from opticals.errors import OpticalsError
from opticals.presets import Preset
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer, Board, Kind, Notice

if TYPE_CHECKING:
    from opticals.presets import Shelf
    from opticals_ui.background import Background

TOPIC = "presets"


class PresetShelf(QObject):
    """Shipped presets and the user's own. Errors and news go to the board."""

    changed = Signal()

    def __init__(self, board: Board, errands: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.presets: tuple[Preset, ...] = ()
        self._board = board
        self._errands = errands
        self._run(lambda: None, "")

    @property
    def own(self) -> tuple[Preset, ...]:
        return tuple(one for one in self.presets if not one.shipped)

    def find(self, name: str) -> Preset | None:
        """The preset of this name; the user's own before a shipped one."""
        return next((one for one in self.presets if one.name == name), None)

    def save(self, preset: Preset, *, replacing: bool = False) -> None:
        """Keep a preset; where its name is taken, ask whether it takes that place."""

        def failed(error: OpticalsError) -> None:
            if error.subject:
                again = Answer(tr("Replace it"), lambda: self.save(preset, replacing=True))
                self._board.ask(error.what, "", again)
            else:
                self._board.fail(error, TOPIC)

        self._run(
            lambda: presets.save(preset, replacing=replacing),
            tr("The preset “{name}” is saved.", name=preset.name),
            failed,
        )

    def rename(self, preset: Preset, name: str) -> None:
        if name != preset.name:
            self._run(lambda: presets.rename(preset, name), "")

    def delete(self, preset: Preset) -> None:
        """Take one of the user's own away; it can be had back."""
        back = Answer(tr("Undo"), lambda: self._run(lambda: presets.save(preset), ""))
        self._run(
            lambda: presets.delete(preset),
            tr("The preset “{name}” is deleted.", name=preset.name),
            None,
            back,
        )

    def share(self, preset: Preset, file: Path) -> None:
        """Write a preset to a file for others."""
        files = len(preset.recipe.files()) if preset.parts else 0
        why = tr("Files of this machine that it names are left out.") if files else ""
        self._run(lambda: presets.share(preset, file), tr("{file} is written.", file=file), why=why)

    def take(self, file: Path) -> None:
        """Keep a preset that came as a file."""
        self._run(lambda: presets.take(file), tr("The preset of {file} is here.", file=file.name))

    def _run(
        self,
        change: Callable[[], object],
        news: str,
        failed: Callable[[OpticalsError], None] | None = None,
        *answers: Answer,
        why: str = "",
    ) -> None:
        """Change what lies on the disk, and show what lies there then."""

        def work() -> tuple[tuple[Preset, ...], Shelf]:
            change()
            return presets.shipped(), presets.own()

        def done(what: tuple[tuple[Preset, ...], Shelf]) -> None:
            shipped, shelf = what
            self.presets = (*shelf.presets, *shipped)
            self.changed.emit()
            if news:
                self._board.notify(Notice(Kind.INFO, TOPIC, news, why, answers=answers))
            for error in shelf.broken:
                self._board.fail(error, f"{TOPIC} {error.what}")

        self._errands.run(work, done, failed or (lambda error: self._board.fail(error, TOPIC)))
