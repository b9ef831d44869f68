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
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from opentimelineio.core import Composition, Item
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    Stack,
    Track,
)

from opticals.errors import EditError
from opticals.timeline import retimes
from opticals.timeline.formats import screen
from opticals.timeline.formats.bundle import one_timeline
from opticals.timeline.formats.convert import Reading, otio_adapter
from opticals.timeline.formats.fcp_write import KEY, NUMBER, all_items, write
from opticals.timeline.formats.held import REFUSED
from opticals.timeline.times import Exact, in_rate, rate_of, to_frames

__all__ = ["read", "write"]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_TICKS = 254_016_000_000  # a second of Premiere's


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
        ElementTree.SubElement(element, NUMBER).text = str(number)
        items[str(number)] = element
    _open_nested(root)
    found = otio_adapter("fcp_xml").read_from_string(ElementTree.tostring(root, encoding="unicode"))
    timeline = one_timeline(found, path.name, sequence)
    for kind in ("video", "audio"):
        timeline.metadata.get(KEY, {}).pop(kind, None)
    notes: list[str] = []
    for item in all_items(timeline.tracks):
        _settle(item, items, notes)
    _settle_tracks(timeline.tracks)
    format = timeline.metadata.get(KEY, {}).get("timecode", {}).get("displayformat")
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
            enabled = track.metadata.get(KEY, {}).get("enabled")
            track.enabled = str(enabled).upper() != "FALSE"
            for child in track:
                if isinstance(child, Stack):
                    _settle_tracks(child)


def _settle(item: Item, items: dict[str, Element], notes: list[str]) -> None:
    """What the adapter leaves in the XML."""
    record = item.metadata.get(KEY, {})
    number = record.get(NUMBER)
    if number is None:
        return
    element = items[number]
    del record[NUMBER]
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
        one for one in item.effects if one.metadata.get(KEY, {}).get("effectid") != "timeremap"
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
    signed: Fraction = -abs(speed) if backwards else speed
    if values.get("variablespeed") in ("1", "TRUE"):
        if len(slopes) != 1:
            return "Its speed varies; only constant speeds can be followed frame by frame."
        signed = next(iter(slopes))
    # Keyframes are rounded to whole frames, the speed is not: it is the speed that counts.
    if slopes and any(
        abs(one - signed) > Fraction(1, 10) * max(Fraction(1), abs(signed)) for one in slopes
    ):
        return "The file gives two different speeds for it."
    if not backwards and signed > 0:
        anchor = keys[0] if keys else (Fraction(0), Fraction(0))
        return _Graph(anchor[0], anchor[1], signed)
    if not keys:
        return "It runs backwards, from a frame that the file does not say."
    return _Graph(keys[0][0], keys[0][1], signed)
