"""Finds the cuts inside a shot, as plain data. Runs in the worker."""

from __future__ import annotations

from collections.abc import Callable

from opticals.errors import ShotError
from opticals.media.colour import views
from opticals.media.facts import require_readable
from opticals.media.read import probe
from opticals.rendering import device, shots
from opticals.rendering.context import RenderContext
from opticals.rendering.job import Job
from opticals.timeline.razor import Found

Report = Callable[[str, int, int, str], None]


def find(job: Job, report: Report, beat: Callable[[], None]) -> list[Found]:
    """The transitions between the frames of the medium that a job's shot shows, in order.

    Raises:
        OpticalsError: the medium cannot be read, or the model is not installed.
    """
    shot = job.shot
    media = probe.probe(shot.media, shot.rate).conformed(shot.rate)
    require_readable(media, job.interpretation)
    if shot.first < 0 or shot.first + shot.frames > media.frames:
        raise ShotError(
            f"{shot.id} “{shot.name}” uses frames that its medium does not have.",
            f"{shot.media} has {media.frames}.",
            "Relink the clip to the full medium.",
        )
    view = views.view_of(media.tags, job.interpretation.colour_space)
    settled = device.settle(job.device)
    context = RenderContext(settled, job.recipe.seed, lambda note: beat(), view, shot.first)
    found = shots.transitions(
        media,
        job.interpretation,
        shot.first + 1,
        shot.first + shot.frames,
        context,
        report,
    )
    gradual = all(one.configured.gradual for one in job.recipe.steps)
    return [
        Found(one.frame, one.name, one.first, one.frames)
        for one in found
        if gradual or one.frames == 0
    ]
