"""`stabilize`: the shot as a steadier camera would have taken it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from opticals.declaration import Context, Effect, Frames, Survey, only, setting

if TYPE_CHECKING:
    from torch import Tensor

_NEAR = 8  # frames before and after one that its borders are filled from


@dataclass(frozen=True)
class Settings:
    mode: str = setting(
        "smooth",
        "Camera",
        "smooth keeps its moves without the shake, locked makes it stand still as far as the "
        "zoom limit allows.",
        choices=("smooth", "locked"),
    )
    smoothness: float = setting(
        24.0,
        "Smoothness",
        "Shake slower than this stays.",
        minimum=2,
        maximum=240,
        unit="frames",
        when=(only("mode", "smooth"),),
    )
    frame: str = setting(
        "crop",
        "Borders",
        "crop zooms in so that none show, fill takes them from the frames around.",
        choices=("crop", "fill"),
    )
    zoom_limit: float = setting(
        20.0,
        "Zoom limit",
        "Crop zooms in by no more; where that is too little the camera is less smooth, and a "
        "locked one moves as slowly as it can.",
        minimum=0,
        maximum=100,
        unit="%",
        when=(only("frame", "crop"),),
    )


def first_pass(survey: Survey, settings: Settings, context: Context) -> dict[str, Any]:
    """The paths of all shots: for each frame the camera's pose and the steady one."""
    from opticals.vision import stabilizing

    shots, aspect = [], 1.0
    for start, _, run in survey.shots():
        _, first = next(run)
        height, width = first.shape[-2:]
        aspect = height / width
        pictures = (context.shown(one) for _, one in chain([(start, first)], run))
        steady = stabilizing.steadied(
            list(stabilizing.poses(pictures, context.progress)),
            strength=settings.smoothness / 2 if settings.mode == "smooth" else None,
            zoom=1 + settings.zoom_limit / 100 if settings.frame == "crop" else None,
            aspect=aspect,
            width=width,
        )
        if settings.mode == "locked" and not steady.as_asked:
            context.progress("the locked camera moves: the zoom limit is too little for it")
        rows = [[_row(one) for one in both] for both in zip(steady.path, steady.view, strict=True)]
        shots.append({"start": start, "poses": rows})
    return {"aspect": aspect, "shots": shots}


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    from opticals.vision import reframing

    made = []
    for time in frames.wanted:
        index = int(time)
        view = _poses(frames.found, index)[1]
        low, high = max(index - _NEAR, frames.first), min(index + _NEAR, frames.last)
        near = range(low, high + 1) if settings.frame == "fill" else [index]
        sources = (
            (frames.at(one), _poses(frames.found, one)[0].back().after(view))
            for one in sorted(near, key=partial(_apart, index))
        )
        made.append(reframing.reframed(sources, frames.found["aspect"], context.progress))
    return torch.stack(made)


def _apart(index: int, other: int) -> int:
    return abs(index - other)


def _row(pose: Any) -> list[float]:
    return [pose.turn.real, pose.turn.imag, pose.shift.real, pose.shift.imag]


def _poses(found: Any, index: int) -> list[Any]:
    """The camera's pose at a frame, and the steady one."""
    from opticals.vision.stabilizing import Pose

    shot = next(one for one in reversed(found["shots"]) if one["start"] <= index)
    rows = shot["poses"][min(index - shot["start"], len(shot["poses"]) - 1)]
    return [Pose(complex(a, b), complex(c, d)) for a, b, c, d in rows]


EFFECT = Effect(
    id="stabilize",
    label="Stabilize",
    summary="Takes the shake out of the camera's path, or makes it stand still.",
    version=3,
    settings=Settings,
    render=render,
    window=lambda settings: (_NEAR, _NEAR) if settings.frame == "fill" else (0, 0),
    first_pass=first_pass,
    moves=True,
)
