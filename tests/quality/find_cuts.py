"""How many of the cuts, dissolves and fades are found, and what else is taken for one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from opticals import nets
from opticals.declaration import CUTS_MODEL
from opticals.models import store
from opticals.nets.transnetv2 import TransNetV2
from opticals.vision import cuts, shots
from opticals.vision.shots import Signs, Transition
from tests.effects.pictures import read
from tests.quality.table import Footage, Row, Sheet

CELL, CONTEXT = 50, 25
CUTS = {"bikes.mp4": (30, 76, 137, 187, 242), "bigbuckbunny.mp4": ()}
_EDGES = 2  # frames by which a transition may be missed

Span = tuple[int, int]  # first and last frame where a cut may be said to be


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    store.pull(CUTS_MODEL)
    films = {name: film(footage, name) for name in CUTS}
    total = _Score()
    for name, truth in CUTS.items():
        if short and name != "bikes.mp4":
            continue
        part = films[name][: 100 if short else None]
        total.add(find(part), [(cut, cut) for cut in truth if cut < len(part)])
    yield Row("hard cuts of the footage, F1", f"{total.f1:.3f}", "1.0", total.f1 == 1)
    parts = _parts(films)
    for kind, made in (("dissolves", _dissolves), ("fades", _fades)):
        score = _Score()
        for film_of, truth in itertools.islice(made(parts), 1 if short else None):
            score.add(find(film_of), [truth])
        yield Row(
            f"{score.true + score.missed} generated {kind}, F1",
            f"{score.f1:.3f}",
            "above 0.95",
            score.f1 > 0.95,
        )
    if short:
        return
    score = _Score()
    for other in _no_cuts(films):
        score.add(find(other), [])
    yield Row(
        "flashes, fast motion and pans: taken for cuts", str(score.wrong), "0", score.wrong == 0
    )
    bikes = films["bikes.mp4"]
    for label, other in (("log", bikes**0.3 * 0.3 + 0.3), ("6 % of the light", bikes * 0.06)):
        score = _Score()
        score.add(find((other * 255).round() / 255), [(cut, cut) for cut in CUTS["bikes.mp4"]])
        yield Row(f"hard cuts of bikes.mp4 in 8 bits of {label}, F1", f"{score.f1:.3f}")


def sheets(footage: Footage) -> Iterator[Sheet]:
    bikes = film(footage, "bikes.mp4")
    rows = []
    for one in find(bikes):
        around = range(max(one.frame - 3, 0), min(one.frame + 3, len(bikes)))
        rows.append((f"{one.name} at {one.frame}", [bikes[index] for index in around]))
    yield Sheet("find_cuts", rows)


def film(footage: Footage, name: str) -> Tensor:
    """All frames of a film, `[T, 3, 144, 256]`."""
    whole = [read(footage(name), first, 50) for first in range(0, 250, 50) if _has(name, first)]
    return torch.cat([F.interpolate(part, (144, 256), mode="area") for part in whole])


def _has(name: str, first: int) -> bool:
    return name == "bikes.mp4" or first < 132


def find(frames: Tensor) -> list[Transition]:
    """The transitions of a film in memory, found as the engine finds them."""
    last = len(frames) - 1
    small = F.interpolate(frames.clamp(0, 1), TransNetV2.size, mode="area")
    thumbnails = cuts.thumbnails(frames)
    middle: list[float] = []
    within: list[float] = []
    for first in range(0, len(frames), CELL):
        around = torch.arange(first - CONTEXT, first + CELL + CONTEXT).clamp(0, last)
        with torch.inference_mode():
            answers = _network()(shots.stretched(small[around])[None])
        for kept, answer in zip((middle, within), answers, strict=True):
            kept += answer[0, CONTEXT : CONTEXT + CELL].sigmoid().tolist()

    def thumbnail(index: int) -> Tensor:
        return thumbnails[min(max(index, 0), last)]

    @cache
    def signs(index: int) -> Signs:
        hard, sure = False, middle[index]
        if index < last:
            hard, sure = shots.hard(thumbnail, index, sure)
        return Signs(sure, within[index], hard, float(thumbnail(index).std()))

    return list(shots.transitions(signs, 0, len(frames), len(frames)))


@cache
def _network() -> torch.nn.Module:
    return nets.load(CUTS_MODEL, store.path(CUTS_MODEL))


class _Score:
    """Transitions found that are true, found that are none, and missed."""

    def __init__(self) -> None:
        self.true = self.wrong = self.missed = 0

    def add(self, found: Sequence[Transition], truth: Sequence[Span]) -> None:
        left = list(truth)
        for one in found:
            hit = next((t for t in left if t[0] - _EDGES <= one.frame <= t[1] + _EDGES), None)
            if hit is None or (hit[0] == hit[1] and one.frame != hit[0]):
                self.wrong += 1
            else:
                left.remove(hit)
                self.true += 1
        self.missed += len(left)

    @property
    def f1(self) -> float:
        return 2 * self.true / max(2 * self.true + self.wrong + self.missed, 1)


def _parts(films: dict[str, Tensor]) -> list[Tensor]:
    """Shots of the footage, without those that are too short to dissolve."""
    bikes, bunny = films["bikes.mp4"], films["bigbuckbunny.mp4"]
    edges = (0, *CUTS["bikes.mp4"])
    return [*(bikes[low:high] for low, high in itertools.pairwise(edges)), bunny[:66], bunny[66:]]


def _pairs(parts: Sequence[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
    """Every shot into each of the next two but one: none into itself, nor into the one that went
    on where it ends."""
    for step in (2, 3):
        for index, part in enumerate(parts):
            yield part, parts[(index + step) % len(parts)]


def _dissolves(parts: Sequence[Tensor]) -> Iterator[tuple[Tensor, Span]]:
    lengths = itertools.cycle((4, 8, 12, 16, 24))
    for (one, other), length in zip(_pairs(parts), lengths, strict=False):
        share = _shares(length)
        mixed = torch.lerp(one[-length:], other[:length], share)
        yield torch.cat((one[:-length], mixed, other[length:])), (len(one) - length, len(one))


def _fades(parts: Sequence[Tensor]) -> Iterator[tuple[Tensor, Span]]:
    """To black or to white and up again, some with a hold between."""
    ways = itertools.cycle(itertools.product(((6, 0), (12, 4), (20, 8)), (0.0, 1.0)))
    for (one, other), ((length, hold), level) in zip(_pairs(parts), ways, strict=False):
        share = _shares(length)
        down = torch.lerp(one[-length:], torch.tensor(level), share)
        up = torch.lerp(torch.tensor(level), other[:length], share)
        flat = torch.full_like(one[:hold], level)
        made = torch.cat((one[:-length], down, flat, up, other[length:]))
        yield made, (len(one) - length, len(one) + hold + length)


def _shares(length: int) -> Tensor:
    return ((torch.arange(length) + 1.0) / (length + 1))[:, None, None, None]


def _no_cuts(films: dict[str, Tensor]) -> Iterator[Tensor]:
    bikes, bunny = films["bikes.mp4"], films["bigbuckbunny.mp4"]
    flashes = bikes[76:137].clone()
    flashes[10] = flashes[10] * 0.3 + 0.7
    flashes[25] = 1
    flashes[40] *= 0.4
    flashes[50:52] = flashes[50:52] * 0.2 + 0.8
    yield flashes
    yield bunny[::4]
    yield bunny[::2].repeat_interleave(2, 0)
    yield bikes[76:137:3]
    still = F.interpolate(bunny[:1], (288, 1024), mode="bicubic", align_corners=False)[0]
    places = torch.linspace(0, 1024 - 256, 60).int().tolist()
    yield torch.stack([still[:, 60:204, x : x + 256] for x in places])  # 13 pixels a frame
