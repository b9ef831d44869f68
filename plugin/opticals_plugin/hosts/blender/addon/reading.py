"""The edit as the panel sees it: read from Blender's strips in slices, so that nobody waits."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from . import compat, media, timing, versions
from .strips import PICTURES, Found, Ids, kept, transparent, walk

Json = dict[str, Any]

STEP = "opticals_step"  # on the scene: how many changes of ours it has
SLICE = 40  # strips that are read before the host gets its time back

_OTHERS = {
    "META": "A meta strip. Select the strips in it: open it with Tab.",
    "SCENE": "A scene strip. Render it to a file first.",
    "MOVIECLIP": "A movie clip strip. Add its file as a movie strip instead.",
    "MASK": "A mask strip has no pictures of its own.",
    "COLOR": "A colour strip has no pictures of its own.",
    "TEXT": "A text strip has no pictures of its own.",
    "ADJUSTMENT": "An adjustment layer. Render what is under it.",
    "SPEED": "A speed effect. Render the strip under it.",
}


class _Changed(Exception):
    """Strips may be gone that were found before a rest: Blender tells nobody who holds them."""


class Reader:
    """Reads the edit again and again, keeping what does not change.

    Attributes:
        revision: grows with every change that is seen.
        signature: what the edit was at the last look.
        changes: how often Blender said that something changed; what was found before is not
            touched after one.
    """

    def __init__(self, project_id: Callable[[], str]) -> None:
        self._project_id = project_id
        self.ids = Ids()
        self.revision = 0
        self.signature = 0
        self.changes = 0
        self._counts: dict[str, int] = {}

    def forget(self) -> None:
        """Another project is open."""
        self.changes += 1
        self.ids.forget()
        self._counts.clear()
        self.signature = 0
        self.revision += 1

    def read(self) -> Json:
        """The whole edit at once."""
        return finished(self.steps())

    def steps(self) -> Generator[None, None, Json]:
        """The whole edit, with a rest after every few strips. It begins again when something
        changes, and does without a rest when that goes on, as while the film plays."""
        for rests in (True, True, False):
            with suppress(_Changed):
                return (yield from self._steps(rests=rests))
        raise AssertionError("nothing changes without a rest")

    def _steps(self, *, rests: bool) -> Generator[None, None, Json]:
        begun = self.changes
        scene = compat.scene()
        editor = scene.sequence_editor
        rate = compat.rate(scene)
        tracks: list[Json] = []
        found: dict[str, Found] = {}
        if editor is not None:
            found = self.number(editor)
            for done in self._tracks(scene, editor, found, tracks):
                if rests and not done:
                    yield
                    if self.changes != begun:
                        raise _Changed
        signature = hash(repr(tracks))
        if signature != self.signature:
            self.signature = signature
            self.revision += 1
        starts = [one["record"][0] for track in tracks for one in track["clips"]]
        return {
            "name": Path(bpy.data.filepath).name or "Untitled",
            "path": compat.absolute(bpy.data.filepath) or None,
            "id": self._project_id(),
            "rate": [rate.numerator, rate.denominator],
            "drop_frame": False,
            "start": min([int(scene.frame_start), *starts]),
            "revision": self.revision,
            "modified": bool(bpy.data.is_dirty),
            "read_only": _read_only(scene),
            "notes": _notes(),
            "undo": "",
            "redo": "",
            "tracks": tracks,
            "selection": _selection(scene, editor, found, tracks),
            "markers": _markers(scene),
        }

    def rate(self, one: Found) -> Fraction:
        """The rate of a strip's medium, as the panel is told it."""
        rates = timing.Rates(compat.scene(), self._counts)
        return rates.rate if self.timing(one).straight else rates.of(one.strip)

    def find(self, id: str) -> Found | None:
        """The strip of this id, wherever it is now."""
        editor = compat.scene().sequence_editor
        return self.number(editor).get(id) if editor is not None else None

    def number(self, editor: Any) -> dict[str, Found]:
        """The strips by their ids, which are the same at every look."""
        return self.ids.number(list(walk(editor)), int(compat.scene().get(STEP, 0)))

    def timing(self, one: Found) -> timing.Timing:
        """How a strip shows its medium now."""
        scene = compat.scene()
        rates = timing.Rates(scene, self._counts)
        effect = speed_effects(walk(scene.sequence_editor)).get(one.strip.name)
        return timing.of(one.strip, rates, effect, frozenset(compat.curves(scene)))

    def _tracks(
        self, scene: Any, editor: Any, found: dict[str, Found], tracks: list[Json]
    ) -> Iterator[bool]:
        """Fill in the tracks, in slices; whether it is done."""
        yield False
        rates = timing.Rates(scene, self._counts)
        curves = frozenset(compat.curves(scene))
        sped = speed_effects(found.values())
        sounds = _sounds(found)
        made: dict[tuple[tuple[int, ...], str], list[Json]] = {}
        holders: dict[tuple[int, ...], Any] = {}
        hidden = {effect.name for effect in sped.values()}
        for number, (id, one) in enumerate(found.items()):
            if number % SLICE == SLICE - 1:
                yield False
            if one.strip.name in hidden or one.start == one.end:
                continue
            place = (*(meta.channel for meta in one.metas), one.strip.channel)
            kind = "audio" if one.strip.type == "SOUND" else "video"
            holders[place] = one.holder(editor)
            clip = _clip(id, one, rates, sped.get(one.strip.name), curves, sounds)
            made.setdefault((place, kind), []).append(clip)
        order = sorted(made, key=lambda key: (key[1] == "audio", key[0]))
        tracks += [_track(place, kind, holders[place], made[place, kind]) for place, kind in order]
        yield True


def finished(steps: Generator[None, None, Json]) -> Json:
    """What steps come to when they are taken at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Json = end.value
            return result


def speed_effects(found: Iterable[Found]) -> dict[str, Any]:
    """The speed effects, by the names of the strips that they are on."""
    result = {}
    for one in found:
        if one.strip.type == "SPEED" and one.strip.input_1 is not None and not one.strip.mute:
            result[one.strip.input_1.name] = one.strip
    return result


def effects_on(found: Iterable[Found], strip: Any) -> list[Any]:
    """The effect strips that take this strip as their input."""
    return [
        one.strip for one in found
        if any(getattr(one.strip, name, None) == strip for name in ("input_1", "input_2"))
    ]  # fmt: skip


def _track(place: tuple[int, ...], kind: str, holder: Any, clips: list[Json]) -> Json:
    channel = compat.channels(holder).get(place[-1])
    return {
        "id": kind[0] + ".".join(map(str, place)),
        "name": channel.name if channel is not None else f"Channel {place[-1]}",
        "kind": kind,
        "locked": bool(channel is not None and channel.lock),
        "enabled": not (channel is not None and channel.mute),
        "clips": sorted(clips, key=lambda one: one["record"][0]),
    }


def _clip(
    id: str, one: Found, rates: timing.Rates, effect: Any, curves: frozenset[str],
    sounds: Callable[[Found], list[str]],
) -> Json:  # fmt: skip
    strip = one.strip
    start, end = one.start, one.end
    if effect is not None:
        start, end = compat.left(effect), compat.right(effect)
    clip: Json = {
        "id": id,
        "name": strip.name,
        "kind": "other",
        "why": "",
        "record": [start, end - start],
        "enabled": not (strip.mute or any(meta.mute for meta in one.metas)),
        "media": {"path": "", "first": None, "count": None},
        "media_rate": [rates.rate.numerator, rates.rate.denominator],
        "source": [0, end - start],
        "speed": [1, 1],
        "linked": [],
        "shown": "original",
        "versions": [],
        "note": "",
    }
    if strip.type == "SOUND":
        first = start - round(compat.content(strip)) + int(strip.animation_offset_start)
        files = media.of(strip)
        clip.update(kind="sound", media=files.to_json(), source=[max(0, first), end - start])
    elif strip.type not in PICTURES:
        clip["why"] = _why(strip)
    else:
        time = timing.of(strip, rates, effect, curves)
        _look(clip, strip, rates, time, effect)
        clip["linked"] = sounds(one)
    return clip


def _look(clip: Json, strip: Any, rates: timing.Rates, time: timing.Timing, effect: Any) -> None:
    """Fill in which frames of which medium a clip shows."""
    start, length = clip["record"]
    files = media.of(strip)
    clip["media"] = files.to_json()
    if why := time.why or files.why:
        clip["why"] = why
        return
    clip["kind"] = strip.type.lower()
    own = rates.rate if time.straight else rates.of(strip)
    ends = time.frame(start), time.frame(start + length - 1)
    speed = time.step * rates.rate / own
    lowest = time.place(start if time.step > 0 else start + length - 1)
    clip["media_rate"] = [own.numerator, own.denominator]
    clip["source"] = [min(ends), abs(ends[1] - ends[0]) + 1]
    clip["speed"] = [speed.numerator, speed.denominator]
    if not time.straight and speed:
        clip.update(position=[lowest.numerator, lowest.denominator], bake=True)
    if not_in_place(strip, effect, time):
        clip["only"] = ["overlay"]
    notes = []
    if strip.use_proxy:
        notes.append("It plays from a proxy; the render is made from the original.")
    if time.step and (still := _still(time, start, length)):
        notes.append(still)
    clip["note"] = " ".join(notes)
    what = kept(strip)
    if what:
        clip["shown"] = what["shown"]
        origin = versions.origin(strip)
        clip["versions"] = [
            versions.seen(one, origin, start, length, rates.rate) for one in what["versions"]
        ]
        if not versions.straight(what["versions"][0]):
            clip["bake"] = True
        if what.get("of"):
            clip.update(overlay=True, of=what["of"])


def not_in_place(strip: Any, effect: Any, time: timing.Timing) -> str:
    """Why a render cannot take the place of a strip's medium without a loss; "" when it can."""
    if strip.type != "MOVIE":
        return "a strip of pictures cannot become a film."
    if effect is not None:
        return "it plays through a speed effect."
    if len(getattr(strip, "retiming_keys", getattr(strip, "retiming_handles", ()))):
        return "its retiming would be lost."
    if time.paced:
        return "it plays at a rate of its own, and would play the render so too."
    return ""


def _still(time: timing.Timing, start: int, length: int) -> str:
    """What is said of a strip that is longer than its medium."""
    before = sum(1 for record in (start, start + length - 1)
                 if not time.low <= time.place(record) < time.high + 1)  # fmt: skip
    if not before:
        return ""
    return "It is longer than its medium and stands still there: select the part that moves."


def _why(strip: Any) -> str:
    if strip.type == "META" and not transparent(strip):
        return "A meta strip that is retimed or reversed. Render it to a file first."
    named = str(strip.type).replace("_", " ").lower()
    return _OTHERS.get(strip.type, f"An effect strip ({named}). Render the strips under it.")


def _sounds(found: dict[str, Found]) -> Callable[[Found], list[str]]:
    """What finds the sound strips that belong to a movie strip: of its file, where it lies."""
    by_file: dict[str, list[tuple[str, Found]]] = {}
    for id, one in found.items():
        if one.strip.type == "SOUND":
            by_file.setdefault(media.of(one.strip).path, []).append((id, one))

    def linked(one: Found) -> list[str]:
        if one.strip.type != "MOVIE" or not by_file:
            return []
        what = kept(one.strip)
        original = what["versions"][0]["media"]["path"] if what else media.of(one.strip).path
        near = by_file.get(original, ())
        return [id for id, other in near if (other.start, other.end) == (one.start, one.end)]

    return linked


def _selection(scene: Any, editor: Any, found: dict[str, Found], tracks: list[Json]) -> Json:
    clips: list[str] = []
    current = None
    shown = {clip["id"] for track in tracks for clip in track["clips"]}
    sped = {effect.name: name for name, effect in speed_effects(found.values()).items()}
    by_name = {one.strip.name: id for id, one in found.items()}
    for id, one in found.items():
        chosen = one.strip.select or any(meta.select for meta in one.metas)
        under = by_name.get(sped.get(one.strip.name, ""), id)
        if chosen and under in shown and under not in clips:
            clips.append(under)
    active = editor.active_strip if editor is not None else None
    if active is not None:
        current = by_name.get(sped.get(active.name, active.name))
    return {
        "clips": clips,
        "range": _range(scene),
        "playhead": int(scene.frame_current),
        "current": current if current in shown else None,
    }


def _range(scene: Any) -> list[int] | None:
    """In and out: the preview range, or two selected markers, or those called In and Out; both
    frames are in it."""
    if scene.use_preview_range:
        return [int(scene.frame_preview_start), int(scene.frame_preview_end) + 1]
    frames = sorted(int(one.frame) for one in scene.timeline_markers if one.select)
    if len(frames) != 2:
        named = {one.name.strip().lower(): int(one.frame) for one in scene.timeline_markers}
        frames = [named[name] for name in ("in", "out") if name in named]
    if len(frames) == 2 and frames[0] <= frames[1]:
        return [frames[0], frames[1] + 1]
    return None


def _markers(scene: Any) -> list[Json]:
    return [
        {"frame": int(one.frame), "duration": 1, "name": one.name, "colour": "", "comment": ""}
        for one in sorted(scene.timeline_markers, key=lambda one: int(one.frame))
    ]


def _read_only(scene: Any) -> str | None:
    if scene.library is not None:
        return f"The scene is linked from {Path(scene.library.filepath).name}."
    return None


def _notes() -> list[str]:
    path = bpy.data.filepath
    if path and not os.access(path, os.W_OK):
        return [f"{Path(path).name} cannot be written: save the project under another name."]
    return []
