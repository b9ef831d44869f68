"""Holes filled with what other frames show of the background, and with made-up texture where no
frame shows it."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

import torch

from opticals.vision import filters, grain, noise, patches
from opticals.vision.background import Background
from opticals.vision.completing import completed
from opticals.vision.places import Box, fetched, inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from opticals.declaration import Context, Frames

_GROWN = 4  # pixels around a mask that are not taken to be background elsewhere
_RING = 24  # pixels around the hole that the filling must fit to
_ENOUGH = 4  # frames that show a pixel's background
_NEAR = 4  # every frame is looked at up to here, and every third beyond
_STRIDE = 3
_SOFT = 3  # pixels over which what comes of different frames passes into each other
_REGION = 6.0  # pixels, of the Gaussian within which one frame is better than another
_LEAST_SIGMA = 0.006
_LEAST_PIXELS = 200  # that grain is measured on
_LARGEST_SEAM = 0.15  # that is taken off: what differs more is another thing


@dataclass(frozen=True)
class Filling:
    """A part of a picture without what was in its hole.

    Attributes:
        box: which part.
        pixels: `[3, h, w]`.
        known: `[1, h, w]` 0..1, how far they were filmed; the rest is to be made up.
        noise: `[1, h, w]`, the grain's variance in them, in that of the frames.
    """

    box: Box
    pixels: Tensor
    known: Tensor
    noise: Tensor


class Inpainter:
    """Fills the holes that the masks of a run make.

    Args:
        frames: with masks; a hole is where they are above a haze.
        reach: frames before and after that are looked at.
        regrain: whether grain that the filling lacks is added.
        draw: makes up what is true in a mask `[1, H, W]` of a picture `[3, H, W]`; None: patches
            of its surroundings do.
    """

    def __init__(
        self,
        frames: Frames,
        context: Context,
        reach: int,
        regrain: bool = True,
        draw: Callable[[Tensor, Tensor], Tensor] | None = None,
    ) -> None:
        self._frames = frames
        self._context = context
        self._reach = reach
        self._regrain = regrain
        self._draw = draw
        self._background = Background(frames, context, _GROWN)

    def filled(self, index: int) -> Tensor:
        """Frame `index` `[3, H, W]` with its hole filled; as it is where it has none."""
        picture = self._frames.at(index)
        hole = self._hole(index)
        box = Box.around(hole, _RING)
        if box is None or not bool((~hole).any()):
            return picture
        self._context.progress()
        filling = self._borrowed(index, box, self._reach)
        self._context.progress()
        open_ = box.of(hole) & (filling.known < 1)
        if bool(open_.any()):
            filling = self._made_up(index, filling, open_)
        self._context.progress()
        pixels = self._fitted(index, filling)
        self._context.progress()
        if self._regrain:
            pixels = pixels + self._grain(index, filling, pixels)
        made = picture.clone()
        part = box.of(made)
        part.copy_(torch.where(box.of(hole), pixels, part))
        return made

    def _hole(self, index: int) -> Tensor:
        return self._background.hole(index)

    def _borrowed(self, index: int, box: Box, reach: int) -> Filling:
        """What other frames show of the hole, the nearest first until it is enough."""
        frames, background = self._frames, self._background
        hole = self._hole(index)
        counts = torch.zeros_like(hole, dtype=torch.int32)
        canvas = background.canvas(index)
        found: list[tuple[Tensor, Tensor, Tensor]] = []  # pixels, weight, noise
        for offset in _offsets(reach):
            other = index + offset
            if not frames.first <= other <= frames.last:
                continue
            self._context.progress()
            wanted = hole & (counts < _ENOUGH)
            if not bool(wanted.any()):
                break
            there = background.find(index, other, wanted, canvas)
            if there is None:
                continue
            self._context.progress()
            places = background.places(there, box, hole.device)
            free = fetched(background.free(other).float(), places, "bilinear") > 0.999
            pixels = fetched(frames.at(other), places)
            free &= inside(places, background.size) & pixels.isfinite().all(0, keepdim=True)
            pixels = torch.where(free, pixels * there.gain + there.offset, 0)
            box.of(counts).add_(free)
            self._context.progress()
            trust = there.trust**2 / (1 + abs(offset) / 4)
            found.append((pixels, _softened(free) * trust, _kept(places)))
        empty = torch.zeros_like(box.of(frames.at(index)))
        if not found:
            none = empty[:1]
            return Filling(box, empty, none, none + 1)
        self._context.progress()
        level = max(self._level(index), _LEAST_SIGMA)
        self._context.progress()
        return _merged(box, found, level, self._context.progress)

    def _made_up(self, index: int, filling: Filling, open_: Tensor) -> Filling:
        """The filling completed from anchors: frames at fixed places of the medium, each filled
        once, so that what is made up stays the same from frame to frame."""
        total = torch.zeros_like(filling.pixels)
        weights = torch.zeros_like(filling.known)
        squares = torch.zeros_like(filling.known)
        for anchor, share in self._anchors(index):
            made = self._anchor(anchor)
            if made is None:
                continue
            if anchor == index:
                places = filling.box.places(open_.device)
            else:
                there = self._background.find(index, anchor)
                if there is None:
                    continue
                places = self._background.places(there, filling.box, open_.device)
            corner = places.new_tensor((made.box.left, made.box.top))[:, None, None]
            size = (made.pixels.shape[-2], made.pixels.shape[-1])
            weight = inside(places - corner, size) * share
            total += fetched(made.pixels, places - corner) * weight
            weights += weight
            squares += fetched(made.noise, places - corner, "bilinear") * weight**2
        made_up = total / weights.clamp(min=1e-6)
        left = squares / weights.clamp(min=1e-6) ** 2
        # It has to fit to what is filmed, in the hole and around it.
        around = torch.where(filling.known > 0, filling.pixels, made_up)
        outside = filling.box.of(~self._hole(index))
        here = filling.box.of(self._frames.at(index))
        around = torch.where(outside & here.isfinite(), here, around)
        fits = ((filling.known > 0) | outside) & (weights > 0)
        made_up = made_up + _seam(around - made_up, fits.float())
        whole = torch.where(weights > 0, made_up, around)
        rest = open_ & (weights == 0) & (filling.known == 0)
        if bool(rest.any()):
            whole = completed(whole, (~rest).float())
        pixels = torch.lerp(whole, filling.pixels, filling.known)
        left = torch.lerp(left, filling.noise, filling.known)
        return Filling(filling.box, pixels, torch.ones_like(filling.known), left)

    def _anchors(self, index: int) -> Iterator[tuple[int, float]]:
        """The anchors before and after a frame and their shares in it."""
        spacing = max(self._reach // 2, 1)
        start = floor(self._frames.place(0))
        before = max(index - (index + start) % spacing, self._frames.first)
        after = min(index - (index + start) % spacing + spacing, self._frames.last)
        share = (index - before) / max(after - before, 1)
        if self._frames.mask_known(index):
            # Where a mask is held from another frame, the thing may be beside it.
            while not self._frames.mask_known(before):
                before += 1
            while not self._frames.mask_known(after):
                after -= 1
        if share < 1:
            yield before, 1 - share
        if share > 0:
            yield after, share

    def _anchor(self, index: int) -> Filling | None:
        """A frame's filling with all made up that its nearer neighbours do not show."""

        def make() -> Filling | None:
            hole = self._hole(index)
            box = Box.around(hole, _RING)
            if box is None:
                return None
            filling = self._borrowed(index, box, self._reach // 2)
            here = box.of(self._frames.at(index))
            pixels = torch.where(box.of(hole), filling.pixels, here)
            open_ = box.of(hole) & (filling.known < 0.5)
            left = torch.where(box.of(hole), filling.noise, torch.ones_like(filling.noise))
            if bool(open_.any()):
                made = self._synthesised(index, box, pixels, open_)
                pixels = torch.where(open_, made, pixels)
            return Filling(box, pixels, torch.ones_like(filling.known), left)

        return self._frames.once("anchor", index, make)

    def _synthesised(self, index: int, box: Box, pixels: Tensor, open_: Tensor) -> Tensor:
        """`pixels` of a part of a frame with `open_` made up from its surroundings."""
        hole = self._hole(index)
        bounds = Box.around(hole, 0)
        assert bounds is not None
        side = max(bounds.bottom - bounds.top, bounds.right - bounds.left)
        wide = Box.around(hole, max(side, 64))
        assert wide is not None
        picture = wide.of(self._frames.at(index)).clone()
        usable = wide.of(self._background.free(index)).clone()
        lost = torch.zeros_like(usable)
        part = Box(
            box.top - wide.top,
            box.bottom - wide.top,
            box.left - wide.left,
            box.right - wide.left,
        )
        part.of(picture).copy_(pixels)
        part.of(usable).logical_or_(part.of(wide.of(hole)) & ~open_)
        part.of(lost).copy_(open_)
        if self._draw is not None:
            made = torch.where(lost, self._draw(picture, ~usable), picture)
        else:
            # The same seed for all: where little changes, the same texture comes of it.
            context = self._context
            made = patches.synthesised(picture, lost, usable, context.seed, context.progress)
        seam = torch.where(usable | lost, made, picture)
        return part.of(seam)

    def _fitted(self, index: int, filling: Filling) -> Tensor:
        """The filling without the seam that it has around the hole."""
        here = filling.box.of(self._frames.at(index))
        free = filling.box.of(self._background.free(index)) & (filling.known > 0.5)
        apart = here - filling.pixels
        return filling.pixels + _seam(apart, free.float())

    def _level(self, index: int) -> float:
        """The grain's standard deviation around the hole of a frame.

        Measured on its difference to the next frames, moved into its place, which texture is not
        in; and no more than a single picture says.
        """

        background = self._background

        def make() -> float:
            box = Box.around(self._hole(index), _RING)
            assert box is not None
            here = box.of(self._frames.at(index))
            levels = [noise.measure(here).luma]
            for other in (index + 1, index - 1):
                if not self._frames.first <= other <= self._frames.last:
                    continue
                there = background.find(index, other)
                if there is None:
                    continue
                places = background.places(there, box, here.device)
                free = fetched(background.free(other).float(), places, "bilinear") > 0.999
                free &= box.of(background.free(index)) & inside(places, background.size)
                apart = here - (fetched(self._frames.at(other), places) * there.gain + there.offset)
                known = free.expand_as(apart) & apart.isfinite()
                if int(known.sum()) > _LEAST_PIXELS:
                    level = apart[known].abs().median() / 0.6745
                    levels.append(float(level / (1 + _kept(places)[free].mean()).sqrt()))
            return min(levels)

        return self._frames.once("grain level", index, make)

    def _grain(self, index: int, filling: Filling, pixels: Tensor) -> Tensor:
        """The grain that a filling lacks, `[3, h, w]`."""
        lacking = (1 - filling.noise).clamp(min=0).sqrt()
        if float(lacking.max()) < 0.2:
            return torch.zeros_like(pixels)
        here = filling.box.of(self._frames.at(index))
        outside = filling.box.of(~self._hole(index)).float()
        found = grain.measure(here, outside)
        # Texture looks like grain in a single picture.
        found_level = float(found.amplitude.mean())
        lacking = lacking * min(1.0, self._level(index) / max(found_level, 1e-9))
        time = self._frames.place(index)
        return found.make(pixels, self._context.seed, time) * lacking


def _offsets(reach: int) -> list[int]:
    """The frames to look at, nearest first."""
    far = [step for step in range(1, reach + 1) if step <= _NEAR or (step - _NEAR) % _STRIDE == 0]
    return [offset for step in far for offset in (step, -step)]


def _softened(free: Tensor) -> Tensor:
    """`free` `[1, h, w]` as weights that rise from its edge inwards, above 0 all over."""
    inner = filters.box(free.float(), _SOFT)
    return free * ((2 * inner - 1).clamp(min=0) + 1e-3)


def _kept(places: Tensor) -> Tensor:
    """The share `[1, h, w]` of white noise's variance that bicubic interpolation keeps there."""
    kept = torch.ones_like(places[:1])
    for along in places:
        t = along - along.floor()
        a = -0.75  # of torch's bicubic kernel
        far, near = (
            (a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a for d in (1 + t, 2 - t)),
            ((a + 2) * d**3 - (a + 3) * d**2 + 1 for d in (t, 1 - t)),
        )
        energy = sum((tap.square() for tap in (*far, *near)), torch.zeros_like(t))
        kept = kept * energy
    return kept


def _merged(
    box: Box,
    found: list[tuple[Tensor, Tensor, Tensor]],
    sigma: float,
    progress: Callable[[], None],
) -> Filling:
    """One filling of all the frames' pixels: in each region those of one frame, of which most
    others show the like, and of the others as far as they agree with it."""
    pictures = torch.stack([pixels for pixels, _, _ in found])
    weights = torch.stack([weight for _, weight, _ in found])
    there = weights > 0
    reference = _chosen(pictures, weights, progress)
    total, total_weight = torch.zeros_like(reference), torch.zeros_like(weights[0])
    squares = torch.zeros_like(total_weight)
    for picture, weight, (_, _, kept) in zip(pictures, weights, found, strict=True):
        progress()
        apart = (picture - reference).square().mean(0, keepdim=True).where(weight > 0, 0)
        excess = filters.blur(apart, 1.5) / (2 * sigma**2) - 1
        share = weight * torch.exp(-excess.clamp(min=0)).clamp(min=1e-4)
        total += share * picture
        total_weight += share
        squares += share.square() * kept
    pixels = total / total_weight.clamp(min=1e-9)
    left = squares / total_weight.square().clamp(min=1e-18)
    seen = there.any(0).float()
    known = _softened(seen > 0).clamp(max=1) if bool((seen == 0).any()) else seen
    return Filling(box, pixels, known, torch.where(seen > 0, left, 1))


def _chosen(pictures: Tensor, weights: Tensor, progress: Callable[[], None]) -> Tensor:
    """Of `[N, 3, h, w]` with weights `[N, 1, h, w]`, in each region the one nearest to the median
    of all, `[3, h, w]`; from region to region they pass softly into each other."""
    there = weights > 0
    middle = pictures.where(there, torch.nan).nanmedian(0).values.nan_to_num(0)
    several = there.sum(0) > 2  # of two, their median is but one
    best = weights.amax(0).clamp(min=1e-9)
    costs = []
    for picture, weight in zip(pictures, weights, strict=True):
        progress()
        apart = (picture - middle).square().mean(0, keepdim=True)
        share = filters.blur((weight > 0).float(), _REGION).clamp(min=1e-3)
        apart = filters.blur(apart.clamp(max=_LARGEST_SEAM**2) * (weight > 0), _REGION) / share
        cost = apart * several + _LEAST_SIGMA**2 * (1 - weight / best)
        costs.append(cost.where(weight > 0, torch.inf))
    chosen = torch.stack(costs).argmin(0, keepdim=True)
    total, shares = torch.zeros_like(pictures[0]), torch.zeros_like(weights[0])
    for number, (picture, weight) in enumerate(zip(pictures, weights, strict=True)):
        progress()
        share = filters.blur((chosen[0] == number).float(), _SOFT / 2) * (weight > 0)
        total += picture * share
        shares += share
    return total / shares.clamp(min=1e-9)


def _seam(apart: Tensor, known: Tensor) -> Tensor:
    """What to add to a filling so that it is as the picture is where both are known: a membrane
    (Pérez, Gangnet, Blake, "Poisson Image Editing", SIGGRAPH 2003) over their smoothed
    difference."""
    size = apart.abs().amax(0, keepdim=True).nan_to_num(1e3, 1e3)
    known = known * (size < _LARGEST_SEAM)
    if not bool((known > 0).any()):
        return torch.zeros_like(apart)
    share = filters.blur(known, 3.0)
    smooth = filters.blur((apart * known).where(known > 0, 0), 3.0) / share.clamp(min=1e-4)
    return completed(smooth, known * (share > 0.02))
