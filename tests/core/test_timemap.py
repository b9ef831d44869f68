"""Which frame of its medium a clip shows: against a slow, plain count of every frame."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio import schema
from opentimelineio.core import Composition
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.timeline.edit import Edit
from opticals.timeline.timecode import snap_rate
from opticals.timeline.timemap import Stage, TimeMap

RATES = (24.0, 25.0, 30.0, 23.976, 24000 / 1001, 29.97, 30000 / 1001, 50.0, 59.94)
SPEEDS = (0.5, 2.0, -1.0, -0.5, 0.0, 1.37, 119 / 60, -3.0, 0.25, 0.8)
Shown = tuple[str, int]  # a clip and a frame of its medium


def exact(time: RationalTime, rate: Fraction) -> Fraction:
    """A time in frames at `rate`, what doubles lose forgiven."""
    value = Fraction(time.value) * rate / snap_rate(time.rate)
    return Fraction(round(value)) if abs(value - round(value)) < Fraction(1, 10_000) else value


def ceil(place: Fraction) -> int:
    return math.ceil(place - Fraction(1, 10**6))


def speed(item: schema.Clip) -> Fraction:
    made = Fraction(1)
    for effect in item.effects:
        made *= scalar_of(effect.time_scalar)
    return made


@cache
def scalar_of(written: float) -> Fraction:
    return Fraction(written).limit_denominator(100_000)


def frames_of(item: Composition, start: Fraction, place: Fraction, ratio: Fraction) -> list[int]:
    """The frame inside that each whole frame from `start` on shows, one by one."""
    if (key := (item.name, start, ratio)) in known:
        return known[key]
    length = exact(item.source_range.duration, place_rate[0])
    whole = range(ceil(start), ceil(start + length))
    step = abs(speed(item)) * ratio
    forwards = [math.floor(place + (one - start) * step + Fraction(1, 10**6)) for one in whole]
    known[key] = forwards if speed(item) >= 0 else forwards[::-1]
    return known[key]


known: dict[tuple[str, Fraction, Fraction], list[int]] = {}  # counted out before, of one edit
place_rate: list[Fraction] = []  # the edit's rate, for the functions that count


def seen(holder: Composition, frame: int, bounds: tuple[Fraction, Fraction] | None) -> list[Shown]:
    """What a stack or track shows at one of its own frames."""
    rate = place_rate[0]
    if bounds is not None and not bounds[0] <= frame < bounds[1]:
        return []
    if isinstance(holder, schema.Stack):
        found = []
        for child in holder:
            inner, limits = frame, None
            if isinstance(child, schema.Track) and child.source_range is not None:
                start = exact(child.source_range.start_time, rate)
                limits = (start, start + exact(child.source_range.duration, rate))
                found += seen(child, Fraction(frame) + start, limits)
                continue
            found += seen(child, inner, limits)
        return found
    position = Fraction(0)
    for child in holder:
        if isinstance(child, schema.Transition):
            continue
        length = exact(child.source_range.duration, rate)
        first = ceil(position)
        if first <= ceil(frame) < ceil(position + length) and position - 1 < frame:
            return inside(child, position, frame)
        position += length
    return []


def inside(child: Composition, position: Fraction, frame: Fraction) -> list[Shown]:
    rate = place_rate[0]
    index = ceil(frame) - ceil(position)
    if isinstance(child, schema.Gap):
        return []
    if isinstance(child, schema.Clip):
        available = child.media_reference.available_range
        own = snap_rate(available.duration.rate)
        place = exact(child.source_range.start_time, own) - exact(available.start_time, own)
        return [(child.name, frames_of(child, position, place, own / rate)[index])]
    place = exact(child.source_range.start_time, rate)
    inner = frames_of(child, position, place, Fraction(1))[index]
    return seen(child, inner, None)


class Maker:
    """Random edits: every way in which time is written."""

    def __init__(self, random: random.Random, medium: Path) -> None:
        self.random = random
        self.medium = medium
        self.count = 0
        self.rate = random.choice(RATES)

    def edit(self) -> schema.Timeline:
        start = self.random.choice((0, 86400, 539460, 107892))
        made = schema.Timeline(global_start_time=RationalTime(start, self.rate))
        for _ in range(self.random.randint(1, 3)):
            made.tracks.append(self.track(0))
        if self.random.random() < 0.15:
            made.tracks.source_range = self.range(self.random.randint(0, 9), self.rate)
        return made

    def track(self, depth: int) -> schema.Track:
        made = schema.Track(kind="Video")
        for _ in range(self.random.randint(1, 4)):
            made.append(self.item(depth))
        if self.random.random() < 0.15:
            made.source_range = self.range(self.random.randint(0, 9), self.rate)
        return made

    def item(self, depth: int) -> Composition:
        kind = self.random.random()
        if kind < 0.15:
            return schema.Gap(source_range=self.range(0, self.rate))
        if kind < 0.4 and depth < 3:
            return self.retimed(self.compound(depth))
        return self.retimed(self.clip())

    def compound(self, depth: int) -> Composition:
        made: Composition
        if self.random.random() < 0.3:
            made = self.track(depth + 1)
        else:
            tracks = [self.track(depth + 1) for _ in range(self.random.randint(1, 2))]
            made = schema.Stack(children=tracks)
        made.source_range = self.range(self.random.randint(0, 12), self.rate)
        self.count += 1
        made.name = f"k{self.count}"
        return made

    def clip(self) -> schema.Clip:
        self.count += 1
        own = self.random.choice((self.rate, self.rate, self.random.choice(RATES)))
        begin = self.random.choice((0, 0, 1000, 86400, 539460))
        reference = schema.ExternalReference(
            str(self.medium), TimeRange(RationalTime(begin, own), RationalTime(100_000, own))
        )
        first = begin + 1000 + self.random.randint(0, 500)
        if self.random.random() < 0.1:
            first += self.random.choice((0.5, 0.25, 0.7))
        length = self.range(0, self.random.choice((self.rate, self.rate, own))).duration
        return schema.Clip(f"c{self.count}", reference, TimeRange(RationalTime(first, own), length))

    def retimed(self, item: Composition) -> Composition:
        if self.random.random() < 0.3:
            scalar = self.random.choice(SPEEDS)
            effect = schema.LinearTimeWarp(time_scalar=scalar)
            item.effects.append(schema.FreezeFrame() if scalar == 0 else effect)
        return item

    def range(self, start: int, rate: float) -> TimeRange:
        return TimeRange(
            RationalTime(start, self.rate), RationalTime(self.random.randint(1, 14), rate)
        )


def counted(timeline: schema.Timeline, rate: Fraction) -> dict[str, dict[int, list[int]]]:
    """For each clip: record frame -> frames of its medium that are shown there, counted out."""
    place_rate[:] = [rate]
    known.clear()
    start = int(exact(timeline.global_start_time, rate))
    trim = timeline.tracks.source_range
    offset = Fraction(0) if trim is None else exact(trim.start_time, rate)
    lengths = [
        sum((exact(one.source_range.duration, rate) for one in track), Fraction(0))
        for track in timeline.tracks
    ]
    length = max(lengths) if trim is None else exact(trim.duration, rate)
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for frame in range(ceil(length)):
        for name, source in seen(timeline.tracks, frame + offset, None):
            found[name][start + frame].append(source)
    return found


def mapped(edit: Edit) -> dict[str, dict[int, list[int]]]:
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for _lane, slot in edit.clips():
        shot = edit.shot(str(slot.id))
        first, count = shot.first, shot.frames
        for frame in range(shot.record, shot.record_end):
            source = shot.time.source(frame)
            assert first <= source < first + count
            found[shot.name][frame].append(source)
    return found


@pytest.mark.parametrize("block", range(10))
def test_a_thousand_random_edits_show_what_counting_shows(block: int, tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    for number in range(1000):
        maker = Maker(random.Random(block * 1000 + number), medium)
        timeline = maker.edit()
        edit = Edit(timeline)
        assert mapped(edit) == counted(timeline, edit.rate), f"edit {block * 1000 + number}"


places = st.fractions(-100, 100, max_denominator=1001)
speeds = st.one_of(st.just(Fraction(0)), st.fractions(-4, 4, max_denominator=60))


@given(
    st.lists(st.tuples(st.integers(-50, 50), places, speeds), min_size=1, max_size=3),
    st.integers(-30, 30),
    st.integers(1, 30),
)
def test_what_a_range_needs_and_who_shows_it_are_what_frame_by_frame_says(
    stages: list[tuple[int, Fraction, Fraction]], record: int, frames: int
) -> None:
    time = TimeMap(record, frames, tuple(Stage(*one) for one in stages))
    shown = {frame: time.source(frame) for frame in range(record, record + frames)}
    low, count = time.needs(record, record + frames)
    assert (low, low + count - 1) == (min(shown.values()), max(shown.values()))
    for first, length in ((low, 1), (low, count), (low + count // 2, 2)):
        hit = [one for one, source in shown.items() if first <= source < first + length]
        start, end = time.shown(first, length)
        assert list(range(start, end)) == hit
    assert TimeMap.from_json(time.to_json()) == time
