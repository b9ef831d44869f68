"""Taking a render out of every clip of an edit that holds it, as one change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opticals.timeline.edit import Edit
    from opticals.timeline.listing import ItemView, TrackView
    from opticals.timeline.placement import Placement


@dataclass(frozen=True)
class Taken:
    """The changes that took it out, in the order they were made."""

    parts: tuple[Placement, ...]

    @property
    def messages(self) -> tuple[str, ...]:
        """What the user should know of it."""
        return tuple(text for one in self.parts for text in one.messages)

    def undo(self) -> None:
        for one in reversed(self.parts):
            one.undo()

    def redo(self) -> None:
        for one in self.parts:
            one.redo()


def drop(edit: Edit, version: str) -> Taken:
    """Take it out wherever it is held.

    Raises:
        EditError: a clip shows it. The edit is then as it was.
    """
    parts: list[Placement] = []
    try:
        # From the last to the first: clips that are joined again give those behind them new ids.
        for id in reversed(tuple(_holders(edit.tracks(), version))):
            parts.append(edit.drop(id, version))
    except BaseException:
        Taken(tuple(parts)).undo()
        raise
    return Taken(tuple(parts))


def _holders(tracks: Iterable[TrackView], version: str) -> Iterator[str]:
    """The ids of clips that hold it, those inside compounds too."""
    items: Iterator[ItemView] = (item for track in tracks for item in track.items)
    for item in items:
        if item.id and version in item.versions:
            yield item.id
        yield from _holders(item.inside, version)
