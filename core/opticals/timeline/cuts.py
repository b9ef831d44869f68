"""Cutting an item in two, and joining two that were one."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from opentimelineio.opentime import TimeRange

from opticals.timeline.layout import known_range
from opticals.timeline.retimes import speed_of
from opticals.timeline.schemas import carried
from opticals.timeline.timemap import HAIR, first_frame
from opticals.timeline.times import Exact, in_rate, to_frames

if TYPE_CHECKING:
    from opentimelineio.core import Item

_LOST = Fraction(1, 1000)  # of a frame: what nine decimals of a retimed range may lose


def cut(item: Item, at: Exact, rate: Fraction) -> tuple[Item, Item]:
    """Copies of `item` before and from `at` on, in frames at `rate` from the item's first.

    The cut falls on a frame of the track: what `at` has beside whole frames is how far before
    its first whole frame the item begins. A marker goes to the copy that shows its first frame
    (outside the range: to the nearer one). Everything else is in both.

    Raises:
        ShotError: the item's time cannot be divided.
    """
    timed, speed = known_range(item), speed_of(item)
    start, frames = to_frames(timed.start_time, rate), to_frames(timed.duration, rate)
    if speed < 0:  # the first half shows the later frames, and whole frames are turned round
        early = _beside(at)
        turn = start - (first_frame(frames - early) - (at - early)) * speed
        return (
            _narrowed(item, turn, at, rate, (turn, None)),
            _narrowed(item, start - early * speed, frames - at, rate, (None, turn)),
        )
    turn = start + at * speed
    return (
        _narrowed(item, start, at, rate, (None, turn)),
        _narrowed(item, turn, frames - at, rate, (turn, None)),
    )


def _narrowed(
    item: Item,
    start: Exact,
    frames: Exact,
    rate: Fraction,
    markers: tuple[Exact | None, Exact | None],
) -> Item:
    """A copy that shows `frames` from `start`, with the markers that begin within `markers`."""
    timed = known_range(item)
    copy = item.deepcopy()
    copy.source_range = TimeRange(
        in_rate(start, rate, timed.start_time.rate), in_rate(frames, rate, timed.duration.rate)
    )
    since, until = markers
    kept = []
    for marker in copy.markers:
        # A marker of an unknown schema has no time that can be read: it stays at the head.
        known = carried(marker) is None
        place = to_frames(marker.marked_range.start_time, rate) if known else start - 1
        if (since is None or place >= since) and (until is None or place < until):
            kept.append(marker)
    copy.markers[:] = kept
    return copy


def join(left: Item, right: Item, rate: Fraction, whole: Item | None) -> Item | None:
    """The item that `left` and `right` were cut from; None when they are not two halves of one.

    `whole`, the item before the cut, is what is given back (a copy) where the halves still add up
    to it: it alone knows the order of the markers and how the range was written.
    """
    first, second = left.source_range, right.source_range
    if first is None or second is None or type(left) is not type(right):
        return None
    if not _alike(left, right):
        return None
    speed = speed_of(left)
    frames = to_frames(first.duration, rate), to_frames(second.duration, rate)
    gap = to_frames(second.start_time, rate) - to_frames(first.start_time, rate)
    start = first.start_time
    if speed < 0:
        early = _beside(frames[0])
        fits = gap - (first_frame(frames[1]) - early) * speed
        place = to_frames(second.start_time, rate) + early * speed
        start = in_rate(place, rate, second.start_time.rate)
    else:
        fits = gap - frames[0] * speed
    if abs(fits) > _LOST:
        return None
    joined = left.deepcopy()
    joined.source_range = TimeRange(start, in_rate(sum(frames), rate, first.duration.rate))
    joined.markers.extend(marker.deepcopy() for marker in right.markers)
    if whole is not None and _same(joined, whole, rate):
        return whole.deepcopy()
    return joined


def _beside(frames: Exact) -> Fraction:
    """What a length has beside whole frames."""
    early = Fraction(frames) - math.floor(frames + HAIR)
    return early if early > HAIR else Fraction(0)


def _alike(one: Item, other: Item) -> bool:
    """Whether they differ in range and markers at most."""
    copies = one.deepcopy(), other.deepcopy()
    for copy in copies:
        copy.source_range = None
        copy.markers[:] = []
    return bool(copies[0].is_equivalent_to(copies[1]))


def _same(joined: Item, whole: Item, rate: Fraction) -> bool:
    if not _alike(joined, whole):
        return False
    here, there = _frames(joined, rate), _frames(whole, rate)
    if any(abs(Fraction(a - b)) > _LOST for a, b in zip(here, there, strict=True)):
        return False
    written = [sorted(marker.to_json_string() for marker in one.markers) for one in (joined, whole)]
    return written[0] == written[1]


def _frames(item: Item, rate: Fraction) -> tuple[Exact, Exact]:
    timed = known_range(item)
    return to_frames(timed.start_time, rate), to_frames(timed.duration, rate)
