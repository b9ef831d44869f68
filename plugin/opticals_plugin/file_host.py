"""The edit in a file: opened, changed in memory, and saved as a new file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import EditError
from opticals.rendering.job import renders_folder
from opticals.timeline.edit import Edit
from opticals.timeline.timecode import timecode
from opticals_ui.host import Can, EditView
from opticals_ui.probing import look_into

if TYPE_CHECKING:
    from opticals.media.facts import Media
    from opticals.rendering.job import Render
    from opticals.timeline.placement import Placement
    from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class _Step:
    """A change that was made, in words, with its inverse."""

    words: str
    placement: Placement


class FileHost:
    """A `Host` over an edit in a file. The file that was opened is never written to."""

    name = "File"
    can = frozenset({Can.OPEN, Can.SAVE})

    def __init__(self) -> None:
        self._edit: Edit | None = None
        self._path: Path | None = None
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._saved: _Step | None = None

    def view(self) -> EditView | None:
        edit = self._edit
        if edit is None:
            return None
        return EditView(
            name=self._path.name if self._path else "Untitled",
            path=self._path,
            rate=edit.rate,
            drop_frame=edit.drop_frame,
            start=edit.start,
            tracks=edit.tracks(),
            modified=self._last is not self._saved,
            undo=self._done[-1].words if self._done else "",
            redo=self._undone[-1].words if self._undone else "",
        )

    def open(self, path: Path) -> None:
        """Read an edit; the one held before stays if it cannot be read.

        Raises:
            EditError: the file is missing, not an edit, or of an unsupported kind.
        """

        def probe(medium: Path) -> Media:
            """As it plays at the edit's rate, which is known by the time that one is asked for."""
            return look_into(medium, edit.rate).conformed(edit.rate)

        edit = Edit.open(path, probe)
        self._edit, self._path = edit, path
        self._done, self._undone, self._saved = [], [], None

    def shots(self, track: str, start: int, end: int) -> tuple[Shot, ...]:
        edit = self._open_edit()
        first, last = (timecode(frame, edit.rate, edit.drop_frame) for frame in (start, end - 1))
        return edit.shots(track, first, last)

    def renders_folder(self) -> Path:
        self._open_edit()
        assert self._path is not None
        return renders_folder(self._path)

    def place(self, render: Render, how: str, time: str) -> tuple[str, ...]:
        placement = self._open_edit().place(render, how, time)
        return self._did(f"placing {render.name}", placement)

    def restore(self, clip: str) -> tuple[str, ...]:
        return self._did(f"restoring {clip}", self._open_edit().restore(clip))

    def undo(self) -> None:
        if not self._done:
            raise EditError("There is nothing to undo.")
        self._done[-1].placement.undo()
        self._undone.append(self._done.pop())

    def redo(self) -> None:
        if not self._undone:
            raise EditError("There is nothing to redo.")
        self._undone[-1].placement.redo()
        self._done.append(self._undone.pop())

    def save(self, path: Path) -> Path:
        """Write the edit to a new file, which is the one held from then on.

        Raises:
            EditError: the file exists, or cannot be written.
        """
        written = self._open_edit().save(path)
        self._path = written
        self._saved = self._last
        return written

    @property
    def _last(self) -> _Step | None:
        return self._done[-1] if self._done else None

    def _did(self, words: str, placement: Placement) -> tuple[str, ...]:
        self._done.append(_Step(words, placement))
        self._undone.clear()
        return placement.messages

    def _open_edit(self) -> Edit:
        if self._edit is None:
            raise EditError("No edit is open.", remedy="Open one first.")
        return self._edit
