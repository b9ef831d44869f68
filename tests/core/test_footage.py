"""Which frames of which media clips show: counted out one by one, and read from real films."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentimelineio import schema

from opticals.errors import MediaOffline
from opticals.media.read.probe import probe
from opticals.timeline.edit import Edit
from tests.core.edits import clip, dissolve, gap, render_of, span, timeline
from tests.core.films import numbered


def edit_of(made: schema.Timeline, folder: Path) -> Edit:
    return Edit(made, folder / "cut.otio", probe)


def shown(edit: Edit, id: str) -> list[int]:
    """The frames of its medium that a clip shows, from its first record frame to its last."""
    footage = edit.footage([id])[id].shown
    assert footage.time is not None, footage.error
    first, frames = footage.time.record, footage.time.frames
    return [footage.frame(record) for record in range(first, first + frames)]


def warped(made: schema.Clip, speed: float) -> schema.Clip:
    made.effects.append(schema.LinearTimeWarp(time_scalar=speed))
    return made


def test_trims_gaps_and_dissolves(tmp_path: Path) -> None:
    items = [clip("a", "a.mov", 10, 20), gap(5), clip("b", "b.mov", 3, 7), dissolve(2, 2)]
    edit = edit_of(timeline(("Video", [*items, clip("c", "c.mov", 50, 9)])), tmp_path)
    assert shown(edit, "V1:1") == list(range(10, 30))
    assert shown(edit, "V1:2") == list(range(3, 10))
    assert shown(edit, "V1:3") == list(range(50, 59))
    third = edit.footage(["V1:3"])["V1:3"].shown
    assert third.time is not None
    assert third.time.record == edit.start + 32
    assert third.path == tmp_path / "c.mov"
    assert isinstance(third.error, MediaOffline)  # where it stands is known all the same


@given(
    first=st.integers(100, 400),
    frames=st.integers(1, 60),
    speed=st.sampled_from([-3, -2, -1.5, -1, -0.5, 0.25, 0.5, 1, 1.3, 2, 4]),
    before=st.integers(0, 30),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_speeds(tmp_path: Path, first: int, frames: int, speed: float, before: int) -> None:
    items = [gap(before)] if before else []
    made = warped(clip("a", "a.mov", first, frames), speed)
    edit = edit_of(timeline(("Video", [*items, made])), tmp_path)
    exact = Fraction(speed).limit_denominator(1000)
    if exact > 0:
        wanted = [math.floor(first + exact * one) for one in range(frames)]
    else:  # what it would show forwards, in the other order
        wanted = [math.floor(first - exact * one) for one in reversed(range(frames))]
    assert shown(edit, "V1:1") == wanted


def test_a_freeze_frame(tmp_path: Path) -> None:
    made = clip("a", "a.mov", 40, 10)
    made.effects.append(schema.FreezeFrame())
    assert shown(edit_of(timeline(("Video", [made])), tmp_path), "V1:1") == [40] * 10


@pytest.mark.parametrize("speed", [1, 2, -1])
def test_inside_a_compound(tmp_path: Path, speed: int) -> None:
    inner = schema.Track("inner", kind="Video")
    inner.extend([clip("a", "a.mov", 10, 20), clip("b", "b.mov", 60, 20)])
    stack = schema.Stack("compound", [inner], source_range=span(5, 20))
    if speed != 1:
        stack.effects.append(schema.LinearTimeWarp(time_scalar=speed))
    edit = edit_of(timeline(("Video", [gap(3), stack])), tmp_path)
    flat = [("V1:1/V1:1", one) for one in range(10, 30)]
    flat += [("V1:1/V1:2", one) for one in range(60, 80)]
    steps = range(20) if speed > 0 else reversed(range(20))
    wanted = [flat[min(5 + abs(speed) * one, 39)] for one in steps]
    found = edit.footage(["V1:1/V1:1", "V1:1/V1:2"])
    for index, (id, frame) in enumerate(wanted):
        footage = found[id].shown
        if 5 + abs(speed) * 19 < 40:
            assert footage.time is not None
            assert footage.frame(edit.start + 3 + index) == frame, index


@pytest.mark.parametrize(("speed", "factor"), [(1, 1), (1, 2), (0.5, 1), (0.5, 2), (-1, 1), (2, 1)])
@pytest.mark.parametrize("moved", [0, 11])
def test_placed_renders(tmp_path: Path, speed: float, factor: int, moved: int) -> None:
    """Of a render as it was placed, and where its clip stands somewhere else since."""
    made = clip("a", "a.mov", 200, 40)
    edit = edit_of(timeline(("Video", [warped(made, speed) if speed != 1 else made])), tmp_path)
    below = edit.footage(["V1:1"])["V1:1"].shown
    assert below.time is not None
    shot = edit_shot(edit)
    edit.place(render_of(shot, factor=factor))
    if moved:
        edit.timeline.tracks[0].insert(0, gap(moved))
    found = edit.footage(["V1:1"])["V1:1"]
    assert found.version == "V1-1_x_v001"
    assert found.original is not None
    assert found.original.time is not None
    render = found.shown
    assert render.time is not None
    version = next(iter(held(edit).values()))
    for index in range(40):
        record = edit.start + moved + index
        assert found.original.frame(record) == below.frame(edit.start + index)
        assert render.frame(record) == version.frame(index), index


def held(edit: Edit) -> dict:
    from opticals.timeline import piece

    return piece.versions(edit.find("V1:1")[1].item)


def edit_shot(edit: Edit):
    from opticals.timeline import reading

    lane, slot = edit.find("V1:1")
    return reading.take(lane, slot, edit.counting, offline=True)


def test_an_overlay_lies_above_what_it_was_made_from(tmp_path: Path) -> None:
    edit = edit_of(timeline(("Video", [clip("a", "a.mov", 200, 40)])), tmp_path)
    edit.place(render_of(edit_shot(edit)), "overlay")
    found = edit.footage(["V1:1", "V2:1"])
    assert found["V1:1"].version == ""
    assert found["V2:1"].version == "V1-1_x_v001"
    assert found["V2:1"].original is None
    assert [found["V2:1"].shown.frame(edit.start + one) for one in (0, 39)] == [12, 51]


def test_sound(tmp_path: Path) -> None:
    made = clip("mix", "mix.wav", 50, 100)
    samples = schema.Clip(
        "samples",
        schema.ExternalReference("take.wav", span(48_000 * 3600, 480_000, 48_000)),
        span(48_000 * 3600 + 24_000, 96_000, 48_000),
    )
    edit = edit_of(
        timeline(("Video", [clip("v", "v.mov", 0, 150)]), ("Audio", [made, gap(3), samples])),
        tmp_path,
    )
    found = edit.footage(["A1:1", "A1:2"])
    assert found["A1:1"].shown.seconds(edit.start + 10) == Fraction(60, 25)
    assert found["A1:2"].shown.seconds(edit.start + 103) == Fraction(1, 2)
    assert found["A1:2"].shown.seconds(edit.start + 113) == Fraction(1, 2) + Fraction(10, 25)


def test_what_cannot_be_followed_says_why(tmp_path: Path) -> None:
    odd = clip("odd", "odd.mov", 0, 10)
    odd.effects.append(schema.TimeEffect(name="curve"))
    bars = schema.Clip("bars", schema.GeneratorReference(generator_kind="SMPTEBars"), span(0, 10))
    none = schema.Clip("none", schema.MissingReference(), span(0, 10))
    edit = edit_of(timeline(("Video", [odd, bars, none])), tmp_path)
    found = edit.footage(["V1:1", "V1:2", "V1:3", "V1:9", "V7:1"])
    assert set(found) == {"V1:1", "V1:2", "V1:3"}
    assert all(one.shown.error is not None for one in found.values())
    assert "generator" in found["V1:2"].shown.error.what


def test_a_medium_of_which_the_edit_says_nothing_is_looked_into(tmp_path: Path) -> None:
    film = numbered(tmp_path / "a.mov", 30)
    made = schema.Clip("a", schema.ExternalReference(str(film)), span(7, 10))
    footage = edit_of(timeline(("Video", [made])), tmp_path).footage(["V1:1"])["V1:1"].shown
    assert footage.error is None
    assert [footage.frame(90000 + one) for one in (0, 9)] == [7, 16]
