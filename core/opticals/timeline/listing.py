"""An edit as plain data, for tables and the panel."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentimelineio.core import Composable, Item
from opentimelineio.schema import Clip, ImageSequenceReference

from opticals.errors import EditError, ShotError
from opticals.timeline import piece, placed, reading
from opticals.timeline.extent import counted
from opticals.timeline.layout import Kind, Lane, Slot, inside, item_range, join_kind
from opticals.timeline.reading import Media
from opticals.timeline.retimes import speed_of
from opticals.timeline.times import rate_of, to_frames
from opticals.timeline.urls import media_path, sequence_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentimelineio.opentime import TimeRange


@dataclass(frozen=True)
class ItemView:
    """One item of a track, as plain data for tables and the panel.

    Attributes:
        id: `V1:3`; None for gaps and transitions.
        record, frames: record timecode as a frame number, and length; of a transition, all of
            it from its first frame before the cut. Rounded down where `exact` is False.
        source: timecode of the first frame shown, as a frame number at `source_rate`: the
            medium's as far as the edit says, else the edit's.
        media: whether the pictures can be had; None for gaps and transitions.
        path: the active medium.
        original: the medium that a shot of it is taken from: below a render, not the render.
        version: name of the active render; None while the original shows.
        draft: whether that render is a draft.
        recipe: what that render was made with, as its sidecar has it.
        overlay: whether it is a render laid over the cut.
        speed: source time per record time: 1 at normal speed, 0 frozen, below 0 backwards; None
            where it is not constant.
        inside: the tracks of a compound.
        markers: their names and colours.
        join: of a transition: `dissolve`, or what else the program calls it.
        damaged: why what is noted on it about its renders cannot be read; "" where it can.
    """

    id: str | None
    kind: Kind
    name: str
    record: int
    frames: int
    source: int | None = None
    source_rate: Fraction = Fraction(1)
    media: Media | None = None
    path: Path | None = None
    original: Path | None = None
    version: str | None = None
    versions: tuple[str, ...] = ()
    draft: bool = False
    recipe: Mapping[str, Any] | None = field(default=None, compare=False)
    overlay: bool = False
    enabled: bool = True
    exact: bool = True
    speed: Fraction | None = Fraction(1)
    inside: tuple[TrackView, ...] = ()
    markers: tuple[tuple[str, str], ...] = ()
    damaged: str = ""
    join: str = ""


@dataclass(frozen=True)
class TrackView:
    """One track: its id (`V1`), its name, its kind (`Video`, `Audio` or another) and its items.
    `locked`: the program that wrote the edit keeps it from being changed."""

    id: str
    name: str
    kind: str
    enabled: bool
    items: tuple[ItemView, ...]
    locked: bool = False


@dataclass(frozen=True)
class VersionView:
    """One version of a clip.

    `name` is `original` for the medium it was cut from, which has no `render` (as its
    `Render.to_json` said when it was placed).
    """

    name: str
    active: bool
    path: Path | None
    draft: bool = False
    time: str = "fit"
    render: Mapping[str, Any] | None = None


class Lister:
    """Makes plain data of tracks.

    Args:
        rate: of the edit.
        folder: what relative media paths count from.
    """

    def __init__(self, rate: Fraction, folder: Path | None) -> None:
        self._rate = rate
        self._folder = folder
        # One look at the disk for each medium, not for each clip of it.
        self._locate = cache(reading.locate)

    def track(self, lane: Lane) -> TrackView:
        track = lane.track if lane.in_sequence else lane.slots[0].item
        return TrackView(
            lane.id,
            track.name,
            getattr(track, "kind", "Video") or "other",
            getattr(track, "enabled", True),
            tuple(self._view(lane, slot) for slot in lane.slots),
            _locked(track),
        )

    def _view(self, lane: Lane, slot: Slot) -> ItemView:
        item = slot.item
        if slot.kind in (Kind.GAP, Kind.TRANSITION):
            start, frames, join = slot.start, slot.frames, ""
            if slot.kind is Kind.TRANSITION:
                before = to_frames(item.in_offset, self._rate)
                start, frames = start - before, before + to_frames(item.out_offset, self._rate)
                join = join_kind(item)
            first, last = lane.outside(int(start), int(start) + int(frames))
            whole = last - first == int(frames) and all(one.stage.speed == 1 for one in lane.levels)
            return ItemView(None, slot.kind, item.name, first, last - first, join=join, exact=whole)
        media, path = reading.media_of(item, self._folder, self._locate)
        timed = item_range(item)
        ours = piece.is_ours(item)
        held, damaged = _held(item) if ours else ({}, "")
        key = getattr(item, "active_media_reference_key", None)
        overlay = ours and piece.is_overlay(item)
        original = None if overlay else path
        if ours and not overlay:
            original = reading.media_of(piece.original(item), self._folder, self._locate)[1]
        start, end = lane.record(slot)
        speed = _speed(item)
        source, source_rate = _source(item, timed, self._rate)
        within: tuple[TrackView, ...] = ()
        if slot.kind is Kind.COMPOUND and speed is not None:
            lanes = inside(lane, slot, self._rate)
            within = tuple(self.track(one) for one in lanes)
        return ItemView(
            id=slot.id,
            kind=slot.kind,
            name=item.name,
            record=start,
            frames=end - start,
            source=source,
            source_rate=source_rate,
            media=media,
            path=path,
            original=original,
            version=key if key in held else None,
            versions=tuple(held),
            draft=key in held and held[key].draft,
            recipe=held[key].render.get("recipe") if key in held else None,
            overlay=overlay,
            enabled=getattr(item, "enabled", True),
            exact=int(slot.start) == slot.start and int(slot.frames) == slot.frames,
            speed=speed,
            inside=within,
            markers=tuple((one.name, one.color or "") for one in getattr(item, "markers", ())),
            damaged=damaged,
        )


# Where programs and adapters keep whether a track is locked, in its metadata.
_LOCKS = (
    ("opticals", "locked"),
    ("Resolve_OTIO", "Locked"),
    ("fcp_xml", "locked"),
    ("kdenlive", "kdenlive:locked_track"),
)


def _locked(track: Composable) -> bool:
    for keys in _LOCKS:
        node: Any = track.metadata
        for key in keys:
            node = node.get(key) if hasattr(node, "get") else None
        if node is not None:
            return str(node).strip().lower() in ("1", "true", "yes")
    return False


def versions(slot: Slot, folder: Path | None) -> tuple[VersionView, ...]:
    """See `Edit.versions`."""
    clip = slot.item
    if slot.kind is not Kind.CLIP:
        return ()
    if piece.is_overlay(clip):
        return tuple(_version(clip, folder, one, True) for one in piece.versions(clip).values())
    if not piece.is_placed(clip):
        return (VersionView(placed.ORIGINAL, True, reading.media_of(clip, folder)[1]),)
    held, active = piece.versions(clip), clip.active_media_reference_key
    return (
        VersionView(
            placed.ORIGINAL,
            active not in held,
            reading.media_of(piece.original(clip), folder)[1],
        ),
        *(_version(clip, folder, one, one.name == active) for one in held.values()),
    )


def _version(clip: Clip, folder: Path | None, one: placed.Version, active: bool) -> VersionView:
    """Its file is the one that the reference names now: it may have been relinked."""
    reference = clip.media_references().get(one.name)
    if isinstance(reference, ImageSequenceReference):
        url = sequence_url(reference)
    else:
        url = getattr(reference, "target_url", "")
    path = media_path(url, folder) or one.path
    return VersionView(one.name, active, path, one.draft, one.time, one.render)


def _held(item: Clip) -> tuple[dict[str, placed.Version], str]:
    """The renders that a clip holds, by name; and why what is noted of them cannot be read: that
    concerns this clip alone."""
    try:
        return piece.versions(item), ""
    except EditError as error:
        return {}, error.what


def _source(
    item: Composable, timed: TimeRange | None, rate: Fraction
) -> tuple[int | None, Fraction]:
    """Where the range of an item starts, and the rate that this is counted at."""
    if timed is None:
        return None, rate
    reference = item.media_reference if isinstance(item, Clip) else None
    available = reference.available_range if reference is not None else None
    if available is not None:
        rate = rate_of(available.duration)
        start = to_frames(available.start_time, rate)
        within = (start, start + to_frames(available.duration, rate))
        return math.floor(counted(timed.start_time, rate, within)), rate
    if isinstance(item, Clip):
        rate = rate_of(timed.start_time)
    return math.floor(to_frames(timed.start_time, rate)), rate


def _speed(item: Composable) -> Fraction | None:
    try:
        return speed_of(item) if isinstance(item, Item) else Fraction(1)
    except ShotError:
        return None
