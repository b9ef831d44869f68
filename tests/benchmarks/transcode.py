"""`copy` of 1080p 10-bit 4:2:2, with the way to RGB and back really done, beside PyAV alone."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.timing import row

if TYPE_CHECKING:
    from opticals.media.write.encoding import Encoding

FRAMES = 48
TURNS = 4
# What is asked of each encoder: our frames per second to those of PyAV's own transcode.
TARGETS = {
    "ProRes HQ (prores_ks)": ("prores_hq", "prores_ks", "0.90"),
    "ProRes HQ (prores)": ("prores_hq", "prores", "0.60"),
    "DNxHR HQX": ("dnxhr_hqx", "dnxhd", "0.85"),
}


def copy() -> None:
    """`copy` of 1080p 10-bit 4:2:2, beside the same done by PyAV alone, in turn."""
    from opticals.media.read.probe import probe
    from opticals.media.write.encoding import choose

    with tempfile.TemporaryDirectory() as folder:
        os.environ["OPTICALS_HOME"] = folder
        source = _source(Path(folder) / "source.mov")
        media = probe(source)
        for name, (format_id, encoder, target) in TARGETS.items():
            encoding = choose(format_id, media, width=1920, height=1080)
            encoding = replace(encoding, encoder=encoder)
            _compare(name, source, encoding, target, Path(folder))
        _delivered(source, Path(folder))


def _compare(name: str, source: Path, encoding: Encoding, target: str, folder: Path) -> None:
    """In turn, so that a machine that slows down slows both."""
    wall: dict[str, list[float]] = {"ours": [], "theirs": []}
    work: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(TURNS + 1):
        for who, run in (("ours", _render), ("theirs", _transcode)):
            started, busy = time.perf_counter(), time.process_time()
            run(source, encoding, folder)
            wall[who].append(time.perf_counter() - started)
            work[who].append(time.process_time() - busy)
    ours, theirs = (statistics.median(wall[who][1:]) for who in ("ours", "theirs"))
    busy_ours, busy_theirs = (min(work[who][1:]) for who in ("ours", "theirs"))
    row(f"{name}: PyAV's own transcode", f"{FRAMES / theirs:.1f} fps")
    row(
        f"{name}: copy",
        f"{theirs / ours:.2f} of it",
        f"{target} asked; by processor time {busy_theirs / busy_ours:.2f}",
    )


def _render(source: Path, encoding: Encoding, folder: Path) -> None:
    """What the engine does between planning and joining."""
    from fractions import Fraction

    from opticals import catalog
    from opticals.media.facts import AS_TAGGED
    from opticals.media.read.probe import probe
    from opticals.rendering import device
    from opticals.rendering.context import RenderContext
    from opticals.rendering.pipeline import Pass, render_run
    from opticals.rendering.plan import Plan

    effect = catalog.find("copy")
    plan = Plan(0, Fraction(1), 0, FRAMES, 0)
    work = Pass(
        probe(source), AS_TAGGED, plan, [(effect, effect.configure({}))], encoding, draft=False
    )
    segments = [
        (segment, folder / f"ours{segment.start}.{encoding.container}")
        for segment in plan.segments()
    ]
    context = RenderContext(device.settle("cpu"), 0, lambda note: None)
    render_run(work, context, segments, lambda *finished: None, lambda: None)


def _transcode(source: Path, encoding: Encoding, folder: Path) -> None:
    import av

    target = folder / f"theirs.{encoding.container}"
    with av.open(str(source)) as one, av.open(str(target), "w") as other:
        stream = other.add_stream(
            encoding.encoder, rate=encoding.rate, options=dict(encoding.options)
        )
        stream.width, stream.height = encoding.width, encoding.height
        stream.pix_fmt = encoding.pixel_format
        one.streams.video[0].thread_type = "AUTO"
        for frame in one.decode(video=0):
            frame.pts = None
            other.mux(stream.encode(frame))
        other.mux(stream.encode(None))


def _delivered(source: Path, folder: Path) -> None:
    """The whole job: planned, rendered, joined, every frame decoded again and checked."""
    from opticals.media.read.probe import probe
    from opticals.recipe import Recipe, step
    from opticals.rendering import engine
    from opticals.rendering.job import Job, Output
    from tests.core.edits import plain_shot

    media = probe(source)
    spent: list[tuple[float, float]] = []
    report: Callable[[str, int, int, str], None] = lambda *progress: None  # noqa: E731
    for seed in range(TURNS):
        shot = plain_shot(
            "V1:1", "a", str(source), media.rate, False, 0, FRAMES, 0, FRAMES, 0, 0, FRAMES
        )
        job = Job(shot, Recipe((step("copy"),), seed), Output(folder / "r"), "cpu")
        started = time.perf_counter()
        made = engine.render(job, report, lambda: None)
        whole = time.perf_counter() - started
        spent.append((float(made.details["seconds"]), whole))
    share = statistics.median(whole / rendering - 1 for rendering, whole in spent[1:])
    row("joining and verifying add to the default format", f"{share:.0%}")


def _source(path: Path) -> Path:
    """A camera's ProRes HQ: a picture that moves, of fine and coarse detail."""
    import av
    import torch

    noise = torch.randint(64, 940, (1080, 1920 + FRAMES), dtype=torch.int32)
    noise = (noise // 8 + 400).to(torch.uint16)
    with av.open(str(path), "w") as film:
        stream = film.add_stream("prores", rate=25, options={"profile": "3"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv422p10le"
        for n in range(FRAMES):
            frame = av.VideoFrame(1920, 1080, "yuv422p10le")
            for plane, wide in zip(frame.planes, (1920, 960, 960), strict=True):
                view = torch.frombuffer(plane, dtype=torch.uint16)
                view.view(1080, -1)[:, :wide] = noise[:, n : n + wide]
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return path
