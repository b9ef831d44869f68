"""Decoded frames that are kept for a while, within a budget of memory."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

Key = tuple[int, ...]


class Kept:
    """Frames by key; beyond the budget of bytes those unused for longest go.

    The first number of a key says whose it is.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._taken = 0
        self._frames: OrderedDict[Key, tuple[Any, int]] = OrderedDict()

    def get(self, key: Key) -> Any:
        """The frame under a key; None if there is none."""
        if key not in self._frames:
            return None
        self._frames.move_to_end(key)
        return self._frames[key][0]

    def keep(self, key: Key, frame: Any, size: int) -> None:
        """Keep a frame of so many bytes."""
        self._drop(key)
        self._frames[key] = frame, size
        self._taken += size
        while self._taken > self._budget and len(self._frames) > 1:
            self._drop(next(iter(self._frames)))

    def forget(self, owner: int) -> None:
        """Forget all of an owner."""
        for key in [one for one in self._frames if one[0] == owner]:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        _, size = self._frames.pop(key, (None, 0))
        self._taken -= size
