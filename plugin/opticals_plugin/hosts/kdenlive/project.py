"""What a project file of Kdenlive says: its rate, tracks, clips, zone, markers and playhead. Read
only, and of our own: the file belongs to Kdenlive."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

from defusedxml.ElementTree import parse

from opticals_plugin.hosts.kdenlive.scene import (
    Item,
    Media,
    frames_of,
    properties,
    read_media,
)

_BIN = "main_bin"
_SAID = "kdenlive:docproperties."


@dataclass(frozen=True)
class Track:
    """A track, the lowest in Kdenlive's window first."""

    name: str
    sound: bool
    locked: bool = False
    shown: bool = True


@dataclass(frozen=True)
class Guide:
    frame: int
    comment: str
    colour: str = ""


@dataclass(frozen=True)
class Project:
    """A project as a file says it.

    Attributes:
        document: Kdenlive's id of the project, the same in all its saved files.
        rate: frames per second.
        zone: the first record frame of the timeline's zone, and past its last; None where edits
            are not made with it (every project has one).
        playhead: where it was when the file was written.
        items: the clips in the timeline.
    """

    document: str
    rate: Fraction
    tracks: tuple[Track, ...]
    items: tuple[Item, ...]
    media: Mapping[str, Media] = field(default_factory=dict)
    zone: tuple[int, int] | None = None
    playhead: int = 0
    guides: tuple[Guide, ...] = ()
    version: str = ""


def read(path: Path) -> Project:
    """The project in this file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no project of Kdenlive.
    """
    try:
        root = parse(path).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"{path} is no project of Kdenlive: {error}") from error
    held = {one.get("id") or "": one for one in root if one.get("id")}
    main_bin = held.get(_BIN)
    profile = root.find("profile")
    if root.tag != "mlt" or main_bin is None or profile is None:
        raise ValueError(f"{path} is no project of Kdenlive.")
    rate = Fraction(
        int(profile.get("frame_rate_num") or 25), int(profile.get("frame_rate_den") or 1)
    )
    said = properties(main_bin)
    folder = Path(root.get("root") or path.parent)
    media = {one.id: one for one in _media(main_bin, held, rate, folder)}
    tracks, items = _timeline(_sequence(root, said), held, rate)
    return Project(
        said.get(_SAID + "documentid", ""),
        rate,
        tracks,
        items,
        media,
        _zone(said),
        _whole(said.get(_SAID + "position")),
        _guides(said),
        said.get(_SAID + "kdenliveversion", ""),
    )


def document_of(path: Path) -> str:
    """The id of the project in a file, without reading all of it; empty where there is none."""
    mark = f'"{_SAID}documentid">'
    rest = ""
    with path.open(encoding="utf-8", errors="replace") as file:
        while piece := file.read(1 << 16):
            text = rest + piece
            at = text.find(mark)
            if at >= 0 and "<" in text[at + len(mark) :]:
                return text[at + len(mark) :].split("<", 1)[0]
            rest = text[at:] if at >= 0 else text[-len(mark) :]
    return ""


def _media(
    main_bin: ElementTree.Element,
    held: Mapping[str, ElementTree.Element],
    rate: Fraction,
    folder: Path,
) -> Iterator[Media]:
    for entry in main_bin.findall("entry"):
        producer = held.get(entry.get("producer") or "")
        if producer is None:
            continue
        one = read_media(producer, rate)
        in_file = one.service not in ("color", "colour", "kdenlivetitle", "count", "noise")
        if in_file and one.path and not Path(one.path).is_absolute():
            one = replace(one, path=str(folder / one.path))
        if one.original and not Path(one.original).is_absolute():
            one = replace(one, original=str(folder / one.original))
        yield one


def _sequence(root: ElementTree.Element, said: Mapping[str, str]) -> ElementTree.Element:
    """The tractor that is the timeline: the last; in projects of several, the one that is open."""
    active = said.get(_SAID + "activetimeline", "")
    tractors = root.findall("tractor")
    for one in tractors:
        if active and one.get("id") == active:
            return one
    return tractors[-1]


def _timeline(
    tractor: ElementTree.Element, held: Mapping[str, ElementTree.Element], rate: Fraction
) -> tuple[tuple[Track, ...], tuple[Item, ...]]:
    tracks: list[Track] = []
    items: list[Item] = []
    for one in tractor.findall("track"):
        inside = held.get(one.get("producer") or "")
        if inside is None or inside.tag != "tractor":
            continue
        said = properties(inside)
        sound = said.get("kdenlive:audio_track") == "1"
        hidden = [each.get("hide") or "" for each in inside.findall("track")]
        name = said.get("kdenlive:track_name", "")
        locked = said.get("kdenlive:locked_track") == "1"
        at = len(tracks)
        tracks.append(Track(name, sound, locked, "both" not in hidden))
        found: list[Item] = []
        for each in inside.findall("track"):
            playlist = held.get(each.get("producer") or "")
            if playlist is not None:
                found += _items(playlist, held, rate, at, sound)
        items += _mixed(sorted(found, key=lambda item: item.start))
    return _named(tracks), tuple(items)


def _named(tracks: list[Track]) -> tuple[Track, ...]:
    """Tracks named as Kdenlive's window does: V1.. upwards, A1.. downwards."""
    names = []
    for number, one in enumerate(tracks):
        before = sum(each.sound == one.sound for each in tracks[:number])
        after = sum(each.sound == one.sound for each in tracks[number:])
        names.append(f"A{after}" if one.sound else f"V{before + 1}")
    return tuple(
        replace(one, name=one.name or name) for one, name in zip(tracks, names, strict=True)
    )


def _items(
    playlist: ElementTree.Element,
    held: Mapping[str, ElementTree.Element],
    rate: Fraction,
    track: int,
    sound: bool,
) -> Iterator[Item]:
    at = 0
    for one in playlist:
        if one.tag == "blank":
            at += frames_of(one.get("length"), rate)
        elif one.tag == "entry":
            first = frames_of(one.get("in"), rate)
            frames = frames_of(one.get("out"), rate) - first + 1
            producer = held.get(one.get("producer") or "")
            said = properties(producer) if producer is not None else {}
            linked = producer is not None and producer.find("link") is not None
            warped = said.get("mlt_service") == "timewarp"
            silent, blind = said.get("set.test_audio") == "1", said.get("set.test_image") == "1"
            yield Item(
                track,
                at,
                frames,
                properties(one).get("kdenlive:id") or said.get("kdenlive:id", ""),
                first,
                Fraction(said.get("warp_speed") or 1) if warped else Fraction(1),
                "",
                "sound" if sound else "video",
                "Its speed changes over time." if linked else "",
                sum(properties(each).get("internal_added") is None for each in _filters(one)),
                not (silent and blind),
            )
            at += frames


def _filters(entry: ElementTree.Element) -> list[ElementTree.Element]:
    return entry.findall("filter")


def _mixed(items: list[Item]) -> list[Item]:
    """Clips that overlap their neighbours, in mixes, know by how many frames."""
    for number in range(1, len(items)):
        before, after = items[number - 1], items[number]
        common = before.end - after.start
        if common > 0:
            items[number - 1] = replace(before, mixes=(before.mixes[0], common))
            items[number] = replace(after, mixes=(common, after.mixes[1]))
    return items


def _zone(said: Mapping[str, str]) -> tuple[int, int] | None:
    if said.get(_SAID + "enableTimelineZone") != "1":
        return None
    start, end = _whole(said.get(_SAID + "zonein")), _whole(said.get(_SAID + "zoneout"))
    return (start, end) if end > start else None


def _guides(said: Mapping[str, str]) -> tuple[Guide, ...]:
    try:
        listed = json.loads(said.get(_SAID + "guides") or "[]")
        colours = {
            one.get("index"): str(one.get("color", ""))
            for one in json.loads(said.get(_SAID + "guidesCategories") or "[]")
        }
        return tuple(
            Guide(int(one["pos"]), str(one.get("comment", "")), colours.get(one.get("type"), ""))
            for one in listed
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def _whole(text: str | None) -> int:
    try:
        return int(text or 0)
    except ValueError:
        return 0
