"""Cutting an item in two, and joining two that were one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentimelineio.schema import TimeEffect

from opticals.errors import EditError
from opticals.timeline.layout import known_range
from opticals.timeline.schemas import carried
from opticals.timeline.times import Exact, span, to_frames

if TYPE_CHECKING:
    from fractions import Fraction

    from opentimelineio.core import Item


def cut(item: Item, at: Exact, rate: Fraction) -> tuple[Item, Item]:
    """Copies of `item` before and from `at` on, in frames at `rate` from the item's first.

    A marker goes to the copy that shows its first frame (before the head: to the first; behind
    the tail: to the second). Everything else is in both.

    Raises:
        EditError: the item is retimed, so that its time cannot be divided frame for frame.
    """
    timed = known_range(item)
    if any(isinstance(effect, TimeEffect) for effect in item.effects):
        raise EditError(
            f"“{item.name}” is retimed and cannot be cut in two.",
            remedy="Bake the retime, or cut the item in the editing program first.",
        )
    start, frames = to_frames(timed.start_time, rate), to_frames(timed.duration, rate)
    return (
        narrowed(item, start, at, rate, (None, start + at)),
        narrowed(item, start + at, frames - at, rate, (start + at, None)),
    )


def narrowed(
    item: Item,
    start: Exact,
    frames: Exact,
    rate: Fraction,
    markers: tuple[Exact | None, Exact | None],
) -> Item:
    """A copy that shows `frames` from `start`, with the markers that begin within `markers`."""
    timed = known_range(item)
    copy = item.deepcopy()
    copy.source_range = span(start, frames, rate, timed.duration.rate)
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
    start, frames = to_frames(first.start_time, rate), to_frames(first.duration, rate)
    if start + frames != to_frames(second.start_time, rate) or not _alike(left, right):
        return None
    joined = left.deepcopy()
    total = frames + to_frames(second.duration, rate)
    joined.source_range = span(start, total, rate, first.duration.rate)
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
    if not _alike(joined, whole) or _frames(joined, rate) != _frames(whole, rate):
        return False
    written = [sorted(marker.to_json_string() for marker in one.markers) for one in (joined, whole)]
    return written[0] == written[1]


def _frames(item: Item, rate: Fraction) -> tuple[Exact, Exact]:
    timed = known_range(item)
    return to_frames(timed.start_time, rate), to_frames(timed.duration, rate)
