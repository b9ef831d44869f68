"""Files that Opticals ships: the model catalogue, icons, style, translations. No code."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def path(name: str) -> Path:
    """Where the file `name` (`models.toml`, `icons/cut.svg`) of this package lies."""
    return Path(str(files(__name__).joinpath(*name.split("/"))))


def text(name: str) -> str:
    """The content of the UTF-8 text file `name`."""
    return path(name).read_text(encoding="utf-8")
