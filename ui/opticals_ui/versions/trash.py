"""Into the system's trash."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QFile, QStandardPaths


def to_trash(files: tuple[Path, ...]) -> tuple[Path, ...]:
    """Move files and folders to the trash, in order; those for which there is none, which stay.
    Touches the disk."""
    # Qt makes its trash in there, but not the folder itself.
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    with contextlib.suppress(OSError):
        Path(home).mkdir(parents=True, exist_ok=True)
    for at, one in enumerate(files):
        if one.exists() and not _moved(one):
            return files[at:]
    return ()


def _moved(file: Path) -> bool:
    return bool(QFile.moveToTrash(str(file)))
