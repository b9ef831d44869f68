"""How much of a known shake is left, how far a locked picture drifts, and how good borders are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from opticals.effects.stabilize import EFFECT, Settings
from tests.effects import pictures
from tests.quality import shaken
from tests.quality.table import Footage, Row, Sheet

_TARGET = 0.8
_DRIFT = 0.5


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    for name, plate, size in _plates(footage, short=short):
        aspect, width = size[0] / size[1], size[1]
        film = shaken.shaken(plate, size, pixels=width / 100, pan=width / 300)
        found = pictures.applied(EFFECT, Settings(), film.frames).found
        seen = shaken.seen(film, found)
        before, after = (shaken.jitter(one, aspect, width) for one in (film.poses, seen))
        yield Row(
            f"smooth, {name}: shake of {before:.1f} px taken out",
            f"{1 - after / before:.1%}",
            "80 %",
            1 - after / before >= _TARGET,
        )
        if short:
            return
        still = shaken.shaken(_noisy(plate[:1].expand(60, -1, -1, -1)), size, pixels=width / 100)
        locked = Settings(mode="locked")
        found = pictures.applied(EFFECT, locked, still.frames).found
        path = shaken.places(shaken.seen(still, found), aspect, width)
        drift = float(np.abs(path - path[0]).max())
        yield Row(
            f"locked, {name}: drift in 60 noisy frames",
            f"{drift:.2f} px",
            "0.5 px",
            drift < _DRIFT,
        )
    yield from _filled(still)


def sheets(footage: Footage) -> Iterator[Sheet]:
    _, plate, size = next(_plates(footage, short=False))
    film = shaken.shaken(plate, size, pixels=size[1] / 60)
    rows = [("as it was shot", list(film.frames[10:16]))]
    for label, settings in (
        ("smooth, cropped", Settings()),
        ("locked, cropped", Settings(mode="locked")),
        ("smooth, filled", Settings(frame="fill")),
    ):
        rows.append((label, list(pictures.run(EFFECT, settings, film.frames, 10, 16))))
    yield Sheet("stabilize", rows)


def _plates(footage: Footage, *, short: bool) -> Iterator[tuple[str, Tensor, tuple[int, int]]]:
    bunny = pictures.read(footage("bigbuckbunny.mp4"), 0, 16 if short else 60)
    if short:
        yield "an animal in a meadow", F.avg_pool2d(bunny, 2), (180, 320)
        return
    yield "an animal in a meadow", bunny, (360, 640)
    yield "cyclists passing by", pictures.read(footage("bikes.mp4"), 80, 56), (180, 400)


def _noisy(film: Tensor) -> Tensor:
    return film + 0.02 * torch.randn(film.shape, generator=torch.Generator().manual_seed(1))


def _filled(film: shaken.Shaken) -> Iterator[Row]:
    """Borders of a film of one still plate: each frame should look as the others do there."""
    settings = Settings(mode="locked", frame="fill")
    made = pictures.run(EFFECT, settings, film.frames[:24])
    edge = torch.ones(made.shape[-2:], dtype=torch.bool)
    edge[6:-6, 6:-6] = False
    middle = made.median(0).values
    yield Row(
        "fill: borders against what they are in the other frames",
        f"{pictures.psnr(made[..., edge], middle[..., edge].expand_as(made[..., edge])):.1f} dB",
    )
