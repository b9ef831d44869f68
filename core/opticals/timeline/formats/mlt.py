"""MLT XML, of Shotcut and melt.

OpenTimelineIO's adapter for it does not read, and writes two media of one name as one and sound
that it has met before not at all; so it is read and written here. In MLT all times count frames
of the profile, those inside of media too, from the medium's first.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from opentimelineio.core import Composable
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    Effect,
    ExternalReference,
    Gap,
    GeneratorReference,
    MissingReference,
    Stack,
    Timeline,
    Track,
    Transition,
)

from opticals.errors import EditError
from opticals.timeline import retimes
from opticals.timeline.formats import screen
from opticals.timeline.formats.convert import Reading
from opticals.timeline.formats.held import REFUSED
from opticals.timeline.formats.warp import FINEST, Warp
from opticals.timeline.layout import item_range, most_common_rate
from opticals.timeline.times import to_frames
from opticals.timeline.urls import media_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_REMEDY = "Export the edit again, or export it as OpenTimelineIO (.otio)."
_DEPTH = 20
_LONGEST = 1 << 31
_FILES = ("avformat", "avformat-novalidate", "qimage", "pixbuf", "image2", "")


def warp_of(producer: Element, rate: Fraction) -> tuple[Warp, str] | None:
    """The speed of a producer and its medium; None at normal speed."""
    if property_of(producer, "mlt_service") != "timewarp":
        return None
    said, _, resource = property_of(producer, "resource").partition(":")
    speed = property_of(producer, "warp_speed") or said
    resource = property_of(producer, "warp_resource") or resource
    try:
        said = speed.replace(",", ".")
        exact = Fraction(said).limit_denominator(FINEST)
        length = int(property_of(producer, "length") or 0)
    except ValueError as error:
        raise EditError.wrap("A speed in the file is no number.", error, _REMEDY) from error
    if not exact:
        raise EditError("A clip in the file has the speed 0.", remedy=_REMEDY)
    return Warp(exact, length, rate, said), resource


def property_of(element: Element, name: str) -> str:
    """The text of a property; empty if it has none of this name."""
    for child in element:
        if child.tag == "property" and child.get("name") == name:
            return child.text or ""
    return ""


def frames_of(text: str, rate: Fraction) -> int:
    """A time as frames: a number of them, or hours:minutes:seconds in MLT's way of rounding."""
    try:
        parts = text.strip().replace(",", ".").split(":")
        if len(parts) == 1:
            found = round(Fraction(parts[0]))
        elif len(parts) > 3:
            raise ValueError(text)
        else:
            hours, minutes, seconds = ["0"] * (3 - len(parts)) + parts
            found = (
                floor(int(hours) * 3600 * rate)
                + floor(int(minutes) * 60 * rate)
                + round(Fraction(seconds) * rate)
            )
    except (ValueError, ZeroDivisionError) as error:
        raise EditError(f"“{text[:40]}” in the file is no time.", remedy=_REMEDY) from error
    if abs(found) >= _LONGEST:
        raise EditError(f"The file holds a time of {found} frames.", remedy=_REMEDY)
    return found


def profile_rate(root: Element) -> Fraction:
    """The rate that all times count in."""
    profile = root.find("profile")
    try:
        assert profile is not None
        rate = Fraction(
            int(profile.get("frame_rate_num", "")), int(profile.get("frame_rate_den", "1"))
        )
    except (AssertionError, ValueError, ZeroDivisionError) as error:
        raise EditError("The file does not say its frame rate.", remedy=_REMEDY) from error
    if not 1 <= rate <= 1000:
        raise EditError(f"The file has a frame rate of {float(rate):g}.", remedy=_REMEDY)
    return rate


def read(path: Path, rate: Fraction | None, sequence: str | None) -> Reading:
    """The timeline of the last tractor, as melt plays it."""
    root = screen.parse(path)
    if root.tag != "mlt":
        raise EditError(f"{path.name} is not MLT XML.", f"It holds <{root.tag}>.", _REMEDY)
    reader = _Reader(root, path)
    tractors = root.findall("tractor")
    main = reader.by_id.get(root.get("producer", "")) if not tractors else tractors[-1]
    if main is None or main.tag != "tractor":
        raise EditError(f"{path.name} holds no timeline.", "It has no tractor.", _REMEDY)
    timeline = Timeline(root.get("title") or "")
    timeline.tracks = reader.stack(main, 0)
    timeline.global_start_time = RationalTime(0, float(reader.rate))
    shotcut = any((one.get("name") or "").startswith("shotcut") for one in root.iter("property"))
    return Reading(timeline, "shotcut" if shotcut else "", reader.notes)


class _Reader:
    def __init__(self, root: Element, path: Path) -> None:
        self.rate = profile_rate(root)
        self.by_id = {id: one for one in root.iter() if (id := one.get("id"))}
        folder = root.get("root") or ""
        self.folder = Path(folder) if Path(folder).is_absolute() else path.absolute().parent
        self.name = path.name
        self.notes: list[str] = []

    def stack(self, tractor: Element, depth: int) -> Stack:
        if depth > _DEPTH:
            raise EditError("The edit nests compounds too deeply.", remedy="Decompose some.")
        stack = Stack(property_of(tractor, "shotcut:name"))
        for one in tractor.iter("track"):
            playlist = self.by_id.get(one.get("producer", ""))
            if playlist is None:
                raise EditError(f"{self.name} has a track without a playlist.", remedy=_REMEDY)
            if playlist.get("id") in ("background", "black_track"):
                continue
            hide = one.get("hide", "")
            sound = hide == "video" or property_of(playlist, "shotcut:audio") == "1"
            track = Track(property_of(playlist, "shotcut:name"), kind="Audio" if sound else "Video")
            track.enabled = hide != "both"
            if playlist.tag == "playlist":
                self.fill(track, playlist, depth)
            else:
                track.append(self.item(playlist, None, depth))
            stack.append(track)
        return stack

    def fill(self, track: Track, playlist: Element, depth: int) -> None:
        owed = 0  # frames that a transition before takes of the next clip
        for one in playlist:
            if one.tag == "blank":
                frames = frames_of(one.get("length", "0"), self.rate)
                if frames > 0:
                    track.append(Gap(source_range=self.span(0, frames)))
            if one.tag != "entry":
                continue
            producer = self.by_id.get(one.get("producer", ""))
            if producer is None:
                raise EditError(
                    f"{self.name} refers to a producer “{one.get('producer')}” that it lacks.",
                    remedy=_REMEDY,
                )
            length = self.mix(producer)
            before = track[-1] if len(track) else None
            if length and isinstance(before, Clip) and not retimes.time_effects(before):
                inside = length // 2
                timed = before.source_range
                before.source_range = TimeRange(
                    timed.start_time, timed.duration + self.time(inside)
                )
                owed = length - inside
                track.append(Transition("", "SMPTE_Dissolve", self.time(inside), self.time(owed)))
                continue
            track.append(self.item(producer, one, depth, owed))
            owed = 0
        if owed:
            raise EditError(f"{self.name} ends in a transition to nothing.", remedy=_REMEDY)

    def mix(self, tractor: Element) -> int:
        """The length of the transition that a tractor is; 0 if it is another thing."""
        tracks = tractor.findall("track")
        services = [property_of(one, "mlt_service") for one in tractor.findall("transition")]
        if tractor.tag != "tractor" or len(tracks) != 2 or "luma" not in services:
            return 0
        out = frames_of(tractor.get("out", "0"), self.rate)
        return out + 1 - frames_of(tractor.get("in", "0"), self.rate)

    def item(
        self, producer: Element, entry: Element | None, depth: int, earlier: int = 0
    ) -> Composable:
        """What an entry shows, from as many frames of the producer `earlier`."""
        given = {**producer.attrib, **(entry.attrib if entry is not None else {})}
        length = property_of(producer, "length")
        total = frames_of(length, self.rate) if length else 0
        first = frames_of(given.get("in", "0"), self.rate) - earlier
        out = given.get("out")
        end = frames_of(out, self.rate) + 1 if out is not None else max(total, first)
        if end < first or first < 0:
            raise EditError(f"{self.name} has a clip of negative length.", remedy=_REMEDY)
        shown = self.span(first, end - first)
        if producer.tag in ("tractor", "playlist"):
            if producer.tag == "tractor":
                stack = self.stack(producer, depth + 1)
            else:
                stack, track = Stack(), Track(kind="Video")
                if depth > _DEPTH:
                    raise EditError("The edit nests too deeply.", remedy="Decompose some.")
                self.fill(track, producer, depth + 1)
                stack.append(track)
            stack.source_range = shown
            return stack
        clip = Clip(
            property_of(producer, "shotcut:caption") or property_of(producer, "kdenlive:clipname")
        )
        clip.source_range = shown
        service, resource = property_of(producer, "mlt_service"), property_of(producer, "resource")
        if (warp := warp_of(producer, self.rate)) is not None:
            speed, resource = warp
            if not speed.length:
                speed = replace(speed, length=total or end)
            start, exact = speed.start(first, end - first)
            if not exact:
                self.notes.append(speed.rounded(clip.name))
            retimes.set_speed(clip, speed.speed)
            speed.remember(clip, start, first)
            clip.source_range = TimeRange(self.time(start), self.time(end - first))
            total = round(speed.length * abs(speed.speed))
        if service in (*_FILES, "timewarp") and resource:
            reference = ExternalReference(self.url(resource))
            if total > 0:
                reference.available_range = self.span(0, total)
            clip.media_reference = reference
        elif service == "color" or service == "colour":
            clip.media_reference = GeneratorReference(
                "", "SolidColor", self.span(0, max(total, end)), {"color": resource}
            )
        elif service:
            clip.media_reference = GeneratorReference("", service, self.span(0, max(total, end)))
        else:
            clip.media_reference = MissingReference()
        for one in (producer, entry):
            for filter in one.findall("filter") if one is not None else ():
                clip.effects.append(Effect("", property_of(filter, "mlt_service")))
        if any(property_of(one, "mlt_service") == "timeremap" for one in producer.findall("link")):
            clip.metadata[REFUSED] = (
                "Its speed varies; only constant speeds can be followed frame by frame."
            )
        return clip

    def url(self, resource: str) -> str:
        if "://" in resource or media_path(resource, None) is not None:
            return resource
        return (self.folder / resource).as_posix()

    def time(self, frames: int | Fraction) -> RationalTime:
        return RationalTime(float(frames), float(self.rate))

    def span(self, start: int, frames: int) -> TimeRange:
        return TimeRange(self.time(start), self.time(frames))


def write(timeline: Timeline, path: Path) -> None:
    """Write the tracks as playlists of one tractor."""
    rate = most_common_rate(timeline)
    root = ElementTree.Element(
        "mlt", LC_NUMERIC="C", version="7.0.0", title=timeline.name, producer="tractor0"
    )
    ElementTree.SubElement(root, "profile", profile(rate))
    producers = Producers(root)
    tractor = ElementTree.Element("tractor", id="tractor0")
    for number, track in enumerate(timeline.tracks):
        playlist = ElementTree.Element("playlist", id=f"playlist{number}")
        if track.name:
            set_property(playlist, "shotcut:name", track.name)
        if track.kind == "Audio":  # `hide` does not say so of one that is disabled
            set_property(playlist, "shotcut:audio", "1")
        for child in track:
            timed = item_range(child)
            assert timed is not None
            frames = int(to_frames(timed.duration, rate))
            if isinstance(child, Clip):
                producer, first = producers.of(child, rate, sound=track.kind == "Audio")
                ElementTree.SubElement(
                    playlist,
                    "entry",
                    {"producer": producer, "in": str(first), "out": str(first + frames - 1)},
                )
            else:
                ElementTree.SubElement(playlist, "blank", length=str(frames))
        root.append(playlist)
        hide = "both" if not track.enabled else "video" if track.kind == "Audio" else "audio"
        ElementTree.SubElement(tractor, "track", producer=f"playlist{number}", hide=hide)
    root.append(tractor)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def profile(rate: Fraction) -> dict[str, str]:
    """What an edit does not say and MLT must know: HD, at the edit's rate."""
    return {
        "description": f"HD 1080p {float(rate):g} fps",
        "width": "1920",
        "height": "1080",
        "progressive": "1",
        "sample_aspect_num": "1",
        "sample_aspect_den": "1",
        "display_aspect_num": "16",
        "display_aspect_den": "9",
        "frame_rate_num": str(rate.numerator),
        "frame_rate_den": str(rate.denominator),
        "colorspace": "709",
    }


def set_property(element: Element, name: str, value: str) -> None:
    """Give an element a property; one of this name is replaced."""
    for child in element:
        if child.tag == "property" and child.get("name") == name:
            child.text = value
            return
    ElementTree.SubElement(element, "property", name=name).text = value


class Producers:
    """The media of an edit, each once for every speed that it is shown at."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._made: dict[tuple[str, Warp, str], str] = {}

    def of(self, clip: Clip, rate: Fraction, *, sound: bool) -> tuple[str, int]:
        """The id of the producer that shows a clip, and its first frame.

        Raises:
            EditError: no frame of it begins where the clip does.
        """
        reference = clip.media_reference
        path = media_path(reference.target_url, None)
        resource = path.as_posix() if path is not None else reference.target_url
        speed = retimes.speed_of(clip)
        total = int(to_frames(reference.available_range.duration, rate))
        made, first = Warp.fitted(clip, speed, total, rate)
        key = (resource, made, clip.name)
        if key not in self._made:
            self._made[key] = id = f"producer{len(self._made)}"
            producer = ElementTree.SubElement(
                self._root, "producer", {"id": id, "in": "0", "out": str(max(0, made.length - 1))}
            )
            set_property(producer, "length", str(made.length))
            if speed == 1:
                set_property(producer, "resource", resource)
                set_property(producer, "mlt_service", "avformat")
            else:
                warp(producer, made, resource)
            if clip.name:
                set_property(producer, "shotcut:caption", clip.name)
        return self._made[key], first


def warp(producer: Element, made: Warp, resource: str) -> None:
    """Make a producer one that shows its medium at another speed."""
    set_property(producer, "resource", f"{made.said}:{resource}")
    set_property(producer, "mlt_service", "timewarp")
    set_property(producer, "warp_speed", made.said)
    set_property(producer, "warp_resource", resource)
