"""Bad input through the command line: what, why and what to do; nothing written, nothing lost."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .commands import (
    MARKS,
    opticals_command,
)

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
        assert answer["error"] == "DiskFull"
        assert "space" in answer["what"] + answer["why"] + answer["remedy"]
        assert not list((disk / "r").iterdir())
        assert not (tmp_path / "new.otio").exists()
    finally:
        subprocess.run(["umount", str(disk)], check=True)
