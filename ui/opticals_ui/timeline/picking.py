"""Several clips at once: which they are, what they take up, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from opticals_ui.look.words import tr
from opticals_ui.timeline.model import shown_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opticals.timeline.listing import ItemView
    from opticals_ui.timeline.model import TimelineModel


@dataclass(frozen=True)
class Range:
    """Record frames `start` to `end` (not included) of tracks, the lowest first."""

    tracks: tuple[str, ...]
    start: int
    end: int


def items(model: TimelineModel, clips: frozenset[str]) -> tuple[ItemView, ...]:
    """The clips of these ids, track after track from the lowest, each in its order."""
    if len(clips) < 2:
        found = (model.find(id) for id in clips)
        return tuple(item for item in found if item is not None)
    return tuple(item for lane in model.lanes for item in lane.items if item.id in clips)


def ranges(clips: Sequence[ItemView]) -> tuple[Range, ...]:
    """What clips, ordered as `items` gives them, take up; those that follow on each other on a
    track in one."""
    found: list[Range] = []
    for item in clips:
        tracks, end = (track_of(item),), item.record + item.frames
        if found and found[-1].tracks == tracks and found[-1].end == item.record:
            found[-1] = replace(found[-1], end=end)
        elif item.frames:
            found.append(Range(tracks, item.record, end))
    return tuple(found)


def shots(model: TimelineModel, wanted: Iterable[Range]) -> tuple[ItemView, ...]:
    """The clips that ranges show, those inside compounds too."""
    return tuple(
        one
        for found in wanted
        for lane in map(model.lane, found.tracks)
        if lane is not None
        for one in lane.shots(found.start, found.end)
    )


def track_of(item: ItemView) -> str:
    """The track that a clip stands on."""
    return (item.id or "").partition(":")[0]


def between(model: TimelineModel, one: ItemView, other: ItemView) -> frozenset[str]:
    """The clips from one to another, on their tracks and on those between them."""
    names = [lane.id for lane in shown_order(model)]
    top, bottom = sorted((names.index(track_of(one)), names.index(track_of(other))))
    start = min(one.record, other.record)
    end = max(one.record + one.frames, other.record + other.frames)
    return within(model, names[top : bottom + 1], start, end)


def within(model: TimelineModel, tracks: Iterable[str], start: int, end: int) -> frozenset[str]:
    """The clips of tracks that show between two record frames."""
    lanes = (model.lane(track) for track in tracks)
    return frozenset(
        item.id
        for lane in lanes
        if lane is not None
        for item in lane.within(start, end)
        if item.id is not None
    )


def pictures(model: TimelineModel, clips: frozenset[str]) -> frozenset[str]:
    """Those of pictures; all of them where there are none."""
    video = {lane.id for lane in model.lanes if lane.kind == "Video"}
    return frozenset(id for id in clips if id.partition(":")[0] in video) or clips


def of_source(model: TimelineModel, item: ItemView) -> frozenset[str]:
    """The clips of the same medium as a clip, below any render."""
    if item.original is None:
        return frozenset({item.id} if item.id else ())
    return frozenset(
        one.id
        for lane in model.lanes
        for one in lane.items
        if one.id is not None and one.original == item.original
    )


def standing(model: TimelineModel, id: str, record: int) -> str | None:
    """The id of the clip that stands at a record frame of the track of another id now."""
    lane = model.lane(id.partition(":")[0])
    item = lane.at(record) if lane else None
    return item.id if item else None


def summary(model: TimelineModel, clips: Sequence[ItemView]) -> str:
    """Several clips in words: how many, on which tracks, and how long in all."""
    tracks = list(dict.fromkeys(map(track_of, clips)))
    parts = (
        tr("%n clip(s)", count=len(clips)),
        ", ".join(tracks) if len(tracks) < 5 else tr("%n track(s)", count=len(tracks)),
        tr("{duration} in all", duration=model.duration(sum(item.frames for item in clips))),
    )
    return " · ".join(parts)
