"""`remove`: takes things out, and shows what was behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opticals.declaration import Context, Effect, Frames, Masked, setting

if TYPE_CHECKING:
    from torch import Tensor


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
    regrain: bool = setting(True, "Match grain", "Gives the filling the grain around it.")


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    from opticals.vision.inpaint import Inpainter

    if frames.masks is None:
        return frames.asked()
    inpainter = Inpainter(frames, context, settings.reach, settings.regrain)
    return torch.stack([inpainter.filled(int(time)) for time in frames.wanted])


EFFECT = Effect(
    id="remove",
    label="Remove",
    summary="Takes out what a mask covers: true pixels of other frames, texture where there are "
    "none.",
    version=1,
    settings=Settings,
    render=render,
    window=lambda settings: (settings.reach, settings.reach),
    required=("mask",),
)
