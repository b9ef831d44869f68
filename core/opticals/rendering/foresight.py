"""What jobs will take together, beside what this machine has free; and the process that answers.

The process reads requests and writes answers, a JSON object a line: looking into media, any of
which may be broken, must not take the asking program down.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
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
from opticals.rendering.forecast import Disk, Forecast, Need
from opticals.rendering.job import Job
from opticals.rendering.outline import outline
from opticals.settings import cache_folder

Look = Callable[[Path, Fraction], Media]
"""Looks into a medium, for an edit of this rate."""


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
