"""Small reversible changes to an edit: child slices and marker ranges, never the whole timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opticals.errors import EditError

if TYPE_CHECKING:
    from opentimelineio.core import Composable, Composition
    from opentimelineio.opentime import TimeRange
    from opentimelineio.schema import Marker

Act = Callable[[], None]


@dataclass(frozen=True)
class _Splice:
    parent: Composition
    index: int
    old: tuple[Composable, ...]
    new: tuple[Composable, ...]

    def do(self) -> None:
        _swap(self.parent, self.index, self.old, self.new)

    def undo(self) -> None:
        _swap(self.parent, self.index, self.new, self.old)


@dataclass(frozen=True)
class _MarkerMove:
    marker: Marker
    old: TimeRange
    new: TimeRange

    def do(self) -> None:
        self.marker.marked_range = self.new

    def undo(self) -> None:
        self.marker.marked_range = self.old


class Change:
    """A run of changes, each applied when it is added; the run undone and redone as one."""

    def __init__(self) -> None:
        self._steps: list[_Splice | _MarkerMove] = []
        self._done = True

    def splice(
        self, parent: Composition, index: int, count: int, new: Sequence[Composable]
    ) -> None:
        """Put `new` in the place of `count` children from `index` on."""
        old = tuple(parent[place] for place in range(index, index + count))
        self._add(_Splice(parent, index, old, tuple(new)))

    def move_marker(self, marker: Marker, new: TimeRange) -> None:
        """Give a marker another range."""
        self._add(_MarkerMove(marker, marker.marked_range, new))

    def undo(self) -> None:
        """Take the run back. Does nothing when it is.

        Raises:
            EditError: the edit was changed at that place since; it is left as it was.
        """
        if self._done:
            _all([(step.undo, step.do) for step in reversed(self._steps)])
            self._done = False

    def redo(self) -> None:
        """Do the run again after `undo`.

        Raises:
            EditError: the edit was changed at that place since; it is left as it was.
        """
        if not self._done:
            _all([(step.do, step.undo) for step in self._steps])
            self._done = True

    def _add(self, step: _Splice | _MarkerMove) -> None:
        step.do()
        self._steps.append(step)


def _all(steps: Sequence[tuple[Act, Act]]) -> None:
    """Each first act in turn; when one fails, the second acts of those done, backwards."""
    finished: list[Act] = []
    try:
        for forward, back in steps:
            forward()
            finished.append(back)
    except EditError:
        for back in reversed(finished):
            back()
        raise


def _swap(
    parent: Composition, index: int, old: tuple[Composable, ...], new: tuple[Composable, ...]
) -> None:
    standing = [parent[place] for place in range(index, min(index + len(old), len(parent)))]
    if len(standing) != len(old) or any(a is not b for a, b in zip(standing, old, strict=True)):
        raise EditError(
            "The edit was changed at this place since.",
            remedy="Undo the later change first.",
        )
    if len(old) == len(new) == 1 and old[0] is not new[0]:
        parent[index] = new[0]  # many times as fast on long tracks
        return
    for _ in old:
        del parent[index]
    for offset, child in enumerate(new):
        parent.insert(index + offset, child)
