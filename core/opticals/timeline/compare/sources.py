"""Whether two clips show the same frames of the same medium."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from opticals.timeline.reading import Media
from opticals.timeline.shown import ClipAccount, Mark, Source
from opticals.timeline.timecode import nominal

if TYPE_CHECKING:
    from opticals.timeline.shown import Medium
    from opticals.timeline.times import Exact

# Of a frame: what nine decimals and the rates of other programs may lose, and no frame is.
HAIR = Fraction(1, 1000)
_SHOWN = Fraction(1, 1_000_000)  # as `timemap` takes the frame that began last
_LONGEST = 1 << 17  # record frames gone through one by one


def nil(frames: Exact) -> bool:
    """Whether a difference of times, in frames of the edit, is none."""
    return -HAIR < frames < HAIR


def same_medium(a: Medium, b: Medium) -> bool:
    """Whether both name one medium, however it is spelled."""
    if a.state is not b.state:
        return False
    if a.numbers and b.numbers and a.numbers != b.numbers:
        return False
    return a.name == b.name or not a.spellings.isdisjoint(b.spellings)


def same_speed(a: Source, b: Source) -> bool:
    """Whether both play at one speed, as far as the decimals of other programs go."""
    if a.speed is None or b.speed is None:
        return a.speed is b.speed
    return abs(a.speed - b.speed) <= max(abs(a.speed), abs(b.speed)) / 10_000


def apart(a: Source, b: Source) -> Fraction:
    """How much later than `a` the first frame of `b` lies in the medium, in seconds.

    Counted from the medium's own beginning where both say it: some programs count from zero,
    whatever timecode the medium has.
    """
    if a.medium.state is Media.GENERATOR and b.medium.state is Media.GENERATOR:
        return Fraction(0)  # every moment of it is alike
    by_timecode = _between(a, b, a.first, b.first)
    if a.start is None or b.start is None:
        return by_timecode
    counted = _between(a, b, a.first - a.start, b.first - b.start)
    if not same_medium(a.medium, b.medium):  # relinked to a copy with another timecode, or same
        return min(counted, by_timecode, key=abs)
    return counted


def _between(a: Source, b: Source, one: Exact, other: Exact) -> Fraction:
    # 23.976 and 24 give one frame two times, and one label.
    if nominal(a.rate) == nominal(b.rate):
        return Fraction(other - one) / a.rate
    return Fraction(other) / b.rate - Fraction(one) / a.rate


def lowest(source: Source, rate: Fraction) -> Source:
    """The source counted from its earliest frame, which a reversed one shows last."""
    if source.speed is None or source.speed >= 0:
        return source
    return replace(source, first=source.first + (source.frames - 1) * source.pace(rate))


def advanced(source: Source, frames: Exact, length: Exact, rate: Fraction) -> Source:
    """What it shows `frames` record frames later, for `length` of them."""
    first = source.first + frames * source.pace(rate) if frames else source.first
    return replace(source, first=first, frames=length)


def other_frame(a: Source, b: Source, rate: Fraction, *, sound: bool) -> int | None:
    """The first record frame, counted from the head, at which the two show different frames; None
    if there is none. For sources that play at one speed.

    Sound has no frames: there it is the head, as soon as they are apart at all.
    """
    gap = apart(a, b)
    if gap == 0 and a.speed == b.speed:
        return None
    frames = min(a.frames, b.frames)
    drift = gap + (frames - 1) * ((b.speed or 0) - (a.speed or 0)) / rate
    if nil(gap * rate) and nil(drift * rate):
        return None
    if sound or abs(gap) * a.rate >= 1:
        return 0
    here, there = a.pace(rate), replace(b, rate=a.rate).pace(rate)
    start = a.first + _SHOWN
    for frame in range(min(math.ceil(frames), _LONGEST)):
        one = start + frame * here
        other = start + gap * a.rate + frame * there
        if math.floor(one) != math.floor(other):
            return frame
    return None


def is_piece(part: ClipAccount, whole: ClipAccount, at: Exact, rate: Fraction) -> bool:
    """Whether `part` shows what `whole` does from its frame `at` on."""
    one, all = part.cut_from, whole.cut_from
    if part.kind is not whole.kind or at + one.frames > all.frames + HAIR:
        return False
    if all.medium.state is not Media.ONLINE and part.name != whole.name:
        return False
    return (
        same_medium(one.medium, all.medium)
        and same_speed(one, all)
        and nil(apart(advanced(all, at, one.frames, rate), one) * rate)
    )


def piece_of(whole: ClipAccount, part: ClipAccount, at: Exact, rate: Fraction) -> ClipAccount:
    """`whole` narrowed to what `part` shows of it, from its frame `at` on."""
    length = part.cut_from.frames
    start, end = whole.record + at, whole.record + at + length
    at_head, at_tail = at == 0, nil(at + length - whole.cut_from.frames)
    markers = tuple(
        one
        for one in whole.markers
        if (at_head or one.record >= start) and (at_tail or one.record < end)
    )
    return replace(
        whole,
        record=start,
        frames=length + (whole.frames - whole.cut_from.frames if at_tail else 0),
        source=advanced(whole.source, at, length, rate),
        below=whole.below and advanced(whole.below, at, length, rate),
        head=whole.head if at_head else None,
        tail=whole.tail if at_tail else None,
        markers=_with_its_own(markers, whole, part),
    )


def _with_its_own(
    markers: tuple[Mark, ...], whole: ClipAccount, part: ClipAccount
) -> tuple[Mark, ...]:
    """A marker on a frozen frame may go to any piece."""
    if whole.source.speed != 0:
        return markers
    own = {(one.name, one.own) for one in part.markers}
    return tuple(one for one in whole.markers if (one.name, one.own) in own)
