"""A frame painted in a style, as its neighbours are: small, steadied along the motion, enlarged.

A painter normalises by the whole picture and draws strokes some pixels wide: large pictures are
painted reduced, so that strokes are as bold as in the style. What is painted is remembered for
each frame, so that a frame's neighbours cost nothing twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import torch
from torch.nn import functional as F

from opticals.vision import filters, merging
from opticals.vision.luma import luma
from opticals.vision.resize import resized

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from opticals.declaration import Context, Frames
    from opticals.nets.magenta import Magenta26, MagentaPredict, MagentaTransform

# Pixels of the long side at which the painters' normalisation is measured: larger than what they
# were trained on there is nothing to gain, and one run of it answers a cancel in time.
_MEASURED = 768
# Difference between a frame and its neighbour in its place that is still the same thing.
_SAME = 0.03
# Of the guided filter: a radius in pixels of the painting, and the contrast of an edge, squared.
_RADIUS, _FLAT = 4, 0.02**2
_WEAVE = 0.7  # pixels


def read_style(picture: Tensor, model: str, context: Context) -> Tensor:
    """The style of `picture` `[3, H, W]` 0..1, as painters take it: of its middle square."""
    network = cast("MagentaPredict", context.network(model))
    height, width = picture.shape[-2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = picture[:, top : top + side, left : left + side].nan_to_num(0, 1, 0).clamp(0, 1)
    found: Tensor = network(resized(square, network.size, network.size)[None])
    return found


def styled(
    frames: Frames,
    index: int,
    model: str,
    style: Tensor,
    *,
    reach: int,
    detail: int,
    context: Context,
) -> Tensor:
    """Frame `index` `[3, H, W]`, 0..1, painted in `style` by the painter `model`.

    Args:
        frames: as a display shows them.
        reach: so many frames on each side, painted and moved into this one's place, are averaged
            with it where they show the same: what of the strokes jumps from frame to frame
            goes, all that follows the motion stays.
        detail: pixels of the long side that are painted at most.
    """
    height, width = frames.pixels.shape[-2:]
    size = _sized(height, width, detail)

    def small(one: int) -> Tensor:
        return frames.once("small", one, lambda: resized(frames.at(one).clamp(0, 1), *size))

    def painting(one: int) -> Tensor:
        return frames.once("painted", one, lambda: _painted(small(one), model, style, context))

    first, last = max(index - reach, frames.first), min(index + reach, frames.last)
    paintings = torch.stack([painting(one) for one in range(first, last + 1)])
    near = replace(frames, pixels=paintings, first=first)
    steady = [(near.at(index), torch.ones_like(paintings[0, :1]))]
    for other in range(first, last + 1):
        context.progress()
        steady += merging.aligned(
            near, index, [other - index], sigma=_SAME, seen=small, beat=context.progress
        )
    painted = merging.mean(steady)
    context.progress()
    return _enlarged(painted, small(index), frames.at(index), context.progress).clamp_(0, 1)


def with_colour_of(picture: Tensor, painted: Tensor) -> Tensor:
    """`picture` `[3, H, W]` as bright as `painted` is, of its own colours."""
    return picture + luma(painted - picture)


def _painted(picture: Tensor, model: str, style: Tensor, context: Context) -> Tensor:
    """`picture` `[3, H, W]` in 0..1 as the network paints it."""
    network = cast("MagentaTransform | Magenta26", context.network(model))
    height, width = picture.shape[-2:]
    context.progress()
    if max(height, width) <= _MEASURED:
        made: Tensor = network(picture[None], style)
    else:
        small = resized(picture, *_sized(height, width, _MEASURED))
        moments = network.measure(small[None], style)
        made = context.tiled(
            lambda tile: network(tile, style, moments),
            picture[None],
            overlap=network.overlap,
            multiple=network.multiple,
        )
    return made[0]


def _enlarged(painted: Tensor, small: Tensor, picture: Tensor, beat: Callable[[], None]) -> Tensor:
    """`painted`, made from `small`, at the size of `picture`, which `small` was reduced from.

    What of the painting follows the picture is drawn anew along the picture's own edges (He and
    Sun, "Fast Guided Filter", 2015); the rest, the strokes, is enlarged.
    """
    size = picture.shape[-2:]
    if painted.shape[-2:] == size:
        return painted

    def enlarge(pixels: Tensor) -> Tensor:
        return F.interpolate(pixels[None], size, mode="bicubic", align_corners=False)[0]

    factor = max(size) / max(painted.shape[-2:])
    # The weave that the painter leaves from pixel to pixel would be a grid of squares.
    large = enlarge(filters.blur(painted, _WEAVE))
    beat()
    follows = filters.guided(painted, luma(small), _RADIUS, _FLAT)
    radius = round(_RADIUS * factor)
    drawn = filters.guided(large, luma(picture.clamp(0, 1)), radius, _FLAT, int(factor), beat)
    beat()
    large += drawn
    return large.sub_(enlarge(follows))


def _sized(height: int, width: int, longest: int) -> tuple[int, int]:
    """The size, of the same shape, whose long side is `longest` at most."""
    factor = max(height, width, longest) / longest
    return max(round(height / factor), 1), max(round(width / factor), 1)
