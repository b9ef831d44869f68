"""How much lies in our folders, and emptying them: on the disk, so never in the panel's thread."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from opticals import settings
from opticals.errors import OutputError
from opticals_ui.look.words import tr

PREVIEWS = "previews"  # the part of the cache that previews are in


@dataclass(frozen=True)
class Sizes:
    """Bytes by what they are for, and how many are free where the cache lies."""

    models: int
    previews: int
    cache: int  # without the previews
    free: int


def measure() -> Sizes:
    """What there is now. What goes while it is counted counts for nothing."""
    cache = settings.cache_folder()
    previews = _size(cache / PREVIEWS)
    there = next(path for path in (cache, *cache.parents) if path.exists())
    return Sizes(
        _size(settings.models_folder()),
        previews,
        _size(cache) - previews,
        shutil.disk_usage(there).free,
    )


def clear() -> Sizes:
    """Delete all that is in the cache; what is there then.

    Raises:
        OutputError: something of it could not be deleted; the rest is gone.
    """
    cache = settings.cache_folder()
    failed: list[OSError] = []
    for part in list(cache.iterdir()) if cache.is_dir() else []:
        try:
            if part.is_dir() and not part.is_symlink():
                shutil.rmtree(part)
            else:
                part.unlink()
        except OSError as error:
            failed.append(error)
    if failed:
        what = tr("Not all of {folder} could be deleted.", folder=cache)
        raise OutputError.wrap(what, failed[0], tr("Try again when nothing is rendered."))
    return measure()


def _size(folder: Path) -> int:
    total = 0
    waiting = [folder]
    while waiting:
        try:
            parts = list(waiting.pop().iterdir())
        except OSError:
            continue
        for part in parts:
            try:
                if part.is_dir() and not part.is_symlink():
                    waiting.append(part)
                else:
                    total += part.lstat().st_size
            except OSError:
                continue
    return total
