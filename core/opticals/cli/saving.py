"""Where a changed edit is saved: a new one, beside the one it comes from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import OutputError
from opticals.rendering.job import base_edit
from opticals.timeline import dialects
from opticals.timeline.files import Form, master_of

if TYPE_CHECKING:
    from opticals.timeline.edit import Edit
    from opticals.timeline.formats import Format
    from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class Target:
    """The new edit.

    Attributes:
        program: that it is written for, of `opticals.timeline.dialects`.
        named: whether the user named the path.
        format: what the program takes such a file for.
    """

    path: Path
    program: str
    overwrite: bool
    named: bool
    format: Format

    def told(self, edit: Edit) -> tuple[str, ...]:
        """What the program will lose of the edit as it stands.

        Raises:
            OpticalsError: it cannot be written so.
        """
        losses = edit.losses(self.path, self.program)
        edit.rehearse(self.path, self.program)
        return losses

    def bakes(self, shot: Shot) -> bool:
        """Whether the program would show other frames of a render that is not baked."""
        return dialects.needs_baking(shot, self.format)

    def save(self, edit: Edit, messages: list[str]) -> Path:
        """Save to it; to the next free name when another took a name nobody asked for."""
        path = self.path
        while True:
            try:
                return edit.save(
                    path, program=self.program, overwrite=self.overwrite, note=messages.append
                )
            except OutputError:
                if self.named or not _taken(path):
                    raise
            assert edit.path is not None
            path = _free_name(edit.path, path.suffix)


def target(edit: Edit, output: Path | None, overwrite: bool, program: str = "") -> Target:
    """Where the new edit goes; refused before any work is done if it cannot go there.

    Without a path it is of the format that the edit came in, where that can be written; without a
    program it is for the one that the edit came from.
    """
    assert edit.path is not None
    if output is None:
        dialect = dialects.of(program or edit.program)
        path = _free_name(edit.path, dialects.usual_suffix(dialect, edit.path))
    else:
        path = output
    program = program or dialects.default(edit.timeline, path)
    found = Target(path, program, overwrite, output is not None, Form.of(path, program).format)
    edit.check_path(path, program=program, overwrite=overwrite)
    return found


def _free_name(path: Path, suffix: str) -> Path:
    """`cut_opticals_v002.otio` after v001, whichever of them is the edit at hand."""
    numbers = itertools.count(1)
    names = (f"{base_edit(path)}_opticals_v{number:03}{suffix}" for number in numbers)
    return next(path.with_name(name) for name in names if not _taken(path.with_name(name)))


def _taken(path: Path) -> bool:
    return path.exists() or master_of(path).exists()
