"""`remove` on plates whose clean background is known: real pictures under a moving camera, with a
thing put over them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from opticals import catalog
from tests.effects import pictures
from tests.quality.table import Footage, Row, Sheet

_GRAIN = 0.02
# Camera, thing, and by how many pixels a frame a nearer post moves otherwise.
_PLATES = (
    ("pan", "moving", 0.0),
    ("handheld", "moving", 0.0),
    ("pan", "still", 0.0),
    ("dolly", "moving", 1.0),
)


@dataclass(frozen=True)
class Plate:
    """A shot with a thing in it, `[T, 3, H, W]`; without it; and where it is, `[T, 1, H, W]`."""

    shot: Tensor
    clean: Tensor
    masks: Tensor


def plate(
    picture: Tensor,
    camera: str,
    frames: int,
    height: int,
    width: int,
    thing: str = "moving",
    nearer: float = 0,
) -> Plate:
    """A camera over a large picture `[3, H, W]`, and a striped disc over what it sees.

    Args:
        camera: "locked", "dolly" (slow), "pan", "handheld" (shake, zoom and roll).
        thing: "moving" over the background, or "still" on the screen.
        nearer: pixels per frame by which a post, beside the thing halfway, moves otherwise than
            the background.
    """
    rows, columns = picture.shape[-2:]
    y, x = torch.meshgrid(
        torch.arange(height) + 0.5 - height / 2,
        torch.arange(width) + 0.5 - width / 2,
        indexing="ij",
    )
    clean, shot, masks = [], [], []
    for t in range(frames):
        at_x, at_y, zoom, roll = columns / 2, rows / 2, 1.0, 0.0
        if camera == "dolly":
            at_x += t - frames / 2
        if camera == "pan":
            at_x += 5.3 * (t - frames / 2)
        if camera == "handheld":
            at_x += 3 * math.sin(t * 0.9) + 2 * math.sin(t * 2.3) + 1.7 * t
            at_y += 3 * math.sin(t * 1.1 + 1) + 2 * math.cos(t * 2.9)
            zoom, roll = 1 + 0.004 * t, 0.01 * math.sin(t * 0.7)
        cos, sin = math.cos(roll) / zoom, math.sin(roll) / zoom
        grid = torch.stack(
            (
                (at_x + x * cos - y * sin) / columns * 2 - 1,
                (at_y + x * sin + y * cos) / rows * 2 - 1,
            ),
            -1,
        )
        seen = F.grid_sample(picture[None], grid[None], mode="bicubic", align_corners=False)[0]
        seen = seen.clamp(0, 1)
        radius = height * (0.24 if nearer else 0.16)
        if nearer:
            moved = (1 + nearer) * (t - frames / 2)
            right = width / 2 - radius - 3 - moved
            left = right - width / 7
            post = ((x + width / 2 - left).clamp(0, 1) * (right - x - width / 2).clamp(0, 1))[None]
            post = post * (y > -height / 4)
            bark = F.grid_sample(
                picture[None].flip(-1),
                torch.stack(((x + moved) / columns, y / rows), -1)[None],
                mode="bicubic",
                align_corners=False,
            )[0]
            seen = torch.lerp(seen, (0.6 * bark).clamp(0, 1), post)
        share = (t + 0.5) / frames if thing == "moving" else 0.5
        apart = ((x - (share - 0.5) * width * 0.8) ** 2 + (y - 0.1 * height * share) ** 2).sqrt()
        cover = (radius - apart + 0.5).clamp(0, 1)
        stripes = 0.5 + 0.4 * torch.sin((x + y + 3 * t) / 5)
        object_ = torch.stack((stripes, 1 - stripes, torch.full_like(x, 0.2)))
        clean.append(seen)
        shot.append(torch.lerp(seen, object_, cover[None]))
        masks.append((radius + 2 - apart + 0.5).clamp(0, 1)[None])
    return Plate(torch.stack(shot), torch.stack(clean), torch.stack(masks))


def grainy(one: Plate, sigma: float) -> Plate:
    """With grain in it, other grain in every frame, as in the clean plate."""
    noise = sigma * torch.randn(one.shot.shape, generator=torch.Generator().manual_seed(1))
    return Plate(one.shot + noise, one.clean + noise, one.masks)


class Given:
    """The masks of a plate, as the engine asks for them; of some frames alone, as of a matte
    that is shorter, the nearest held beyond them."""

    def __init__(self, masks: Tensor, frames: range | None = None) -> None:
        self._masks = masks
        self._frames = frames or range(len(masks))

    def at(self, frame: int) -> Tensor:
        return self._masks[min(max(frame, self._frames[0]), self._frames[-1])]

    def known(self, frame: int) -> bool:
        return frame in self._frames

    def close(self) -> None:
        pass


def removed(
    one: Plate, start: int, stop: int, masks: Given | None = None, **settings: object
) -> Tensor:
    """Frames `start` to `stop` of the plate without the thing, as the engine makes them."""
    effect = catalog.all_effects()["remove"]
    configured = effect.configure(settings)
    mask = masks or Given(one.masks)
    return pictures.run(effect, configured, one.shot, start, stop, mask=mask, batch=1)


def inpainted(one: Plate, start: int, stop: int) -> Tensor:
    """Each frame by itself by OpenCV (Telea)."""
    made = []
    for index in range(start, stop):
        codes = (one.shot[index].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
        hole = (one.masks[index, 0] > 0).byte().numpy()
        done = cv2.inpaint(np.ascontiguousarray(codes), hole, 5, cv2.INPAINT_TELEA)
        made.append(torch.from_numpy(done).permute(2, 0, 1).float() / 255)
    return torch.stack(made)


def psnr(made: Tensor, clean: Tensor, masks: Tensor) -> float:
    """In the holes, dB."""
    hole = (masks >= 1).expand_as(made)
    return float(-10 * torch.log10((made - clean)[hole].square().mean()))


def noise_ratio(made: Tensor, clean: Tensor, masks: Tensor) -> tuple[float, float]:
    """Noise in the holes over that outside: from pixel to pixel, and from frame to frame."""
    noise = (made - clean).clone()
    hole = (masks >= 1).expand_as(made).clone()
    hole[..., 1:] &= hole[..., :-1].clone()
    high = noise[..., 1:] - noise[..., :-1]
    space = high[hole[..., 1:]].std() / high[~hole[..., 1:]].std()
    both = hole[1:] & hole[:-1]
    change = noise[1:] - noise[:-1]
    return float(space), float(change[both].std() / change[~(hole[1:] | hole[:-1])].std())


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    """Every plate, against each frame by itself by OpenCV."""
    frames, height, width = (16, 120, 200) if short else (40, 240, 400)
    middle = slice(6, 9) if short else slice(12, 20)
    for name, picture in _pictures(footage, short):
        for camera, thing, nearer in _PLATES:
            some = _halfway(frames) if nearer else middle
            one = plate(picture, camera, frames, height, width, thing, nearer)
            made, theirs = (
                removed(one, some.start, some.stop),
                inpainted(one, some.start, some.stop),
            )
            clean, masks = one.clean[some], one.masks[some]
            ours, before = psnr(made, clean, masks), psnr(theirs, clean, masks)
            what = f"remove, {name}, {camera} camera, {thing} thing"
            what += ", a nearer one beside it" if nearer else ""
            yield Row(f"{what}: PSNR in the hole", f"{ours:.1f} dB", "> 30 dB", ours > 30)
            gain = ours - before
            yield Row(f"{what}: above OpenCV (Telea)", f"{gain:+.1f} dB", ">= 6 dB", gain >= 6)
            outside = (masks == 0).expand_as(made)
            same = torch.equal(made[outside], one.shot[some][outside])
            yield Row(f"{what}: outside the mask", "same bits" if same else "changed", "same", same)
        still = plate(picture, "locked", frames, height, width)
        one = grainy(still, _GRAIN)
        some = middle
        ratios = noise_ratio(
            removed(one, some.start, some.stop), still.clean[some], still.masks[some]
        )
        for way, ratio in zip(("from pixel to pixel", "from frame to frame"), ratios, strict=True):
            yield Row(
                f"remove, {name}, locked grainy plate: noise inside over outside, {way}",
                f"{ratio:.2f}",
                "0.8 to 1.2",
                0.8 <= ratio <= 1.2,
            )


def sheets(footage: Footage) -> Iterator[Sheet]:
    """Every plate, and one whose background is never seen."""
    (name, picture), *_ = _pictures(footage, True)
    start, stop = 8, 14
    for camera, thing, nearer in (*_PLATES, ("locked", "still", 0.0)):
        one = plate(picture, camera, 24, 200, 320, thing, nearer)
        if camera == "locked":
            one = grainy(one, _GRAIN)
        some = slice(start, stop)
        yield Sheet(
            f"remove_{name}_{camera}_{thing}" + ("_nearer" if nearer else ""),
            (
                ("shot", list(one.shot[some])),
                ("removed", list(removed(one, start, stop))),
                ("OpenCV", list(inpainted(one, start, stop))),
                ("clean", list(one.clean[some])),
            ),
        )


def _halfway(frames: int) -> slice:
    """When the post is beside the thing."""
    return slice(frames // 2, frames // 2 + 2)


def _pictures(footage: Footage, short: bool) -> Iterator[tuple[str, Tensor]]:
    """Large pictures for the camera to move over."""
    yield "big_buck_bunny", pictures.read(footage("bigbuckbunny.mp4"), 100, 1)[0]
    if not short:
        street = pictures.read(footage("bikes.mp4"), 40, 1)
        yield "street", F.interpolate(street, scale_factor=2.0, mode="bicubic")[0].clamp(0, 1)
