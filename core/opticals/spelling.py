"""What somebody meant who wrote a name that there is not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_ALIKE = 0.7  # how much two names have in common before one is taken for the other


def guess(word: str, known: Iterable[str]) -> str:
    """“Did you mean “denoise”? ”, to begin a remedy with; "" where nothing is near."""
    names = {one.casefold(): one for one in known}
    plain = word.strip().casefold()
    found = difflib.get_close_matches(plain, names, 1, _ALIKE)
    if not found and len(plain) > 2:
        found = [one for one in names if one.startswith(plain)][:1]
    return f"Did you mean “{names[found[0]]}”? " if found else ""
