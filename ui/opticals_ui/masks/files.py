"""The files of drawn masks: beside the renders, each state that something was made with kept."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from opticals.errors import OutputError
from opticals.masks.shapes import SUFFIX, Shapes

FOLDER = "masks"  # inside the folder of the renders
_NUMBERED = re.compile(r"^(?P<base>.+)_v(?P<number>\d{3,})$")


def next_file(renders: Path, clip: str, before: Path | None) -> Path:
    """A new name for the mask of a clip; the next number after that of the one before, where that
    is ours."""
    folder = renders / FOLDER
    base = f"{re.sub(r'[^0-9A-Za-z]+', '-', clip).strip('-')}_mask"
    if before is not None and before.parent == folder and (found := _NUMBERED.match(before.stem)):
        base = found["base"]
    number = 1
    while (path := folder / f"{base}_v{number:03}{SUFFIX}").exists():
        number += 1
    return path


def read(path: Path) -> Shapes:
    """The shapes of a file.

    Raises:
        MediaError: it is not there, or holds none.
    """
    return Shapes.read(path)


def write(path: Path, shapes: Shapes) -> None:
    """Write shapes to a file; never half of them.

    Raises:
        OutputError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(shapes.to_json()), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError.wrap(
            f"The mask {path} cannot be written.",
            error,
            "Free some space, or save the edit elsewhere; what is drawn is still here.",
        ) from error
