"""Into the system's trash."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFile


def to_trash(files: tuple[Path, ...]) -> tuple[Path, ...]:
    """Move files and folders to the trash, in order; those for which there is none, which stay.
    Touches the disk."""
    for at, one in enumerate(files):
        if one.exists() and not _moved(one):
            return files[at:]
    return ()


def _moved(file: Path) -> bool:
    return bool(QFile.moveToTrash(str(file)))
