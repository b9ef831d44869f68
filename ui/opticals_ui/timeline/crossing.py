"""Transitions between the clips of a lane: what is mixed at a record frame, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opticals.timeline.listing import ItemView


@dataclass(frozen=True)
class Crossing:
    """A transition and what stands on both sides of it.

    Attributes:
        seam: the transition: its record frames are those that are mixed.
        before, after: the items beside it; None at an end of the track.
    """

    seam: ItemView
    before: ItemView | None
    after: ItemView | None

    def holds(self, record: int) -> bool:
        """Whether a record frame is one of the transition."""
        return self.seam.record <= record < self.seam.record + self.seam.frames

    def share(self, record: int) -> Fraction:
        """How much of what comes after is in the mix at a record frame.

        Frame n of a transition of d frames shows n/d of it: the first still shows the clip before
        alone, and the frame after the last the clip after alone. So melt 7 and GES 1.22 render
        dissolves, and with them Kdenlive, Shotcut and Pitivi. OpenTimelineIO leaves it open.
        """
        return Fraction(record - self.seam.record, self.seam.frames)


def crossings(items: Sequence[ItemView]) -> tuple[Crossing, ...]:
    """The transitions among the items of a track."""
    around = [None, *items, None]
    found = []
    for (before, seam), after in zip(pairwise(around), around[2:], strict=False):
        if seam is not None and seam.kind == "transition" and seam.frames > 0:
            found.append(Crossing(seam, _shown(before), _shown(after)))
    return tuple(found)


def _shown(item: ItemView | None) -> ItemView | None:
    return item if item is not None and item.kind != "transition" else None
