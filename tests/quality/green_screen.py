"""`green_screen` against known mattes: things cut out of real films, moving over other films."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from opticals.effects import green_screen
from opticals.models import store
from opticals.vision import matting
from tests.effects import pictures
from tests.quality import cutouts, mattes
from tests.quality.table import Footage, Row, Sheet

if TYPE_CHECKING:
    from tests.quality.cutouts import Cutout

Plate = tuple[str, Tensor, list["Cutout"]]


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    size, count, plates = ((180, 320), 3, 1) if short else ((360, 640), 12, 4)
    totals: dict[str, list[float]] = {}
    for name, film, truth in _plates(footage, *size, count, plates):
        true = [one.alpha for one in truth]
        made = _made(film)
        ours, bare = list(made[:, 3:]), _bare(film)
        for what, error in (
            ("mean absolute error", mattes.absolute),
            ("gradient error", mattes.gradient),
            ("flicker (dtSSD)", mattes.flicker),
        ):
            ratio = error(ours, true) / error(bare, true)
            totals.setdefault(what, []).append(ratio)
            yield Row(f"{name}: {what} over the bare network's", f"{ratio:.2f}")
        left = [
            mattes.background_left(cut[:3], picture, one.colour, one.alpha)
            for picture, one, cut in zip(film, truth, made, strict=True)
        ]
        yield Row(f"{name}: background left in soft edges", f"{sum(left) / len(left):.2f}")
    for what, ratios in totals.items():
        most = 0.5 if what.startswith("flicker") else 0.75
        ratio = sum(ratios) / len(ratios)
        yield Row(f"{what} over the bare network's", f"{ratio:.2f}", f"<= {most}", ratio <= most)


def sheets(footage: Footage) -> Iterator[Sheet]:
    for name, film, truth in _plates(footage, 360, 640, 4, 4):
        made = _made(film)
        grey = [one[3:].expand(3, -1, -1) for one in made]
        magenta = torch.tensor([0.8, 0.2, 0.7])[:, None, None]
        yield Sheet(
            f"green_screen {name}",
            (
                ("source", list(film)),
                ("bare network", [one.expand(3, -1, -1) for one in _bare(film)]),
                ("matte", grey),
                ("true matte", [one.alpha.expand(3, -1, -1) for one in truth]),
                ("over a colour", [one[:3] * one[3:] + magenta * (1 - one[3:]) for one in made]),
            ),
        )


def _plates(footage: Footage, height: int, width: int, count: int, most: int) -> Iterator[Plate]:
    films = cutouts.backgrounds(footage, height, width, count)
    chosen = [(thing, film) for thing in (cutouts.bunny, cutouts.cyclist) for film in (1, 0)]
    for thing, film in chosen[:most]:
        cut = thing(footage, height, width)
        truth = [cut.moved(time) for time in range(count)]
        over = [one.over(behind) for one, behind in zip(truth, films[film], strict=True)]
        name = f"{thing.__name__} over {('traffic', 'a meadow')[film]}"
        yield name, torch.stack(over), truth


def _made(film: Tensor) -> Tensor:
    store.pull("u2netp")
    effect = green_screen.EFFECT
    return pictures.run(effect, effect.settings(), film)


def _bare(film: Tensor) -> list[Tensor]:
    """The network's mattes enlarged."""
    network = pictures.context().network("u2netp")
    with torch.inference_mode():
        found = [matting.seen_by(network, one) for one in film]  # type: ignore[arg-type]
    size = film.shape[-2:]
    return [F.interpolate(one[None], size, mode="bilinear")[0] for one in found]
