"""What differs between two edits, in an editor's words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opentimelineio.schema import Clip

from opticals.errors import EditError
from opticals.timeline import schemas
from opticals.timeline.account import account
from opticals.timeline.compare.aspects import Aspect
from opticals.timeline.compare.clips import Clips, count, effects, later
from opticals.timeline.compare.pairs import Group, Pairing, content
from opticals.timeline.compare.sources import nil, piece_of
from opticals.timeline.layout import Kind
from opticals.timeline.piece import is_ours, is_placed, original
from opticals.timeline.shown import Account, ClipAccount, TrackAccount

if TYPE_CHECKING:
    from pathlib import Path

    from opentimelineio.schema import Timeline

    from opticals.timeline.times import Exact

_NAMED = 3  # clips of a track that are called by name
_SHOWN = 6  # differences that an error shows


def differences(
    before: Account, after: Account, ignore: frozenset[Aspect] = frozenset()
) -> tuple[str, ...]:
    """Every difference between what two edits show, one sentence each; empty when there is none.

    Clips are called by their ids in `after`; what is gone, by those in `before`.
    """
    return tuple(_told(before, after, ignore).lines)


def unseen(before: Account, after: Account) -> tuple[str, ...]:
    """The labels of the tracks and clips that are in both edits and whose metadata differ, and
    of the edit itself: what no editing program shows."""
    found = []
    told = _told(before, after, frozenset())
    for label, one, other in ((after.name, before.item, after.item), *told.same):
        if not one.is_equivalent_to(other) and _differ_unseen(one, other):
            found.append(label)
    return tuple(dict.fromkeys(found))


def check_written(
    meant: Timeline,
    back: Timeline,
    ignore: frozenset[Aspect] = frozenset(),
    folder: Path | None = None,
) -> None:
    """Prove that an edit that was written reads back as it was meant.

    Args:
        ignore: what its format alters.
        folder: what relative paths of both count from.

    Raises:
        EditError: it does not; the first differences are its `why`.
    """
    found = differences(account(meant, folder), account(back, folder), ignore)
    if not found:
        return
    more = len(found) - _SHOWN
    rest = f" And {more} more." if more > 0 else ""
    raise EditError(
        "The edit reads back otherwise than it was meant.",
        " ".join(f"{one[0].upper()}{one[1:]}." for one in found[:_SHOWN]) + rest,
        "Nothing was kept of it. Write another format, best OpenTimelineIO (.otio).",
    )


@dataclass
class _Track:
    """Two tracks brought together: which clips are which, and how far each was pushed."""

    before: TrackAccount
    after: TrackAccount
    pairs: list[tuple[ClipAccount, ClipAccount]] = field(default_factory=list)
    pushed: list[Exact] = field(default_factory=list)
    gone: list[ClipAccount] = field(default_factory=list)
    new: list[ClipAccount] = field(default_factory=list)


def _told(before: Account, after: Account, ignore: frozenset[Aspect]) -> _Telling:
    telling = _Telling(before, after, ignore)
    telling.edit()
    telling.level(before.tracks, after.tracks, (before.start, after.start))
    return telling


class _Telling:
    """Goes through two edits and says what differs.

    Attributes:
        lines: what was said.
        same: (label, before, after) of OTIO's objects that are the same things.
    """

    def __init__(self, before: Account, after: Account, ignore: frozenset[Aspect]) -> None:
        self.before = before
        self.after = after
        self.ignore = ignore
        self.lines: list[str] = []
        self.same: list[tuple[str, Any, Any]] = []

    def edit(self) -> None:
        one, other = self.before, self.after
        if one.name != other.name and Aspect.EDIT_NAME not in self.ignore:
            self._say(f"the edit is called “{other.name}”, was “{one.name}”")
        if one.rate != other.rate:
            self._say(
                f"the edit runs at {float(other.rate):.6g} frames per second, "
                f"was {float(one.rate):.6g}"
            )
        if one.drop_frame is not other.drop_frame and Aspect.DROP_FRAME not in self.ignore:
            self._say(f"timecode counts {'' if other.drop_frame else 'non-'}drop-frame")
        if one.start != other.start and Aspect.START not in self.ignore:
            now, was = other.timecode(other.start), one.timecode(one.start)
            self._say(f"the edit starts at {now}, was {was}")
        if Aspect.MARKERS not in self.ignore:
            starts = one.start, other.start
            self._lines(self._words(starts).markers("", one.markers, other.markers, starts))

    def level(
        self,
        before: Sequence[TrackAccount],
        after: Sequence[TrackAccount],
        starts: tuple[Exact, Exact],
    ) -> None:
        """The tracks of the edit, or those inside a compound."""
        pairing = Pairing(self.before.rate, starts)
        tracks = []
        for letter in "VX" if Aspect.SOUND in self.ignore else "VAX":
            sides = ([one for one in side if _letter(one) == letter] for side in (before, after))
            for one, other in pairing.tracks(*sides):
                if one is not None and other is not None:
                    tracks.append(self._track(pairing, one, other))
                    continue
                found = one or other
                assert found is not None
                if found.clips or Aspect.EMPTY_TRACKS not in self.ignore:
                    self._say(_new_track(found) if one is None else _gone_track(found))
        words = self._words(starts)
        self._elsewhere(words, tracks)
        self._pushed(words, tracks)
        for track in tracks:
            self._changes(words, track)

    def _words(self, starts: tuple[Exact, Exact]) -> Clips:
        return Clips(self.before, self.after, self.ignore, starts)

    def _say(self, line: str) -> None:
        self.lines.append(line)

    def _lines(self, lines: Iterable[str]) -> None:
        self.lines.extend(lines)

    def _track(self, pairing: Pairing, one: TrackAccount, other: TrackAccount) -> _Track:
        """The clips of two tracks brought together; what was cut is said."""
        track = _Track(one, other)
        self.same.append((other.id, one.item, other.item))
        if one.name != other.name and Aspect.TRACK_NAMES not in self.ignore:
            self._say(f"the track {other.id} is called “{other.name}”, was “{one.name}”")
        if one.enabled is not other.enabled and Aspect.ENABLED not in self.ignore:
            self._say(f"the track {other.id} is {'enabled' if other.enabled else 'disabled'}")
        if Aspect.EFFECTS not in self.ignore:
            self._lines(effects(f"the track {other.id}", one.effects, other.effects))
        if Aspect.MARKERS not in self.ignore:
            words = self._words(pairing.starts)
            self._lines(
                words.markers(f" on {other.id}", one.markers, other.markers, pairing.starts)
            )
        for group in pairing.clips(one.clips, other.clips):
            self._group(track, group)
        words = self._words(pairing.starts)
        track.pushed = [words.pushed(*pair) for pair in track.pairs]
        return track

    def _group(self, track: _Track, group: Group) -> None:
        before, after = group.before, group.after
        if not after:
            track.gone += before
        elif not before:
            track.new += after
        elif len(before) == len(after) == 1:
            track.pairs.append((before[0], after[0]))
            self.same.append((after[0].label, before[0].item, after[0].item))
        elif len(before) == 1:
            places = _listed([self.after.timecode(one.record) for one in after[1:]])
            self._say(
                f"{after[0].label} was cut in {len(after)} pieces, at {places} "
                f"({after[0].id} to {after[-1].id})"
            )
            track.pairs += self._pieces(before[0], after)
        else:
            self._say(
                f"{before[0].id} to {before[-1].id} were joined to one clip, {after[0].label}"
            )
            track.pairs += [(one, other) for other, one in self._pieces(after[0], before)]

    def _pieces(
        self, whole: ClipAccount, parts: Sequence[ClipAccount]
    ) -> list[tuple[ClipAccount, ClipAccount]]:
        """The parts, each with what it is of the whole."""
        at: Exact = 0
        pairs = []
        for part in parts:
            pairs.append((piece_of(whole, part, at, self.before.rate), part))
            at += part.cut_from.frames
        return pairs

    def _elsewhere(self, words: Clips, tracks: Sequence[_Track]) -> None:
        """Clips that are gone at one place and new at another; and those that replaced others."""
        new = defaultdict(list)
        for track in tracks:
            for clip in track.new:
                new[_letter(track.after), content(clip)].append((track, clip))
        for track in tracks:
            for clip in list(track.gone):
                if found := new[_letter(track.after), content(clip)]:
                    self._moved(words, track, clip, *found.pop(0))
            places = {self._place(words, 1, one): one for one in track.new}
            for clip in list(track.gone):
                if taker := places.pop(self._place(words, 0, clip), None):
                    track.gone.remove(clip)
                    track.new.remove(taker)
                    place = self.after.timecode(taker.record)
                    self._say(f"{taker.label} stands in the place of {clip.label} at {place}")

    def _place(self, words: Clips, side: int, clip: ClipAccount) -> tuple[Exact, Exact]:
        return clip.record - words.starts[side], clip.frames

    def _moved(
        self, words: Clips, track: _Track, clip: ClipAccount, home: _Track, moved: ClipAccount
    ) -> None:
        track.gone.remove(clip)
        home.new.remove(moved)
        was, now = self.before.timecode(clip.record), self.after.timecode(moved.record)
        self._say(
            f"“{clip.name}” moved from {clip.id} at {was} to {moved.id} at {now}"
            if clip.name
            else f"{clip.id} at {was} moved to {moved.id} at {now}"
        )
        self.same.append((moved.label, clip.item, moved.item))
        self._lines(words.changes(clip, moved, words.moved(clip, moved)))

    def _pushed(self, words: Clips, tracks: Sequence[_Track]) -> None:
        """What a ripple moved, in one sentence. A clip that moved alone is left for `_changes`."""
        rest: dict[Exact, list[tuple[_Track, int]]] = defaultdict(list)
        for track in tracks:
            for start, end in _runs(track.pushed):
                pushed = track.pushed[start]
                if end == len(track.pushed):
                    rest[pushed].append((track, start))
                elif end - start > 1:
                    ids = [track.pairs[place][1].id for place in (start, end - 1)]
                    self._say(f"{ids[0]} to {ids[1]}, {end - start} clips, moved {later(pushed)}")
                else:
                    track.pushed[start] = 0
        for pushed, tails in rest.items():
            number = sum(len(track.pairs) - start for track, start in tails)
            if number == 1:
                track, start = tails[0]
                track.pushed[start] = 0
                continue
            which = "everything"
            if number < sum(len(track.pairs) for track in tracks):
                firsts = _listed([track.pairs[start][1].id for track, start in tails])
                which = f"everything from {firsts} on"
            self._say(f"{which}, {number} clips, moved {later(pushed)}")

    def _changes(self, words: Clips, track: _Track) -> None:
        """What changed about each clip of a track, in the order of the record."""
        said: list[tuple[Exact, list[str]]] = []
        before_it = dict(
            zip((one.id for one in track.after.clips[1:]), track.after.clips, strict=False)
        )
        inner = []
        for (a, b), pushed in zip(track.pairs, track.pushed, strict=True):
            lines = list(words.changes(a, b, pushed)) if a != b or pushed else []
            if a.head != b.head:
                lines += words.join(_cut_of(b, before_it.get(b.id)), a.head, b.head)
            if a.tail != b.tail:
                lines += words.join(f"at the tail of {b.id}", a.tail, b.tail)
            if a.inside != b.inside:
                inner.append((a, b))
            if lines:
                said.append((b.record - words.starts[1], lines))
        for clip in track.new:
            said.append((clip.record - words.starts[1], [self._new(clip)]))
        for clip in track.gone:
            said.append((clip.record - words.starts[0], [self._gone(track, clip)]))
        for _, lines in sorted(said, key=lambda one: one[0]):
            self._lines(lines)
        for a, b in inner:
            self.level(a.inside, b.inside, (0, 0))

    def _new(self, clip: ClipAccount) -> str:
        at = f"at {self.after.timecode(clip.record)}, {count(clip.frames)} long"
        if clip.overlay:
            return f"the render {clip.version or clip.name} was laid over the cut as {clip.id} {at}"
        shows = "a compound" if clip.kind is Kind.COMPOUND else clip.source.medium.label
        name = f"“{clip.name}” ({shows})" if clip.name else shows
        return f"{name} was inserted as {clip.id} {at}"

    def _gone(self, track: _Track, clip: ClipAccount) -> str:
        at = f"at {self.before.timecode(clip.record)} (it was {clip.id}, {count(clip.frames)} long)"
        if clip.overlay:
            return f"the render {clip.version or clip.name} was removed from {track.before.id} {at}"
        name = f"“{clip.name}”" if clip.name else clip.source.medium.label
        return f"{name} was removed from {track.before.id} {at}"


def _letter(track: TrackAccount) -> str:
    return track.id.rpartition("/")[2][0]


def _runs(pushed: Sequence[Exact]) -> Iterator[tuple[int, int]]:
    """Where clips were pushed by the same: start and end of each run."""
    start = 0
    for place in range(1, len(pushed) + 1):
        if place == len(pushed) or not nil(pushed[place] - pushed[start]):
            if pushed[start]:
                yield start, place
            start = place


def _cut_of(clip: ClipAccount, before: ClipAccount | None) -> str:
    """How the transition at the head of a clip is told from others."""
    if before is None or before.end != clip.record:
        return f"at the head of {clip.id}"
    return f"between {before.id} and {clip.id}"


def _listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _named(track: TrackAccount) -> str:
    if not track.clips:
        return "no clip"
    names = [f"“{one.name}”" if one.name else one.source.medium.label for one in track.clips]
    number = f"{len(names)} clip{'s' * (len(names) != 1)}"
    return f"{number}: {', '.join(names[:_NAMED])}{', ...' * (len(names) > _NAMED)}"


def _new_track(track: TrackAccount) -> str:
    overlays = [one.version or one.name for one in track.clips if one.overlay]
    if track.clips and len(overlays) == len(track.clips):
        return f"{track.id} is a new track over the cut with the render {_listed(overlays)}"
    return f"{track.id} is a new track with {_named(track)}"


def _gone_track(track: TrackAccount) -> str:
    return f"the track {track.id} is gone, with {_named(track)}"


def _differ_unseen(one: Any, other: Any) -> bool:
    if any(isinstance(it, Clip) and is_ours(it) for it in (one, other)):
        one, other = (
            original(it) if isinstance(it, Clip) and is_placed(it) else it for it in (one, other)
        )
    return _hidden(one) != _hidden(other)


def _hidden(thing: Any) -> list[Any]:
    """What of an object and of what hangs on it no program shows; not its children's."""
    data = json.loads(schemas.write(thing))
    for key in ("children", "tracks"):
        data.pop(key, None)
    found: list[Any] = [
        {key: one.get(key) for key in ("metadata", "parameters", "comment") if one.get(key)}
        for one in schemas.objects(data)
    ]
    if isinstance(thing, Clip):
        # A reference that does not show; those of renders are told with the clip.
        others = data["media_references"]
        others.pop(data["active_media_reference_key"], None)
        found.append({} if is_ours(thing) else others)
    return [one for one in found if one]
