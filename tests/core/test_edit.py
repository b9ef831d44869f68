"""Opening, listing, selecting and saving edits."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.errors import EditError, MediaError, OutputError, ShotError
from opticals.timeline import urls
from opticals.timeline.compare import compare
from opticals.timeline.edit import Edit
from tests.core.edits import clip, dissolve, gap, render_of, span, timeline


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    path = tmp_path / "a.mov"
    path.write_bytes(b"a medium")
    return path


@pytest.fixture
def edit(medium: Path) -> Edit:
    made = timeline(
        ("Video", [clip("one", medium, 100, 50), gap(10), clip("two", medium, 300, 40)]),
        ("Video", [clip("a", medium, 0, 30), dissolve(4, 6), clip("b", medium, 500, 70)]),
        ("Audio", [clip("sound", medium, 100, 100)]),
    )
    return Edit(made, medium.parent / "cut.otio")


def written(tmp_path: Path, data: Any, name: str = "cut.otio") -> Path:
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_tracks_are_listed_from_the_lowest_video_up_with_ids_and_positions(edit: Edit) -> None:
    listed = edit.tracks()
    assert [one.id for one in listed] == ["V1", "V2", "A1"]
    first = [(one.id, one.kind, one.name, one.record, one.frames) for one in listed[0].items]
    assert first == [
        ("V1:1", "clip", "one", 90000, 50),
        (None, "gap", "", 90050, 10),
        ("V1:2", "clip", "two", 90060, 40),
    ]
    across = listed[1].items[1]
    assert (across.kind, across.record, across.frames) == ("transition", 90026, 10)
    assert [one.id for one in listed[1].items] == ["V2:1", None, "V2:2"]
    assert listed[0].items[0].source == 90100
    assert listed[0].items[0].media == "online"


def test_a_shot_says_where_it_comes_from(edit: Edit, medium: Path) -> None:
    shot = edit.shot("V1:2")
    assert (shot.name, shot.media, shot.rate) == ("two", str(medium), 25)
    assert (shot.media_start, shot.media_frames) == (90000, 1000)
    assert (shot.first, shot.frames, shot.record) == (300, 40, 90060)
    assert shot.edit == str(edit.path)
    assert edit.shot("V1@01:00:02:10") == shot
    narrowed = shot.range("01:00:02:12", "01:00:02:14")
    assert (narrowed.first, narrowed.frames, narrowed.record) == (302, 3, 90062)


def test_transitions_beside_a_clip_belong_to_its_shot(edit: Edit) -> None:
    assert edit.shot("V2:1").tail_transition == (6, 4)
    assert edit.shot("V2:2").head_transition == (4, 6)
    grown = edit.shot("V2:2").range("01:00:01:08", "01:00:01:20")
    assert (grown.record, grown.first) == (90030, 500)
    assert any("transition" in note for note in grown.notes)


def test_a_range_takes_one_shot_of_each_clip_it_touches(medium: Path) -> None:
    made = timeline(("Video", [clip(n, medium, 100, 10) for n in "abc"]))
    shots = Edit(made).shots("V1", "01:00:00:05", "01:00:00:24")
    assert [(one.id, one.first, one.frames) for one in shots] == [
        ("V1:1", 105, 5),
        ("V1:2", 100, 10),
        ("V1:3", 100, 5),
    ]


@pytest.mark.parametrize(
    ("mark_in", "mark_out", "said"),
    [
        ("01:00:02:00", "01:00:02:09", "no clip on V1"),
        ("01:00:04:20", "01:00:05:00", "no clip on V1"),
        ("00:59:59:04", "00:59:59:24", "no clip on V1"),
        ("01:00:01:00", "01:00:00:24", "before the in mark"),
        ("01:00:01:25", "01:00:01:26", "does not exist"),
        ("soon", "01:00:00:24", "not a timecode"),
    ],
)
def test_a_range_on_no_clip_says_where(edit: Edit, mark_in: str, mark_out: str, said: str) -> None:
    with pytest.raises(ShotError, match=said):
        edit.shots("V1", mark_in, mark_out)


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("V9:1", "no track “V9”"),
        ("V1:3", "no clip V1:3"),
        ("V1:0", "no clip V1:0"),
        ("V1", "names no clip"),
        ("", "names no clip"),
        ("V1:x", "names no clip"),
        ("V0:1", "no track"),
        ("V1@01:00:02:05", "gap"),
        ("A1:1", "not a video track"),
    ],
)
def test_an_id_that_names_no_picture_says_so(edit: Edit, id: str, said: str) -> None:
    with pytest.raises(ShotError, match=said):
        edit.shot(id)


def _spoil(edit: Edit, how: str) -> None:
    track = edit.timeline.tracks[0]
    one = track[0]
    if how == "offline":
        one.media_reference.target_url = "/nowhere/lost.mov"
    elif how == "remote":
        one.media_reference.target_url = "https://example.org/a.mov"
    elif how == "missing":
        one.media_reference = schema.MissingReference()
    elif how == "generator":
        one.media_reference = schema.GeneratorReference(generator_kind="SMPTEBars")
    elif how == "sequence":
        one.media_reference = schema.ImageSequenceReference("/x", "f", ".exr", 1, 1, 24)
    elif how == "compound":
        track[0] = schema.Stack(children=[one.deepcopy()])
    elif how == "retimed without end":
        one.effects.append(schema.TimeEffect("ramp"))
    elif how == "too fast":
        one.effects.append(schema.LinearTimeWarp("slow", float("inf")))
    elif how == "outside":
        one.source_range = span(90000 - 1, 20)
    elif how == "outside its end":
        one.source_range = span(90990, 11)
    elif how == "no frames":
        one.source_range = span(90100, 0)
    elif how == "no range":
        one.source_range = None
        one.media_reference.available_range = None
    elif how == "hidden by the track":
        track.source_range = span(60, 20)
    elif how == "hidden by the edit":
        edit.timeline.tracks.source_range = span(60, 20)
    elif how == "retimed track":
        track.effects.append(schema.LinearTimeWarp("slow", 0.5))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("offline", "offline"),
        ("remote", "offline"),
        ("missing", "no medium"),
        ("generator", "generator"),
        ("sequence", "offline"),
        ("compound", "compound"),
        ("retimed without end", "not linear|constant speeds"),
        ("too fast", "speed of inf"),
        ("outside", "outside its medium"),
        ("outside its end", "outside its medium"),
        ("no frames", "shows no frame"),
        ("no range", "neither"),
        ("hidden by the track", "shows no frame"),
        ("hidden by the edit", "shows no frame"),
        ("retimed track", "retimed as a whole"),
    ],
)
def test_what_cannot_be_taken_is_listed_and_refused_with_what_to_do(
    edit: Edit, how: str, said: str
) -> None:
    _spoil(edit, how)
    assert edit.tracks()[0].items
    with pytest.raises((ShotError, MediaError), match=said) as caught:
        edit.shot("V1:1")
    assert caught.value.what
    assert caught.value.remedy


def test_offline_media_is_an_error_of_media_that_names_the_path(edit: Edit) -> None:
    _spoil(edit, "offline")
    assert edit.tracks()[0].items[0].media == "offline"
    with pytest.raises(MediaError, match=r"V1:1 “one”(.|\n)*/nowhere/lost\.mov"):
        edit.shot("V1:1")


@dataclass(frozen=True)
class Probed:
    start: int | None
    frames: int | None
    rate: Fraction = Fraction(25)


@pytest.mark.parametrize(
    ("probed", "first", "expected"),
    [
        (Probed(90000, 1000), 90100, (90000, 1000, 100)),
        (Probed(90000, 1000), 100, (0, 1000, 100)),
        (Probed(None, 1000), 100, (0, 1000, 100)),
        (Probed(90000, None), 90100, (90000, None, 100)),
        (Probed(None, None), 100, (0, None, 100)),
    ],
)
def test_without_an_available_range_the_file_tells_where_it_starts(
    medium: Path, probed: Probed, first: int, expected: tuple[int, int | None, int]
) -> None:
    made = timeline(("Video", [clip("one", medium, 100, 50)]))
    made.tracks[0][0].media_reference.available_range = None
    made.tracks[0][0].source_range = span(first, 50)
    shot = Edit(made, probe=lambda path: probed).shot("V1:1")
    assert (shot.media_start, shot.media_frames, shot.first) == expected
    with pytest.raises(ShotError, match="where the medium"):
        Edit(made).shot("V1:1")


@pytest.mark.parametrize(
    ("written", "rate", "drop"),
    [
        (23.976, Fraction(24000, 1001), False),
        (23.976023976, Fraction(24000, 1001), False),
        (24000 / 1001, Fraction(24000, 1001), False),
        (29.97, Fraction(30000, 1001), True),
        (59.94, Fraction(60000, 1001), True),
        (30.0, Fraction(30), False),
    ],
)
def test_rates_are_snapped_however_they_are_written(
    medium: Path, written: float, rate: Fraction, drop: bool
) -> None:
    made = timeline(("Video", [clip("one", medium, 100, 50, 1001 / 1001 * written)]), rate=written)
    made.tracks[0][0].media_reference.available_range = span(90000, 1000, float(rate))
    edit = Edit(made)
    assert (edit.rate, edit.drop_frame) == (rate, drop)
    assert edit.shot("V1:1").first == 100
    made.global_start_time = None
    assert Edit(made).rate == rate


def test_the_program_that_wrote_the_edit_decides_on_drop_frame(medium: Path) -> None:
    made = timeline(("Video", [clip("one", medium, 100, 50, 29.97)]), rate=29.97, start=107892)
    assert Edit(made).shot("V1@01:00:00;10").record == 107892
    assert Edit(made).shot("V1:1").range("01:00:00:10", "01:00:00:10").record == 107902
    made.metadata["fcp_xml"] = {"timecode": {"displayformat": "NDF"}}
    assert not Edit(made).drop_frame


def test_an_edit_without_clips_or_timecode_has_no_rate() -> None:
    with pytest.raises(EditError, match="holds no clip"):
        Edit(schema.Timeline())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -5.0, 1e300])
def test_absurd_lengths_are_refused(medium: Path, value: float) -> None:
    made = timeline(("Video", [clip("one", medium, 100, 50)]))
    made.tracks[0][0].source_range = span(0, value)
    with pytest.raises(EditError):
        Edit(made)


@pytest.mark.parametrize("rate", [0.0, -25.0, float("nan"), float("inf"), 1e308, 1e-308])
def test_absurd_rates_are_refused(medium: Path, rate: float) -> None:
    made = timeline(("Video", [clip("one", medium, 100, 50)]))
    made.tracks[0][0].source_range = TimeRange(RationalTime(0, rate), RationalTime(50, rate))
    with pytest.raises(EditError, match="rate"):
        Edit(made)
    made.global_start_time = RationalTime(0, rate)
    with pytest.raises(EditError, match="rate"):
        Edit(made)


def test_what_is_no_edit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.otio").mkdir()
    (tmp_path / "empty.otio").touch()
    (tmp_path / "binary.otio").write_bytes(bytes(range(256)))
    (tmp_path / "clip.otio").write_text(schema.Clip("one").to_json_string())
    for name, said in (
        ("nowhere.otio", "no edit"),
        ("folder.otio", "folder"),
        ("empty.otio", "not an OpenTimelineIO file"),
        ("binary.otio", "not an OpenTimelineIO file"),
        ("clip.otio", "no timeline"),
        ("cut.otioz", "no edit"),
        ("cut", "not of a supported format"),
        ("nul\0.otio", "nul"),
    ):
        with pytest.raises(EditError, match=said):
            Edit.open(tmp_path / name)


def test_a_truncated_edit_is_refused_wherever_it_breaks_off(edit: Edit, tmp_path: Path) -> None:
    whole = edit.timeline.to_json_string()
    for length in range(0, len(whole) - 1, max(1, len(whole) // 60)):
        with pytest.raises(EditError):
            Edit.open(written(tmp_path, whole[:length]))


def test_opening_and_saving_changes_nothing(edit: Edit, tmp_path: Path) -> None:
    edit.timeline.metadata["studio"] = {"nested": [1, 2.5, {"ünï": "\u2028"}], "big": 2**40}
    saved = edit.save(tmp_path / "saved.otio")
    again = Edit.open(saved)
    assert compare(edit.timeline, again.timeline) == ()
    assert again.save(tmp_path / "twice.otio").read_bytes() == saved.read_bytes()


def test_saving_never_overwrites_unasked_and_keeps_a_backup_when_asked(
    edit: Edit, tmp_path: Path
) -> None:
    path = written(tmp_path, "precious", "mine.otio")
    with pytest.raises(OutputError, match="exists already"):
        edit.save(path)
    assert path.read_text() == "precious"
    edit.save(path, overwrite=True)
    edit.save(path, overwrite=True)
    assert (tmp_path / "mine.otio.bak").read_text() == "precious"
    assert (tmp_path / "mine.otio.bak2").read_text() == path.read_text()
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "a.mov",
        "mine.otio",
        "mine.otio.bak",
        "mine.otio.bak2",
    ]


def test_a_save_that_fails_leaves_everything_as_it_was(
    edit: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "precious", "mine.otio")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        edit.save(path, overwrite=True)
    assert path.read_text() == "precious"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.mov", "mine.otio"]
    with pytest.raises(OutputError, match="cannot be written"):
        edit.save(tmp_path / "no folder" / "cut.otio")


def test_a_file_that_does_not_read_back_as_meant_is_not_delivered(
    edit: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad_disk(descriptor: int) -> None:
        (beside,) = tmp_path.glob(".cut.*.otio")
        beside.write_text(beside.read_text().replace("sound", "noise"))

    monkeypatch.setattr(os, "fsync", bad_disk)
    with pytest.raises(EditError, match=r"another edit(.|\n)*“sound”(.|\n)*noise"):
        edit.save(tmp_path / "cut.otio")
    assert [one.name for one in tmp_path.iterdir()] == ["a.mov"]


def test_times_written_a_hair_off_a_frame_are_that_frame(edit: Edit) -> None:
    edit.timeline.tracks[0][0].source_range = span(90100.0003, 49.99996)
    shot = edit.shot("V1:1")
    assert (shot.first, shot.frames) == (100, 50)
    assert edit.shot("V1:2").record == 90060
    before = edit.timeline.to_json_string()
    placed = edit.place(render_of(shot.record_range(90010, 90020)))
    edit.restore(placed.id)
    assert edit.timeline.to_json_string() == before


def test_a_medium_is_never_written_over(edit: Edit, tmp_path: Path, medium: Path) -> None:
    disguised = tmp_path / "medium.otio"
    medium.rename(disguised)
    edit.timeline.tracks[0][0].media_reference.target_url = str(disguised)
    with pytest.raises(OutputError, match="is a medium of the edit"):
        edit.save(disguised, overwrite=True)
    assert disguised.read_bytes() == b"a medium"
    with pytest.raises(EditError, match="not of a supported format"):
        edit.save(tmp_path / "cut.mov")


def test_relative_media_are_followed_and_keep_their_files_in_another_folder(
    medium: Path, tmp_path: Path
) -> None:
    (tmp_path / "media").mkdir()
    moved = medium.rename(tmp_path / "media" / "100% #1?.mov")
    made = timeline(("Video", [clip("one", "media/100% #1?.mov", 100, 50)]))
    edit = Edit.open(written(tmp_path, made.to_json_string()))
    shot = edit.shot("V1:1")
    assert shot.media == str(moved)
    before = edit.timeline.to_json_string()
    placed = edit.place(render_of(shot.record_range(90010, 90020)))
    (tmp_path / "else").mkdir()
    for name in ("b.otio", "c.otio"):  # the second save counts from the same folder as the first
        other = Edit.open(edit.save(tmp_path / "else" / name))
        assert other.shot("V1:1").media == str(moved)
        assert other.shot("V1:2").media == str(moved)
        other.restore(placed.id)
        assert other.shot("V1:1").media == str(moved)
    placed.undo()
    assert edit.timeline.to_json_string() == before
    assert edit.shot("V1:1").media == str(moved)


FOLDER = Path("/cut/here")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/m/a b#1?.mov", "/m/a b#1?.mov"),
        ("/m/100%25.mov", "/m/100%25.mov"),
        ("a.mov", "/cut/here/a.mov"),
        ("../m/a.mov", "/cut/m/a.mov"),
        ("./m/映画.mov", "/cut/here/m/映画.mov"),
        ("file:///m/a%20b%23.mov", "/m/a b#.mov"),
        ("file:///m/a b#1?.mov", "/m/a b#1?.mov"),
        ("file://localhost/m/a.mov", "/m/a.mov"),
        ("FILE:/m/a.mov", "/m/a.mov"),
        ("file:///m/%E6%98%A0.mov", "/m/映.mov"),
        ("file:///C:/m/a%20b.mov", "C:/m/a b.mov"),
        ("file://C:/m/a.mov", "C:/m/a.mov"),
        ("C:\\m\\a.mov", "C:/m/a.mov"),
        ("file://server/share/a.mov", "//server/share/a.mov"),
        ("\\\\server\\share\\a.mov", "//server/share/a.mov"),
        ("https://example.org/a.mov", None),
        ("s3://bucket/a.mov", None),
        ("", None),
        ("nul\0.mov", None),
    ],
)
def test_a_url_names_a_file(url: str, path: str | None) -> None:
    found = urls.media_path(url, FOLDER)
    assert found == (None if path is None else Path(path))


def test_a_url_that_is_encoded_though_bare_is_understood_when_its_file_is_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "a b.mov").touch()
    assert urls.media_path("a%20b.mov", tmp_path) == tmp_path / "a b.mov"
    (tmp_path / "a%20b.mov").touch()
    assert urls.media_path("a%20b.mov", tmp_path) == tmp_path / "a%20b.mov"


def test_differences_are_told_in_an_editor_s_words(edit: Edit) -> None:
    other = edit.timeline.deepcopy()
    other.tracks[0][0].name = "uno"
    other.tracks[2].append(gap(3))
    assert compare(edit.timeline, other) == (
        "Timeline “cut” Stack “tracks” / 1 Track “Video 1” / 1 Clip “one” / name: "
        '"uno" instead of "one"',
        "Timeline “cut” Stack “tracks” / 3 Track “Audio 3”: 2 items instead of 1",
    )
