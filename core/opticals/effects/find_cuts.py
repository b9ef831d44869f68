"""`find_cuts`: where one shot becomes another, for markers or to cut a clip there (TransNetV2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opticals.declaration import CUTS_MODEL, Context, Effect, Frames, Makes, setting

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Settings:
    gradual: bool = setting(True, "Dissolves and fades", "Finds them too, not hard cuts alone.")


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    """Pictures stay as they are. The engine itself finds the cuts, which concern every effect
    that looks at other frames; see `opticals.rendering.finding`."""
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
    models=lambda settings, device: (CUTS_MODEL,),
)
