"""One job from the medium to a verified render. Runs in the worker."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import OutputError, VerifyError
from opticals.media import contract, formats, join, probe
from opticals.models import store
from opticals.rendering import deliver, device, draft
from opticals.rendering.cache import SegmentCache, Stored
from opticals.rendering.context import RenderContext
from opticals.rendering.job import Job, Render
from opticals.rendering.partial import partial, sweep
from opticals.rendering.pipeline import Pass, preview, render_run
from opticals.rendering.plan import Plan, Segment, digest, plan, segment_digest

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.media.formats import Encoding
    from opticals.media.probe import Media

# Raised when the engine itself changes what frames look like; part of every segment's hash.
ENGINE = 1

Report = Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class Prepared:
    """A job settled: everything decided that the pictures depend on."""

    job: Job
    media: Media
    settled: device.Settled
    plan: Plan
    encoding: Encoding
    size: tuple[int, int]
    facts: dict[str, Any]  # what all segments' names are made from
    key: str  # what the finished render's identity is made from

    @property
    def start(self) -> int:
        """Timecode of the file's first frame: of the whole source frame that it shows, or the
        one before it."""
        shot = self.job.shot
        return shot.media_start + math.floor(self.plan.source(-self.plan.head))

    @property
    def contract(self) -> contract.Contract:
        """What the finished file must prove; the fingerprints are added when they are known."""
        return contract.Contract(
            frames=self.plan.frames,
            rate=self.media.rate,
            width=self.size[0],
            height=self.size[1],
            pixel_aspect=self.media.pixel_aspect,
            start=self.start,
            drop_frame=self.drop_frame,
            tags=self.encoding.tags,
            bits=self.encoding.coding.layout.bits,
            alpha=self.encoding.coding.layout.alpha,
        )

    @property
    def drop_frame(self) -> bool:
        """Timecode counts as the medium's own does, or the edit's where it has none."""
        return self.media.drop_frame if self.media.start is not None else self.job.shot.drop_frame

    @property
    def suffix(self) -> str:
        return f".{self.encoding.container}"

    def work(self) -> Pass:
        steps = [(one.declaration, one.configured) for one in self.job.recipe.steps]
        return Pass(self.media, self.plan, steps, self.encoding, self.job.output.draft)


def prepare(job: Job) -> Prepared:
    """Settle a job: probe, device, models, plan, encoding. Writes nothing.

    Raises:
        OpticalsError: whatever stands in the way, before any work is done.
    """
    shot, recipe, output = job.shot, job.recipe, job.output
    media = probe.probe(shot.media)
    names = recipe.models(device.settle(job.device).type)
    models = {model: store.digest(model) for model in names}  # raises when one is not installed
    settled = device.settle(job.device, names)
    the_plan = plan(shot, media.frames, recipe.speed, output.handles)
    base = (media.width, media.height)
    if output.draft:
        base = (draft.half(media.width), draft.half(media.height))
    size = (base[0] * recipe.scale, base[1] * recipe.scale)
    encoding = formats.choose(
        output.format, media, width=size[0], height=size[1], alpha=media.alpha
    )
    facts: dict[str, Any] = {
        "engine": ENGINE,
        "source": probe.identity(shot.media),
        "recipe": recipe.to_json(),
        "models": models,
        "device": settled.to_json(),
        "encoding": encoding.to_json(),
        "draft": output.draft,
    }
    key = digest(
        {**facts, "first": str(the_plan.source(-the_plan.head)), "frames": the_plan.frames}
    )
    return Prepared(job, media, settled, the_plan, encoding, size, facts, key)


def render(job: Job, report: Report, beat: Callable[[], None]) -> Render:
    """Render a job, or what is still missing of it, and deliver it verified.

    Args:
        report: called with stage, done, total and a note.
        beat: called often; raises `Cancelled` to stop. Finished segments are kept.

    Raises:
        OpticalsError: nothing is delivered.
    """
    ready = prepare(job)
    deliver.make_folder(job.output.folder)
    sweep(job.output.folder)
    again = _already(ready, report, beat)
    if again is not None:
        return again
    started = time.monotonic()
    stored = _segments(ready, report, beat)
    seconds = time.monotonic() - started
    return _deliver(ready, stored, seconds, report, beat)


def _already(ready: Prepared, report: Report, beat: Callable[[], None]) -> Render | None:
    """The same render, finished before and still what it was."""
    for render in deliver.renders_in(ready.job.output.folder):
        if render.details.get("key") != ready.key:
            continue
        report("verify", 0, render.frames, f"{render.name} is there already")
        wanted = contract.Contract.from_json(render.details["contract"])
        if not contract.failures(_check(render.path, wanted, report, beat)):
            return render
    return None


def _segments(ready: Prepared, report: Report, beat: Callable[[], None]) -> list[Stored]:
    """Every segment of the plan, from the cache where it is there, rendered where not."""
    cache = SegmentCache()
    suffix = ready.suffix
    names = {
        segment: segment_digest(ready.facts, ready.plan, segment)
        for segment in ready.plan.segments()
    }
    stored = {segment: cache.find(name, suffix) for segment, name in names.items()}
    done = sum(segment.frames for segment, found in stored.items() if found)
    kept = f"{done} frames were rendered before" if done else ""
    report("render", done, ready.plan.frames, kept)

    def heartbeat(note: str) -> None:
        beat()
        if note:
            report("render", done, ready.plan.frames, note)

    def frame_done() -> None:
        nonlocal done
        done += 1
        report("render", done, ready.plan.frames, "")

    context = RenderContext(ready.settled, ready.job.recipe.seed, heartbeat)
    for missing in _runs(stored):
        paths = {cache.begin(names[segment], suffix): segment for segment in missing}

        def finished(
            path: Path, prints: tuple[str, ...], paths: dict[Path, Segment] = paths
        ) -> None:
            stored[paths[path]] = cache.finish(path, prints, {"tile": context.tile})

        try:
            render_run(
                ready.work(),
                context,
                [(segment, path) for path, segment in paths.items()],
                finished,
                frame_done,
            )
        finally:
            for path in paths:
                path.unlink(missing_ok=True)
    cache.prune()
    return [found for found in stored.values() if found is not None]


def _runs(stored: dict[Segment, Stored | None]) -> Iterator[list[Segment]]:
    """The missing segments, in runs that follow on each other: one decode for each run."""
    for is_stored, run in groupby(stored, key=lambda segment: stored[segment] is not None):
        if not is_stored:
            yield list(run)


def _deliver(
    ready: Prepared,
    stored: list[Stored],
    seconds: float,
    report: Report,
    beat: Callable[[], None],
) -> Render:
    job, frames = ready.job, ready.plan.frames
    report("join", frames, frames, "")
    what = (job.output.name or job.recipe.name) + ("_draft" if job.output.draft else "")
    base = deliver.base_name(job.shot.id, what)
    path = deliver.next_path(job.output.folder, base, ready.suffix)
    beside = partial(path)
    wanted = replace(ready.contract, prints=tuple(p for one in stored for p in one.prints))
    try:
        _check_space(path.parent, stored)
        join.join(
            [one.path for one in stored],
            beside,
            ready.encoding,
            start=ready.start,
            drop_frame=ready.drop_frame,
            tape=path.stem,
        )

        points = _check(beside, wanted, report, beat)
        if contract.failures(points):
            aside = path.with_name(f"{path.stem}.rejected{path.suffix}")
            beside.replace(aside)
            raise VerifyError(
                f"The render {path.name} does not keep the frame contract and was not delivered.",
                contract.describe(points),
                f"It is kept as {aside} for a look. Render again, or choose another format.",
            )
        render = _describe(ready, path, wanted, points, seconds)
        deliver.publish(beside, render)
    finally:
        beside.unlink(missing_ok=True)
    return render


def _check(
    path: Path, wanted: contract.Contract, report: Report, beat: Callable[[], None]
) -> tuple[contract.Point, ...]:
    def verified(count: int) -> None:
        beat()
        report("verify", count, wanted.frames, "")

    return contract.check(path, wanted, verified)


def _check_space(folder: Path, stored: list[Stored]) -> None:
    need = sum(one.path.stat().st_size for one in stored)
    free = shutil.disk_usage(folder).free
    if free < need * 1.02:
        raise OutputError(
            f"There is no space left for the render in {folder}.",
            f"It needs {need / 1e6:.0f} MB; {free / 1e6:.0f} MB are free.",
            "Free some space, or choose another folder with --renders; "
            "what is rendered is kept and goes on from there.",
        )


def _describe(
    ready: Prepared,
    path: Path,
    wanted: contract.Contract,
    points: tuple[contract.Point, ...],
    seconds: float,
) -> Render:
    job = ready.job
    return Render(
        path=path,
        shot=job.shot,
        recipe=job.recipe,
        frames=wanted.frames,
        head=ready.plan.head,
        selected=ready.plan.selected,
        rate=wanted.rate,
        width=wanted.width,
        height=wanted.height,
        start=ready.start,
        drop_frame=ready.drop_frame,
        format=job.output.format,
        draft=job.output.draft,
        details={
            "key": ready.key,
            **{name: ready.facts[name] for name in ("engine", "source", "models", "device")},
            "versions": {name: version(name) for name in ("opticals", "torch", "av")},
            "losses": list(ready.encoding.losses),
            "seconds": round(seconds, 3),
            "contract": wanted.to_json(),
            "verified": [asdict(point) for point in points],
        },
    )


def preview_pair(job: Job, frame: int, beat: Callable[[], None]) -> tuple[Tensor, Tensor]:
    """Source and result at a frame of the medium, each `[3, H, W]` float32 RGB.

    For a retime, the first frame that is not the source's own after it, which is what the
    effect makes.
    """
    ready = prepare(job)
    context = RenderContext(ready.settled, job.recipe.seed, lambda note: beat())
    output = int((frame - ready.plan.first) / ready.plan.speed)
    if job.recipe.retimes:
        output += 1
    output = min(max(output, -ready.plan.head), ready.plan.selected + ready.plan.tail - 1)
    return preview(ready.work(), context, output)
