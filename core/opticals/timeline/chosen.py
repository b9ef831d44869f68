"""What a choice of shots comes to, as plain data; `choosing` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals.recipe import Recipe
    from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class Wanted:
    """A shot, and what is to be made of it."""

    shot: Shot
    recipe: Recipe


@dataclass(frozen=True)
class Skipped:
    """A clip or a marker that was meant and is left out, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Choice:
    """What is to be rendered, and what is not.

    Attributes:
        wrong: what markers ask for that cannot be done; each names its marker, with its timecode,
            and what to write instead.
    """

    wanted: tuple[Wanted, ...]
    skipped: tuple[Skipped, ...]
    wrong: tuple[OpticalsError, ...] = ()
