"""Where a changed edit is saved: a new one, beside the one it comes from."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.rendering.job import base_edit

if TYPE_CHECKING:
    from opticals.timeline.edit import Edit


def target(edit: Edit, output: Path | None, overwrite: bool) -> Path:
    """Where the new edit goes; refused before any work is done if it cannot go there."""
    assert edit.path is not None
    wanted = output or _free_name(edit.path)
    edit.check_target(wanted, overwrite=overwrite)
    return wanted


def _free_name(path: Path) -> Path:
    """`cut_opticals_v002.otio` after v001, whichever of them is the edit at hand."""
    numbers = itertools.count(1)
    names = (f"{base_edit(path)}_opticals_v{number:03}.otio" for number in numbers)
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def save(
    edit: Edit, output: Path | None, target: Path, overwrite: bool, messages: list[str]
) -> Path:
    """Save to the target; to the next free name when another took a name nobody asked for."""
    if output is None and target.exists():
        assert edit.path is not None
        target = _free_name(edit.path)
    return edit.save(target, overwrite=overwrite, note=messages.append)
