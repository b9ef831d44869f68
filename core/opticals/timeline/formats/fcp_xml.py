"""Final Cut Pro 7 XML (xmeml), through otio-fcp-adapter.

Premiere, Resolve, Hiero and others read and write it. The adapter loses the speed of clips, and
takes markers on clips to count from the medium's timecode instead of its first frame; two clips
that are equal it writes as one. So each clip carries its number through the adapter, and what
belongs to it is put in place before or after.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from opentimelineio.core import Composition, Item
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    GeneratorReference,
    Stack,
    Timeline,
    Track,
)

from opticals.errors import EditError
from opticals.timeline import retimes
from opticals.timeline.formats import screen
from opticals.timeline.formats.bundle import one_timeline
from opticals.timeline.formats.convert import Reading, otio_adapter
from opticals.timeline.formats.held import REFUSED
from opticals.timeline.formats.rewrite import as_uri
from opticals.timeline.layout import counts_drop_frame, most_common_rate
from opticals.timeline.timecode import can_drop, nominal, snap_rate, timecode
from opticals.timeline.times import Exact, in_rate, rate_of, to_frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_KEY = "fcp_xml"
_NUMBER = "opticals"
_TICKS = 254_016_000_000  # a second of Premiere's
_STALE = ("pproTicksIn", "pproTicksOut", "subclipinfo", _NUMBER)


def read(path: Path, rate: Fraction | None, sequence: str | None) -> Reading:
    """The timeline of one sequence of an xmeml file."""
    root = screen.parse(path)
    if root.tag != "xmeml":
        raise EditError(
            f"{path.name} is not Final Cut Pro 7 XML.",
            f"It holds <{root.tag}>, not <xmeml>.",
            "Export the sequence as Final Cut Pro XML, or as OpenTimelineIO (.otio).",
        )
    items = {}
    for number, element in enumerate(_items(root)):
        ElementTree.SubElement(element, _NUMBER).text = str(number)
        items[str(number)] = element
    _open_nested(root)
    found = otio_adapter("fcp_xml").read_from_string(ElementTree.tostring(root, encoding="unicode"))
    timeline = one_timeline(found, path.name, sequence)
    for kind in ("video", "audio"):
        timeline.metadata.get(_KEY, {}).pop(kind, None)
    notes: list[str] = []
    for item in _all(timeline.tracks):
        _settle(item, items, notes)
    _settle_tracks(timeline.tracks)
    format = timeline.metadata.get(_KEY, {}).get("timecode", {}).get("displayformat")
    if format in ("DF", "NDF"):
        timeline.metadata["opticals"] = {"drop_frame": format == "DF"}
    return Reading(timeline, _program(root), notes)


def _open_nested(root: Element) -> None:
    """Put the tracks of nested sequences where the adapter looks for them, or they come empty."""
    nested = [one for item in root.iter("clipitem") for one in item.findall("sequence")]
    ids = {one.get("id") for one in nested} - {None}
    for sequence in list(root.iter("sequence")):
        media = sequence.find("media")
        if media is not None and (sequence in nested or sequence.get("id") in ids):
            sequence.extend([one for one in media if one.tag in ("video", "audio")])


def _items(root: Element) -> Iterator[Element]:
    for element in root.iter():
        if element.tag in ("clipitem", "generatoritem") and len(element):
            yield element


def _all(parent: Composition, depth: int = 0) -> Iterator[Item]:
    """Every clip and compound, those inside of compounds too."""
    if depth > 60:
        raise EditError("The edit nests compounds too deeply.", remedy="Decompose some of them.")
    for child in parent:
        if isinstance(child, (Clip, Stack)):
            yield child
        if isinstance(child, Composition):
            yield from _all(child, depth + 1)


def _program(root: Element) -> str:
    for element in root.iter():
        if element.tag == "pproTicksIn" or element.get("authoringApp") == "PremierePro":
            return "premiere"
        if element.tag == "name" and (element.text or "").endswith("(Resolve)"):
            return "resolve"
    return ""


def _settle_tracks(parent: Composition) -> None:
    for track in parent:
        if isinstance(track, Track):
            enabled = track.metadata.get(_KEY, {}).get("enabled")
            track.enabled = str(enabled).upper() != "FALSE"
            for child in track:
                if isinstance(child, Stack):
                    _settle_tracks(child)


def _settle(item: Item, items: dict[str, Element], notes: list[str]) -> None:
    """What the adapter leaves in the XML."""
    record = item.metadata.get(_KEY, {})
    number = record.get(_NUMBER)
    if number is None:
        return
    element = items[number]
    del record[_NUMBER]
    item.enabled = str(record.get("enabled")).upper() != "FALSE"
    start = item.source_range.start_time
    origin = RationalTime(0, start.rate)
    reference = item.media_reference if isinstance(item, Clip) else None
    if reference is not None and reference.available_range is not None:
        if not reference.available_range.duration.value:
            reference.available_range = None  # a timecode alone says nothing of the length
        else:
            origin = reference.available_range.start_time.rescaled_to(start.rate)
    for marker in item.markers:
        moved = marker.marked_range.start_time + origin
        marker.marked_range = TimeRange(
            moved.rescaled_to(marker.marked_range.start_time.rate), marker.marked_range.duration
        )
    if getattr(item.parent(), "kind", "") == "Video":
        _check_ticks(item, element, notes)
    remap = next((one for one in element.iter("effect") if _is_remap(one)), None)
    if remap is None:
        return
    item.effects[:] = [
        one for one in item.effects if one.metadata.get(_KEY, {}).get("effectid") != "timeremap"
    ]
    rate = rate_of(start)
    first = Fraction(to_frames(start - origin, rate))
    frames = Fraction(to_frames(item.source_range.duration, rate))
    graph = _graph(remap)
    if isinstance(graph, str):
        item.metadata[REFUSED] = graph
        return
    begin = graph.media(first)
    if graph.speed < 0:
        total = None
        if reference is not None and reference.available_range is not None:
            total = to_frames(reference.available_range.duration, rate)
        if graph.to == total:  # the graph goes down from the end of the medium
            begin = graph.media(first + frames)
        elif graph.speed == -1:  # or from its last frame
            begin = graph.media(first + frames - 1)
        else:
            item.metadata[REFUSED] = "It runs backwards, from a frame that the file does not say."
            return
    retimes.set_speed(item, graph.speed)
    item.source_range = TimeRange(
        in_rate(begin + to_frames(origin, rate), rate, start.rate), item.source_range.duration
    )


def _is_remap(effect: Element) -> bool:
    return effect.findtext("effectid") == "timeremap"


def _check_ticks(item: Item, element: Element, notes: list[str]) -> None:
    """Premiere says where a clip begins in its own exact unit too; `in` is rounded, and counted at
    the rate of the clip or, by other writers, of the sequence."""
    ticks = element.findtext("pproTicksIn")
    if ticks is None or not ticks.lstrip("-").isdecimal() or element.findtext("in") is None:
        return
    rate = rate_of(item.source_range.start_time)
    said, exact = Fraction(element.findtext("in") or "0"), Fraction(int(ticks), _TICKS) * rate
    if abs(said - exact) > 1:
        notes.append(
            f"“{item.name}” begins at frame {float(said):g} of its medium by one account of the "
            f"file and at {float(exact):.2f} by another; the first is taken."
        )


@dataclass(frozen=True)
class _Graph:
    """Frames of the retimed clip to frames of its medium: `media` of frame `at` is `to`."""

    at: Fraction
    to: Fraction
    speed: Fraction

    def media(self, frame: Exact) -> Fraction:
        return self.to + (frame - self.at) * self.speed


def _graph(effect: Element) -> _Graph | str:
    """The speed that a Time Remap filter gives; or why it cannot be followed."""
    values: dict[str, str] = {}
    keys: list[tuple[Fraction, Fraction]] = []
    for parameter in effect.iter("parameter"):
        id = parameter.findtext("parameterid") or ""
        values[id] = (parameter.findtext("value") or "").strip().upper()
        if id == "graphdict":
            keys = [
                (Fraction(one.findtext("when") or "0"), Fraction(one.findtext("value") or "0"))
                for one in parameter.iter("keyframe")
            ]
    try:
        speed = Fraction(values.get("speed", "100")) / 100
    except (ValueError, ZeroDivisionError):
        return "Its speed is no number."
    backwards = values.get("reverse") == "TRUE" or speed < 0
    keys = sorted(set(keys))
    if speed == 0 and not backwards:
        return (
            _Graph(Fraction(0), keys[0][1] if keys else Fraction(0), Fraction(0))
            if keys
            else ("It is frozen, at a frame that the file does not say.")
        )
    slopes = {
        (after[1] - before[1]) / (after[0] - before[0])
        for before, after in pairwise(keys)
        if after[0] != before[0]
    }
    signed = -abs(speed) if backwards else speed
    if values.get("variablespeed") in ("1", "TRUE"):
        if len(slopes) != 1:
            return "Its speed varies; only constant speeds can be followed frame by frame."
        signed = next(iter(slopes))
    # Keyframes are rounded to whole frames, the speed is not: it is the speed that counts.
    if slopes and any(abs(one - signed) > Fraction(1, 10) * max(1, abs(signed)) for one in slopes):
        return "The file gives two different speeds for it."
    if not backwards and signed > 0:
        anchor = keys[0] if keys else (Fraction(0), Fraction(0))
        return _Graph(anchor[0], anchor[1], signed)
    if not keys:
        return "It runs backwards, from a frame that the file does not say."
    return _Graph(keys[0][0], keys[0][1], signed)


def write(timeline: Timeline, path: Path) -> None:
    """Write one sequence, as Premiere and Resolve read it."""
    rate = most_common_rate(timeline)
    drop = counts_drop_frame(timeline, rate) and can_drop(rate)
    if timeline.global_start_time is None:
        timeline.global_start_time = RationalTime(0, float(rate))
    record = dict(timeline.metadata.get(_KEY, {}))
    record["timecode"] = {"displayformat": "DF" if drop else "NDF"}
    timeline.metadata[_KEY] = record
    speeds: dict[str, tuple[Item, Fraction]] = {}
    _one_extent(timeline)
    for number, item in enumerate(_all(timeline.tracks)):
        speeds[str(number)] = (item, _prepared(item, str(number), rate))
    for parent in (
        timeline.tracks,
        *(one for one in _all(timeline.tracks) if isinstance(one, Stack)),
    ):
        for track in parent:
            if isinstance(track, Track):
                _mark_enabled(track)
    root = ElementTree.fromstring(otio_adapter("fcp_xml").write_to_string(timeline))  # noqa: S314 - our own
    for element in root.iter():
        if (
            element.tag in ("clipitem", "generatoritem")
            and (tag := element.find(_NUMBER)) is not None
        ):
            element.remove(tag)
            item, speed = speeds[tag.text or ""]
            if speed != 1:
                _write_speed(element, item, speed, rate)
        if element.tag == "sequence" and (tag := element.find(_NUMBER)) is not None:
            element.remove(tag)
        if element.tag == "timecode":
            _label(element)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{text}\n', encoding="utf-8"
    )


def _mark_enabled(thing: Any) -> None:
    record = dict(thing.metadata.get(_KEY, {}))
    for stale in _STALE:
        record.pop(stale, None)
    record["enabled"] = "TRUE" if thing.enabled else "FALSE"
    thing.metadata[_KEY] = record


def _one_extent(timeline: Timeline) -> None:
    """The adapter writes a file once, with the extent of its first clip: let all agree."""
    extents: dict[str, TimeRange] = {}
    clips = [one for one in _all(timeline.tracks) if isinstance(one, Clip)]
    for clip in clips:
        reference = clip.media_reference
        if isinstance(reference, ExternalReference) and reference.available_range is not None:
            known = extents.setdefault(reference.target_url, reference.available_range)
            if known.start_time != reference.available_range.start_time:
                raise EditError(
                    "The edit cannot be written as Final Cut Pro 7 XML.",
                    f"“{clip.name}” and another clip give {reference.target_url} different starts.",
                    "Relink both clips.",
                )
            if reference.available_range.duration > known.duration:
                extents[reference.target_url] = reference.available_range
    for clip in clips:
        reference = clip.media_reference
        if isinstance(reference, ExternalReference) and reference.available_range is not None:
            reference.available_range = extents[reference.target_url]


def _prepared(item: Item, number: str, rate: Fraction) -> Fraction:
    """Make an item what the adapter writes well; its speed."""
    _mark_enabled(item)
    record = dict(item.metadata[_KEY])
    record[_NUMBER] = number
    item.metadata[_KEY] = record
    speed = retimes.speed_of(item)
    reference = item.media_reference if isinstance(item, Clip) else None
    timed = item.trimmed_range()
    origin = RationalTime(0, timed.start_time.rate)
    if reference is not None:
        if isinstance(reference, GeneratorReference):
            reference.metadata[_KEY] = {
                **reference.metadata.get(_KEY, {}),
                "media": {"video": ""},
            }
        if isinstance(reference, ExternalReference):
            reference.target_url = as_uri(reference.target_url)
        if reference.available_range is None:
            reference.available_range = TimeRange(timed.start_time, timed.duration)
        origin = reference.available_range.start_time
    for marker in item.markers:
        start = (marker.marked_range.start_time - origin).rescaled_to(timed.start_time.rate)
        marker.marked_range = TimeRange(
            RationalTime(round(start.value), start.rate),
            marker.marked_range.duration.rescaled_to(start.rate),
        )
    # Premiere and Resolve count `in` and `out` at the sequence's rate whatever the file says.
    first = to_frames(timed.start_time - origin, rate)
    if speed == 1 and int(first) != first:
        raise EditError(
            "The edit cannot be written as Final Cut Pro 7 XML.",
            f"“{item.name}” begins between two frames of the sequence's rate.",
            "Trim it to a frame, or conform its medium to the sequence's rate.",
        )
    start = in_rate(to_frames(origin, rate) + first, rate, float(rate))
    item.source_range = TimeRange(start, timed.duration.rescaled_to(float(rate)))
    item.effects.clear()
    return speed


def _write_speed(element: Element, item: Item, speed: Fraction, rate: Fraction) -> None:
    """A Time Remap filter: its graph goes from frames of the retimed clip to frames of the medium,
    and `in` and `out` count the former."""
    frames = int(to_frames(item.source_range.duration, rate))
    origin: Exact = 0
    total: Exact = frames
    if isinstance(item, Clip) and item.media_reference.available_range is not None:
        origin = to_frames(item.media_reference.available_range.start_time, rate)
        total = to_frames(item.media_reference.available_range.duration, rate)
    first = Fraction(to_frames(item.source_range.start_time, rate) - origin)
    low, high = Fraction(0), Fraction(total)
    into = Fraction(int(element.findtext("in") or 0)) - first  # of a transition before
    if speed == 0:
        begin, keys = Fraction(0), [(Fraction(0), first), (Fraction(frames), first)]
    elif speed > 0:
        begin = first / speed
        keys = [(low, low), (high / speed, high)]
    else:
        begin = (high - first) / -speed - frames
        keys = [(low, high), (high / -speed, low)]
    # The graph is moved so that the clip begins on a whole frame of it.
    whole = round(begin)
    keys = [(when + whole - begin, value) for when, value in keys]
    out = int(element.findtext("out") or 0) - int(element.findtext("in") or 0)
    for tag, value in (("in", whole + into), ("out", whole + into + out)):
        found = element.find(tag)
        assert found is not None
        found.text = str(int(value))
    filter = ElementTree.SubElement(element, "filter")
    effect = ElementTree.SubElement(filter, "effect")
    for tag, text in (
        ("name", "Time Remap"),
        ("effectid", "timeremap"),
        ("effectcategory", "motion"),
        ("effecttype", "motion"),
        ("mediatype", "video"),
    ):
        ElementTree.SubElement(effect, tag).text = text
    for id, text in (
        ("variablespeed", "0"),
        ("speed", _decimal(speed * 100)),
        ("reverse", "TRUE" if speed < 0 else "FALSE"),
        ("frameblending", "FALSE"),
    ):
        parameter = ElementTree.SubElement(effect, "parameter")
        ElementTree.SubElement(parameter, "parameterid").text = id
        ElementTree.SubElement(parameter, "name").text = id
        ElementTree.SubElement(parameter, "value").text = text
    graph = ElementTree.SubElement(effect, "parameter")
    ElementTree.SubElement(graph, "parameterid").text = "graphdict"
    ElementTree.SubElement(graph, "name").text = "graphdict"
    for when, value in keys:
        key = ElementTree.SubElement(graph, "keyframe")
        ElementTree.SubElement(key, "when").text = _decimal(when)
        ElementTree.SubElement(key, "value").text = _decimal(value)
    interpolation = ElementTree.SubElement(graph, "interpolation")
    ElementTree.SubElement(interpolation, "name").text = "FCPCurve"


def _decimal(value: Fraction) -> str:
    return f"{float(value):.9f}".rstrip("0").rstrip(".") if value.denominator != 1 else str(value)


def _label(element: Element) -> None:
    """The adapter's labels leave out NTSC's way of counting; the frame number is right."""
    frame, string = element.findtext("frame"), element.find("string")
    base, ntsc = element.findtext("rate/timebase"), element.findtext("rate/ntsc")
    if frame is None or string is None or base is None:
        return
    rate = snap_rate(Fraction(int(base) * 1000, 1001) if ntsc == "TRUE" else Fraction(int(base)))
    drop = element.findtext("displayformat") == "DF" and can_drop(rate)
    shown = element.find("displayformat")
    if shown is not None:
        shown.text = "DF" if drop else "NDF"
    assert nominal(rate)
    string.text = timecode(int(frame), rate, drop)
