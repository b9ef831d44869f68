"""Goes through an edit and tells what it shows."""

from __future__ import annotations

import os
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from opentimelineio.core import Item
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    GeneratorReference,
    ImageSequenceReference,
    TimeEffect,
    Timeline,
)

from opticals.errors import EditError, ShotError
from opticals.timeline import piece
from opticals.timeline.layout import (
    Kind,
    Lane,
    Slot,
    counts_drop_frame,
    inside,
    item_range,
    join_kind,
    lay_out,
    most_common_rate,
)
from opticals.timeline.reading import Media
from opticals.timeline.retimes import set_speed, speed_of
from opticals.timeline.schemas import carried
from opticals.timeline.shown import (
    Account,
    ClipAccount,
    Join,
    Mark,
    Medium,
    Source,
    TrackAccount,
)
from opticals.timeline.timemap import marked_at
from opticals.timeline.times import Exact, rate_of, to_frames
from opticals.timeline.urls import is_relative, sequence_url, spellings

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentimelineio.core import Composable
    from opentimelineio.opentime import TimeRange

    from opticals.timeline.edit import Edit

__all__ = ["Account", "account"]


def account(edit: Edit | Timeline, folder: Path | None = None) -> Account:
    """What an edit shows. Media are not looked for.

    Args:
        folder: what relative paths count from; of an `Edit` its own.

    Raises:
        EditError: the edit holds times that are none, or is nested absurdly deep.
    """
    if isinstance(edit, Timeline):
        timeline, rate = edit, most_common_rate(edit)
        drop_frame = counts_drop_frame(edit, rate)
    else:
        timeline, rate, drop_frame = edit.timeline, edit.rate, edit.drop_frame
        folder = folder or edit.counting.folder
    begins = timeline.global_start_time
    start = 0 if begins is None else to_frames(begins, rate)
    teller = _Teller(rate, folder)
    lanes = lay_out(timeline, rate, int(start))
    stack = timeline.tracks
    return Account(
        timeline.name,
        rate,
        drop_frame,
        start,
        tuple(teller.track(lane) for lane in lanes),
        _marks(stack, rate, start, _start(item_range(stack), rate)),
        timeline,
    )


class _Teller:
    """Goes through the tracks of one edit."""

    def __init__(self, rate: Fraction, folder: Path | None) -> None:
        self.rate = rate
        # One look at each URL, not one for each clip of it.
        self.file: Callable[[str], Medium] = cache(lambda url: _file(url, folder))

    def track(self, lane: Lane) -> TrackAccount:
        track = lane.track if lane.in_sequence else lane.slots[0].item
        own = _start(getattr(track, "source_range", None), self.rate)
        begins = lane.slots[0].start if lane.slots else 0
        on_track = lane.in_sequence and isinstance(track, Item)
        return TrackAccount(
            lane.id,
            track.name,
            getattr(track, "kind", "Video"),
            getattr(track, "enabled", True),
            tuple(self._clips(lane)),
            _effects(track, times=True) if on_track else (),
            _marks(track, self.rate, begins + own, own) if on_track else (),
            track,
        )

    def _clips(self, lane: Lane) -> list[ClipAccount]:
        low, high = lane.bounds or (None, None)
        clips = []
        for slot in lane.slots:
            if slot.kind in (Kind.GAP, Kind.TRANSITION):
                continue
            start = slot.start if low is None else max(slot.start, low)
            end = slot.end if high is None else min(slot.end, high)
            if end > start:
                clips.append(self._clip(lane, slot, start, end))
        return clips

    def _clip(self, lane: Lane, slot: Slot, start: Exact, end: Exact) -> ClipAccount:
        item, rate = slot.item, self.rate
        source = self._source(item, slot, start, end)
        below, version = None, None
        versions: tuple[str, ...] = ()
        # Asking first how many there are spares most of the time that a clip takes.
        ours = len(item.metadata) > 0 and piece.is_ours(item)
        if ours:
            versions = _versions(item)
            key = item.active_media_reference_key
            version = key if key in versions else None
            if piece.is_placed(item):
                plain = piece.original(item)
                below = self._source(plain, slot, start, end)
        within: tuple[TrackAccount, ...] = ()
        if slot.kind is Kind.COMPOUND:
            within = self._inside(lane, slot, source)
        head, tail = (lane.neighbour(slot, step) for step in (-1, 1))
        beyond = tail and lane.neighbour(tail, 1)
        followed = beyond is not None and beyond.kind not in (Kind.GAP, Kind.TRANSITION)
        return ClipAccount(
            str(slot.id),
            item.name,
            slot.kind,
            start,
            end - start,
            source,
            getattr(item, "enabled", True),
            below,
            version,
            versions,
            ours and piece.is_overlay(item),
            self._join(head),
            None if followed else self._join(tail),
            _effects(item) if isinstance(item, Item) else (),
            _marks(item, rate, slot.start, *_own(item, source, slot, rate)),
            within,
            item,
        )

    def _inside(self, lane: Lane, slot: Slot, source: Source) -> tuple[TrackAccount, ...]:
        if source.speed is None:  # its frames cannot be followed, but are there
            slot = slot._replace(item=slot.item.deepcopy())
            set_speed(slot.item, Fraction(1))
        return tuple(self.track(one) for one in inside(lane, slot, self.rate))

    def _source(self, item: Composable, slot: Slot, start: Exact, end: Exact) -> Source:
        """What `item` shows in `slot`, of which `start` to `end` are seen."""
        medium, available = self._medium(item)
        timed = item_range(item)
        hidden, frames = start - slot.start, end - start
        if timed is None:
            return Source(medium, hidden, self.rate, None, Fraction(1), frames)
        rate = rate_of((available or timed).duration if available else timed.start_time)
        if not isinstance(item, Clip):
            rate = self.rate
        if item is not slot.item:  # an original, which the render may have made longer
            frames = to_frames(timed.duration, self.rate) - (slot.frames - frames)
        try:
            timed_too = isinstance(item, Item) and len(item.effects) > 0
            speed = speed_of(item) if timed_too else Fraction(1)
        except ShotError:
            speed = None
        first = to_frames(timed.start_time, rate)
        if speed is not None and (hidden or speed < 0):
            passed = hidden
            if speed < 0:  # the same frames as forwards, in the other order
                passed = to_frames(timed.duration, self.rate) - 1 - hidden
            first += passed * abs(speed) * rate / self.rate
        begins = None if available is None else to_frames(available.start_time, rate)
        return Source(medium, first, rate, begins, speed, frames)

    def _medium(self, item: Composable) -> tuple[Medium, TimeRange | None]:
        if not isinstance(item, Clip):
            name = carried(item)
            return (Medium(Media.COMPOUND) if name is None else Medium(Media.UNKNOWN, name)), None
        reference = item.media_reference
        if isinstance(reference, ExternalReference):
            url = reference.target_url
            medium = self.file(url) if url else Medium(Media.MISSING)
        elif isinstance(reference, ImageSequenceReference):
            numbers = (reference.start_frame, reference.frame_step)
            files = self.file(sequence_url(reference))
            medium = Medium(files.state, files.name, files.spellings, numbers)
        elif isinstance(reference, GeneratorReference):
            medium = Medium(Media.GENERATOR, reference.generator_kind or "")
        else:
            name = None if reference is None else carried(reference)
            medium = Medium(Media.MISSING) if name is None else Medium(Media.UNKNOWN, name)
        return medium, None if reference is None else reference.available_range

    def _join(self, slot: Slot | None) -> Join | None:
        if slot is None or slot.kind is not Kind.TRANSITION:
            return None
        item = slot.item
        return Join(
            join_kind(item),
            to_frames(item.in_offset, self.rate),
            to_frames(item.out_offset, self.rate),
        )


def _file(url: str, folder: Path | None) -> Medium:
    if "://" in url and not url.lower().startswith("file:"):
        return Medium(Media.ONLINE, url)
    texts = spellings(url) or (url,)
    if folder is not None and is_relative(url):
        texts = tuple(os.path.normpath(folder / text) for text in texts)
    names = [normalize("NFC", text) for text in texts]
    return Medium(Media.ONLINE, names[0], frozenset(names))


def _versions(clip: Clip) -> tuple[str, ...]:
    try:
        return tuple(piece.versions(clip))
    except EditError:
        return ()  # what is noted is damaged; the medium that shows is told all the same


def _effects(item: Item, *, times: bool = False) -> tuple[str, ...]:
    """The names of its effects; those on its time only with `times`."""
    if not len(item.effects):
        return ()
    found = [one for one in item.effects if times or not isinstance(one, TimeEffect)]
    return tuple(sorted(one.effect_name or one.name or one.schema_name() for one in found))


def _start(timed: TimeRange | None, rate: Fraction) -> Exact:
    return 0 if timed is None else to_frames(timed.start_time, rate)


def _own(item: Any, source: Source, slot: Slot, rate: Fraction) -> tuple[Exact, Fraction, Exact]:
    """Where an item's own time begins, how fast it goes by, and how long the item is."""
    speed = Fraction(1) if source.speed is None else source.speed
    return _start(item_range(item), rate), speed, slot.frames


def _marks(
    item: Any,
    rate: Fraction,
    record: Exact,
    own: Exact,
    speed: Fraction = Fraction(1),
    frames: Exact = 0,
) -> tuple[Mark, ...]:
    """The markers of an item whose own time `own` is shown at `record`."""
    marks: list[Mark] = []
    found = getattr(item, "markers", ())
    if not len(found):
        return ()
    for one in found:
        if carried(one) is not None:
            continue
        timed = one.marked_range
        start, length = to_frames(timed.start_time, rate), to_frames(timed.duration, rate)
        factor = speed or Fraction(1)
        place = marked_at(start - own, length, factor, frames)
        colour = str(one.color or "").lower()
        marks.append(Mark(one.name, colour, record + place, length / abs(factor), start, length))
    return tuple(marks)
