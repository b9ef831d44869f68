"""Which edit is shown, and which one the host holds: they differ while the next one is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from opticals.errors import EditError

T = TypeVar("T")


class Editions:
    """Counts the edits that were opened.

    Attributes:
        shown: the one that is shown.
    """

    def __init__(self) -> None:
        self.shown = 0
        self._held = 0

    def next(self) -> int:
        """The host holds another one now; called where the host works."""
        self._held += 1
        return self._held

    def on_shown(self, work: Callable[[], T]) -> Callable[[], T]:
        """`work` on the edit that is shown now, and on no other that is opened before its turn."""
        shown = self.shown

        def guarded() -> T:
            if self._held != shown:
                raise EditError(
                    "Another edit was opened meanwhile.",
                    "What was asked was for the one before; neither was changed.",
                    "Ask again with the right one open.",
                )
            return work()

        return guarded
