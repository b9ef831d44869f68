"""What jobs will take together, beside what this machine has free; and the process that answers.

The process reads requests and writes answers, a JSON object a line: looking into media, any of
which may be broken, must not take the asking program down.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from opticals.errors import OpticalsError, SettingError, ShotError, WorkerError
from opticals.media.facts import Media, require_readable
from opticals.media.sequence import reading as sequences
from opticals.media.write.formats import AUTO
from opticals.models import catalogue, store
from opticals.rendering import capacity, estimate, paces
from opticals.rendering.capacity import Machine
from opticals.rendering.estimate import Estimate
from opticals.rendering.job import Job
from opticals.rendering.outline import outline
from opticals.settings import cache_folder

Look = Callable[[Path, Fraction], Media]
"""Looks into a medium, for an edit of this rate."""


@dataclass(frozen=True)
class Need:
    """A model that must be fetched first, or may not be used.

    Attributes:
        size: bytes to fetch.
        allowed: False where the setting `commercial_only` refuses it.
    """

    id: str
    label: str
    size: int
    licence: str
    commercial: bool
    allowed: bool = True


@dataclass(frozen=True)
class Disk:
    """A volume that is written to, what is needed there and what is free, in bytes."""

    folder: str
    what: str
    need: int
    free: int

    @property
    def short(self) -> bool:
        return self.need > self.free


@dataclass(frozen=True)
class Forecast:
    """What jobs will take.

    Attributes:
        items: one for each job, in order.
        needs: models that are not there or may not be used.
        restricted: labels of models in use whose licence does not allow commercial use.
        disks: the volumes written to.
        device, memory, free: what it is computed on, its memory and what of that is free.
    """

    items: tuple[Estimate, ...]
    needs: tuple[Need, ...] = ()
    restricted: tuple[str, ...] = ()
    disks: tuple[Disk, ...] = ()
    device: str = "cpu"
    memory: int = 0
    free: int | None = None

    @cached_property
    def total(self) -> Estimate:
        return estimate.total(self.items)

    @property
    def possible(self) -> bool:
        """Whether any of it can be rendered."""
        return any(one.error is None for one in self.items)

    @property
    def tight(self) -> bool:
        """Whether it takes more memory than is free."""
        return self.free is not None and self.total.memory > self.free

    def to_json(self) -> dict[str, Any]:
        return {
            "items": [one.to_json() for one in self.items],
            "total": self.total.to_json(),
            "needs": [asdict(one) for one in self.needs],
            "restricted": list(self.restricted),
            "disks": [asdict(one) for one in self.disks],
            "device": self.device,
            "memory": self.memory,
            "free": self.free,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Forecast:
        return Forecast(
            tuple(Estimate.from_json(one) for one in data["items"]),
            tuple(Need(**one) for one in data["needs"]),
            tuple(data["restricted"]),
            tuple(Disk(**one) for one in data["disks"]),
            data["device"],
            data["memory"],
            data["free"],
        )


def foresee(jobs: Sequence[Job], time: str, look: Look) -> Forecast:
    """What jobs will take. Whatever stands in the way of one is told in its estimate.

    Args:
        time: what becomes of renders that are longer than their shots: `fit` or `ripple`.
        look: raises OpticalsErrors.
    """
    machine = capacity.machine(jobs[0].device if jobs else "auto")
    known = paces.known()
    items = tuple(_one(job, time, look, machine, known) for job in jobs)
    forecast = Forecast(items, device=machine.name, memory=machine.memory, free=machine.free)
    models = [catalogue.find(one) for one in forecast.total.models]
    missing = [one for one in models if not (store.installed(one.id) and store.allowed(one))]
    needs = tuple(
        Need(one.id, one.label, one.size, one.licence, one.commercial, store.allowed(one))
        for one in missing
    )
    restricted = tuple(one.label for one in models if not one.commercial)
    return replace(
        forecast, needs=needs, restricted=restricted, disks=_disks(jobs, forecast.total.size)
    )


def _one(
    job: Job, time: str, look: Look, machine: Machine, known: Sequence[paces.Pace]
) -> Estimate:
    try:
        shot = job.shot
        job.recipe.require_settings()
        for file in job.recipe.files():
            _require_file(file)
        media = look(Path(shot.media), shot.rate).conformed(shot.rate)
        require_readable(media, job.interpretation)
        if job.output.format in ("exr", AUTO) and not job.output.draft:
            media = sequences.whole(media)
        _require_rate(job, media)
        planned = outline(job, media)
        first, last = planned.segments[0].start, planned.segments[-1].stop
        low, high = planned.plan.source(first), planned.plan.source(last)
        sequences.require_files(media, job.interpretation, math.floor(low), math.ceil(high))
        return estimate.estimate(job, media, planned, machine, known, time)
    except OpticalsError as error:
        return estimate.refused(job, error)


def _require_rate(job: Job, media: Media) -> None:
    shot = job.shot
    if media.rate != shot.rate:
        raise ShotError(
            f"The medium of {shot.id} “{shot.name}” does not run at the rate that the edit "
            "gives for it.",
            f"{shot.media} has {float(media.rate):.3f} frames per second; "
            f"for the edit it has {float(shot.rate):.3f}.",
            "Relink the clip to the medium that the edit was made with, or conform this one to "
            "that rate.",
        )


def _require_file(file: str) -> None:
    from opticals.media.sequence import numbering

    if not numbering.exists(Path(file)):
        raise SettingError(
            f"{file} is missing.", "A setting names it.", "Choose another file for that setting."
        )


def _disks(jobs: Sequence[Job], size: int) -> tuple[Disk, ...]:
    """The volumes that renders and their finished pieces go to: the cache keeps the pieces."""
    if not jobs:
        return ()
    places = ((jobs[0].output.folder, "renders"), (cache_folder(), "cache"))
    found: dict[int, Disk] = {}
    for folder, what in places:
        here = capacity.free_disk(folder)
        if here is None:
            continue
        free, volume = here
        one = found.get(volume)
        if one is None:
            found[volume] = Disk(str(folder), what, size, free)
        else:
            found[volume] = replace(one, what=f"{one.what} and {what}", need=one.need + size)
    return tuple(found.values())


def main() -> None:
    """Answer requests until the input ends."""
    from opticals.media.read.probe import probe

    for line in sys.stdin:
        answer: dict[str, Any] = {"id": None}
        try:
            request = json.loads(line)
            answer["id"] = request["id"]
            jobs = [Job.from_json(one) for one in request["jobs"]]
            answer["forecast"] = foresee(jobs, request["time"], probe).to_json()
        except OpticalsError as error:
            answer["error"] = error.to_json()
        except Exception as error:  # noqa: BLE001 - it outlives any one request
            wrapped = WorkerError.wrap("What it takes cannot be told.", error)
            answer["error"] = wrapped.to_json()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
