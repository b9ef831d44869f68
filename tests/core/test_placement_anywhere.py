"""Renders placed in retimed, mixed-rate, nested and trimmed clips: every frame stays."""

from __future__ import annotations

import random
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.errors import EditError
from opticals.recipe import Recipe, step
from opticals.timeline.account import account
from opticals.timeline.edit import Edit
from opticals.timeline.timecode import snap_rate
from tests.core.edits import clip, marker, render_of, span, timeline
from tests.core.test_timemap import Maker, Shown, counted, exact

Pictures = dict[int, set[Shown]]


def absolute(timeline: schema.Timeline, rate: Fraction) -> Pictures:
    """For each record frame the clips and the timecode of the frame that they show, of whatever
    medium is active: a render has its source's."""
    # Each piece counts from its own active medium, so that each gets a name of its own.
    copy = timeline.deepcopy()
    begins: dict[str, tuple[str, int]] = {}
    for number, one in enumerate(copy.find_clips()):
        available = one.media_reference.available_range
        own = exact(available.start_time, exact_rate(available))
        begins[f"{number}"] = (one.name, int(own))
        one.name = f"{number}"
    pictures: Pictures = defaultdict(set)
    for name, frames in counted(copy, rate).items():
        clip_name, begin = begins[name]
        for record, sources in frames.items():
            pictures[record] |= {(clip_name, begin + source) for source in sources}
    return pictures


def exact_rate(timed: TimeRange) -> Fraction:
    return snap_rate(timed.duration.rate)


@pytest.mark.parametrize("block", range(4))
def test_a_render_shows_each_frame_where_its_original_was(block: int, tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    placed = 0
    for number in range(150):
        chance = random.Random(block * 1000 + number)
        made = Maker(chance, medium).edit()
        edit = Edit(made)
        clips = edit.clips()
        if not clips:
            continue
        shot = edit.shot(str(chance.choice(clips)[1].id))
        if chance.random() < 0.6:
            first = chance.randint(shot.clip_record, shot.clip_end - 1)
            shot = shot.record_range(first, chance.randint(first + 1, shot.clip_end))
        before, text = absolute(made, edit.rate), made.to_json_string()
        where = f"edit {block * 1000 + number}, {shot.id}"
        placement = edit.place(render_of(shot, handles=chance.choice((0, 12))))
        placed += 1
        assert absolute(made, edit.rate) == before, where
        again = edit.shot(placement.id)
        assert (again.first, again.frames) == (shot.first, shot.frames), where
        # A retimed compound shows one frame of its inside at several record frames.
        assert again.record <= shot.record, where
        assert again.record_end >= shot.record_end, where
        edit.restore(placement.id)
        assert absolute(made, edit.rate) == before, where
        assert made.to_json_string() == text, where
    assert placed > 100


def test_slow_motion_on_a_slowed_clip_gives_the_frames_between(tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    made = timeline(("Video", [clip("one", medium, 100, 40), clip("two", medium, 300, 20)]))
    made.tracks[0][0].effects.append(schema.LinearTimeWarp(time_scalar=0.5))
    edit = Edit(made)
    shot = edit.shot("V1:1")
    assert (shot.first, shot.frames, shot.record_frames) == (100, 20, 40)
    render = render_of(shot, 2)
    text = made.to_json_string()
    edit.place(render)
    one = made.tracks[0][0]
    assert not one.effects
    assert one.source_range == span(render.start + render.head, 40)
    assert edit.find("V1:2")[1].start == 90040
    edit.restore("V1:1")
    assert made.to_json_string() == text


def test_a_retimed_clip_does_not_ripple(tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    made = timeline(("Video", [clip("one", medium, 100, 40)]))
    made.tracks[0][0].effects.append(schema.LinearTimeWarp(time_scalar=-1.0))
    edit = Edit(made)
    with pytest.raises(EditError, match="keeps its timing"):
        edit.place(render_of(edit.shot("V1:1"), 2), time="ripple")


@pytest.mark.parametrize("scalar", [0.5, 2.0, -1.0, 0.0, 1.37])
@pytest.mark.parametrize("nested", [False, True])
def test_an_overlay_shows_what_lies_below_it(scalar: float, nested: bool, tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    one = clip("one", medium, 100, 40)
    effect = schema.LinearTimeWarp(time_scalar=scalar)
    one.effects.append(schema.FreezeFrame() if scalar == 0 else effect)
    item = one
    if nested:
        inside = schema.Track(kind="Video", children=[one])
        item = schema.Stack(children=[inside], source_range=span(5, 30))
    made = timeline(("Video", [clip("zero", medium, 0, 7), item]))
    edit = Edit(made)
    shot = edit.shot("V1:2/V1:1" if nested else "V1:2").record_range(90010, 90030)
    before = absolute(made, edit.rate)
    placement = edit.place(render_of(shot), how="overlay")
    assert placement.id == "V2:1"
    shows = absolute(made, edit.rate)
    assert shows.keys() == before.keys()
    for record, found in shows.items():
        # The overlay has the name and the timecode of what lies below: nothing new shows.
        assert found == before[record]
    assert edit.find("V2:1")[0].record(edit.find("V2:1")[1]) == (90010, 90030)


@pytest.mark.parametrize("scalar", [-1.0, 2.0, -0.5, 1.0])
def test_markers_stay_on_their_pictures_in_a_baked_render(scalar: float, tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    one = clip("one", medium, 100, 40)
    one.effects.append(schema.LinearTimeWarp(time_scalar=scalar))
    one.markers.extend([marker("long", 90110, 4), marker("point", 90108, 0)])
    made = timeline(("Video", [one]))
    edit = Edit(made)

    def marked() -> set[tuple[str, int]]:
        """The record frames that a marker covers, by its name."""
        (track,) = account(edit).tracks
        return {
            (mark.name, frame)
            for item in track.clips
            for mark in item.markers
            for frame in range(round(mark.record), round(mark.record + max(mark.frames, 1)))
        }

    before, text = marked(), made.to_json_string()
    shot = edit.shot("V1:1")
    record = {"frames": 40, "head": 0, "selected": 40, "start": 90000, "baked": True}
    placed = edit.place(render_of(shot, **record))
    assert marked() == before
    edit.timeline.tracks[0][0].metadata["studio"] = "changed since"
    edit.restore(placed.id)
    assert marked() == before
    del edit.timeline.tracks[0][0].metadata["studio"]
    assert made.to_json_string() == text


def test_a_baked_render_that_is_longer_ripples_or_says_what_drops_out(tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    made = timeline(
        ("Video", [clip("one", medium, 100, 48, 24.0), clip("two", medium, 0, 20)]), rate=25.0
    )
    edit = Edit(made)
    shot = edit.shot("V1:1")
    assert (shot.rate, shot.record_frames, shot.frames) == (24, 50, 48)
    record = {"frames": 100, "head": 0, "selected": 100, "start": 90000, "baked": True}
    slowed = Recipe((step("slow_motion", factor=2),))
    render = render_of(shot, recipe=slowed, rate=edit.rate, **record)
    fitted = edit.place(render)
    assert any("drop out" in text for text in fitted.messages)
    assert edit.shot("V1:2").record == 90050
    fitted.undo()
    rippled = edit.place(render, time="ripple")
    assert not any("drop out" in text for text in rippled.messages)
    assert edit.find("V1:2")[1].start == 90100


def test_a_baked_render_takes_the_place_of_the_retime(tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    made = timeline(("Video", [clip("one", medium, 100, 40), clip("two", medium, 300, 20)]))
    made.tracks[0][0].effects.extend([schema.Effect("glow"), schema.LinearTimeWarp("w", 0.5)])
    edit = Edit(made)
    shot = edit.shot("V1:1").record_range(90010, 90030)
    text = made.to_json_string()
    record = {"frames": 44, "head": 12, "selected": 20, "start": 90010 - 12, "baked": True}
    placement = edit.place(render_of(shot, **record))
    piece = edit.find(placement.id)[1].item
    assert [one.name for one in piece.effects] == ["glow"]
    assert piece.source_range == span(90010, 20)
    assert piece.media_reference.available_range.start_time == RationalTime(90010 - 12, 25)
    edit.restore(placement.id)
    assert made.to_json_string() == text
