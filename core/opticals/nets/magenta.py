"""Magenta's style transfer: any picture as the style, or one of 26 built in.

Architectures: Ghiasi et al., "Exploring the Structure of a Real-Time, Arbitrary Neural Artistic
Stylization Network", BMVC 2017; Dumoulin et al., "A Learned Representation for Artistic Style",
ICLR 2017; and for the picture of the style Sandler et al., "MobileNetV2", CVPR 2018.

Both painters normalise by the mean and variance of the whole picture, which a tile does not
know. `measure` finds them on the whole picture made small, and `forward` takes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Mean and variance of each channel of one picture, `[1, C]`, of one normalisation after the other.
Moments: TypeAlias = list[tuple[Tensor, Tensor]]
# Gain and shift of each channel, `[N or 1, C]` float32.
Style: TypeAlias = tuple[Tensor, Tensor]

STYLES = 26
STYLE_LENGTH = 100
_EPSILON = 1e-5
_SHRINK = 4  # the painters work at a quarter of the size
_SMALLEST = 16  # pixels of a side that mirroring at the edges needs


class _Layer(nn.Module):
    """A convolution with the picture mirrored at its edges."""

    def __init__(
        self, inputs: int, outputs: int, side: int = 3, stride: int = 1, *, bias: bool
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, side, stride, bias=bias)
        self._edge = (side // 2,) * 4

    def forward(self, values: Tensor) -> Tensor:
        made: Tensor = self.conv(F.pad(values, self._edge, mode="reflect"))
        return made


class _Normalising:
    """Takes normalisations in turn, by moments given or by those of what it is handed.

    Args:
        kept: keeps the moments that it finds, when they are asked for.
    """

    def __init__(
        self, styles: Sequence[Style], given: Moments | None, kept: Moments | None = None
    ) -> None:
        self._styles = iter(styles)
        self._given = None if given is None else iter(given)
        self._kept = kept

    def __call__(self, values: Tensor) -> Tensor:
        style = next(self._styles)
        if self._kept is not None:
            variance, mean = torch.var_mean(values.float(), (2, 3), correction=0)
            self._kept.append((mean, variance))
        given = None if self._given is None else next(self._given)
        made = [self._one(values[index, None], index, style, given) for index in range(len(values))]
        return made[0] if len(made) == 1 else torch.cat(made)

    @staticmethod
    def _one(
        values: Tensor, index: int, style: Style, given: tuple[Tensor, Tensor] | None
    ) -> Tensor:
        """Of one picture, where batch normalisation is instance normalisation, and fast."""
        gain, shift = (part[index % len(part)] for part in style)
        mean, variance = (None, None) if given is None else (part[0] for part in given)
        return F.batch_norm(values, mean, variance, gain, shift, given is None, eps=_EPSILON)


class _Painter(nn.Module):
    """What both painters share: down to a quarter, residual blocks, and up again.

    `[N, 3, H, W]` in 0..1 to the same, both float32, of any size.
    """

    overlap: int  # exact where moments are given
    multiple = _SHRINK

    def __init__(self, down: Sequence[int], blocks: int, up: Sequence[int], *, bias: bool) -> None:
        super().__init__()
        enters = zip((3, *down[:-1]), down, (9, 3, 3), (1, 2, 2), strict=True)
        self.down = nn.ModuleList(_Layer(*sizes, bias=bias) for sizes in enters)
        width = down[-1]
        self.blocks = nn.ModuleList(_Layer(width, width, bias=bias) for _ in range(2 * blocks))
        self.up = nn.ModuleList(
            _Layer(inputs, outputs, side, bias=bias)
            for inputs, outputs, side in zip((width, *up), (*up, 3), (3, 3, 9), strict=True)
        )

    def measure(self, pixels: Tensor, style: Tensor) -> Moments:
        """The moments of one whole picture, `[1, 3, H, W]`, which may have been made smaller."""
        moments: Moments = []
        self._paint(pixels, _Normalising(self._styles(style), None, moments))
        return moments

    def forward(self, pixels: Tensor, style: Tensor, moments: Moments | None = None) -> Tensor:
        return self._paint(pixels, _Normalising(self._styles(style), moments))

    def _styles(self, style: Tensor) -> list[Style]:
        """Of each normalisation in turn."""
        raise NotImplementedError

    def _entered(self, pixels: Tensor, normalise: _Normalising) -> Tensor:
        raise NotImplementedError

    def _paint(self, pixels: Tensor, normalise: _Normalising) -> Tensor:
        height, width = pixels.shape[-2:]
        right, bottom = (max(-side % _SHRINK, _SMALLEST - side) for side in (width, height))
        whole = F.pad(pixels, (0, right, 0, bottom), mode="replicate")
        dtype = next(self.down.parameters()).dtype
        values = self._entered(whole.to(dtype, memory_format=torch.channels_last), normalise)
        trunk = values.float()  # a dozen additions in bfloat16 would show
        for first, second in zip(self.blocks[::2], self.blocks[1::2], strict=True):
            inner = F.relu(normalise(first(trunk.to(dtype))))
            trunk = trunk + normalise(second(inner).float())
        values = trunk.to(dtype)
        for layer in self.up[:-1]:
            values = F.interpolate(values, scale_factor=2, mode="nearest")
            values = F.relu(normalise(layer(values)))
        painted = torch.sigmoid(normalise(self.up[-1](values).float()))
        return painted[..., :height, :width]


class MagentaTransform(_Painter):
    """Paints a picture in the style of a vector `[N or 1, 100]` that `MagentaPredict` gave.

    `[N, 3, H, W]` in 0..1 (R, G, B as displayed) to the same, both float32, of any size; it was
    trained on, and looks as intended at, sides of 256 to 512. A vector between two others, or
    between that of the style and that of the picture itself, is a style between them.
    """

    overlap = 56  # 54 pixels are in reach of each

    def __init__(self) -> None:
        super().__init__((8, 16, 32), 5, (16, 8), bias=True)
        # As in the file: from the last residual block to the first, then from the end inwards.
        widths = (*(32 for _ in self.blocks), 3, 8, 16)
        self.styles = nn.ModuleList(
            nn.Conv2d(STYLE_LENGTH, width, 1) for width in widths for _ in ("gain", "shift")
        )

    def convolutions(self) -> Iterable[nn.Conv2d]:
        """In the order in which the file has them."""
        yield from (one for one in self.styles if isinstance(one, nn.Conv2d))
        for layer in (*self.down, *self.blocks, *self.up):
            assert isinstance(layer, _Layer)
            yield layer.conv

    def _styles(self, style: Tensor) -> list[Style]:
        vector = style[:, :, None, None].to(next(self.styles.parameters()).dtype)
        made = [conv(vector)[..., 0, 0].float() for conv in self.styles]
        pairs = list(zip(made[::2], made[1::2], strict=True))
        ups = len(self.up)
        return pairs[-ups - 1 :: -1] + pairs[: -ups - 1 : -1]

    def _entered(self, pixels: Tensor, normalise: _Normalising) -> Tensor:
        for layer in self.down:
            pixels = F.relu(layer(pixels))
        return pixels


class Magenta26(_Painter):
    """Paints a picture in one of 26 styles, or a mixture: weights `[N or 1, 26]` that sum to 1.

    `[N, 3, H, W]` in 0..1 (R, G, B as displayed) to the same, both float32, of any size.
    """

    overlap = 64  # 62 pixels are in reach of each

    def __init__(self) -> None:
        super().__init__((32, 32, 32), 6, (8, 4), bias=False)
        widths = (*(32 for _ in (*self.down, *self.blocks)), 8, 4, 3)
        self.gains = nn.ParameterList(torch.empty(STYLES, width) for width in widths)
        self.shifts = nn.ParameterList(torch.empty(STYLES, width) for width in widths)

    def _styles(self, style: Tensor) -> list[Style]:
        return [
            (style @ gain.float(), style @ shift.float())
            for gain, shift in zip(self.gains, self.shifts, strict=True)
        ]

    def _entered(self, pixels: Tensor, normalise: _Normalising) -> Tensor:
        for layer in self.down:
            pixels = F.relu(normalise(layer(pixels)))
        return pixels


def names26() -> dict[str, str]:
    """The names in the file of 26 styles to those of `Magenta26`'s parameters."""
    layers = [(f"contract.{index}", f"down.{index}") for index in range(3)]
    layers += [(f"res.{index // 2}.{index % 2}", f"blocks.{index}") for index in range(12)]
    layers += [(f"expand.{index}", f"up.{index}") for index in range(3)]
    names = {}
    for index, (theirs, ours) in enumerate(layers):
        names[f"{theirs}.w"] = f"{ours}.conv.weight"
        names[f"{theirs}.norm.gamma"] = f"gains.{index}"
        names[f"{theirs}.norm.beta"] = f"shifts.{index}"
    return names


class MagentaPredict(nn.Module):
    """The picture of a style, `[N, 3, 256, 256]` in 0..1, to its vector `[N, 100]`, float32.

    R, G, B as displayed; the original takes the largest square in the picture's middle.
    """

    size = 256
    # Needed once for a style: rounding inside (29 dB in bfloat16) would save nothing that counts.
    dtypes = (torch.float32,)

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 32, 3, 2)
        bends, width = [_Bend(32, 1, 16, 1)], 16
        for growth, outputs, count, stride in (
            (6, 24, 2, 2),
            (6, 32, 3, 2),
            (6, 64, 4, 2),
            (6, 96, 3, 1),
            (6, 160, 3, 2),
            (6, 320, 1, 1),
        ):
            for index in range(count):
                bends.append(_Bend(width, growth, outputs, stride if index == 0 else 1))
                width = outputs
        self.bends = nn.Sequential(*bends)
        self.last = nn.Conv2d(width, 1280, 1)
        self.vector = nn.Conv2d(1280, STYLE_LENGTH, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        values = pixels.to(self.first.weight.dtype, memory_format=torch.channels_last)
        values = F.relu6(self.last(self.bends(F.relu6(self.first(_half(values))))))
        vector: Tensor = self.vector(values.mean((2, 3), keepdim=True))
        return vector[..., 0, 0].float()


class _Bend(nn.Module):
    """MobileNetV2's inverted residual: wider, over space channel by channel, narrow again."""

    def __init__(self, inputs: int, growth: int, outputs: int, stride: int) -> None:
        super().__init__()
        width = inputs * growth
        self.widen = nn.Conv2d(inputs, width, 1) if growth > 1 else None
        self.space = nn.Conv2d(width, width, 3, stride, 2 - stride, groups=width)
        self.narrow = nn.Conv2d(width, outputs, 1)
        self._kept = stride == 1 and inputs == outputs

    def forward(self, entered: Tensor) -> Tensor:
        values = entered if self.widen is None else F.relu6(self.widen(entered))
        if self.space.stride[0] == 2:
            values = _half(values)
        made: Tensor = self.narrow(F.relu6(self.space(values)))
        return entered + made if self._kept else made


def _half(values: Tensor) -> Tensor:
    """An edge right and below: where TensorFlow pads what is halved."""
    return F.pad(values, (0, 1, 0, 1))
