"""What a render will be, from its job and its medium alone: frames, size, encoding, losses.

Nothing is decoded and no heavy library loaded, so that it can be asked for as settings change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from opticals.declaration import Makes
from opticals.errors import SettingError, ShotError
from opticals.media.sound import tracks as sound
from opticals.media.write.encoding import Encoding, choose
from opticals.media.write.formats import FORMATS
from opticals.media.write.holding import refuse_unheld
from opticals.rendering.bake import Baked, at_edit_rate, bake, in_time
from opticals.rendering.plan import Plan, Segment, plan

if TYPE_CHECKING:
    from opticals.media.facts import Media
    from opticals.rendering.job import Job
    from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class Outline:
    """A render as it will be.

    Attributes:
        base: width and height in pixels of what effects are handed: halved of a draft.
        size: width and height of the render.
        rate: frames per second of what is planned.
        baked: the order in which a baked render shows what is planned.
        encoding: of the segments; delivered: of the file they are joined to.
        sound: what is heard with it.
        losses: what the source has and the render has not, in words.
    """

    base: tuple[int, int]
    size: tuple[int, int]
    rate: Fraction
    plan: Plan
    baked: Baked | None
    encoding: Encoding
    delivered: Encoding
    sound: sound.Sound | None
    losses: tuple[str, ...]

    @property
    def order(self) -> Sequence[int]:
        """The output of the plan that each frame of the file shows."""
        if self.baked is not None:
            return self.baked.order
        return range(-self.plan.head, self.plan.selected + self.plan.tail)

    @property
    def segments(self) -> list[Segment]:
        """Those of the plan that hold a frame of the file."""
        shown = set(self.order)
        return [
            one for one in self.plan.segments() if not shown.isdisjoint(range(one.start, one.stop))
        ]


def outline(job: Job, media: Media) -> Outline:
    """What a job comes to.

    Args:
        media: of its shot, conformed to the shot's rate.

    Raises:
        OpticalsError: why it cannot be rendered so.
    """
    shot, recipe, output = job.shot, job.recipe, job.output
    if any(one.declaration.makes is Makes.MARKERS for one in recipe.steps):
        raise SettingError(
            f"“{recipe.name}” makes no pictures to render.",
            remedy="Use “opticals cuts” for what finds places in the edit.",
        )
    pace, rate = recipe.pace(media.rate), recipe.rate(media.rate)
    the_plan = plan(shot, media.frames, pace, output.handles)
    # What plays at a changing speed, faster or at another rate is placed by its own frames.
    own = pace.speed is None or pace.speed > 1 or rate != media.rate
    own_frames = own and rate in (media.rate, shot.edit_rate)
    baked = None
    if own_frames or (output.bake and not shot.straight):
        the_plan, baked = bake(shot, the_plan, rate, media.frames, output.handles)
    base = (media.width, media.height)
    if output.draft:
        base = (half(media.width), half(media.height))
    size = (base[0] * recipe.scale, base[1] * recipe.scale)
    fields_kept = media.interlaced and job.interpretation.fields == "keep"
    if fields_kept:
        _check_fields(shot, retimes=recipe.retimes, baked=baked is not None)
    encoding = choose(
        output.format,
        media,
        width=size[0],
        height=size[1],
        alpha=recipe.alpha,
        container=output.container,
        target=output.target,
        field_order=media.field_order if fields_kept else "progressive",
    )
    if rate != media.rate:
        encoding = replace(encoding, rate=rate)
        refuse_unheld(FORMATS[encoding.format], encoding)
    delivered = encoding if baked is None else at_edit_rate(encoding, shot, baked)
    heard, unheard = _sound(media, shot, the_plan, rate, baked, encoding.container)
    losses = encoding.losses + unheard
    return Outline(base, size, rate, the_plan, baked, encoding, delivered, heard, losses)


def half(side: int) -> int:
    """Half a side in whole chroma samples, so that every encoder takes it: an even number."""
    return max(2, (side + 2) // 4 * 2)


def _check_fields(shot: Shot, *, retimes: bool, baked: bool) -> None:
    """Refuse what would mix the fields of an interlaced medium that keeps them."""
    if retimes:
        raise ShotError(
            f"{shot.id} “{shot.name}” is interlaced and keeps its fields.",
            "Pictures at other times need whole pictures.",
            "Deinterlace it (--fields deinterlace), or choose an effect that keeps the time.",
        )
    if baked:
        raise ShotError(
            f"{shot.id} “{shot.name}” is interlaced and keeps its fields.",
            "Frames in another order would show their fields out of order.",
            "Deinterlace it (--fields deinterlace), or render it without baking.",
        )


def _sound(
    media: Media, shot: Shot, plan: Plan, rate: Fraction, baked: Baked | None, container: str
) -> tuple[sound.Sound | None, tuple[str, ...]]:
    """The sound of a render, and what of it is lost; see `sound.plan`."""
    speed = (plan.pace.speed or 0) * rate / media.rate
    if baked is None:
        first = plan.source(-plan.head) * rate / media.rate
        return sound.plan(media, first, plan.frames, rate, container, speed)
    # Counted in record frames, from the moment at which the medium begins.
    first = shot.time.place(baked.record) * shot.edit_rate / media.rate
    speed = speed if in_time(shot) else Fraction(0)
    return sound.plan(media, first, len(baked.order), shot.edit_rate, container, speed)
