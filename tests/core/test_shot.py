"""A selected range: marks, transitions, handles."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from opticals.errors import ShotError
from opticals.timeline.shot import Shot
from opticals.timeline.timemap import TimeMap


def shot(**changes: object) -> Shot:
    values: dict = {
        "id": "V1:3",
        "name": "bikes",
        "media": "/m/a.mov",
        "rate": Fraction(25),
        "edit_rate": Fraction(25),
        "drop_frame": False,
        "media_start": 90000,
        "media_frames": 250,
        "time": TimeMap.plain(90100, 100, 50),
        "record": 90100,
        "record_frames": 50,
    }
    return Shot(**{**values, **changes})


def test_both_marks_are_in_the_range() -> None:
    part = shot().range("01:00:04:05", "01:00:04:09")
    assert (part.first, part.frames, part.record) == (105, 5, 90105)
    assert part.range("01:00:04:05", "01:00:04:05").frames == 1
    whole = shot().range("01:00:04:00", "01:00:05:24")
    assert whole.whole
    assert whole == shot()


@pytest.mark.parametrize(
    ("mark_in", "mark_out"),
    [
        ("01:00:03:24", "01:00:04:09"),
        ("01:00:04:00", "01:00:06:00"),
        ("01:00:04:09", "01:00:04:08"),
        ("01:00:04:09", "later"),
    ],
)
def test_marks_outside_the_clip_are_refused(mark_in: str, mark_out: str) -> None:
    with pytest.raises(ShotError) as caught:
        shot().range(mark_in, mark_out)
    assert caught.value.remedy


@given(*[st.integers(0, 12)] * 4, st.integers(0, 49), st.integers(1, 50))
def test_a_range_never_cuts_a_transition_and_grows_no_further_than_it_must(
    outside_head: int, head: int, outside_tail: int, tail: int, first: int, last: int
) -> None:
    assume(first < last)
    whole = shot(head_transition=(outside_head, head), tail_transition=(outside_tail, tail))
    part = whole.record_range(90100 + first, 90100 + last)
    got = set(range(part.first - 100, part.first - 100 + part.frames))
    wanted = set(range(first, last))
    for inside in (set(range(head)), set(range(50 - tail, 50))):
        if wanted & inside:
            wanted |= inside
            wanted = set(range(min(wanted), max(wanted) + 1))
    for inside in (set(range(head)), set(range(50 - tail, 50))):
        if wanted & inside:
            wanted = set(range(min(wanted | inside), max(wanted | inside) + 1))
    assert got == wanted
    assert bool(part.notes) == (got != set(range(first, last)))
    assert part.record_range(part.record, part.record + part.frames).frames == part.frames


def test_handles_are_clamped_to_the_medium() -> None:
    assert shot().handles(12, 250) == (12, 12)
    assert shot(time=TimeMap.plain(90100, 5, 50)).handles(12, 250) == (5, 12)
    assert shot().handles(12, 155) == (12, 5)
    assert shot().handles(0, 250) == (0, 0)


def test_handles_are_never_less_than_a_transition_needs() -> None:
    dissolved = shot(head_transition=(20, 5), tail_transition=(15, 5))
    assert dissolved.handles(12, 250) == (20, 15)
    assert dissolved.handles(0, 250) == (20, 15)
    inner = dissolved.record_range(90110, 90120)
    assert inner.handles(0, 250) == (0, 0)
    for frames in (160, 150):
        with pytest.raises(ShotError, match="too short for its transition"):
            dissolved.handles(12, frames)
    with pytest.raises(ShotError, match="too short for its transition"):
        shot(head_transition=(120, 5)).handles(12, 250)


def test_a_placed_piece_is_chosen_whole() -> None:
    placed = shot(placed=True)
    assert placed.range("01:00:04:00", "01:00:05:24") == placed
    with pytest.raises(ShotError, match="a render was placed"):
        placed.range("01:00:04:00", "01:00:05:23")


def test_a_shot_is_plain_json_both_ways() -> None:
    one = shot(
        rate=Fraction(30000, 1001), notes=("said",), head_transition=(3, 4), media_frames=None
    )
    assert Shot.from_json(json.loads(json.dumps(one.to_json()))) == one
