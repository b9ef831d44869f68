"""How a camera moved through a shot, and how it should have.

A pose is a similarity (shift, turn, size) that takes places in a frame to places in the world:
`world = turn * place + shift` in complex numbers, x + iy from the picture's middle in picture
widths. Rolling shutter and parallax are not modelled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from opticals.vision.camera import followed
from opticals.vision.luma import luma
from opticals.vision.resize import resized, within

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

_LOOKED_AT = 1280 * 720  # pixels; larger pictures are reduced
_CORNERS = 500
_PLANE = 0.8  # pixels by which a corner may miss the camera's motion and still be of it
_FEW = 12  # corners that have to agree
_ENOUGH = 0.5  # of a key frame's corners; with fewer left, the next one is taken for a key
_SMALLEST = 32  # pixels a side
_STILL = 0.1  # pixels: a shot that would be moved by less stays as it is
_SLOWEST = 240.0  # frames, strength of a locked camera that has to move after all
_STEPS = 12  # of halving, to find a zoom or a strength


@dataclass(frozen=True)
class Pose:
    """A similarity; `turn` holds the angle and the size."""

    turn: complex = 1 + 0j
    shift: complex = 0j

    def after(self, other: Pose) -> Pose:
        """This one, applied to what `other` gives."""
        return Pose(self.turn * other.turn, self.turn * other.shift + self.shift)

    def back(self) -> Pose:
        """The way back."""
        return Pose(1 / self.turn, -self.shift / self.turn)

    def __call__(self, place: complex) -> complex:
        return self.turn * place + self.shift


def poses(frames: Iterable[Tensor], progress: Callable[[], None]) -> Iterator[Pose]:
    """Where the camera stood at each frame of one shot, the first at the origin.

    Each frame is compared with a key frame, the same one for as long as enough of it is seen, so
    that errors do not add up. Moving things are left out by RANSAC, and for good: a corner that
    once left the plane is not asked again.

    Args:
        frames: `[3, H, W]` as displays show them.
    """
    key: _Key | None = None
    last: tuple[NDArray[np.uint8], Pose] | None = None
    for frame in frames:
        progress()
        grey = _grey(frame)
        pose = Pose()
        if key is not None and last is not None:
            found, left = key.find(grey, last[1])
            if found is None or left < _ENOUGH:
                key = _Key(*last)
                again, _ = key.find(grey, last[1])
                found = again or found
            pose = found or last[1]  # nothing to be seen: it stands still
        if key is None:
            key = _Key(grey, pose)
        last = grey, pose
        yield pose


class _Key:
    """A frame that others are compared with, by its corners."""

    def __init__(self, grey: NDArray[np.uint8], pose: Pose) -> None:
        self._grey, self._pose = grey, pose
        corners = cv2.goodFeaturesToTrack(grey, _CORNERS, 0.005, 8)
        none = np.empty((0, 1, 2), np.float32)
        self._corners = none if corners is None else np.asarray(corners, np.float32)
        self._count = max(len(self._corners), 1)

    def find(self, grey: NDArray[np.uint8], near: Pose) -> tuple[Pose | None, float]:
        """The pose of a frame that was last seen `near`, and the share of corners that say so."""
        if len(self._corners) < _FEW:
            return None, 0.0
        height, width = grey.shape
        middle = np.array((width - 1, height - 1)) / 2
        guess = near.back().after(self._pose)  # from the key frame to this one
        straight = cv2.warpAffine(
            grey,
            _matrix(guess, width, height),
            (width, height),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        start, end = followed(self._grey, np.asarray(straight, np.uint8), self._corners)
        if len(start) < _FEW:
            return None, 0.0
        found, inliers = cv2.estimateAffinePartial2D(
            start - middle, end - middle, ransacReprojThreshold=_PLANE, maxIters=1000
        )
        if found is None or (kept := inliers[:, 0] == 1).sum() < _FEW:
            return None, 0.0
        share = float(kept.sum()) / self._count
        gone = {tuple(one) for one in start[~kept]}
        stay = [tuple(one) not in gone for one in self._corners[:, 0]]
        self._corners = self._corners[stay]
        moved = Pose(complex(found[0, 0], found[1, 0]), complex(found[0, 2], found[1, 2]) / width)
        return self._pose.after(guess.after(moved).back()), share


def smoothed(path: Sequence[Pose], strength: float) -> list[Pose]:
    """The path of a steady camera along the one there was.

    At each frame a straight line through the frames around it, weighted by a Gaussian whose
    standard deviation is `strength` frames: local regression keeps a pan's speed to its end.
    """
    if strength <= 0:
        return list(path)
    values = _values(path)
    times = np.arange(len(path), dtype=np.float64)
    reach = math.ceil(4 * strength)
    made = []
    for at in range(len(path)):
        around = slice(max(at - reach, 0), at + reach + 1)
        apart = times[around] - at
        weight = np.exp(-0.5 * (apart / strength) ** 2)
        total, first, second = (float((weight * apart**power).sum()) for power in range(3))
        spread = total * second - first**2
        line = weight if spread < 1e-9 else weight * (second - first * apart)
        made.append((line / line.sum()) @ values[around])
    return _poses(made)


def locked(path: Sequence[Pose]) -> list[Pose]:
    """The path of a camera that stands still, in the middle of where it was."""
    return _poses([_values(path).mean(0)] * len(path))


@dataclass(frozen=True)
class Steadied:
    """A shot: the camera's own path and the steady one, which has the zoom in it.

    Attributes:
        as_asked: whether it is as steady as it was to be; else the zoom was too little for that.
    """

    path: list[Pose]
    view: list[Pose]
    as_asked: bool = True


def steadied(
    path: list[Pose], *, strength: float | None, zoom: float | None, aspect: float, width: int
) -> Steadied:
    """A shot with a steady camera.

    The least zoom within its limit is taken that shows no edge, the same for all of the shot;
    where none would do, the camera is less steady: a locked one then moves, smoothly.

    Args:
        path: of the camera, from `poses`.
        strength: of `smoothed`; None for a locked camera.
        zoom: the largest allowed; None: edges may show.
        aspect: height over width of the picture; width: in pixels.
    """

    def fits(view: list[Pose], zoom: float) -> bool:
        return all(
            _inside(pose.back().after(one), zoom, aspect)
            for pose, one in zip(path, view, strict=True)
        )

    steady = locked(path) if strength is None else smoothed(path, strength)
    if _largest(path, steady, aspect) * width < _STILL:
        return Steadied(path, path)
    if zoom is None:
        return Steadied(path, steady)
    most: float = zoom
    as_asked = fits(steady, most)
    if not as_asked:
        # The path itself, of strength 0, always fits.
        limit = min(_SLOWEST, len(path)) if strength is None else strength
        limit = _largest_that(lambda one: fits(smoothed(path, one), most), 0.0, limit)
        steady = smoothed(path, limit)
    most = -_largest_that(lambda one: fits(steady, -one), -most, -1.0)
    return Steadied(path, [one.after(Pose(complex(1 / most))) for one in steady], as_asked)


def _largest_that(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The largest value up to `high` for which it holds, as it does for `low`."""
    if holds(high):
        return high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _corners(aspect: float) -> tuple[complex, ...]:
    return tuple(complex(x, y * aspect) for x in (-0.5, 0.5) for y in (-0.5, 0.5))


def _inside(shown: Pose, zoom: float, aspect: float) -> bool:
    """Whether all of the steadied picture lies in the frame that it is taken from."""
    places = [shown(corner / zoom) for corner in _corners(aspect)]
    hair = 1e-6
    return all(abs(one.real) <= 0.5 + hair and abs(one.imag) <= aspect / 2 + hair for one in places)


def _largest(path: Sequence[Pose], view: Sequence[Pose], aspect: float) -> float:
    """How far any corner of any frame is moved, in picture widths."""
    return max(
        abs(pose.back().after(one)(corner) - corner)
        for pose, one in zip(path, view, strict=True)
        for corner in _corners(aspect)
    )


def _values(path: Sequence[Pose]) -> NDArray[np.float64]:
    """`[N, 4]`: the logarithm of the size, the angle, the shift."""
    turns = np.array([one.turn for one in path])
    shifts = np.array([one.shift for one in path])
    angles = np.unwrap(np.angle(turns))
    return np.stack((np.log(np.abs(turns)), angles, shifts.real, shifts.imag), 1)


def _poses(values: Sequence[NDArray[np.float64]]) -> list[Pose]:
    return [
        Pose(complex(np.exp(complex(size, angle))), complex(x, y)) for size, angle, x, y in values
    ]


def _matrix(pose: Pose, width: int, height: int) -> NDArray[np.float64]:
    """A pose for pixels counted as OpenCV counts them, from the first one's middle."""
    turn, middle = pose.turn, complex(width - 1, height - 1) / 2
    shift = pose.shift * width + middle - turn * middle
    return np.array(((turn.real, -turn.imag, shift.real), (turn.imag, turn.real, shift.imag)))


def _grey(frame: Tensor) -> NDArray[np.uint8]:
    height, width = frame.shape[-2:]
    rows, columns = within(height, width, _LOOKED_AT)
    small = resized(frame.nan_to_num(0, 1, 0).clamp(0, 1), rows, columns)
    codes: NDArray[np.uint8] = (luma(small)[0] * 255).round().byte().cpu().numpy()
    if min(codes.shape) < _SMALLEST:
        codes = np.zeros((_SMALLEST, _SMALLEST), np.uint8)  # nothing can be followed in it
    return codes
