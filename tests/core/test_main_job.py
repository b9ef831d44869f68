"""The main job through the command line and the Python API, on films whose frames are numbered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

import opticals
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe

from .commands import (
    MARKS,
    at,
    opticals_command,
    shown,
    source_numbers,
)
from .films import number


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
    with reading(probe(new.media_reference.target_url)) as reader:
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
    assert render["shot"]["record_frames"] == 15
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


@pytest.mark.alone
@pytest.mark.parametrize("after", [0.5, 3.0, None], ids=["starting", "loading", "rendering"])
def test_ctrl_c_is_answered_at_once(
    after: float | None, folder: Path, tmp_path: Path, models: Any
) -> None:
    """Whatever it is at, with a network that takes long for each picture: two seconds."""
    models("isnet", "transnetv2")
    command = [
        *(sys.executable, "-m", "opticals", "render", str(folder / "cut.otio"), "--shot", "V1:3"),
        *("--effect", "green_screen:model=quality", "-o", str(tmp_path / "n.otio")),
        *("--renders", str(tmp_path / "r"), "--device", "cpu"),
    ]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stderr is not None
            if after is None:
                while "loading isnet" not in process.stderr.readline():
                    assert process.poll() is None
            time.sleep(after or 0.5)
            pressed = time.monotonic()
            os.killpg(process.pid, signal.SIGINT)
            said = [(line, time.monotonic() - pressed) for line in process.stderr]
            process.wait(60)
            ended = time.monotonic() - pressed
        finally:
            process.kill()
    assert ended < 2
    if after == 0.5:  # where the machine is slow, Python is still at its imports
        assert process.returncode in (130, -signal.SIGINT)
    else:
        assert process.returncode == 130
        assert any("Stopping…" in line and when < 0.5 for line, when in said)
        assert "Stopped.\n" in (line for line, _ in said)
    assert not (tmp_path / "n.otio").exists()
    assert not list(Path(os.environ["OPTICALS_HOME"]).rglob("*.partial*"))
