"""`denoise`: noise and grain taken out, by a trained network (FFDNet) and the frames around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opticals.declaration import Context, Effect, Frames, Masked, setting

if TYPE_CHECKING:
    from torch import Tensor

MODEL = "ffdnet"


@dataclass(frozen=True)
class Settings(Masked):
    luma: float = setting(
        1.0,
        "Luma",
        "How much noise in brightness goes. 1 takes the noise there is, as measured; beyond, finer "
        "detail goes along.",
        minimum=0,
        maximum=3,
        unit="times",
    )
    chroma: float = setting(
        1.0,
        "Chroma",
        "The same for noise in colour.",
        minimum=0,
        maximum=3,
        unit="times",
    )
    reach: int = setting(
        3,
        "Reach",
        "Frames on each side that help, moved along with what moves; 0 looks at each frame alone.",
        minimum=0,
        maximum=4,
        unit="frames",
    )
    grain: float = setting(
        0.0,
        "Grain",
        "How much of the material's own grain is given back.",
        minimum=0,
        maximum=1,
    )


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    from opticals.vision.denoising import Strength, denoised

    strength = Strength(settings.luma, settings.chroma)
    if settings.grain == 1 or strength == Strength(0, 0):
        return frames.asked()
    made = []
    for time in frames.wanted:
        context.progress()
        picture = frames.at(int(time))
        clean = denoised(frames, int(time), settings.reach, strength, context)
        made.append(torch.lerp(clean, picture, settings.grain) if settings.grain else clean)
    return torch.stack(made)


EFFECT = Effect(
    id="denoise",
    label="Denoise",
    summary="Takes noise out, measured by itself, with the help of the frames around.",
    version=1,
    settings=Settings,
    render=render,
    window=lambda settings: (settings.reach, settings.reach),
    models=lambda settings, device: (MODEL,),
)
