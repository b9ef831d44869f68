"""Paces: exact, rising, and the speeds that the points of a ramp say."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opticals.curve import NORMAL, Pace, points

SPEEDS = st.fractions(Fraction(1, 100), Fraction(10), max_denominator=100)


@st.composite
def paces(draw: st.DrawFn) -> Pace:
    places = sorted(draw(st.sets(st.integers(0, 60), min_size=1, max_size=5)))
    ramp = Pace.ramp(tuple((Fraction(place), draw(SPEEDS)) for place in places))
    constant = Pace.constant(draw(SPEEDS))
    return draw(st.sampled_from([ramp, constant, ramp.then(constant), constant.then(ramp)]))


@given(paces(), st.integers(-40, 200))
def test_time_only_goes_on_and_is_found_again(pace: Pace, output: int) -> None:
    assert pace.source(0) == 0
    time, after = pace.source(output), pace.source(output + 1)
    assert time < after <= time + pace.fastest
    assert pace.ceil(time) == pace.floor(time) == output
    between = (time + after) / 2
    assert (pace.floor(between), pace.ceil(between)) == (output, output + 1)


@given(paces(), paces(), st.integers(-40, 200))
def test_one_after_the_other(inner: Pace, outer: Pace, output: int) -> None:
    both = inner.then(outer)
    assert both.source(output) == inner.source(outer.source(output))
    assert both.fastest <= inner.fastest * outer.fastest
    if inner.speed is not None and outer.speed is not None:
        assert both.speed == inner.speed * outer.speed


@given(
    st.integers(1, 40), st.integers(1, 40), SPEEDS, SPEEDS, st.fractions(0, 1, max_denominator=50)
)
def test_a_ramp_takes_as_long_as_its_mean_speed(
    start: int, length: int, before: Fraction, after: Fraction, part: Fraction
) -> None:
    """And its speed at each moment, taken from its integral, is the smooth step of the two."""
    pace = Pace.ramp(((Fraction(start), before), (Fraction(start + length), after)))
    begins = start / before
    lasts = length / ((before + after) / 2)
    assert pace.source(begins) == start
    assert pace.source(begins + lasts) == start + length
    assert pace.source(begins - 1) == start - before
    assert pace.source(begins + lasts + 3) == start + length + 3 * after
    step = Fraction(1, 10**6)
    time = begins + lasts * part
    speed = (pace.source(time + step) - pace.source(time - step)) / (2 * step)
    smooth = before + (after - before) * (3 * part**2 - 2 * part**3)
    assert float(speed) == pytest.approx(float(smooth), abs=1e-4)


def test_points_are_read_exactly() -> None:
    third = Fraction(1, 3)
    assert points("0:100 12.5:33.3%  24:25") == (
        (Fraction(0), Fraction(100)),
        (Fraction(25, 2), Fraction(333, 10)),
        (Fraction(24), Fraction(25)),
    )
    assert Pace.ramp(((Fraction(0), third), (Fraction(9), third))) == Pace.constant(third)
    assert Pace.constant(Fraction(1)) == NORMAL


@pytest.mark.parametrize(
    "text",
    ["", " ", "1", "1:", ":1", "a:1", "1:1 1:2", "2:1 1:1", "-1:5", "1/2:3", "0:1e3", "0:1_0"],
)
def test_other_text_is_no_curve(text: str) -> None:
    with pytest.raises(ValueError):
        points(text)


def test_no_number_of_points_makes_it_slow() -> None:
    with pytest.raises(ValueError, match="64"):
        points(" ".join(f"{n}:100" for n in range(65)))
    most = Pace.ramp(tuple((Fraction(n), Fraction(n + 1, 7)) for n in range(64)))
    assert most.source(300).denominator < 10**150
