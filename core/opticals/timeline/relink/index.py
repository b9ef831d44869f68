"""The files under some folders, by name: looked through once, opened never."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from unicodedata import normalize

from opticals.errors import MediaError
from opticals.media.sequence import numbering

RENDERS = ".opticals"  # the suffix of the folders that hold our renders
# Containers that can carry the name of a tape.
_TAPED = (".mov", ".mp4", ".m4v", ".mxf", ".mkv")
# Notes that stand beside media and are called like them.
_NOTES = (
    *(".ale", ".bak", ".bin", ".cdl", ".csv", ".cube", ".db", ".drx", ".edl", ".fcpxml", ".html"),
    *(".idx", ".json", ".log", ".md5", ".mhl", ".otio", ".pdf", ".srt", ".txt", ".xml", ".xmp"),
)
_MOST = 2_000_000
_NUMBER = "\0"  # stands for the number of a sequence's files
_REEL = 8  # letters that an edit decision list leaves of a reel's name


def key(name: str) -> str:
    """What names have in common that differ in case, or in how their accents are composed."""
    return name.lower() if name.isascii() else normalize("NFC", name).casefold()


def same_reel(reels: Iterable[str], name: str) -> bool:
    """Whether a name's `key` is that of a reel, or begins with it: reels are cut to eight letters,
    or are those of a card, whose clips are numbered."""
    for reel in map(key, reels):
        rest = name[len(reel) :]
        if name.startswith(reel) and (not rest or len(reel) >= _REEL or not rest[0].isalnum()):
            return True
    return False


class Index:
    """Media by name.

    Those in folders of renders are kept apart. Names that begin with a dot are passed over: these
    are the notes of file managers. Folders that are links are followed once.

    Attributes:
        notes: what could not be looked into.
    """

    def __init__(self, folders: Iterable[Path], renders: Path | None = None) -> None:
        self.notes: list[str] = []
        self.files = 0
        self._named: dict[str, list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        self._renders: dict[str, list[str]] = defaultdict(list)
        self._sorted: list[str] = []
        self._paths: dict[str, Path] = {}
        self._seen: set[tuple[int, int]] = set()
        for folder in folders:
            folder = Path(os.path.normpath(folder.absolute()))
            if not folder.is_dir():
                raise MediaError(
                    f"There is no folder {folder}.",
                    remedy="Name the folders that hold the media.",
                )
            self._walk(folder)
        if renders is not None and renders.is_dir():
            self._walk(renders)

    def named(self, names: Iterable[str]) -> list[Path]:
        """The media of one of these file names; of sequences their patterns."""
        return self._media(self._named, [_key(name) for name in names])

    def stemmed(self, names: Iterable[str]) -> list[Path]:
        """The media that are called so whatever their suffix."""
        return self._media(self._stems, [key(name) for name in names])

    def begun(self, reels: Collection[str]) -> list[Path]:
        """The media whose names are those of reels, or begin with them: cut to eight letters, or
        the clips of a card."""
        found = [stem for reel in reels for stem in self._from(key(reel))]
        return self._media(self._stems, [stem for stem in found if same_reel(reels, stem)])

    def renders(self, name: str) -> list[Path]:
        """The media of this file name, first those in folders of renders."""
        return [*self._media(self._renders, [_key(name)]), *self.named([name])]

    def taped(self) -> list[Path]:
        """All films that may carry the name of their tape."""
        return sorted(
            Path(path)
            for name, paths in self._named.items()
            if name.endswith(_TAPED)
            for path in paths
        )

    def _media(self, held: dict[str, list[str]], keys: Iterable[str]) -> list[Path]:
        """Each medium once, in the order of the keys, then by path."""
        paths = [path for one in dict.fromkeys(keys) for path in sorted(held.get(one, ()))]
        return list(dict.fromkeys(map(self._medium, paths)))

    def _medium(self, path: str) -> Path:
        """The pattern of a sequence; a film as it is."""
        found = self._paths.get(path)
        if found is None:
            found = Path(path)
            if numbering.unnumbered(found.name) is not None:
                found = numbering.medium(found)
            self._paths[path] = found
        return found

    def _from(self, start: str) -> Iterator[str]:
        self._sorted = self._sorted or sorted(self._stems)
        for place in range(bisect_left(self._sorted, start), len(self._sorted)):
            if not self._sorted[place].startswith(start):
                return
            yield self._sorted[place]

    def _walk(self, folder: Path) -> None:
        ours = any(part.endswith(RENDERS) for part in folder.parts)
        pending = [(str(folder), ours)] if self._is_new(str(folder)) else []
        while pending:
            here, ours = pending.pop()
            sequences: set[str] = set()
            try:
                with os.scandir(here) as entries:
                    for entry in entries:
                        if entry.name[0] == ".":
                            continue
                        if _is(entry, os.DirEntry.is_file):
                            self._add(entry, ours, sequences)
                        elif _is(entry, os.DirEntry.is_dir) and self._is_new(entry.path):
                            pending.append((entry.path, ours or entry.name.endswith(RENDERS)))
            except OSError as error:
                self.notes.append(f"{here} could not be looked into: {error.strerror}.")
            if self.files > _MOST:
                raise MediaError(
                    f"{folder} holds more than {_MOST:,} files.",
                    remedy="Name the folders nearer to the media.",
                )

    def _is_new(self, folder: str) -> bool:
        """Whether a folder was not met before, by whatever path."""
        try:
            status = Path(folder).stat()
        except OSError as error:
            self.notes.append(f"{folder} could not be looked into: {error.strerror}.")
            return False
        met = (status.st_dev, status.st_ino) in self._seen
        self._seen.add((status.st_dev, status.st_ino))
        return not met

    def _add(self, entry: os.DirEntry[str], ours: bool, sequences: set[str]) -> None:
        """A sequence is kept by the first of its files that is met."""
        self.files += 1
        own, path = _key(entry.name), entry.path
        if own.endswith(_NOTES):
            return
        if _NUMBER in own:
            if own in sequences:
                return
            sequences.add(own)
        if ours:
            self._renders[own].append(path)
            return
        self._named[own].append(path)
        before, number, _ = own.partition(_NUMBER)
        stem = before.rstrip("._- ") if number else own.rpartition(".")[0]
        self._stems[stem or own].append(path)


def _key(name: str) -> str:
    parts = numbering.unnumbered(name)
    return key(name) if parts is None else key(_NUMBER.join(parts))


def _is(entry: os.DirEntry[str], kind: Callable[[os.DirEntry[str]], bool]) -> bool:
    try:
        return kind(entry)
    except OSError:  # a link to itself
        return False
