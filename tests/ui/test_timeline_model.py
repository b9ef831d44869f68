"""Searching lanes, and how little of them is drawn."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opticals_ui.host import EditView
from opticals_ui.timeline.frame import ruler_step
from opticals_ui.timeline.model import MERGE_BELOW, Lane, TimelineModel

from .fakes import HOUR, RATE, item, track


def lane_of(lengths: list[tuple[str, int]]) -> Lane:
    return Lane.of(track("V1", *lengths))


spans = st.lists(st.tuples(st.sampled_from(["clip", ""]), st.integers(1, 50)), min_size=1)


@given(spans, st.integers(-5, 3000))
def test_the_item_at_a_frame(lengths: list[tuple[str, int]], offset: int) -> None:
    lane = lane_of(lengths)
    frame = HOUR + offset
    expected = [one for one in lane.items if one.record <= frame < one.record + one.frames]
    assert lane.at(frame) == (expected[0] if expected else None)


@given(spans, st.floats(0.05, 40))
def test_blocks_cover_every_clip_once_and_in_order(
    lengths: list[tuple[str, int]], scale: float
) -> None:
    lane = lane_of(lengths)
    blocks = list(lane.blocks(HOUR, lane.end, scale))
    for before, after in pairwise(blocks):
        assert before.end <= after.start
    for one in lane.items:
        covering = [block for block in blocks if block.start <= one.record < block.end]
        if one.kind == "clip":
            assert len(covering) == 1
        if one.frames >= MERGE_BELOW * scale and one.frames > MERGE_BELOW * scale - 1:
            assert all(block.item is one for block in covering)


def test_ten_thousand_clips_make_no_more_blocks_than_there_is_room_for() -> None:
    lane = lane_of([("clip", 20)] * 10_000)
    scale = 200_000 / 1000  # the whole edit in 1000 pixels
    assert len(list(lane.blocks(HOUR, lane.end, scale))) <= 1000 / MERGE_BELOW + 1
    near = list(lane.blocks(HOUR + 100_000, HOUR + 100_100, 0.1))
    assert [block.start for block in near] == [HOUR + 100_000 + 20 * index for index in range(5)]


def test_transitions_stand_apart_and_are_found() -> None:
    plain = track("V1", ("a", 50), ("b", 50))
    seam = item("transition", HOUR + 45, 10)
    lane = Lane.of(type(plain)("V1", "", "Video", True, (plain.items[0], seam, plain.items[1])))
    assert [one.name for one in lane.items] == ["a", "b"]
    assert lane.seams(HOUR + 50, HOUR + 60) == (seam,)
    assert lane.seams(HOUR + 60, HOUR + 90) in ((), (seam,))
    assert lane.seams(HOUR, HOUR + 40) == ()


def test_cuts_attract() -> None:
    view = EditView("x", None, RATE, False, HOUR, (track("V1", ("a", 50), ("b", 50)),))
    model = TimelineModel.of(view)
    assert model.nearest_cut(HOUR + 48) == HOUR + 50
    assert model.nearest_cut(HOUR + 10**6) == HOUR + 100
    assert model.end == HOUR + 100
    assert model.timecode(HOUR + 26) == "01:00:01:01"


def test_an_empty_edit_has_a_length() -> None:
    model = TimelineModel.of(EditView("x", None, RATE, False, HOUR, ()))
    assert model.end == HOUR + 1
    assert model.nearest_cut(HOUR + 3) == HOUR + 3


@pytest.mark.parametrize("scale", [0.01, 0.1, 1, 7, 100, 10_000])
def test_ruler_labels_never_touch(scale: float) -> None:
    step = ruler_step(24, scale, 100)
    assert step / scale >= 100
    assert step < 24 or step % 24 == 0
