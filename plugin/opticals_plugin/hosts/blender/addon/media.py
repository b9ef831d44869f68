"""Which files a strip shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import compat

_NUMBERED = re.compile(r"^(.*?)(\d+)(\.\w+)$")


@dataclass(frozen=True)
class Files:
    """A film, a picture or a numbered sequence of pictures.

    Attributes:
        path: absolute; of a sequence with a # for each digit.
        first: number of the first picture; None of a film or a single picture.
        count: frames, as far as Blender tells.
        why: why it cannot be told what it is.
    """

    path: str = ""
    first: int | None = None
    count: int | None = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, "first": self.first, "count": self.count}


def of(strip: Any) -> Files:
    """The files of a movie, image or sound strip."""
    if strip.type == "SOUND":
        return Files(compat.absolute(strip.sound.filepath) if strip.sound else "")
    if strip.type == "MOVIE":
        return Files(compat.absolute(strip.filepath))
    folder = Path(compat.absolute(strip.directory))
    names = [one.filename for one in strip.elements]
    if len(names) == 1:
        return Files(str(folder / names[0]), None, 1)
    parts = _NUMBERED.match(names[0])
    if parts is None:
        return Files(why="Its pictures have no numbers. Render it to a file in Blender first.")
    head, digits, tail = parts.groups()
    first = int(digits)
    for number, name in enumerate(names, first):
        if name != f"{head}{number:0{len(digits)}}{tail}":
            why = f"Its pictures are not numbered one after the other ({name}). "
            return Files(why=why + "Render it to a file in Blender first.")
    return Files(str(folder / f"{head}{'#' * len(digits)}{tail}"), first, len(names))


def picture(pattern: str, number: int) -> Path:
    """The file of this number of a sequence: `shot.####.exr`, or printf's `shot.%04d.exr`."""
    name = Path(pattern).name
    if "%" in name:
        return Path(pattern).with_name(name % number)
    digits = re.search("#+", name)
    if digits is None:
        return Path(pattern)
    text = f"{number:0{len(digits.group())}}"
    return Path(pattern).with_name(name[: digits.start()] + text + name[digits.end() :])


def size(strip: Any) -> tuple[int, int]:
    """Width and height of its pictures in pixels; 0 where Blender has not seen them yet."""
    if not len(strip.elements):
        return 0, 0
    one = strip.elements[0]
    return int(one.orig_width), int(one.orig_height)
