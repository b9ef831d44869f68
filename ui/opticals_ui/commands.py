"""Every command of the panel: its words, its keys, and where they work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    PANEL = "panel"
    TIMELINE = "timeline"  # only while the timeline has the focus: bare letters and arrows


@dataclass(frozen=True)
class Command:
    """What can be done. `keys` are in Qt's portable spelling, the first one shown to people."""

    id: str
    label: str
    keys: tuple[str, ...]
    run: Callable[[], object]
    scope: Scope = Scope.PANEL
    icon: str = ""
