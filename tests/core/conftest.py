"""The edit that the tests of the command line share."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest

from .commands import LENGTH, START, at, clip, span
from .films import numbered


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


@pytest.fixture(scope="module")
def film(folder: Path) -> Path:
    return folder / "film0.mov"
