"""Memory of pictures goes back to the system when they go, for the editing program to have."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # of mallopt(3)
_LARGE = 1 << 20  # bytes from which a block is the system's own, and not a piece of the heap
_HEAPS = 2  # by itself eight for each core, each with holes of its own


def give_back_large_blocks() -> None:
    """Keep glibc from raising that limit by itself: after the first large picture all of them
    would lie in the heap, which never shrinks; and from a heap for every thread. Does nothing
    elsewhere."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, _LARGE)
            mallopt(_ARENA_MAX, _HEAPS)
