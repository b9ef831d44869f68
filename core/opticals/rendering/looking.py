"""What is found out about a shot before any of it is rendered: cuts, and effects' first passes."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from opticals.rendering import shots
from opticals.rendering.graph import numbers
from opticals.rendering.partial import partial
from opticals.rendering.pipeline import survey
from opticals.rendering.plan import digest
from opticals.settings import cache_folder

if TYPE_CHECKING:
    from opticals.rendering.context import RenderContext
    from opticals.rendering.pipeline import Pass
    from opticals.rendering.prepare import Prepared

log = logging.getLogger(__name__)

Report = Callable[[str, int, int, str], None]


def look(
    ready: Prepared, job: Pass, context: RenderContext, start: int, stop: int, report: Report
) -> Pass:
    """`job` with the cuts that matter to outputs `start` to `stop`, and with what the effects
    that need all of the shot found in it."""
    recipe = ready.job.recipe
    plan = job.plan
    if not recipe.temporal:
        return job
    if recipe.surveys:
        start, stop = -plan.head, plan.selected + plan.tail
    before, after = recipe.reach(job.media.rate)
    low = max(math.floor(plan.source(start)) - before, 0)
    high = min(math.ceil(plan.source(stop - 1)) + after + 1, job.media.frames)
    cuts = shots.cuts(job.media, job.interpretation, low, high, context, report)
    job = replace(job, cuts=cuts)
    for place, applied in enumerate(job.steps):
        if not applied.effect.surveys(applied.settings):
            continue
        found = _first_pass(ready, job, place, context, report)
        steps = list(job.steps)
        steps[place] = replace(applied, found=found)
        job = replace(job, steps=tuple(steps))
    return job


def _first_pass(
    ready: Prepared, job: Pass, place: int, context: RenderContext, report: Report
) -> Any:
    """What the first pass of a step finds, from the cache where it was found before."""
    applied = job.steps[place]
    plan = job.plan
    facts = {name: one for name, one in ready.facts.items() if name not in ("codecs", "encoding")}
    name = digest({**facts, "step": place, "first": plan.first, "cuts": job.cuts})
    path = cache_folder() / "found" / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        log.warning("%s is damaged and is found again: %s", path, error)
    assert applied.effect.first_pass is not None
    whole = survey(job, context, place, -plan.head, plan.selected + plan.tail)
    total = whole.stop - whole.start

    def read() -> Any:
        for done, (index, picture) in enumerate(whole.read()):
            report("analyse", done, total, "")
            picture = numbers(picture)
            yield index, context.shown(picture) if applied.effect.display else picture

    with torch.inference_mode():
        found = applied.effect.first_pass(replace(whole, read=read), applied.settings, context)
    ready.require_same()
    text = json.dumps(found)
    beside = partial(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:  # a cache that cannot be written is none
        log.warning("%s cannot be written: %s", path, error)
    return json.loads(text)  # as it is read again, so that both times are alike
