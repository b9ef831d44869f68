"""Takes of a clip: the original, and renders that we added."""

import os

from . import media
from .api import ask


class Take(object):
    """One take.

    Attributes:
        index: from 1, as Resolve counts them.
        version: `original`, a render's name, or "" for a take that is neither.
    """

    def __init__(self, index, info, ours):
        self.index = index
        self.pool_item = info.get("mediaPoolItem")
        self.medium = media.Medium(self.pool_item)
        self.first = media._int(info.get("startFrame"))
        name = os.path.splitext(os.path.basename(self.medium.path or ""))[0]
        self.name = name
        self.version = name if name in ours else ""


def of(placed):
    """The takes of a clip that has any; the first that is not ours is the original."""
    count = int(ask(placed.item, "GetTakesCount", default=0) or 0)
    ours = placed.note.get("takes") or []
    found = []
    for index in range(1, count + 1):
        info = ask(placed.item, "GetTakeByIndex", index, default={})
        if isinstance(info, dict) and info:
            found.append(Take(index, info, ours))
    for one in found:
        if not one.version:
            one.version = "original"
            break
    return found


def selected(placed):
    """The index of the take that is shown; 0 where there are none."""
    return int(ask(placed.item, "GetSelectedTakeIndex", default=0) or 0)
