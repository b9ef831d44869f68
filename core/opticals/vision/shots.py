"""Where one shot becomes another: hard cuts, dissolves and fades, from what is known per frame.

A trained network (see `nets/transnetv2.py`) says how sure it is; the comparison of `vision/cuts`
finds the hard cuts that it misses in flat or dark pictures, and tells flashes from cuts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from opticals.vision import cuts

if TYPE_CHECKING:
    from torch import Tensor

REACH = 4  # frames before and after one that `hard` looks at

# A transition is where either of the network's two answers is more likely than not (0.5 is the
# threshold of the paper too). It extends as far as the second answer is not nearly nothing: the
# black between fading out and fading in belongs to it.
_SURE = 0.5
_EDGE = 0.15
# A hard cut that the pixels tell needs little more: shots of a few frames get 0.1. Traffic
# passing at double speed, doubled as animation on twos, looks like cuts to the one, and gets
# less than 0.01 of the other.
_LIKELY = 0.02
# Of so many frames and more, a transition is a gradual one; shorter ones are cuts.
_GRADUAL = 5
_FLASH = 3  # frames that a flash may last
_BACK = 0.5  # of the change into a flash that is left after it
_LEAST = 0.05  # contrast that is stretched to all of 0..1; what has less is black, and noise
_SAMPLES = 100_000
_GAP = 2  # frames in between of which neither answer is sure, in one transition
_HOLD = 12  # frames of black or white between fading out and fading in, that make one of the two
_FLAT = 0.03  # standard deviation of a picture that is all black or all white, or nearly


@dataclass(frozen=True)
class Signs:
    """What is known of one frame.

    Attributes:
        middle: how likely a transition has its middle between this frame and the next.
        within: how likely the frame is part of a transition.
        hard: whether a hard cut lies between this frame and the next for all its pixels tell.
        contrast: standard deviation of the picture, 0..1.
    """

    middle: float
    within: float
    hard: bool
    contrast: float


@dataclass(frozen=True)
class Transition:
    """From one shot to the next.

    Attributes:
        frame: the first of the new shot; in the middle of a gradual transition.
        name: "Cut", "Dissolve" or "Fade".
        first, frames: the frames that are neither the one shot nor the other; none of a cut.
    """

    frame: int
    name: str
    first: int
    frames: int


def hard(thumbnails: Callable[[int], Tensor], index: int, middle: float) -> tuple[bool, float]:
    """Whether a hard cut follows a frame, and `middle` without what only a flash was taken for.

    Args:
        thumbnails: those of `vision.cuts` by frame, up to `REACH` frames away from this one.
    """
    if middle < _LIKELY:
        return False, middle
    cut = cuts.is_cut(*(thumbnails(index + near) for near in (-1, 0, 1, 2)))
    across = cuts.change(thumbnails(index), thumbnails(index + 1))
    for before in range(_FLASH + 1):
        for after in range(1, _FLASH + 2 - before):
            pair = thumbnails(index - before), thumbnails(index + after)
            if (before, after) != (0, 1) and cuts.change(*pair) < _BACK * across:
                return False, 0.0
    return cut, middle


def stretched(frames: Tensor) -> Tensor:
    """Consecutive frames `[T, C, H, W]`, 0..1, as codes `[T, H, W, C]` uint8 of full contrast.

    The network is unsure of flat and dark pictures: of footage in log it found two cuts of five,
    and all five so. All frames get the same gain: it must not flicker.
    """
    sampled = frames.flatten()[:: max(frames.numel() // _SAMPLES, 1)]
    low, high = sampled.quantile(sampled.new_tensor((0.01, 0.99))).tolist()
    pixels = (frames - low) / max(high - low, _LEAST)
    codes: Tensor = (pixels.clamp(0, 1) * 255).round().to(torch.uint8)
    return codes.permute(0, 2, 3, 1)


def transitions(
    signs: Callable[[int], Signs], start: int, stop: int, end: int
) -> Iterator[Transition]:
    """The transitions whose `frame` lies from `start` on before `stop`, in order.

    Args:
        signs: those of any frame; asked for frames beyond the range only as far as a transition
            reaches.
        end: number of frames in the film.
    """
    index = max(start - 1, 0)
    while index > 0 and (on := _goes_on(signs, index, -1, end)):
        index = max(index - on, 0)
    while index < min(stop, end - 1):
        if not _part(signs(index)):
            index += 1
            continue
        first = index
        while index < end and (on := _goes_on(signs, index, 1, end)):
            index += on
        for one in _of_run(signs, first, index, end):
            if start <= one.frame < stop:
                yield one


def _part(signs: Signs) -> bool:
    return signs.within > _EDGE or signs.middle > _SURE or signs.hard


def _goes_on(signs: Callable[[int], Signs], index: int, step: int, end: int) -> int:
    """How many frames from `index` on, in the direction of `step`, are part of a transition for
    sure: 0 where it ends. A short hold on black or white between two of its frames is one."""
    for held in range(_HOLD + 1):
        at = index + step * held
        if not 0 <= at < end:
            return 0
        if _part(signs(at)):
            return held + 1
        if held >= _GAP and signs(at).contrast > _FLAT:
            return 0
    return 0


def _of_run(signs: Callable[[int], Signs], first: int, stop: int, end: int) -> Iterator[Transition]:
    """What a run of frames that may be part of a transition holds."""
    run = {index: signs(index) for index in range(first, stop)}
    sharp = [index for index, one in run.items() if one.hard and index + 1 < end]
    if sharp:
        yield from (Transition(index + 1, "Cut", index + 1, 0) for index in sharp)
        return
    peak = max(run, key=lambda index: run[index].middle)
    if stop - first >= _GRADUAL and any(one.within > _SURE for one in run.values()):
        flattest = min(run, key=lambda index: run[index].contrast)
        fade = run[flattest].contrast < _FLAT
        frame = flattest if fade else math.ceil((first + stop) / 2)
        if 0 < frame < end:
            yield Transition(frame, "Fade" if fade else "Dissolve", first, stop - first)
    elif run[peak].middle > _SURE and peak + 1 < end:
        yield Transition(peak + 1, "Cut", peak + 1, 0)
