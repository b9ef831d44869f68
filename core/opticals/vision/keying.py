"""Mattes and colours of what stands before a blue or green backing.

A pixel's keyness is how much of the backing's hue it has: its chroma along the backing's, less
what it has across (the colour difference of Vlahos, US patent 3 158 477, turned to the backing's
own hue as in van den Bergh and Lalioti, "Software Chroma Keying in an Immersive Virtual
Environment", 1999). It is linear in mixtures, so that the keyness of an edge over the backing's is
the share of backing in it.

Pictures are `[3, H, W]` float32, mattes `[1, H, W]` in 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from opticals.vision import filters, matting
from opticals.vision.resize import resized, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

_ACROSS = 3**-0.5  # of a pure primary this makes the key the other two channels' larger one
_SATURATED = 0.08  # a backing's colour difference is more than this
_BORDER = 0.12  # of the picture on each side counts more in looking for the backing
_SHARE = 0.02  # of the pixels must be backing for it to be one
_BACKING = 0.6  # of the backing's keyness: pixels above are backing, whatever light falls on it
_LOOKS = 3  # each finds backing in light further from that of the one before
_PLATE = 320 * 180  # pixels in which the backing's own light is followed
_NOISE = 5.0  # standard deviations of the backing's noise that are taken for backing
_UNLIKE = 0.08  # a colour as far from a mixture as this is none


@dataclass(frozen=True)
class Backing:
    """The backing alone, as if nothing stood before it.

    Attributes:
        seen: as a display shows it; `plate`: in the source's encoding. Both `[3, H, W]`.
        noise: standard deviation of the keyness where it is seen.
    """

    seen: Tensor
    plate: Tensor
    noise: float


def found(pictures: Sequence[Tensor]) -> Tensor | None:
    """The colour `[3]` of the backing in pictures `[3, h, w]` of a shot; None if there is none.

    The larger of what is blue and what is green, things at the frame's border counting more; the
    median of its stronger half.
    """
    pixels, weights = [], []
    for picture in pictures:
        height, width = picture.shape[-2:]
        weight = picture.new_full((height, width), 3.0)
        rows, columns = round(_BORDER * height), round(_BORDER * width)
        weight[rows : height - rows, columns : width - columns] = 1.0
        pixels.append(picture.flatten(1))
        weights.append(weight.flatten())
    every, weight = torch.cat(pixels, 1), torch.cat(weights)
    red, green, blue = every
    differences = (blue - torch.maximum(red, green), green - torch.maximum(red, blue))
    sizes = [float((weight * (one > _SATURATED)).sum() / weight.sum()) for one in differences]
    best = max(range(2), key=lambda index: sizes[index])
    if sizes[best] < _SHARE:
        return None
    difference = differences[best]
    some = every[:, difference > _SATURATED]
    strong = difference[difference > _SATURATED]
    return some[:, strong >= strong.median()].median(1).values


def keyness(picture: Tensor, backing: Tensor) -> Tensor:
    """How much of the backing's hue each pixel has, `[1, H, W]`; below 0: of the opposite one.

    `backing` is `[3, H, W]`, or `[3, 1, 1]` where it is the same everywhere.
    """
    axis = _axis(backing)
    chroma = picture - picture.mean(0, keepdim=True)
    along = (chroma * axis).sum(0, keepdim=True)
    across = (chroma - along * axis).square().sum(0, keepdim=True).sqrt()
    return along - _ACROSS * across


def backing(
    seen: Tensor,
    plate: Tensor,
    colour: Tensor,
    progress: Callable[[], None] = lambda: None,
) -> Backing:
    """The backing behind a frame: where it is seen, itself without its noise; the light on it
    goes on behind the foreground.

    Args:
        seen: the frame as a display shows it; `plate`: in the source's encoding.
        colour: the backing's, as displays show it, `[3]`.
    """
    finite = plate.isfinite().all(0, keepdim=True)
    both = torch.cat((seen, torch.where(finite, plate, 0.0)))
    height, width = seen.shape[-2:]
    size = within(height, width, _PLATE)
    small = resized(both, *size)
    clean = colour[:, None, None].expand(3, *seen.shape[-2:]).repeat(2, 1, 1)
    for _ in range(_LOOKS):
        progress()
        share = keyness(seen, clean[:3])
        progress()
        share = share / keyness(clean[:3], clean[:3]).clamp(min=1e-4)
        sure = (share > _BACKING) & finite
        # Pixels at its edge are mixed with the foreground already.
        inner = filters.grow(resized(sure.float(), *size), -2) > 0.9
        if not bool(inner.any()):
            break
        progress()
        clean = filters.blur(matting.spread(small, inner.float()), 1.0)
        clean = resized(clean, height, width)
    if not bool(sure.any()):
        return Backing(clean[:3], clean[3:], 0.0)
    progress()
    off = keyness(seen, clean[:3])
    progress()
    off = off - keyness(clean[:3], clean[:3])
    progress()
    return Backing(clean[:3], clean[3:], float(off[sure > 0].abs().median()) * 1.4826)


def matte(
    seen: Tensor,
    behind: Backing,
    black: float,
    white: float,
    inside: float,
    progress: Callable[[], None] = lambda: None,
) -> Tensor:
    """The matte of a frame as a display shows it.

    Args:
        black: what is less opaque than this is transparent; the backing's noise is in any case.
        white: what is more opaque than this is opaque.
        inside: what is half opaque at least, and further than this share of the picture's longer
            side from all backing, is opaque; 0: nothing is.
    """
    full = keyness(behind.seen, behind.seen).clamp(min=1e-4)
    progress()
    raw = 1 - keyness(seen, behind.seen) / full
    progress()
    low = (_NOISE * behind.noise / full).clamp(min=black, max=0.5)
    high = low.clamp(min=white - 0.01) + 0.01
    plain = ((raw - low) / (high - low)).clamp(0, 1)
    core = _core(plain, inside)
    progress()
    # Near its edge the foreground is what it is a little further in: the plain matte is full too
    # far out where that has the opposite hue, and nowhere where it has some of the backing's.
    reach = max(round(max(seen.shape[-2:]) / 400), 2)
    clear = (plain <= 0).float()
    rim = filters.grow(clear, reach)
    progress()
    solid = torch.maximum((plain >= 1).float() * (1 - rim), core)
    if not bool(solid.any()):
        return plain
    way = matting.spread(seen, solid) - behind.seen
    progress()
    length = way.square().sum(0, keepdim=True).clamp(min=1e-4)
    share = (((seen - behind.seen) * way).sum(0, keepdim=True) / length).clamp(0, 1)
    progress()
    off = (seen - behind.seen - share * way).square().sum(0, keepdim=True)
    progress()
    where = torch.where(plain < 1, 1.0, rim) * (1 - clear)
    mixed = torch.lerp(plain, share, torch.exp(-off / _UNLIKE**2) * where)
    return torch.maximum(mixed, core)


def _core(plain: Tensor, inside: float) -> Tensor:
    """1 where a matte is far from its clear parts, and half opaque already; 0 elsewhere."""
    if inside <= 0:
        return torch.zeros_like(plain)
    height, width = plain.shape[-2:]
    size = within(height, width, _PLATE)
    clear = 1 - resized((plain > 0.1).float(), *size)
    far = 1 - filters.grow(clear, max(inside * max(size), 1.0))
    far = resized(filters.blur(far, 1.0), height, width)
    return far * ((plain - 0.3) / 0.2).clamp(0, 1)


def foreground(
    plate: Tensor,
    alpha: Tensor,
    behind: Backing,
    despill: float,
    progress: Callable[[], None] = lambda: None,
) -> Tensor:
    """The colours `[3, H, W]` of the foreground in the source's encoding, the backing and its
    light (by `despill`, 0..1) taken out.

    Pixels that are opaque and have nothing of the backing's hue stay bit for bit.
    """
    fore = matting.foreground(plate, alpha, behind.plate, progress)
    progress()
    spill = keyness(fore, behind.plate).clamp(min=0) * despill
    progress()
    return torch.where(spill > 0, fore - spill * _axis(behind.plate), fore)


def _axis(backing: Tensor) -> Tensor:
    """The direction of the backing's chroma."""
    chroma = backing - backing.mean(0, keepdim=True)
    return chroma / chroma.square().sum(0, keepdim=True).sqrt().clamp(min=1e-6)
