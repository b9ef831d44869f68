"""Baked renders: one frame for each record frame, for programs that know no retimes or rates
other than the edit's.

Nothing is rendered or encoded in another way for it. A baked render shows outputs of a `plan` in
the order of the clip's time map: dropped, doubled, backwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from opticals.curve import Pace
from opticals.errors import FormatError, ShotError
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

    @property
    def consecutive(self) -> bool:
        """Whether it shows each output once, in turn."""
        return self.order == tuple(range(self.order[0], self.order[0] + len(self.order)))


def bake(
    shot: Shot, plan: Plan, rate: Fraction, media_frames: int, handles: int
) -> tuple[Plan, Baked]:
    """The frames of a baked render, and the plan widened by what of them it has not.

    A retimed clip keeps its timing, and shows the pictures that the recipe made in between; one
    at normal speed plays as the recipe makes it.

    Args:
        plan: of the same shot, from a medium of `media_frames` frames.
        rate: frames per second of what is planned.
        handles: record frames wanted on each side, where the medium has frames for them.

    Raises:
        ShotError: the clip is retimed, and the recipe has another rate or a speed that changes.
    """
    if shot.retimed and (plan.pace.speed is None or rate != shot.rate):
        raise ShotError(
            f"{shot.id} “{shot.name}” is retimed in the edit.",
            "A speed ramp or another frame rate would be retimed once more by it.",
            "Take its speed away in the edit, or render it with a constant speed.",
        )
    step = plan.pace.speed if shot.retimed else shot.rate / rate
    assert step is not None
    outputs = _counting(shot.time, shot.first, step)
    lowest = plan.pace.ceil(-shot.first)
    highest = plan.pace.ceil(media_frames - shot.first) - 1

    def handle(start: int, way: int, wanted: int) -> int:
        found = 0
        while found < wanted and (record := start + found * way) >= 0:
            if not lowest <= outputs.source(record) <= highest:
                break
            found += 1
        return found

    selected = shot.record_frames
    if not shot.retimed:
        played = plan.pace.then(Pace.constant(rate / shot.edit_rate))
        selected = max(1, played.floor(shot.record_frames * shot.rate / shot.edit_rate))
    # What plays faster goes on, so that the range can be filled.
    missing = max(0, shot.record_frames - selected)
    head = handle(shot.record - 1, -1, max(handles, shot.outer[0]))
    tail = handle(shot.record + selected, 1, missing + max(handles, shot.outer[1]))
    record = shot.record - head
    order = tuple(
        min(max(outputs.source(one), lowest), highest)
        for one in range(record, record + head + selected + tail)
    )
    baked = Baked(record, head, selected, order)
    if baked.consecutive:
        return replace(plan, head=-order[0], tail=order[-1] + 1 - plan.selected), baked
    wide = replace(
        plan,
        head=max(plan.head, -min(order)),
        tail=max(plan.tail, max(order) + 1 - plan.selected),
    )
    return wide, baked


def _counting(time: TimeMap, first: Fraction | int, step: Fraction) -> TimeMap:
    """The map in steps of `step` frames of the medium, of which step 0 begins at `first`."""
    *outer, last = time.stages
    return replace(
        time, stages=(*outer, Stage(last.at, (last.to - first) / step, last.speed / step))
    )


def in_time(shot: Shot) -> bool:
    """Whether the edit shows the medium at its own speed, so that its sound fits the record
    frames."""
    return not shot.retimed and all(stage.speed == 1 for stage in shot.time.stages[:-1])


def at_edit_rate(encoding: Encoding, shot: Shot, baked: Baked) -> Encoding:
    """What segments of `encoding` are joined to: the file at the edit's rate, numbered as it.

    Raises:
        FormatError: frames of this format need one another, or the container lacks the rate.
    """
    chosen = FORMATS[encoding.format]
    if not chosen.intra and not baked.consecutive:
        raise FormatError(
            f"{chosen.label} cannot hold a baked render of {shot.id}.",
            "Its frames are coded as changes of one another, so none can be doubled, left out or "
            "put elsewhere as it is.",
            f"Choose one of: {those(lambda one: one.intra)}; or render it without baking.",
        )
    pictures = encoding.pictures
    if pictures is not None:
        pictures = replace(pictures, offset=0, digits=DIGITS)
    joined = replace(encoding, rate=shot.edit_rate, pictures=pictures)
    refuse_unheld(chosen, joined)
    return joined


def stretches(segments: Sequence[Segment], order: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Outputs in `order` as stretches of one segment each: its place in `segments`, and the
    frames of it, counted from its first."""
    starts = [one.start for one in segments]
    places = ((bisect_right(starts, output) - 1, output) for output in order)
    return [
        (place, [output - starts[place] for _, output in run])
        for place, run in groupby(places, key=itemgetter(0))
    ]
