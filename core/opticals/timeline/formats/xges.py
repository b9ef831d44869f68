"""GES projects, of Pitivi, through otio-xges-adapter.

GES counts nanoseconds. The adapter writes the rate as 30 whatever it is, and rounds times down,
which is a frame early wherever a frame does not begin on a nanosecond.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from opentimelineio.opentime import RationalTime
from opentimelineio.schema import ExternalReference, Timeline, Track

from opticals.errors import EditError
from opticals.timeline.formats import screen
from opticals.timeline.formats.bundle import one_timeline
from opticals.timeline.formats.convert import Reading, otio_adapter
from opticals.timeline.formats.held import move_cuts
from opticals.timeline.formats.rewrite import as_uri
from opticals.timeline.formats.table import by_id
from opticals.timeline.layout import most_common_rate

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SECOND = 1_000_000_000
_ANY_RATE = "framerate\\=\\(fraction\\)30/1"


def read(path: Path, rate: Fraction | None, sequence: str | None) -> Reading:
    """The timeline of a project."""
    root = screen.parse(path)
    if root.tag != "ges":
        raise EditError(f"{path.name} is not a GES project.", f"It holds <{root.tag}>.")
    found = otio_adapter("xges").read_from_string(ElementTree.tostring(root, encoding="unicode"))
    timeline = one_timeline(found, path.name, sequence)
    if timeline.global_start_time is None:
        timeline.global_start_time = RationalTime(0, float(most_common_rate(timeline)))
    exact = most_common_rate(timeline)
    for track in timeline.tracks:  # of an odd overlap the adapter puts the cut between two frames
        if isinstance(track, Track):
            move_cuts(track, exact, by_id("xges"))
    return Reading(timeline, "pitivi")


def write(timeline: Timeline, path: Path) -> None:
    """Write a project."""
    rate = most_common_rate(timeline)
    for clip in timeline.find_clips():
        if isinstance(clip.media_reference, ExternalReference):
            clip.media_reference.target_url = as_uri(clip.media_reference.target_url)
    text = otio_adapter("xges").write_to_string(timeline)
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    for element in root.iter():
        properties = element.get("properties", "")
        if element.tag == "track" and _ANY_RATE in properties:
            said = f"framerate\\=\\(fraction\\){rate.numerator}/{rate.denominator}"
            element.set("properties", properties.replace(_ANY_RATE, said))
        if element.tag == "clip":
            _round_up(element, rate)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _round_up(clip: Element, rate: Fraction) -> None:
    start, first, frames = (
        round(Fraction(int(clip.get(key, "0"))) * rate / _SECOND)
        for key in ("start", "inpoint", "duration")
    )
    begin = ceil(start / rate * _SECOND)
    clip.set("start", str(begin))
    clip.set("inpoint", str(ceil(first / rate * _SECOND)))
    clip.set("duration", str(ceil((start + frames) / rate * _SECOND) - begin))
