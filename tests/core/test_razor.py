"""Cuts found inside clips, razored and marked: every record frame still shows what it showed."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentimelineio import schema

from opticals.errors import EditError, OpticalsError, ShotError
from opticals.timeline.edit import Edit
from opticals.timeline.marks import marks
from opticals.timeline.razor import Found, mark, razor, turns
from opticals.timeline.retimes import set_speed
from opticals.timeline.shot import Shot
from tests.core.edits import clip, dissolve, gap, render_of, span, timeline, timelines

_FOLDER = Path(tempfile.mkdtemp(prefix="opticals-razor-"))
MEDIA = [_FOLDER / name for name in ("a.mov", "b.mov")]
for _medium in MEDIA:
    _medium.write_bytes(b"stands for a medium; nothing here opens it")
A, B = MEDIA

SPEEDS = ["1", "2", "1/2", "-1", "-3/2", "24/25", "7/10"]


def edit_of(*items: Any, rate: float = 25.0) -> Edit:
    return Edit(timeline(("Video", list(items)), rate=rate), _FOLDER / "cut.otio")


def retimed(speed: str, first: int = 200, frames: int = 40) -> schema.Clip:
    made = clip("one", A, first, frames)
    if Fraction(speed) != 1:
        set_speed(made, Fraction(speed))
    return made


def pictures(edit: Edit) -> dict[tuple[str, int], tuple[str, int]]:
    """Medium and its frame at every record frame of every video track."""
    found = {}
    for lane, slot in edit.clips():
        shot = edit.taker()(lane, slot)
        for record in range(shot.record, shot.record_end):
            found[lane.id.rpartition("/")[2], record] = (shot.media, shot.time.source(record))
    return found


def text(edit: Edit) -> str:
    return str(edit.timeline.to_json_string())


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_razor_falls_where_the_new_shot_begins(speed: str) -> None:
    edit = edit_of(gap(10), retimed(speed), clip("next", B, 5, 20))
    before, shot = pictures(edit), edit.shot("V1:1")
    cut = shot.first + shot.frames // 3
    was = text(edit)
    done = razor(edit, [(shot, [Found(cut)])])
    assert pictures(edit) == before
    first, second = edit.shot("V1:1"), edit.shot("V1:2")
    assert first.record_end == second.record
    shown = [
        {one.time.source(record) >= cut for record in range(one.record, one.record_end)}
        for one in (first, second)
    ]
    assert shown == ([{False}, {True}] if Fraction(speed) > 0 else [{True}, {False}])
    assert edit.shot("V1:3").name == "next"
    done.undo()
    assert text(edit) == was
    done.redo()
    assert len(edit.clips()) == 3


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_marker_stands_where_the_new_shot_begins(speed: str) -> None:
    edit = edit_of(gap(10), retimed(speed))
    shot, was = edit.shot("V1:1"), text(edit)
    found = [Found(shot.first + 7), Found(shot.first + 14, "Dissolve", shot.first + 11, 6)]
    wanted = turns(shot, found)
    done = mark(edit, [(shot, found)])
    set_marks = sorted(marks(edit), key=lambda one: one.record or 0)
    order = ["Cut", "Dissolve"] if Fraction(speed) > 0 else ["Dissolve", "Cut"]
    assert [one.name for one in set_marks] == order
    assert [one.record for one in set_marks] == [one.start for one in wanted]
    (fade,) = [one for one in set_marks if one.name == "Dissolve"]
    (turn,) = [one for one in wanted if one.found.name == "Dissolve"]
    assert fade.spans[0].frames == (turn.start, turn.end)
    done.undo()
    assert text(edit) == was


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(edit=timelines(MEDIA), data=st.data())
def test_any_edit_shows_the_same_frames_afterwards(edit: schema.Timeline, data: Any) -> None:
    opened = Edit(edit, _FOLDER / "cut.otio")
    before, was = pictures(opened), text(opened)
    shots: list[Shot] = []
    for lane, slot in opened.clips():
        try:
            shots.append(opened.taker()(lane, slot))
        except OpticalsError:
            continue
    found = [
        (
            one,
            [
                Found(frame)
                for frame in data.draw(
                    st.lists(st.integers(one.first - 2, one.first + one.frames + 2), max_size=3)
                )
            ],
        )
        for one in shots
    ]
    done = razor(opened, found)
    assert pictures(opened) == before
    done.undo()
    assert text(opened) == was


def test_a_clip_inside_a_compound() -> None:
    inner = schema.Track("inner", kind="Video")
    inner.extend([clip("in", A, 100, 30)])
    compound = schema.Stack("compound", source_range=span(0, 30))
    compound.append(inner)
    edit = edit_of(clip("first", B, 0, 10), compound)
    before = pictures(edit)
    (lane, slot) = next(one for one in edit.clips() if one[1].item.name == "in")
    shot = edit.taker()(lane, slot)
    razor(edit, [(shot, [Found(110)])])
    assert pictures(edit) == before
    assert [one[1].item.name for one in edit.clips()] == ["first", "in", "in"]


def test_a_transition_is_left_whole_and_said() -> None:
    edit = edit_of(clip("one", A, 100, 40), dissolve(6, 4), clip("two", B, 300, 40))
    shots = [edit.shot("V1:1"), edit.shot("V1:2")]
    found = [[Found(120), Found(137)], [Found(302), Found(310)]]
    done = razor(edit, list(zip(shots, found, strict=True)))
    kinds = [type(one).__name__ for one in edit.timeline.tracks[0]]
    assert kinds == ["Clip", "Clip", "Transition", "Clip", "Clip"]
    assert len(done.messages) == 2
    assert "V1:1" in done.messages[0]
    assert "V1:2" in done.messages[1]


def test_a_placed_render_is_refused_and_nothing_changes() -> None:
    edit = edit_of(clip("one", A, 100, 40), clip("two", B, 300, 40))
    edit.place(render_of(edit.shot("V1:1")))
    was = text(edit)
    with pytest.raises(ShotError, match="holds a render"):
        razor(edit, [(edit.shot("V1:1"), [Found(110)]), (edit.shot("V1:2"), [Found(310)])])
    assert text(edit) == was


def test_an_edit_that_changed_meanwhile_is_refused() -> None:
    edit = edit_of(clip("one", A, 100, 40))
    shot = edit.shot("V1:1")
    edit.timeline.tracks[0][0].source_range = span(90000 + 90, 40)
    with pytest.raises((ShotError, EditError), match="changed"):
        razor(edit, [(shot, [Found(110)])])


def test_a_frozen_frame_and_cuts_outside_turn_nowhere() -> None:
    edit = edit_of(clip("one", A, 100, 40))
    shot = edit.shot("V1:1")
    assert turns(shot, [Found(100), Found(140), Found(99)]) == []
    assert [one.record for one in turns(shot, [Found(101), Found(139)])] == [90001, 90039]
    narrow = shot.record_range(90010, 90020)
    assert [one.found.frame for one in turns(narrow, [Found(105), Found(115), Found(125)])] == [115]
