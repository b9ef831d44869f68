"""Footage shaken by a known camera, and how much of the shake is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from opticals.vision.stabilizing import Pose


@dataclass(frozen=True)
class Shaken:
    """What a shaking camera took of a larger picture.

    Attributes:
        frames: `[T, 3, H, W]`.
        poses: where it stood for each: from places in the frame to places in the larger picture,
            both in widths of the frame.
    """

    frames: Tensor
    poses: list[Pose]


def shaken(
    plate: Tensor,
    size: tuple[int, int],
    *,
    pixels: float = 6.0,
    degrees: float = 0.5,
    pan: float = 0.0,
    seed: int = 0,
) -> Shaken:
    """`plate` `[T, 3, H, W]` seen through a window of `size` (rows, columns) that shakes.

    Args:
        pixels, degrees: standard deviations of the shake: of a hand, strongest at 1 to 6 frames.
        pan: pixels per frame that the camera moves on purpose.
    """
    random = np.random.default_rng(seed)
    count, height, width = len(plate), *plate.shape[-2:]
    shake = random.normal(size=(count + 8, 3))
    shake = np.stack([np.convolve(one, (0.25, 0.5, 1, 0.5, 0.25), "valid") for one in shake.T], 1)
    shake = shake[:count] / shake.std(0)
    rows, columns = size
    made, poses = [], []
    for index, picture in enumerate(plate):
        turn = np.exp(1j * np.radians(shake[index, 0] * degrees))
        across = shake[index, 1] * pixels + pan * (index - count / 2)
        pose = Pose(complex(turn), complex(across, shake[index, 2] * pixels) / columns)
        y, x = np.mgrid[:rows, :columns] + 0.5
        place = pose.turn * ((x / columns - 0.5) + 1j * (y - rows / 2) / columns) + pose.shift
        across, down = (2 * columns * one for one in (place.real / width, place.imag / height))
        grid = torch.from_numpy(np.stack((across, down), -1)[None]).float()
        made.append(F.grid_sample(picture[None], grid, mode="bicubic", align_corners=False)[0])
        poses.append(pose)
    return Shaken(torch.stack(made).clamp(0, 1), poses)


def seen(film: Shaken, found: Any) -> list[Pose]:
    """Where the camera of the stabilised film stands, as `Shaken.poses`."""
    views = []
    for pose, (camera, view) in zip(film.poses, found["shots"][0]["poses"], strict=True):
        own, steady = (Pose(complex(a, b), complex(c, d)) for a, b, c, d in (camera, view))
        views.append(pose.after(own.back().after(steady)))
    return views


def places(poses: list[Pose], aspect: float, width: int) -> Any:
    """`[T, 5]` complex: where the middle and the corners of each picture are, in pixels."""
    corners = [complex(x, y * aspect) for x in (-0.5, 0.5) for y in (-0.5, 0.5)]
    return np.array([[pose(one) * width for one in (0j, *corners)] for pose in poses])


def jitter(poses: list[Pose], aspect: float, width: int) -> float:
    """Root mean square of what moves there beside an even motion, in pixels: the distance of each
    place from the middle of where it was before and will be after."""
    path = places(poses, aspect, width)
    beside = path[1:-1] - (path[:-2] + path[2:]) / 2
    return float(np.sqrt((np.abs(beside) ** 2).mean()))
