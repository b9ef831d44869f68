"""One job from the medium to a verified render. Runs in the worker."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from opticals.errors import DiskFull, OutputError, VerifyError
from opticals.media import contract
from opticals.media.sequence import numbering
from opticals.media.write import join, metadata
from opticals.rendering import deliver, paces
from opticals.rendering.bake import stretches
from opticals.rendering.cache import SegmentCache, Stored
from opticals.rendering.job import Job, Render
from opticals.rendering.looking import look
from opticals.rendering.partial import discard, partial, sweep
from opticals.rendering.pipeline import render_run
from opticals.rendering.plan import Segment, segment_digest
from opticals.rendering.prepare import Prepared, prepare

# What had a hand in a render, for its sidecar.
PACKAGES = ("opticals", "torch", "av", "OpenImageIO", "numpy", "opentimelineio")

log = logging.getLogger(__name__)

Report = Callable[[str, int, int, str], None]


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
    work = _segments(ready, report, beat)
    render = _deliver(ready, work, report, beat)
    paces.learn(render)
    SegmentCache().prune()
    return render


def predict(job: Job) -> Render:
    """What `render` would deliver, so that its placing can be tried before any work is done.

    Raises:
        OpticalsError: whatever stands in the way.
    """
    ready = prepare(job)
    path = deliver.next_path(job.output.folder, ready.name, ready.suffix, job.shot.taken)
    return _describe(ready, path, ready.contract, (), Work([], [], 0, 0))


def _already(ready: Prepared, report: Report, beat: Callable[[], None]) -> Render | None:
    """The same render, finished before and still what it was."""
    key = ready.key
    for render in deliver.renders_in(ready.job.output.folder, ready.name):
        if render.details.get("key") != key or not render.name.startswith(ready.name + "_v"):
            continue
        report("verify", 0, render.frames, f"{render.name} is there already")
        try:
            wanted = contract.Contract.from_json(render.details["contract"])
        except deliver.UNREADABLE as error:
            log.info("%s is not used: %s", render.sidecar, error)
            continue
        if not contract.failures(_check(render.path, wanted, report, beat)):
            # The same frames; but it is this shot that asks, and its selection that they show.
            details = {**render.details, "rendered": 0, "seconds": 0}
            return replace(
                render,
                shot=ready.job.shot,
                head=ready.head,
                selected=ready.selected,
                details=details,
            )
    return None


@dataclass(frozen=True)
class Work:
    """The segments of a render in order, and what it took in this run.

    Attributes:
        stretches: of segments, each by its place in `stored`: the frames of it that come next in
            the file, counted from its first.
        took: the seconds taken apart; see `paces.Stopwatch`.
    """

    stored: list[Stored]
    stretches: list[tuple[int, list[int]]]
    rendered: int
    seconds: float
    took: dict[str, float] = field(default_factory=dict)


def _segments(ready: Prepared, report: Report, beat: Callable[[], None]) -> Work:
    """Every segment that is needed, from the cache where it is there, rendered where not."""
    cache = SegmentCache()
    suffix = ready.encoding.segment_suffix
    segments = ready.segments
    names = {segment: segment_digest(ready.facts, ready.plan, segment) for segment in segments}
    total = sum(segment.frames for segment in segments)
    stored = {segment: cache.find(name, suffix) for segment, name in names.items()}
    done = sum(segment.frames for segment, found in stored.items() if found)
    kept = done
    note = f"{kept} frames were rendered before" if kept else ""
    report("render", done, total, note)
    runs = list(_runs(stored))
    started = time.monotonic()
    clock = paces.Stopwatch([one.frames for one in runs[0]] if runs else [])

    def heartbeat(note: str) -> None:
        with clock.aside():
            beat()
        if note:
            report("render", done, total, note)

    def frame_done() -> None:
        nonlocal done
        done += 1
        clock.frame()
        report("render", done, total, "")

    with ready.working(heartbeat) as context:
        job = ready.work()
        if done < total:
            job = look(ready, job, context, segments[0].start, segments[-1].stop, report)
            clock.looked()
        for missing in runs:
            paths = {cache.begin(names[segment], suffix): segment for segment in missing}

            def finished(
                path: Path, prints: tuple[str, ...], paths: dict[Path, Segment] = paths
            ) -> None:
                ready.require_same()
                stored[paths[path]] = cache.finish(path, prints, {"tile": context.tile})

            try:
                render_run(
                    job,
                    context,
                    [(segment, path) for path, segment in paths.items()],
                    finished,
                    frame_done,
                )
            finally:
                for path in paths:
                    path.unlink(missing_ok=True)
    return Work(
        [found for found in stored.values() if found is not None],
        stretches(segments, ready.order),
        done - kept,
        round(time.monotonic() - started, 3),
        clock.took(),
    )


def _runs(stored: dict[Segment, Stored | None]) -> Iterator[list[Segment]]:
    """The missing segments, in runs that follow on each other: one decode for each run."""
    run: list[Segment] = []
    for segment in [one for one, found in stored.items() if found is None]:
        if run and segment.start != run[-1].stop:
            yield run
            run = []
        run.append(segment)
    if run:
        yield run


def _deliver(ready: Prepared, work: Work, report: Report, beat: Callable[[], None]) -> Render:
    """Join, verify and publish, under the next free name."""
    output = ready.job.output
    ready.require_same()  # sound is taken from it now
    prints = (work.stored[place].prints[one] for place, run in work.stretches for one in run)
    wanted = replace(ready.contract, prints=tuple(prints))
    _check_space(output.folder, work)
    started = time.monotonic()
    while True:
        path = deliver.next_path(output.folder, ready.name, ready.suffix, ready.job.shot.taken)
        beside = partial(path)
        try:
            wanted, points = _joined(ready, work, path, beside, wanted, report, beat)
            if work.took:
                work.took["finish"] = round(time.monotonic() - started, 4)
            render = _describe(ready, path, wanted, points, work)
            deliver.publish(beside, render)
        except FileExistsError:
            continue  # another process was quicker; the tape name inside must be the file's
        finally:
            discard(beside)
        return render


def _joined(
    ready: Prepared,
    work: Work,
    path: Path,
    beside: Path,
    wanted: contract.Contract,
    report: Report,
    beat: Callable[[], None],
) -> tuple[contract.Contract, tuple[contract.Point, ...]]:
    """The segments joined in `beside`: what that file must keep, its sound included, and how it
    does.

    Raises:
        VerifyError: it does not; it is kept aside.
    """
    report("join", wanted.frames, wanted.frames, "")
    joined = join.join(
        [work.stored[place].path for place, _ in work.stretches],
        beside,
        ready.delivered,
        start=ready.start,
        drop_frame=ready.drop_frame,
        tape=numbering.name_of(path),
        sound=ready.sound,
        metadata=metadata.carried(ready.media),
        picks=None
        if ready.baked is None or ready.baked.consecutive
        else [frames for _, frames in work.stretches],
    )
    wanted = replace(wanted, tracks=joined.tracks)
    points = _check(beside, wanted, report, beat)
    if contract.failures(points):
        aside = deliver.set_aside(beside, path)
        raise VerifyError(
            f"The render {path.name} does not keep the frame contract and was not delivered.",
            contract.describe(points),
            f"It is kept as {aside} for a look. Render again, or choose another format.",
        )
    return wanted, points


def _check(
    path: Path, wanted: contract.Contract, report: Report, beat: Callable[[], None]
) -> tuple[contract.Point, ...]:
    def verified(count: int) -> None:
        beat()
        report("verify", count, wanted.frames, "")

    return contract.check(path, wanted, verified)


def _check_space(folder: Path, work: Work) -> None:
    try:
        need = 0.0
        for place, frames in work.stretches:
            one = work.stored[place]
            need += one.path.stat().st_size * len(frames) / len(one.prints)
    except OSError as error:
        raise OutputError.wrap(
            "The cache lost segments of this render.", error, "Ask for it again."
        ) from error
    free = shutil.disk_usage(folder).free
    if free < need * 1.02:
        raise DiskFull(
            f"There is no space left for the render in {folder}.",
            f"It needs {need / 1e6:.2f} MB; {free / 1e6:.2f} MB are free.",
            "Free some space on this drive; what is rendered is kept and goes on from there.",
        )


def _describe(
    ready: Prepared,
    path: Path,
    wanted: contract.Contract,
    points: tuple[contract.Point, ...],
    work: Work,
) -> Render:
    job, files = ready.job, ready.delivered.pictures
    return Render(
        path=path,
        shot=job.shot,
        recipe=job.recipe,
        frames=wanted.frames,
        head=ready.head,
        selected=ready.selected,
        rate=wanted.rate,
        width=wanted.width,
        height=wanted.height,
        start=ready.start,
        drop_frame=ready.drop_frame,
        format=ready.encoding.format,
        draft=job.output.draft,
        baked=ready.baked is not None,
        first_number=None if files is None else ready.start + files.offset,
        details={
            "key": ready.key,
            "encoding": ready.delivered.to_json(),
            **{name: ready.facts[name] for name in ("engine", "source", "models", "device")},
            "versions": {name: version(name) for name in PACKAGES} | ready.facts["codecs"],
            "rendered": work.rendered,
            "losses": list(ready.losses),
            "seconds": work.seconds,
            "took": work.took,
            "contract": wanted.to_json(),
            "verified": [asdict(point) for point in points],
        },
    )
