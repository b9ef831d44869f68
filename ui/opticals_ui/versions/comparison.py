"""Two versions of a clip to be looked at side by side, or by wipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opticals.timeline.footage import Footage


@dataclass(frozen=True)
class Comparison:
    """What a viewer shows instead of the source and the result.

    Attributes:
        clip: the id of the clip, as the edit stands now.
        a, b: what it shows with the one and with the other: a medium, and which of its frames
            each record frame shows.
        a_name, b_name: of the versions.
    """

    clip: str
    a: Footage
    b: Footage
    a_name: str
    b_name: str
