"""The main job through the command line and the Python API, on films whose frames are numbered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

import opticals
from opticals.media.decode import Reader
from opticals.media.probe import probe

from .films import number, numbered

RATE = 25
START = 3600 * RATE  # of record and of the media alike
LENGTH = 100


def at(frames: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, RATE)


def span(start: int, frames: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(at(start), at(frames))


def clip(name: str, film: Path, first: int, frames: int) -> otio.schema.Clip:
    media = otio.schema.ExternalReference(film.name, span(START, LENGTH))
    return otio.schema.Clip(name, media, span(START + first, frames))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips, a dissolve, a gap, a second track and sound; frames 0-99, 100-199, 200-299."""
    folder = tmp_path_factory.mktemp("edit")
    films = [
        numbered(folder / f"film{n}.mov", LENGTH, first=n * 100, timecode="01:00:00:00")
        for n in range(3)
    ]
    edit = otio.schema.Timeline("cut", global_start_time=at(START))
    low = otio.schema.Track("V1", kind="Video")
    low.extend(
        [
            clip("one", films[0], 20, 40),
            clip("two", films[1], 30, 50),
            otio.schema.Transition("dissolve", "SMPTE_Dissolve", at(6), at(8)),
            clip("three", films[2], 10, 60),
        ]
    )
    high = otio.schema.Track("V2", kind="Video")
    high.extend([otio.schema.Gap(duration=at(100)), clip("four", films[0], 0, 40)])
    sound = otio.schema.Track("A1", kind="Audio")
    sound.append(clip("sound", films[2], 0, 100))
    sound[0].markers.append(otio.schema.Marker("beat", span(START + 70, 1)))
    edit.tracks.extend([low, high, sound])
    edit.tracks.markers.append(otio.schema.Marker("late", span(120, 10)))
    otio.adapters.write_to_file(edit, str(folder / "cut.otio"))
    return folder


def opticals_command(*arguments: str | Path, check: bool = True) -> Any:
    """Run the command with --json; its document, or with `check=False` also its exit status."""
    done = subprocess.run(
        [sys.executable, "-m", "opticals", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if not check:
        return json.loads(done.stdout), done.returncode
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def shown(edit: Path, track: int = 0) -> list[int | None]:
    """The number that each record frame of a track shows, decoded from the active media.

    Written against OTIO and the decoder alone, not against the code under test.
    """
    timeline = otio.adapters.read_from_file(str(edit))
    found: list[int | None] = []
    for child in timeline.tracks[track]:
        if isinstance(child, otio.schema.Transition):
            continue
        duration = int(child.duration().value)
        if isinstance(child, otio.schema.Gap):
            found += [None] * duration
            continue
        media = child.media_reference
        path = Path(media.target_url)
        path = path if path.is_absolute() else edit.parent / path
        offset = child.source_range.start_time - media.available_range.start_time
        first = int(offset.value)
        with Reader(probe(path)) as reader:
            found += [number(frame) for frame in reader.read(first, first + duration)]
    return found


def source_numbers() -> list[int | None]:
    return [*range(20, 60), *range(130, 180), *range(210, 270)]


# Record 01:00:01:20 to 01:00:02:24 is the frames 45 to 74: 30 of clip two, from number 135.
MARKS = ("--in", "01:00:01:20", "--out", "01:00:02:24")


@pytest.mark.parametrize("place", ["version", "overlay"])
@pytest.mark.parametrize("handles", ["0", "12"])
def test_every_record_position_shows_the_right_frame(
    folder: Path, tmp_path: Path, place: str, handles: str
) -> None:
    out = tmp_path / "new.otio"
    before = (folder / "cut.otio").read_bytes()
    opticals_command(
        *("render", folder / "cut.otio", "--track", "V1", *MARKS, "--effect", "copy"),
        *("-o", out, "--place", place, "--handles", handles, "--renders", tmp_path / "r"),
    )
    assert (folder / "cut.otio").read_bytes() == before
    assert shown(out) == source_numbers()
    if place == "overlay":
        assert shown(out, 2) == [None] * 45 + list(range(135, 165))
    assert shown(out, 1) == [None] * 100 + list(range(40))


@pytest.mark.parametrize("place", ["version", "overlay"])
def test_slow_motion_keeps_the_record_duration_and_says_what_drops_out(
    folder: Path, tmp_path: Path, place: str, models: Any
) -> None:
    models("rife")
    out = tmp_path / "new.otio"
    answer = opticals_command(
        *("render", folder / "cut.otio", "--track", "V1", *MARKS, "-o", out, "--place", place),
        *("--effect", "slow_motion:factor=2", "--renders", tmp_path / "r", "--handles", "2"),
    )
    timeline = otio.adapters.read_from_file(str(out))
    new = next(c for c in timeline.find_clips() if "slow_motion" in c.active_media_reference_key)
    assert new.duration() == at(30)
    first = int(
        (new.source_range.start_time - new.media_reference.available_range.start_time).value
    )
    assert first == 4
    with Reader(probe(new.media_reference.target_url)) as reader:
        frames = list(reader.read(first, first + 30))
    assert [number(frame) for frame in frames[::2]] == list(range(135, 150))
    dropped = [text for text in answer["messages"] if "01:00:02:00" in text]
    assert dropped, answer["messages"]  # source frames 150 to 164 are 01:00:02:00 to 02:14


def test_ripple_moves_everything_later_on_all_tracks(
    folder: Path, tmp_path: Path, models: Any
) -> None:
    models("rife")
    out = tmp_path / "new.otio"
    opticals_command(
        *("render", folder / "cut.otio", "--track", "V1", *MARKS, "-o", out, "--time", "ripple"),
        *("--effect", "slow_motion:factor=2", "--renders", tmp_path / "r", "--handles", "0"),
    )
    timeline = otio.adapters.read_from_file(str(out))
    four = next(c for c in timeline.tracks[1] if c.name == "four")
    assert four.range_in_parent().start_time == at(130)
    assert int(timeline.tracks.markers[0].marked_range.start_time.value) == 150
    sound = [(type(c).__name__, int(c.duration().value)) for c in timeline.tracks[2]]
    assert sound == [("Clip", 75), ("Gap", 30), ("Clip", 25)]
    restored = tmp_path / "back.otio"
    placed = next(
        track_clip["id"]
        for track_clip in opticals_command("shots", out)["shots"]
        if track_clip["version"]
    )
    opticals_command("switch", out, "--shot", placed, "--to", "original", "-o", restored)
    originals = otio.adapters.read_from_file(str(folder / "cut.otio"))
    back = otio.adapters.read_from_file(str(restored))
    for one in (originals, back):
        for each in one.find_clips():  # the new folder's relative paths name the same files
            each.media_reference.target_url = Path(each.media_reference.target_url).name
    assert json.loads(back.to_json_string()) == json.loads(originals.to_json_string())


def test_a_range_that_cuts_into_a_transition_grows_and_says_so(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new.otio"
    # The dissolve covers record frames 84 to 97; the out mark is frame 86.
    answer = opticals_command(
        *("render", folder / "cut.otio", "--track", "V1", "--in", "01:00:03:00"),
        *("--out", "01:00:03:11", "--effect", "copy", "-o", out, "--handles", "0"),
        *("--renders", tmp_path / "r"),
    )
    assert any("transition" in text for text in answer["messages"])
    assert shown(out) == source_numbers()
    render = answer["renders"][0]
    assert render["shot"]["frames"] == 15
    assert render["frames"] == 15 + 8  # what the dissolve needs behind the cut


def test_the_python_api_of_the_readme(folder: Path, tmp_path: Path) -> None:
    edit = opticals.open(folder / "cut.otio")
    shot = edit.shot("V1:2").range("01:00:01:20", "01:00:02:24")
    render = opticals.render(shot, [opticals.effect("copy")], folder=tmp_path / "r")
    edit.place(render)
    edit.save(tmp_path / "cut_v2.otio")
    assert shown(tmp_path / "cut_v2.otio") == source_numbers()
    recipe = json.loads(render.sidecar.read_text())["recipe"]
    assert recipe["steps"][0]["effect"] == "copy"


def test_a_draft_is_replaced_by_its_final(folder: Path, tmp_path: Path) -> None:
    draft, final = tmp_path / "draft.otio", tmp_path / "final.otio"
    common = ("--track", "V1", *MARKS, "--effect", "copy", "--renders", tmp_path / "r")
    opticals_command("render", folder / "cut.otio", *common, "--draft", "-o", draft)
    opticals_command("render", draft, *common, "-o", final)
    versions = [one["versions"] for one in opticals_command("shots", final)["shots"]]
    assert [len(one) for one in versions if one] == [1]
    assert shown(final) == source_numbers()


def test_anybodys_film_is_placed_when_it_fits(folder: Path, tmp_path: Path) -> None:
    plate = opticals_command(
        *("pull", folder / "cut.otio", "--shot", "V1:2", "--renders", tmp_path / "plates"),
        *("--handles", "5"),
    )
    path = Path(plate["path"])
    assert path.name == "V1-2_plate_v001.mov"
    path.with_suffix(".json").unlink()  # now it is anybody's
    out = tmp_path / "placed.otio"
    opticals_command("place", path, folder / "cut.otio", "--shot", "V1:2", "-o", out)
    assert shown(out) == source_numbers()
    answer, status = opticals_command(
        "place", path, folder / "cut.otio", "--shot", "V1:1", "-o", tmp_path / "x.otio", check=False
    )
    assert status == 1
    assert answer["error"] == "ShotError"
    assert not (tmp_path / "x.otio").exists()


def test_verify_proves_a_render_and_an_edit_and_finds_damage(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new.otio"
    answer = opticals_command(
        *("render", folder / "cut.otio", "--shot", "V1:1", "--effect", "copy", "-o", out),
        *("--renders", tmp_path / "r", "--format", "dnxhr_hqx", "--place", "overlay"),
        check=False,
    )
    assert answer[1] == 1  # too small a picture for DNxHR: said, and nothing written
    assert not out.exists()
    made = opticals_command(
        *("render", folder / "cut.otio", "--shot", "V1:1", "--effect", "copy", "-o", out),
        *("--renders", tmp_path / "r"),
    )
    path = Path(made["renders"][0]["path"])
    for subject in (path, out):
        reports = opticals_command("verify", subject)
        assert [report["ok"] for report in reports] == [True]
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    path.write_bytes(data)
    reports, status = opticals_command("verify", out, check=False)
    assert status == 1
    assert not reports[0]["ok"]


def test_ctrl_c_stops_cleanly(folder: Path, tmp_path: Path, models: Any) -> None:
    models("rife")
    command = [
        *(sys.executable, "-m", "opticals", "render", str(folder / "cut.otio")),
        *("--shot", "V1:3", "--effect", "slow_motion:factor=8", "-o", str(tmp_path / "n.otio")),
        *("--renders", str(tmp_path / "r"), "--device", "cpu"),
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that runs these tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    home = Path(os.environ["OPTICALS_HOME"])
    before = set(home.glob("cache/segments/*/*.json"))
    deadline = time.monotonic() + 120
    while not set(home.glob("cache/segments/*/*.json")) - before:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped" in errors
    assert not (tmp_path / "n.otio").exists()
    assert not list(home.rglob("*.partial*"))


RANGE = ("render", "cut.otio", "--track", "V1", "--effect", "copy")
BAD = {
    "no such edit": (["shots", "nowhere.otio"], "EditError"),
    "not an edit": (["shots", "text.otio"], "EditError"),
    "another format": (["shots", "cut.edl"], "EditError"),
    "no such clip": (["render", "cut.otio", "--shot", "V1:9", "--effect", "copy"], "ShotError"),
    "no such track": (
        ["render", "cut.otio", "--track", "V7", *MARKS, "--effect", "copy"],
        "ShotError",
    ),
    "on a gap": (
        ["render", "cut.otio", "--track", "V2", *MARKS, "--effect", "copy"],
        "ShotError",
    ),
    "outside the edit": (
        [*RANGE, "--in", "02:00:00:00", "--out", "02:00:01:00"],
        "ShotError",
    ),
    "no timecode": (
        [*RANGE, "--in", "soon", "--out", "later"],
        "ShotError",
    ),
    "out before in": (
        [*RANGE, "--in", "01:00:00:20", "--out", "01:00:00:10"],
        "ShotError",
    ),
    "no such effect": (
        ["render", "cut.otio", "--shot", "V1:1", "--effect", "sparkle"],
        "SettingError",
    ),
    "no such setting": (
        ["render", "cut.otio", "--shot", "V1:1", "--effect", "upscale:size=2"],
        "SettingError",
    ),
    "out of bounds": (
        ["render", "cut.otio", "--shot", "V1:1", "--effect", "upscale:scale=3"],
        "SettingError",
    ),
    "no such device": (
        ["render", "cut.otio", "--shot", "V1:1", "--effect", "copy", "--device", "cuda:7"],
        "DeviceError",
    ),
    "no such model": (["models", "pull", "gigantic"], "ModelError"),
    "output is a source": (
        ["render", "cut.otio", "--shot", "V1:1", "--effect", "copy", "-o", "film0.mov"],
        "EditError",
    ),
    "output is the edit": (
        ["render", "cut.otio", "--shot", "V1:1", "--effect", "copy", "-o", "cut.otio"],
        "OutputError",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_answered_with_what_why_and_what_to_do(
    folder: Path, tmp_path: Path, case: str
) -> None:
    arguments, expected = BAD[case]
    (folder / "text.otio").write_text("not an edit")
    (folder / "cut.edl").write_text("TITLE: x")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    located = [
        str(folder / one) if one.endswith((".otio", ".edl", ".mov")) else one for one in arguments
    ]
    if arguments[0] == "render" and "-o" not in arguments:
        located += ["-o", str(tmp_path / "new.otio")]
    answer, status = opticals_command(*located, check=False)
    assert status == 1
    assert answer["error"] == expected, answer
    assert answer["what"]
    assert answer["why"] or answer["remedy"]
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert not list(tmp_path.iterdir())


def test_no_space_left_is_said_and_nothing_is_left_half_written(
    folder: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be made by mounting one, which is not allowed here")
    try:
        answer, status = opticals_command(
            *("render", folder / "cut.otio", "--shot", "V1:2", "--effect", "copy"),
            *("--renders", disk / "r", "-o", tmp_path / "new.otio"),
            check=False,
        )
        assert status == 1
        assert answer["error"] == "OutputError"
        assert "space" in answer["what"] + answer["why"] + answer["remedy"]
        assert not list((disk / "r").iterdir())
        assert not (tmp_path / "new.otio").exists()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def cut_of(folder: Path, *clips: otio.schema.Clip) -> Path:
    """An edit of one track in a folder of its own."""
    edit = otio.schema.Timeline("small", global_start_time=at(START))
    track = otio.schema.Track("V1", kind="Video")
    track.extend(clips)
    edit.tracks.append(track)
    folder.mkdir(exist_ok=True)
    path = folder / "small.otio"
    otio.adapters.write_to_file(edit, str(path))
    return path


@pytest.fixture(scope="module")
def film(folder: Path) -> Path:
    return folder / "film0.mov"


def clip_of(film: Path, first: int, frames: int, *, known: bool = True) -> otio.schema.Clip:
    extent = span(START, LENGTH) if known else None
    return otio.schema.Clip(
        "c", otio.schema.ExternalReference(str(film), extent), span(START + first, frames)
    )


def versions_of(edit: Path) -> list[list[str]]:
    return [one["versions"] for one in opticals_command("shots", edit)["shots"]]


def test_two_clips_with_one_range_each_get_their_render(film: Path, tmp_path: Path) -> None:
    edit = cut_of(
        tmp_path / "e", clip_of(film, 10, 20), clip_of(film, 50, 9), clip_of(film, 10, 20)
    )
    out = tmp_path / "new.otio"
    opticals_command(
        "render", edit, "--shot", "V1:1", "--effect", "copy", "-o", tmp_path / "1.otio"
    )
    opticals_command(
        *("render", edit, "--shot", "V1:1", "--shot", "V1:3", "--effect", "copy", "-o", out)
    )
    assert [bool(one) for one in versions_of(out)] == [True, False, True]


def test_selections_with_one_extent_are_told_apart(film: Path, tmp_path: Path) -> None:
    """Two selections whose handles, clamped by the medium, come to the same file."""
    edit = cut_of(tmp_path / "e", clip_of(film, 0, 40))
    first, second = tmp_path / "1.otio", tmp_path / "2.otio"
    opticals_command(
        *("render", edit, "--shot", "V1:1", "--in", "01:00:00:10", "--out", "01:00:01:02"),
        *("--effect", "copy", "--handles", "12", "-o", first),
    )
    opticals_command(
        *("render", edit, "--shot", "V1:1", "--in", "01:00:00:00", "--out", "01:00:01:14"),
        *("--effect", "copy", "--handles", "0", "-o", second),
    )
    for out in (first, second):
        assert shown(out) == list(range(40))
    lengths = [one["frames"] for one in opticals_command("shots", second)["shots"]]
    assert lengths == [40]


def test_a_plate_is_no_render_and_a_render_no_plate(film: Path, tmp_path: Path) -> None:
    edit = cut_of(tmp_path / "e", clip_of(film, 10, 20))
    out = tmp_path / "1.otio"
    made = opticals_command("render", edit, "--shot", "V1:1", "--effect", "copy", "-o", out)
    plate = opticals_command("pull", edit, "--shot", "V1:1")
    assert Path(made["renders"][0]["path"]).stem == "V1-1_copy_v001"
    assert Path(plate["path"]).stem == "V1-1_plate_v001"


def test_a_render_of_ours_is_placed_on_the_shot_that_is_named(film: Path, tmp_path: Path) -> None:
    edit = cut_of(
        tmp_path / "e", clip_of(film, 10, 20), clip_of(film, 40, 20), clip_of(film, 10, 20)
    )
    made = opticals_command(
        "render", edit, "--shot", "V1:1", "--effect", "copy", "-o", tmp_path / "1.otio"
    )
    render = made["renders"][0]["path"]
    out = tmp_path / "2.otio"
    opticals_command("place", render, edit, "--shot", "V1:3", "-o", out)
    assert [bool(one) for one in versions_of(out)] == [False, False, True]
    answer, status = opticals_command(
        "place", render, edit, "--shot", "V1:2", "-o", tmp_path / "3.otio", check=False
    )
    assert (status, answer["error"]) == (1, "ShotError")


def test_a_second_version_stands_beside_the_first(film: Path, tmp_path: Path) -> None:
    edit = cut_of(tmp_path / "e", clip_of(film, 10, 20))
    first = opticals_command("render", edit, "--shot", "V1:1", "--effect", "copy")
    assert Path(first["edit"]).name == "small_opticals_v001.otio"
    second = opticals_command(
        "render", first["edit"], "--shot", "V1:1", "--effect", "copy", "--seed", "2"
    )
    assert Path(second["edit"]).name == "small_opticals_v002.otio"
    named = tmp_path / "e" / "mine.otio"
    third = opticals_command(
        *("render", second["edit"], "--shot", "V1:1", "--effect", "copy", "--seed", "3"),
        *("-o", named, "--renders", tmp_path / "elsewhere"),
    )
    names = [Path(one["renders"][0]["path"]).stem for one in (first, second, third)]
    assert names == ["V1-1_copy_v001", "V1-1_copy_v002", "V1-1_copy_v003"]
    assert versions_of(named) == [names]


def test_an_edit_that_does_not_say_where_media_start_is_understood(
    film: Path, tmp_path: Path
) -> None:
    edit = cut_of(tmp_path / "e", clip_of(film, 10, 20, known=False))
    out = tmp_path / "new.otio"
    made = opticals_command(
        "render", edit, "--shot", "V1:1", "--effect", "copy", "-o", out, "--handles", "4"
    )
    assert shown(out) == list(range(10, 30))
    assert made["renders"][0]["start"] == START + 6


def test_a_render_carries_its_sources_timecode_whatever_the_edit_counts_from(
    film: Path, tmp_path: Path
) -> None:
    clip = clip_of(film, 10, 20)
    clip.media_reference.available_range = span(0, LENGTH)
    clip.source_range = span(10, 20)
    edit = cut_of(tmp_path / "e", clip)
    out = tmp_path / "new.otio"
    made = opticals_command(
        "render", edit, "--shot", "V1:1", "--effect", "copy", "-o", out, "--handles", "4"
    )
    assert probe(made["renders"][0]["path"]).start == START + 6
    assert shown(out) == list(range(10, 30))


def test_what_stops_a_placing_is_said_before_anything_is_rendered(
    folder: Path, tmp_path: Path, models: Any
) -> None:
    models("rife")
    # Marks on V2 whose end lies inside the dissolve of V1: room cannot be opened there.
    timeline = otio.adapters.read_from_file(str(folder / "cut.otio"))
    timeline.tracks[1][0].source_range = span(0, 70)
    path = folder / "blocked.otio"
    otio.adapters.write_to_file(timeline, str(path))
    answer, status = opticals_command(
        *("render", path, "--track", "V2", "--in", "01:00:02:20", "--out", "01:00:03:14"),
        *("--effect", "slow_motion", "--time", "ripple", "-o", tmp_path / "new.otio"),
        *("--renders", tmp_path / "r"),
        check=False,
    )
    assert status == 1
    assert answer["error"] == "EditError", answer
    assert not (tmp_path / "r").exists()


def test_code_in_the_current_folder_is_not_run(folder: Path, tmp_path: Path) -> None:
    for name in ("av", "queue", "torch"):
        (tmp_path / f"{name}.py").write_text("open('trapped', 'w').close()")
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("opticals")), "render", str(folder / "cut.otio")),
            *("--shot", "V1:1", "--effect", "copy", "-o", "new.otio", "--renders", "r"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "trapped").exists()
    assert opticals_command("verify", tmp_path / "new.otio")[0]["ok"]  # from another folder


def test_anybodys_film_that_changes_afterwards_is_noticed(film: Path, tmp_path: Path) -> None:
    edit = cut_of(tmp_path / "e", clip_of(film, 10, 20))
    comp = numbered(tmp_path / "comp.mov", 20, first=500)
    out = tmp_path / "new.otio"
    opticals_command("place", comp, edit, "--shot", "V1:1", "-o", out)
    assert opticals_command("verify", out)[0]["ok"]
    numbered(comp, 20, first=600)
    reports, status = opticals_command("verify", out, check=False)
    assert status == 1
    assert [point["name"] for point in reports[0]["points"] if not point["ok"]] == ["file"]


def test_a_medium_of_another_rate_is_refused_at_once(tmp_path: Path) -> None:
    film = numbered(tmp_path / "fast.mov", 40, rate=Fraction(30))
    edit = cut_of(tmp_path / "e", clip_of(film, 0, 20))
    answer, status = opticals_command(
        "render", edit, "--shot", "V1:1", "--effect", "copy", "-o", tmp_path / "n.otio", check=False
    )
    assert (status, answer["error"]) == (1, "ShotError")
    assert not (tmp_path / "e" / "small.opticals").exists()
