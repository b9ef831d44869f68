"""How commands open the edit that they are given."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from opticals.cli import say
from opticals.timeline.edit import Edit


def opened(path: Path, rate: Fraction | None, sequence: str | None, written_by: str | None) -> Edit:
    """The edit; what its reader has to say goes to stderr.

    Raises:
        OpticalsError: as `Edit.open`.
    """
    edit = Edit.open(path, rate=rate, sequence=sequence, written_by=written_by)
    for text in edit.notes:
        say.note(text)
    return edit
