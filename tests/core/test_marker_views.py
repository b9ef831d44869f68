"""Markers as the panel shows them: each on its record frames, as long as it lasts."""

from __future__ import annotations

from pathlib import Path

from opentimelineio import schema

from opticals.timeline.edit import Edit
from opticals.timeline.marks import MarkerView, marks, views

from .edits import clip, gap, marker, render_of, span, timeline

START = 90_000
FILM = "/film.mov"


def seen(edit: Edit) -> dict[str, tuple[str, int, int]]:
    """Holder, first frame from the start of the edit, and length, by name."""
    return {one.name: (one.holder, one.start - START, one.end - one.start) for one in views(edit)}


def test_markers_of_the_edit_its_tracks_and_gaps() -> None:
    made = timeline(("Video", [clip("a", FILM, 10, 50), gap(20), clip("b", FILM, 0, 30)]))
    made.tracks.markers.append(marker("act", 7, 12))
    made.tracks[0].markers.append(marker("track", 55))
    made.tracks[0][1].markers.append(marker("gap", 5))
    assert seen(Edit(made)) == {
        "act": ("", 7, 12),
        "track": ("V1", 55, 1),
        "gap": ("V1", 55, 1),
    }


def test_markers_of_clips_follow_trims_and_speeds() -> None:
    plain, fast, back = (clip(name, FILM, 10, 40) for name in ("plain", "fast", "back"))
    fast.effects.append(schema.LinearTimeWarp(time_scalar=2.0))
    back.effects.append(schema.LinearTimeWarp(time_scalar=-1.0))
    first = 90_010  # of the range of each, in its medium's timecode
    plain.markers.extend([marker("here", first + 5, 10), marker("before", first - 5)])
    fast.markers.append(marker("twice", first + 20, 10))
    back.markers.append(marker("behind", first + 5, 10))
    edit = Edit(timeline(("Video", [plain, fast, back])))
    assert seen(edit) == {
        "here": ("V1:1", 5, 10),
        "twice": ("V1:2", 40 + 10, 5),
        "behind": ("V1:3", 80 + 40 - 15, 10),
    }


def test_markers_inside_compounds_stand_where_they_show(tmp_path: Path) -> None:
    inner = clip("inner", FILM, 10, 40)
    inner.markers.append(marker("deep", 90_030))
    track = schema.Track("inside", kind="Video")
    track.append(inner)
    stack = schema.Stack("scene", [track])
    stack.source_range = span(15, 20)
    edit = Edit(timeline(("Video", [gap(10), stack])))
    assert seen(edit) == {"deep": ("V1:1/V1:1", 10 + 20 - 15, 1)}


def test_a_render_keeps_the_markers_of_its_original(tmp_path: Path) -> None:
    film = tmp_path / "film.mov"
    film.touch()
    held = clip("a", film, 100, 50)
    held.markers.append(marker("look", 90_120, 5))
    held.markers[0].color = "CYAN"
    edit = Edit(timeline(("Video", [held])), tmp_path / "cut.otio")
    before = views(edit)
    assert before == (MarkerView("V1:1", "look", "CYAN", ("look",), START + 20, START + 25),)
    edit.place(render_of(edit.shot("V1:1")))
    assert views(edit) == before


def test_they_stand_where_markers_that_are_searched_for_stand() -> None:
    made = timeline(("Video", [clip("a", FILM, 10, 50), clip("b", FILM, 0, 30)]))
    for item in made.tracks[0]:
        start = round(item.source_range.start_time.value)
        item.markers.extend(marker(f"{item.name}{at}", start + at) for at in range(0, 30, 7))
    edit = Edit(made)
    assert [one.start for one in views(edit)] == [one.record for one in marks(edit)]
