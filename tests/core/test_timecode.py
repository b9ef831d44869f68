"""Timecode labels against counting them out, and rates however they are written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opticals.errors import ShotError
from opticals.timeline.timecode import (
    STANDARD_RATES,
    can_drop,
    frame_of,
    nominal,
    snap_rate,
    timecode,
)

NTSC = Fraction(30000, 1001)
DROPPING = [rate for rate in STANDARD_RATES if can_drop(rate)]


def labels(minutes: int, fps: int) -> list[str]:
    """Drop-frame labels written out one by one, as the standard words it."""
    left_out = range(fps // 15)
    return [
        f"{minute // 60:02}:{minute % 60:02}:{second:02};{frame:0{len(str(fps - 1))}}"
        for minute in range(minutes)
        for second in range(60)
        for frame in range(fps)
        if not (second == 0 and frame in left_out and minute % 10)
    ]


@pytest.mark.parametrize("rate", DROPPING, ids=float)
def test_drop_frame_counts_as_the_standard_says(rate: Fraction) -> None:
    for frame, label in enumerate(labels(21, nominal(rate))):
        assert timecode(frame, rate, True) == label
        assert frame_of(label, rate) == frame
        assert frame_of(label.replace(";", ":"), rate, drop=True) == frame


def test_an_hour_of_drop_frame_is_an_hour() -> None:
    assert frame_of("01:00:00;00", NTSC) == 107892
    assert timecode(107892, NTSC, True) == "01:00:00;00"


@given(st.sampled_from(STANDARD_RATES), st.integers(0, 99 * 3600 * 12), st.booleans())
def test_every_frame_has_one_label(rate: Fraction, frame: int, drop: bool) -> None:
    drop = drop and can_drop(rate)
    for number in (frame, -frame):
        assert frame_of(timecode(number, rate, drop), rate) == number
    assert timecode(frame, rate, drop) != timecode(frame + 1, rate, drop)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("", 25),
        ("90000", 25),
        ("01:00:00", 25),
        ("01:00:00:25", 25),
        ("01:60:00:00", 25),
        ("01:00:60:00", 25),
        ("1:0:0:0", 25),
        ("01:00:00:00:00", 25),
        ("01:00:00;00", 25),
        ("00:01:00;00", NTSC),
        ("00:01:00;01", NTSC),
        ("०१:00:00:00x", 25),
    ],
)
def test_what_is_no_label_is_refused(text: str, rate: Fraction | int) -> None:
    with pytest.raises(ShotError):
        frame_of(text, Fraction(rate))


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (23.976023976023978, Fraction(24000, 1001)),
        (29.97, NTSC),
        (29.97002997, NTSC),
        (59.94, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (24.0, Fraction(24)),
        (24.0001, Fraction(24)),
        (Fraction(19001, 317), Fraction(60000, 1001)),
        (12.5, Fraction(25, 2)),
        (48000.0, Fraction(48000)),
    ],
)
def test_a_rate_is_snapped_to_the_one_it_stands_for(
    written: float | Fraction, rate: Fraction
) -> None:
    assert snap_rate(written) == rate


@pytest.mark.parametrize("rate", STANDARD_RATES, ids=float)
def test_no_standard_rate_is_taken_for_another(rate: Fraction) -> None:
    assert snap_rate(rate) == rate
    assert snap_rate(float(rate)) == rate
