"""Baked renders: one frame for each record frame, for programs that know no retimes or rates
other than the edit's.

Nothing is rendered or encoded in another way for it. A baked render shows outputs of a `plan` in
the order of the clip's time map: dropped, doubled, backwards.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from opticals.errors import FormatError
from opticals.media.sequence.writing import DIGITS
from opticals.media.write.encoding import Encoding
from opticals.media.write.formats import FORMATS
from opticals.media.write.holding import refuse_unheld, those
from opticals.rendering.plan import Plan, Segment
from opticals.timeline.shot import Shot
from opticals.timeline.timemap import Stage, TimeMap


@dataclass(frozen=True)
class Baked:
    """The frames of a baked render.

    Attributes:
        record: record timecode of its first frame, as a frame number.
        head, selected: frames before and within the selection.
        order: the output of the plan that each frame shows.
    """

    record: int
    head: int
    selected: int
    order: tuple[int, ...]


def bake(shot: Shot, plan: Plan, media_frames: int, handles: int) -> tuple[Plan, Baked]:
    """The frames of a baked render, and the plan widened by what of them it has not.

    A retimed clip keeps its timing, and shows the pictures that the recipe made in between; one
    at normal speed plays as slow as the recipe makes it.

    Args:
        plan: of the same shot, from a medium of `media_frames` frames.
        handles: record frames wanted on each side, where the medium has frames for them.
    """
    step = plan.speed if shot.retimed else Fraction(1)
    outputs = _counting(shot.time, shot.first, step)
    # The times of the medium that are then shown: as the edit shows them, or slower.
    slower = step / plan.speed
    times = _counting(shot.time, shot.first - shot.first * slower, slower)
    lowest = math.ceil(-shot.first / plan.speed)
    highest = math.ceil((media_frames - shot.first) / plan.speed) - 1

    def handle(start: int, way: int, wanted: int) -> int:
        found = 0
        while found < wanted and (record := start + found * way) >= 0:
            if not 0 <= times.source(record) < media_frames:
                break
            found += 1
        return found

    selected = shot.record_frames
    if not shot.retimed:
        selected = max(1, math.floor(selected / plan.speed))
    head = handle(shot.record - 1, -1, max(handles, shot.outer[0]))
    tail = handle(shot.record + selected, 1, max(handles, shot.outer[1]))
    record = shot.record - head
    order = tuple(
        min(max(outputs.source(one), lowest), highest)
        for one in range(record, record + head + selected + tail)
    )
    wide = replace(
        plan,
        head=max(plan.head, -min(order)),
        tail=max(plan.tail, max(order) + 1 - plan.selected),
    )
    return wide, Baked(record, head, selected, order)


def _counting(time: TimeMap, first: Fraction | int, step: Fraction) -> TimeMap:
    """The map in steps of `step` frames of the medium, of which step 0 begins at `first`."""
    *outer, last = time.stages
    return replace(
        time, stages=(*outer, Stage(last.at, (last.to - first) / step, last.speed / step))
    )


def in_time(shot: Shot, speed: Fraction) -> bool:
    """Whether a baked render's time runs as the medium's, so that its sound still fits."""
    whole = all(stage.speed == 1 for stage in shot.time.stages[:-1])
    return speed == 1 and whole and not shot.retimed


def at_edit_rate(encoding: Encoding, shot: Shot) -> Encoding:
    """What segments of `encoding` are joined to: the file at the edit's rate, numbered as it.

    Raises:
        FormatError: frames of this format need one another, or the container lacks the rate.
    """
    chosen = FORMATS[encoding.format]
    if not chosen.intra:
        raise FormatError(
            f"{chosen.label} cannot hold a baked render of {shot.id}.",
            "Its frames are coded as changes of one another, so none can be doubled, left out or "
            "put elsewhere as it is.",
            f"Choose one of: {those(lambda one: one.intra)}; or render it without baking.",
        )
    pictures = encoding.pictures
    if pictures is not None:
        pictures = replace(pictures, offset=0, digits=DIGITS)
    baked = replace(encoding, rate=shot.edit_rate, pictures=pictures)
    refuse_unheld(chosen, baked)
    return baked


def stretches(segments: Sequence[Segment], order: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Outputs in `order` as stretches of one segment each: its place in `segments`, and the
    frames of it, counted from its first."""
    starts = [one.start for one in segments]
    places = ((bisect_right(starts, output) - 1, output) for output in order)
    return [
        (place, [output - starts[place] for _, output in run])
        for place, run in groupby(places, key=itemgetter(0))
    ]
