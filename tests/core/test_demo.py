"""`opticals demo`: the whole job on real footage with trained networks, as the README promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import opentimelineio as otio
import pytest

from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.timeline.shot import Shot


@pytest.mark.timeout(900)
def test_the_demo_does_what_it_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "opticals", "demo", "--folder", str(tmp_path / "demo"), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert all(report["ok"] for report in result["verified"])
    before = otio.adapters.read_from_file(result["original"])
    after = otio.adapters.read_from_file(result["edit"])
    assert len(before.find_clips()) >= 5
    assert len(before.video_tracks()) == 2
    assert len(before.audio_tracks()) == 1
    # Nothing else changed: same lengths and same positions on every track.
    for old, new in zip(before.tracks, after.tracks, strict=True):
        assert old.duration() == new.duration()
    upscaled, slowed = (Path(render["path"]) for render in result["renders"])
    assert (probe(upscaled).width, probe(upscaled).height) == (1280, 544)
    # Every other frame of slow motion x2 is the source's own.
    shot = Shot.from_json(result["renders"][1]["shot"])
    head = result["renders"][1]["head"]
    with reading(probe(shot.media)) as source, reading(probe(slowed)) as made:
        own = next(iter(source.read(shot.first, shot.first + 1)))
        first = next(iter(made.read(head, head + 1)))
    difference = own[0].float() - first[0].float() / 4  # 8 bits, and 10
    assert difference.abs().mean() < 1  # what ProRes loses
    picture = cv2.imread(result["picture"])
    assert picture is not None
    assert picture.std() > 20
