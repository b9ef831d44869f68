"""Edits in the formats of other programs, through OpenTimelineIO's adapters.

Reading gives a timeline in the one form that the rest of Opticals works on. Writing first says
what a format cannot hold: what would be missing (`losses`), and what would make it another edit
(`refusals`), which is not written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opentimelineio.schema import Timeline

from opticals.errors import EditError, OutputError
from opticals.timeline.formats import bundle, process
from opticals.timeline.formats.bundle import media_folder, unpack
from opticals.timeline.formats.held import held, losses, refusals
from opticals.timeline.formats.table import FORMATS, OTIO, Format, Holds, by_id, of

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

__all__ = [
    "FORMATS",
    "OTIO",
    "Format",
    "Holds",
    "Opened",
    "by_id",
    "held",
    "losses",
    "media_folder",
    "of",
    "read",
    "refusals",
    "unpack",
    "write",
]


@dataclass(frozen=True)
class Opened:
    """An edit as read.

    Attributes:
        program: that wrote the file: `premiere`, `avid`, `kdenlive`, ...; empty where the file
            does not say.
        notes: what the user should know of it.
    """

    timeline: Timeline
    format: Format
    program: str = ""
    notes: tuple[str, ...] = ()


def read(path: Path, rate: Fraction | None = None, sequence: str | None = None) -> Opened:
    """The edit in a file.

    Args:
        rate: frames per second, for formats that do not say (EDL).
        sequence: the name or the number of one of several sequences in the file.

    Raises:
        EditError: no such file, not an edit of its format, several sequences or rates to choose
            from, or something in it that would be read wrongly.
    """
    format = of(path)
    bundle.check_there(path, format)
    if format.id in OTIO:
        return Opened(bundle.read(path, format, sequence), format)
    asked = {"rate": None if rate is None else str(rate), "sequence": sequence}
    timeline, answer = process.read(format, path, **asked)
    if not isinstance(timeline, Timeline):
        raise EditError(f"{path.name} holds no timeline.", remedy="Export the sequence itself.")
    return Opened(timeline, format, answer["program"], tuple(answer["notes"]))


def write(
    timeline: Timeline, path: Path, format: Format | None = None, folder: Path | None = None
) -> None:
    """Write what a format can hold of an edit (`held`), to a path that may have any name.

    Relative media paths count from `folder`; other formats than OTIO's get absolute ones, and
    bundles the media themselves.

    Raises:
        EditError: it would be another edit than this one, or it cannot be written.
        OutputError: the file cannot be written.
    """
    format = format or of(path)
    for refused in refusals(timeline, format):
        raise refused
    if format.id in OTIO:
        bundle.write(timeline, path, format, folder)
        return
    try:
        process.write(format, held(timeline, format, folder), path)
    except OSError as error:
        raise OutputError.wrap(
            f"The edit {path} cannot be written.", error, "Check the folder and the free space."
        ) from error
