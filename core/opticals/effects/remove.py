"""`remove`: takes things out, and shows what was behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opticals.declaration import Context, Effect, Frames, Kind, Masked, setting
from opticals.errors import MediaError, ModelError

if TYPE_CHECKING:
    from torch import Tensor, nn

_TRAINED_FOR = 512 * 512  # pixels
_COVERED = 0.5  # of a mask: what is below shows some of the picture


@dataclass(frozen=True)
class Settings(Masked):
    reach: int = setting(
        16,
        "Reach",
        "How far before and after it looks for what is behind.",
        minimum=0,
        maximum=60,
        unit="frames",
    )
    fill: str = setting(
        "patches",
        "Fill",
        "What makes up what no frame shows: patches of its surroundings, or an inpainting model "
        "of your own, by its id: see opticals models add.",
        choices=("patches",),
        kind=Kind.MODEL,
    )
    regrain: bool = setting(True, "Match grain", "Gives the filling the grain around it.")


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    from opticals.vision.inpaint import Inpainter

    if frames.masks is None:
        return frames.asked()
    draw = None
    if models(settings, context.device.type):
        network = _inpainter(settings.fill, context)

        def draw(picture: Tensor, hole: Tensor) -> Tensor:
            return drawn(network, picture, hole)

    for time in frames.wanted:
        _require_something(frames, int(time), settings.reach)
    _tell_of_held_masks(frames, settings.reach, context)
    inpainter = Inpainter(frames, context, settings.reach, settings.regrain, draw)
    return torch.stack([inpainter.filled(int(time)) for time in frames.wanted])


def _require_something(frames: Frames, index: int, reach: int) -> None:
    """Raises where the mask leaves nothing of any frame that a filling could be taken from."""

    def covered(index: int) -> bool:
        mask = frames.mask_at(index)
        assert mask is not None
        return bool((mask > _COVERED).all())

    near = range(max(index - reach, frames.first), min(index + reach, frames.last) + 1)
    # The frame itself first: of most masks nothing else is looked at.
    if all(frames.once("covered", one, lambda: covered(one)) for one in (index, *near)):  # noqa: B023
        raise MediaError(
            f"remove: the mask covers the whole picture at frame {int(frames.place(index))}, and "
            "in every frame that is looked at for what is behind.",
            "Nothing is left that it could be filled from.",
            "Draw the mask around what is to go alone, or check invert and grow.",
        )


def _tell_of_held_masks(frames: Frames, reach: int, context: Context) -> None:
    """Says so where a matte ends before the frames that are looked at do."""
    held = {
        near
        for time in frames.wanted
        for near in range(int(time) - reach, int(time) + reach + 1)
        if frames.first <= near <= frames.last and not frames.mask_known(near)
    }
    if held:
        context.progress(
            f"the matte ends within {reach} frames and is held for {len(held)}: "
            "a longer one shows more of what is behind"
        )


def models(settings: Settings, device: str) -> tuple[str, ...]:
    """The model that makes up what is never seen, where one was chosen."""
    return () if settings.fill == "patches" else (settings.fill,)


def drawn(network: nn.Module, picture: Tensor, hole: Tensor) -> Tensor:
    """`picture` `[3, H, W]` with what the network draws where `hole` `[1, H, W]` is true.

    It sees the picture clamped to 0..1, at the size that such networks are trained for.
    """
    import torch

    from opticals.vision.resize import resized, within

    height, width = picture.shape[-2:]
    rows, columns = within(height, width, _TRAINED_FOR)
    missing = (resized(hole.float(), rows, columns) > 0).float()
    seen = resized(picture.nan_to_num(0).clamp(0, 1), rows, columns) * (1 - missing)
    made = network(seen[None], missing[None])[0]
    return torch.where(hole, resized(made, height, width), picture)


def _inpainter(model: str, context: Context) -> nn.Module:
    network = context.network(model)
    if getattr(network, "task", "") != "inpaint":
        raise ModelError(
            f"The model {model} cannot fill holes.",
            "It is a network for something else.",
            "Choose patches, or a model of your own for inpainting, such as LaMa.",
        )
    return network


EFFECT = Effect(
    id="remove",
    label="Remove",
    summary="Takes out what a mask covers: true pixels of other frames, texture where there are "
    "none.",
    version=2,
    settings=Settings,
    render=render,
    window=lambda settings: (settings.reach, settings.reach),
    models=models,
    required=("mask",),
    chance=True,
)
