"""`stylize`: the picture painted in the style of another picture, or in one of 26 built-in ones.

Diffusion models, and styles told in words, will have their place here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opticals.declaration import Context, Effect, Frames, Kind, Masked, only, setting

if TYPE_CHECKING:
    from torch import Tensor

READER, PAINTER = "magenta-predict", "magenta-transform"
MODEL = "magenta-26"

# What the styles of the network look like, in its order.
BUILT_IN = (
    "sand pastel",
    "yellow and ink",
    "ink wash",
    "red and blue strokes",
    "crimson pastel",
    "autumn hatching",
    "indigo dots",
    "primary colours",
    "coloured pencil",
    "red and green mosaic",
    "copper",
    "ochre woodcut",
    "lilac pastel",
    "green etching",
    "pale blue wash",
    "stained glass",
    "blue crayon",
    "red weave",
    "sepia relief",
    "blue and gold strokes",
    "red glow",
    "bold pastel",
    "charcoal and red",
    "moonlight",
    "navy print",
    "brown mosaic",
)


@dataclass(frozen=True)
class Settings(Masked):
    picture: str = setting(
        "",
        "Picture",
        "A picture, or a clip's first frame, whose style is taken; empty: a built-in style.",
        kind=Kind.MEDIUM,
    )
    style: str = setting(
        "blue and gold strokes",
        "Style",
        "A built-in style.",
        choices=BUILT_IN,
        when=(only("picture", ""),),
    )
    strength: float = setting(
        1.0, "Strength", "From the frame itself (0) to the painting (1).", minimum=0, maximum=1
    )
    colour: str = setting(
        "style",
        "Colour",
        "Whose colours the painting has: the style's or the source's.",
        choices=("style", "source"),
    )
    steadiness: int = setting(
        3,
        "Steadiness",
        "Frames on each side whose paintings are averaged along the motion; 0 paints each frame "
        "alone, and strokes flicker.",
        minimum=0,
        maximum=5,
        unit="frames",
    )
    detail: int = setting(
        1024,
        "Detail",
        "Long side of what is painted: few pixels make bold strokes, many fine ones.",
        minimum=256,
        maximum=2048,
        unit="px long",
    )


def models(settings: Settings, device: str) -> tuple[str, ...]:
    return (READER, PAINTER) if settings.picture else (MODEL,)


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    from opticals.vision import styling
    from opticals.vision.strips import strips

    if settings.strength == 0:
        return frames.asked()
    if settings.picture:
        model = PAINTER
        style = styling.read_style(context.clip(settings.picture).at(0)[:3], READER, context)
    else:
        model = MODEL
        style = torch.zeros(1, len(BUILT_IN), device=context.device)
        style[0, BUILT_IN.index(settings.style)] = 1
    made = []
    for time in frames.wanted:
        picture = frames.at(int(time))
        painted = styling.styled(
            frames,
            int(time),
            model,
            style,
            reach=settings.steadiness,
            detail=settings.detail,
            context=context,
        )
        for rows, *_ in strips(picture.shape[-2:], context.progress):
            seen, new = picture[:, rows].clamp(0, 1), painted[:, rows]
            if settings.colour == "source":
                new = styling.with_colour_of(seen, new)
            painted[:, rows] = picture[:, rows] + settings.strength * (new - seen)
        made.append(painted)
    return torch.stack(made)


EFFECT = Effect(
    id="stylize",
    label="Stylize",
    summary="Paints the picture in the style of another one, steady from frame to frame.",
    version=1,
    settings=Settings,
    render=render,
    window=lambda settings: (settings.steadiness, settings.steadiness),
    display=True,
    models=models,
)
