"""One job from the medium to a verified render. Runs in the worker."""

from __future__ import annotations

import logging
import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from opticals.errors import MediaError, OutputError, ShotError, VerifyError
from opticals.media import contract
from opticals.media.colour import views
from opticals.media.facts import require_readable
from opticals.media.read import probe
from opticals.media.sequence import numbering
from opticals.media.sequence import reading as sequences
from opticals.media.sound import tracks as sound
from opticals.media.write import join, metadata
from opticals.media.write.encoding import Encoding, choose
from opticals.media.write.formats import AUTO
from opticals.models import store
from opticals.rendering import deliver, device, draft
from opticals.rendering.cache import SegmentCache, Stored
from opticals.rendering.context import RenderContext
from opticals.rendering.job import Job, Render
from opticals.rendering.partial import discard, partial, sweep
from opticals.rendering.pipeline import Pass, preview, render_run
from opticals.rendering.plan import Plan, Segment, digest, plan, segment_digest
from opticals.timeline.timecode import day

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.media.facts import Media
    from opticals.timeline.shot import Shot

# What had a hand in a render, for its sidecar.
PACKAGES = ("opticals", "torch", "av", "OpenImageIO", "numpy", "opentimelineio")
# Raised when the engine itself changes what frames look like; part of every segment's hash.
ENGINE = 1

log = logging.getLogger(__name__)

Report = Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class Prepared:
    """A job settled: everything decided that the pictures depend on."""

    job: Job
    media: Media
    view: views.View | None
    settled: device.Settled
    plan: Plan
    encoding: Encoding
    sound: sound.Sound | None
    size: tuple[int, int]
    facts: dict[str, Any]  # what all segments' names are made from
    key: str  # what the finished render's identity is made from
    losses: tuple[str, ...]  # what the source has and the render has not, in words

    @property
    def start(self) -> int:
        """Timecode of the file's first frame: of the whole source frame that it shows, or the
        one before it."""
        first = source_start(self.media, self.job.shot)
        start = first + math.floor(self.plan.source(-self.plan.head))
        if self.encoding.pictures is not None and not self.encoding.pictures.timecode:
            return start  # the number of a file
        return start % day(self.media.rate, self.drop_frame)

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
            tags=self.encoding.stated,
            field_order=self.encoding.field_order,
            siting=self.encoding.stated_siting,
            hdr=self.encoding.hdr,
            bits=self.encoding.coding.layout.bits,
            alpha=self.encoding.coding.layout.alpha,
            pictures=self.encoding.pictures,
        )

    @property
    def drop_frame(self) -> bool:
        """Timecode counts as the medium's own does, or the edit's where it has none."""
        return self.media.drop_frame if self.media.start is not None else self.job.shot.drop_frame

    @property
    def suffix(self) -> str:
        return self.encoding.suffix

    @property
    def name(self) -> str:
        """What the render is called, without its version: `V1-3_upscale`."""
        output = self.job.output
        what = (output.name or self.job.recipe.name) + ("_draft" if output.draft else "")
        if self.encoding.alpha:
            what += f"_{self.encoding.alpha}"
        return deliver.base_name(self.job.shot.id, what)

    def work(self) -> Pass:
        steps = [(one.declaration, one.configured) for one in self.job.recipe.steps]
        return Pass(
            self.media,
            self.job.interpretation,
            self.plan,
            steps,
            self.encoding,
            self.job.output.draft,
        )


def source_start(media: Media, shot: Shot) -> int:
    """Timecode of the medium's frame 0: its own, or the edit's count where it carries none."""
    return media.start if media.start is not None else shot.media_start


def prepare(job: Job) -> Prepared:
    """Settle a job: probe, device, models, plan, encoding. Writes nothing.

    Raises:
        OpticalsError: whatever stands in the way, before any work is done.
    """
    shot, recipe, output = job.shot, job.recipe, job.output
    media = probe.probe(shot.media, shot.rate).conformed(shot.rate)
    require_readable(media, job.interpretation)
    if output.format in ("exr", AUTO) and not output.draft:
        media = sequences.whole(media)
    if media.rate != shot.rate:
        raise ShotError(
            f"The medium of {shot.id} “{shot.name}” does not run at the edit's rate.",
            f"{shot.media} has {float(media.rate):.3f} frames per second, "
            f"the edit {float(shot.rate):.3f}.",
            "Conform the medium to the edit's rate, and relink the clip to it.",
        )
    names = recipe.models(device.settle(job.device).type)
    models = {model: store.digest(model) for model in names}  # raises when one is not installed
    settled = device.settle(job.device, names)
    the_plan = plan(shot, media.frames, recipe.speed, output.handles)
    last = the_plan.source(the_plan.selected + the_plan.tail)
    sequences.require_files(
        media, job.interpretation, math.floor(the_plan.source(-the_plan.head)), math.ceil(last)
    )
    base = (media.width, media.height)
    if output.draft:
        base = (draft.half(media.width), draft.half(media.height))
    size = (base[0] * recipe.scale, base[1] * recipe.scale)
    fields_kept = media.interlaced and job.interpretation.fields == "keep"
    if fields_kept and recipe.retimes:
        raise ShotError(
            f"{shot.id} “{shot.name}” is interlaced and keeps its fields.",
            "Pictures at other times need whole pictures.",
            "Deinterlace it (--fields deinterlace), or choose an effect that keeps the time.",
        )
    view = views.view_of(media.tags, job.interpretation.colour_space)
    encoding = choose(
        output.format,
        media,
        width=size[0],
        height=size[1],
        container=output.container,
        target=output.target,
        field_order=media.field_order if fields_kept else "progressive",
    )
    first = the_plan.source(-the_plan.head)
    heard, unheard = sound.plan(
        media, first, the_plan.frames, media.rate, encoding.container, the_plan.speed
    )
    facts: dict[str, Any] = {
        "engine": ENGINE,
        "source": probe.identity(shot.media),
        "interpretation": job.interpretation.to_json(),
        "view": view.key if view else "",
        "recipe": recipe.to_json(),
        "models": models,
        "device": settled.to_json(),
        "codecs": {name: list(number) for name, number in sorted(av.library_versions.items())},
        "pictures": version("OpenImageIO") if media.is_sequence or encoding.pictures else "",
        "encoding": encoding.bits(),
        "draft": output.draft,
    }
    # What its file says beside its pictures: a finished render serves again if all is alike.
    key = digest(
        {
            **facts,
            "start": source_start(media, shot),
            "drop_frame": media.drop_frame if media.start is not None else shot.drop_frame,
            "sound": heard.to_json() if heard else None,
            "container": encoding.container,
            "first": str(first),
            "frames": the_plan.frames,
        }
    )
    losses = encoding.losses + unheard
    return Prepared(job, media, view, settled, the_plan, encoding, heard, size, facts, key, losses)


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
    SegmentCache().prune()
    return render


def predict(job: Job) -> Render:
    """What `render` would deliver, so that its placing can be tried before any work is done.

    Raises:
        OpticalsError: whatever stands in the way.
    """
    ready = prepare(job)
    path = deliver.next_path(job.output.folder, ready.name, ready.suffix, job.shot.taken)
    return _describe(ready, path, ready.contract, (), Work([], 0, 0))


def _already(ready: Prepared, report: Report, beat: Callable[[], None]) -> Render | None:
    """The same render, finished before and still what it was."""
    for render in deliver.renders_in(ready.job.output.folder):
        if render.details.get("key") != ready.key or not render.name.startswith(ready.name + "_v"):
            continue
        report("verify", 0, render.frames, f"{render.name} is there already")
        try:
            wanted = contract.Contract.from_json(render.details["contract"])
        except deliver.UNREADABLE as error:
            log.info("%s is not used: %s", render.sidecar, error)
            continue
        if not contract.failures(_check(render.path, wanted, report, beat)):
            # The same frames; but it is this shot that asks, and its selection that they show.
            plan = ready.plan
            details = {**render.details, "rendered": 0, "seconds": 0}
            return replace(
                render,
                shot=ready.job.shot,
                head=plan.head,
                selected=plan.selected,
                details=details,
            )
    return None


@dataclass(frozen=True)
class Work:
    """The segments of a render in order, and what it took in this run."""

    stored: list[Stored]
    rendered: int
    seconds: float


def _segments(ready: Prepared, report: Report, beat: Callable[[], None]) -> Work:
    """Every segment of the plan, from the cache where it is there, rendered where not."""
    cache = SegmentCache()
    suffix = ready.encoding.segment_suffix
    names = {
        segment: segment_digest(ready.facts, ready.plan, segment)
        for segment in ready.plan.segments()
    }
    stored = {segment: cache.find(name, suffix) for segment, name in names.items()}
    done = sum(segment.frames for segment, found in stored.items() if found)
    kept = done
    note = f"{kept} frames were rendered before" if kept else ""
    report("render", done, ready.plan.frames, note)
    started = time.monotonic()

    def heartbeat(note: str) -> None:
        beat()
        if note:
            report("render", done, ready.plan.frames, note)

    def frame_done() -> None:
        nonlocal done
        done += 1
        report("render", done, ready.plan.frames, "")

    context = RenderContext(ready.settled, ready.job.recipe.seed, heartbeat, ready.view)
    for missing in _runs(stored):
        paths = {cache.begin(names[segment], suffix): segment for segment in missing}

        def finished(
            path: Path, prints: tuple[str, ...], paths: dict[Path, Segment] = paths
        ) -> None:
            _require_same(ready)
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
    finished_all = [found for found in stored.values() if found is not None]
    return Work(finished_all, done - kept, round(time.monotonic() - started, 3))


def _require_same(ready: Prepared) -> None:
    """Raises a MediaError if the medium is not what it was when the job began."""
    if probe.identity(ready.job.shot.media) != ready.facts["source"]:
        raise MediaError(
            f"{ready.job.shot.media} was changed while it was rendered.",
            "Frames of the one and of the other would be mixed.",
            "Ask again when nobody writes to it; what was rendered of it as it is now, counts.",
        )


def _runs(stored: dict[Segment, Stored | None]) -> Iterator[list[Segment]]:
    """The missing segments, in runs that follow on each other: one decode for each run."""
    for is_stored, run in groupby(stored, key=lambda segment: stored[segment] is not None):
        if not is_stored:
            yield list(run)


def _deliver(ready: Prepared, work: Work, report: Report, beat: Callable[[], None]) -> Render:
    """Join, verify and publish, under the next free name."""
    output = ready.job.output
    _require_same(ready)  # sound is taken from it now
    wanted = replace(ready.contract, prints=tuple(p for one in work.stored for p in one.prints))
    _check_space(output.folder, work.stored)
    while True:
        path = deliver.next_path(output.folder, ready.name, ready.suffix, ready.job.shot.taken)
        beside = partial(path)
        try:
            wanted, points = _joined(ready, work, path, beside, wanted, report, beat)
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
        [one.path for one in work.stored],
        beside,
        ready.encoding,
        start=ready.start,
        drop_frame=ready.drop_frame,
        tape=numbering.name_of(path),
        sound=ready.sound,
        metadata=metadata.carried(ready.media),
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


def _check_space(folder: Path, stored: list[Stored]) -> None:
    try:
        need = sum(one.path.stat().st_size for one in stored)
    except OSError as error:
        raise OutputError.wrap(
            "The cache lost segments of this render.", error, "Ask for it again."
        ) from error
    free = shutil.disk_usage(folder).free
    if free < need * 1.02:
        raise OutputError(
            f"There is no space left for the render in {folder}.",
            f"It needs {need / 1e6:.2f} MB; {free / 1e6:.2f} MB are free.",
            "Free some space, or choose another folder for the renders; "
            "what is rendered is kept and goes on from there.",
        )


def _describe(
    ready: Prepared,
    path: Path,
    wanted: contract.Contract,
    points: tuple[contract.Point, ...],
    work: Work,
) -> Render:
    job, files = ready.job, ready.encoding.pictures
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
        format=ready.encoding.format,
        draft=job.output.draft,
        first_number=None if files is None else ready.start + files.offset,
        details={
            "key": ready.key,
            "encoding": ready.encoding.to_json(),
            **{name: ready.facts[name] for name in ("engine", "source", "models", "device")},
            "versions": {name: version(name) for name in PACKAGES} | ready.facts["codecs"],
            "rendered": work.rendered,
            "losses": list(ready.losses),
            "seconds": work.seconds,
            "contract": wanted.to_json(),
            "verified": [asdict(point) for point in points],
        },
    )


def preview_pair(job: Job, frame: int, beat: Callable[[], None]) -> tuple[Tensor, Tensor]:
    """Source and result at a frame of the medium as a display shows them, each `[3, H, W]`
    float32 RGB.

    For a retime, the first frame that is not the source's own after it, which is what the
    effect makes.
    """
    ready = prepare(job)
    context = RenderContext(ready.settled, job.recipe.seed, lambda note: beat(), ready.view)
    output = int((frame - ready.plan.first) / ready.plan.speed)
    if job.recipe.retimes:
        output += 1
    output = min(max(output, -ready.plan.head), ready.plan.selected + ready.plan.tail - 1)
    before, after = preview(ready.work(), context, output)
    return context.shown(before), context.shown(after)
