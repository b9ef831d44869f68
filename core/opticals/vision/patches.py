"""Texture made up from patches of what is known around a hole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import torch
from torch.nn import functional as F

from opticals.vision.completing import completed
from opticals.vision.resize import resized, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

_PATCH = 7  # pixels a side
_HALF = _PATCH // 2
_LARGEST = 224 * 224  # pixels in which patches are looked for; finer pixels follow those
_COARSEST = 14  # pixels of the shorter side at which it begins
_ROUNDS, _SEARCHES = 5, 2
_DEEPER = 1.25  # by which what is a pixel deeper in the hole counts less


def synthesised(
    picture: Tensor, hole: Tensor, usable: Tensor, seed: int, progress: Callable[[], None]
) -> Tensor:
    """`picture` `[3, H, W]` with `hole` `[1, H, W]` (bool) filled from patches of it.

    From coarse to fine, each patch over the hole is made like the patch most like it among those
    that are `usable` `[1, H, W]` (bool) all over (Wexler, Shechtman, Irani, "Space-Time
    Completion of Video", PAMI 2007), found by PatchMatch (Barnes et al., SIGGRAPH 2009) for all
    pixels at once. The same `seed` gives the same picture. Made on the CPU. Where there is no
    such patch, the hole is filled smoothly.

    Args:
        progress: called now and then.
    """
    device, (height, width) = picture.device, picture.shape[-2:]
    picture, hole, usable = (one.cpu() for one in (picture, hole, usable))
    usable = usable & ~hole & picture.isfinite().all(0, keepdim=True)
    smooth = completed(picture, usable.float())
    sizes = [within(height, width, _LARGEST)]
    while min(sizes[-1]) >= 2 * _COARSEST:
        sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
    generator = torch.Generator().manual_seed(seed)
    made: Tensor | None = None
    nearest: Tensor | None = None
    for rows, columns in reversed(sizes):
        level = resized(torch.where(hole, smooth, picture.nan_to_num(0)), rows, columns)
        open_ = resized(hole.float(), rows, columns) > 0
        source = _whole(resized(usable.float(), rows, columns) > 0.999)
        if not bool(source.any()) or not bool(open_.any()):
            continue
        if made is not None:
            level = torch.where(open_, resized(made, rows, columns), level)
        if nearest is not None:
            nearest = _grown(nearest, rows, columns)
        made, nearest = _level(level, open_, source, nearest, generator, progress)
    if nearest is None:
        return torch.where(hole, smooth, picture).to(device)
    progress()
    return _copied(picture, smooth, hole, usable, nearest).to(device)


def _level(
    picture: Tensor,
    hole: Tensor,
    source: Tensor,
    nearest: Tensor | None,
    generator: torch.Generator,
    progress: Callable[[], None],
) -> tuple[Tensor, Tensor]:
    """One level: the picture filled, and for each pixel the place `[2, H, W]` (row, column) of
    the middle of the patch that is most like the one around it."""
    height, width = picture.shape[-2:]
    over = F.max_pool2d(hole.float()[None], _PATCH, 1, _HALF)[0] > 0
    places = over[0].nonzero()  # of patches that have a pixel in the hole
    known = source[0].nonzero()
    count = len(places)
    own = torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"))
    if nearest is None:
        chosen = known[torch.randint(len(known), (count,), generator=generator)]
        field = own.clone()
    else:
        field = nearest.clone()
        chosen = field[:, places[:, 0], places[:, 1]].T.contiguous()
        lost = ~source[0, chosen[:, 0], chosen[:, 1]]
        drawn = torch.randint(len(known), (count,), generator=generator)
        chosen = torch.where(lost[:, None], known[drawn], chosen)
    row, column = places.T
    steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    depth = _depth(hole)
    for turn in range(_ROUNDS):
        # What was made up by guess must not draw in what is as flat: it counts for little at
        # first, so that texture grows in from the edge.
        deeper = 3.0 if nearest is None and turn == 0 else _DEEPER
        trust = (deeper**-depth).clamp(min=1e-6)
        trusted = F.unfold(F.pad(trust[None], (_HALF,) * 4), _PATCH)[0].T
        trusted = trusted[row * width + column]
        trusted = (trusted / trusted.sum(1, keepdim=True).clamp(min=1e-9)).repeat(1, 3)
        padded = F.pad(picture[None], (_HALF,) * 4, mode="replicate")
        patches = F.unfold(padded, _PATCH)[0].T.contiguous()  # [H W, 3 P P]
        here = patches[row * width + column]

        def distance(
            at: Tensor,
            patches: Tensor = patches,
            here: Tensor = here,
            trusted: Tensor = trusted,
        ) -> Tensor:
            apart = ((patches[at[:, 0] * width + at[:, 1]] - here).square() * trusted).sum(1)
            return apart.where(source[0, at[:, 0], at[:, 1]], torch.inf)

        best = distance(chosen)
        for _ in range(_SEARCHES):
            field[:, row, column] = chosen.T
            for down, right in steps:
                # What the neighbour found, moved along.
                r, c = (row - down).clamp(0, height - 1), (column - right).clamp(0, width - 1)
                tried = field[:, r, c].T + torch.tensor((down, right))
                chosen, best = _better(chosen, best, tried, distance, height, width)
            radius = max(height, width)
            while radius >= 1:
                shift = torch.randint(-radius, radius + 1, (count, 2), generator=generator)
                chosen, best = _better(chosen, best, chosen + shift, distance, height, width)
                radius //= 3
            progress()
        picture = _voted(picture, hole, places, chosen, best, trust)
    field[:, row, column] = chosen.T
    return picture, field


def _better(
    chosen: Tensor,
    best: Tensor,
    tried: Tensor,
    distance: Callable[[Tensor], Tensor],
    height: int,
    width: int,
) -> tuple[Tensor, Tensor]:
    tried = torch.stack((tried[:, 0].clamp(0, height - 1), tried[:, 1].clamp(0, width - 1)), 1)
    apart = distance(tried)
    wins = apart < best
    return torch.where(wins[:, None], tried, chosen), torch.where(wins, apart, best)


def _voted(
    picture: Tensor, hole: Tensor, places: Tensor, chosen: Tensor, best: Tensor, trust: Tensor
) -> Tensor:
    """Each pixel of the hole as the mean of what the patches over it say, the better the more."""
    height, width = picture.shape[-2:]
    finite = best.isfinite()
    typical = best[finite].median().clamp(min=1e-6) if bool(finite.any()) else best.new_ones(())
    weight = torch.exp(-best / (0.5 * typical)).clamp(min=1e-6) * finite
    weight = weight * trust[0, places[:, 0], places[:, 1]]
    total = picture.new_zeros(3, height * width)
    weights = picture.new_zeros(height * width)
    flat = picture.reshape(3, -1)
    for down in range(-_HALF, _HALF + 1):
        for right in range(-_HALF, _HALF + 1):
            row, column = places[:, 0] + down, places[:, 1] + right
            here = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            from_row = (chosen[:, 0] + down).clamp(0, height - 1)
            from_column = (chosen[:, 1] + right).clamp(0, width - 1)
            target = (row * width + column)[here]
            share = weight[here]
            total.index_add_(1, target, flat[:, (from_row * width + from_column)[here]] * share)
            weights.index_add_(0, target, share)
    made = (total / weights.clamp(min=1e-30)).reshape(picture.shape)
    return torch.where(hole & (weights > 0).reshape(1, height, width), made, picture)


def _copied(
    picture: Tensor, smooth: Tensor, hole: Tensor, usable: Tensor, nearest: Tensor
) -> Tensor:
    """`picture` in full, each pixel of the hole copied from where the coarser places point."""
    height, width = picture.shape[-2:]
    rows, columns = nearest.shape[-2:]
    own = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij"))
    moved = (nearest - own).float().flatten(1)
    down, across = height / rows, width / columns
    r, c = hole[0].nonzero().T
    flat, good = picture.flatten(1).nan_to_num(0), usable.flatten().float()
    total = flat.new_zeros(3, len(r))
    weights = flat.new_zeros(len(r))
    # Where neighbours point elsewhere, one passes into the other over half a cell.
    for y, x in ((-0.25, -0.25), (-0.25, 0.25), (0.25, -0.25), (0.25, 0.25)):
        at_row = ((r + 0.5) / down + y).floor().clamp(0, rows - 1).long()
        at_column = ((c + 0.5) / across + x).floor().clamp(0, columns - 1).long()
        shift = moved[:, at_row * columns + at_column]
        from_row = (r + (shift[0] * down).round().long()).clamp(0, height - 1)
        from_column = (c + (shift[1] * across).round().long()).clamp(0, width - 1)
        source = from_row * width + from_column
        share = good[source]
        total += flat[:, source] * share
        weights += share
    made = torch.where(weights > 0, total / weights.clamp(min=1), smooth[:, r, c])
    result = picture.clone()
    result[:, r, c] = made
    return result


def _depth(hole: Tensor) -> Tensor:
    """How many pixels deep in the hole each pixel is, `[1, H, W]`; 0 outside."""
    return torch.from_numpy(cv2.distanceTransform(hole[0].byte().numpy(), cv2.DIST_L2, 5))[None]


def _whole(usable: Tensor) -> Tensor:
    """Middles of the patches that are usable all over and lie in the picture."""
    missing = F.pad((~usable).float()[None], (_HALF,) * 4, value=1.0)
    return F.max_pool2d(missing, _PATCH, 1)[0] == 0


def _grown(nearest: Tensor, rows: int, columns: int) -> Tensor:
    """Places on a finer grid."""
    height, width = nearest.shape[-2:]
    own = torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"))
    moved = (nearest - own).float()
    at_row = (torch.arange(rows) * height // rows)[:, None]
    at_column = (torch.arange(columns) * width // columns)[None]
    shift = moved[:, at_row, at_column]
    scale = torch.tensor((rows / height, columns / width))[:, None, None]
    fine = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij"))
    led = fine + (shift * scale).round().long()
    return torch.stack((led[0].clamp(0, rows - 1), led[1].clamp(0, columns - 1)))
