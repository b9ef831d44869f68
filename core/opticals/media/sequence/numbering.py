"""Numbered picture files as one medium: how a path names them, and which of them are there.

A medium is named by its printf pattern, `/shots/a.%04d.exr`. Light: nothing is opened here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from opticals.errors import MediaError
from opticals.media.read.container import reached

# File types by suffix. What is no picture (film.0001.mov) is never numbered.
TYPES = {
    ".exr": "exr",
    ".dpx": "dpx",
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
}

# One place for the number: %04d or %d, #### or @@@@, or Resolve's [1001-1100].
_PLACE = re.compile(r"%(?:0(?P<digits>\d{1,2}))?d|(?P<marks>#+|@+)|\[(?P<first>\d+)-\d+\]")
# The number of a file is the last one in its name; v012 is a version, no number.
_NUMBERED = re.compile(r"(?P<prefix>.*?(?<!\d))(?P<number>\d+)(?P<suffix>\.\w+)")
_VERSION = re.compile(r"(?:^|.*[^A-Za-z])[vV]")
_MOST_MISSING = 100_000  # more is a stray file with a number of its own


@dataclass(frozen=True)
class Pattern:
    """The name of a sequence.

    Attributes:
        folder, prefix, suffix: what all its files have in common.
        digits: to which numbers are filled up with zeros; 1 is not at all. 0: a single picture
            without a number, whose name is prefix and suffix.
    """

    folder: Path
    prefix: str
    digits: int
    suffix: str

    @property
    def path(self) -> Path:
        """As a printf pattern; of a single picture its own path."""
        place = {0: "", 1: "%d"}.get(self.digits, f"%0{self.digits}d")
        return self.folder / f"{self.prefix}{place}{self.suffix}"

    def file(self, number: int) -> Path:
        """The file of this number."""
        text = f"{number:0{self.digits}}" if self.digits else ""
        return self.folder / f"{self.prefix}{text}{self.suffix}"

    def numbers(self) -> list[int]:
        """The numbers that have a file, in order."""
        if not self.digits:
            return [0] if self.path.is_file() else []
        return sorted(int(text) for text in self._texts() if self._is_ours(text))

    def _texts(self) -> list[str]:
        first, last = len(self.prefix), -len(self.suffix)
        try:
            names = [one.name for one in self.folder.iterdir()]
        except OSError:
            return []
        return [
            name[first:last]
            for name in names
            if name.startswith(self.prefix)
            and name.endswith(self.suffix)
            and re.fullmatch("[0-9]+", name[first:last])
        ]

    def _is_ours(self, text: str) -> bool:
        return len(text) == self.digits or (len(text) > self.digits and text[0] != "0")


@dataclass(frozen=True)
class Numbered:
    """The files of a sequence that are there: from number `first` to `last`."""

    pattern: Pattern
    first: int
    last: int
    missing: tuple[int, ...]  # counted from 0

    @property
    def frames(self) -> int:
        return self.last - self.first + 1

    def files(self) -> list[Path]:
        """Those that are there, in order."""
        gaps = set(self.missing)
        return [self.pattern.file(self.first + i) for i in range(self.frames) if i not in gaps]


def is_pattern(path: Path) -> bool:
    """Whether the path is a pattern as `Pattern.path` gives it, and no file of that name."""
    place = _place(path.name)
    return (
        place is not None
        and place[0].startswith("%")
        and path.suffix.lower() in TYPES
        and not _is_file(path)
    )


def pattern_of(path: Path) -> Pattern | None:
    """The pattern that a path stands for; None where it names no picture files.

    It may be a pattern in any of its spellings, a folder that holds one sequence and no other
    pictures, or one file: with its siblings of other numbers it is a sequence, alone a sequence
    of one frame.

    Raises:
        MediaError: a folder that holds several sequences.
    """
    path = path.absolute()
    if path.is_dir():
        return _of_folder(path)
    suffix = path.suffix
    if suffix.lower() not in TYPES:
        return None
    if not _is_file(path) and (place := _place(path.name)):
        digits = int(place["digits"] or 0) or len(place["marks"] or place["first"] or "1")
        return Pattern(path.parent, path.name[: place.start()], digits, path.name[place.end() :])
    return _of_file(path)


def numbered(path: Path) -> Numbered | None:
    """The sequence that a path stands for, as it is on disk; None where it names no pictures.

    Raises:
        MediaError: it has no files, its folder cannot be read, its numbers lie too far apart, or
            a folder holds several.
    """
    pattern = pattern_of(path)
    if pattern is None:
        return None
    there = pattern.numbers()
    if not there:
        folder = pattern.folder
        with reached(path):
            if folder.is_dir():
                next(folder.iterdir(), None)  # says why, where it may not be listed
        raise MediaError(
            f"{path} is missing.",
            f"The folder {folder} holds no such file."
            if folder.is_dir()
            else f"The folder {folder} is not there.",
            "Connect the drive it is on, or relink the clip in the edit.",
        )
    first, last = there[0], there[-1]
    if last - first + 1 - len(there) > _MOST_MISSING:
        raise MediaError(
            f"The numbers of {pattern.path} lie too far apart.",
            f"There are {len(there)} files between {pattern.file(first).name} "
            f"and {pattern.file(last).name}.",
            "Move the file that does not belong to it elsewhere.",
        )
    known = set(there)
    missing = tuple(n - first for n in range(first, last + 1) if n not in known)
    return Numbered(pattern, first, last, missing)


def exists(path: Path) -> bool:
    """Whether a medium stands there: a file, or at least one file of a pattern."""
    try:
        if path.is_file():
            return True
        pattern = pattern_of(path) if not path.is_dir() else None
    except (OSError, ValueError, MediaError):
        return False
    return pattern is not None and bool(pattern.numbers())


def medium(path: Path) -> Path:
    """The absolute path of the medium that a path names: the pattern of a sequence, or itself.

    Raises:
        MediaError: a folder that holds several sequences.
    """
    pattern = pattern_of(path)
    return path.absolute() if pattern is None else pattern.path


def unnumbered(name: str) -> tuple[str, str] | None:
    """What a picture file's name has before and behind its number; so of a pattern's. None where
    it has no number, or is no picture's."""
    if name[name.rfind(".") :].lower() not in TYPES:
        return None
    place = _place(name)
    if place is None or not place[0].startswith("%"):
        match = _NUMBERED.fullmatch(name)
        if match is not None:
            version = _VERSION.fullmatch(match["prefix"])
            return None if version else (match["prefix"], match["suffix"])
    return None if place is None else (name[: place.start()], name[place.end() :])


def name_of(path: Path) -> str:
    """What a medium is called: a file's stem; a sequence's name without its numbers."""
    if not is_pattern(path):
        return path.stem
    pattern = pattern_of(path)
    assert pattern is not None
    return pattern.prefix.rstrip("._- ") or path.parent.name


def beside(path: Path) -> Path:
    """The medium as one thing in a folder: the file, or the folder that a pattern fills."""
    return path.parent if is_pattern(path) else path


def _place(name: str) -> re.Match[str] | None:
    """Where a name has its number: a printf place first, for # and @ are letters of names too."""
    places = sorted(_PLACE.finditer(name), key=lambda place: place[0].startswith("%"))
    return places[-1] if places else None


def _of_folder(folder: Path) -> Pattern | None:
    found: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in TYPES and not path.name.startswith(".") and path.is_file():
            match = _NUMBERED.fullmatch(path.name)
            prefix = path.stem if match is None else match["prefix"]
            found.setdefault((prefix, path.suffix), path)
    if not found:
        return None
    patterns = {_of_file(path) for path in found.values()}
    if len(patterns) > 1:
        names = ", ".join(sorted(one.path.name for one in patterns)[:5])
        raise MediaError(
            f"{folder} holds {len(patterns)} sequences.",
            f"They are {names}{', ...' if len(patterns) > 5 else ''}.",
            "Name one of them, or a file of it.",
        )
    return patterns.pop()


def _of_file(path: Path) -> Pattern:
    match = _NUMBERED.fullmatch(path.name)
    if match is None or _VERSION.fullmatch(match["prefix"]):
        return Pattern(path.parent, path.stem, 0, path.suffix)
    text = match["number"]
    found = Pattern(path.parent, match["prefix"], 1, match["suffix"])
    if len(text) > 1 and text[0] == "0":
        digits = len(text)
    else:
        # Without a zero in front the others tell: 998, 999, 1000 are not filled up.
        others = [one for one in found._texts() if len(one) <= len(text)] or [text]
        filled = [len(one) for one in others if len(one) > 1 and one[0] == "0"]
        digits = max(filled) if filled else min(len(one) for one in others)
    return Pattern(path.parent, match["prefix"], digits, match["suffix"])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
