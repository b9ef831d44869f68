"""A picture through a network piece by piece, in pieces as large as the memory allows."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import TYPE_CHECKING

from opticals.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

log = logging.getLogger(__name__)

# Below this most of the work goes into overlaps, and memory is short for something else.
_SMALLEST = 16
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


def tiled(
    run: Callable[[Tensor], Tensor],
    pixels: Tensor,
    *,
    tile: int,
    overlap: int,
    scale: int = 1,
    multiple: int = 1,
    on_tile: Callable[[], None] = lambda: None,
) -> tuple[Tensor, int]:
    """`run` on overlapping tiles of `pixels` `[N, C, H, W]`, put together again.

    Tiles end where the picture ends, as the picture does for a network that sees it whole: with
    an overlap as wide as the network's reach the result is the one of the whole picture. When
    memory runs out all is done again with tiles of half the size.

    Args:
        run: `[1, C, h, w]` to `[1, C', h * scale, w * scale]`, of any float type.
        tile: side in pixels of what `run` sees, overlaps included.
        overlap: pixels that `run` sees beyond each inner edge of what is kept.
        scale: growth of the picture's sides in `run`.
        multiple: tiles start at multiples of this and have sides that are; where the picture
            ends before, its edge is repeated.
        on_tile: called before each tile; what it raises ends the work.

    Returns:
        `[N, C', H * scale, W * scale]` float32, and the tile used in the end.

    Raises:
        DeviceError: memory is short even for the smallest tile.
    """
    overlap = -(-overlap // multiple) * multiple
    core = max(tile - 2 * overlap, _SMALLEST)
    while True:
        core = max(core // multiple, 1) * multiple
        result = _attempt(run, pixels, core, overlap, scale, multiple, on_tile)
        if result is not None:
            return result, core + 2 * overlap
        # A picture smaller than the tile was one tile: halving starts from what there was.
        core = min(core, max(pixels.shape[-2:])) // 2
        if core < max(_SMALLEST, multiple):
            raise DeviceError(
                f"The memory of {pixels.device} is too small for this effect.",
                f"It ran out even with tiles of {2 * core + 2 * overlap} pixels.",
                "Close other programs that use it, render a smaller format, or use --device cpu.",
            )
        log.warning(
            "out of memory on %s: tiles are now %d pixels", pixels.device, core + 2 * overlap
        )


def _attempt(
    run: Callable[[Tensor], Tensor],
    pixels: Tensor,
    core: int,
    overlap: int,
    scale: int,
    multiple: int,
    on_tile: Callable[[], None],
) -> Tensor | None:
    """The result, or None when memory ran out."""
    import torch

    try:
        whole: Tensor | None = None
        height, width = pixels.shape[-2:]
        for index in range(pixels.shape[0]):
            for top, bottom, up, down in _spans(height, core, overlap):
                for left, right, west, east in _spans(width, core, overlap):
                    on_tile()
                    seen = _padded(pixels[index : index + 1, :, up:down, west:east], multiple)
                    made = run(seen)
                    if whole is None:
                        shape = (pixels.shape[0], made.shape[1], height * scale, width * scale)
                        whole = torch.empty(shape, dtype=torch.float32, device=pixels.device)
                    kept = made[
                        0,
                        :,
                        (top - up) * scale : (bottom - up) * scale,
                        (left - west) * scale : (right - west) * scale,
                    ]
                    whole[
                        index,
                        :,
                        top * scale : bottom * scale,
                        left * scale : right * scale,
                    ] = kept
        return whole
    except (RuntimeError, MemoryError) as error:
        if not _out_of_memory(error):
            raise
    # Out of the except block, so that the traceback no longer holds the failed tensors.
    if pixels.device.type == "cuda":
        torch.cuda.empty_cache()
    return None


def _spans(length: int, core: int, overlap: int) -> Iterator[tuple[int, int, int, int]]:
    """(start, end) of what is kept and of what is seen, along one side."""
    for start, end in pairwise([*range(0, length, core), length]):
        yield start, end, max(start - overlap, 0), min(end + overlap, length)


def _padded(pixels: Tensor, multiple: int) -> Tensor:
    height, width = pixels.shape[-2:]
    padding = (0, -width % multiple, 0, -height % multiple)
    if not any(padding):
        return pixels
    from torch.nn import functional as F

    return F.pad(pixels, padding, mode="replicate")


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(
        sign in str(error).lower() for sign in _OUT_OF_MEMORY
    )
