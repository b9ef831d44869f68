"""What a command is: its words, its keys, and where they work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where the keys of a command work. Bare letters and arrows belong to what has the focus."""

    PANEL = "panel"
    TIMELINE = "timeline"
    VIEWER = "viewer"
    PICTURE = "picture"  # the timeline and the viewer alike


@dataclass(frozen=True)
class Command:
    """What can be done.

    Attributes:
        id: never changes: keymaps and tests name it.
        label: in the user's language, as menus, the palette and the cheat sheet show it.
        keys: the usual ones, in Qt's portable spelling; the first is shown to people.
        run: does it; takes nothing.
        group: under which heading the palette and the cheat sheet list it.
        enabled: whether it can be done now; asked anew whenever the panel's state changes.
    """

    id: str
    label: str
    keys: tuple[str, ...]
    run: Callable[[], object]
    scope: Scope = Scope.PANEL
    icon: str = ""
    group: str = ""
    enabled: Callable[[], bool] = lambda: True
