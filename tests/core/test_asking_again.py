"""Renders found again, placed by hand, versioned; media whose timecode is not the edit's."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from opticals.media.read.probe import probe

from .commands import (
    LENGTH,
    START,
    clip_of,
    cut_of,
    opticals_command,
    shown,
    span,
    versions_of,
)
from .films import numbered


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
