"""The cuts of media: the same in any range, kept on disk, and found from an edit."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from opticals.errors import Cancelled
from opticals.media.facts import AS_TAGGED, Media
from opticals.media.read.probe import probe
from opticals.rendering import shots
from opticals.rendering.context import RenderContext
from opticals.rendering.device import Settled
from opticals.settings import cache_folder
from opticals.timeline.timecode import timecode

from .commands import opticals_command

CUTS = (30, 76, 137, 187, 242)  # the first frames of the film's shots, found by eye


@pytest.fixture(scope="module")
def film(footage: Callable[[str], Path], models: Callable[..., None]) -> Media:
    models("transnetv2")
    return probe(footage("bikes.mp4"))


@pytest.fixture
def fresh(home: Path) -> Iterator[Path]:
    """The folder of what is kept, empty."""
    folder = cache_folder() / "cuts"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def find(media: Media, start: int, stop: int, stop_after: int = 10**9) -> tuple[Any, int]:
    """The cuts, and how many frames were looked at for them."""
    beats = iter(range(stop_after))
    told = [0]

    def beat(note: str) -> None:
        if next(beats, None) is None:
            raise Cancelled

    context = RenderContext(Settled("cpu", "float32", 384, {}), 0, beat)
    found = shots.cuts(media, AS_TAGGED, start, stop, context, lambda *words: told.append(words[1]))
    return found, max(told)


def test_every_range_gives_the_same_cuts_and_looks_at_no_more_than_it_needs(
    film: Media, fresh: Path
) -> None:
    found, looked_at = find(film, 70, 80)
    assert found == (76,)
    assert looked_at == shots.CELL
    assert find(film, 0, film.frames) == (CUTS, film.frames - shots.CELL)
    for start, stop in ((0, 30), (0, 31), (30, 31), (31, 76), (49, 51), (240, 250), (60, 60)):
        wanted = tuple(cut for cut in CUTS if start <= cut < stop)
        assert find(film, start, stop) == (wanted, 0)


def test_what_is_damaged_is_found_again(film: Media, fresh: Path) -> None:
    assert find(film, 20, 40)[0] == (30,)
    (kept,) = fresh.glob("*/*.json")
    for text in ("[[1, 2]]", kept.read_text(encoding="utf-8")[:-40]):
        kept.write_text(text, encoding="utf-8")
        assert find(film, 20, 40) == ((30,), shots.CELL)
    assert len(json.loads(kept.read_text(encoding="utf-8"))) == shots.CELL


def test_a_cancel_keeps_what_was_found(film: Media, fresh: Path) -> None:
    with pytest.raises(Cancelled):
        find(film, 0, film.frames, stop_after=190)
    assert 1 <= len(list(fresh.glob("*/*.json"))) < 5
    assert find(film, 0, film.frames)[0] == CUTS


def test_media_of_one_frame_and_of_two(film: Media, fresh: Path) -> None:
    assert find(replace(film, frames=1), 0, 1)[0] == ()
    assert find(replace(film, frames=2), 0, 2)[0] == ()


@pytest.fixture
def edit(film: Media, tmp_path: Path) -> Path:
    """The film whole, after ten frames of nothing, and frames 100 to 159 of it backwards."""
    rate = float(film.rate)
    timeline = otio.schema.Timeline("rushes")
    timeline.global_start_time = otio.opentime.RationalTime(3600 * rate, rate)
    track = otio.schema.Track("V", kind="Video")
    track.append(otio.schema.Gap(source_range=_span(0, 10, rate)))
    for first, frames, speed in ((0, 250, 1), (100, 60, -1)):
        media = otio.schema.ExternalReference(film.path, _span(0, film.frames, rate))
        clip = otio.schema.Clip("bikes", media, _span(first, frames, rate))
        if speed != 1:
            clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
        track.append(clip)
    timeline.tracks.append(track)
    path = tmp_path / "rushes.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_the_command_lists_marks_and_razors(edit: Path, tmp_path: Path) -> None:
    start = 3600 * 25
    wanted = [("V1:1", start + 10 + cut, cut) for cut in CUTS]
    wanted.append(("V1:2", start + 260 + 160 - 137, 137))
    listed = opticals_command("cuts", edit, "--track", "V1")
    assert [(one["shot"], one["record"], one["frame"]) for one in listed["cuts"]] == [
        (shot, timecode(record, Fraction(25), False), frame) for shot, record, frame in wanted
    ]
    assert {one["name"] for one in listed["cuts"]} == {"Cut"}
    assert list(tmp_path.iterdir()) == [edit]

    razored = tmp_path / "razored.otio"
    opticals_command("cuts", edit, "--shot", "V1:1", "--razor", "-o", razored)
    (track,) = otio.adapters.read_from_file(str(razored)).tracks
    ranges = [
        (int(one.source_range.start_time.value), int(one.source_range.duration.value))
        for one in track
    ]
    edges = (0, *CUTS, 250)
    pieces = [(low, high - low) for low, high in itertools.pairwise(edges)]
    assert ranges == [(0, 10), *pieces, (100, 60)]

    marked = tmp_path / "marked.otio"
    opticals_command("cuts", edit, "--shot", "V1:1", "--markers", "-o", marked)
    (track,) = otio.adapters.read_from_file(str(marked)).tracks
    places = [int(one.marked_range.start_time.value) for one in track[1].markers]
    assert places == list(CUTS)

    refused, status = opticals_command(
        "cuts", edit, "--track", "V1", "--razor", "--markers", check=False
    )
    assert status == 1
    assert "either" in refused["what"]


def test_a_render_cannot_be_asked_of_it(edit: Path) -> None:
    refused, status = opticals_command(
        "render", edit, "--shot", "V1:1", "--effect", "find_cuts", check=False
    )
    assert status == 1
    assert "opticals cuts" in refused["remedy"]


def _span(start: int, frames: int, rate: float) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(frames, rate)
    )
