"""Noise taken out of a frame with the help of its neighbours.

Neighbours are brought into the frame's place along the motion and averaged with it where they
agree; the network takes out what noise the average still has. In that order: a network that saw
each frame alone has lost the fine detail that averaging would have kept. On Poisson-Gaussian
noise over real footage it was 0.6 dB better than averaging what the network made of each frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch.nn import functional as F

from opticals.vision import filters, merging, noise
from opticals.vision.flow import warp
from opticals.vision.strips import strips

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.declaration import Context, Frames
    from opticals.nets.ffdnet import FFDNet
    from opticals.vision.noise import Noise

MODEL = "ffdnet"

_STRONGEST = 75 / 255  # that the network was trained on
# Cleaned frames are compared: this share of their noise's deviation is still in them. Found by
# what came out best on real footage, flat between 0.25 and 0.3.
_LEFT = 0.27
# Pixels in which noise is measured, in bands of so many rows.
_MEASURED, _BAND = 1920 * 1080, 96
_SURROUNDING = 2.0  # pixels, over which noise averages out
# Chroma noisier than luma by more than this takes a run of the network of its own.
_APART = 1.15
_MOST_CHROMA = 4.0
# Noise of a fifth of an 8-bit code cannot be told from none; at twice that all is done.
_NOTHING = 0.2 / 255


@dataclass(frozen=True)
class Strength:
    """How much is taken out of luma and of chroma, apart.

    Up to 1 a share of what the network takes out for the noise there is; beyond, the network is
    told of so many times more noise.
    """

    luma: float
    chroma: float


@dataclass(frozen=True)
class Stabiliser:
    """A curve under which noise has the same strength in shadows and lights: 0 and 1 stay.

    Generalised Anscombe transform: Starck, Murtagh, Bijaoui, "Image Processing and Data
    Analysis", Cambridge 1998. The way back adds what the curve takes off the mean, in the
    asymptotic form of Makitalo and Foi, "Optimal Inversion of the Generalized Anscombe
    Transformation for Poisson-Gaussian Noise", IEEE Transactions on Image Processing 22(1), 2013.

    Attributes:
        gain: the variance grows by this per unit of signal ...
        floor: ... from this at black.
    """

    gain: float
    floor: float

    @staticmethod
    def of(measured: Noise) -> Stabiliser:
        gain, floor = max(measured.gain, 0.0), max(measured.floor, 0.0)
        # Where light makes no difference the curve is a straight line.
        return Stabiliser(gain if gain > 1e-3 * floor else 0.0, floor)

    @property
    def sigma(self) -> float:
        """The noise's standard deviation under the curve."""
        if not self.gain:
            return math.sqrt(self.floor)
        return 1 / self._range

    def apply(self, pixels: Tensor) -> Tensor:
        if not self.gain:
            return pixels
        root = (self.gain * pixels + self._shift).clamp(min=0).sqrt()
        return (root * (2 / self.gain) - self._low) / self._range

    def undo(self, values: Tensor, left: Tensor | float = 0.0) -> Tensor:
        """Back from the curve; `left` is the share of the noise's variance that the values were
        the mean of: 1 of a single frame."""
        if not self.gain:
            return values
        root = (values * self._range + self._low) * (self.gain / 2)
        return (root.square() - self._shift) / self.gain + left * (self.gain / 4)

    @property
    def _shift(self) -> float:
        return 3 / 8 * self.gain**2 + self.floor

    @property
    def _low(self) -> float:
        return 2 / self.gain * math.sqrt(self._shift)

    @property
    def _range(self) -> float:
        return 2 / self.gain * math.sqrt(self.gain + self._shift) - self._low


def denoised(
    frames: Frames, index: int, reach: int, strength: Strength, context: Context
) -> Tensor:
    """Frame `index` `[3, H, W]` without noise, in its own encoding, unclamped.

    Args:
        reach: so many frames on each side help, as far as the shot has them.
    """
    picture = frames.at(index)
    near = range(max(index - reach, frames.first), min(index + reach, frames.last) + 1)
    level = _typical([_noise(frames, one, context) for one in near])
    if level.luma <= _NOTHING:
        return picture
    merged, left = _merged(frames, index, near, Stabiliser.of(level), context)
    clean = _cleaned(merged, left, level, strength, context)
    luma, chroma = min(strength.luma, 1.0), min(strength.chroma, 1.0)
    certain = min(level.luma / _NOTHING - 1, 1.0)
    for rows, *_ in strips(picture.shape[-2:], context.progress):
        before = picture[:, rows]
        change = _apart(clean[:, rows] - before, luma, chroma)
        clean[:, rows] = before + change * certain
    return clean


def _noise(frames: Frames, index: int, context: Context) -> Noise:
    def make() -> Noise:
        context.progress()
        return noise.measure(_sample(frames.at(index)))

    return frames.once("noise", index, make)


def _sample(picture: Tensor) -> Tensor:
    """A large picture's noise shows in some bands of it, put together."""
    step = -(-picture.shape[-2] * picture.shape[-1] // _MEASURED)
    if step == 1:
        return picture
    tops = range(0, picture.shape[-2], _BAND * step)
    return torch.cat([picture[:, top : top + _BAND] for top in tops], 1)


def _typical(levels: list[Noise]) -> Noise:
    """The one in the middle, so that what is in one frame alone changes nothing."""
    return sorted(levels, key=lambda one: one.luma)[len(levels) // 2]


def _merged(
    frames: Frames, index: int, near: range, curve: Stabiliser, context: Context
) -> tuple[Tensor, Tensor]:
    """The mean of the frame and its neighbours in its place, `[3, H, W]`, and the share of the
    noise's standard deviation left in it, `[1, H, W]`."""
    picture = frames.at(index)
    height, width = picture.shape[-2:]
    total, weights = picture.clone(), torch.ones_like(picture[:1])
    squares = weights.clone()

    def first(one: int) -> Tensor:
        return _first(frames, one, context)

    for other in near:
        if other == index:
            continue
        there, trust = merging.motion(
            frames, index, other, lambda one: context.shown(first(one)), context.progress
        )
        context.progress()
        weight = trust * _alike(curve, first(index), first(other), there, context)
        for rows, *_ in strips((height, width), context.progress):
            share = weight[:, rows]
            total[:, rows] += share * warp(frames.at(other), there[:, rows], top=rows.start)
            weights[:, rows] += share
            squares[:, rows] += share.square()
    context.progress()
    return total.div_(weights), squares.sqrt_().div_(weights)


def _compared(curve: Stabiliser, clean: Tensor) -> Tensor:
    """Under the curve, with the same share of noise everywhere: far above white nothing was
    cleaned, so that differences there count for less."""
    values = curve.apply(clean)
    seen = values.clamp(max=1 + _around(curve))
    return seen + _LEFT * (values - seen)


def _around(curve: Stabiliser) -> float:
    """How far beyond black and white the network sees.

    It knows noise about them from its training; what is cut off there stays as noise.
    """
    return 4 * curve.sigma


def _alike(
    curve: Stabiliser, here: Tensor, other: Tensor, there: Tensor, context: Context
) -> Tensor:
    """How much a frame's neighbour in its place looks as it does, `[1, H, W]` from 1 to 0."""
    height, width = here.shape[-2:]
    found = torch.empty_like(here[:1])
    for rows, wider, inner in strips((height, width), context.progress, merging.REACH):
        moved = _compared(curve, warp(other, there[:, wider], top=wider.start))
        same = merging.agreement(_compared(curve, here[:, wider]), moved, _LEFT * curve.sigma)
        found[:, rows] = same[:, inner]
    return found


def _first(frames: Frames, index: int, context: Context) -> Tensor:
    """A frame cleaned by itself, in which motion can be found and frames be compared."""

    def make() -> Tensor:
        level, picture = _noise(frames, index, context), frames.at(index)
        if level.luma <= _NOTHING:
            return picture
        whole = torch.ones_like(picture[:1])
        return _cleaned(picture, whole, level, Strength(1.0, 1.0), context)

    return frames.once("first", index, make)


def _cleaned(
    picture: Tensor, left: Tensor, level: Noise, strength: Strength, context: Context
) -> Tensor:
    """`picture` `[3, H, W]` without the noise of `level`, of which the share `left` is in it."""
    curve = Stabiliser.of(level)
    around = _around(curve)
    seen, beyond = torch.empty_like(picture), torch.empty_like(picture)
    halo = math.ceil(3 * _SURROUNDING)
    for rows, wider, inner in strips(picture.shape[-2:], context.progress, halo):
        bounded = curve.apply(picture[:, wider]).clamp(-around, 1 + around)
        # What is beyond white itself, not by noise, the network would take for white.
        local = filters.blur(bounded, _SURROUNDING)[:, inner]
        beyond[:, rows] = local - local.clamp(0, 1)
        seen[:, rows] = bounded[:, inner] - beyond[:, rows]
    luma = max(strength.luma, 1.0)
    # Subsampled chroma hides its noise from a measurement at the finest scale: never below luma.
    ratio = min(max(level.chroma / level.luma, 1.0), _MOST_CHROMA)
    chroma = max(strength.chroma, 1.0) * ratio
    clean = _network(seen, luma * curve.sigma * left, context)
    apart = max(luma, chroma) > _APART * min(luma, chroma)
    other = _network(seen, chroma * curve.sigma * left, context) if apart else clean
    for rows, *_ in strips(picture.shape[-2:], context.progress):
        made = clean[:, rows]
        if apart:
            made = _apart(made, 1.0, 0.0) + _apart(other[:, rows], 0.0, 1.0)
        bounded = curve.apply(picture[:, rows]).clamp(-around, 1 + around)
        made = curve.undo(made + beyond[:, rows], left[:, rows].square())
        clean[:, rows] = picture[:, rows] + made - curve.undo(bounded)
    return clean


def _network(seen: Tensor, sigma: Tensor, context: Context) -> Tensor:
    """`seen` `[3, H, W]` as the network cleans it, told of noise of `sigma` `[1, H, W]`."""
    network = cast("FFDNet", context.network(MODEL))
    both = torch.cat((seen, sigma.clamp(max=_STRONGEST)))[None]
    return context.tiled(
        lambda tile: network(tile[:, :3], F.avg_pool2d(tile[:, 3:], network.multiple)),
        both,
        overlap=network.overlap,
        multiple=network.multiple,
    )[0]


def _apart(pixels: Tensor, luma: float, chroma: float) -> Tensor:
    """`pixels` `[3, H, W]` with so much of what is grey in them, and so much of the rest."""
    if luma == chroma:
        return pixels if luma == 1 else pixels * luma
    grey = pixels.mean(0, keepdim=True)
    return chroma * pixels + (luma - chroma) * grey
