"""`key` on plates made of a known foreground before an uneven, noisy backing with spill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from opticals.effects import key
from opticals.vision import filters, keying
from tests.effects import pictures
from tests.quality import cutouts
from tests.quality.table import Footage, Row, Sheet

if TYPE_CHECKING:
    from tests.quality.cutouts import Cutout

BLUE, GREEN = (0.12, 0.25, 0.72), (0.15, 0.68, 0.22)
BEHIND = "#b08060"  # the new background: warm, so that what is left of a backing shows
_NOISE = 0.012  # three codes of 8 bits
_SPILL = 0.05


@dataclass(frozen=True)
class Plate:
    """A shot `[T, 3, H, W]` before a backing, and what stands there, frame by frame."""

    shot: Tensor
    truth: list[Cutout]
    backing: Tensor


def plate(cut: Cutout, colour: tuple[float, float, float], count: int) -> Plate:
    """`cut` moving before a backing lit unevenly, with the backing's light on its edges, noise on
    all of it, and 10 bits."""
    height, width = cut.alpha.shape[-2:]
    chance = torch.Generator().manual_seed(5)
    across = torch.linspace(-1, 1, width)
    down = torch.linspace(-1, 1, height)[:, None]
    light = 0.85 + 0.22 * across - 0.15 * down**2 - 0.1 * torch.exp(-8 * (across - 0.5) ** 2)
    cloth = filters.blur(torch.rand((1, height, width), generator=chance), height / 20)
    backing = torch.tensor(colour)[:, None, None] * (light + 3 * (cloth - 0.5))
    truth = [cut.moved(time) for time in range(count)]
    shots = []
    for one in truth:
        rim = 1 - filters.blur(one.alpha, height / 60)
        lit = one.colour + _SPILL * rim * torch.tensor(colour)[:, None, None]
        mixed = one.alpha * lit + (1 - one.alpha) * backing
        noisy = mixed + _NOISE * torch.randn(mixed.shape, generator=chance)
        shots.append((noisy * 1023).round() / 1023)
    return Plate(torch.stack(shots), truth, backing)


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    size, count = ((270, 480), 2) if short else ((540, 960), 4)
    for thing in (cutouts.bunny, cutouts.cyclist):
        for name, colour in (("blue", BLUE), ("green", GREEN)):
            made_of = plate(thing(footage, *size), colour, count)
            yield from _rows(f"{thing.__name__} before {name}", made_of)


def sheets(footage: Footage) -> Iterator[Sheet]:
    for thing in (cutouts.bunny, cutouts.cyclist):
        for name, colour in (("blue", BLUE), ("green", GREEN)):
            made_of = plate(thing(footage, 360, 640), colour, 4)
            mattes = _made(made_of.shot, output="matte")
            composite = _made(made_of.shot, output="composite", colour=BEHIND)
            yield Sheet(
                f"key {thing.__name__} {name}",
                (
                    ("source", list(made_of.shot)),
                    ("matte", list(mattes)),
                    ("true matte", [one.alpha.expand(3, -1, -1) for one in made_of.truth]),
                    ("composite", list(composite)),
                ),
            )


def _rows(name: str, made_of: Plate) -> Iterator[Row]:
    matte = _made(made_of.shot, output="matte")[:, :1]
    true = torch.stack([one.alpha for one in made_of.truth])
    clear = filters.grow(true, 3) <= 0
    solid = filters.grow(true, -3) >= 1
    worst = float(matte[clear].quantile(0.999)) if clear.sum() < 1e7 else float(matte[clear].max())
    yield Row(
        f"{name}: alpha in the backing, mean",
        f"{float(matte[clear].mean()):.5f}",
        "< 0.001",
        float(matte[clear].mean()) < 0.001,
    )
    yield Row(
        f"{name}: alpha in the backing, of 999 in 1000 pixels",
        f"{worst:.4f}",
        "< 0.01",
        worst < 0.01,
    )
    least = float(matte[solid].quantile(0.001))
    yield Row(
        f"{name}: alpha inside, of 999 in 1000 pixels", f"{least:.4f}", "> 0.99", least > 0.99
    )
    edge = (true > 0.02) & (true < 0.98)
    off = float((matte - true).abs()[edge].mean())
    yield Row(f"{name}: mean absolute error of alpha at soft edges", f"{off:.3f}")
    composite = _made(made_of.shot, output="composite", colour=BEHIND)
    over = torch.tensor([int(BEHIND[at : at + 2], 16) / 255 for at in (1, 3, 5)])[:, None, None]
    left = []
    for one, picture in zip(made_of.truth, composite, strict=True):
        ideal = keying.keyness(one.over(over.expand_as(picture)), made_of.backing).clamp(min=0)
        more = (keying.keyness(picture, made_of.backing).clamp(min=0) - ideal).clamp(min=0)
        left.append(more)
    whole = keying.keyness(made_of.backing, made_of.backing).mean()
    spill = float(torch.stack(left).flatten().quantile(0.999) / whole)
    yield Row(
        f"{name}: backing's hue left in the composite, of 999 in 1000 pixels",
        f"{spill:.4f}",
        "< 0.01",
        spill < 0.01,
    )


def _made(shot: Tensor, **values: object) -> Tensor:
    effect = key.EFFECT
    return pictures.run(effect, effect.configure(values), shot)
