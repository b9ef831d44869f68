"""The edit in a Kdenlive as the panel is told it: what was copied, and what the project's file
says beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from opticals_plugin.hosts.kdenlive.ids import Ids
from opticals_plugin.hosts.kdenlive.project import Project, Track
from opticals_plugin.hosts.kdenlive.scene import (
    COLOUR,
    IMAGE,
    MOVIES,
    SLIDES,
    SOUND,
    Item,
    Media,
    Scene,
)

_OTHER = {
    COLOUR: "A colour clip holds no film.",
    IMAGE: "A still: Opticals renders film, so export it as a film first.",
    SLIDES: "A slideshow: render it to a film first.",
    SOUND: "Sound alone has no picture to render.",
    "6": "A title: render it to a film first.",
    "11": "A title: render it to a film first.",
    "9": "A project or playlist inside this one: render it to a film first.",
    "16": "An animation: render it to a film first.",
    "17": "A sequence inside this one: render it to a film first.",
}

_NAMES = {COLOUR: "Colour", "6": "Title", "11": "Title"}


@dataclass(frozen=True)
class State:
    """All that is known of a project at a moment.

    Attributes:
        project: what its file, or the one Kdenlive keeps for recovery, says; None without one.
        path: of its file; None while it was never saved.
        selected: what was selected when the user pressed the key.
        whole: all of the timeline, where that was copied later than `project` was written.
    """

    name: str
    path: Path | None
    modified: bool
    rate: Fraction
    project: Project | None = None
    selected: Scene | None = None
    whole: Scene | None = None
    notes: tuple[str, ...] = ()

    @property
    def document(self) -> str:
        for one in (self.selected, self.whole, self.project):
            if one is not None and one.document:
                return one.document
        return ""

    @property
    def media(self) -> Mapping[str, Media]:
        """The bin's clips: a copied one knows less of its medium than the file."""
        found: dict[str, Media] = {}
        for scene in (self.whole, self.selected):
            if scene is not None:
                found.update(scene.media)
        if self.project is not None:
            for id, one in self.project.media.items():
                known = found.get(id)
                if known is None or known.path == one.path:
                    found[id] = one
                else:
                    found[id] = replace(known, rate=one.rate if known.rate is None else known.rate)
        return found

    def tracks(self) -> tuple[Track, ...]:
        """The lowest first; without a file only their number is known."""
        scene = self.whole or self.selected
        if self.project is not None and (
            scene is None
            or scene.video_tracks + scene.sound_tracks == len(self.project.tracks)
            or self.whole is None
        ):
            return self.project.tracks
        if scene is None:
            return ()
        sound = [Track(f"A{scene.sound_tracks - n}", True) for n in range(scene.sound_tracks)]
        return (*sound, *(Track(f"V{n + 1}", False) for n in range(scene.video_tracks)))

    def items(self) -> tuple[Item, ...]:
        """The timeline's clips as they are known best."""
        if self.whole is not None:
            base = list(self.whole.items)
            if self.project is not None:
                base = [_completed(one, self.project.items) for one in base]
        else:
            base = list(self.project.items) if self.project is not None else []
        for item in self.selected.items if self.selected is not None else ():
            item = _completed(item, base)
            base = [one for one in base if not _meets(one, item)]
            base.append(item)
        return tuple(sorted(base, key=lambda one: (one.track, one.start)))


def _completed(item: Item, base: Iterable[Item]) -> Item:
    """A copied clip with what only the file says of it."""
    for one in base:
        if (one.track, one.start, one.frames, one.media) == (
            item.track,
            item.start,
            item.frames,
            item.media,
        ):
            return replace(item, mixes=one.mixes, trouble=item.trouble or one.trouble)
    return item


def _meets(one: Item, other: Item) -> bool:
    """Whether they are in each other's way; mixes are meant to be."""
    if one.track != other.track:
        return False
    start, end = one.start + one.mixes[0], one.end - one.mixes[1]
    return start < other.end - other.mixes[1] and other.start + other.mixes[0] < end


def snapshot(
    state: State, ids: Ids, revision: int, undo: str = "", redo: str = ""
) -> dict[str, Any]:
    """The edit, for the panel."""
    items = state.items()
    named = ids.name(items)
    tracks = state.tracks()
    count = max([len(tracks), *(one.track + 1 for one in items)], default=0)
    listed = [tracks[n] if n < len(tracks) else Track(f"T{n + 1}", False) for n in range(count)]
    media = state.media
    rate = state.rate
    told = []
    for number, track in enumerate(listed):
        clips = [
            _clip(one, named, items, media, rate, ids.renders)
            for one in items
            if one.track == number
        ]
        told.append(
            {
                "id": f"t{number}",
                "name": track.name,
                "kind": "audio" if track.sound else "video",
                "locked": track.locked,
                "enabled": track.shown,
                "clips": [one for one in clips if one is not None],
            }
        )
    return {
        "name": state.name,
        "path": str(state.path) if state.path else None,
        "rate": [rate.numerator, rate.denominator],
        "drop_frame": False,
        "start": 0,
        "revision": revision,
        "modified": state.modified,
        "read_only": None,
        "notes": list(state.notes),
        "undo": undo,
        "redo": redo,
        "tracks": _pictures_after_sound(told),
        "selection": _selection(state, named),
        "markers": _markers(state),
        "nearest": True,
    }


def _pictures_after_sound(tracks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lowest picture track first, then the sound downwards from A1."""
    pictures = [one for one in tracks if one["kind"] == "video"]
    sound = [one for one in tracks if one["kind"] == "audio"]
    return [*pictures, *reversed(sound)]


def _selection(state: State, named: Mapping[Item, str]) -> dict[str, Any]:
    chosen: list[Item] = []
    if state.selected is not None:
        numbers = {one.number for one in state.selected.items if one.shows != "sound"}
        chosen = [one for one in named if one.number and one.number in numbers]
    project = state.project
    playhead = project.playhead if project is not None else 0
    span = None
    if project is not None and project.zone is not None:
        span = list(project.zone)
    if chosen and not any(one.start <= playhead < one.end for one in chosen):
        playhead = min(one.start for one in chosen)
    clips = [named[one] for one in chosen]
    return {
        "clips": clips,
        "range": span,
        "playhead": playhead,
        "current": clips[0] if clips else None,
    }


def _markers(state: State) -> list[dict[str, Any]]:
    guides = state.project.guides if state.project is not None else ()
    return [
        {
            "frame": one.frame,
            "duration": 0,
            "name": one.comment,
            "colour": one.colour,
            "comment": one.comment,
        }
        for one in guides
    ]


def _clip(
    item: Item,
    named: Mapping[Item, str],
    items: Sequence[Item],
    media: Mapping[str, Media],
    rate: Fraction,
    renders: Mapping[str, str],
) -> dict[str, Any] | None:
    head, tail = item.mixes
    if item.frames - head - tail < 1:
        return None
    seen = replace(
        item, start=item.start + head, frames=item.frames - head - tail, first=item.first + head
    )
    medium = media.get(item.media) or Media(item.media)
    why = other(item, medium)
    source, speed = shown(seen, medium, rate)
    path = medium.original or medium.path
    sound = item.shows == "sound"
    linked = [
        named[one]
        for one in items
        if one.shows == "sound"
        and not sound
        and (one.media, one.start, one.frames) == (item.media, item.start, item.frames)
    ]
    own = medium.rate
    look = {
        "media": {"path": path, "first": None, "count": medium_frames(medium, rate)},
        "media_rate": [own.numerator, own.denominator] if own else None,
        "source": list(source),
        "speed": [speed.numerator, speed.denominator],
    }
    render = "" if why or sound else renders.get(path, "")
    return {
        "id": named[item],
        "name": medium.name or _NAMES.get(medium.type) or Path(path).name or "Clip",
        "kind": "other" if why else "sound" if sound else "movie",
        "why": why,
        "record": [seen.start, seen.frames],
        "enabled": item.enabled,
        **look,
        "linked": linked,
        "shown": render or "original",
        "versions": [{"id": render, **look}] if render else [],
        "note": " ".join(_notes(item, medium, rate)),
    }


def other(item: Item, medium: Media) -> str:
    """Why a clip cannot be rendered from its medium, and what to do; empty where it can."""
    if item.shows == "sound":
        return ""
    if item.trouble:
        return f"{item.trouble} Render it to a film first."
    if medium.type in _OTHER:
        return _OTHER[medium.type]
    if medium.type not in MOVIES or not medium.service.startswith("avformat"):
        return "Kdenlive makes this clip itself: render it to a film first."
    if item.speed < 0 and not medium.frames:
        return "It runs backwards in a medium of unknown length: save the project, and send again."
    return ""


def shown(item: Item, medium: Media, rate: Fraction) -> tuple[tuple[int, int], Fraction]:
    """Which frames of its medium a clip shows: the first of them and how many; and its speed.

    Kdenlive counts frames of the medium played at the clip's speed and the project's rate.
    """
    ratio = (medium.rate or rate) / rate
    pace = abs(item.speed) * ratio
    if item.speed >= 0:
        first = item.first * pace
    else:
        first = (medium.frames - 1) * ratio - (item.first + item.frames - 1) * pace
    span = max(1, floor(item.frames * pace + Fraction(1, 2)))
    return (max(0, floor(first + Fraction(1, 2))), span), item.speed


def medium_frames(medium: Media, rate: Fraction) -> int | None:
    """The medium's own frames; None where its length is not known."""
    if not medium.frames:
        return None
    return floor(medium.frames * (medium.rate or rate) / rate + Fraction(1, 2))


def _notes(item: Item, medium: Media, rate: Fraction) -> list[str]:
    notes = []
    if medium.original:
        notes.append("It plays from a proxy; the render is made from the original.")
    if item.effects:
        notes.append(
            "Kdenlive's effects on it are not in the render: copy them to the render"
            " (copy the clip, then Paste Effects)."
        )
    if any(item.mixes):
        notes.append("Its mixes with its neighbours are left as they are.")
    if medium.rate is not None and medium.rate != rate:
        notes.append(
            f"Its {float(medium.rate):g} frames per second play at the project's"
            f" {float(rate):g}: some are shown twice or not at all."
        )
    return notes
