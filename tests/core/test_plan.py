"""Plans: every frame once, on the grid of the source, with the handles that there are."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opticals.curve import NORMAL, Pace
from opticals.errors import ShotError
from opticals.rendering.plan import SEGMENT, Plan, plan, segment_digest
from opticals.timeline.shot import Shot
from tests.core.edits import plain_shot

SPEEDS = st.sampled_from([Fraction(1), *(Fraction(1, n) for n in range(2, 9)), Fraction(2, 5)])


def shot(first: int, frames: int) -> Shot:
    return plain_shot(
        id="V1:1",
        name="a",
        media="/a.mov",
        rate=Fraction(25),
        drop_frame=False,
        media_start=90000,
        media_frames=None,
        clip_first=first,
        clip_frames=frames,
        clip_record=0,
        first=first,
        frames=frames,
    )


@given(st.integers(0, 200), st.integers(1, 80), st.integers(0, 60), SPEEDS, st.integers(0, 30))
def test_segments_cover_every_frame_once_and_stay_in_their_cell(
    first: int, frames: int, after: int, speed: Fraction, handles: int
) -> None:
    made = plan(shot(first, frames), first + frames + after, Pace.constant(speed), handles)
    outputs = [n for segment in made.segments() for n in range(segment.start, segment.stop)]
    assert outputs == list(range(-made.head, made.selected + made.tail))
    for segment in made.segments():
        cells = {made.source(n) // SEGMENT for n in range(segment.start, segment.stop)}
        assert len(cells) == 1


@given(st.integers(0, 200), st.integers(1, 80), st.integers(0, 60), SPEEDS, st.integers(0, 30))
def test_a_plan_shows_the_selection_and_no_time_outside_the_medium(
    first: int, frames: int, after: int, speed: Fraction, handles: int
) -> None:
    count = first + frames + after
    made = plan(shot(first, frames), count, Pace.constant(speed), handles)
    assert made.source(0) == first
    assert made.source(-made.head) >= 0
    assert made.source(made.selected + made.tail - 1) < count
    assert made.selected == frames * speed.denominator // speed.numerator
    assert made.head * speed <= min(handles, first)


@given(st.integers(0, 100), st.integers(1, 60), st.integers(0, 40), st.integers(2, 8))
def test_trimming_a_shot_keeps_the_segments_that_it_still_covers(
    first: int, frames: int, cut: int, factor: int
) -> None:
    speed = Pace.constant(Fraction(1, factor))
    cut = min(cut, frames - 1)
    whole = plan(shot(first, frames), 400, speed, 0)
    trimmed = plan(shot(first + cut, frames - cut), 400, speed, 0)
    old = {segment_digest({}, whole, segment) for segment in whole.segments()}
    new = [segment_digest({}, trimmed, segment) for segment in trimmed.segments()]
    # Only the segment that the new in point falls into can be another one.
    assert len([name for name in new if name not in old]) <= 1


def test_a_selection_outside_the_medium_is_refused() -> None:
    with pytest.raises(ShotError, match="does not have"):
        plan(shot(10, 20), 29, NORMAL, 12)


def test_the_name_of_a_segment_holds_all_that_made_it() -> None:
    made = Plan(0, NORMAL, 0, 24, 0)
    segments = list(made.segments())
    names = {segment_digest({"seed": seed}, made, one) for one in segments for seed in (0, 1)}
    assert len(names) == 4
