"""What a command is: its words, its keys, and where they work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

STEPS = frozenset({"Left", "Right", "Up", "Down", "PgUp", "PgDown", "=", "-", "", "Z"})
"""The usual keys of what is done in steps; the empty one is the plus sign."""


class Scope(StrEnum):
    """Where the keys of a command work.

    PANEL and PICTURE work wherever the focus is, unless the widget that has it needs the key
    itself: a field its letters, a slider its arrows (`commands/focus.py`). The others work there
    only, so that they may use the same keys for different things.
    """

    PANEL = "panel"
    TIMELINE = "timeline"
    VIEWER = "viewer"
    QUEUE = "queue"
    PICTURE = "picture"  # what moves and marks the picture: the timeline and the viewer alike

    def meets(self, other: Scope) -> bool:
        """Whether a key of both scopes could mean either."""
        apart = {Scope.TIMELINE, Scope.VIEWER, Scope.QUEUE}
        return self is other or not {self, other} <= apart


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
        why: why it cannot be done now, in the user's language; empty where that is plain.
    """

    id: str
    label: str
    keys: tuple[str, ...]
    run: Callable[[], object]
    scope: Scope = Scope.PANEL
    icon: str = ""
    group: str = ""
    enabled: Callable[[], bool] = lambda: True
    why: Callable[[], str] = lambda: ""

    @property
    def repeats(self) -> bool:
        """Whether it goes on while its keys are held: steps do, and nothing else."""
        return bool(self.keys) and self.keys[0].rpartition("+")[2] in STEPS

    @property
    def name(self) -> str:
        """The label without the dots that say that a question follows."""
        return self.label.rstrip("…")
