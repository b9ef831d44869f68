"""Markers on the record side, as lists of events count them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from opticals.errors import ShotError
from opticals.timeline import retimes
from opticals.timeline.layout import item_range
from opticals.timeline.times import Exact, to_frames

if TYPE_CHECKING:
    from opentimelineio.core import Item
    from opentimelineio.schema import Marker


def record_of(place: Exact, frames: int, speed: Fraction) -> int:
    """The frame of a retimed item of `frames` that shows the frame `place` after the lowest that
    it shows, or during which that goes by. A reversed item shows the lowest last."""
    line = place / (abs(speed) or Fraction(1))
    first = ceil(line)
    forwards = first if place_of(first, frames, abs(speed)) == place else floor(line)
    return forwards if speed >= 0 else frames - 1 - forwards


def place_of(frame: int, frames: int, speed: Fraction) -> int:
    """What its frame `frame` shows, counted from the lowest that it shows."""
    forwards = frame if speed >= 0 else frames - 1 - frame
    return floor(forwards * (abs(speed) or Fraction(1)))


def locator(item: Item, marker: Marker, rate: Fraction) -> int | None:
    """The frame of an item that a marker stands on; None where it does not show."""
    timed = item_range(item)
    if timed is None:
        return None
    try:
        speed = retimes.speed_of(item)
    except ShotError:
        return None
    frames = int(to_frames(timed.duration, rate))
    place = to_frames(marker.marked_range.start_time, rate) - to_frames(timed.start_time, rate)
    frame = record_of(place, frames, speed)
    return frame if 0 <= frame < frames else None
