"""Renders laid over the cut in Kdenlive: found where the clip is now, pasted on a track above,
proved by reading it back, and taken back if it is not right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from opticals_plugin.hosts.client import HostError
from opticals_plugin.hosts.kdenlive.edit import State
from opticals_plugin.hosts.kdenlive.ids import Ids
from opticals_plugin.hosts.kdenlive.scene import Item, Paste, Scene
from opticals_plugin.hosts.kdenlive.timeline import Timeline, numbers

_NEW = "9001"  # a bin clip that does not exist; Kdenlive gives it a number that is free
_IMPORT_S = 20.0
_TRIES = 3
_TRACK = "Timeline > Tracks > Insert Track"


@dataclass(frozen=True)
class Render:
    """What is placed: `first` is the frame of the file where the range begins."""

    name: str
    path: str
    frames: int
    rate: Fraction
    first: int

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Render:
        rate = said["rate"]
        return cls(
            str(said["name"]),
            str(said["path"]),
            int(said["frames"]),
            Fraction(int(rate[0]), int(rate[1])),
            int(said.get("first") or 0),
        )


@dataclass(frozen=True)
class Placed:
    """What was done.

    Attributes:
        name: of the render.
        item: the render in the timeline.
        before, after: all of the timeline.
        restored: whether what was selected is selected again.
    """

    name: str
    item: Item
    before: Scene
    after: Scene
    messages: tuple[str, ...]
    restored: bool


def place(timeline: Timeline, state: State, ids: Ids, params: Mapping[str, Any]) -> Placed:
    """Lay a render over its clip. The clipboard must be lent.

    Raises:
        HostError: it cannot be done; the timeline is as it was.
    """
    if params.get("how") != "overlay":
        raise HostError(
            "Kdenlive cannot hold a render as a version in the clip.",
            "unsupported",
            "Place it as an overlay.",
        )
    render = Render.read(params["render"])
    if not Path(render.path).exists():
        raise HostError(f"{render.path} is not there.", "failed", "Render it again.")
    timeline.ready()
    chosen = timeline.selected()
    before = timeline.whole()
    if state.document and before.document != state.document:
        raise HostError(
            "Another project is open in Kdenlive.", "gone", "Open the project of this clip again."
        )
    now = replace(state, whole=before, selected=None)
    item, start, length, messages = _target(now, ids, params)
    first = _first(render, timeline.rate or state.rate)
    work = _Work(timeline, before, render, first)
    try:
        playhead, active = work.find_playhead(now)
        below = _below(now, ids, item, start, length)
        track = work.place(now, below, start, length, playhead, active)
    except HostError as error:
        if work.imported:
            error.remedy = f"{error.remedy} The render is in the project bin.".strip()
        raise
    after = timeline.whole()
    placed = next(one for one in after.items if one.number == track.number)
    if item.effects:
        messages.append(
            "Kdenlive's effects on the clip are not on the render: copy the clip, select the"
            " render, Paste Effects."
        )
    restored = chosen is None or timeline.select(chosen.items, playhead, active, after)
    return Placed(render.name, placed, before, after, tuple(messages), restored)


def _target(state: State, ids: Ids, params: Mapping[str, Any]) -> tuple[Item, int, int, list[str]]:
    """The clip as it is now, the record range to cover, and what is to be said of it."""
    known = ids.known(str(params["clip"]))
    item = ids.find(known.id, state.items()) if known is not None else None
    if known is None or item is None:
        raise HostError(
            "The clip is not in Kdenlive's timeline any more.",
            "gone",
            "Undo what took it away and place the render again, or drag it from its folder.",
        )
    later, length = (int(one) for one in params["offset"])
    record = int(params["record"][0])
    shown = known.first_at(record, later) + later  # the first frame of the range
    if shown < item.first or shown + length > item.last:
        raise HostError(
            "The clip was trimmed: it does not show all of the range any more.",
            "trimmed",
            "Make it longer again, or render it anew.",
        )
    start = item.start + shown - item.first
    messages = []
    if start != record:
        messages.append(f"The clip was moved by {start - record:+d} frames; it is placed there.")
    tracks = state.tracks()
    if item.track < len(tracks) and tracks[item.track].locked:
        messages.append(f"{tracks[item.track].name} is locked; the render lies above it.")
    return item, start, length, messages


def _below(state: State, ids: Ids, item: Item, start: int, length: int) -> int:
    """The track that the render must lie above to be seen: its clip's, or that of a render which
    lies there already."""
    media = state.media
    renders = [
        one.track
        for one in state.items()
        if one.start < start + length
        and one.end > start
        and one.media in media
        and media[one.media].path in ids.renders
    ]
    return max([item.track, *renders])


def _first(render: Render, rate: Fraction) -> int:
    """The frame where the range begins as Kdenlive counts it: at the project's rate."""
    return floor(render.first * rate / render.rate + Fraction(1, 2))


@dataclass
class _Work:
    timeline: Timeline
    before: Scene
    render: Render
    first: int
    media: str = ""
    imported: bool = False

    def find_playhead(self, state: State) -> tuple[int, int]:
        """The playhead and the active track, which Kdenlive does not tell: a clip is pasted past
        the end of everything, and taken back."""
        later = max((one.end for one in self.before.items), default=0) + 1
        for media in self._in_bin(state):
            found = self._paste(Paste(later, 0, media, self.first, 1), 0)
            if found is not None:
                break
        else:
            length = floor(
                self.render.frames * (self.timeline.rate or state.rate) / self.render.rate
            )
            paste = Paste(later, 0, _NEW, 0, 1, self.render.path, self.render.name, max(1, length))
            found = self._paste(paste, _IMPORT_S)
            self.imported = True
        if found is None:
            raise HostError(
                "Kdenlive did not take the render.",
                "failed",
                "It says why at the bottom of its window. Drag the render from its folder.",
            )
        self.media = found.media
        self._take_back()
        return found.start - later, found.track

    def place(
        self, state: State, below: int, start: int, length: int, playhead: int, active: int
    ) -> Item:
        """Where the render lies, on the lowest track above `below` that takes it."""
        tracks = self._free(state, below, start, length)
        for track in tracks:
            found = self._on(track, start, length, playhead, active)
            if found is not None:
                return found
        top = self.before.sound_tracks + self.before.video_tracks - 1
        if not self.timeline.add_track(top, active, self.before):
            raise HostError(
                "No track above the clip is free where the render belongs.",
                "failed",
                f"Add a picture track ({_TRACK}), then place the render again.",
            )
        self.before = self.timeline.whole()
        found = self._on(top + 1, start, length, playhead, active)
        if found is None:
            raise HostError(
                "Kdenlive did not take the render on the new track.",
                "failed",
                "Drag the render from the project bin.",
            )
        return found

    def _on(self, track: int, start: int, length: int, playhead: int, active: int) -> Item | None:
        """The render on this track; None where Kdenlive refuses it there."""
        above = track - active
        for _ in range(_TRIES):
            paste = Paste(start - playhead, above, self.media, self.first, length)
            found = self._paste(paste, 0)
            if found is None:
                return None
            if (found.track, found.start, found.frames, found.first) == (
                track,
                start,
                length,
                self.first,
            ):
                return found
            self._take_back()
            playhead += found.start - start
            above += track - found.track
        raise HostError(
            "Kdenlive put the render elsewhere, and it was taken back.",
            "busy",
            "Stop the playback in Kdenlive, then place the render again.",
        )

    def _paste(self, paste: Paste, wait_s: float) -> Item | None:
        return self.timeline.paste(paste, self.before.document, self.before, wait_s)

    def _take_back(self) -> None:
        """Undo what was pasted, and nothing else: someone may have worked meanwhile."""
        self.timeline.undo()
        if numbers(self.timeline.whole()) != numbers(self.before):
            self.timeline.redo()
            raise HostError(
                "Kdenlive's timeline was changed while the render was being placed.",
                "busy",
                "Undo in Kdenlive what Opticals pasted at the end, then place it again.",
            )

    def _in_bin(self, state: State) -> list[str]:
        """The render in the bin, where it is there already."""
        known = {**state.media, **self.before.media}
        return [one.id for one in known.values() if one.path == self.render.path and one.id]

    def _free(self, state: State, below: int, start: int, length: int) -> list[int]:
        """Picture tracks above a clip that are free and can be seen."""
        tracks = state.tracks()
        sound = self.before.sound_tracks
        items = state.items()
        free = []
        for track in range(max(below + 1, sound), sound + self.before.video_tracks):
            said = tracks[track] if track < len(tracks) else None
            if said is not None and (said.locked or not said.shown):
                continue
            if all(
                one.end <= start or one.start >= start + length
                for one in items
                if one.track == track
            ):
                free.append(track)
        return free
