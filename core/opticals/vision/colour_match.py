"""The look of one picture given to another: a smooth change of colours, the same for all pixels.

What the change is made of keeps order and leaves no steps: curves that rise, one for each channel,
and a symmetric matrix with positive gains. Beyond the values that were seen it goes on straight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from opticals.vision.luma import luma
from opticals.vision.resize import resized, within

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    Array = NDArray[np.float64]

_SAMPLED = 160 * 90  # pixels of a frame, each the mean of an area: grain does not count
_BLACK = 0.02  # luma of bars around a picture
_PICTURE = 0.25  # of the width or height, that bars leave free at least
_CONTRAST = 1 / 255  # standard deviation of a channel; with less there is no look to be had
_TAILS = 0.005  # of the pixels at either end that say nothing
_KNOTS = 17
_STIFF = 0.3  # of the curves: how much a bend costs beside a miss
_SLOPES = (0.3, 3.3)
_BEYOND = (0.5, 2.0)  # slopes outside of 0..1
_GAINS = (0.25, 4.0)
_LEAST = 1e-4  # variance that a picture is taken to have in every direction: of its codes' steps


@dataclass(frozen=True)
class Match:
    """A change of colours: curves, a matrix, and curves again.

    Attributes:
        before, after: `[3, K]`, what each channel becomes at K places evenly from 0 to 1.
        matrix, offset: `[3, 3]` and `[3]`.
    """

    before: Array
    matrix: Array
    offset: Array
    after: Array

    def __call__(self, pixels: Tensor) -> Tensor:
        """`[3, H, W]` changed; values of any size, never clamped."""
        pixels = _curved(pixels, self.before)
        matrix = pixels.new_tensor(self.matrix)
        pixels = torch.einsum("ij,jhw->ihw", matrix, pixels)
        return _curved(pixels + pixels.new_tensor(self.offset)[:, None, None], self.after)

    def to_json(self) -> dict[str, Any]:
        return {name: value.tolist() for name, value in vars(self).items()}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Match:
        return Match(**{name: np.array(value) for name, value in data.items()})


def sampled(frame: Tensor) -> Tensor:
    """A frame `[3, H, W]`, as displays show it, at the few pixels that are looked at."""
    rows, columns = within(frame.shape[-2], frame.shape[-1], _SAMPLED)
    return resized(frame.nan_to_num(0, 1, 0).clamp(0, 1), rows, columns)


def samples(frames: Sequence[Tensor]) -> Array:
    """Colours `[N, 3]` of frames that `sampled` gave, all of a size, without black bars."""
    stacked = torch.stack(list(frames))
    lit = luma(stacked)[:, 0].amax(0) > _BLACK
    high, wide = (_between(lit.any(axis)) for axis in (1, 0))
    found: Array = (
        stacked[:, :, high, wide].permute(0, 2, 3, 1).reshape(-1, 3).double().cpu().numpy()
    )
    return found


def has_contrast(colours: Array) -> bool:
    """Whether colours `[N, 3]` are more than one, so that they can be matched."""
    return bool((colours.std(0) > _CONTRAST).any())


def match(source: Array, target: Array) -> Match:
    """The change that gives the colours `source` the look of `target`, both `[N, 3]`.

    Curves that bring each channel's distribution near to the target's, then the linear
    Monge-Kantorovich transport between what is left of the two (Pitié and Kokaram, "The Linear
    Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer", CVMP 2007), then
    curves again for what the matrix turned.
    """
    before = _curves(source, target)
    source = _changed(source, before)
    matrix, offset = _transport(source, target)
    source = source @ matrix.T + offset
    return Match(before, matrix, offset, _curves(source, target))


def _between(lit: Tensor) -> slice:
    """From the first to the last that is lit; all where those are so few that it is a dark
    picture, and not one between bars."""
    places = lit.nonzero()
    if not len(places):
        return slice(None)
    first, last = int(places[0]), int(places[-1])
    return slice(first, last + 1) if last + 1 - first >= _PICTURE * len(lit) else slice(None)


def _transport(source: Array, target: Array) -> tuple[Array, Array]:
    """The matrix and offset of the paper's section 3.3, its gains kept within bounds."""
    source, target = _trimmed(source), _trimmed(target)
    spread, wanted = (np.cov(one.T, bias=True) + _LEAST * np.eye(3) for one in (source, target))
    root = _power(spread, 0.5)
    back = _power(spread, -0.5)
    matrix = back @ _power(root @ wanted @ root, 0.5) @ back
    gains, axes = np.linalg.eigh((matrix + matrix.T) / 2)
    matrix = np.asarray((axes * gains.clip(*_GAINS)) @ axes.T)
    return matrix, np.asarray(target.mean(0) - matrix @ source.mean(0))


def _power(symmetric: Array, exponent: float) -> Array:
    values, axes = np.linalg.eigh((symmetric + symmetric.T) / 2)
    powered: Array = (axes * values.clip(1e-12) ** exponent) @ axes.T
    return powered


def _trimmed(colours: Array) -> Array:
    low, high = np.quantile(colours, (_TAILS, 1 - _TAILS), axis=0)
    return colours.clip(low, high)


def _curves(source: Array, target: Array) -> Array:
    """`[3, K]`: for each channel the smooth rising curve from its distribution to the target's."""
    places = np.linspace(_TAILS, 1 - _TAILS, 199)
    found = np.quantile(source, places, axis=0), np.quantile(target, places, axis=0)
    return np.stack([_curve(found[0][:, one], found[1][:, one]) for one in range(3)])


def _curve(source: Array, target: Array) -> Array:
    """Values at evenly spaced knots: a least-squares fit that pays for every bend, and then for
    slopes out of bounds is put right from the middle outwards."""
    at = source.clip(0, 1) * (_KNOTS - 1)
    left = np.floor(at).astype(int).clip(0, _KNOTS - 2)
    basis = np.zeros((len(at), _KNOTS))
    rows = np.arange(len(at))
    basis[rows, left] = 1 - (at - left)
    basis[rows, left + 1] = at - left
    bends = np.diff(np.eye(_KNOTS), 2, axis=0) * _STIFF * _KNOTS
    # A breath towards leaving things as they are, where nothing is known.
    still = np.eye(_KNOTS) * 1e-3
    even = np.linspace(0, 1, _KNOTS)
    system = np.concatenate((basis, bends, still))
    wanted = np.concatenate((target, np.zeros(len(bends)), 1e-3 * even))
    values = np.linalg.lstsq(system, wanted, rcond=None)[0]
    step = 1 / (_KNOTS - 1)
    rises = np.diff(values).clip(_SLOPES[0] * step, _SLOPES[1] * step)
    middle = int(np.abs(even - np.median(source)).argmin())
    rising = np.concatenate(([0.0], np.cumsum(rises)))
    curve: Array = rising + (values[middle] - rising[middle])
    return curve


def _changed(colours: Array, curves: Array) -> Array:
    pixels = torch.from_numpy(colours.T[:, None])
    changed: Array = _curved(pixels, curves)[:, 0].numpy().T
    return changed


def _curved(pixels: Tensor, curves: Array) -> Tensor:
    """Each channel `[3, H, W]` on its curve: cubic between the knots, of slopes that keep it
    rising (Fritsch and Carlson, 1980, with harmonic means), straight beyond 0 and 1."""
    last = curves.shape[1] - 1
    rises = np.diff(curves) * last
    slopes = np.empty_like(curves)
    slopes[:, 1:-1] = 2 * rises[:, 1:] * rises[:, :-1] / (rises[:, 1:] + rises[:, :-1])
    slopes[:, 0], slopes[:, -1] = rises[:, 0].clip(*_BEYOND), rises[:, -1].clip(*_BEYOND)
    made = []
    for pixel, value, slope in zip(pixels, curves, slopes, strict=True):
        values, tangents = pixel.new_tensor(value), pixel.new_tensor(slope) / last
        inside = pixel.clamp(0, 1)
        at = inside * last
        left = at.floor().clamp(0, last - 1)
        part, index = at - left, left.long()
        low, high = values[index], values[index + 1]
        rise, into, out = high - low, tangents[index], tangents[index + 1]
        bend = into + out - 2 * rise
        curve = low + part * (into + part * (3 * rise - 2 * into - out + part * bend))
        ends = torch.where(pixel < 0.5, tangents[0], tangents[-1]) * last
        made.append(curve + (pixel - inside) * ends)
    return torch.stack(made)
