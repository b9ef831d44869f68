"""Which frames a render has, and how they fall into segments.

Output frames are numbered from the one that shows the selection's first frame: 0, negative in
the head handles. Output frame j shows the medium at frame `first + pace.source(j)`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from opticals.curve import Pace
from opticals.errors import ShotError
from opticals.timeline.shot import Shot

# Source frames per segment: what an interruption loses at most, and what a trim renders again.
SEGMENT = 12


@dataclass(frozen=True)
class Segment:
    """Output frames `start` to `stop` (not included), encoded on their own."""

    start: int
    stop: int

    @property
    def frames(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Plan:
    """The output frames of a render.

    Attributes:
        first: the frame of the medium that output frame 0 shows.
        pace: frames of the medium, from that one on, over output frames.
        head, selected, tail: output frames before, within and after the selection.
    """

    first: int
    pace: Pace
    head: int
    selected: int
    tail: int

    @property
    def frames(self) -> int:
        return self.head + self.selected + self.tail

    def source(self, output: int) -> Fraction:
        """The time that an output frame shows, in frames of the medium."""
        return self.first + self.pace.source(output)

    def segments(self) -> Iterator[Segment]:
        """Segments in order, cut on a grid anchored at the medium's frame 0.

        Anchored there and not at the selection, so that trimming a shot leaves the segments
        it still covers as they were.
        """
        start, end = -self.head, self.selected + self.tail
        while start < end:
            cell = self.source(start) // SEGMENT
            stop = self.pace.ceil((cell + 1) * SEGMENT - self.first)
            yield Segment(start, min(stop, end))
            start = stop


def plan(shot: Shot, media_frames: int, pace: Pace, handles: int) -> Plan:
    """The frames to render of a shot, with handles, from a medium of `media_frames` frames.

    Raises:
        ShotError: the selection reaches outside the medium, or is too short to be sped up.
    """
    if shot.first < 0 or shot.first + shot.frames > media_frames:
        raise ShotError(
            f"{shot.id} “{shot.name}” uses frames that its medium does not have.",
            f"The selection needs frames {shot.first} to {shot.first + shot.frames - 1}; "
            f"{shot.media} has {media_frames}.",
            "Relink the clip to the full medium.",
        )
    head, tail = shot.handles(handles, media_frames)
    selected = pace.floor(shot.frames)
    if selected < 1:
        raise ShotError(f"{shot.id}: the selection is too short for this speed.")
    whole = pace.floor(shot.frames + tail)
    return Plan(shot.first, pace, -pace.ceil(-head), selected, whole - selected)


def digest(facts: Mapping[str, Any]) -> str:
    """The name of whatever these facts define: sha256 of their canonical JSON."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def segment_digest(common: Mapping[str, Any], plan: Plan, segment: Segment) -> str:
    """A segment's name: the hash of all that made it.

    Args:
        common: the facts that all segments of a render share (source, recipe, models, device,
            encoding).
    """
    if plan.pace.speed is None:
        # A ramp is counted from the selection's first frame.
        where: dict[str, Any] = {"anchor": plan.first, "start": segment.start}
    else:
        where = {"at": str(plan.source(segment.start)), "speed": str(plan.pace.speed)}
    return digest({**common, **where, "frames": segment.frames})
