"""Which clip of an edit is which, when ids move on: splits and ripples give clips other ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opticals.timeline.listing import ItemView
    from opticals_ui.timeline.model import Lane, TimelineModel
    from opticals_ui.timeline.selection import Selection


@dataclass(frozen=True)
class Place:
    """A clip by what stays of it: its track, name, medium and first frame, and the how many-eth
    such it is on the track.

    Two places are the same clip when these are; the rest says what it shows now.
    """

    track: str
    name: str
    medium: str
    source: int | None
    number: int
    record: int = field(compare=False, default=0)
    snapshot: int = field(compare=False, default=0)
    recipe: Mapping[str, Any] | None = field(compare=False, default=None)

    def follows(self, before: Place) -> bool:
        """Whether it is what became of a clip in the snapshot before: that stood there, of the
        same medium."""
        same = (self.track, self.record, self.medium) == (
            before.track,
            before.record,
            before.medium,
        )
        return same and self.snapshot != before.snapshot


def place_of(selection: Selection) -> Place | None:
    """That of the selected clip; None where none is, or it is of sound."""
    model, lane = selection.model, selection.lane
    if model is None or lane is None or lane.kind != "Video" or not selection.clip:
        return None
    item = model.find(selection.clip)
    return None if item is None else _place(model, lane, item)


def places_of(selection: Selection) -> tuple[Place, ...]:
    """Those of every clip that the selection renders, in compounds that of the compound."""
    model = selection.model
    if model is None:
        return ()
    wanted = {one.id.partition("/")[0] for one in selection.shots if one.id}
    return tuple(
        _place(model, lane, item)
        for lane in model.lanes
        if lane.kind == "Video"
        for item in lane.items
        if item.id in wanted
    )


def _place(model: TimelineModel, lane: Lane, item: ItemView) -> Place:
    mark = _mark(item)
    number = 0
    for one in lane.items:
        if one is item:
            break
        number += one.name == item.name and _mark(one) == mark
    return Place(lane.id, *mark, number, item.record, id(model), item.recipe)


def _mark(item: ItemView) -> tuple[str, str, int | None]:
    return item.name, str(item.original or item.path or ""), item.source
