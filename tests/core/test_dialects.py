"""The same edit for each program: what it reads, what is said of its losses, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from opentimelineio import schema
from opentimelineio.opentime import RationalTime

from opticals.errors import AnswerNeeded, EditError, OutputError
from opticals.timeline import dialects, schemas
from opticals.timeline.account import account
from opticals.timeline.compare import Aspect, differences
from opticals.timeline.edit import Edit
from opticals.timeline.files import master_of
from tests.core.edits import clip, dissolve, gap, marker, render_of, span, timeline

READERS = [one for one in dialects.DIALECTS.values() if "otio" in one.reads]
SPECIAL = [one for one in READERS if one.id != "generic"]


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    path = tmp_path / "media" / "a 1.mov"
    path.parent.mkdir()
    path.touch()
    return path


@pytest.fixture
def edit(medium: Path, tmp_path: Path) -> Edit:
    """Two clips and a gap, one of them by a URL and one by a relative path."""
    made = timeline(
        (
            "Video",
            [
                clip("one", medium.as_uri(), 100, 40),
                dissolve(3, 4),
                clip("two", "media/a 1.mov", 200, 30),
                gap(5),
                clip("three", medium, 300, 20),
            ],
        ),
        ("Audio", [clip("sound", medium, 100, 95)]),
    )
    path = tmp_path / "cut.otio"
    path.write_text(made.to_json_string())
    return Edit.open(path)


def objects(path: Path) -> list[dict[str, Any]]:
    return list(schemas.objects(json.loads(path.read_text())))


@pytest.mark.parametrize("dialect", SPECIAL, ids=lambda one: one.id)
def test_a_placed_edit_is_written_as_the_program_reads_it(
    dialect: dialects.Dialect, edit: Edit, tmp_path: Path
) -> None:
    meant = account(edit)
    edit.place(render_of(edit.shot("V1:3")))
    notes: list[str] = []
    told = edit.losses(tmp_path / "new.otio", dialect.id)
    path = edit.save(tmp_path / "new.otio", program=dialect.id, note=notes.append)
    assert set(told) <= set(notes)
    written = objects(path)
    urls = [one["target_url"] for one in written if "target_url" in one]
    if dialect.bare:
        assert all(Path(url).is_absolute() for url in urls)
    assert all(url.startswith("file:") or Path(url).is_absolute() for url in urls)
    clips = [one for one in written if one["OTIO_SCHEMA"].startswith("Clip.")]
    if dialect.id != "openrv":
        assert all(one["OTIO_SCHEMA"] == "Clip.2" for one in clips)
        assert all(len(one["media_references"]) == 1 for one in clips)
        assert not [one for one in clips if "opticals" in one["metadata"]]
        assert any("versions" in text or "references" in text for text in told)
    (top,) = (one for one in written if one["OTIO_SCHEMA"].startswith("Timeline."))
    assert top["name"] == "new"
    # The same program's own reading, and the master with everything.
    back = Edit.open(path, written_by=dialect.id)
    ignore = frozenset((Aspect.RENDERS, Aspect.EDIT_NAME, Aspect.MEDIA))
    ignore |= frozenset((Aspect.START,)) if dialect.id == "kdenlive" else frozenset()
    assert not [one for one in differences(meant, account(back), ignore) if "render" not in one]
    master = Edit.open(master_of(path))
    assert len(master.versions("V1:3")) == 2
    assert master.restore("V1:3").id == "V1:3"
    assert differences(meant, account(master)) == ()


def test_premiere_counts_the_source_of_a_retimed_clip(
    edit: Edit, medium: Path, tmp_path: Path
) -> None:
    edit.timeline.tracks[0][0].effects.append(schema.LinearTimeWarp(time_scalar=2.0))
    edit.timeline.tracks[0][4].effects.append(schema.LinearTimeWarp(time_scalar=-0.4))
    meant = account(edit)
    path = edit.save(tmp_path / "premiere.otio", program="premiere")
    written = Edit.open(path)
    one, _, two, _, three = written.timeline.tracks[0]
    assert one.source_range.duration == RationalTime(40 * 2, 25)
    assert two.source_range.duration == RationalTime(30, 25)
    assert three.source_range.duration == RationalTime(20 * 0.4, 25)
    back = Edit.open(path, written_by="premiere")
    assert not differences(meant, account(back), frozenset((Aspect.EDIT_NAME,)))
    # Nobody said who wrote it: frames that depend on it are not guessed.
    with pytest.raises(AnswerNeeded, match="--written-by") as asked:
        Edit.open(path).shot("V1:2")
    assert asked.value.argument == "written_by"
    # A program's own mark says it.
    (marked := tmp_path / "marked.otio").write_text(
        path.read_text().replace('"metadata": {}', '"metadata": {"PremierePro_OTIO": {}}', 1)
    )
    known = Edit.open(marked)
    assert known.program == "premiere"
    assert [one.record for one in known.shots("V1")] == [one.record for one in back.shots("V1")]
    again = Edit.open(known.save(tmp_path / "again.otio"))
    assert again.program == "premiere"
    assert not differences(account(known), account(again))


@pytest.mark.parametrize(
    ("program", "how", "said"),
    [
        ("kdenlive", "retimed", "retimed clips"),
        ("kdenlive", "frozen", "freeze frames"),
        ("blender", "nested", "compounds"),
        ("avid", "", r"does not open OpenTimelineIO(.|\n)*\.aaf or \.edl"),
        ("fcp", "", r"does not open OpenTimelineIO(.|\n)*\.fcpxml"),
        ("paint", "", "no program “paint”"),
    ],
)
def test_what_a_program_would_show_wrongly_is_refused(
    edit: Edit, tmp_path: Path, program: str, how: str, said: str
) -> None:
    track = edit.timeline.tracks[0]
    if how == "retimed":
        track[0].effects.append(schema.LinearTimeWarp(time_scalar=0.5))
    elif how == "frozen":
        track[0].effects.append(schema.FreezeFrame())
    elif how == "nested":
        track[4] = schema.Stack(
            children=[schema.Track(kind="Video", children=[track[4].deepcopy()])],
            source_range=span(0, 20),
        )
    there = sorted(tmp_path.iterdir())
    for refused in (edit.losses, edit.save):
        with pytest.raises(EditError, match=said):
            refused(tmp_path / "new.otio", program=program)
    assert sorted(tmp_path.iterdir()) == there


def test_what_nobody_knows_is_said_so(edit: Edit, tmp_path: Path) -> None:
    edit.timeline.tracks[0][0].effects.append(schema.FreezeFrame())
    told = edit.losses(tmp_path / "new.otio", "resolve")
    assert any("not known whether DaVinci Resolve keeps freeze frames (1)" in one for one in told)
    assert edit.losses(tmp_path / "new.otio") == ()


def test_a_master_that_is_there_is_never_written_over(edit: Edit, tmp_path: Path) -> None:
    master = tmp_path / "new.master.otio"
    master.write_text("mine")

    for refused in (edit.check_path, edit.save):
        with pytest.raises(OutputError, match=r"new\.master\.otio exists"):
            refused(tmp_path / "new.otio", program="resolve")
    assert master.read_text() == "mine"
    assert not (tmp_path / "new.otio").exists()
    edit.save(tmp_path / "new.otio", program="resolve", overwrite=True)
    assert (tmp_path / "new.master.otio.bak").read_text() == "mine"


def test_an_edit_that_reads_back_otherwise_is_not_kept(
    edit: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program's file is damaged on its way to the disk."""
    write = Path.write_text

    def off_by_one(path: Path, text: str, *args: Any, **more: Any) -> int:
        return write(path, text.replace('"value": 90300.0', '"value": 90301.0'), *args, **more)

    monkeypatch.setattr(Path, "write_text", off_by_one)
    there = sorted(tmp_path.iterdir())
    with pytest.raises(EditError, match=r"was not written(.|\n)*V1:3 “three”"):
        edit.save(tmp_path / "new.otio", program="resolve")
    assert sorted(tmp_path.iterdir()) == there


def test_the_table_names_its_sources_and_formats_that_are() -> None:
    from opticals.media.write.formats import TARGETS
    from opticals.timeline import formats

    assert list(dialects.DIALECTS) == list(TARGETS)
    for one in dialects.DIALECTS.values():
        assert one.told_by
        assert one.doubtful <= one.holds
        assert any(formats.by_id(id).writes for id in one.reads)


def test_relative_media_are_found_from_any_folder(edit: Edit, medium: Path, tmp_path: Path) -> None:
    numbers = schema.ImageSequenceReference("", "s.", ".exr", 1, 1, 25, 4)
    numbers.available_range = span(90000, 1000)
    edit.timeline.tracks[0][4].media_reference = numbers
    edit.timeline.tracks[0][0].media_reference.target_url = "file:media/a 1.mov"
    (tmp_path / "far").mkdir()
    path = edit.save(tmp_path / "far" / "new.otio", program="openrv")
    back = Edit.open(path)
    assert back.timeline.tracks[0][4].media_reference.target_url_base == f"{tmp_path}/"
    assert back.shot("V1:1").media == back.shot("V1:2").media == str(medium)


def test_a_count_without_drop_frame_stays_one(medium: Path, tmp_path: Path) -> None:
    made = timeline(
        ("Video", [clip("one", medium, 0, 40, 30000 / 1001, 107892)]),
        rate=30000 / 1001,
        start=107892,
    )
    made.metadata["opticals"] = {"drop_frame": False}
    (path := tmp_path / "cut.otio").write_text(made.to_json_string())
    edit = Edit.open(path)
    back = Edit.open(edit.save(tmp_path / "new.otio", program="resolve"))
    assert (back.drop_frame, back.timecode(back.start)) == (False, edit.timecode(edit.start))


def test_fcpxml_counts_a_spine_from_the_start_timecode(medium: Path, tmp_path: Path) -> None:
    one, two = clip("one", medium, 20, 50), clip("two", medium, 100, 25)
    made = Edit(timeline(("Video", [one, two]), start=36000 * 25), tmp_path / "cut.otio")
    path = made.save(tmp_path / "cut.fcpxml")
    root = ElementTree.parse(path).getroot()
    spine = root.find(".//project/sequence/spine")
    assert spine is not None
    assert [one.get("offset") for one in spine] == ["36000s", "36002s"]
    medium_start = root.find(".//asset").get("start")
    assert {one.get("offset") for one in root.iter("video")} == {medium_start}
    back = Edit.open(path)
    assert [one.record for one in made.shots("V1")] == [900000, 900050]
    windows = [lane.record(slot) for lane, slot in back.clips()]
    assert windows == [(900000, 900050), (900050, 900075)]
    # Resolve writes it so too; some write offsets from 0.
    text = path.read_text()
    path.write_text(text.replace('"36000s" name', '"0s" name').replace("36002s", "2s"))
    path.write_text(path.read_text().replace('offset="36000s"', 'offset="0s"'))
    assert [lane.record(slot) for lane, slot in Edit.open(path).clips()] == windows


@pytest.mark.parametrize("name", ["10s", "3600s", "VFX shots", "1/2s"])
def test_markers_of_fcpxml_keep_their_words(name: str, medium: Path, tmp_path: Path) -> None:
    one = clip("one", medium, 0, 40)
    one.markers.append(marker(name, 90010))
    path = Edit(timeline(("Video", [one])), tmp_path / "cut.otio").save(tmp_path / "cut.fcpxml")
    assert f'value="{name}"' in path.read_text()
    (found,) = Edit.open(path).timeline.tracks[0][0].markers
    assert found.name == name


def test_the_edit_itself_is_no_master(edit: Edit, tmp_path: Path) -> None:
    assert edit.path is not None
    before = edit.path.read_bytes()
    one = timeline(("Video", [clip("one", tmp_path / "media" / "a 1.mov", 0, 10)]))
    Edit(one, tmp_path / "cut.otio").save(tmp_path / "cut.edl", overwrite=True)
    assert edit.path.read_bytes() == before
    assert (tmp_path / "cut.edl.master.otio").exists()


def test_a_name_that_another_took_meanwhile_is_left_to_it(
    edit: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process writes the file after it was looked for."""
    path = tmp_path / "new.otio"
    hardlink = Path.hardlink_to

    def late(new: Path, old: Path) -> None:
        if new == path:
            new.write_text("theirs")
        hardlink(new, old)

    monkeypatch.setattr(Path, "hardlink_to", late)
    with pytest.raises(OutputError, match="exists already"):
        edit.save(path, program="resolve")
    assert path.read_text() == "theirs"
    assert not master_of(path).exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("suffix", [".otioz", ".otiod"])
def test_a_bundle_carries_its_media_and_all_versions(
    edit: Edit, medium: Path, tmp_path: Path, suffix: str
) -> None:
    medium.write_bytes(b"the medium")
    placed = edit.place(render_of(edit.shot("V1:3"), name="made"))
    (medium.parent / "made.mov").write_bytes(b"the render")
    path = edit.save(tmp_path / f"bundle{suffix}")
    assert not master_of(path).exists()
    moved = tmp_path / "elsewhere" / path.name
    moved.parent.mkdir()
    path.rename(moved)
    medium.unlink()
    back = Edit.open(moved)
    shown, original = back.versions(placed.id)[1].path, back.shot("V1:1").media
    assert shown is not None
    assert (shown.read_bytes(), Path(original).read_bytes()) == (b"the render", b"the medium")
    assert back.restore(placed.id).id == placed.id
