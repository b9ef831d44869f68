"""The writing half of `fcp_xml`: one sequence, as Premiere and Resolve read it."""

from __future__ import annotations

from fractions import Fraction
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
from opticals.timeline.formats.convert import otio_adapter
from opticals.timeline.formats.rewrite import as_uri
from opticals.timeline.layout import counts_drop_frame, most_common_rate
from opticals.timeline.timecode import can_drop, snap_rate, timecode
from opticals.timeline.times import Exact, in_rate, to_frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

KEY = "fcp_xml"
NUMBER = "opticals"
"""The tag that carries the number of an item through the adapter."""

_STALE = ("pproTicksIn", "pproTicksOut", "subclipinfo", NUMBER)


def all_items(parent: Composition, depth: int = 0) -> Iterator[Item]:
    """Every clip and compound, those inside of compounds too."""
    if depth > 60:
        raise EditError("The edit nests compounds too deeply.", remedy="Decompose some of them.")
    for child in parent:
        if isinstance(child, (Clip, Stack)):
            yield child
        if isinstance(child, Composition):
            yield from all_items(child, depth + 1)


def write(timeline: Timeline, path: Path) -> None:
    """Write one sequence, as Premiere and Resolve read it."""
    rate = most_common_rate(timeline)
    drop = counts_drop_frame(timeline, rate) and can_drop(rate)
    if timeline.global_start_time is None:
        timeline.global_start_time = RationalTime(0, float(rate))
    record = dict(timeline.metadata.get(KEY, {}))
    record["timecode"] = {"displayformat": "DF" if drop else "NDF"}
    timeline.metadata[KEY] = record
    speeds: dict[str, tuple[Item, Fraction]] = {}
    _one_extent(timeline)
    for number, item in enumerate(all_items(timeline.tracks)):
        speeds[str(number)] = (item, _prepared(item, str(number), rate))
    for parent in (
        timeline.tracks,
        *(one for one in all_items(timeline.tracks) if isinstance(one, Stack)),
    ):
        for track in parent:
            if isinstance(track, Track):
                _mark_enabled(track)
    root = ElementTree.fromstring(otio_adapter("fcp_xml").write_to_string(timeline))  # noqa: S314 - our own
    for element in root.iter():
        if (
            element.tag in ("clipitem", "generatoritem")
            and (tag := element.find(NUMBER)) is not None
        ):
            element.remove(tag)
            item, speed = speeds[tag.text or ""]
            if speed != 1:
                _write_speed(element, item, speed, rate)
        if element.tag == "sequence" and (tag := element.find(NUMBER)) is not None:
            element.remove(tag)
        if element.tag == "timecode":
            _label(element)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{text}\n', encoding="utf-8"
    )


def _mark_enabled(thing: Any) -> None:
    record = dict(thing.metadata.get(KEY, {}))
    for stale in _STALE:
        record.pop(stale, None)
    record["enabled"] = "TRUE" if thing.enabled else "FALSE"
    thing.metadata[KEY] = record


def _one_extent(timeline: Timeline) -> None:
    """The adapter writes a file once, with the extent of its first clip: let all agree."""
    extents: dict[str, TimeRange] = {}
    clips = [one for one in all_items(timeline.tracks) if isinstance(one, Clip)]
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
    record = dict(item.metadata[KEY])
    record[NUMBER] = number
    item.metadata[KEY] = record
    speed = retimes.speed_of(item)
    reference = item.media_reference if isinstance(item, Clip) else None
    timed = item.trimmed_range()
    origin = RationalTime(0, timed.start_time.rate)
    if reference is not None:
        if isinstance(reference, GeneratorReference):
            reference.metadata[KEY] = {
                **reference.metadata.get(KEY, {}),
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
    string.text = timecode(int(frame), rate, drop)
