"""Prints what things cost on this machine: `make bench`, or `make bench ARGS="start copy"`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from opticals.timeline.edit import Edit
from opticals.timeline.shot import Shot
from tests import tables
from tests.benchmarks import timing, transcode
from tests.benchmarks.hosts import hosts
from tests.benchmarks.job import job
from tests.benchmarks.panel import panel
from tests.benchmarks.queue import queue
from tests.benchmarks.timing import python, row, seconds
from tests.benchmarks.viewer import viewer
from tests.core.edits import render_of


def start() -> None:
    """What it costs to begin."""
    bare = seconds(python("-c", "pass"))
    row("the bare interpreter", f"{bare:.3f} s")
    for code, target in (
        ("import opentimelineio", ""),
        ("import opticals", "below 0.15 s beyond the interpreter"),
    ):
        row(f"{code}, beyond it", f"{seconds(python('-c', code)) - bare:.3f} s", target)
    row(
        "opticals effects, in all", f"{seconds(python('-m', 'opticals', 'effects')):.3f} s", "0.5 s"
    )


def edit() -> None:
    """Opening and changing a long edit."""
    import opentimelineio as otio

    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "a.mov"
        film.touch()
        path = Path(folder) / "long.otio"
        rate = 25

        def span(first: int, count: int) -> otio.opentime.TimeRange:
            return otio.opentime.TimeRange(
                otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(count, rate)
            )

        timeline = otio.schema.Timeline("long")
        track = otio.schema.Track("V1", kind="Video")
        track.extend(
            otio.schema.Clip(
                f"c{n}", otio.schema.ExternalReference(str(film), span(0, 1000)), span(n % 900, 20)
            )
            for n in range(10_000)
        )
        timeline.tracks.append(track)
        otio.adapters.write_to_file(timeline, str(path))
        row("open an edit of 10,000 clips", f"{seconds(lambda: Edit.open(path), 3):.3f} s", "1 s")
        opened = Edit.open(path)
        shot = opened.shot("V1:5000")
        row("  its shot in the middle", f"{seconds(lambda: opened.shot('V1:5000')):.4f} s")

        def placed(part: Shot, factor: int, how: str, time: str) -> float:
            """Placing alone; each is taken back."""
            render, times = render_of(part, factor), []
            for _ in range(5):
                started = perf_counter()
                placement = opened.place(render, how, time)
                times.append(perf_counter() - started)
                placement.undo()
            return min(times)

        part = shot.record_range(shot.record + 4, shot.record + 12)
        for words, cost in (
            ("a render placed as a version", placed(shot, 1, "version", "fit")),
            ("  as a part of a clip, with ripple", placed(part, 2, "version", "ripple")),
            ("  as an overlay", placed(part, 1, "overlay", "fit")),
        ):
            row(words, f"{cost:.4f} s", "0.05 s")
        new = Path(folder) / "new.otio"
        saved = seconds(lambda: opened.save(new, overwrite=new.exists()), 1)
        row("saved and read back", f"{saved:.2f} s")
        again = Edit.open(path)
        row("two such edits compared", f"{seconds(lambda: _compared(opened, again), 1):.2f} s")


def _compared(one: Edit, other: Edit) -> None:
    from opticals.timeline.account import account
    from opticals.timeline.compare import differences

    assert differences(account(one), account(other)) == ()


def networks() -> None:
    """Each network against its original runtime, on the same processor, in turn."""
    from tests.benchmarks.networks import networks

    networks()


def strip() -> None:
    """Painting the timeline strip with 10,000 clips on 10 tracks, their names, pictures, sound and
    markers, at 1920x300; processor time of its thread."""
    from tests.benchmarks.strip import strip

    strip()


PARTS: dict[str, Callable[[], None]] = {
    "start": start,
    "edit": edit,
    "networks": networks,
    "copy": transcode.copy,
    "panel": panel,
    "strip": strip,
    "viewer": viewer,
    "queue": queue,
    "job": job,
    "hosts": hosts,
}


_DOCUMENT = Path(__file__).parents[2] / "docs" / "speed.md"


def main(chosen: Sequence[str]) -> None:
    print(tables.machine())
    for name in chosen or PARTS:
        what = " ".join((PARTS[name].__doc__ or "").split())
        print(f"\n{name}: {what}")
        timing.rows.clear()
        PARTS[name]()
        head = ("| what | measured | |", "|---|---|---|")
        said = f"{what} On {tables.machine()}."
        tables.write(_DOCUMENT, name, PARTS, said, (*head, *timing.rows))


if __name__ == "__main__":
    main(sys.argv[1:])
