"""Cutting an item in two, and joining two that were one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from opentimelineio.opentime import TimeRange

from opticals.timeline.layout import known_range
from opticals.timeline.retimes import speed_of
from opticals.timeline.schemas import carried
from opticals.timeline.times import Exact, in_rate, to_frames

if TYPE_CHECKING:
    from opentimelineio.core import Item

_HAIR = Fraction(1, 1000)  # of a frame: what nine decimals of a retimed range may lose


def cut(item: Item, at: Exact, rate: Fraction) -> tuple[Item, Item]:
    """Copies of `item` before and from `at` on, in frames at `rate` from the item's first.

    A marker goes to the copy that shows its first frame (outside the range: to the nearer one).
    Everything else is in both.

    Raises:
        ShotError: the item's time cannot be divided.
    """
    timed, speed = known_range(item), speed_of(item)
    start, frames = to_frames(timed.start_time, rate), to_frames(timed.duration, rate)
    if speed < 0:  # the first half shows the later frames
        turn = start + (frames - at) * -speed
        return (
            _narrowed(item, turn, at, rate, (turn, None)),
            _narrowed(item, start, frames - at, rate, (None, turn)),
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
    lower, upper = (first, second) if speed >= 0 else (second, first)
    gap = to_frames(upper.start_time, rate) - to_frames(lower.start_time, rate)
    if abs(gap - to_frames(lower.duration, rate) * abs(speed)) > _HAIR:
        return None
    joined = left.deepcopy()
    total = to_frames(first.duration, rate) + to_frames(second.duration, rate)
    joined.source_range = TimeRange(lower.start_time, in_rate(total, rate, first.duration.rate))
    joined.markers.extend(marker.deepcopy() for marker in right.markers)
    if whole is not None and _same(joined, whole, rate):
        return whole.deepcopy()
    return joined


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
    if any(abs(Fraction(a - b)) > _HAIR for a, b in zip(here, there, strict=True)):
        return False
    written = [sorted(marker.to_json_string() for marker in one.markers) for one in (joined, whole)]
    return written[0] == written[1]


def _frames(item: Item, rate: Fraction) -> tuple[Exact, Exact]:
    timed = known_range(item)
    return to_frames(timed.start_time, rate), to_frames(timed.duration, rate)
