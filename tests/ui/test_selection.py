"""Clips, marks and the playhead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opticals_ui.host import EditView
from opticals_ui.timeline.model import TimelineModel
from opticals_ui.timeline.selection import Range, Selection

from .fakes import HOUR, RATE, track


@pytest.fixture
def selection() -> Selection:
    tracks = (track("V1", ("a", 100), ("", 25), ("b", 75)), track("V2", ("", 40), ("t", 30)))
    selection = Selection()
    selection.show(TimelineModel.of(EditView("x", None, RATE, False, HOUR, tracks)), keep=False)
    return selection


def test_a_clip_is_a_range(selection: Selection) -> None:
    assert selection.range is None
    selection.select("V1", HOUR + 130)
    assert selection.clip == "V1:2"
    assert selection.range == Range(("V1",), HOUR + 125, HOUR + 200)
    assert "75 frames" in selection.describe()


def test_both_marks_are_included(selection: Selection) -> None:
    selection.move_to(HOUR + 10)
    selection.set_in()
    selection.move_to(HOUR + 19)
    selection.set_out()
    assert selection.range == Range(("V1",), HOUR + 10, HOUR + 20)
    assert "01:00:00:10 – 01:00:00:19 · 10 frames" in selection.describe()


def test_one_mark_runs_to_the_end_of_the_clip(selection: Selection) -> None:
    selection.move_to(HOUR + 90)
    selection.set_in()
    assert selection.range == Range(("V1",), HOUR + 90, HOUR + 100)
    selection.clear_marks()
    selection.set_out()
    assert selection.range == Range(("V1",), HOUR, HOUR + 91)


def test_an_out_before_the_in_takes_its_place(selection: Selection) -> None:
    selection.move_to(HOUR + 50)
    selection.set_in()
    selection.move_to(HOUR + 20)
    selection.set_out()
    assert (selection.mark_in, selection.mark_out) == (None, HOUR + 20)


def test_a_clip_that_the_marks_do_not_touch_clears_them(selection: Selection) -> None:
    selection.mark("V1", HOUR + 10, HOUR + 20)
    selection.select("V1", HOUR + 130)
    assert selection.mark_in is None
    assert selection.range == Range(("V1",), HOUR + 125, HOUR + 200)


def test_marks_over_another_track_stay_when_they_touch_its_clip(selection: Selection) -> None:
    selection.mark("V1", HOUR + 50, HOUR + 60)
    selection.select("V2", HOUR + 45)
    assert selection.range == Range(("V2",), HOUR + 50, HOUR + 61)


def test_a_range_over_a_gap_can_be_marked_backwards(selection: Selection) -> None:
    selection.mark("V1", HOUR + 150, HOUR + 90)
    assert selection.range == Range(("V1",), HOUR + 90, HOUR + 151)


def test_cuts_and_clips_by_steps(selection: Selection) -> None:
    selection.go_to_cut(1)
    assert (selection.playhead, selection.clip) == (HOUR + 100, None)
    selection.go_to_cut(1)
    assert (selection.playhead, selection.clip) == (HOUR + 125, "V1:2")
    selection.go_to_cut(1)
    assert selection.playhead == HOUR + 199
    selection.go_to_cut(-1)
    assert selection.playhead == HOUR + 125
    selection.activate(1)
    assert selection.track == "V2"
    selection.activate(1)
    assert selection.track == "V2"
    selection.activate(-1)
    assert selection.track == "V1"


def test_the_playhead_stays_in_the_edit(selection: Selection) -> None:
    selection.move_to(0)
    assert selection.playhead == HOUR
    selection.step(10**6)
    assert selection.playhead == HOUR + 199


def test_a_changed_edit_keeps_what_is_still_there(selection: Selection) -> None:
    selection.select("V1", HOUR + 130)
    selection.move_to(HOUR + 150)
    shorter = EditView("x", None, RATE, False, HOUR, (track("V1", ("a", 100)),))
    selection.show(TimelineModel.of(shorter), keep=True)
    assert selection.clip is None
    assert selection.playhead == HOUR + 99
    selection.show(None, keep=False)
    assert selection.describe() == ""
    selection.set_in()
    assert selection.range is None


def test_one_mark_alone_stays_in_the_clip(selection: Selection) -> None:
    selection.select("V1", HOUR + 10)
    selection.move_to(HOUR + 110)  # on the gap behind it
    selection.set_out()
    assert selection.range == Range(("V1",), HOUR, HOUR + 100)
    selection.set_in()
    selection.mark_out = None
    assert selection.range is None


def test_the_selection_reaches_over_tracks(selection: Selection) -> None:
    selection.mark("V1", HOUR + 30, HOUR + 140)
    selection.extend(1)
    assert selection.range == Range(("V1", "V2"), HOUR + 30, HOUR + 141)
    assert [one.name for one in selection.shots] == ["a", "b", "t"]
    assert selection.describe().startswith("V1–V2 · 3 shots")
    selection.extend(1)  # there is none above
    assert selection.tracks == ("V1", "V2")
    selection.extend(-1)
    assert selection.tracks == ("V1",)
    selection.mark("V2", HOUR + 30, HOUR + 60, "V1")
    assert selection.range == Range(("V1", "V2"), HOUR + 30, HOUR + 61)
    selection.select("V2", HOUR + 45)
    assert selection.tracks == ("V2",)


def test_sound_is_not_reached_over() -> None:
    tracks = (track("V1", ("a", 100)), track("A1", ("mix", 100)))
    selection = Selection()
    selection.show(TimelineModel.of(EditView("x", None, RATE, False, HOUR, tracks)), keep=False)
    selection.mark("V1", HOUR, HOUR + 9, "A1")
    assert selection.range == Range(("V1",), HOUR, HOUR + 10)
    selection.select("A1", HOUR)
    selection.extend(1)
    assert selection.tracks == ("A1",)


def test_several_clips_are_as_many_ranges_and_one_where_they_meet(selection: Selection) -> None:
    view = EditView("x", None, RATE, False, HOUR, (track("V1", ("a", 10), ("b", 10), ("c", 10)),))
    selection.show(TimelineModel.of(view), keep=False)
    selection.mark("V1", HOUR, HOUR + 4)
    selection.pick({"V1:1", "V1:2"})
    assert (selection.mark_in, selection.mark_out) == (None, None)
    assert selection.ranges == (Range(("V1",), HOUR, HOUR + 20),)
    assert selection.range == Range(("V1",), HOUR, HOUR + 10)  # of the one
    assert [one.name for one in selection.shots] == ["a", "b"]
    selection.toggle("V1", HOUR + 5)
    assert selection.ranges == (Range(("V1",), HOUR + 10, HOUR + 20),)
    selection.select_none()
    assert (selection.range, selection.ranges, selection.shots) == (None, (), ())


def test_a_mark_is_of_one_clip_again(selection: Selection) -> None:
    selection.pick({"V1:1", "V1:2"})
    selection.move_to(HOUR + 10)
    selection.set_in()
    assert not selection.several
    assert selection.ranges == (Range(("V1",), HOUR + 10, HOUR + 100),)


def test_a_changed_edit_keeps_several_where_they_stand(selection: Selection) -> None:
    """Ids are given anew when a clip is split: what stands at the same place is meant."""
    selection.pick({"V1:1", "V1:2", "V2:1"})
    tracks = (
        track("V1", ("a", 60), ("a", 40), ("", 25), ("b", 75)),
        track("V2", ("", 40), ("t", 30)),
    )
    selection.show(TimelineModel.of(EditView("x", None, RATE, False, HOUR, tracks)), keep=True)
    assert selection.clips == {"V1:1", "V1:3", "V2:1"}
    selection.show(TimelineModel.of(EditView("y", None, RATE, False, HOUR, tracks)), keep=False)
    assert not selection.clips


lengths = st.lists(st.tuples(st.sampled_from(["clip", ""]), st.integers(1, 30)), min_size=1)


@given(lengths, lengths, st.data())
def test_ranges_hold_the_selected_clips_and_nothing_else(
    low: list[tuple[str, int]], high: list[tuple[str, int]], data: st.DataObject
) -> None:
    model = TimelineModel.of(
        EditView("x", None, RATE, False, HOUR, (track("V1", *low), track("V2", *high)))
    )
    every = {item.id for lane in model.lanes for item in lane.items if item.id}
    chosen = data.draw(st.sets(st.sampled_from(sorted(every)) if every else st.nothing()))
    selection = Selection()
    selection.show(model, keep=False)
    selection.pick(chosen)
    assert selection.clips == chosen
    assert {item.id for item in selection.shots} == chosen
    covered = [
        (track, frame)
        for found in selection.ranges
        for track in found.tracks
        for frame in range(found.start, found.end)
    ]
    assert len(covered) == len(set(covered)) == sum(item.frames for item in selection.items)
