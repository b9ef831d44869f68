"""Where Opticals keeps its own files. `OPTICALS_HOME` moves them all under one folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def models_folder() -> Path:
    """Model weights, shared by all projects."""
    return _home("models", platformdirs.user_data_path("opticals"))


def cache_folder() -> Path:
    """Finished segments and previews; may be deleted at any time."""
    return _home("cache", platformdirs.user_cache_path("opticals"))


def _home(name: str, default: Path) -> Path:
    home = os.environ.get("OPTICALS_HOME")
    return (Path(home).expanduser() if home else default) / name
