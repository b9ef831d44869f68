"""`copy`: the picture as it is. It proves the way from the source to the edit and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opticals.declaration import Context, Effect, Frames

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Settings:
    pass


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    return frames.asked()


EFFECT = Effect(
    id="copy",
    label="Copy",
    summary="Changes nothing: a transcode whose pixels keep the source's code values.",
    version=1,
    settings=Settings,
    render=render,
)
