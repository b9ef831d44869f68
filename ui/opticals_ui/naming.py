"""Names of files: the kinds of edits that dialogs offer, and new ones."""

from __future__ import annotations

from pathlib import Path

from opticals.timeline.formats import FORMATS
from opticals_ui.look.words import tr

SUFFIXES = frozenset(suffix for one in FORMATS for suffix in one.suffixes)
WRITTEN = {
    f"{one.label} ({' '.join(f'*{suffix}' for suffix in one.suffixes)})": one.suffixes
    for one in FORMATS
    if one.writes
}
"""The filters of a dialog that saves, and their suffixes, the usual one first."""
_PLAIN = ".otio"
_FOLDER = ".otiod"  # an edit that is a folder; dialogs show what is inside


def opened() -> str:
    """The filters of a dialog that opens."""
    every = " ".join(f"*{suffix}" for one in FORMATS for suffix in one.suffixes)
    return f"{tr('Edits')} ({every});;{tr('All files')} (*)"


def chosen_edit(path: Path) -> Path:
    """The edit that a user means who chose this file."""
    inside = path.name == "content.otio" and path.parent.suffix.lower() == _FOLDER
    return path.parent if inside else path


def only_edit(paths: list[Path]) -> Path | None:
    """The edit among files that were dropped; None when it is not clear which."""
    edits = paths if len(paths) == 1 else [one for one in paths if one.suffix.lower() in SUFFIXES]
    return edits[0] if len(edits) == 1 else None


def proposed(edit: Path) -> Path:
    """A name for what comes of an edit: of its own kind, if that can be written."""
    written = any(edit.suffix.lower() in suffixes for suffixes in WRITTEN.values())
    return next_name(edit if written else edit.with_suffix(_PLAIN))


def filter_of(path: Path) -> str:
    """The filter that shows files like this one; the first where none does."""
    found = (one for one, suffixes in WRITTEN.items() if path.suffix.lower() in suffixes)
    return next(found, next(iter(WRITTEN)))


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
