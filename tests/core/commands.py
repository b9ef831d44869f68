"""Edits of numbered films for tests, the command run on them, and what they then show."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import opentimelineio as otio

from opticals.media.read.decode import reading
from opticals.media.read.probe import probe

from .films import number

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
        url = media.target_url
        path = Path(unquote(urlsplit(url).path) if url.startswith("file:") else url)
        path = path if path.is_absolute() else edit.parent / path
        offset = child.source_range.start_time - media.available_range.start_time
        first = int(offset.value)
        with reading(probe(path)) as reader:
            found += [number(frame) for frame in reader.read(first, first + duration)]
    return found


def source_numbers() -> list[int | None]:
    return [*range(20, 60), *range(130, 180), *range(210, 270)]


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


def clip_of(film: Path, first: int, frames: int, *, known: bool = True) -> otio.schema.Clip:
    extent = span(START, LENGTH) if known else None
    return otio.schema.Clip(
        "c", otio.schema.ExternalReference(str(film), extent), span(START + first, frames)
    )


def versions_of(edit: Path) -> list[list[str]]:
    return [one["versions"] for one in opticals_command("shots", edit)["shots"]]


# Record 01:00:01:20 to 01:00:02:24 is the frames 45 to 74: 30 of clip two, from number 135.
MARKS = ("--in", "01:00:01:20", "--out", "01:00:02:24")
