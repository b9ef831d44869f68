"""The edit in a file: opened, changed in memory, and saved as a new file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from opticals.errors import EditError
from opticals.media.sequence import numbering
from opticals.rendering.job import renders_folder
from opticals.timeline import carrying, dialects, marks
from opticals.timeline.choosing import choose_by_recipes
from opticals.timeline.chosen import Choice, Skipped, Wanted
from opticals.timeline.edit import Edit
from opticals.timeline.placed import ORIGINAL
from opticals_plugin import dropping
from opticals_plugin.relinking import relink
from opticals_ui.effects.probing import look_into
from opticals_ui.host import Answers, Can, EditView
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals.media.facts import Media
    from opticals.rendering.job import Render
    from opticals.timeline.carrying import Carried
    from opticals.timeline.footage import ClipFootage, Footage
    from opticals.timeline.listing import VersionView
    from opticals.timeline.relink import Report
    from opticals.timeline.shot import Shot


class _Change(Protocol):
    def undo(self) -> None: ...
    def redo(self) -> None: ...


@dataclass(frozen=True)
class _Step:
    """A change that was made, in words, with its inverse."""

    words: str
    change: _Change


class FileHost:
    """A `Host` over an edit in a file. The file that was opened is never written to."""

    name = "File"
    can = frozenset(Can) - {Can.SEEK}

    def __init__(self) -> None:
        self._edit: Edit | None = None
        self._path: Path | None = None
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._saved: _Step | None = None
        self._looked: dict[tuple[Path, Fraction, int], Media] = {}

    def view(self) -> EditView | None:
        edit = self._edit
        if edit is None:
            return None
        return EditView(
            name=self._path.name if self._path else tr("Untitled"),
            path=self._path,
            rate=edit.rate,
            drop_frame=edit.drop_frame,
            start=edit.start,
            tracks=edit.tracks(),
            modified=self._last is not self._saved,
            undo=self._done[-1].words if self._done else "",
            redo=self._undone[-1].words if self._undone else "",
            notes=edit.notes,
            markers=marks.views(edit),
        )

    def open(self, path: Path, answers: Answers | None = None) -> None:
        """Read an edit; the one held before stays if it cannot be read.

        Args:
            answers: values for the arguments of `Edit.open`.

        Raises:
            AnswerNeeded: it leaves something open that changes what it shows.
            EditError: the file is missing, not an edit, or of an unsupported kind.
        """
        said = answers or {}
        rate = Fraction(said["rate"]) if "rate" in said else None

        def probe(medium: Path) -> Media:
            """As it plays at the edit's rate, which is known by the time that one is asked for."""
            return self._look(medium, edit.rate).conformed(edit.rate)

        edit = Edit.open(
            path,
            probe,
            rate=rate,
            sequence=said.get("sequence"),
            written_by=said.get("written_by"),
        )
        self._edit, self._path = edit, path
        self._done, self._undone, self._saved = [], [], None

    def shots(self, tracks: Sequence[str], start: int, end: int) -> tuple[Shot, ...]:
        edit = self._open_edit()
        return edit.shots(tracks, edit.timecode(start), edit.timecode(end - 1))

    def footage(self, clips: Sequence[str]) -> Mapping[str, ClipFootage]:
        return self._open_edit().footage(clips)

    def marked(self) -> Choice:
        return choose_by_recipes(self._open_edit())

    def carried(self) -> tuple[Carried, ...]:
        return carrying.carried(self._open_edit())

    def again(
        self, renders: Sequence[Carried]
    ) -> tuple[tuple[tuple[Wanted, Carried], ...], tuple[Skipped, ...]]:
        return carrying.again(self._open_edit(), renders)

    def renders_folder(self) -> Path:
        self._open_edit()
        assert self._path is not None
        return renders_folder(self._path)

    def place(self, render: Render, how: str, time: str) -> tuple[str, ...]:
        placement = self._open_edit().place(render, how, time)
        self._did(tr("placing {render}", render=render.name), placement)
        return placement.messages

    def restore(self, clip: str) -> tuple[str, ...]:
        placement = self._open_edit().restore(clip)
        self._did(tr("restoring {clip}", clip=clip), placement)
        return placement.messages

    def versions(self, clip: str) -> tuple[VersionView, ...]:
        return self._open_edit().versions(clip)

    def switch(self, clip: str, version: str) -> tuple[str, ...]:
        placement = self._open_edit().switch(clip, version)
        self._did(tr("switching {clip} to {version}", clip=clip, version=version), placement)
        return placement.messages

    def drop(self, version: str) -> tuple[str, ...]:
        taken = dropping.drop(self._open_edit(), version)
        if taken.parts:
            self._did(tr("taking out {version}", version=version), taken)
        return taken.messages

    def version_footage(self, clip: str, version: str | Render) -> Footage:
        edit = self._open_edit()
        shown = edit.footage([clip])[clip]
        if version == (shown.version or ORIGINAL):
            return shown.shown
        tried = edit.switch(clip, version) if isinstance(version, str) else edit.place(version)
        try:
            return edit.footage([tried.id])[tried.id].shown
        finally:
            tried.undo()

    def relink(self, folder: Path, progress: Callable[[int, int], None]) -> Report:
        report = relink(self._open_edit(), [folder], progress)
        if report.found:
            self._did(tr("relinking"), report)
        return report

    def undo(self) -> None:
        if not self._done:
            raise EditError(tr("There is nothing to undo."))
        self._done[-1].change.undo()
        self._undone.append(self._done.pop())

    def redo(self) -> None:
        if not self._undone:
            raise EditError(tr("There is nothing to redo."))
        self._undone[-1].change.redo()
        self._done.append(self._undone.pop())

    def losses(self, path: Path) -> tuple[str, ...]:
        edit = self._open_edit()
        program = dialects.default(edit.timeline, path)
        edit.check_path(path, program=program)
        return edit.losses(path, program)

    def save(self, path: Path) -> tuple[str, ...]:
        """Write the edit to a new file, which is the one held from then on: for the program that
        it came from, where that opens such files.

        Raises:
            EditError: the format or the program would show another edit.
            OutputError: the file exists, or cannot be written.
        """
        edit = self._open_edit()
        messages: list[str] = []
        program = dialects.default(edit.timeline, path)
        self._path = edit.save(path, program=program, note=messages.append)
        self._saved = self._last
        return tuple(messages)

    def _look(self, medium: Path, rate: Fraction) -> Media:
        """What a medium is; asked for again only where it may have changed."""
        file = medium.parent if numbering.is_pattern(medium) else medium
        asked = (medium, rate, file.stat().st_mtime_ns if file.exists() else 0)
        if asked not in self._looked:
            self._looked[asked] = look_into(medium, rate)
        return self._looked[asked]

    @property
    def _last(self) -> _Step | None:
        return self._done[-1] if self._done else None

    def _did(self, words: str, change: _Change) -> None:
        self._done.append(_Step(words, change))
        self._undone.clear()

    def _open_edit(self) -> Edit:
        if self._edit is None:
            raise EditError(tr("No edit is open."), remedy=tr("Open one first."))
        return self._edit
