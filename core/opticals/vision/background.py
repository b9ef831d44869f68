"""The background behind a hole, found in other frames: where it lies there, and how far it can be
trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from opticals.vision import camera
from opticals.vision.completing import completed
from opticals.vision.filters import blur
from opticals.vision.flow import flow
from opticals.vision.luma import luma
from opticals.vision.merging import agreement
from opticals.vision.places import Box, fetched, inside
from opticals.vision.resize import resized, within

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from opticals.declaration import Context, Frames

    Plane = NDArray[np.float64]

_LOOKED_AT = 1280 * 720  # pixels in which motion is found
_KEEP_OFF = 6  # pixels around a hole that flow sees the hole in
_FURTHEST = 12.0  # pixels that the background may move otherwise than the camera makes it
_APART = 2.0  # pixels by which what is beside a hole may move otherwise than most of it does
_MOVES = 0.25  # pixels; what is found to be less off than this is not looked at again
_LEAST = 0.04  # of a mask, that makes a hole: mattes are hazy
_LEAST_SIGMA = 0.006
_BRIGHTEST = 8.0  # what is brighter yet tells nothing of motion
_STRANGE = 0.15  # agreement around the hole, below which another frame shows something else


@dataclass(frozen=True)
class Look:
    """A frame at the size in which motion is found.

    Attributes:
        own, seen: `[3, h, w]`, as it is, and as a display shows it.
        grey: `[h, w]`, luma of what is seen.
        hole: `[1, h, w]`, true where some of it is to be filled.
        free: `[1, h, w]` 1 where the background shows, 0 in the hole and close to it.
    """

    own: Tensor
    seen: Tensor
    grey: NDArray[np.uint8]
    hole: Tensor
    free: Tensor


@dataclass
class Canvas:
    """What is known of the background around a frame's hole: at first what the frame itself
    shows, then what others bring.

    Attributes:
        box: where in the look.
        own, seen: `[3, h, w]` as in `Look`.
        free: `[1, h, w]` 1 where it is known.
        shown: `[1, h, w]` 1 where the frame itself shows it.
    """

    box: Box
    own: Tensor
    seen: Tensor
    free: Tensor
    shown: Tensor


@dataclass(frozen=True)
class Found:
    """The background of a frame in another.

    Attributes:
        box: of the looks, in which the motion is known.
        plane: the camera's motion, a homography of the looks' places.
        shift: `[2, h, w]` over the box: what is at x is, before the camera's motion, at x + shift.
        gain, offset: `[3, 1, 1]`: the other frame's values times gain plus offset are this one's.
        trust: 0..1, how much alike the two look around the hole, and in it as far as that is
            known.
    """

    box: Box
    plane: Plane
    shift: Tensor
    gain: Tensor
    offset: Tensor
    trust: float


class Background:
    """The run's frames as something to look for background in.

    Args:
        frames: with masks.
        grown: pixels around a mask whose colours may be mixed with what is in it.
    """

    def __init__(self, frames: Frames, context: Context, grown: int) -> None:
        self._frames = frames
        self._context = context
        self._grown = grown
        self.size = height, width = frames.pixels.shape[-2], frames.pixels.shape[-1]
        self.looked_at = rows, columns = within(height, width, _LOOKED_AT)
        self._scale = (width / columns, height / rows)

    def free(self, index: int) -> Tensor:
        """`[1, H, W]`, true where frame `index` shows background."""
        return self._frames.once("free", index, lambda: self._free(index))

    def look(self, index: int) -> Look:
        return self._frames.once("look", index, lambda: self._look(index))

    def hole(self, index: int) -> Tensor:
        """`[1, H, W]`, true where frame `index` is to be filled."""
        mask = self._frames.mask_at(index)
        assert mask is not None
        return mask > _LEAST

    def canvas(self, index: int) -> Canvas:
        """What frame `index`, which has a hole, shows around it."""
        here = self.look(index)
        box = Box.around(here.hole, max(32, _side(here.hole) // 2))
        assert box is not None
        own, seen, free = (box.of(one) for one in (here.own, here.seen, here.free))
        return Canvas(box, own, seen, free, free)

    def find(
        self, index: int, other: int, wanted: Tensor | None = None, canvas: Canvas | None = None
    ) -> Found | None:
        """Where the background around the hole of frame `index` is in frame `other`.

        None where it is not: hidden there as well, as far as it is still `wanted` `[1, H, W]`,
        or nothing like it.

        Args:
            canvas: of the frame, with what others have brought; the other frame is laid on that
                too, and then adds to it.
        """
        there = self.look(other)
        canvas = canvas or self.canvas(index)
        box, seen = canvas.box, canvas.seen
        plane = self._camera(index, other)
        grid = box.places(seen.device)
        shift = torch.zeros_like(grid)
        free = self._shows(there, _led(plane, grid))
        if wanted is not None:
            needed = box.of(resized(wanted.float(), *self.looked_at))
            if not bool(((free > 0.5) & (needed > 0)).any()):
                return None
        for _ in range(2):
            led = _led(plane, grid + shift)
            left = self._rest(canvas, fetched(there.seen, led, "bilinear"), self._shows(there, led))
            shift = shift + left
            if float(left.abs().max()) < _MOVES:
                break
        led = _led(plane, grid + shift)
        free = (self._shows(there, led) > 0.99).float()
        known = canvas.free * free
        beside = known * canvas.shown
        if not bool((beside > 0).any()):
            # The hole is all that there is to see: the camera's motion must do.
            one = torch.ones(3, 1, 1, device=grid.device)
            return Found(box, plane, shift, one, 0 * one, _STRANGE)
        own, moved = (fetched(one, led, "bilinear") for one in (there.own, there.seen))
        gain, offset = _exposure(canvas.own, own, beside)
        seen_gain, seen_offset = gain, offset
        if there.seen is not there.own:
            seen_gain, seen_offset = _exposure(seen, moved, beside)
        moved = moved * seen_gain + seen_offset
        alike = agreement(seen, moved.where(known > 0, seen), 3 * _LEAST_SIGMA)
        near = blur(1 - canvas.shown, _side(self.look(index).hole) / 4 + 2)
        if _mean(alike, near * beside) < _STRANGE:
            return None
        found = Found(box, plane, shift, gain, offset, _mean(alike, near * known))
        new = (free > 0) & (canvas.free == 0)
        canvas.own = torch.where(new, own * gain + offset, canvas.own)
        canvas.seen = torch.where(new, moved, seen)
        canvas.free = torch.maximum(canvas.free, free)
        return found

    def _shows(self, there: Look, led: Tensor) -> Tensor:
        """How far a look shows background at places `[2, h, w]`, `[1, h, w]`."""
        return fetched(there.free, led, "bilinear") * inside(led, self.looked_at)

    def places(self, found: Found, part: Box, device: torch.device) -> Tensor:
        """x and y in the other frame, full size, `[2, h, w]`, of the pixels of `part` of this."""
        across, down = self._scale
        grid = part.places(device)
        small = torch.stack(((grid[0] + 0.5) / across - 0.5, (grid[1] + 0.5) / down - 0.5))
        corner = small.new_tensor((found.box.left, found.box.top))[:, None, None]
        shift = fetched(found.shift, small - corner, "bilinear")
        led = _led(found.plane, small + shift)
        return torch.stack(((led[0] + 0.5) * across - 0.5, (led[1] + 0.5) * down - 0.5))

    def _free(self, index: int) -> Tensor:
        return ~_grown(self.hole(index), self._grown)

    def _look(self, index: int) -> Look:
        own = resized(self._frames.at(index), *self.looked_at).clamp(-_BRIGHTEST, _BRIGHTEST)
        shown = self._context.shown(own)
        seen = own if shown is own else shown
        grey = (luma(seen.clamp(0, 1))[0] * 255).round().to(torch.uint8)
        free = resized(self.free(index).float(), *self.looked_at).floor()
        hole = resized(self.hole(index).float(), *self.looked_at) > 0
        return Look(own, seen, grey.cpu().numpy(), hole, free)

    def _camera(self, index: int, other: int) -> Plane:
        """The camera's motion from a frame to another, through all between."""
        low, high = sorted((index, other))
        plane = np.eye(3)
        for step in range(low, high):
            plane = np.asarray(self._step(step) @ plane, np.float64)
        if index > other:
            plane = np.asarray(np.linalg.inv(plane), np.float64)
        scaled: Plane = plane / plane[2, 2]
        return scaled

    def _step(self, index: int) -> Plane:
        def make() -> Plane:
            self._context.progress()
            one, other = self.look(index), self.look(index + 1)
            free = [look.free[0].cpu().numpy() > 0 for look in (one, other)]
            return camera.motion(one.grey, other.grey, *free)

        return self._frames.once("camera", index, make)

    def _rest(self, canvas: Canvas, moved: Tensor, free: Tensor) -> Tensor:
        """The motion `[2, h, w]` that is left from a canvas to another frame's pixels in its
        place, smooth through the hole.

        Args:
            moved, free: `[3, h, w]`, and `[1, h, w]` 1 where they show background.
        """
        self._context.progress()
        known = (canvas.free > 0) & (free > 0.99)
        # What one of the two does not know is as in the other: there, nothing moves.
        seen = canvas.seen.where(canvas.free > 0, moved)
        found = flow(seen, moved.where(free > 0.99, seen))
        self._context.progress()
        texture = blur(_slopes(seen), 2.0)
        texture = texture / (texture + 1e-4)
        known = ~_grown(~known, _KEEP_OFF)
        weight = known * texture * (found.abs().amax(0, keepdim=True) < _FURTHEST)
        if float(weight.sum()) < 16:
            return torch.zeros_like(found)
        common = _affine(found, weight)
        rest = found - common
        # Nearer things beside the hole move otherwise: they say nothing of what is behind it. In
        # it, what nearer frames brought tells how each part moves.
        apart = rest.square().sum(0, keepdim=True) / _APART**2
        weight = weight * torch.exp(-apart * canvas.shown)
        # What the flow says counts where it makes the two alike.
        height, width = seen.shape[-2:]
        grid = Box(0, height, 0, width).places(seen.device)
        alike = agreement(seen, fetched(moved, grid + found, "bilinear"), 3 * _LEAST_SIGMA)
        weight = weight * alike.where(known, alike.new_zeros(()))
        rest = blur(completed(rest, weight), 3.0)
        return common + rest


def _side(hole: Tensor) -> int:
    """The longer side of a hole, in pixels."""
    box = Box.around(hole, 0)
    assert box is not None
    return max(box.bottom - box.top, box.right - box.left)


def _mean(values: Tensor, weight: Tensor) -> float:
    return float((values * weight).sum() / weight.sum().clamp(min=1e-9))


def _grown(mask: Tensor, pixels: int) -> Tensor:
    """`mask` `[1, h, w]` (bool) larger by a square of so many pixels on each side."""
    square = np.ones((2 * pixels + 1,) * 2, np.uint8)
    larger = cv2.dilate(mask[0].cpu().numpy().astype(np.uint8), square)
    return torch.from_numpy(larger).to(mask.device)[None] > 0


def _led(plane: Plane, places: Tensor) -> Tensor:
    """`places` `[2, h, w]` after a homography."""
    a = plane.tolist()
    x, y = places
    below = a[2][0] * x + a[2][1] * y + a[2][2]
    led = ((a[row][0] * x + a[row][1] * y + a[row][2]) / below for row in (0, 1))
    return torch.stack(tuple(led))


def _slopes(seen: Tensor) -> Tensor:
    """Mean square difference from pixel to pixel, `[1, h, w]`."""
    grey = seen.mean(0, keepdim=True)
    padded = F.pad(grey[None], (0, 1, 0, 1), mode="replicate")[0]
    down = padded[:, 1:, :-1] - grey
    right = padded[:, :-1, 1:] - grey
    return down.square() + right.square()


def _affine(found: Tensor, weight: Tensor) -> Tensor:
    """The affine motion `[2, h, w]` that most of a flow agrees with: reweighted least squares."""
    height, width = found.shape[-2:]
    y, x = torch.meshgrid(
        torch.linspace(-1, 1, height, device=found.device),
        torch.linspace(-1, 1, width, device=found.device),
        indexing="ij",
    )
    # In double precision, where there is one, so that the order of summing does not matter.
    exact = torch.float32 if found.device.type == "mps" else torch.float64
    terms = torch.stack((torch.ones_like(x), x, y)).flatten(1).to(exact)
    values = found.flatten(1).to(exact)
    weights = weight.flatten().to(exact)
    robust = weights
    fit = values.new_zeros(2, 3)
    prior = 1e-3 * weights.sum() * torch.eye(3, dtype=exact, device=found.device)
    prior[0, 0] *= 1e-3
    for scale in (4.0, 2.0, 1.0, 0.5, 0.5, 0.5):  # pixels
        normal = (terms * robust) @ terms.T + prior
        fit = torch.linalg.solve(normal, (terms * robust) @ values.T).T
        apart = (values - fit @ terms).square().sum(0)
        robust = weights / (1 + apart / scale**2).square()
    return (fit @ terms).to(found.dtype).reshape(found.shape)


def _exposure(this: Tensor, other: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Gain and offset `[3, 1, 1]` that make `other` `[3, h, w]` like `this` where it is `known`."""
    weight = known.expand_as(this).float()
    noise = 1e-3  # variance below which contrast says nothing of a gain
    for _ in range(3):
        total = weight.sum((1, 2), keepdim=True).clamp(min=1e-6)
        mean, mean_other = (
            (one * weight).sum((1, 2), keepdim=True) / total for one in (this, other)
        )
        apart, apart_other = this - mean, other - mean_other
        common = (apart * apart_other * weight).sum((1, 2), keepdim=True) / total
        spread = (apart_other.square() * weight).sum((1, 2), keepdim=True) / total
        gain = ((common + noise) / (spread + noise)).clamp(0.6, 1.6)
        offset = mean - gain * mean_other
        left = this - gain * other - offset
        weight = known * torch.exp(-left.square() / (2 * 0.05**2))
    return gain, offset
