"""Renders carried over to the next state of an edit: asked for again where their frames show now.

A cut that changed shows other pieces of the same media. What was made of them is asked for again
there; of what is rendered already, nothing is rendered twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import OpticalsError
from opticals.recipe import Recipe
from opticals.timeline import piece, placed
from opticals.timeline.chosen import Skipped, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opticals.timeline.edit import Edit
    from opticals.timeline.placed import Version
    from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class Carried:
    """A render that stands in an edit.

    Attributes:
        name: of the render.
        media: the medium it was made of.
        first, frames: of the medium, that the selection showed.
        whole: whether that was all that the clip showed.
        how, time: how it was placed: version or overlay, fit or ripple.
        format, draft, baked: how it was made.
    """

    name: str
    recipe: Recipe
    media: Path
    first: int
    frames: int
    whole: bool
    how: str
    time: str
    format: str
    draft: bool
    baked: bool


def carried(edit: Edit) -> tuple[Carried, ...]:
    """The renders that an edit shows. What is noted of a clip and cannot be read is left out."""
    overlays = (slot.item for lane in edit.lanes() for slot in lane.slots)
    items = [slot.item for _, slot in edit.clips()]
    items += [one for one in overlays if piece.is_overlay(one)]
    found = []
    for item in items:
        try:
            found += [_carried(version, how) for version, how in _shown(item)]
        except OpticalsError:
            continue
    return tuple(found)


def again(
    edit: Edit, renders: Sequence[Carried]
) -> tuple[tuple[tuple[Wanted, Carried], ...], tuple[Skipped, ...]]:
    """Where an edit shows the frames that renders were made of, as shots to be rendered; and the
    renders whose frames it does not show any more."""
    take = edit.taker()
    shots: list[Shot] = []
    for lane, slot in edit.clips():
        try:
            shots.append(take(lane, slot))
        except OpticalsError:
            continue  # what cannot be rendered from holds no render either
    wanted, skipped = [], []
    for one in renders:
        places = [place for shot in shots for place in _place(shot, one)]
        wanted += [(Wanted(place, one.recipe), one) for place in places]
        if not places:
            skipped.append(Skipped(one.name, "The edit does not show its frames any more."))
    return tuple(wanted), tuple(skipped)


def _shown(item: Any) -> Iterator[tuple[Version, str]]:
    if not piece.is_ours(item):
        return
    if piece.is_overlay(item):
        yield piece.overlaid(item), "overlay"
        return
    active = getattr(item, "active_media_reference_key", None)
    held = piece.versions(item)
    if active in held:
        yield held[active], "version"


def _carried(version: placed.Version, how: str) -> Carried:
    shot = version.shot
    return Carried(
        version.name,
        Recipe.from_json(version.render["recipe"]),
        Path(shot.media),
        shot.first,
        shot.frames,
        shot.whole,
        how,
        version.time,
        str(version.render.get("format", "")),
        version.draft,
        version.baked,
    )


def _place(shot: Shot, one: Carried) -> Iterator[Shot]:
    """Where a clip shows frames that a render was made of."""
    if Path(shot.media) != one.media:
        return
    start, end = shot.time.shown(one.first, one.frames)
    if start >= end:
        return
    try:
        yield shot if one.whole or shot.placed else shot.record_range(start, end)
    except OpticalsError:
        return
