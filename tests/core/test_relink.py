"""Media found again: films made here, moved, renamed, doubled, and cut as proxies."""

from __future__ import annotations

import json
import math
import os
import shutil
import wave
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from unicodedata import normalize

import av
import numpy as np
import opentimelineio as otio
import pytest
from opentimelineio import schema

from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.rendering.job import renders_folder
from opticals.timeline import piece
from opticals.timeline.compare import compare
from opticals.timeline.edit import Edit
from opticals.timeline.relink import Report, relink
from opticals.timeline.relink.index import Index
from opticals.timeline.relink.proof import Footage, look_at
from opticals.timeline.times import rate_of

from .commands import opticals_command
from .edits import clip, render_of, span, timeline
from .films import number, numbered

CORPUS = Path(
    os.environ.get("OPTICALS_CORPUS") or Path(__file__).parents[2].parent / "shared" / "corpus"
)
HOUR = 90000  # 01:00:00:00 at 25
LENGTH = 60
FILM = Fraction(24000, 1001)
NTSC = Fraction(30000, 1001)


def film(path: Path, first: int = 0, frames: int = LENGTH, **settings: object) -> Path:
    """Frames that show `first` and on, with timecode from 01:00:00:00 if nothing else is said."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = {"timecode": "01:00:00:00", "width": 64, "height": 48, **settings}
    return numbered(path, frames, first=first, **settings)


def lost(
    name: str,
    medium: Path | str,
    first: int = 10,
    frames: int = 20,
    *,
    known: bool = True,
    start: int = HOUR,
    length: int = LENGTH,
) -> schema.Clip:
    reference = schema.ExternalReference(str(medium), span(start, length) if known else None)
    return schema.Clip(name, reference, span(start + first, frames))


def edit_of(folder: Path, *clips: schema.Clip, kind: str = "Video") -> Edit:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "cut.otio"
    otio.adapters.write_to_file(timeline((kind, list(clips))), str(path))
    return Edit.open(path)


def shown(edit: Edit, id: str) -> list[int]:
    """The numbers that a clip shows, decoded from the frames that its shot names."""
    shot = edit.shot(id)
    with reading(probe(shot.media)) as reader:
        return [number(frame) for frame in reader.read(shot.first, shot.first + shot.frames)]


def only(report: Report) -> tuple[Path | None, str]:
    (link,) = report.links
    return link.path, link.how or link.why


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("master") / "A001C002.mov", reel="A001")


def copied(master: Path, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(master, path))


def test_a_moved_folder_is_found_and_the_edit_shows_its_frames(
    master: Path, tmp_path: Path
) -> None:
    there = copied(master, tmp_path / "new" / "day 1" / "A001C002.mov")
    edit = edit_of(
        tmp_path / "cut", lost("one", "/gone/day 1/A001C002.mov"), lost("two", there, first=0)
    )
    before = edit.timeline.deepcopy()
    report = relink(edit, [tmp_path / "new"])
    assert only(report) == (there, "name + timecode")
    assert report.online == 1
    assert shown(edit, "V1:1") == list(range(10, 30))
    saved = Edit.open(edit.save(tmp_path / "cut" / "new.otio"))
    assert shown(saved, "V1:1") == list(range(10, 30))
    report.undo()
    assert compare(before, edit.timeline) == ()


@pytest.mark.parametrize(
    "url",
    [
        "D:\\media\\A001C002.mov",
        "file://localhost/D%3a/media/A001C002.mov",
        "\\\\server\\share\\A001C002.mov",
        "https://example.org/media/A001C002.mov",
        "/gone/a001c002.MOV",
    ],
)
def test_media_of_other_machines_are_found(master: Path, tmp_path: Path, url: str) -> None:
    there = copied(master, tmp_path / "new" / "A001C002.mov")
    report = relink(edit_of(tmp_path, lost("one", url)), [tmp_path / "new"])
    assert only(report) == (there, "name + timecode")


@pytest.mark.parametrize(("disk", "edit"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_accents_are_the_same_however_they_are_composed(
    master: Path, tmp_path: Path, disk: str, edit: str
) -> None:
    there = copied(master, tmp_path / "new" / f"{normalize(disk, 'été é')}.mov")
    cut = edit_of(tmp_path, lost("one", f"/gone/{normalize(edit, 'été é')}.mov"))
    assert only(relink(cut, [tmp_path / "new"])) == (there, "name + timecode")


def test_another_suffix_will_do(master: Path, tmp_path: Path) -> None:
    there = copied(master, tmp_path / "new" / "A001C002.mov")
    report = relink(edit_of(tmp_path, lost("one", "/gone/A001C002.mxf")), [tmp_path / "new"])
    assert only(report) == (there, "name without suffix + timecode")


def test_an_edl_s_reel_finds_a_renamed_film(master: Path, tmp_path: Path) -> None:
    """By the tape's name inside the film, and by a name that begins with the reel."""
    there = copied(master, tmp_path / "new" / "final 3.mov")
    event = schema.Clip("take_1", schema.MissingReference(), span(HOUR + 10, 20))
    event.metadata["cmx_3600"] = {"reel": "A001", "comments": ["SOURCE FILE: x.tif"]}
    edit = edit_of(tmp_path, event)
    assert only(relink(edit, [tmp_path / "new"])) == (there, "reel + timecode")
    assert edit.timeline.tracks[0][0].media_reference.available_range == span(HOUR, LENGTH)
    assert shown(edit, "V1:1") == list(range(10, 30))
    named = copied(master, tmp_path / "other" / "A001_C003.mov")
    edit = edit_of(tmp_path, event.deepcopy())
    assert only(relink(edit, [tmp_path / "other"])) == (named, "reel + timecode")


@pytest.mark.parametrize(
    "noted",
    [
        {"fcp_xml": {"timecode": {"reel": {"name": "A001"}}}},
        {"fcpx": {"metadata": [{"com.apple.proapps.studio.reel": "A001"}]}},
        {"AAF": {"Name": "A001", "EssenceDescription": {"ClassName": "TapeDescriptor"}}},
        {"Resolve_OTIO": {"Reel Name": "A001"}},
    ],
    ids=lambda noted: next(iter(noted)),
)
def test_reels_are_read_where_each_program_notes_them(
    master: Path, tmp_path: Path, noted: dict[str, object]
) -> None:
    there = copied(master, tmp_path / "new" / "x.mov")
    one = lost("one", "/gone/y.mov")
    one.media_reference.metadata.update(noted)
    assert only(relink(edit_of(tmp_path, one), [tmp_path / "new"])) == (there, "reel + timecode")


def test_another_film_of_the_same_name_is_not_taken(tmp_path: Path) -> None:
    film(tmp_path / "new" / "a.mov", timecode="02:00:00:00")
    film(tmp_path / "new" / "b.mov", frames=15, timecode=None)
    film(tmp_path / "new" / "c.mov", frames=25, timecode="01:00:00:00")
    edit = edit_of(
        tmp_path,
        lost("other timecode", "/gone/a.mov"),
        lost("shorter", "/gone/b.mov"),
        lost("ends before", "/gone/c.mov"),
        lost("not there", "/gone/d.mov"),
    )
    report = relink(edit, [tmp_path / "new"])
    assert [link.path for link in report.links] == [None] * 4
    assert len(report.missing) == 4
    assert "02:00:00:00 to 02:00:02:09" in report.links[0].why
    assert "no timecode and 15 frames" in report.links[1].why
    assert "01:00:00:10 to 01:00:01:04" in report.links[2].why
    assert report.links[3].why == "no file of this name or reel"


def test_of_two_that_fit_none_is_chosen_unless_they_are_the_same_bytes(
    master: Path, tmp_path: Path
) -> None:
    one = copied(master, tmp_path / "new" / "x" / "A001C002.mov")
    film(tmp_path / "new" / "y" / "A001C002.mov", first=500)
    edit = edit_of(tmp_path, lost("one", "/gone/A001C002.mov"))
    report = relink(edit, [tmp_path / "new"])
    assert report.missing
    assert report.links[0].why.startswith("2 files fit equally")
    copied(master, tmp_path / "new" / "y" / "A001C002.mov")
    assert only(relink(edit, [tmp_path / "new"])) == (one, "name + timecode")


def test_the_folder_that_a_file_was_in_tells_cards_apart(master: Path, tmp_path: Path) -> None:
    there = copied(master, tmp_path / "new" / "day 2" / "CLIP" / "C0001.mov")
    film(tmp_path / "new" / "day 1" / "CLIP" / "C0001.mov", first=500)
    edit = edit_of(tmp_path, lost("one", "/gone/day 2/CLIP/C0001.mov"))
    assert only(relink(edit, [tmp_path / "new"])) == (there, "name + timecode + folder")


def test_all_clips_of_a_medium_decide_which_it_is(tmp_path: Path) -> None:
    """The first shows frames that both hold, the second those of one alone."""
    long = film(tmp_path / "new" / "x" / "a.mov")
    film(tmp_path / "new" / "y" / "a.mov", frames=40)
    edit = edit_of(
        tmp_path,
        lost("one", "/gone/a.mov", known=False),
        lost("two", "/gone/a.mov", first=45, frames=10, known=False),
    )
    report = relink(edit, [tmp_path / "new"])
    assert [link.path for link in report.links] == [long, long]


def test_our_renders_are_never_originals(master: Path, tmp_path: Path) -> None:
    """In a folder of renders, with a sidecar, by the name of its tape, and held by the edit."""
    copied(master, tmp_path / "new" / "cut.opticals" / "A001C002.mov")
    copied(master, tmp_path / "new" / "sidecar" / "A001C002.mov")
    (tmp_path / "new" / "sidecar" / "A001C002.json").write_text(
        json.dumps({"shot": {}, "recipe": {}, "path": "A001C002.mov"})
    )
    film(tmp_path / "new" / "tape" / "A001C002.mov", reel="V1-3_upscale_v001")
    edit = edit_of(tmp_path, lost("one", "/gone/A001C002.mov"))
    report = relink(edit, [tmp_path / "new"])
    assert report.missing
    assert report.links[0].why.count("it is a render") == 2
    there = copied(master, tmp_path / "new" / "A001C002.mov")
    assert only(relink(edit, [tmp_path / "new"])) == (there, "name + timecode")


def test_counted_from_zero_or_not_the_extent_is_the_file_s(tmp_path: Path) -> None:
    there = film(tmp_path / "new" / "a.mov")
    bare = film(tmp_path / "new" / "b.mov", timecode=None)
    edit = edit_of(
        tmp_path,
        lost("said nothing", "/gone/a.mov", known=False),
        lost("from zero", "/gone/a.mov", start=0),
        lost("longer than said", "/gone/a.mov", length=50),
        lost("part of it", "/gone/a.mov", start=HOUR + 20, length=30),
        lost("timecode lost", "/gone/b.mov"),
        lost("nothing at all", "/gone/b.mov", start=0, known=False),
    )
    report = relink(edit, [tmp_path / "new"])
    assert [link.path for link in report.links] == [there] * 4 + [bare] * 2
    assert [link.how for link in report.links] == [
        "name + timecode",
        "name + duration",
        "name + timecode",
        "name + timecode",
        "name + duration",
        "name",
    ]
    wanted = [(10, 20)] * 3 + [(30, 20)] + [(10, 20)] * 2
    for place, (first, frames) in enumerate(wanted, 1):
        assert shown(edit, f"V1:{place}") == list(range(first, first + frames)), place
    extents = [one.media_reference.available_range for one in edit.timeline.tracks[0]]
    assert extents[0] == extents[2] == extents[3] == span(HOUR, LENGTH)
    assert extents[1] == extents[5] == span(0, LENGTH)
    assert [bool(link.notes) for link in report.links] == [False, False, True, True, False, False]
    assert "60 frames" in report.links[2].notes[0]
    assert "50 frames" in report.links[2].notes[0]


def test_proxies_are_replaced_by_the_largest_original_and_stay(tmp_path: Path) -> None:
    proxy = film(tmp_path / "proxies" / "A001.mov")
    film(tmp_path / "cards" / "small" / "A001.mov")
    middle = film(tmp_path / "cards" / "A001.mp4", width=128, height=96)
    large = film(tmp_path / "cards" / "A001.mov", width=256, height=192)
    film(tmp_path / "cards" / "x" / "A001.mov", width=512, height=384, timecode="02:00:00:00")
    edit = edit_of(tmp_path / "cut", lost("one", proxy), lost("two", proxy, known=False))
    assert relink(edit, [tmp_path / "cards"]).links == ()
    report = relink(edit, [tmp_path / "cards"], replace=True)
    assert [link.path for link in report.links] == [large, large]
    assert not report.missing
    one = edit.timeline.tracks[0][0]
    assert one.media_references()["proxy"].target_url == str(proxy)
    assert shown(edit, "V1:1") == shown(edit, "V1:2") == list(range(10, 30))
    again = relink(edit, [tmp_path / "cards"], replace=True)
    assert all("its picture is no larger" in link.why for link in again.links)
    assert again.missing == ()
    large.unlink()
    report.undo()
    report = relink(edit, [tmp_path / "cards"], replace=True)
    assert [link.path for link in report.links] == [middle, middle]


def test_a_proxy_s_own_name_leads_to_its_original(tmp_path: Path) -> None:
    proxy = film(tmp_path / "proxies" / "A001_Proxy.mov")
    original = film(tmp_path / "cards" / "A001.mp4", width=256, height=192)
    edit = edit_of(tmp_path / "cut", lost("one", proxy))
    report = relink(edit, [tmp_path / "cards"], replace=True)
    assert only(report) == (original, "name without suffix + timecode")


def test_links_to_themselves_end_and_hidden_files_are_passed_over(
    master: Path, tmp_path: Path
) -> None:
    there = copied(master, tmp_path / "new" / "a" / "A001C002.mov")
    (tmp_path / "new" / "a" / "._A001C002.mov").write_bytes(b"finder")
    (tmp_path / "new" / "a" / "up").symlink_to(tmp_path / "new")
    (tmp_path / "new" / "self").symlink_to(tmp_path / "new" / "self")
    (tmp_path / "new" / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "new" / "A001C002.mov")
    folders = [tmp_path / "new", tmp_path / "new" / "a"]
    assert Index(folders).files == 1
    edit = edit_of(tmp_path, lost("one", "/gone/A001C002.mov"))
    assert only(relink(edit, folders))[0] == there


def test_retimes_need_the_frames_that_they_show(tmp_path: Path) -> None:
    film(tmp_path / "new" / "a.mov")
    fast, slow, frozen = (lost(name, "/gone/a.mov", first=20) for name in "abc")
    fast.effects.append(schema.LinearTimeWarp(time_scalar=3.0))  # 20 to 77
    slow.effects.append(schema.LinearTimeWarp(time_scalar=-2.0))  # 20 to 58
    frozen.source_range = span(HOUR + 59, 20)
    frozen.effects.append(schema.FreezeFrame())
    report = relink(edit_of(tmp_path, fast, slow, frozen), [tmp_path / "new"])
    assert [link.missing for link in report.links] == [True, False, False]


def test_clips_in_compounds_and_sound_are_found(master: Path, tmp_path: Path) -> None:
    there = copied(master, tmp_path / "new" / "A001C002.mov")
    stack = schema.Stack("compound")
    stack.append(schema.Track("V", [lost("inner", "/gone/A001C002.mov")], kind="Video"))
    edit = edit_of(tmp_path, stack)
    report = relink(edit, [tmp_path / "new"])
    assert [(link.id, link.path) for link in report.links] == [("V1:1/V1:1", there)]
    assert edit.timeline.tracks[0][0][0][0].media_reference.target_url == str(there)
    silent = edit_of(tmp_path / "b", lost("sound", "/gone/A001C002.mov"), kind="Audio")
    assert "it has no sound" in relink(silent, [tmp_path / "new"]).links[0].why


def test_wave_files_are_found_by_their_length(tmp_path: Path) -> None:
    for name, seconds in (("a", 4), ("b", 2)):
        (tmp_path / "new").mkdir(exist_ok=True)
        with wave.open(str(tmp_path / "new" / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, 48000, 0, "NONE", ""))
            file.writeframes(bytes(2 * 48000 * seconds))
    clips = [lost(name, f"/gone/{name}.wav", start=0, length=100) for name in "ab"]
    report = relink(edit_of(tmp_path, *clips, kind="Audio"), [tmp_path / "new"])
    assert [(link.path is None, link.how) for link in report.links] == [
        (False, "name + duration"),
        (True, ""),
    ]
    assert "50 frames" in report.links[1].why


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), NTSC, 2 * NTSC, FILM], ids=float)
@pytest.mark.parametrize("sampled", [44100, 48000])
def test_sound_of_whole_frames_has_them_all(tmp_path: Path, rate: Fraction, sampled: int) -> None:
    """Whether its last frame ends at the sample before or the one behind."""
    path = tmp_path / "a.wav"
    for frames in range(1, 60):
        exact = frames * sampled / rate
        for samples in {math.floor(exact), math.ceil(exact)}:
            with wave.open(str(path), "wb") as file:
                file.setparams((1, 2, sampled, 0, "NONE", ""))
                file.writeframes(bytes(2 * samples))
            found = look_at(path, rate, sound=True)
            assert isinstance(found, Footage)
            assert found.frames == frames, samples
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, sampled, 0, "NONE", ""))
        file.writeframes(bytes(2 * math.floor(10 * sampled / rate - 2)))
    found = look_at(path, rate, sound=True)
    assert isinstance(found, Footage)
    assert found.frames == 9


def test_broadcast_wave_starts_at_the_frame_that_its_sample_belongs_to(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    for frame in range(107892, 107902):  # 01:00:00;00 and on
        for sample in {math.floor(frame * 48000 / NTSC), math.ceil(frame * 48000 / NTSC)}:
            with av.open(str(path), "w", options={"write_bext": "1"}) as out:
                stream = out.add_stream("pcm_s16le", rate=48000, layout="mono")
                out.metadata["time_reference"] = str(sample)
                sound = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.int16), layout="mono")
                sound.sample_rate = 48000
                out.mux([*stream.encode(sound), *stream.encode(None)])
            found = look_at(path, NTSC, sound=True)
            assert isinstance(found, Footage)
            assert found.start == frame, sample


def pictures(folder: Path, prefix: str, first: int, count: int, step: int = 1) -> Path:
    import OpenImageIO as oiio

    folder.mkdir(parents=True, exist_ok=True)
    for place in range(first, first + count * step, step):
        path = folder / f"{prefix}{place:04}.png"
        output = oiio.ImageOutput.create(str(path))
        output.open(str(path), oiio.ImageSpec(16, 16, 3, "uint8"))
        output.write_image(np.full((16, 16, 3), place % 256, np.uint8))
        output.close()
    return folder / f"{prefix}%04d.png"


def test_sequences_are_found_by_their_numbers(tmp_path: Path) -> None:
    there = pictures(tmp_path / "new" / "s", "s010.", 1001, 30)
    pictures(tmp_path / "new" / "t", "s010.", 5001, 30)
    reference = schema.ImageSequenceReference(
        target_url_base="/gone/s/",
        name_prefix="s010.",
        name_suffix=".png",
        start_frame=1001,
        rate=25.0,
        frame_zero_padding=4,
        available_range=span(1001, 30),
    )
    one = schema.Clip("one", reference, span(1006, 20))
    two = schema.Clip("two", reference.deepcopy(), span(1020, 20))
    first = schema.ExternalReference("S:\\x\\s010.1001.png", span(1001, 30))
    three = schema.Clip("three", first, span(1006, 20))
    four = schema.Clip("s010", schema.MissingReference(), span(1006, 20))
    edit = edit_of(tmp_path, one, two, three, four)
    report = relink(edit, [tmp_path / "new"])
    assert [(link.path, link.how) for link in report.links] == [
        (there, "name + numbers"),
        (None, ""),
        (there, "name + timecode"),
        (there, "name without suffix + timecode"),
    ]
    assert "1001 to 1030" in report.links[1].why
    track = edit.timeline.tracks[0]
    assert track[0].media_reference.target_url_base == f"{there.parent}/"
    assert track[2].media_reference.target_url == str(there.parent / "s010.1001.png")
    assert track[3].media_reference.start_frame == 1001
    for place in (1, 3, 4):
        shot = edit.shot(f"V1:{place}")
        assert (shot.media, shot.first, shot.frames) == (str(there), 5, 20)


@pytest.mark.parametrize(
    ("step", "rate", "clip_rate", "first", "frames"),
    [
        (1, 24.0, 24.0, 0, 48),
        (1, 24.0, 25.0, 25, 25),  # its second second
        (1, 25.0, 24.0, 24, 20),
        (1, 24000 / 1001, 24.0, 20, 20),
        (2, 24.0, 24.0, 0, 10),
        (2, 24.0, 24.0, 7, 2),
        (3, 24.0, 48.0, 30, 30),
    ],
)
def test_a_sequence_counts_its_files_at_its_own_rate_and_by_its_step(
    tmp_path: Path, step: int, rate: float, clip_rate: float, first: int, frames: int
) -> None:
    """As OTIO itself numbers them, frame by frame: with just these files it is found."""
    reference = schema.ImageSequenceReference(
        target_url_base="/gone/s/",
        name_prefix="s.",
        name_suffix=".png",
        start_frame=101,
        frame_step=step,
        rate=rate,
        frame_zero_padding=4,
        available_range=span(0, 48, rate),
    )
    one = schema.Clip("one", reference, span(first, frames, clip_rate))
    needed = set()
    for place in range(first, first + frames):
        at = otio.opentime.RationalTime(place, clip_rate)
        offset = reference.frame_for_time(at) - reference.start_frame
        needed.add(reference.start_frame + offset // step * step)
    count = (max(needed) - min(needed)) // step + 1
    edit = edit_of(tmp_path, one)
    pictures(tmp_path / "short", "s.", min(needed), max(1, count - 1), step)
    pictures(tmp_path / "late", "s.", min(needed) + step, count, step)
    if count > 1:
        assert relink(edit, [tmp_path / "short"]).missing
    assert relink(edit, [tmp_path / "late"]).missing
    there = pictures(tmp_path / "new", "s.", min(needed), count, step)
    assert only(relink(edit, [tmp_path / "new"])) == (there, "name + numbers")


def test_a_project_that_moved_finds_its_renders_and_originals(master: Path, tmp_path: Path) -> None:
    """A placed clip: the original inside it, and the version, which is shown."""
    old = tmp_path / "old"
    medium = copied(master, old / "media" / "A001C002.mov")
    edit = edit_of(old, lost("one", medium))
    shot = edit.shot("V1:1")
    renders = renders_folder(old / "cut.otio")
    path = film(renders / "V1-1_x_v001.mov", first=100, frames=44, timecode="00:59:59:23")
    render = render_of(shot, 1, 12, path=path, start=HOUR - 2)
    edit.place(render)
    edit.save(old / "cut_opticals_v001.otio")
    untouched = edit.timeline.deepcopy()
    old.rename(tmp_path / "new")
    moved = Edit.open(tmp_path / "new" / "cut_opticals_v001.otio")
    report = relink(moved, [tmp_path / "new" / "media"])
    new_render = tmp_path / "new" / "cut.opticals" / path.name
    new_medium = tmp_path / "new" / "media" / medium.name
    assert [link.path for link in report.links] == [new_medium, new_render]
    assert not report.missing
    placed = moved.timeline.tracks[0][0]
    assert piece.versions(placed)["V1-1_x_v001"].shot.media == str(new_medium)
    assert placed.media_reference.target_url == str(new_render)
    assert piece.versions(placed)["V1-1_x_v001"].path == new_render
    assert moved.shot("V1:1").media == str(new_medium)
    saved = Edit.open(moved.save(tmp_path / "new" / "again.otio"))
    saved.switch("V1:1", "original")
    assert shown(saved, "V1:1") == list(range(10, 30))
    saved.switch("V1:1", "V1-1_x_v001")
    assert saved.timeline.tracks[0][0].media_reference.target_url == str(new_render)
    saved.restore("V1:1")
    assert shown(saved, "V1:1") == list(range(10, 30))
    report.undo()
    assert compare(untouched, moved.timeline) == ()


def test_renders_made_of_proxies_stay_when_the_originals_come(tmp_path: Path) -> None:
    """Of a part of a clip: all three pieces are led to the original, and join again."""
    proxy = film(tmp_path / "proxies" / "A001.mov")
    original = film(tmp_path / "cards" / "A001.mov", width=256, height=192)
    edit = edit_of(tmp_path / "cut", lost("one", proxy, first=5, frames=40))
    shot = edit.shot("V1:1").record_range(HOUR + 10, HOUR + 20)
    render = film(tmp_path / "cut" / "V1-1_x_v001.mov", first=100, frames=34)
    edit.place(render_of(shot, 1, 12, path=render, draft=True))
    report = relink(edit, [tmp_path / "cards"], replace=True)
    assert [link.path for link in report.links] == [original] * 3
    assert edit.timeline.tracks[0][1].media_reference.target_url == str(render)
    shot = edit.shot("V1:2")
    assert shot.media == str(original)
    final = film(tmp_path / "cut" / "V1-1_x_v002.mov", first=100, frames=34)
    edit.place(render_of(shot, 1, 12, path=final))
    assert list(piece.versions(edit.timeline.tracks[0][1])) == ["V1-1_x_v002"]
    edit.restore("V1:2")
    (whole,) = edit.timeline.tracks[0]
    assert whole.media_reference.target_url == str(original)
    assert whole.media_references()["proxy"].target_url == str(proxy)
    assert shown(edit, "V1:1") == list(range(5, 45))


def test_by_command(master: Path, tmp_path: Path) -> None:
    there = copied(master, tmp_path / "new" / "A001C002.mov")
    edit_of(tmp_path, lost("one", "/gone/A001C002.mov"), lost("two", "/gone/b.mov"))
    document, status = opticals_command(
        "relink", tmp_path / "cut.otio", tmp_path / "new", check=False
    )
    assert status == 1
    assert (document["found"], document["missing"]) == (1, 1)
    assert document["edit"] == str(tmp_path / "cut_opticals_v001.otio")
    assert [one["path"] for one in document["clips"]] == [str(there), None]
    assert shown(Edit.open(document["edit"]), "V1:1") == list(range(10, 30))
    document, status = opticals_command(
        "relink", document["edit"], tmp_path / "nowhere", check=False
    )
    assert status == 1
    assert document["error"] == "MediaError"
    edit_of(tmp_path / "b", lost("one", there))
    document = opticals_command("relink", tmp_path / "b" / "cut.otio", tmp_path / "new")
    assert (document["edit"], document["online"]) == (None, 1)


def test_each_folder_is_looked_through_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for card in range(4):
        folder = tmp_path / f"card {card}"
        folder.mkdir()
        for place in range(50):
            (folder / f"A{card:03}C{place:03}.mov").touch()
    listed: Counter[str] = Counter()
    scan = os.scandir

    def counting(folder: str) -> Iterator[os.DirEntry[str]]:
        listed[folder] += 1
        return scan(folder)

    monkeypatch.setattr(os, "scandir", counting)
    index = Index([tmp_path, tmp_path / "card 1"])
    assert index.files == 200
    assert index.named(["a003c023.MOV"]) == [tmp_path / "card 3" / "A003C023.mov"]
    assert len(index.begun(["A003C02"])) == 0
    assert len(index.begun(["A003C023"])) == 1
    assert listed == dict.fromkeys([str(tmp_path), *map(str, tmp_path.iterdir())], 1)


def test_rates_that_are_no_others_name_are_told(tmp_path: Path) -> None:
    """Timecode of a 23.976 film at 24, as edit decision lists have it."""
    there = film(tmp_path / "new" / "a.mov", rate=Fraction(24000, 1001))
    event = schema.Clip(
        "a.mov",
        schema.MissingReference(),
        otio.opentime.TimeRange(
            otio.opentime.RationalTime(86410, 24), otio.opentime.RationalTime(20, 24)
        ),
    )
    edit = edit_of(tmp_path, event, clip("other", there, 0, 20, 24.0, 86400))
    report = relink(edit, [tmp_path / "new"])
    assert only(report) == (there, "name + timecode")
    assert "23.976" in report.links[0].notes[0]
    assert shown(edit, "V1:1")[0] == 10


@pytest.mark.parametrize(
    ("name", "rate", "media", "how"),
    [
        ("fcp__premiere_example.xml", None, "sc01_sh020_anim.mov", "name + duration"),
        ("aaf__misc_speed_effects.aaf", None, "Frame Debugger 0h.mov", "name + duration"),
        ("cmx3600__cdl.edl", 24, "ZZ100_501.LAY3.01.mov", "name without suffix + timecode"),
        ("cmx3600__25fps.edl", 25, "SC00_A.mov", "reel + timecode"),
    ],
)
def test_media_of_edits_by_real_programs(
    tmp_path: Path, name: str, rate: int | None, media: str, how: str
) -> None:
    """A film as their own record of it says, in a folder of its own."""
    if not (CORPUS / name).is_file():
        pytest.skip(f"no corpus of edits at {CORPUS}")
    edit = Edit.open(CORPUS / name, rate=None if rate is None else Fraction(rate))
    known = next(
        (
            one.media_reference.available_range
            for one in edit.timeline.find_clips()
            if media in getattr(one.media_reference, "target_url", "")
        ),
        None,
    )
    there = film(
        tmp_path / "new" / media,
        frames=600 if known is None else round(known.duration.value),
        rate=edit.rate if known is None else rate_of(known.duration),
        timecode="01:00:00:00" if known is None else None,
    )
    report = relink(edit, [tmp_path / "new"])
    found = [link for link in report.found if link.id.startswith("V")]
    assert found
    assert {link.path for link in found} == {there}
    assert {link.how for link in found} == {how}
    for link in found:
        shot = edit.shot(link.id)
        assert Path(shot.media) == there
        assert 0 <= shot.first <= shot.first + shot.frames <= probe(there).frames
