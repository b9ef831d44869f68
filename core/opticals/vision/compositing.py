"""What is done with a matte: its edge, masks, and the picture that goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opticals.declaration import Kind, Masked, only, setting, unless

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from opticals.declaration import Context, Frames


@dataclass(frozen=True)
class Output(Masked):
    """Settings of every effect that cuts something out."""

    output: str = setting(
        "alpha",
        "Output",
        "alpha: the picture with transparency; matte: the matte as a grey picture; "
        "composite: laid over the background.",
        choices=("alpha", "matte", "composite"),
    )
    background: str = setting(
        "",
        "Background",
        "A still or clip to lay the composite over: scaled to fill the frame, held at its end. "
        "Its values are taken as they are: it should be in the source's colour space.",
        kind=Kind.MEDIUM,
        when=(only("output", "composite"),),
    )
    colour: str = setting(
        "#000000",
        "Colour",
        "Behind a composite without a background.",
        kind=Kind.COLOUR,
        when=(only("output", "composite"), only("background", "")),
    )
    shrink: float = setting(
        0.0,
        "Shrink",
        "Takes the matte's edge in; below 0 out.",
        minimum=-20,
        maximum=20,
        unit="px",
    )
    soften: float = setting(
        0.0, "Soften", "Softens the matte's edge.", minimum=0, maximum=50, unit="px"
    )
    mask_as: str = setting(
        "garbage",
        "Mask as",
        "garbage: outside the mask all is transparent; core: inside it all is opaque.",
        choices=("garbage", "core"),
        when=(unless("mask", ""),),
    )


def has_alpha(settings: Output) -> bool:
    """Whether the effect's pictures have an alpha of their own."""
    return settings.output == "alpha"


def finished(
    frames: Frames,
    index: int,
    matte: Tensor,
    colours: Callable[[Tensor], Tensor],
    settings: Output,
    context: Context,
) -> Tensor:
    """Frame `index` as the settings ask for it, `[3 or 4, H, W]`.

    Layers are mixed in the source's own encoding, as editing programs do.

    Args:
        matte: `[1, H, W]`, 0..1.
        colours: the foreground's `[3, H, W]` under the matte that goes out.
    """
    import torch

    alpha = _edged(matte, settings)
    mask = frames.mask_at(index)
    if mask is not None:
        mask = mask.nan_to_num(0).clamp(0, 1)
        alpha = alpha * mask if settings.mask_as == "garbage" else torch.maximum(alpha, mask)
    if settings.output == "matte":
        return alpha.expand(3, -1, -1)
    front = colours(alpha)
    if settings.output == "alpha":
        return torch.cat((front, alpha))
    behind = _background(frames, index, front.shape[-2:], settings, context).to(front.device)
    mixed = alpha * front + (1 - alpha) * behind
    return torch.where(alpha >= 1, front, torch.where(alpha <= 0, behind, mixed))


def _edged(matte: Tensor, settings: Output) -> Tensor:
    from opticals.vision import filters

    if settings.shrink:
        matte = filters.grow(matte, -settings.shrink)
    if settings.soften:
        matte = filters.feather(matte, settings.soften)
    return matte.clamp(0, 1)


def _background(
    frames: Frames, index: int, size: tuple[int, ...], settings: Output, context: Context
) -> Tensor:
    """What is behind frame `index`: `[3, H, W]`. A clip begins where the selection does."""
    import torch

    if not settings.background:
        return torch.tensor(rgb(settings.colour))[:, None, None].expand(3, *size)
    clip = context.clip(settings.background)
    picture = clip.at(max(int(frames.place(index)) - context.first, 0)).nan_to_num(0)
    if picture.shape[0] > 3:
        picture = picture[:3] * picture[3:]
    return covering(picture, *size)


def rgb(colour: str) -> list[float]:
    """The three values of #rrggbb, 0..1."""
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def covering(picture: Tensor, height: int, width: int) -> Tensor:
    """`picture` scaled to cover a frame, its middle in the frame's middle."""
    from torch.nn import functional as F

    rows, columns = picture.shape[-2:]
    factor = max(height / rows, width / columns)
    size = (max(round(rows * factor), height), max(round(columns * factor), width))
    if size != (rows, columns):
        picture = F.interpolate(
            picture[None], size, mode="bilinear", align_corners=False, antialias=True
        )[0]
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    return picture[:, top : top + height, left : left + width]
