"""`upscale`: the picture twice or four times as large, drawn by a trained network (Real-ESRGAN)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from opticals.declaration import Context, Effect, Frames, setting

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.nets.rrdb import RRDB
    from opticals.nets.srvgg import SRVGG

MODELS = {"compact": "realesr-animevideov3", "large": "realesrgan-x4plus"}

_NETWORK_SCALE = 4  # both models enlarge four times; twice is that, reduced
# What the network takes away of the plate, split here: below, colour and light, which always
# come back; above, grain and fine texture, which come back by the setting. In plate pixels.
_COARSE = 4.0
# Differences beyond this are edges that the network drew sharper, not grain.
_GRAIN_RANGE = 0.08


@dataclass(frozen=True)
class Settings:
    scale: int = setting(2, "Scale", "How many times as wide and as high.", choices=(2, 4))
    model: str = setting(
        "auto",
        "Model",
        "compact is fast, large is for live action; auto takes large on a GPU.",
        choices=("auto", "compact", "large"),
    )
    detail: float = setting(
        1.0,
        "Detail",
        "From a plain enlargement (0) to all that the network draws (1).",
        minimum=0,
        maximum=1,
    )
    grain: float = setting(
        0.35,
        "Grain",
        "How much of the plate's own grain and texture is given back.",
        minimum=0,
        maximum=1,
    )


def model(settings: Settings, device: str) -> str:
    """The catalogue's model for a device type; a CPU would take minutes for the large one."""
    auto = "compact" if device == "cpu" else "large"
    return MODELS[auto if settings.model == "auto" else settings.model]


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    return torch.cat([enlarge(picture[None], settings, context) for picture in frames.asked()])


def enlarge(plate: Tensor, settings: Settings, context: Context) -> Tensor:
    """`[1, 3, H, W]` enlarged, unclamped.

    The network sees the plate clamped to 0..1 and its *change* to a plain enlargement is added
    to that of the plate itself, so super-whites survive. What the network took away is the plate
    less the reduced result (the residual of back-projection: Irani and Peleg, "Improving
    Resolution by Image Registration", CVGIP 1991). Its low frequencies are given back always, so
    that no colour shifts; its small high ones, the plate's grain (source less denoised, as in
    Norkin and Birkbeck, "Film Grain Synthesis for AV1 Video Codec", DCC 2018), by `grain`.
    """
    scale, detail = settings.scale, settings.detail
    if detail == 0:
        return resize(plate, scale)
    seen = plate.clamp(0, 1)
    network = cast("SRVGG | RRDB", context.network(model(settings, context.device.type)))
    drawn = context.tiled(
        lambda tile: drawn_by(network, tile, scale),
        seen,
        overlap=network.overlap + 1,  # one more for the reduction
        scale=scale,
    )
    lost = seen - _reduced(drawn, scale)
    coarse = _blurred(lost)
    fine = lost - coarse
    grain = fine / (1 + (fine / _GRAIN_RANGE) ** 2)
    # Enlarging is linear: plain picture, super-whites and what comes back take one pass.
    added = (1 - detail) * seen + (plate - seen) + detail * (coarse + settings.grain * grain)
    return drawn.mul_(detail).add_(resize(added, scale))


def drawn_by(network: SRVGG | RRDB, picture: Tensor, scale: int) -> Tensor:
    """`[N, 3, H, W]` in 0..1 as the network enlarges it, reduced where less than x4 is asked.

    The reduction is a cubic one, as in the graph that the compact model's authors publish for x2.
    """
    drawn: Tensor = network(picture)
    return drawn if scale == _NETWORK_SCALE else resize(drawn, scale / _NETWORK_SCALE)


def resize(pixels: Tensor, factor: float) -> Tensor:
    """`pixels` `[N, C, H, W]` by cubic convolution, unclamped."""
    from torch.nn import functional as F

    return F.interpolate(pixels, scale_factor=factor, mode="bicubic", align_corners=False)


def _reduced(pixels: Tensor, factor: int) -> Tensor:
    """The mean of each `factor` by `factor` block: what a coarser sensor would have seen."""
    from torch.nn import functional as F

    return F.avg_pool2d(pixels, factor)


def _blurred(pixels: Tensor) -> Tensor:
    """A Gaussian of standard deviation `_COARSE`, edges repeated."""
    import torch
    from torch.nn import functional as F

    reach = round(3 * _COARSE)
    offsets = torch.arange(-reach, reach + 1, dtype=pixels.dtype, device=pixels.device)
    kernel = torch.exp(-0.5 * (offsets / _COARSE) ** 2)
    kernel = (kernel / kernel.sum()).repeat(pixels.shape[1], 1, 1, 1)
    pixels = F.pad(pixels, (reach,) * 4, mode="replicate")
    pixels = F.conv2d(pixels, kernel, groups=pixels.shape[1])
    return F.conv2d(pixels, kernel.transpose(2, 3), groups=pixels.shape[1])


EFFECT = Effect(
    id="upscale",
    label="Upscale",
    summary="Enlarges the picture with detail drawn by a trained network.",
    version=1,
    settings=Settings,
    render=render,
    scale=lambda settings: int(settings.scale),
    display=True,
    models=lambda settings, device: (model(settings, device),),
)
