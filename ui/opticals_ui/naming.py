"""Names of files: the kinds of edits that dialogs offer, and new ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from opticals_ui.look.words import tr

_PLAIN = ".otio"
_FOLDER = ".otiod"  # an edit that is a folder; dialogs show what is inside


@cache
def suffixes() -> frozenset[str]:
    """Of every kind of edit."""
    return frozenset(suffix for each, _, _ in _kinds() for suffix in each)


@cache
def written() -> dict[str, tuple[str, ...]]:
    """The filters of a dialog that saves, and their suffixes, the usual one first."""
    return {
        f"{label} ({' '.join(f'*{suffix}' for suffix in each)})": each
        for each, label, writes in _kinds()
        if writes
    }


def opened() -> str:
    """The filters of a dialog that opens."""
    every = " ".join(f"*{suffix}" for each, _, _ in _kinds() for suffix in each)
    return f"{tr('Edits')} ({every});;{tr('All files')} (*)"


def _kinds() -> list[tuple[tuple[str, ...], str, bool]]:
    from opticals.timeline.formats import FORMATS  # brings OpenTimelineIO, which takes its time

    return [(one.suffixes, one.label, one.writes) for one in FORMATS]


def chosen_edit(path: Path) -> Path:
    """The edit that a user means who chose this file."""
    inside = path.name == "content.otio" and path.parent.suffix.lower() == _FOLDER
    return path.parent if inside else path


def only_edit(paths: list[Path]) -> Path | None:
    """The edit among files that were dropped; None when it is not clear which."""
    edits = paths if len(paths) == 1 else [one for one in paths if one.suffix.lower() in suffixes()]
    return edits[0] if len(edits) == 1 else None


def proposed(edit: Path) -> Path:
    """A name for what comes of an edit: of its own kind, if that can be written."""
    own = any(edit.suffix.lower() in each for each in written().values())
    return next_name(edit if own else edit.with_suffix(_PLAIN))


def filter_of(path: Path) -> str:
    """The filter that shows files like this one; the first where none does."""
    found = (one for one, each in written().items() if path.suffix.lower() in each)
    return next(found, next(iter(written())))


def next_name(path: Path) -> Path:
    """A name for the next state of a file: `cut.otio` gives `cut_v2.otio`, then `cut_v3.otio`."""
    stem, mark, number = path.stem.rpartition("_v")
    version = int(number) if mark and number.isdecimal() else 1
    base = stem if mark and number.isdecimal() else path.stem
    while (new := path.with_name(f"{base}_v{version + 1}{path.suffix}")).exists():
        version += 1
    return new


def free_name(path: Path) -> Path:
    """The name itself if it is free, else the next one that is."""
    return next_name(path) if path.exists() else path
