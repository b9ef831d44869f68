"""Large pictures in strips, so that a cancel is heard and what lies between stays in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_AT_ONCE = 1 << 18  # pixels


def strips(
    size: Sequence[int], beat: Callable[[], None], halo: int = 0
) -> Iterator[tuple[slice, slice, slice]]:
    """The rows of a picture of `size` (height, width), some after the other; `beat` is called
    before each strip.

    Yields the strip's rows, the same with up to `halo` more on either side where the picture has
    them, and where the strip lies in those.
    """
    height, width = size
    step = max(_AT_ONCE // width, 1)
    for top in range(0, height, step):
        beat()
        bottom = min(top + step, height)
        low, high = max(top - halo, 0), min(bottom + halo, height)
        yield slice(top, bottom), slice(low, high), slice(top - low, bottom - low)
