"""`match_colour`: the shot in the colours of another clip, or of a still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opticals.declaration import Context, Effect, Frames, Kind, Survey, setting
from opticals.errors import MediaError

if TYPE_CHECKING:
    from torch import Tensor

_FRAMES = 16  # of a shot that are looked at, evenly spread
_AT_ONCE = 1 << 17  # pixels, so that a cancel is heard


@dataclass(frozen=True)
class Settings:
    reference: str = setting(
        "",
        "Reference",
        "The clip or still to match. Where it does not say what colour space it is in, it is "
        "read as in the one that the shot was said to be in, if any.",
        kind=Kind.MEDIUM,
    )
    brightness: float = setting(
        1.0, "Brightness", "How far brightness and contrast follow.", minimum=0, maximum=1
    )
    colour: float = setting(
        1.0, "Colour", "How far tint and saturation follow.", minimum=0, maximum=1
    )
    neutral: bool = setting(
        False, "Greys stay grey", "For a shot whose white balance is right and stays."
    )


def first_pass(survey: Survey, settings: Settings, context: Context) -> list[dict[str, Any]]:
    """For each shot the change of colours: one for all of its frames, so nothing flickers."""
    from opticals.vision import colour_match

    if not settings.reference:
        return []
    wanted = colour_match.samples(_reference(settings.reference, context))
    if not colour_match.has_contrast(wanted):
        raise MediaError(
            f"There is nothing to match in {settings.reference}.",
            "It is of one colour all over.",
            "Choose a reference that shows a picture, or a later part of the clip.",
        )
    found = []
    for start, stop, run in survey.shots():
        step = max((stop - start) // _FRAMES, 1)
        looked_at = []
        for index, picture in run:
            context.progress()
            if (index - start - step // 2) % step == 0 or stop - start < 2:
                looked_at.append(colour_match.sampled(picture))
        change = colour_match.match(colour_match.samples(looked_at), wanted)
        found.append({"start": start, "change": change.to_json()})
    return found


def _reference(path: str, context: Context) -> list[Tensor]:
    from opticals.vision import colour_match

    clip = context.clip(path)
    step = max(clip.frames // _FRAMES, 1)
    looked_at = []
    for index in range(step // 2, clip.frames, step):
        context.progress()
        looked_at.append(colour_match.sampled(clip.shown(index)))
    return looked_at


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    from opticals.vision.colour_match import Match

    if not frames.found:
        return frames.asked()
    made = []
    for time in frames.wanted:
        context.progress()
        index = int(time)
        shot = next(one for one in reversed(frames.found) if one["start"] <= index)
        change = frames.once("change", index, lambda: Match.from_json(shot["change"]))  # noqa: B023
        made.append(_changed(frames.at(index), change, settings, context))
    return torch.stack(made)


def _changed(picture: Tensor, change: Any, settings: Settings, context: Context) -> Tensor:
    """The picture `[3, H, W]` under the change, brightness and colour each as far as asked."""
    import torch

    from opticals.vision.luma import luma

    made = torch.empty_like(picture)
    step = max(_AT_ONCE // picture.shape[-1], 1)
    for top in range(0, picture.shape[-2], step):
        context.progress()
        part = picture[:, top : top + step]
        difference = change(part) - part
        if settings.neutral:
            tint = change(luma(part).expand_as(part))
            difference -= tint - luma(tint)
        light = luma(difference)
        moved = settings.brightness * light + settings.colour * (difference - light)
        made[:, top : top + step] = part + moved
    return made


EFFECT = Effect(
    id="match_colour",
    label="Match colour",
    summary="Gives the shot the colours of another clip or of a still, steadily.",
    version=2,
    settings=Settings,
    render=render,
    first_pass=first_pass,
    display=True,
    required=("reference",),
)
