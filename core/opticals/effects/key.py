"""`key`: what stands before a blue or green backing, cut out by the backing's colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opticals.declaration import Context, Effect, Frames, Kind, Survey, setting, unless
from opticals.errors import MediaError, SettingError
from opticals.vision import compositing

if TYPE_CHECKING:
    from torch import Tensor

_LOOKED_AT = 24  # frames of a shot, at most
_SIZE = 96 * 54  # pixels of each that are looked at


@dataclass(frozen=True)
class Settings(compositing.Output):
    backing: str = setting(
        "",
        "Backing",
        "The backing's colour, as the picture shows it; empty: found in the shot.",
        kind=Kind.COLOUR,
    )
    black: float = setting(
        0.05,
        "Clip black",
        "What is less opaque than this is transparent. Raise it against a dirty backing.",
        minimum=0,
        maximum=0.75,
    )
    white: float = setting(
        0.8,
        "Clip white",
        "What is more opaque than this is opaque. Lower it against holes.",
        minimum=0.1,
        maximum=1,
    )
    inside: float = setting(
        2.0,
        "Fill inside",
        "Makes opaque what is so far from all backing and half opaque already; 0 leaves it, for "
        "smoke and glass.",
        minimum=0,
        maximum=50,
        unit="% of the width",
    )
    despill: float = setting(
        1.0,
        "Despill",
        "How much of the backing's light on the foreground is taken out.",
        minimum=0,
        maximum=1,
        when=(unless("output", "matte"),),
    )

    def __post_init__(self) -> None:
        if self.black >= self.white:
            raise SettingError(
                f"key: black={self.black:g} is not below white={self.white:g}.",
                "What is less opaque than black is transparent, what is more than white opaque.",
                "Lower black, or raise white.",
            )


def first_pass(survey: Survey, settings: Settings, context: Context) -> list[dict[str, Any]]:
    """For each shot the backing's colour: three numbers, or None where it has none."""
    from opticals.vision import keying

    found: list[dict[str, Any]] = []
    for start, stop, run in survey.shots():
        every = max((stop - start) // _LOOKED_AT, 1)
        small = []
        for index, picture in run:
            context.progress()
            if (index - start) % every == 0:
                small.append(_small(_shown(picture, context)))
        colour = keying.found(small)
        found.append({"start": start, "colour": None if colour is None else colour.tolist()})
    if all(one["colour"] is None for one in found):
        raise MediaError(
            "key: no blue or green backing was found in the shot.",
            "Hardly anything in it is of such a colour.",
            "Pick the colour of its backing with backing=#rrggbb, or cut it out with green_screen, "
            "which needs none.",
        )
    without = sum(one["colour"] is None for one in found)
    if without:
        context.progress(f"{without} of {len(found)} shots have no blue or green backing")
    return found


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    return torch.stack([_keyed(frames, int(time), settings, context) for time in frames.wanted])


def _keyed(frames: Frames, index: int, settings: Settings, context: Context) -> Tensor:
    import torch

    from opticals.vision import keying

    context.progress()
    plate = frames.at(index)
    seen = _shown(plate, context)
    colour = _backing(frames, index, settings)
    if colour is None:
        opaque = torch.ones_like(plate[:1])
        return compositing.finished(frames, index, opaque, lambda alpha: plate, settings, context)
    behind = keying.backing(seen, plate, plate.new_tensor(colour), context.progress)
    context.progress()
    matte = keying.matte(
        seen, behind, settings.black, settings.white, settings.inside / 100, context.progress
    )
    context.progress()
    return compositing.finished(
        frames,
        index,
        matte,
        lambda alpha: keying.foreground(plate, alpha, behind, settings.despill, context.progress),
        settings,
        context,
    )


def _backing(frames: Frames, index: int, settings: Settings) -> list[float] | None:
    """The colour of what is behind frame `index`; None in a shot that has no backing."""
    if settings.backing:
        return compositing.rgb(settings.backing)
    shot = next(one for one in reversed(frames.found) if one["start"] <= index)
    colour: list[float] | None = shot["colour"]
    return colour


def _shown(picture: Tensor, context: Context) -> Tensor:
    return context.shown(picture[None])[0].nan_to_num(0, 1, 0).clamp(0, 1)


def _small(picture: Tensor) -> Tensor:
    from opticals.vision.resize import resized, within

    height, width = picture.shape[-2:]
    return resized(picture, *within(height, width, _SIZE))


EFFECT = Effect(
    id="key",
    label="Key",
    summary="Cuts out what stands before a blue or green backing.",
    version=2,
    settings=Settings,
    render=render,
    first_pass=first_pass,
    looks_first=lambda settings: not settings.backing,
    alpha=compositing.has_alpha,
    blended=False,
)
