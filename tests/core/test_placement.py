"""Placing renders and going back: every record position, every other item, exactly."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from opentimelineio import schema

from opticals.errors import EditError, ShotError
from opticals.recipe import Recipe, step
from opticals.rendering.reverify import reverify
from opticals.timeline import piece
from opticals.timeline.compare import compare
from opticals.timeline.edit import Edit
from opticals.timeline.retimes import set_speed, speed_of, time_effects
from tests.core.edits import (
    clip,
    dissolve,
    gap,
    marker,
    marks,
    render_of,
    shows,
    span,
    timeline,
    timelines,
)

_FOLDER = Path(tempfile.mkdtemp(prefix="opticals-edits-"))
MEDIA = [_FOLDER / name for name in ("a.mov", "b 100%#.mov", "ç.mov")]
for _medium in MEDIA:
    _medium.write_bytes(b"stands for a medium; nothing here opens it")
A, B, _ = MEDIA

slow = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def text(edit: Edit) -> str:
    return edit.timeline.to_json_string()


@st.composite
def selections(draw: st.DrawFn) -> tuple[Edit, str, int, int]:
    """An edit, a clip of a video track of it, and a range of that clip."""
    edit = Edit(draw(timelines(MEDIA)), _FOLDER / "cut.otio")
    clips = [
        item
        for track in edit.tracks()
        if track.id.startswith("V")
        for item in track.items
        if item.id
    ]
    item = draw(st.sampled_from(clips))
    first = draw(st.integers(0, item.frames - 1))
    last = draw(st.integers(first, item.frames - 1))
    assert item.id is not None
    return edit, item.id, item.record + first, item.record + last + 1


@slow
@given(
    selections(),
    st.sampled_from(("version", "overlay")),
    st.sampled_from(("fit", "ripple")),
    st.integers(1, 3),
)
def test_every_record_position_shows_the_right_frame_and_restore_is_exact(
    selection: tuple[Edit, str, int, int], how: str, time: str, factor: int
) -> None:
    edit, id, start, end = selection
    before, pictures, marked = text(edit), shows(edit.timeline), marks(edit.timeline)
    shot = edit.shot(id).record_range(start, end)
    render = render_of(shot, factor)
    try:
        placed = edit.place(render, how, time)
    except EditError:
        assert text(edit) == before  # a dissolve lies across the point where room must open
        assert time == "ripple"
        assert factor > 1
        return

    longer = shot.frames * (factor - 1) if time == "ripple" else 0
    track = int(id[1 : id.index(":")]) - 1
    expected = _expected(pictures, shot.record - edit.start, shot.frames, longer)
    range_shown = [
        (str(render.path), render.start + render.head + n) for n in range(shot.frames + longer)
    ]
    head = shot.record - edit.start
    if how == "version":
        own = pictures[track]
        expected[track] = own[:head] + range_shown + own[head + shot.frames :]
    else:
        above = sum(1 for one in edit.tracks() if one.id.startswith("V")) - 1
        expected.insert(above, [None] * head + range_shown)
    assert shows(edit.timeline) == expected
    if how == "version":
        assert marks(edit.timeline) == _moved(marked, head + shot.frames, longer)
    assert edit.find(placed.id)[1].item.active_media_reference_key == render.name

    after = text(edit)
    placed.undo()
    assert text(edit) == before
    placed.redo()
    assert text(edit) == after

    saved = Edit(schema.Timeline.from_json_string(after), edit.path)
    for one in (edit, saved):
        restored = one.restore(placed.id)
        assert text(one) == before, compare(schema.Timeline.from_json_string(before), one.timeline)
    restored.undo()
    assert text(saved) == after


def _expected(pictures: list, head: int, frames: int, longer: int) -> list:
    """Every track with room after the range, where it goes on that far."""
    point = head + frames
    return [
        track[:point] + [None] * longer + track[point:] if len(track) > point else list(track)
        for track in pictures
    ]


def _moved(marked: list, point: int, longer: int) -> list:
    return [
        (name, start + longer, frames)
        if start >= point
        else (name, start, frames + longer if start + frames > point else frames)
        for name, start, frames in marked
    ]


@slow
@given(st.data())
def test_many_placements_restored_in_any_order_show_what_was_there(data: st.DataObject) -> None:
    edit, *_ = data.draw(selections())
    before = shows(edit.timeline)
    names = []
    for number in range(data.draw(st.integers(2, 4))):
        plain = [
            item
            for track in edit.tracks()
            if track.id.startswith("V")
            for item in track.items
            if item.id and not item.versions
        ]
        assume(plain)
        item = data.draw(st.sampled_from(plain))
        first = data.draw(st.integers(0, item.frames - 1))
        shot = edit.shot(item.id).record_range(item.record + first, item.record + item.frames)
        name = f"r{number}"
        try:
            edit.place(
                render_of(shot, 2, name=name),
                "version",
                data.draw(st.sampled_from(("fit", "ripple"))),
            )
        except EditError:
            continue
        names.append(name)
    for name in data.draw(st.permutations(names)):
        (id,) = (item.id for track in edit.tracks() for item in track.items if item.version == name)
        edit.restore(id)
    assert shows(edit.timeline) == before


def three_clips() -> Edit:
    made = timeline(
        ("Video", [clip("one", A, 10, 50), clip("two", B, 100, 60), clip("three", A, 300, 40)]),
        ("Video", [gap(30), clip("title", B, 0, 100)]),
        ("Audio", [clip("sound", A, 10, 150)]),
    )
    return Edit(made, _FOLDER / "cut.otio")


def test_a_version_keeps_the_original_under_its_key_and_its_recipe_with_it() -> None:
    edit = three_clips()
    shot = edit.shot("V1:2").range("01:00:02:10", "01:00:02:19")
    placed = edit.place(render_of(shot, name="V1-2_x_v001"))
    assert placed.id == "V1:3"
    items = edit.tracks()[0].items
    assert [(one.name, one.frames) for one in items] == [
        ("one", 50),
        ("two", 10),
        ("two", 10),
        ("two", 40),
        ("three", 40),
    ]
    made = edit.find("V1:3")[1].item
    assert sorted(made.media_references()) == ["DEFAULT_MEDIA", "V1-2_x_v001"]
    assert made.media_reference.name == "V1-2_x_v001"
    assert made.media_reference.available_range == span(90000 + 110 - 12, 34)
    assert made.source_range == span(90000 + 110, 10)
    record = made.metadata["opticals"]["versions"]["000"]["render"]["recipe"]
    assert record["steps"][0]["effect"] == "copy"
    names = [(one.name, one.active) for one in edit.versions("V1:3")]
    assert names == [("original", False), ("V1-2_x_v001", True)]


def test_a_placed_piece_is_taken_from_its_original_and_only_whole() -> None:
    edit = three_clips()
    shot = edit.shot("V1:2").range("01:00:02:10", "01:00:02:19")
    edit.place(render_of(shot))
    again = edit.shot("V1:3")
    assert (again.media, again.first, again.frames) == (shot.media, shot.first, shot.frames)
    assert again.placed
    with pytest.raises(ShotError, match="part of a placed render"):
        again.range("01:00:02:11", "01:00:02:12")
    with pytest.raises(ShotError, match="part of a placed render"):
        edit.shots("V1", "01:00:02:00", "01:00:02:12")
    assert [one.id for one in edit.shots("V1", "01:00:02:00", "01:00:02:19")] == ["V1:2", "V1:3"]


def test_shots_taken_before_other_placements_still_find_their_place() -> None:
    edit = three_clips()
    first = edit.shot("V1:1").range("01:00:00:10", "01:00:00:19")
    second = edit.shot("V1:2")
    third = edit.shot("V1:3")
    edit.place(render_of(first, 2, name="first"), time="ripple")
    assert edit.place(render_of(second, name="second")).id == "V1:4"
    assert edit.place(render_of(third, name="third")).id == "V1:5"
    versions = [one.version for one in edit.tracks()[0].items]
    assert versions == [None, "first", None, "second", "third"]


def test_switching_between_versions_of_different_length_and_back() -> None:
    edit = three_clips()
    before = text(edit)
    shot = edit.shot("V1:2")
    edit.place(render_of(shot, name="same"))
    with_one = shows(edit.timeline)
    edit.place(render_of(edit.shot("V1:2"), 2, name="slow"), time="ripple")
    with_two = text(edit)
    assert len(edit.tracks()[0].items) == 3
    assert sum(one.frames for one in edit.tracks()[0].items) == 210
    edit.place(render_of(edit.shot("V1:2"), 3, name="slower"), time="ripple")
    with_three = text(edit)
    switched = edit.switch("V1:2", "slow")  # closes one room and opens another on each track
    assert shows(edit.timeline) == shows(schema.Timeline.from_json_string(with_two))
    switched_text = text(edit)
    switched.undo()
    assert text(edit) == with_three
    switched.redo()
    assert text(edit) == switched_text
    edit.switch("V1:2", "same")
    assert shows(edit.timeline) == with_one
    edit.switch("V1:2", "original")
    assert shows(edit.timeline) == shows(schema.Timeline.from_json_string(before))
    back = edit.switch("V1:2", "slow")
    assert shows(edit.timeline) == shows(schema.Timeline.from_json_string(with_two))
    back.undo()
    edit.restore("V1:2")
    assert text(edit) == before


def test_a_final_takes_the_place_of_its_draft() -> None:
    for how, time in (("version", "ripple"), ("overlay", "fit")):
        edit = three_clips()
        before = text(edit)
        shot = edit.shot("V1:2").range("01:00:02:10", "01:00:02:19")
        edit.place(render_of(shot, 2, name="temp", draft=True), how, time)
        shown = shows(edit.timeline)
        placed = edit.place(render_of(shot, 2, name="final"))
        named = [
            [p and (p[0].replace("final", "temp"), p[1]) for p in t] for t in shows(edit.timeline)
        ]
        assert named == shown
        assert [one.name for one in edit.versions(placed.id) if one.active] == ["final"]
        assert all(one.name != "temp" for one in edit.versions(placed.id))
        edit.restore(placed.id)
        assert text(edit) == before


def test_a_draft_of_another_recipe_is_not_replaced() -> None:
    edit = three_clips()
    shot = edit.shot("V1:2")
    edit.place(render_of(shot, name="temp", draft=True))
    edit.place(render_of(shot, name="other", recipe=Recipe((step("copy"), step("copy")))))
    assert [one.name for one in edit.versions("V1:2")] == ["original", "temp", "other"]


def test_fit_says_which_source_frames_drop_out() -> None:
    edit = three_clips()
    shot = edit.shot("V1:2").range("01:00:02:00", "01:00:02:23")
    placed = edit.place(render_of(shot, 2))
    assert placed.messages == ("V1:2: source frames 01:00:04:12 to 01:00:04:23 drop out.",)


def test_a_render_without_the_handles_of_its_transition_is_refused() -> None:
    items = [clip("one", A, 100, 50), dissolve(6, 8), clip("two", B, 100, 60)]
    edit = Edit(timeline(("Video", items)), _FOLDER / "cut.otio")
    before = text(edit)
    with pytest.raises(EditError, match="too short for the transition"):
        edit.place(render_of(edit.shot("V1:2"), handles=5))
    with pytest.raises(EditError, match="too short for the transition"):
        edit.place(render_of(edit.shot("V1:1"), handles=7))
    assert text(edit) == before
    edit.place(render_of(edit.shot("V1:2"), handles=6))
    edit.place(render_of(edit.shot("V1:1"), handles=8))


def test_an_overlay_says_what_it_does_not_carry() -> None:
    edit = three_clips()
    below = edit.find("V1:2")[1].item
    below.effects.append(schema.Effect("Film Look"))
    below.metadata["Resolve_OTIO"] = {}
    below.enabled = False
    placed = edit.place(render_of(edit.shot("V1:2")), "overlay")
    (message,) = (one for one in placed.messages if "also covers" not in one)
    for words in ("Film Look", "opacity", "disabled"):
        assert words in message


def test_a_ripple_that_would_cut_a_transition_names_it_and_changes_nothing() -> None:
    edit = Edit(
        timeline(
            ("Video", [clip("one", A, 100, 50)]),
            ("Video", [clip("x", A, 100, 48), dissolve(5, 5), clip("y", B, 100, 60)]),
        ),
        _FOLDER / "cut.otio",
    )
    before = text(edit)
    with pytest.raises(EditError, match="“dissolve” on V2"):
        edit.place(render_of(edit.shot("V1:1"), 2), time="ripple")
    assert text(edit) == before


def test_a_ripple_moves_and_lengthens_markers_and_says_so() -> None:
    edit = three_clips()
    edit.timeline.tracks.markers.extend([marker("late", 60), marker("long", 40, 30)])
    edit.timeline.tracks[2].markers.append(marker("early", 49))
    placed = edit.place(render_of(edit.shot("V1:1"), 2), time="ripple")
    assert marks(edit.timeline) == [("late", 110, 1), ("long", 40, 80), ("early", 49, 1)]
    assert any("“late”" in one and "“long”" in one for one in placed.messages)


def test_clip_markers_stay_on_their_picture() -> None:
    edit = three_clips()
    edit.find("V1:2")[1].item.markers.append(marker("kiss", 90000 + 115, 2))
    shot = edit.shot("V1:2").range("01:00:02:10", "01:00:02:19")
    render = render_of(shot, 2, start=0)
    placed = edit.place(render, time="ripple")
    clips = [edit.find(f"V1:{n}")[1].item for n in (2, 3, 4)]
    assert [len(one.markers) for one in clips] == [0, 1, 0]
    assert clips[1].markers[0].marked_range == span(12 + 10, 4)
    edit.restore(placed.id)
    assert edit.find("V1:2")[1].item.markers[0].marked_range == span(90115, 2)


def test_what_others_changed_on_a_placed_clip_survives_going_back() -> None:
    edit = three_clips()
    shot = edit.shot("V1:2").range("01:00:02:10", "01:00:02:19")
    placed = edit.place(render_of(shot))
    edit.find(placed.id)[1].item.effects.append(schema.Effect("Grade"))
    restored = edit.restore(placed.id)
    assert any("stays cut" in one for one in restored.messages)
    clip_now = edit.find(restored.id)[1].item
    assert [one.name for one in clip_now.effects] == ["Grade"]
    assert "opticals" not in clip_now.metadata
    assert shows(edit.timeline) == shows(three_clips().timeline)


def test_a_placed_clip_trimmed_since_is_not_guessed_at() -> None:
    edit = three_clips()
    placed = edit.place(render_of(edit.shot("V1:2")))
    edit.find(placed.id)[1].item.source_range = span(90103, 50)
    before = text(edit)
    for act in (edit.restore, edit.shot, lambda id: edit.switch(id, "original")):
        with pytest.raises(EditError, match="trimmed or slipped"):
            act(placed.id)
    assert text(edit) == before


def test_closing_a_ripple_that_would_slip_a_track_is_refused() -> None:
    edit = three_clips()
    placed = edit.place(render_of(edit.shot("V1:1"), 2), time="ripple")
    sound = edit.timeline.tracks[2]
    del sound[1]  # somebody takes the room out of the sound by hand
    before = text(edit)
    with pytest.raises(EditError, match="A1 does not hold the room"):
        edit.restore(placed.id)
    assert text(edit) == before


def test_an_edit_that_changed_since_the_shot_was_taken_is_refused() -> None:
    edit = three_clips()
    shot = edit.shot("V1:2")
    edit.find("V1:2")[1].item.source_range = span(90100, 40)
    with pytest.raises(EditError, match="changed since"):
        edit.place(render_of(shot))
    edit.find("V1:2")[1].item.source_range = span(90100, 60)
    edit.find("V1:2")[1].item.effects.append(schema.LinearTimeWarp("", 2.0))
    with pytest.raises(EditError, match="changed since"):
        edit.place(render_of(shot))


@pytest.mark.parametrize(
    "changes",
    [{"selected": 59}, {"frames": 70, "head": 12}, {"head": -1}, {"rate": 24}],
    ids=["faster", "too short", "negative head", "other rate"],
)
def test_a_render_that_does_not_fit_is_refused(changes: dict) -> None:
    edit = three_clips()
    before = text(edit)
    with pytest.raises(EditError, match="does not fit"):
        edit.place(render_of(edit.shot("V1:2"), **changes))
    assert text(edit) == before


def test_undo_after_a_later_change_at_that_place_is_refused_and_changes_nothing() -> None:
    edit = three_clips()
    placed = edit.place(render_of(edit.shot("V1:2").range("01:00:02:10", "01:00:02:19")))
    del edit.timeline.tracks[0][2]
    before = text(edit)
    with pytest.raises(EditError, match="changed at this place"):
        placed.undo()
    assert text(edit) == before


def test_what_cannot_be_restored_or_switched_says_why() -> None:
    edit = three_clips()
    with pytest.raises(EditError, match="holds no render"):
        edit.restore("V1:2")
    edit.place(render_of(edit.shot("V1:2")))
    with pytest.raises(EditError, match="no version “nope”"):
        edit.switch("V1:2", "nope")
    with pytest.raises(EditError, match="no placing as “sideways”"):
        edit.place(render_of(edit.shot("V1:2")), "sideways")


def test_versions_are_switched_and_restored_while_the_original_is_offline() -> None:
    edit = three_clips()
    before = text(edit)
    shot = edit.shot("V1:2").range("01:00:02:10", "01:00:02:19")
    edit.place(render_of(shot, 2, name="slow"), time="ripple")
    archived = B.rename(B.with_name("archived"))
    try:
        edit.switch("V1:3", "original")
        edit.switch("V1:3", "slow")
        edit.restore("V1:3")
    finally:
        archived.rename(B)
    assert text(edit) == before


@pytest.mark.parametrize(
    "damage",
    [
        {"versions": 5},
        {"versions": {}},
        {"versions": {"000": {"render": {}, "time": "fit", "frames": 1, "speed": "1"}}},
        {"versions": {"000": {"time": "fit"}}},
        {"cut": "x"},
        {"room": 7},
        {"room": {"id": "r"}},
        {"room": {"id": "r", "frames": float("inf")}},
        {"original": None},
    ],
    ids=str,
)
def test_damaged_notes_on_a_clip_are_a_clear_error(damage: dict) -> None:
    edit = three_clips()
    placed = edit.place(render_of(edit.shot("V1:2"), 2), time="ripple")
    edit.find(placed.id)[1].item.metadata["opticals"].update(damage)
    before = text(edit)
    with pytest.raises(EditError) as caught:
        edit.restore(placed.id)
    assert caught.value.remedy
    assert text(edit) == before


def test_a_damaged_note_concerns_its_own_clip_alone(tmp_path: Path) -> None:
    edit = three_clips()
    whole = edit.tracks()
    placed = edit.place(render_of(edit.shot("V1:2")))
    record = edit.find(placed.id)[1].item.metadata["opticals"]
    del record["versions"]["000"]["speed"]
    (one, *rest), *tracks = edit.tracks()[0].items, *edit.tracks()[1:]
    assert (one, *tracks) == (whole[0].items[0], *whole[1:])
    damaged = next(item for item in rest if item.id == placed.id)
    assert "damaged" in damaged.damaged
    assert damaged.versions == ()
    assert damaged.original == B
    assert not any(item.damaged for item in rest if item is not damaged)
    with pytest.raises(EditError, match="damaged"):
        edit.versions(placed.id)
    with pytest.raises(EditError, match="damaged"):
        edit.restore(placed.id)
    edit.timeline.to_json_file(str(tmp_path / "cut.otio"))
    with pytest.raises(EditError, match="damaged"):  # a render must not be passed over
        reverify(tmp_path / "cut.otio", lambda done, total: None)


@pytest.mark.parametrize("loose", [(), (0,), (1,), (0, 1, 1), (0, 3)])
@pytest.mark.parametrize("trimmed", [False, True])
def test_an_overlay_lies_above_what_stands_beside_the_tracks(
    loose: tuple[int, ...], trimmed: bool
) -> None:
    """Clips in the stack itself, and a stack whose own range begins later: one picture each."""
    edit = three_clips()
    for place in loose:
        edit.timeline.tracks.insert(place, clip("loose", B, 0, 100))
    if trimmed:
        edit.timeline.tracks.source_range = span(5, 60)
    before = text(edit)
    for lane in [one for one in edit.lanes() if one.kind == "V"]:
        for slot in lane.slots:
            if slot.kind != "clip" or lane.record(slot)[0] == lane.record(slot)[1]:
                continue
            shot = edit.shot(str(slot.id))
            placed = edit.place(render_of(shot), "overlay")
            top = [one for one in edit.lanes() if one.kind == "V"][-1]
            over = next(one for one in top.slots if one.kind == "clip")
            assert placed.id == over.id
            assert piece.is_overlay(over.item)
            assert top.record(over) == (shot.record, shot.record_end)
            edit.restore(placed.id)
            assert text(edit) == before


def test_an_overlay_needs_no_track_below() -> None:
    edit = Edit(timeline(), _FOLDER / "cut.otio")
    edit.timeline.tracks.append(clip("loose", B, 0, 50))
    assert edit.place(render_of(edit.shot("V1:1")), "overlay").id == "V2:1"


@pytest.mark.parametrize("effect", [schema.LinearTimeWarp(time_scalar=2.0), schema.FreezeFrame()])
@pytest.mark.parametrize(("how", "time"), [("version", "fit"), ("version", "ripple")])
def test_a_time_effect_that_is_switched_off_retimes_nothing_and_stays(
    effect: schema.TimeEffect, how: str, time: str
) -> None:
    edit = three_clips()
    plain = edit.shot("V1:2")
    item = edit.find("V1:2")[1].item
    off = effect.deepcopy()
    off.enabled = False
    item.effects.extend([schema.Effect("glow"), off, schema.LinearTimeWarp(time_scalar=1.0)])
    assert time_effects(item) == [item.effects[2]]
    shot = edit.shot("V1:2")
    assert shot == plain
    assert not shot.retimed
    before = text(edit)
    placed = edit.place(render_of(shot, 2), how, time)
    dressed = edit.find(placed.id)[1].item
    dressed.metadata["studio"] = "changed since"
    dressed.effects[:] = [one.deepcopy() for one in dressed.effects]
    edit.restore(placed.id)
    restored = edit.find("V1:2")[1].item
    del restored.metadata["studio"]
    assert text(edit) == before
    set_speed(restored, Fraction(3))
    assert speed_of(restored) == 3
    set_speed(restored, Fraction(1))
    assert [one.to_json_string() for one in restored.effects][1:] == [off.to_json_string()]


def test_an_overlay_track_that_others_cut_into_stays_when_the_overlay_goes() -> None:
    edit = three_clips()
    placed = edit.place(render_of(edit.shot("V1:2"), 2), "overlay", "ripple")
    assert placed.id == "V3:1"
    edit.find("V3:1")[0].track.append(clip("theirs", A, 0, 20))
    before = shows(edit.timeline)
    edit.restore("V3:1")
    assert shows(edit.timeline)[2] == [None] * 110 + before[2][170:]


def test_an_overlay_is_not_taken_as_a_shot_nor_switched() -> None:
    edit = three_clips()
    edit.place(render_of(edit.shot("V1:2")), "overlay")
    with pytest.raises(ShotError, match="Choose the clip below"):
        edit.shot("V3:1")
    with pytest.raises(EditError, match="holds no render"):
        edit.switch("V3:1", "original")
    assert edit.tracks()[2].items[1].overlay


def test_an_overlay_over_a_longer_render_is_refused() -> None:
    edit = three_clips()
    edit.place(render_of(edit.shot("V1:2"), 2), time="ripple")
    with pytest.raises(EditError, match="longer than the shot"):
        edit.place(render_of(edit.shot("V1:2"), name="other"), "overlay")


def test_a_reference_of_somebody_else_s_is_never_replaced() -> None:
    edit = three_clips()
    item = edit.find("V1:2")[1].item
    item.set_media_references(
        {**item.media_references(), "mine": schema.ExternalReference("/x.mov")}, "DEFAULT_MEDIA"
    )
    with pytest.raises(EditError, match="has a version “mine” already"):
        edit.place(render_of(edit.shot("V1:2"), name="mine"))


def test_a_ripple_refuses_what_it_would_push_out_of_sight_or_cannot_cut() -> None:
    for spoil, said in (
        (lambda e: setattr(e.timeline.tracks[2], "source_range", span(0, 150)), "source range"),
        (
            lambda e: setattr(e.timeline.tracks, "source_range", span(0, 150)),
            r"source range|trimmed",
        ),
        (lambda e: e.timeline.tracks.append(clip("loose", A, 0, 9)), "beside the tracks"),
    ):
        edit = three_clips()
        shot = edit.shot("V1:1")
        spoil(edit)
        before = text(edit)
        with pytest.raises(EditError, match=said):
            edit.place(render_of(shot, 2), time="ripple")
        assert text(edit) == before


def test_the_picture_bounds_go_with_the_render() -> None:
    edit = three_clips()
    bounds = schema.Box2d(schema.V2d(0, 0), schema.V2d(16, 9))
    edit.find("V1:2")[1].item.media_reference.available_image_bounds = bounds
    placed = edit.place(render_of(edit.shot("V1:2")))
    assert edit.find(placed.id)[1].item.media_reference.available_image_bounds == bounds


def test_a_ripple_opens_room_for_the_last_frame_of_a_track() -> None:
    made = timeline(("Video", [clip("one", A, 10, 50)]), ("Audio", [clip("sound", A, 10, 51)]))
    edit = Edit(made, _FOLDER / "cut.otio")
    edit.place(render_of(edit.shot("V1:1"), 2), time="ripple")
    assert shows(edit.timeline)[1][50:] == [None] * 50 + [(str(A), 90060)]


def test_a_ripple_does_not_come_between_a_one_sided_transition_and_its_clip() -> None:
    for sides in ((0, 6), (6, 0)):
        other = [clip("x", A, 100, 50), dissolve(*sides), clip("y", B, 100, 60)]
        edit = Edit(timeline(("Video", [clip("one", A, 100, 50)]), ("Video", other)), A)
        with pytest.raises(EditError, match="spans the point"):
            edit.place(render_of(edit.shot("V1:1"), 2), time="ripple")


def test_a_shot_that_moved_and_stands_twice_is_not_guessed_at() -> None:
    made = timeline(("Video", [clip("one", A, 100, 50), clip("two", A, 120, 50)]))
    edit = Edit(made, _FOLDER / "cut.otio")
    shot = edit.shot("V1:2").record_range(90055, 90060)
    assert edit.place(render_of(shot)).id == "V1:3"
    edit.restore("V1:3")
    edit.timeline.tracks[0].insert(0, gap(10))
    with pytest.raises(EditError, match="in 2 places"):
        edit.place(render_of(shot))


def test_a_room_that_was_changed_since_is_not_closed() -> None:
    edit = three_clips()
    placed = edit.place(render_of(edit.shot("V1:1"), 2), time="ripple")
    edit.timeline.tracks[2][1].source_range = span(0, 49)
    before = text(edit)
    with pytest.raises(EditError, match="A1 does not hold the room of 50 frames"):
        edit.restore(placed.id)
    assert text(edit) == before


def test_a_failure_halfway_leaves_the_edit_as_it_was() -> None:
    edit = three_clips()
    late = [clip("x", A, 0, 45), dissolve(9, 9), clip("y", B, 50, 60)]
    edit.timeline.tracks.append(schema.Track("V last", late, kind="Video"))
    before = text(edit)
    with pytest.raises(EditError, match="spans the point"):  # V2 was opened by then
        edit.place(render_of(edit.shot("V1:1"), 2), time="ripple")
    assert text(edit) == before


def test_an_overlay_says_what_else_it_covers(tmp_path: Path) -> None:
    medium = tmp_path / "a.mov"
    medium.touch()
    made = timeline(
        ("Video", [clip("low", medium, 100, 40)]),
        ("Video", [gap(10), clip("insert", medium, 300, 10), gap(20)]),
        ("Video", [gap(45), clip("late", medium, 500, 5)]),
    )
    edit = Edit(made)
    low = edit.shot("V1:1")
    for part, covers in ((low, True), (low.record_range(90000, 90010), False)):
        placement = edit.place(render_of(part), how="overlay")
        assert any("covers what V2 shows" in one for one in placement.messages) is covers
        placement.undo()
    made.tracks[1][1].enabled = False
    assert not any("covers" in one for one in edit.place(render_of(low), how="overlay").messages)
