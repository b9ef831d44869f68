"""What Kdenlive copies and pastes: clips of the timeline and their media, as XML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from defusedxml.ElementTree import fromstring

MASTER = 100  # the track that stands for the active one in scenes of ours
MOVIES, COLOUR, IMAGE, SLIDES = ("0", "2", "3"), "4", "5", "7"
SOUND = "1"
VIDEO_ONLY = 1  # Kdenlive's state of a clip whose sound is elsewhere


@dataclass(frozen=True)
class Media:
    """A clip of the project bin.

    Attributes:
        id: in the bin.
        type: as Kdenlive numbers them.
        path: the file that is played, as Kdenlive writes it.
        original: the file that a proxy stands for; empty where none does.
        frames: its length at the project's rate; 0 where it is not said.
        rate: its own, None where it is not said.
        still: frames that each picture of a sequence stays.
    """

    id: str
    name: str = ""
    type: str = "0"
    service: str = ""
    path: str = ""
    original: str = ""
    frames: int = 0
    rate: Fraction | None = None
    still: int = 0
    sound: bool = True


@dataclass(frozen=True)
class Item:
    """A clip in the timeline, in frames at the project's rate.

    Attributes:
        track: from 0, the lowest in Kdenlive's window.
        first: the first frame that is shown of the medium played at `speed`.
        number: Kdenlive's own, valid until the project is closed; empty in a file.
        shows: "both", "video" or "sound".
        trouble: why it cannot be taken as a piece of its medium, empty if it can.
        effects: Kdenlive's effects on it, as XML; empty when there are none.
    """

    track: int
    start: int
    frames: int
    media: str
    first: int
    speed: Fraction = Fraction(1)
    number: str = ""
    shows: str = "both"
    trouble: str = ""
    effects: int = 0
    enabled: bool = True
    mixes: tuple[int, int] = (0, 0)

    @property
    def end(self) -> int:
        return self.start + self.frames

    @property
    def last(self) -> int:
        """Past the last frame that is shown, counted as `first` is."""
        return self.first + self.frames


@dataclass(frozen=True)
class Scene:
    """What was copied. `document` names the project that it is from, `rate` is its frames per
    second."""

    document: str
    video_tracks: int
    sound_tracks: int
    items: tuple[Item, ...]
    rate: Fraction = Fraction(25)
    media: Mapping[str, Media] = field(default_factory=dict)


def read(text: str, rate: Fraction | None = None) -> Scene | None:
    """What the clipboard's text says; None when it is no scene. `rate` is the project's, for
    lengths that are written as times."""
    if "<kdenlive-scene" not in text[:200]:
        return None
    try:
        root = fromstring(text)
    except ElementTree.ParseError:
        return None
    rate = rate or exact_rate(root.get("fps") or "25")
    media = {}
    for producer in root.iter("producer"):
        one = read_media(producer, rate)
        media[one.id] = one
    items = tuple(_item(one) for one in root.findall("clip"))
    return Scene(
        root.get("documentid") or "",
        _whole(root.get("videoTracks")),
        _whole(root.get("audioTracks")),
        items,
        rate,
        media,
    )


def exact_rate(text: str) -> Fraction:
    """Frames per second of a rate that is written with a few decimals: `29.97`."""
    rough = Fraction(text)
    whole = round(rough)
    slowed = Fraction(whole * 1000, 1001)
    return slowed if abs(slowed - rough) < abs(whole - rough) else Fraction(whole)


def _item(clip: ElementTree.Element) -> Item:
    first, last = _whole(clip.get("in")), _whole(clip.get("out"))
    state = clip.get("state")
    shows = "sound" if clip.get("audioTrack") else "video" if state == "1" else "both"
    return Item(
        _whole(clip.get("track")),
        _whole(clip.get("position")),
        last - first + 1,
        clip.get("binid") or "",
        first,
        Fraction(clip.get("speed") or 1),
        clip.get("id") or "",
        "sound" if state == "2" else shows,
        "Its speed changes over time." if _remapped(clip) else "",
        len(clip.findall("effects/effect")),
        state != "3",
    )


def _remapped(clip: ElementTree.Element) -> bool:
    return clip.get("timemap") is not None or clip.find("timeremap") is not None


def read_media(producer: ElementTree.Element, rate: Fraction) -> Media:
    """A clip of the bin, as scenes and project files both write it."""
    said = properties(producer)
    numerator = _whole(said.get("meta.media.frame_rate_num"))
    denominator = _whole(said.get("meta.media.frame_rate_den"))
    proxy = said.get("kdenlive:proxy", "") not in ("", "-")
    path = said.get("warp_resource") or said.get("resource", "")
    return Media(
        said.get("kdenlive:id", ""),
        said.get("kdenlive:clipname", ""),
        producer.get("type") or said.get("kdenlive:clip_type", "0"),
        said.get("mlt_service", ""),
        path,
        said.get("kdenlive:originalurl", "") if proxy else "",
        frames_of(said.get("length"), rate),
        Fraction(numerator, denominator) if numerator > 0 and denominator > 0 else None,
        frames_of(said.get("ttl"), rate),
        said.get("audio_index", "0") != "-1",
    )


def properties(element: ElementTree.Element) -> dict[str, str]:
    return {one.get("name") or "": one.text or "" for one in element.findall("property")}


def frames_of(text: str | None, rate: Fraction) -> int:
    """Frames that a length stands for: `200`, or `00:00:08.000`; 0 where it is neither."""
    if not text:
        return 0
    if text.lstrip("-").isdigit():
        return int(text)
    found = re.fullmatch(r"(?:(\d+):)?(\d+):(\d+)[.,](\d+)", text)
    if found is None:
        return 0
    hours, minutes, seconds = int(found[1] or 0), int(found[2]), int(found[3])
    parts = Fraction(int(found[4]), 10 ** len(found[4]))
    return round((hours * 3600 + minutes * 60 + seconds + parts) * rate)


def _whole(text: str | None) -> int:
    try:
        return int(text or 0)
    except ValueError:
        return 0


@dataclass(frozen=True)
class Paste:
    """One picture clip to be pasted.

    Attributes:
        later: record frames after the playhead.
        above: tracks above the active one.
        media: its id in the bin; where `path` is given, of a clip that is added to the bin.
        first, frames: of the medium, at the project's rate.
    """

    later: int
    above: int
    media: str
    first: int
    frames: int
    path: str = ""
    name: str = ""
    length: int = 0


def write(paste: Paste, document: str, rate: Fraction) -> str:
    """A scene that Kdenlive pastes relative to its playhead and its active track, without moving
    its playhead (`duration` is what it would move by)."""
    last = paste.first + paste.frames - 1
    bin_clip = ""
    if paste.path:
        said = {
            "length": str(paste.length),
            "eof": "pause",
            "resource": paste.path,
            "mlt_service": "avformat-novalidate",
            "kdenlive:clipname": paste.name,
            "kdenlive:clip_type": "2",
            "kdenlive:folderid": "-1",
            "kdenlive:id": paste.media,
        }
        listed = "".join(
            f"<property name={quoteattr(name)}>{_escaped(value)}</property>"
            for name, value in said.items()
        )
        bin_clip = f'<producer type="2" id="p" in="0" out="{paste.length - 1}">{listed}</producer>'
    return (
        f'<kdenlive-scene fps="{float(rate):g}" offset="0" duration="0" videoTracks="1"'
        f' audioTracks="0" masterTrack="{MASTER}" documentid={quoteattr(document)}>'
        f'<clip audioStream="-1" id="1" state="{VIDEO_ONLY}" position="{paste.later}"'
        f' speed="1.000000" binid={quoteattr(paste.media)} track="{MASTER + paste.above}"'
        f' playlist="0" in="{paste.first}" out="{last}">'
        f'<effects parentIn="{paste.first}"/></clip>'
        f"<bin>{bin_clip}</bin></kdenlive-scene>"
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
