"""`upscale`: the picture twice or four times as large, drawn by a trained network.

Real-ESRGAN's come with it; any other that spandrel knows can be added as a file, and enlarges by
whatever it was trained for: the size that is asked for is reached by resampling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from opticals.declaration import Context, Effect, Frames, Kind, setting, unless
from opticals.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.nets.ffdnet import FFDNet
    from opticals.nets.own import Enlarger
    from opticals.nets.rrdb import RRDB
    from opticals.nets.srvgg import SRVGG

    Network = SRVGG | RRDB | Enlarger

MODELS = {"compact": "realesr-animevideov3", "large": "realesrgan-x4plus"}
DENOISER = "ffdnet"

# What the network takes away of the plate, split here: below, colour and light, which always
# come back; above, grain and fine texture, which come back by the setting. In plate pixels.
_COARSE = 4.0
# Infinities are no brighter than what half floats hold: a cubic would make them undefined.
_BRIGHTEST = 65504.0
# Below this standard deviation a picture has no noise: a quarter of an 8-bit code.
_CLEAN = 0.25 / 255
# Differences beyond this are edges that the network drew sharper, not grain.
_GRAIN_RANGE = 0.08


@dataclass(frozen=True)
class Settings:
    scale: int = setting(2, "Scale", "How many times as wide and as high.", choices=(2, 4))
    model: str = setting(
        "auto",
        "Model",
        "compact is fast, large is for live action; auto takes large on a GPU. Or a model of "
        "your own, by its id: see opticals models add.",
        choices=("auto", "compact", "large"),
        kind=Kind.MODEL,
    )
    denoise: float = setting(
        0.0,
        "Denoise",
        "How much of the noise is taken away before enlarging; its level is measured.",
        minimum=0,
        maximum=1,
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
        when=(unless("detail", 0),),
    )


def model(settings: Settings, device: str) -> str:
    """The id of the model for a device type; a CPU would take minutes for the large one."""
    auto = "compact" if device == "cpu" else "large"
    chosen = auto if settings.model == "auto" else settings.model
    return MODELS.get(chosen, chosen)


def models(settings: Settings, device: str) -> tuple[str, ...]:
    """All that are needed."""
    return (model(settings, device), *((DENOISER,) if settings.denoise else ()))


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
    plate = plate.nan_to_num(0, _BRIGHTEST, -_BRIGHTEST)
    if settings.denoise:
        plate = plate + settings.denoise * (_denoised(plate, context) - plate.clamp(0, 1))
    if detail == 0:
        return resize(plate, scale)
    seen = plate.clamp(0, 1)
    network = _enlarger(model(settings, context.device.type), context)
    drawn = context.tiled(
        lambda tile: drawn_by(network, tile, scale),
        seen,
        overlap=network.overlap + 1,  # one more for the resampling
        scale=scale,
        multiple=getattr(network, "multiple", 1),
    )
    lost = seen - _reduced(drawn, scale)
    coarse = _blurred(lost)
    fine = lost - coarse
    grain = fine / (1 + (fine / _GRAIN_RANGE) ** 2)
    # Enlarging is linear: plain picture, super-whites and what comes back take one pass.
    added = (1 - detail) * seen + (plate - seen) + detail * (coarse + settings.grain * grain)
    return drawn.mul_(detail).add_(resize(added, scale))


def drawn_by(network: Network, picture: Tensor, scale: int) -> Tensor:
    """`[N, 3, H, W]` in 0..1 as the network enlarges it, resampled where another scale is asked.

    The resampling is a cubic one, as in the graph that the compact model's authors publish for
    x2. What is more than twice too large is halved first, by means of 2x2: a cubic reaches two
    pixels far, and would skip some.
    """
    from torch.nn import functional as F

    drawn: Tensor = network(picture)
    grown = network.scale
    while grown > 2 * scale and grown % 2 == 0:
        drawn, grown = _reduced(drawn, 2), grown // 2
    if grown == scale:
        return drawn
    size = [side * scale for side in picture.shape[-2:]]
    return F.interpolate(drawn, size=size, mode="bicubic", align_corners=False)


def _enlarger(name: str, context: Context) -> Network:
    network = context.network(name)
    if not isinstance(getattr(network, "scale", None), int) or getattr(network, "task", "") == (
        "inpaint"
    ):
        raise ModelError(
            f"The model {name} cannot enlarge.",
            "It is a network for something else.",
            f"Choose {', '.join(MODELS)}, or a model of your own for upscaling.",
        )
    return cast("Network", network)


def _denoised(plate: Tensor, context: Context) -> Tensor:
    """`[1, 3, H, W]` within 0..1, without the noise that is measured in it."""
    from opticals.vision import noise

    seen = plate.clamp(0, 1)
    sigma = noise.measure(seen[0]).luma
    if sigma < _CLEAN:
        return seen
    network = cast("FFDNet", context.network(DENOISER))
    return context.tiled(
        lambda tile: network(tile, sigma),
        seen,
        overlap=network.overlap,
        multiple=network.multiple,
    )


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
    models=models,
)
