"""Which clips and tracks of two edits are the same ones.

An order-preserving alignment: first what is alike is paired, then what one was cut from the
other, then what is most similar. Clips keep their order on a track; what changed it is found as
gone at one place and new at another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from opticals.timeline.compare.sources import apart, is_piece, nil, same_medium, same_speed
from opticals.timeline.reading import Media
from opticals.timeline.shown import ClipAccount, TrackAccount
from opticals.timeline.times import Exact

Clips = Sequence[ClipAccount]
Key = Callable[[ClipAccount], Hashable]
T = TypeVar("T")

_LARGEST = 10_000  # pairs of clips weighed one by one
_TRIED = 8  # clips of the same beginning, of which one may be the first piece of another


@dataclass(frozen=True)
class Group:
    """Clips of the one edit that are those of the other.

    One on each side mostly; none on one side for a clip that is new or gone; several on one side
    for a clip that was cut, or pieces that were joined.
    """

    before: tuple[ClipAccount, ...]
    after: tuple[ClipAccount, ...]


@dataclass(frozen=True)
class Pairing:
    """How the clips of two tracks are brought together.

    Attributes:
        rate: of the edit.
        starts: record frames that each side counts from.
    """

    rate: Fraction
    starts: tuple[Exact, Exact]

    def clips(self, before: Clips, after: Clips) -> Iterator[Group]:
        """The groups, in order."""
        if self.starts[0] == self.starts[1] and before == after:
            yield from (Group((a,), (b,)) for a, b in zip(before, after, strict=True))
        else:
            yield from self._anchored(before, after, 0)

    def _anchored(self, before: Clips, after: Clips, level: int) -> Iterator[Group]:
        """Pair those that are alike at this level, and go on between them at the next."""
        if not before or not after:
            yield from (Group((one,), ()) for one in before)
            yield from (Group((), (one,)) for one in after)
            return
        alike = self._alike(level)
        if level == 2:
            yield from self._cut(before, after)
            return
        if level > 2 and len(before) * len(after) <= _LARGEST:
            yield from self._weighed(before, after)
            return
        if alike is None:
            yield from self._anchored(before, (), 0)
            yield from self._anchored((), after, 0)
            return
        here = [alike(one, 0) for one in before]
        there = [alike(one, 1) for one in after]
        at, to = 0, 0
        for one, other in _anchors(here, there):
            yield from self._anchored(before[at:one], after[to:other], level + 1)
            yield Group((before[one],), (after[other],))
            at, to = one + 1, other + 1
        yield from self._anchored(before[at:], after[to:], level + 1)

    def _alike(self, level: int) -> Callable[[ClipAccount, int], Hashable] | None:
        starts = self.starts
        if level == 0:
            return lambda one, side: (content(one), one.record - starts[side])
        if level == 1:
            return lambda one, side: content(one)
        # What follows is for stretches too long to be weighed: all renamed, or all relinked.
        if level == 3:
            return lambda one, side: (one.frames, one.record - starts[side])
        if level == 4:
            return lambda one, side: (one.name, one.source.medium.label)
        return None

    def _cut(self, before: Clips, after: Clips) -> Iterator[Group]:
        """Find clips that were cut in pieces, and pieces that were joined."""
        at, to = 0, 0
        for one, other, group in self._tiled(before, after):
            yield from self._anchored(before[at:one], after[to:other], 3)
            yield group
            at, to = one + len(group.before), other + len(group.after)
        yield from self._anchored(before[at:], after[to:], 3)

    def _tiled(self, before: Clips, after: Clips) -> Iterator[tuple[int, int, Group]]:
        """Groups of several, and where they begin on each side."""
        heads: dict[Hashable, list[int]] = defaultdict(list)
        for place, clip in enumerate(after):
            heads[_head(clip)].append(place)
        at, to = 0, 0
        while at < len(before):
            group = None
            places = heads[_head(before[at])]
            nearest = bisect_left(places, to)
            for place in places[nearest : nearest + _TRIED]:
                if count := self._pieces(before[at], after, place):
                    group = Group((before[at],), tuple(after[place : place + count]))
                elif count := self._pieces(after[place], before, at):
                    group = Group(tuple(before[at : at + count]), (after[place],))
                if group is not None:
                    yield at, place, group
                    to = place + len(group.after)
                    break
            at += 1 if group is None else len(group.before)

    def _pieces(self, whole: ClipAccount, parts: Clips, first: int) -> int:
        """How many of `parts`, from the place `first` on, make up `whole`; 0 if they do not."""
        at: Exact = 0
        for place in range(first, len(parts)):
            part = parts[place]
            if not is_piece(part, whole, at, self.rate):
                return 0
            if place > first and parts[place - 1].end != part.record:
                return 0
            at += part.cut_from.frames
            if nil(at - whole.cut_from.frames):
                return place + 1 - first if place > first else 0
        return 0

    def _weighed(self, before: Clips, after: Clips) -> Iterator[Group]:
        """The alignment in which the pairs are most similar."""
        pairs = _best(before, after, self._similar)
        at, to = 0, 0
        for one, other in [*pairs, (len(before), len(after))]:
            yield from (Group((gone,), ()) for gone in before[at:one])
            yield from (Group((), (new,)) for new in after[to:other])
            if one < len(before):
                yield Group((before[one],), (after[other],))
            at, to = one + 1, other + 1

    def _similar(self, one: ClipAccount, other: ClipAccount) -> float:
        """How likely the two are one clip; 0 if they are not."""
        a, b = one.cut_from, other.cut_from
        if one.kind is not other.kind or one.overlay is not other.overlay:
            return 0
        named = bool(one.name) and one.name == other.name
        medium = same_medium(a.medium, b.medium) and a.medium.state is Media.ONLINE
        gap = abs(apart(a, b)) * self.rate
        starts, ends = (
            abs(Fraction((x - self.starts[0]) - (y - self.starts[1])))
            for x, y in ((one.record, other.record), (one.end, other.end))
        )
        in_place = starts == 0 and ends == 0
        if not (named or medium or (in_place and nil(gap))):
            return 0
        score = 2.0 * named + 2.0 * medium + 1.0 * nil(gap)
        score += 1.0 * (gap < max(a.frames, b.frames)) + 0.5 * same_speed(a, b)
        score += 1.0 * (one.frames == other.frames)
        score += 1.0 * (starts == 0) + 0.5 * (ends == 0)
        return score + float(1 / (1 + starts)) if score >= 3.5 else 0

    def tracks(
        self, before: Sequence[TrackAccount], after: Sequence[TrackAccount]
    ) -> Iterator[tuple[TrackAccount | None, TrackAccount | None]]:
        """The tracks of one kind brought together by what is on them, in order."""
        contents = {
            id(track): Counter(content(one) for one in track.clips) for track in (*before, *after)
        }

        def alike(one: TrackAccount, other: TrackAccount) -> float:
            shared = contents[id(one)] & contents[id(other)]
            same_name = 0.25 if one.name and one.name == other.name else 0
            return shared.total() + same_name + 0.125 + 0.125 * (one.id == other.id)

        at, to = 0, 0
        for one, two in [*_best(before, after, alike), (len(before), len(after))]:
            yield from ((gone, None) for gone in before[at:one])
            yield from ((None, new) for new in after[to:two])
            if one < len(before):
                yield before[one], after[two]
            at, to = one + 1, two + 1


def content(one: ClipAccount) -> Hashable:
    """What tells a clip from others, wherever it stands; alike for two that are spelled alike."""
    source = one.cut_from
    first = round(source.first / source.rate, 2)
    return one.name, source.medium.label, first, source.speed, source.frames


def _head(one: ClipAccount) -> Hashable:
    """What a clip shares with the first of its pieces."""
    source = one.cut_from
    first = round((source.first - (source.start or 0)) / source.rate, 1)
    return one.kind, source.medium.label, first


def _anchors(here: Sequence[Hashable], there: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of equal keys in both, in order: at the beginning, at the end, and between those
    that are there once (a patience diff)."""
    least = min(len(here), len(there))
    head = next((n for n in range(least) if here[n] != there[n]), least)
    least -= head
    tail = next((n for n in range(least) if here[-1 - n] != there[-1 - n]), least)
    ends = len(here) - tail, len(there) - tail
    counts = Counter(here[head : ends[0]]), Counter(there[head : ends[1]])
    where = {key: place for place, key in enumerate(there) if head <= place < ends[1]}
    once = [
        (place, where[key])
        for place, key in enumerate(here)
        if head <= place < ends[0] and counts[0][key] == counts[1][key] == 1
    ]
    return [
        *((n, n) for n in range(head)),
        *_longest_run(once),
        *((ends[0] + n, ends[1] + n) for n in range(tail)),
    ]


def _longest_run(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of `pairs`, ordered by their first, that is ordered by its second too."""
    ends: list[int] = []  # of the run of each length, the lowest last second
    last: list[int] = []  # and its place in `pairs`
    came_from: list[int] = []
    for place, (_, second) in enumerate(pairs):
        length = bisect_left(ends, second)
        came_from.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [second]
        last[length : length + 1] = [place]
    run, place = [], last[-1] if last else -1
    while place >= 0:
        run.append(pairs[place])
        place = came_from[place]
    return run[::-1]


def _best(
    before: Sequence[T], after: Sequence[T], score: Callable[[T, T], float]
) -> list[tuple[int, int]]:
    """The places of the pairs, in order, whose scores add up to most; a score of 0 is no pair."""
    weights = [[score(one, other) for other in after] for one in before]
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            pair = weights[i][j] + best[i + 1][j + 1] if weights[i][j] else 0.0
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(before) and j < len(after):
        if weights[i][j] and best[i][j] == weights[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
