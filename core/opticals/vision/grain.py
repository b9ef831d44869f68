"""The grain of a picture measured, and grain of the same kind made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

from opticals.vision import filters, noise

if TYPE_CHECKING:
    from fractions import Fraction

    from torch import Tensor

_BLOCK = 16  # pixels; half of it is how far grain may hang together
_SMALLEST_BLOCK = 8
_LEVELS = 6
_ENOUGH = 4000  # blocks
_SHARED = 6.0  # grain hangs together: so many pixels are worth one
_BLOCKS_OF_A_LEVEL = 12
# A block's variance may differ by this from that of its brightness; beyond it shows texture.
_SPREAD = 0.3
_SMOOTH = 2.0  # pixels; brightness is judged under the grain


@dataclass(frozen=True)
class Grain:
    """Statistics of grain, and what makes more of it.

    Attributes:
        brightness: `[B]`, levels (mean of R, G, B) at which the amplitude is known, rising.
        amplitude: `[B, 3]`, standard deviation of R, G and B at those levels.
        texture: `[3, 3, K, K]`, K odd: the filters that make grain of variance 1 in R, G, B from
            three planes of white noise, with the texture and the relation between channels found.
    """

    brightness: Tensor
    amplitude: Tensor
    texture: Tensor

    def make(self, picture: Tensor, seed: int, time: Fraction) -> Tensor:
        """Grain `[3, H, W]` of mean zero, to be added to `picture` `[3, H, W]`.

        Depends on `seed`, the frame's `time` in its medium and the picture's brightness alone.
        """
        height, width = picture.shape[-2:]
        unit = self._unit(height, width, seed, time).to(picture.device)
        bright = filters.blur(picture.mean(0), _SMOOTH).nan_to_num(0)
        return unit * self._amplitude(bright)

    def _unit(self, height: int, width: int, seed: int, time: Fraction) -> Tensor:
        """Grain `[3, H, W]` of variance 1. Made on the CPU, so that it is the same everywhere."""
        name = hashlib.sha256(f"{seed} {time.numerator}/{time.denominator}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(name[:8], "big") >> 1)
        side = self.texture.shape[-1]
        # On a torus: white noise has no edges, so neither has the grain.
        rows, columns = (-(-max(length, side) // 16) * 16 for length in (height, width))
        white = torch.fft.rfft2(torch.randn((3, rows, columns), generator=generator))
        texture = F.pad(self.texture.cpu(), (0, columns - side, 0, rows - side))
        texture = texture.roll((-(side // 2), -(side // 2)), (-2, -1))
        made = [
            torch.fft.irfft2((torch.fft.rfft2(of) * white).sum(0), (rows, columns))
            for of in texture
        ]
        return torch.stack(made)[:, :height, :width]

    def _amplitude(self, bright: Tensor) -> Tensor:
        """`[3, H, W]` for brightness `[H, W]`: between levels in proportion, beyond them held."""
        level, amplitude = self.brightness.to(bright), self.amplitude.to(bright)
        if len(level) == 1:
            return amplitude[0][:, None, None].expand(3, *bright.shape)
        above = torch.bucketize(bright.contiguous(), level).clamp(1, len(level) - 1)
        low, high = level[above - 1], level[above]
        share = ((bright - low) / (high - low).clamp(min=1e-6)).clamp(0, 1)
        return torch.lerp(amplitude[above - 1], amplitude[above], share[..., None]).permute(2, 0, 1)


NONE = Grain(torch.tensor([0.5]), torch.zeros(1, 3), torch.eye(3)[:, :, None, None])


def measure(picture: Tensor, where: Tensor | None = None) -> Grain:
    """The grain of `picture` `[3, H, W]` where `where` `[1, H, W]` is 1 (None: all of it).

    Found in the blocks that show nothing else: at each brightness those of least variance once
    a plane is taken out of them. Its texture is their mean autocorrelation, within and between
    channels, as for the templates of Norkin and Birkbeck, "Film Grain Synthesis for AV1 Video
    Codec", DCC 2018, but of all channels together and without a model's order. `NONE` where too
    little is seen.
    """
    blocks = _blocks(picture, where)
    if blocks is None:
        return NONE
    brightness = blocks.mean((1, 2, 3))
    left = _without_planes(blocks)
    variance = left.square().mean((2, 3))
    flat = _flat(brightness, variance.mean(1), left[0, 0].numel() / _SHARED)
    brightness, variance, left = brightness[flat], variance[flat], left[flat]
    levels, amplitudes, unit = [], [], []
    order = brightness.argsort(stable=True)
    for chosen in order.tensor_split(min(_LEVELS, max(len(order) // _BLOCKS_OF_A_LEVEL, 1))):
        power = variance[chosen].mean(0)
        levels.append(brightness[chosen].mean())
        amplitudes.append(power.sqrt())
        unit.append(left[chosen] / power.sqrt().clamp(min=1e-6)[:, None, None])
    texture = _texture(torch.cat(unit))
    return Grain(torch.stack(levels).cpu(), torch.stack(amplitudes).cpu(), texture.cpu())


def _blocks(picture: Tensor, where: Tensor | None) -> Tensor | None:
    """Blocks `[N, 3, B, B]` wholly within `where`, of numbers only, overlapping by half or, in
    large pictures, fewer from all over."""
    usable = picture.isfinite().all(0, keepdim=True)
    if where is not None:
        usable = usable & (where > 0.999)
    side = _BLOCK
    while side >= _SMALLEST_BLOCK:
        if min(picture.shape[-2:]) >= side:
            step = side // 2
            whole = -F.max_pool2d(-usable[None].float(), side, step)[0, 0] > 0
            rows, columns = whole.nonzero(as_tuple=True)
            if len(rows) >= 4:
                each = -(-len(rows) // _ENOUGH)
                cut = picture.unfold(1, side, step).unfold(2, side, step)
                return cut[:, rows[::each], columns[::each]].transpose(0, 1).contiguous()
        side //= 2
    return None


def _without_planes(blocks: Tensor) -> Tensor:
    """Each block `[N, 3, B, B]` less the plane that fits it best: shading is no grain."""
    side = blocks.shape[-1]
    along = torch.arange(side, dtype=blocks.dtype, device=blocks.device) - (side - 1) / 2
    power = along.square().sum() * side
    left = blocks - blocks.mean((2, 3), keepdim=True)
    down = (left * along[:, None]).sum((2, 3), keepdim=True) / power
    across = (left * along).sum((2, 3), keepdim=True) / power
    return left - down * along[:, None] - across * along


def _flat(brightness: Tensor, variance: Tensor, samples: float) -> Tensor:
    """Indices of those blocks whose variance `[N]` is that of grain alone."""
    gain, floor = noise.envelope(brightness, variance, samples)
    ratio = variance / (gain * brightness + floor).clamp(min=1e-12)
    flat = ((ratio - 1).abs() < _SPREAD).nonzero()[:, 0]
    return flat if len(flat) else ratio.argmin()[None]


def _texture(blocks: Tensor) -> Tensor:
    """The filters of `Grain.texture` from blocks `[N, 3, B, B]` of unit variance."""
    side = blocks.shape[-1]
    size = 2 * side  # padded: correlations must not wrap round
    spectrum = torch.fft.fft2(blocks, (size, size))
    power = torch.einsum("niyx,njyx->ijyx", spectrum, spectrum.conj()) / len(blocks)
    correlation = torch.fft.ifft2(power).real
    # Both ways alike, unbiased by the shrinking overlap, and faded out towards half a block.
    mirrored = correlation.flip((-2, -1)).roll((1, 1), (-2, -1))
    lag = torch.fft.fftfreq(size, 1 / size).to(blocks).abs()
    overlap = ((side - lag).clamp(min=1)[:, None]) * (side - lag).clamp(min=1)
    fade = torch.cos(torch.pi / 2 * (lag / (side / 4) - 1).clamp(0, 1)).square()
    correlation = (correlation + mirrored) / 2 / overlap * (fade[:, None] * fade)
    density = torch.fft.fft2(correlation).real.permute(2, 3, 0, 1)
    values, axes = torch.linalg.eigh((density + density.mT) / 2)
    root = (axes * values.clamp(min=0).sqrt()[..., None, :]) @ axes.mT
    texture: Tensor = torch.fft.ifft2(root.permute(2, 3, 0, 1)).real
    reach = side // 2
    texture = texture.roll((reach, reach), (-2, -1))[..., : 2 * reach + 1, : 2 * reach + 1]
    total = texture.square().sum((1, 2, 3), keepdim=True).sqrt().clamp(min=1e-6)
    return texture.div_(total)
