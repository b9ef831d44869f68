"""`find_cuts`: where one shot becomes another, for markers or to cut a clip there (TransNetV2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opticals.declaration import Context, Effect, Frames, Makes, Survey, setting

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Settings:
    gradual: bool = setting(True, "Dissolves and fades", "Finds them too, not hard cuts alone.")


def first_pass(survey: Survey, settings: Settings, context: Context) -> list[dict[str, Any]]:
    """The engine has found them already: no temporal effect reaches across one. What they are
    and how long says `opticals.rendering.finding`."""
    return [{"frame": cut, "name": "Cut"} for cut in survey.cuts]


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    return frames.asked()


EFFECT = Effect(
    id="find_cuts",
    label="Find cuts",
    summary="Finds the cuts, dissolves and fades inside a clip: “opticals cuts” marks them or "
    "cuts the clip there.",
    version=1,
    settings=Settings,
    render=render,
    makes=Makes.MARKERS,
    first_pass=first_pass,
)
