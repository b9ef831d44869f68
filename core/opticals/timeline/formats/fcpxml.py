"""FCPXML of Final Cut Pro, through otio-fcpx-xml-adapter.

The adapter counts in whole frames of whole rates, cut off from floats, and knows neither speeds
nor transitions nor the start timecode. So it sees a second for each smallest unit of the file, in
which every time is a whole number; the rest is read and written here.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import lcm
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from opentimelineio.core import Composition, Item
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, ExternalReference, Stack, Timeline, Track, Transition

from opticals.errors import EditError
from opticals.timeline import retimes
from opticals.timeline.formats import screen
from opticals.timeline.formats.bundle import one_timeline
from opticals.timeline.formats.choice import chosen
from opticals.timeline.formats.convert import Reading, otio_adapter
from opticals.timeline.formats.held import REFUSED
from opticals.timeline.formats.rewrite import as_uri, at_rate, recounted
from opticals.timeline.layout import counts_drop_frame, item_range, most_common_rate
from opticals.timeline.timecode import can_drop, snap_rate
from opticals.timeline.times import to_frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_TIMES = ("offset", "start", "duration", "tcStart", "time", "audioStart", "audioDuration")
_CLIPS = ("clip", "asset-clip", "ref-clip")
_OPAQUE = ("sync-clip", "mc-clip", "audition", "title")
_FINEST = 10**12
_REMEDY = "Export the project again, or export it as OpenTimelineIO (.otio)."
_UNIT = "1/1s"


def read(path: Path, rate: Fraction | None, sequence: str | None) -> Reading:
    """The timeline of one project."""
    root = screen.parse(path)
    if root.tag != "fcpxml":
        raise EditError(f"{path.name} is not FCPXML.", f"It holds <{root.tag}>.", _REMEDY)
    notes: list[str] = []
    project = _project(root, path.name, sequence)
    edit = project.find("sequence")
    assert edit is not None
    exact = _rate(root, edit, path.name)
    unit = _unit(root)
    clips = _prepared(root, unit, notes)
    _shift_spines(root, -1)
    for other in ("library", "event", "project", "asset-clip", "ref-clip"):
        for one in root.findall(other):
            root.remove(one)
    root.append(project)
    found = otio_adapter("fcpx_xml").read_from_string(
        ElementTree.tostring(root, encoding="unicode")
    )
    timeline = one_timeline(recounted(found, Fraction(1, unit), exact), path.name, None)
    for item in _all(timeline.tracks):
        _settle(item, clips, Fraction(unit) / exact)
    _add_transitions(timeline, edit, unit, exact)
    for track in timeline.tracks:
        track.name = ""
    start = Fraction(edit.get("tcStart", "0s").rstrip("s")) * exact / unit
    timeline.global_start_time = RationalTime(float(round(start)), float(exact))
    timeline.metadata["opticals"] = {"drop_frame": edit.get("tcFormat") == "DF"}
    return Reading(timeline, "fcp", notes)


def _shift_spines(root: Element, sign: int) -> None:
    """Offsets on a spine count from its sequence's start timecode; the adapter counts from 0."""
    for sequence in root.iter("sequence"):
        begin, spine = _seconds(sequence.get("tcStart", "0s")), sequence.find("spine")
        placed = [one for one in spine if one.get("offset")] if spine is not None else []
        offsets = [_seconds(one.get("offset", "")) for one in placed]
        if not begin or (sign < 0 and min(offsets, default=Fraction(0)) < begin):
            continue  # written by who counts from 0
        for one, offset in zip(placed, offsets, strict=True):
            one.set("offset", _text(offset + sign * begin))


def _place_media(root: Element) -> None:
    """Inside a clip its medium lies at the medium's own start timecode; the adapter says 0."""
    starts = {one.get("id"): one.get("start", "0s") for one in root.iter("asset")}
    for clip in root.iter("clip"):
        for one in clip:
            if one.tag in ("video", "audio") and one.get("ref") in starts:
                one.set("offset", starts[one.get("ref")])
                one.set("start", starts[one.get("ref")])


def _project(root: Element, name: str, sequence: str | None) -> Element:
    found = [one for one in root.iter("project") if one.find("sequence") is not None]
    if not found:
        raise EditError(
            f"{name} holds no project.",
            "It may hold clips alone.",
            "Export a project from Final Cut.",
        )
    return chosen([(one.get("name", ""), one) for one in found], name, "project", sequence)


def _rate(root: Element, sequence: Element, name: str) -> Fraction:
    for format in root.iter("format"):
        if format.get("id") == sequence.get("format") and format.get("frameDuration"):
            length = _seconds(format.get("frameDuration", ""))
            if 0 < length < 10:
                return snap_rate(1 / length)
    raise EditError(f"{name} does not say its frame rate.", remedy=_REMEDY)


def _seconds(text: str) -> Fraction:
    try:
        return Fraction(text.strip().removesuffix("s"))
    except (ValueError, ZeroDivisionError) as error:
        raise EditError(f"“{text[:40]}” in the file is no time.", remedy=_REMEDY) from error


def _times(element: Element) -> tuple[str, ...]:
    """The attributes of an element that are times; elsewhere a value is a marker's words."""
    return (*_TIMES, "value") if element.tag == "timept" else _TIMES


def _unit(root: Element) -> int:
    """The smallest unit of time that all times are whole numbers of: 1/unit of a second."""
    unit = 1
    for element in root.iter():
        for key in _times(element):
            text = element.get(key)
            if text is not None and text.endswith("s") and element.tag != "md":
                unit = lcm(unit, _seconds(text).denominator)
        if unit > _FINEST:
            raise EditError("The file's times have no common unit.", remedy=_REMEDY)
    return unit


def _prepared(root: Element, unit: int, notes: list[str]) -> dict[str, tuple[str, Element]]:
    """Let every time be a whole number of seconds, and every clip be called by its number; what
    the clips were called."""
    clips: dict[str, tuple[str, Element]] = {}
    opaque = 0
    for element in root.iter():
        if element.tag == "md":
            continue
        for key in _times(element):
            text = element.get(key)
            if text is not None and text.endswith("s"):
                whole = int(_seconds(text) * unit)
                if abs(whole) >= 1 << 53:
                    raise EditError(f"The file holds a time of {text}.", remedy=_REMEDY)
                element.set(key, f"{whole}s")
        if element.tag == "format":
            element.set("frameDuration", _UNIT)
        if element.tag == "asset" and not element.get("src"):
            media = element.find("media-rep")
            if media is not None:
                element.set("src", media.get("src", ""))
        if element.tag in _OPAQUE:
            opaque += 1
            element.tag = "gap"
            for child in [one for one in element if not one.get("lane")]:
                element.remove(child)
        if element.tag in _CLIPS:
            number = str(len(clips))
            clips[number] = (element.get("name", ""), element)
            element.set("name", number)
    if opaque:
        notes.append(f"{opaque} titles, multicam, synchronised or audition clips are read as gaps.")
    return clips


def _all(parent: Composition) -> Iterator[Item]:
    for child in parent:
        if isinstance(child, (Clip, Stack)):
            yield child
        if isinstance(child, Composition):
            yield from _all(child)


def _settle(item: Item, clips: dict[str, tuple[str, Element]], units: Fraction) -> None:
    """The name, the speed and the state of a clip. `units` of time make a frame."""
    if item.name not in clips or not isinstance(item, Clip):
        return
    name, element = clips[item.name]
    item.name = name
    item.enabled = element.get("enabled") != "0"
    conform = element.find("conform-rate")
    if conform is not None and conform.get("scaleEnabled") == "0":
        item.metadata[REFUSED] = "Its medium is played frame by frame at another rate."
        return
    map = element.find("timeMap")
    if map is None:
        return
    points = sorted(
        (_seconds(one.get("time", "0s")) / units, _seconds(one.get("value", "0s")) / units)
        for one in map.findall("timept")
    )
    speeds = {
        (after[1] - before[1]) / (after[0] - before[0])
        for before, after in pairwise(points)
        if after[0] != before[0]
    }
    timed = item.source_range
    rate = snap_rate(timed.start_time.rate)
    if len(speeds) != 1:
        item.metadata[REFUSED] = (
            "Its speed varies; only constant speeds can be followed frame by frame."
        )
        return
    speed = next(iter(speeds)).limit_denominator(100_000)
    at = Fraction(to_frames(timed.start_time, rate))
    if speed < 0:
        at += Fraction(to_frames(timed.duration, rate))
    begin = points[0][1] + (at - points[0][0]) * speed
    retimes.set_speed(item, speed)
    item.source_range = TimeRange(RationalTime(float(begin), float(rate)), timed.duration)


def _add_transitions(timeline: Timeline, edit: Element, unit: int, rate: Fraction) -> None:
    """Of the primary storyline, between the clips whose cut they lie around."""
    spine = edit.find("spine")
    primary = next((one for one in timeline.tracks if one.name == "0"), None)
    if spine is None or primary is None:
        return
    for one in spine.findall("transition"):
        start = Fraction(_seconds(one.get("offset", "0s"))) * rate / unit
        end = start + Fraction(_seconds(one.get("duration", "0s"))) * rate / unit
        place = Fraction(0)
        for index, child in enumerate(list(primary)):
            if isinstance(child, Transition):
                continue
            if index and start <= place <= end and start < end:
                primary.insert(
                    index,
                    Transition(
                        one.get("name", ""),
                        "SMPTE_Dissolve",
                        RationalTime(float(place - start), float(rate)),
                        RationalTime(float(end - place), float(rate)),
                    ),
                )
                break
            timed = item_range(child)
            assert timed is not None
            place += Fraction(to_frames(timed.duration, rate))


def write(timeline: Timeline, path: Path) -> None:
    """Write one project."""
    module: Any = otio_adapter("fcpx_xml")
    # It would ask ffprobe for the size of pictures, and knows no format of a frame a second.
    module.format_name = lambda rate, path: ""
    module.FRAMERATE_FRAMEDURATION[1] = _UNIT
    rate = most_common_rate(timeline)
    drop = counts_drop_frame(timeline, rate) and can_drop(rate)
    start = timeline.global_start_time
    for track in timeline.tracks:
        if not isinstance(track, Track):
            continue
        for clip in track:
            if isinstance(clip, Clip) and isinstance(clip.media_reference, ExternalReference):
                clip.media_reference.target_url = as_uri(clip.media_reference.target_url)
            if clip.source_range is None:
                clip.source_range = item_range(clip)
    text = module.write_to_string(at_rate(timeline, 1))
    root = ElementTree.fromstring(text.encode())  # noqa: S314 - our own
    for element in root.iter():
        for key in _times(element):
            said = element.get(key)
            if said is not None and said.endswith("s"):
                element.set(key, _text(_seconds(said) / rate))
        if element.get("frameDuration") == _UNIT:
            element.set("frameDuration", _text(1 / rate))
    sequence = root.find(".//project/sequence")
    assert sequence is not None
    frames = 0 if start is None else to_frames(start, rate)
    sequence.set("tcStart", _text(Fraction(frames) / rate))
    _shift_spines(root, 1)
    _place_media(root)
    sequence.set("tcFormat", "DF" if drop else "NDF")
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n', encoding="utf-8"
    )


def _text(seconds: Fraction) -> str:
    if seconds.denominator == 1:
        return f"{seconds.numerator}s"
    return f"{seconds.numerator}/{seconds.denominator}s"
