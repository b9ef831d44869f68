"""`green_screen`: people and things cut out of any picture, steady from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from opticals.declaration import Context, Effect, Frames, Kind, setting
from opticals.errors import ModelError
from opticals.vision import compositing

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.vision.matting import Network

MODELS = {"fast": "u2netp", "quality": "isnet"}

_REACH = 5  # frames on each side that have a say in the matte
# Pixels of the picture in which motion is found for the network's matte, which is as coarse.
_STEADIED = 320 * 180
# Differences that are no disagreement between neighbours: such as a light that changes.
_SIGMA = 0.1
_SUREST = 0.02  # of 0 and 1: a vote counts by how sure it is, and none is surer than this


@dataclass(frozen=True)
class Settings(compositing.Output):
    model: str = setting(
        "fast",
        "Model",
        "fast: U2-Net-p; quality: IS-Net, sharper and many times slower. Or another matting "
        "model, by its id: see opticals models list.",
        choices=("fast", "quality"),
        kind=Kind.MODEL,
    )
    steadiness: float = setting(
        1.0,
        "Steadiness",
        "How much neighbouring frames have a say in the matte.",
        minimum=0,
        maximum=1,
    )


def model(settings: Settings) -> str:
    """The id of the model that is asked for."""
    return MODELS.get(settings.model, settings.model)


def render(frames: Frames, settings: Settings, context: Context) -> Tensor:
    import torch

    return torch.stack([_cut_out(frames, int(time), settings, context) for time in frames.wanted])


def _cut_out(frames: Frames, index: int, settings: Settings, context: Context) -> Tensor:
    from opticals.vision import matting

    context.progress()
    coarse = _steadied(frames, index, settings, context)
    matte = matting.refined(coarse, _shown(frames, index, context), context.progress)
    picture = frames.at(index)
    return compositing.finished(
        frames,
        index,
        matte,
        lambda alpha: matting.foreground(picture, alpha, progress=context.progress),
        settings,
        context,
    )


def _steadied(frames: Frames, index: int, settings: Settings, context: Context) -> Tensor:
    """The network's matte `[1, h, w]` of a frame, steadied by those of its neighbours.

    Moved along, they vote as far as they show the same. What is averaged is the log odds: a few
    frames that are sure outvote those in which the network wavers.
    """
    import torch

    from opticals.vision import matting, merging
    from opticals.vision.resize import resized, within

    height, width = frames.pixels.shape[-2:]
    size = within(height, width, _STEADIED)

    def small(one: int) -> Tensor:
        return frames.once("small", one, lambda: resized(_shown(frames, one, context), *size))

    def matte(one: int) -> Tensor:
        context.progress()
        network = _network(model(settings), context)
        return frames.once(
            "matte", one, lambda: matting.seen_by(network, _shown(frames, one, context))
        )

    def vote(matte: Tensor) -> Tensor:
        return torch.logit(matte.clamp(_SUREST, 1 - _SUREST))

    if settings.steadiness == 0:
        return matte(index)
    first, last = max(index - _REACH, frames.first), min(index + _REACH, frames.last)
    mattes = torch.stack([resized(matte(one), *size) for one in range(first, last + 1)])
    run = Frames(mattes, first, (), memory=frames.memory)
    own = vote(run.at(index))
    votes = [(own, torch.ones_like(own))]
    for offset in range(-_REACH, _REACH + 1):
        context.progress()
        for moved, weight in merging.aligned(run, index, (offset,), sigma=_SIGMA, seen=small):
            votes.append((vote(moved), weight * settings.steadiness))
    share = merging.mean(votes).sigmoid()
    return ((share - _SUREST) / (1 - 2 * _SUREST)).clamp(0, 1)


def _network(name: str, context: Context) -> Network:
    network = context.network(name)
    if not isinstance(getattr(network, "size", None), int):
        raise ModelError(
            f"The model {name} cannot make mattes.",
            "It is a network for something else.",
            f"Choose {', '.join(MODELS)}, or another matting model.",
        )
    return cast("Network", network)


def _shown(frames: Frames, index: int, context: Context) -> Tensor:
    """A frame `[3, H, W]` as a display shows it."""
    return context.shown(frames.at(index)[None])[0].nan_to_num(0, 1, 0).clamp(0, 1)


def _window(settings: Settings) -> tuple[int, int]:
    return (_REACH, _REACH) if settings.steadiness > 0 else (0, 0)


EFFECT = Effect(
    id="green_screen",
    label="Green screen",
    summary="Cuts people and things out of any picture, without a backing.",
    version=1,
    settings=Settings,
    render=render,
    window=_window,
    alpha=compositing.has_alpha,
    blended=False,
    models=lambda settings, device: (model(settings),),
)
