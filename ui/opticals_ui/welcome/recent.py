"""The edits that were open lately, and which of them are still there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from opticals_ui.background import Background
    from opticals_ui.session import Session

MOST = 10
NAME = "recent"  # under which they are remembered


@dataclass(frozen=True)
class RecentEdit:
    """An edit, and whether its file is there, as far as is known."""

    path: Path
    there: bool = True


class Recent(QObject):
    """The edits of a session that were open, the latest first, kept from run to run."""

    changed = Signal()

    def __init__(self, session: Session, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._memory = session.memory
        self._session = session
        self._background = background  # a lost network drive may take its time to say so
        paths = [one for one in self._memory.get(NAME, []) if isinstance(one, str) and one]
        self.edits = tuple(RecentEdit(Path(one)) for one in paths[:MOST])
        session.edit_changed.connect(self._note)
        self._note()
        self.look()

    def look(self) -> None:
        """Find out which are still there."""
        paths = [one.path for one in self.edits]
        self._background.run(
            lambda: {path: _is_there(path) for path in paths},
            self._found,
            lambda error: None,
            quiet=True,
            owner=self,
        )

    def clear(self) -> None:
        """Forget all but the one that is open."""
        self._show(())
        self._note()

    def forget(self, path: Path) -> None:
        self._show(tuple(one for one in self.edits if one.path != path))

    def _note(self) -> None:
        edit = self._session.edit
        if edit is None or edit.path is None:
            return
        path = edit.path.absolute()
        rest = tuple(one for one in self.edits if one.path != path)
        self._show((RecentEdit(path), *rest)[:MOST])

    def _found(self, there: dict[Path, bool]) -> None:
        self._show(tuple(RecentEdit(one.path, there.get(one.path, True)) for one in self.edits))

    def _show(self, edits: tuple[RecentEdit, ...]) -> None:
        if edits != self.edits:
            self.edits = edits
            self._memory.put(NAME, [str(one.path) for one in edits])
            self.changed.emit()


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
