"""What a host says of its edit, checked: everything in it comes from another program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from opticals.errors import EditError

T = TypeVar("T")

ORIGINAL = "original"
_MOST = 10**9  # frames; a year of film
_TEXT = 8192  # characters
_TRACKS, _CLIPS, _MARKERS = 1000, 50_000, 20_000


@dataclass(frozen=True)
class Look:
    """What a clip shows, or would show with one of its versions.

    Attributes:
        path: of a sequence with `#` for each digit; None where it is no file.
        first: the number of a sequence's first picture.
        count: frames of the medium, if the host knows.
        start: timecode of the medium's frame 0, as a frame number; 0 where hosts do not count so.
        rate: frames per second that the host takes the medium to have; None: it does not say.
        source, frames: the lowest frame that is shown, from the medium's frame 0, and how many the
            clip spans.
        position: the place of that frame, where the host knows it finer than in frames: frame i is
            shown from i up to i + 1.
        speed: of the medium's time per record time; below 0 backwards.
    """

    path: Path | None
    first: int | None = None
    count: int | None = None
    start: int = 0
    rate: Fraction | None = None
    source: int = 0
    frames: int = 0
    speed: Fraction = Fraction(1)
    position: Fraction | None = None

    @property
    def begin(self) -> Fraction:
        """Where in the medium it begins, in frames from frame 0."""
        return Fraction(self.source) if self.position is None else self.position


@dataclass(frozen=True)
class Clip:
    """One clip. `id` stays for the life of the project; `why` is said where it has no pictures
    that can be rendered; `versions` by name, the original too where a render is shown."""

    id: str
    name: str
    kind: str
    why: str
    record: int
    length: int
    enabled: bool
    look: Look
    linked: tuple[str, ...]
    shown: str
    versions: Mapping[str, Look]
    note: str

    @property
    def end(self) -> int:
        return self.record + self.length

    @property
    def rendered(self) -> bool:
        """Whether it shows a render."""
        return self.shown != ORIGINAL

    @property
    def overlay(self) -> bool:
        """Whether it is a render laid over the cut."""
        return self.rendered and ORIGINAL not in self.versions

    @property
    def original(self) -> Look:
        """What it was cut from."""
        return self.versions.get(ORIGINAL, self.look) if self.rendered else self.look


@dataclass(frozen=True)
class Track:
    """One track; its clips in the order of the record, none over another."""

    id: str
    name: str
    kind: str
    locked: bool
    enabled: bool
    clips: tuple[Clip, ...]


@dataclass(frozen=True)
class Marker:
    frame: int
    duration: int
    name: str
    colour: str
    comment: str


@dataclass(frozen=True)
class Chosen:
    """What is selected in the host: clips by id, a range of record frames with its end not
    included, the playhead, and the clip that is meant first."""

    clips: tuple[str, ...] = ()
    range: tuple[int, int] | None = None
    playhead: int = 0
    current: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """An edit at one moment; record frames are counted as the host counts them.

    Attributes:
        id: stays as long as the project is open in the host's process, saved or not; "" where the
            host cannot tell.
        start: the first record frame.
        read_only: why it cannot be changed; "" where it can.
        undo, redo: in words, where the last step is one of ours.
        nearest: whether media of another rate show the frame that is nearest in time (MLT).
    """

    name: str
    path: Path | None
    rate: Fraction
    drop_frame: bool
    start: int
    revision: int
    modified: bool
    read_only: str
    notes: tuple[str, ...]
    undo: str
    redo: str
    tracks: tuple[Track, ...]
    selection: Chosen = field(default_factory=Chosen)
    markers: tuple[Marker, ...] = ()
    nearest: bool = False
    id: str = ""

    def find(self, id: str) -> tuple[Track, Clip] | None:
        """A clip by its id."""
        for track in self.tracks:
            for clip in track.clips:
                if clip.id == id:
                    return track, clip
        return None


class _Reader:
    """Takes values out of what came, and knows where it is."""

    def __init__(self, data: Any, where: str) -> None:
        self.where = where
        if not isinstance(data, Mapping):
            raise self.wrong("is no object", data)
        self._data = data

    def wrong(self, why: str, value: Any = None) -> EditError:
        return EditError(
            "The editing program sent an edit that cannot be read.",
            f"{self.where} {why}: {str(value)[:80]!r}.",
            "Update the script in the editing program and Opticals to the same version.",
        )

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self._data.get(key)
        if value is None and default is not None:
            return default
        wanted = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if not wanted:
            raise self.wrong(f"“{key}” is no {kind.__name__}", value)
        if isinstance(value, str) and len(value) > _TEXT:
            raise self.wrong(f"“{key}” is too long", value)
        if kind is int and not -_MOST <= value <= _MOST:  # type: ignore[operator]
            raise self.wrong(f"“{key}” is no number of frames", value)
        return value  # type: ignore[return-value]

    def text(self, key: str) -> str:
        return self.get(key, str, "")

    def ratio(self, key: str, *, positive: bool) -> Fraction | None:
        """A pair of whole numbers, the second above 0."""
        value = self._data.get(key)
        if value is None:
            return None
        first, second = self.pair(key)
        if second <= 0 or (positive and not Fraction(1, 1000) < Fraction(first, second) < 10**6):
            raise self.wrong(f"“{key}” is no rate", value)
        return Fraction(first, second)

    def pair(self, key: str) -> tuple[int, int]:
        value = self._data.get(key)
        fine = isinstance(value, list | tuple) and len(value) == 2
        if not fine or any(type(one) is not int or abs(one) > _MOST for one in value or ()):
            raise self.wrong(f"“{key}” is no pair of numbers", value)
        first, second = value or (0, 0)
        return first, second

    def many(self, key: str, most: int, make: Callable[[Any, str], T]) -> tuple[T, ...]:
        found = self._data.get(key)
        found = [] if found is None else found
        if not isinstance(found, Sequence) or isinstance(found, str) or len(found) > most:
            raise self.wrong(f"“{key}” is no list of at most {most}", found)
        return tuple(make(one, f"{self.where} {key}[{n}]") for n, one in enumerate(found))

    def has(self, key: str) -> bool:
        return self._data.get(key) is not None

    def under(self, key: str) -> _Reader:
        return _Reader(self._data.get(key), f"{self.where} “{key}”")


def read(data: Any) -> Snapshot:
    """The edit that a host sent.

    Raises:
        EditError: something of it is missing, of a wrong kind or out of bounds.
    """
    said = _Reader(data, "The edit:")
    rate = said.ratio("rate", positive=True)
    if rate is None:
        raise said.wrong("“rate” is missing")
    tracks = said.many("tracks", _TRACKS, _track)
    ids = [clip.id for track in tracks for clip in track.clips]
    if len(ids) > _CLIPS or len(set(ids)) != len(ids):
        raise said.wrong("two clips have the same id, or there are too many", len(ids))
    notes: list[str] = []
    path = said.text("path")
    return Snapshot(
        name=said.text("name"),
        path=Path(path) if path else None,
        rate=rate,
        drop_frame=said.get("drop_frame", bool, False),
        start=said.get("start", int),
        revision=said.get("revision", int),
        modified=said.get("modified", bool, False),
        read_only=said.text("read_only"),
        tracks=tuple(_in_order(track, notes) for track in tracks),
        notes=(*said.many("notes", 1000, _text), *notes),
        undo=said.text("undo"),
        redo=said.text("redo"),
        selection=_chosen(said.under("selection")) if said.has("selection") else Chosen(),
        markers=said.many("markers", _MARKERS, _marker),
        nearest=said.get("nearest", bool, False),
        id=said.text("id"),
    )


def _track(data: Any, where: str) -> Track:
    said = _Reader(data, where)
    kind = said.get("kind", str)
    if kind not in ("video", "audio"):
        raise said.wrong("“kind” is neither video nor audio", kind)
    return Track(
        id=said.get("id", str),
        name=said.text("name"),
        kind=kind,
        locked=said.get("locked", bool, False),
        enabled=said.get("enabled", bool, True),
        clips=said.many("clips", _CLIPS, _clip),
    )


def _clip(data: Any, where: str) -> Clip:
    said = _Reader(data, where)
    kind = said.get("kind", str)
    if kind not in ("movie", "image", "sound", "other"):
        raise said.wrong("“kind” is none that is known", kind)
    record, length = said.pair("record")
    if length < 0:
        raise said.wrong("“record” has a negative length", length)

    def version(data: Any, where: str) -> tuple[str, Look]:
        inner = _Reader(data, where)
        return inner.get("id", str), _look(inner)

    versions = dict(said.many("versions", 1000, version))
    look = Look(None) if kind == "other" and not said.has("media") else _look(said)
    if kind != "other" and look.path is None:
        raise said.wrong("has no medium")
    shown = said.get("shown", str, ORIGINAL)
    return Clip(
        id=said.get("id", str),
        name=said.text("name"),
        kind=kind,
        why=said.text("why"),
        record=record,
        length=length,
        enabled=said.get("enabled", bool, True),
        look=look,
        linked=said.many("linked", 1000, _text),
        shown=shown,
        versions=versions,
        note=said.text("note"),
    )


def _look(said: _Reader) -> Look:
    source = said.pair("source") if said.has("source") else (0, 0)
    speed = said.ratio("speed", positive=False)
    rate = said.ratio("media_rate", positive=True)
    if not said.has("media"):
        # Hosts may name no more than the file of a version that is not shown.
        path = said.text("path")
        return Look(Path(path) if path else None, source=source[0], frames=source[1])
    media = said.under("media")
    path = media.text("path")
    if "\0" in path:
        raise media.wrong("“path” is none", path)
    return Look(
        Path(path) if path else None,
        media.get("first", int) if media.has("first") else None,
        media.get("count", int) if media.has("count") else None,
        media.get("start", int, 0),
        rate,
        *source,
        Fraction(1) if speed is None else speed,
        _position(said, source[0]),
    )


def _position(said: _Reader, source: int) -> Fraction | None:
    """Where a clip begins, in parts of a frame too, if the host says so; in its first frame."""
    place = said.ratio("position", positive=False)
    if place is not None and not source <= place < source + 1:
        raise said.wrong("“position” is not in the first frame of “source”", place)
    return place


def _in_order(track: Track, notes: list[str]) -> Track:
    """A track without overlaps, which no edit can have: of two clips the later one is seen."""
    clips = sorted((one for one in track.clips if one.length), key=lambda one: one.record)
    kept: list[Clip] = []
    for n, clip in enumerate(clips):
        following = clips[n + 1].record if n + 1 < len(clips) else clip.end
        if following < clip.end:
            other = clips[n + 1].name
            notes.append(f"“{clip.name}” reaches under “{other}”: it is shown up to there.")
            if following == clip.record:
                continue
            clip = _cut(clip, following - clip.record)
        kept.append(clip)
    return Track(track.id, track.name, track.kind, track.locked, track.enabled, tuple(kept))


def _cut(clip: Clip, length: int) -> Clip:
    return Clip(**{**vars(clip), "length": length})


def _marker(data: Any, where: str) -> Marker:
    said = _Reader(data, where)
    return Marker(
        said.get("frame", int),
        max(0, said.get("duration", int, 0)),
        said.text("name"),
        said.text("colour"),
        said.text("comment"),
    )


def _chosen(said: _Reader) -> Chosen:
    marked = said.pair("range") if said.has("range") else None
    if marked is not None and marked[1] <= marked[0]:
        marked = None
    current = said.text("current")
    return Chosen(
        said.many("clips", _CLIPS, _text), marked, said.get("playhead", int, 0), current or None
    )


def _text(data: Any, where: str) -> str:
    if not isinstance(data, str) or len(data) > _TEXT:
        raise _Reader({}, where).wrong("is no text", data)
    return data
