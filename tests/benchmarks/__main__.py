"""Prints what things cost on this machine: `make bench`, or `make bench ARGS="start copy"`."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

RUNS = 7


def seconds(run: Callable[[], object], runs: int = RUNS) -> float:
    """The median of several runs after one that is not counted."""
    run()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def python(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL
    )


def row(what: str, value: str, target: str = "") -> None:
    print(f"{what:<58} {value:>12}   {target}")


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

    from opticals.timeline.edit import Edit

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
        row("  its shot in the middle", f"{seconds(lambda: opened.shot('V1:5000')):.4f} s")


def networks() -> None:
    """Each network at the precision that this machine settles on, against float32."""
    import torch

    from opticals import nets
    from opticals.models import store
    from opticals.rendering import device

    settled = device.settle("auto")
    print(f"on {settled.device}, {settled.dtype}")
    for model, size in (("realesr-animevideov3", (256, 384)), ("realesrgan-x4plus", (64, 96))):
        if not store.installed(model):
            row(model, "not here", f"opticals models pull {model}")
            continue
        picture = torch.rand(1, 3, *size, device=settled.torch_device)
        times = []
        for dtype in (settled.torch_dtype, torch.float32):
            network = nets.place(nets.load(model, store.path(model)), settled.torch_device, dtype)
            with torch.inference_mode():
                times.append(seconds(lambda n=network, p=picture: _whole(n(p)), 3))
        megapixels = size[0] * size[1] / 1e6
        row(
            f"{model}, per input megapixel",
            f"{times[0] / megapixels:.2f} s",
            f"{times[1] / times[0]:.1f} times as fast as float32",
        )


def _whole(result: object) -> object:
    """Wait for what a GPU may still be at."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return result


def copy() -> None:
    """`copy` of 1080p 10-bit 4:2:2 in all, beside the same done by PyAV alone."""
    import av
    import torch

    from opticals.media.formats import FORMATS
    from opticals.media.probe import probe
    from opticals.recipe import Recipe, step
    from opticals.rendering import engine
    from opticals.rendering.job import Job, Output
    from opticals.timeline.shot import Shot

    frames, target = 72, FORMATS["prores_hq"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OPTICALS_HOME"] = folder
        source = Path(folder) / "source.mov"
        with av.open(str(source), "w") as film:
            stream = film.add_stream(target.encoder, rate=25, options=dict(target.options))
            stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv422p10le"
            noise = torch.randint(64, 940, (1080, 1920 + frames), dtype=torch.int32)
            noise = (noise // 8 + 400).to(torch.uint16)
            for n in range(frames):
                frame = av.VideoFrame(1920, 1080, "yuv422p10le")
                for plane, wide in zip(frame.planes, (1920, 960, 960), strict=True):
                    view = torch.frombuffer(plane, dtype=torch.uint16)
                    view.view(1080, -1)[:, :wide] = noise[:, n : n + wide]
                film.mux(stream.encode(frame))
            film.mux(stream.encode(None))
        media = probe(source)
        row("probe it", f"{seconds(lambda: probe(source), 3):.3f} s")

        def ours(seed: int) -> None:
            shot = Shot(
                "V1:1", "a", str(source), media.rate, False, 0, frames, 0, frames, 0, 0, frames
            )
            job = Job(shot, Recipe((step("copy"),), seed), Output(Path(folder) / "r"), "cpu")
            report: Callable[[str, int, int, str], None] = lambda *a: None  # noqa: E731
            made = engine.render(job, report, lambda: None)
            spent.append(float(made.details["seconds"]))

        def theirs() -> None:
            with av.open(str(source)) as one, av.open(str(Path(folder) / "t.mov"), "w") as other:
                stream = other.add_stream(target.encoder, rate=25, options=dict(target.options))
                stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv422p10le"
                one.streams.video[0].thread_type = "AUTO"
                for frame in one.decode(video=0):
                    frame.pts = None
                    other.mux(stream.encode(frame))
                other.mux(stream.encode(None))

        spent: list[float] = []
        whole, plain = [], []
        for seed in range(4):  # in turn, so that a machine that slows down slows both
            started = time.perf_counter()
            ours(seed)
            whole.append(time.perf_counter() - started)
            started = time.perf_counter()
            theirs()
            plain.append(time.perf_counter() - started)
        transcode = statistics.median(plain[1:])
        row("PyAV's own transcode", f"{frames / transcode:.1f} fps")
        for what, times in (("copy, rendering alone", spent), ("copy, joined and verified", whole)):
            median = statistics.median(times[1:])
            row(what, f"{frames / median:.1f} fps", f"{transcode / median:.2f} of PyAV's own")


PARTS: dict[str, Callable[[], None]] = {
    "start": start,
    "edit": edit,
    "networks": networks,
    "copy": copy,
}


def main(chosen: Sequence[str]) -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in chosen or PARTS:
        print(f"\n{name}: {PARTS[name].__doc__}")
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
