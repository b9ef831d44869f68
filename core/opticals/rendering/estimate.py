"""What a job will take before it is begun: time, memory, disk, models, and what is lost.

Time and size go by what renders took on this machine before, and where there were none by
figures that come with Opticals. No heavy library is loaded.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.declaration import CUTS_MODEL
from opticals.errors import OpticalsError
from opticals.models import catalogue
from opticals.rendering import device, paces, shipped
from opticals.rendering.job import Render
from opticals.timeline import placed

if TYPE_CHECKING:
    from opticals.media.facts import Media
    from opticals.recipe import Recipe
    from opticals.rendering.capacity import Machine
    from opticals.rendering.job import Job
    from opticals.rendering.outline import Outline
    from opticals.rendering.paces import Pace

_NEWEST = 9  # renders of a kind that count
# How far a figure may be off, downwards and upwards, by what it goes by.
_MEASURED = (0.8, 1.3)
_OTHER_FORMAT = (0.65, 1.6)
_BY_STEPS = (0.6, 1.8)
_SHIPPED = (0.4, 2.5)
_BASE_MEMORY = 700 << 20  # bytes of the worker with its libraries, before any frame


@dataclass(frozen=True)
class Span:
    """Seconds: what is most likely, and between what they will lie."""

    low: float
    likely: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether one number says it."""
        return self.high <= 2 * self.low

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.likely + other.likely, self.high + other.high)


NOTHING = Span(0, 0, 0)


@dataclass(frozen=True)
class Estimate:
    """What one job will take.

    Attributes:
        shot, name: the clip.
        asked: record frames of the selection; frames: of the file, handles included.
        rendered: frames that effects make, which are more where some are only for a baked file.
        seconds: measured: whether they go by renders of this kind on this machine.
        memory: bytes, at the peak; size: bytes of the file, and as many again in the cache.
        models: ids of the catalogue's that it needs.
        width, height: of the render in pixels; format: an id of `FORMATS`.
        handles: frames of the file before and after the selection.
        notes: what of the selection grew, and what drops out of it, in words.
        losses: what the source has and the render has not, in words.
        error: why it cannot be rendered; the rest is then nothing.
    """

    shot: str
    name: str
    asked: int
    frames: int = 0
    rendered: int = 0
    seconds: Span = NOTHING
    measured: bool = False
    memory: int = 0
    size: int = 0
    models: tuple[str, ...] = ()
    width: int = 0
    height: int = 0
    format: str = ""
    handles: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    error: OpticalsError | None = None

    def to_json(self) -> dict[str, Any]:
        seconds = {name: round(one, 1) for name, one in vars(self.seconds).items()}
        error = self.error.to_json() if self.error else None
        return {**vars(self), "seconds": seconds, "error": error}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Estimate:
        values = dict(data)
        values["seconds"] = Span(**values["seconds"])
        for name in ("models", "handles", "notes", "losses"):
            values[name] = tuple(values[name])
        if values["error"] is not None:
            values["error"] = OpticalsError.from_json(values["error"])
        return Estimate(**values)


def estimate(
    job: Job,
    media: Media,
    planned: Outline,
    machine: Machine,
    known: Sequence[Pace],
    time: str = "fit",
) -> Estimate:
    """What a job will take.

    Args:
        media: of its shot; planned: its outline.
        known: what renders took on this machine.
        time: what becomes of a render that is longer than its shot: `fit` or `ripple`.
    """
    shot, recipe = job.shot, job.recipe
    megapixels = planned.base[0] * planned.base[1] / 1e6
    frames = len(planned.order)
    rendered = sum(one.frames for one in planned.segments)
    seconds, measured = _seconds(recipe, planned, megapixels, rendered, machine, known)
    head, selected = planned.plan.head, planned.plan.selected
    if planned.baked is not None:
        head, selected = planned.baked.head, planned.baked.selected
    format = planned.encoding.format
    pixels = planned.size[0] * planned.size[1] / 1e6
    return Estimate(
        shot=shot.id,
        name=shot.name,
        asked=shot.record_frames,
        frames=frames,
        rendered=rendered,
        seconds=seconds,
        measured=measured,
        memory=_memory(recipe, machine, megapixels, pixels),
        size=round(_size(format, shot.media, known) * frames * pixels),
        models=recipe.models(machine.kind),
        width=planned.size[0],
        height=planned.size[1],
        format=format,
        handles=(head, frames - head - selected),
        notes=(*shot.notes, *_dropped(job, planned, head, selected, time)),
        losses=planned.losses,
    )


def refused(job: Job, error: OpticalsError) -> Estimate:
    """Of a job that cannot be rendered."""
    return Estimate(job.shot.id, job.shot.name, job.shot.record_frames, error=error)


def _seconds(
    recipe: Recipe,
    planned: Outline,
    megapixels: float,
    rendered: int,
    machine: Machine,
    known: Sequence[Pace],
) -> tuple[Span, bool]:
    """The seconds, and whether they were measured on this machine."""
    kind, format = paces.kind_of(recipe, machine.kind), planned.encoding.format
    alike = [one for one in known if (one.kind, one.device) == (kind, machine.name)]
    same = [one for one in alike if one.format == format]
    work = megapixels * rendered
    if found := (same or alike)[-_NEWEST:]:
        begin = statistics.median(one.begin for one in found)
        each = sorted(one.seconds for one in found)
        margin = _MEASURED if same else _OTHER_FORMAT
        likely = statistics.median(each)
        low, high = each[0] * margin[0], each[-1] * margin[1]
        looks = any(one.look > one.frame / 20 for one in found)
        if looks:  # what was looked at before is not looked at again
            low = min(low, min((one.frame + one.finish) / one.megapixels for one in found))
        return Span(low * work, begin + likely * work, 2 * begin + high * work), True
    seconds, own = _by_steps(recipe, planned, megapixels, machine, known)
    coding = shipped.coding(format) * _slower(machine)
    finish = coding * planned.size[0] * planned.size[1] / 1e6 * rendered
    low, high = _BY_STEPS if own else _SHIPPED
    likely = seconds + finish
    begin = shipped.loading() * len(recipe.models(machine.kind))
    return Span(likely * low, begin + likely, 2 * begin + likely * high), own


def _by_steps(
    recipe: Recipe, planned: Outline, megapixels: float, machine: Machine, known: Sequence[Pace]
) -> tuple[float, bool]:
    """The seconds of each effect for itself, added up; whether all were measured here."""
    rate = planned.encoding.rate
    frames = float(sum(one.frames for one in planned.segments))
    first, last = planned.segments[0].start, planned.segments[-1].stop
    source = float(planned.plan.source(last) - planned.plan.source(first))
    total, own, retimed = 0.0, True, not recipe.retimes
    for one in recipe.steps:
        retimed = retimed or one.declaration.pace(one.configured, rate).speed != 1
        kind = paces.step_kind(one, machine.kind)
        found = [pace.seconds for pace in known if (pace.kind, pace.device) == (kind, machine.name)]
        if found:
            each = statistics.median(found[-_NEWEST:])
        else:
            own = False
            each = shipped.seconds(one, machine.kind) * _slower(machine)
        total += each * megapixels * (frames if retimed else source)
        megapixels *= one.declaration.scale(one.configured) ** 2
    return total, own


def _slower(machine: Machine) -> float:
    """By how much this processor is slower than the one that the shipped figures are of."""
    if machine.kind != "cpu":
        return 1.0
    return shipped.cores() / (len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count() or 1)


_LINUX = hasattr(os, "sched_getaffinity")


def _size(format: str, medium: str, known: Iterable[Pace]) -> float:
    """Bytes per megapixel and frame: what this medium took before, else what such files take."""
    found = [one for one in known if one.format == format]
    own = [one.size for one in found if one.medium == medium]
    if own:
        return statistics.median(own[-_NEWEST:])
    if len(found) > 2:  # one film says little of another
        return statistics.median(one.size for one in found[-_NEWEST:])
    return shipped.size(format)


def _memory(recipe: Recipe, machine: Machine, megapixels: float, pixels: float) -> int:
    """Bytes at the peak: of the processor's memory, or the GPU's."""
    names = [one for one in recipe.models(machine.kind) if one != CUTS_MODEL]
    each = max((catalogue.find(one).memory << 20 for one in names), default=0)
    tile = device.tile(machine.kind, machine.memory, names) ** 2 / 1e6
    networks = each * min(tile, megapixels)
    frames = max((shipped.memory(one) for one in recipe.steps), default=0.0) * megapixels
    whole = 12 * 4 * 1e6 * (megapixels + pixels)  # float32 RGB, in the few places that hold it
    base = _BASE_MEMORY if machine.kind == "cpu" else 0
    return round(base + networks + frames + whole)


def _dropped(job: Job, planned: Outline, head: int, selected: int, time: str) -> tuple[str, ...]:
    """Which source frames will not show when it is placed, in words."""
    sham = Render(
        path=Path("render.mov"),
        shot=job.shot,
        recipe=job.recipe,
        frames=len(planned.order),
        head=head,
        selected=selected,
        rate=planned.delivered.rate,
        width=planned.size[0],
        height=planned.size[1],
        start=0,
        drop_frame=False,
        format=planned.encoding.format,
        baked=planned.baked is not None,
    )
    try:
        return tuple(placed.dropped(job.shot, placed.version_of(sham, time)))
    except OpticalsError as error:
        return (error.what,)


def total(found: Iterable[Estimate]) -> Estimate:
    """All of them one after the other; what only one of them has, is not in it."""
    whole = Estimate("", "", 0, measured=True)
    for one in found:
        whole = replace(
            whole,
            asked=whole.asked + one.asked,
            frames=whole.frames + one.frames,
            rendered=whole.rendered + one.rendered,
            seconds=whole.seconds + one.seconds,
            measured=whole.measured and (one.measured or one.error is not None),
            memory=max(whole.memory, one.memory),
            size=whole.size + one.size,
            models=tuple(dict.fromkeys((*whole.models, *one.models))),
        )
    return whole
