"""Neighbouring frames brought into the place of one, and how far each can be trusted there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from opticals.vision import filters
from opticals.vision.flow import enlarged, inside, occlusion, search, sight, warp
from opticals.vision.resize import resized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from torch import Tensor

    from opticals.declaration import Frames

# Differences are compared over a neighbourhood, in which noise averages out.
_NEIGHBOURHOOD = 1.5
REACH = 5  # pixels that `agreement` looks around one
_LEAST_SIGMA = 0.004  # about one 8-bit code: what rounding and the warp itself add


def aligned(
    frames: Frames,
    index: int,
    offsets: Iterable[int],
    *,
    sigma: float,
    seen: Callable[[int], Tensor] | None = None,
    beat: Callable[[], None] = lambda: None,
) -> list[tuple[Tensor, Tensor]]:
    """Frames `index + offset` moved into the place of frame `index`, each with its weight.

    Flows are searched directly, once for each pair of frames as long as it may be needed.

    Args:
        frames: the run; what is moved are its pictures, unclamped.
        offsets: of the neighbours; those beyond the shot are left out, and so is 0.
        sigma: the noise's standard deviation in the pictures seen; differences within it are no
            disagreement.
        seen: frame `index` `[3, H, W]` as the motion is found and the agreement judged in it: as
            displays show it, and without its noise where that is at hand. None: `frames.at`.
            One effect has one such way of seeing.
        beat: called again and again meanwhile.

    Returns:
        `([C, H, W], [1, H, W])` for each offset there is, in order. The weight is 0..1: low where
        the thing is hidden in the neighbour, lies outside of it, or looks different.
    """
    look = seen or frames.at
    found = []
    for offset in offsets:
        other = index + offset
        if offset == 0 or not frames.first <= other <= frames.last:
            continue
        there, trust = motion(frames, index, other, look, beat)
        moved = warp(frames.at(other), there)
        looks = moved if seen is None else warp(look(other), there)
        weight = trust * agreement(look(index), looks, sigma)
        found.append((moved, weight))
    return found


def motion(
    frames: Frames,
    index: int,
    other: int,
    look: Callable[[int], Tensor],
    beat: Callable[[], None] = lambda: None,
) -> tuple[Tensor, Tensor]:
    """The flow `[2, H, W]` from one frame of the run to another, and how far it can be trusted,
    `[1, H, W]`, from 1 to 0 where the thing is hidden in the other or lies outside of it.

    `look` is `seen` of `aligned`. `beat` is called again and again meanwhile.
    """

    def sighted(one: int) -> Tensor:
        def make() -> Tensor:
            beat()
            return sight(look(one))

        return frames.once("sight", one, make)

    def searched(one: int, two: int) -> Tensor:
        def make() -> Tensor:
            here, there = sighted(one), sighted(two)
            beat()
            return search(here, there)

        return frames.once(f"flow {two - one:+d}", one, make)

    height, width = frames.pixels.shape[-2:]
    there, back = searched(index, other), searched(other, index)
    beat()
    trust = resized(occlusion(there, back), height, width)
    beat()
    there = enlarged(there, height, width)
    beat()
    return there, trust * inside(there)


def agreement(one: Tensor, other: Tensor, sigma: float) -> Tensor:
    """How much alike two pictures `[C, H, W]` are, `[1, H, W]`, 1 to 0, up to noise of `sigma`.

    The mean square difference in a neighbourhood against the `2 sigma^2` that noise alone makes;
    1 up to there, falling off as a Gaussian beyond.
    """
    apart = (one - other).square().nan_to_num(1e3, 1e3, 1e3).mean(0, keepdim=True)
    excess = filters.blur(apart, _NEIGHBOURHOOD) / (2 * max(sigma, _LEAST_SIGMA) ** 2) - 1
    return torch.exp(-excess.clamp(min=0))


def mean(pictures: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """The weighted mean `[C, H, W]` of `(picture, weight)` pairs; pixels that are no number have
    no weight. Where nothing has any weight: the first picture."""
    total = torch.zeros_like(pictures[0][0])
    weights = torch.zeros_like(total)
    for picture, weight in pictures:
        known = picture.isfinite()
        share = weight * known
        total = total + share * picture.where(known, picture.new_zeros(()))
        weights = weights + share
    return torch.where(weights > 0, total / weights.clamp(min=1e-12), pictures[0][0])
