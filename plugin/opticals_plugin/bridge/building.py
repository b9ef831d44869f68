"""An `Edit` made of what a host says of its own, so that all that works on files works on it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentimelineio import schema as otio
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.rendering.job import sidecar_of
from opticals.timeline import piece
from opticals.timeline.edit import Edit
from opticals.timeline.placed import Version
from opticals.timeline.retimes import set_speed
from opticals.timeline.times import in_rate, span
from opticals_plugin.bridge.snapshot import ORIGINAL, Clip, Look, Snapshot, Track

if TYPE_CHECKING:
    from opticals.media.facts import Media
    from opticals.timeline.shot import Shot

_HASHES = re.compile(r"#+")
Facts = Callable[[Path], "Media | None"]  # what is known of a medium already
Sidecar = Callable[[Path], "Mapping[str, Any] | None"]  # what a render says of itself


@dataclass(frozen=True)
class Built:
    """An edit, and how its names lead to the host's.

    Attributes:
        shift: frames that the record of the edit is ahead of the host's, which may count below 0.
        clips: the host's clip by the edit's id (`V1:3`).
        ids: the other way round.
    """

    edit: Edit
    snapshot: Snapshot
    shift: int
    clips: Mapping[str, Clip]
    ids: Mapping[str, str]
    tracks: Mapping[str, Track]

    def stamped(self, shot: Shot) -> Shot:
        """A shot with the id that the host has for its clip: that stays, wherever it goes."""
        clip = self.clips.get(shot.id)
        return shot if clip is None else replace(shot, host_clip=clip.id)


def build(snapshot: Snapshot, facts: Facts, sidecar: Sidecar) -> Built:
    """The edit of a snapshot.

    Args:
        facts: media that were looked into: hosts take them to run at rates of their own.
    """
    records = [clip.record for track in snapshot.tracks for clip in track.clips]
    first = min([snapshot.start, *records])
    shift = -first if first < 0 else 0
    start = first + shift
    timeline = otio.Timeline(name=snapshot.name)
    rate = float(snapshot.rate)
    timeline.global_start_time = RationalTime(start, rate)
    timeline.metadata["opticals"] = {"drop_frame": snapshot.drop_frame}
    maker = _Maker(snapshot, facts, sidecar)
    clips, tracks, counts = {}, {}, {"video": 0, "audio": 0}
    for track in snapshot.tracks:
        made = otio.Track(name=track.name, kind=track.kind.capitalize())
        made.enabled = track.enabled
        if track.locked:
            made.metadata["opticals"] = {"locked": True}
        counts[track.kind] += 1
        id, position = f"{track.kind[0].upper()}{counts[track.kind]}", first
        tracks[id] = track
        for n, clip in enumerate(track.clips, 1):
            if clip.record > position:
                gap = span(0, clip.record - position, snapshot.rate, rate)
                made.append(otio.Gap(source_range=gap))
            made.append(maker.clip(clip))
            clips[f"{id}:{n}"] = clip
            position = clip.end
        timeline.tracks.append(made)
    for marker in snapshot.markers:
        where = span(marker.frame - first, marker.duration, snapshot.rate, rate)
        noted = otio.Marker(marker.name, where, marker.colour.upper())
        noted.comment = marker.comment
        timeline.tracks.markers.append(noted)
    edit = Edit(timeline, snapshot.path)
    edit.notes = snapshot.notes
    edit.counting = replace(edit.counting, nearest=snapshot.nearest)
    return Built(edit, snapshot, shift, clips, {clip.id: id for id, clip in clips.items()}, tracks)


class _Maker:
    def __init__(self, snapshot: Snapshot, facts: Facts, sidecar: Sidecar) -> None:
        self._rate = snapshot.rate
        self._facts = facts
        self._sidecar = sidecar

    def clip(self, clip: Clip) -> otio.Clip:
        if not clip.rendered:
            return self._plain(clip, clip.look)
        held: dict[str, Version] = {}
        for name, look in clip.versions.items():
            version = self._version(clip, name, look) if name != ORIGINAL else None
            if version is not None:
                held[version.name] = version
        shown = held.get(clip.shown)
        if shown is None:  # its sidecar is gone: a medium like any other
            return self._plain(clip, clip.look)
        if clip.overlay:
            made = piece.overlay(shown, clip.name, float(self._rate), None)
        else:
            plain = self._plain(clip, clip.original)
            made = piece.dress(plain, held, shown, whole=None, cut=(False, False), room=None)
        made.enabled = clip.enabled
        return made

    def _plain(self, clip: Clip, look: Look) -> otio.Clip:
        made = otio.Clip(name=clip.name)
        made.enabled = clip.enabled
        spelled = float(self._rate)
        length = in_rate(clip.length, self._rate, spelled)
        rate, speed = self._timing(look)
        begin = float(look.start + look.begin)
        made.source_range = TimeRange(RationalTime(begin, float(rate)), length)
        if clip.kind == "other":  # a scene, a colour, a title: the program alone can show it
            made.media_reference = otio.GeneratorReference(name=clip.name)
        elif look.path is not None:
            made.media_reference = self._reference(look, rate)
        set_speed(made, speed)
        held = {
            version.name: version
            for name, one in clip.versions.items()
            if name != ORIGINAL and not clip.rendered
            and (version := self._version(clip, name, one)) is not None
        }  # fmt: skip
        if held:  # it shows its original, and holds renders beside it
            return piece.dress(made, held, None, whole=None, cut=(False, False), room=None)
        return made

    def _timing(self, look: Look) -> tuple[Fraction, Fraction]:
        """The medium's true rate, and the speed with which it shows what the host shows."""
        assumed = look.rate or self._rate
        found = self._facts(look.path) if look.path is not None else None
        if found is None or not found.constant or look.first is not None or assumed == found.rate:
            return assumed, look.speed
        return found.rate, look.speed * assumed / found.rate

    def _reference(self, look: Look, rate: Fraction) -> otio.MediaReference:
        assert look.path is not None
        found = self._facts(look.path)
        count = found.frames if found is not None and found.frames else look.count
        needed = look.source + max(1, look.frames)
        extent = span(look.start, count or needed, rate, float(rate))
        marks = _HASHES.search(look.path.name)
        if marks is None or look.first is None:
            return otio.ExternalReference(look.path.as_posix(), extent)
        return otio.ImageSequenceReference(
            target_url_base=f"{look.path.parent.as_posix()}/",
            name_prefix=look.path.name[: marks.start()],
            name_suffix=look.path.name[marks.end() :],
            start_frame=look.first,
            frame_step=1,
            rate=float(rate),
            frame_zero_padding=len(marks.group()),
            available_range=extent,
        )

    def _version(self, clip: Clip, name: str, look: Look) -> Version | None:
        """A render as the edit holds it: hosts play each of its frames for one record frame,
        wherever they have it begin now."""
        render = self._sidecar(look.path) if look.path is not None else None
        if render is None or look.path is None:
            return None
        known = look.frames > 0
        held = {
            **render,
            "path": str(printf(look.path)),
            "baked": True,
            "head": look.source if known else render["head"],
            "selected": clip.length,
        }
        try:
            return Version.from_json(
                {"render": held, "time": "fit", "frames": clip.length, "speed": "1"}
            )
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            return None


class Sidecars:
    """What renders say of themselves, read from beside them, and again only where it changed."""

    def __init__(self) -> None:
        self._read: dict[tuple[Path, int], Mapping[str, Any] | None] = {}

    def __call__(self, path: Path) -> Mapping[str, Any] | None:
        try:
            file = sidecar_of(printf(path))
            asked = (file, file.stat().st_mtime_ns)
        except OSError:
            return None
        if asked not in self._read:
            self._read[asked] = _json(file)
        return self._read[asked]


def printf(path: Path) -> Path:
    """A sequence named with `#` as Opticals names it."""
    name = _HASHES.sub(lambda found: f"%0{len(found.group())}d", path.name, count=1)
    return path.with_name(name)


def hashes(path: Path) -> Path:
    """A sequence named as Opticals names it with `#`."""
    name = re.sub(r"%0?(\d*)d", lambda found: "#" * int(found[1] or 1), path.name, count=1)
    return path.with_name(name)


def _json(file: Path) -> Mapping[str, Any] | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    details = data.get("details")
    if isinstance(details, dict):  # what only the sidecar need hold, as in `Render.brief`
        data["details"] = {key: one for key, one in details.items() if key != "verified"}
    return data
