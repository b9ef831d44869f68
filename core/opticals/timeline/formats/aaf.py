"""Advanced Authoring Format, of Avid and others, through otio-aaf-adapter.

The adapter takes a speed that varies along a position graph for a constant one, and leaves out
where a speed graph begins; both are in what it keeps as metadata.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentimelineio.opentime import TimeRange
from opentimelineio.schema import ExternalReference, LinearTimeWarp, Timeline

from opticals.errors import EditError
from opticals.timeline import retimes
from opticals.timeline.formats.bundle import one_timeline
from opticals.timeline.formats.convert import Reading, otio_adapter
from opticals.timeline.formats.held import REFUSED
from opticals.timeline.formats.rewrite import as_uri
from opticals.timeline.layout import counts_drop_frame, most_common_rate
from opticals.timeline.times import in_rate, rate_of, to_frames

if TYPE_CHECKING:
    from opentimelineio.core import Item
    from opentimelineio.schema import Effect

_KEY = "AAF"
_SPEED_GRAPH, _PLACE_GRAPH = "PARAM_SPEED_OFFSET_MAP_U", "PARAM_OFFSET_MAP_U"


def read(path: Path, rate: Fraction | None, sequence: str | None) -> Reading:
    """The timeline of one composition of an AAF."""
    import aaf2

    with aaf2.open(str(path)) as file:
        program = _program(file)
        drops = _drop_frames(file)
    found = otio_adapter("AAF").read_from_file(str(path))
    timeline = one_timeline(found, path.name, sequence)
    if timeline.name in drops:
        timeline.metadata["opticals"] = {"drop_frame": drops[timeline.name]}
    for item in timeline.find_children():
        if getattr(item, "effects", None):
            item.effects[:] = [one for one in item.effects if not _is_centred_pan(one)]
            _settle(item)
    return Reading(timeline, program)


def _program(file: Any) -> str:
    names = [str(one["ProductName"].value) for one in file.header["IdentificationList"].value]
    return next(
        (
            program
            for said, program in (
                ("Avid", "avid"),
                ("Premiere", "premiere"),
                ("Resolve", "resolve"),
            )
            if any(said in name for name in names)
        ),
        "",
    )


def _drop_frames(file: Any) -> dict[str, bool]:
    """Whether each composition counts drop-frame, by its name."""
    import aaf2

    found: dict[str, bool] = {}
    for mob in file.content.toplevel():
        for slot in mob.slots:
            for part in (slot.segment, *(getattr(slot.segment, "components", None) or ())):
                if isinstance(part, aaf2.components.Timecode):
                    found.setdefault(mob.name, bool(part.drop))
    return found


def _is_centred_pan(effect: Effect) -> bool:
    """Whether an effect leaves sound in the middle: the adapter gives one to every sound track."""
    record = effect.metadata.get(_KEY, {})
    if record.get("Operation", {}).get("Name") != "Audio Pan":
        return False
    points = _points(record.get("Parameters", {}).get("Pan"))
    return all(value == Fraction(1, 2) for _, value in points)


def _settle(item: Item) -> None:
    """The speed of an item, from the graph that the adapter keeps beside it."""
    warps = [one for one in item.effects if isinstance(one, LinearTimeWarp)]
    if len(warps) != 1 or item.source_range is None:
        return
    parameters = warps[0].metadata.get(_KEY, {}).get("Parameters", {})
    places = _points(parameters.get(_PLACE_GRAPH))
    graph = _points(parameters.get(_SPEED_GRAPH)) or places
    if len(graph) < 2:
        return
    slopes = {
        ((after[1] - before[1]) / (after[0] - before[0])).limit_denominator(100_000)
        for before, after in pairwise(graph)
        if after[0] != before[0]
    }
    if len(slopes) != 1 or (graph is places and len(graph) > 2):
        item.metadata[REFUSED] = (
            "Its speed varies along a graph; only constant speeds can be followed frame by frame."
        )
        return
    if graph is places:
        return  # counted in parts of the clip: the adapter has its speed
    speed = next(iter(slopes))
    timed = item.source_range
    rate = rate_of(timed.start_time)
    begin = graph[0][1] - graph[0][0] * speed
    if speed < 0:  # the lowest frame is the last
        begin += speed * (to_frames(timed.duration, rate) - 1)
    retimes.set_speed(item, speed)
    start = in_rate(to_frames(timed.start_time, rate) + begin, rate, timed.start_time.rate)
    item.source_range = TimeRange(start, timed.duration)


def _points(parameter: Any) -> list[tuple[Fraction, Fraction]]:
    if not hasattr(parameter, "get"):
        return []
    try:
        return sorted(
            (Fraction(time).limit_denominator(10**6), Fraction(value).limit_denominator(10**6))
            for time, value in parameter.get("keyframe_values", ())
        )
    except (TypeError, ValueError) as error:
        raise EditError.wrap("A motion effect of the AAF is damaged.", error) from error


def write(timeline: Timeline, path: Path) -> None:
    """Write one composition."""
    import aaf2

    rate = most_common_rate(timeline)
    for clip in timeline.find_clips():
        reference = clip.media_reference
        if isinstance(reference, ExternalReference):
            reference.target_url = as_uri(reference.target_url)
    otio_adapter("AAF").write_to_file(timeline, str(path), use_empty_mob_ids=True)
    if counts_drop_frame(timeline, rate):  # of this the adapter knows nothing
        with aaf2.open(str(path), "rw") as file:
            for mob in file.content.toplevel():
                for slot in mob.slots:
                    if isinstance(slot.segment, aaf2.components.Timecode):
                        slot.segment.drop = True
