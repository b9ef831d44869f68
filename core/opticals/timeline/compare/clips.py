"""What changed about one clip, in an editor's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from opticals.timeline.compare import sources
from opticals.timeline.compare.aspects import Aspect
from opticals.timeline.compare.sources import nil
from opticals.timeline.shown import Account, ClipAccount, Join, Mark, Source
from opticals.timeline.times import Exact


def count(frames: Exact) -> str:
    """`1 frame`, `24 frames`, `0.5 frames`."""
    number = abs(Fraction(frames))
    text = str(int(number)) if number == int(number) else f"{float(number):.3g}"
    return f"{text} frame" if number == 1 else f"{text} frames"


def later(frames: Exact) -> str:
    """`3 frames later`, `1 frame earlier`."""
    return f"{count(frames)} {'later' if frames > 0 else 'earlier'}"


def percent(speed: Fraction | None) -> str:
    """`50 %`, `-100 %`, `frozen`."""
    if speed is None:
        return "not constant"
    return f"{float(speed * 100):.6g} %" if speed else "frozen"


@dataclass(frozen=True)
class Clips:
    """The words for what changed between the clips of two edits.

    Attributes:
        starts: record frames that each side counts from: those of the edits, 0 in a compound.
    """

    before: Account
    after: Account
    ignore: frozenset[Aspect]
    starts: tuple[Exact, Exact]

    @property
    def rate(self) -> Fraction:
        return self.before.rate

    def moved(self, a: ClipAccount, b: ClipAccount) -> Exact:
        """How much later `b` starts than `a`, in record frames."""
        return (b.record - self.starts[1]) - (a.record - self.starts[0])

    def pushed(self, a: ClipAccount, b: ClipAccount) -> Exact:
        """As `moved`, where its pictures moved along; 0 where its head alone was trimmed."""
        moved = self.moved(a, b)
        if nil(moved):
            return 0
        one, other = self._compared(a, b)
        if self._slid(one, other) == moved and sources.same_speed(one, other):
            return 0
        return moved

    def changes(self, a: ClipAccount, b: ClipAccount, pushed: Exact) -> Iterator[str]:
        """What of clip `a` is otherwise in `b`, except that it starts `pushed` frames later."""
        if a.name != b.name and Aspect.NAMES not in self.ignore:
            yield f"{b.id} is called “{b.name}”, was “{a.name}”"
        yield from self._media(a, b)
        yield from self._time(a, b, pushed)
        if a.enabled is not b.enabled and Aspect.ENABLED not in self.ignore:
            yield f"{b.label} is {'enabled' if b.enabled else 'disabled'}"
        if Aspect.EFFECTS not in self.ignore:
            yield from effects(b.label, a.effects, b.effects)
        if Aspect.MARKERS not in self.ignore:
            yield from self.markers(f" on {b.label}", a.markers, b.markers, (a.record, b.record))

    def _compared(self, a: ClipAccount, b: ClipAccount) -> tuple[Source, Source]:
        """What is compared: where other renders show, what lies below them."""
        if Aspect.RENDERS in self.ignore or a.version == b.version:
            return a.source, b.source
        return a.cut_from, b.cut_from

    def _media(self, a: ClipAccount, b: ClipAccount) -> Iterator[str]:
        if Aspect.RENDERS not in self.ignore:
            if a.version != b.version:
                yield (
                    f"{b.label} shows {_shown(b)} again, no longer {_shown(a)}"
                    if b.version is None
                    else f"{b.label} now shows {_shown(b)} (was {_shown(a)})"
                )
            for name in b.versions:
                if name not in a.versions and name != b.version:
                    yield f"{b.label} holds the render {name} too"
            for name in a.versions:
                if name not in b.versions and name != a.version:
                    yield f"{b.label} no longer holds the render {name}"
        one, other = (source.medium for source in self._compared(a, b))
        if Aspect.MEDIA in self.ignore or sources.same_medium(one, other):
            return
        if one.name == other.name and one.numbers != other.numbers:
            yield (
                f"{b.label} shows other files of {other.label}: number, step {other.numbers}, "
                f"was {one.numbers}"
            )
        elif one.label != other.label:
            yield f"{b.label} shows {other.label}, was {one.label}"
        else:
            yield f"{b.label} shows {other.name}, was {one.name}"

    def _slid(self, one: Source, other: Source) -> Exact:
        """How many record frames of its head were taken away (below 0: given)."""
        if not one.speed:
            return 0
        gap = sources.apart(one, other) * self.rate
        frames = Fraction(0) if nil(gap) else gap / one.speed
        whole = round(frames)
        return whole if nil(frames - whole) else frames

    def _time(self, a: ClipAccount, b: ClipAccount, pushed: Exact) -> Iterator[str]:
        one, other = self._compared(a, b)
        moved = self.moved(a, b) - pushed
        moved = 0 if nil(moved) else moved
        longer = b.frames - a.frames
        longer = 0 if nil(longer) else longer
        if not sources.same_speed(one, other):
            yield f"the speed of {b.label} is {percent(other.speed)}, was {percent(one.speed)}"
            low = [sources.lowest(source, self.rate) for source in (one, other)]
            gaps = sources.apart(one, other), sources.apart(low[0], low[1])
            if not any(nil(gap * self.rate) for gap in gaps):
                yield self._other_frames(a, b, 0)
            yield from self._stands(a, b, moved, longer)
            return
        head = self._slid(one, other)
        tail = head + other.frames - one.frames
        if head and head == moved:
            yield self._edge("starts", b, moved, a.record, b.record)
            if not nil(tail):
                yield self._edge("ends", b, moved + longer, a.end, b.end)
        elif head and nil(tail):
            yield (
                f"{b.label} is {count(longer)} {'longer' if longer > 0 else 'shorter'} at its "
                f"head: it shows from {self._from(self.after, other)}, "
                f"was {self._from(self.before, one)}"
            )
            yield from self._stands(a, b, moved, 0)
        else:
            sound = b.id.rpartition("/")[2].startswith("A")
            frame = sources.other_frame(one, other, self.rate, sound=sound)
            if frame is not None:
                yield self._other_frames(a, b, frame)
            yield from self._stands(a, b, moved, longer)

    def _other_frames(self, a: ClipAccount, b: ClipAccount, at: int) -> str:
        one, other = (sources.advanced(source, at, 0, self.rate) for source in self._compared(a, b))
        was, now = self._from(self.before, one), self._from(self.after, other)
        if now == was:  # a medium that is said to begin elsewhere
            was, now = (f"{label} ({_counted(it)})" for label, it in ((was, one), (now, other)))
        if at:
            place = self.after.timecode(b.record + at)
            return f"{b.label} shows another frame at {place}: {now}, was {was}"
        return f"{b.label} shows other frames: from {now}, was {was}"

    def _from(self, account: Account, source: Source) -> str:
        return account.source_timecode(source, source.first)

    def _stands(self, a: ClipAccount, b: ClipAccount, moved: Exact, longer: Exact) -> Iterator[str]:
        if moved and moved + longer == 0:
            yield self._edge("starts", b, moved, a.record, b.record)
        elif moved:
            now, was = self.after.timecode(b.record), self.before.timecode(a.record)
            yield f"{b.label} moved {later(moved)} (starts {now}, was {was})"
            if longer:
                yield f"{b.label} is {count(b.frames)} long, was {count(a.frames)}"
        elif longer:
            yield self._edge("ends", b, longer, a.end, b.end)

    def _edge(self, what: str, b: ClipAccount, by: Exact, was: Exact, now: Exact) -> str:
        if what == "ends":  # on the last frame, as marks are set
            was, now = was - 1, now - 1
        return (
            f"{b.label} {what} {later(by)} "
            f"({self.after.timecode(now)}, was {self.before.timecode(was)})"
        )

    def join(self, where: str, one: Join | None, other: Join | None) -> Iterator[str]:
        """What changed of a transition that stands `between V1:2 and V1:3`."""
        if one is None and other is None:
            return
        if other is None:
            assert one is not None
            yield f"the {one.kind} {where} is gone"
        elif one is None:
            yield f"a new {other.kind} stands {where}, {_sides(other)}"
        else:
            if one.kind != other.kind and Aspect.TRANSITION_KINDS not in self.ignore:
                yield f"the {one.kind} {where} became a {other.kind}"
            gaps = one.before - other.before, one.after - other.after
            if not all(nil(gap) for gap in gaps):
                yield f"the {other.kind} {where} has {_sides(other)}; it had {_sides(one)}"

    def markers(
        self,
        where: str,
        before: Sequence[Mark],
        after: Sequence[Mark],
        starts: tuple[Exact, Exact],
    ) -> Iterator[str]:
        """What changed of the markers of one thing, which starts at `starts` on either side."""
        # Those that stay as they are first, then those of the same name, then at the same place.
        left, new, pairs = list(before), list(after), []
        alikes: tuple[Callable[[Mark, Mark], bool], ...] = (
            lambda one, mark: self._same(one, mark, starts),
            lambda one, mark: one.name == mark.name,
            lambda one, mark: self._same_place(one, mark, starts),
        )
        for alike in alikes:
            for mark in list(new):
                found = next((one for one in left if alike(one, mark)), None)
                if found is not None:
                    left.remove(found)
                    new.remove(mark)
                    pairs.append((found, mark))
        pushed = Counter(self._pushed(one, mark, starts) for one, mark in pairs)
        for by, number in pushed.items():
            if by and number > 1:
                yield f"{number} markers{where} stand {later(by)}"
        for one, mark in pairs:
            by = self._pushed(one, mark, starts)
            yield from self._marker(where, one, mark, by if pushed[by] == 1 else 0)
        for one in left:
            place = self.before.timecode(one.record)
            yield f"the marker “{one.name}”{where} at {place} is gone"
        for mark in new:
            place = self.after.timecode(mark.record)
            yield f"a new marker “{mark.name}” stands{where} at {place}"

    def _pushed(self, one: Mark, mark: Mark, starts: tuple[Exact, Exact]) -> Exact:
        if self._same_place(one, mark, starts):
            return 0
        return (mark.record - starts[1]) - (one.record - starts[0])

    def _marker(self, where: str, one: Mark, mark: Mark, pushed: Exact) -> Iterator[str]:
        label = f"the marker “{mark.name}”{where}"
        if one.name != mark.name:
            yield f"{label} was called “{one.name}”"
        if pushed:
            now, was = self.after.timecode(mark.record), self.before.timecode(one.record)
            yield f"{label} stands {later(pushed)} ({now}, was {was})"
        if one.colour != mark.colour and Aspect.MARKER_COLOURS not in self.ignore:
            yield f"{label} is {mark.colour or 'uncoloured'}, was {one.colour or 'uncoloured'}"
        if not self._same_length(one, mark):
            yield f"{label} is {count(mark.frames)} long, was {count(one.frames)}"

    def _same(self, one: Mark, other: Mark, starts: tuple[Exact, Exact]) -> bool:
        return (
            one.name == other.name
            and (one.colour == other.colour or Aspect.MARKER_COLOURS in self.ignore)
            and self._same_place(one, other, starts)
            and self._same_length(one, other)
        )

    def _same_place(self, one: Mark, other: Mark, starts: tuple[Exact, Exact]) -> bool:
        """On the same record frame, at the same place of its clip, or on the same picture: when
        a clip changes its time, its markers keep one of these."""
        gaps = (
            (other.record - starts[1]) - (one.record - starts[0]),
            (other.record - self.starts[1]) - (one.record - self.starts[0]),
            other.own - one.own,
        )
        return any(nil(gap) for gap in gaps)

    def _same_length(self, one: Mark, other: Mark) -> bool:
        if Aspect.MARKER_LENGTHS in self.ignore:
            return True
        gaps = other.frames - one.frames, other.own_frames - one.own_frames
        return any(nil(gap) for gap in gaps)


def _shown(clip: ClipAccount) -> str:
    if clip.version is not None:
        return f"the render {clip.version}"
    return clip.source.medium.label


def _counted(source: Source) -> str:
    return f"frame {float(source.first - (source.start or 0)):.6g} of the medium"


def _sides(join: Join) -> str:
    return f"{count(join.before)} before the cut and {count(join.after)} behind"


def effects(label: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Effects that came and went."""
    here, there = Counter(before), Counter(after)
    for name in (here - there).elements():
        yield f"{label} has no longer the effect “{name}”"
    for name in (there - here).elements():
        yield f"{label} has the new effect “{name}”"
