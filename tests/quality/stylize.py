"""`stylize` on real films: what changes from frame to frame, steadied and each frame alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import torch
from torch import Tensor

from opticals.effects.stylize import EFFECT, Settings
from opticals.rendering.context import RenderContext
from opticals.vision import flow
from tests.effects import pictures
from tests.quality.table import Footage, Row, Sheet

_SHOTS = {"passers-by": 199, "driver": 40, "cyclist": 90}  # first frames in bikes.mp4
_STYLES = ("blue and gold strokes", "sand pastel", "coloured pencil", "red weave")
_SHORT = ("blue and gold strokes", "sand pastel")
_FRAMES = 11


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    using = pictures.context()
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        painting = _painting(footage, Path(folder), using)
        looks = {style: {"style": style} for style in (_SHORT if short else _STYLES)}
        looks["a picture"] = {"picture": str(painting)}
        for name, first in _SHOTS.items():
            if short and name != "passers-by":
                continue
            film = _film(footage, first, short)
            for label, chosen in looks.items():
                alone, steady = (
                    _change(_made(film, settings, using), film)
                    for settings in (Settings(**chosen, steadiness=0), Settings(**chosen))
                )
                ratios.append(steady / alone)
                yield Row(
                    f"change from frame to frame along the motion: {name}, {label}: "
                    "each frame alone, effect",
                    f"{alone:.3f}, {steady:.3f}",
                )
    yield Row(
        "the same, effect over each frame alone, worst",
        f"{max(ratios):.2f}",
        "0.50",
        max(ratios) <= 0.5,
    )


def sheets(footage: Footage) -> Iterator[Sheet]:
    using = pictures.context()
    for name, first in _SHOTS.items():
        film = _film(footage, first, False)
        rows: list[tuple[str, list[Tensor]]] = [("source", list(film[4:7]))]
        for style in _SHORT:
            for label, settings in (
                ("each frame alone", Settings(style=style, steadiness=0)),
                ("effect", Settings(style=style)),
            ):
                made = pictures.run(EFFECT, settings, film, 4, 7, using=using)
                rows.append((f"{style}, {label}", list(made.clamp(0, 1))))
        yield Sheet(f"stylize {name}", rows)


def _film(footage: Footage, first: int, small: bool) -> Tensor:
    frames = pictures.read(footage("bikes.mp4"), first, _FRAMES)
    return frames[..., 60:220, 160:400] if small else frames[..., 80:560]


def _made(film: Tensor, settings: Settings, using: RenderContext) -> Tensor:
    """The frames whose windows are whole."""
    reach = Settings().steadiness
    return pictures.run(EFFECT, settings, film, reach, _FRAMES - reach, using=using)


def _change(made: Tensor, film: Tensor) -> float:
    """Root mean square of the change along the motion, where both frames show the same thing
    (Lai et al., "Learning Blind Video Temporal Consistency", ECCV 2018)."""
    total = pixels = 0.0
    film = film[Settings().steadiness :]
    for index in range(1, len(made)):
        there = flow.flow(film[index], film[index - 1])
        back = flow.flow(film[index - 1], film[index])
        seen = (flow.occlusion(there, back) > 0.5) * flow.inside(there)
        apart = (made[index] - flow.warp(made[index - 1], there)).square().mean(0)
        total += float((apart * seen).sum())
        pixels += float(seen.sum())
    return float((total / pixels) ** 0.5)


def _painting(footage: Footage, folder: Path, using: RenderContext) -> Path:
    """A picture whose style is taken: a frame of an animation in pencil."""
    frame = pictures.read(footage("bigbuckbunny.mp4"), 60, 1)[..., 100:400, 400:800]
    made = pictures.run(EFFECT, Settings(style="coloured pencil", steadiness=0), frame, using=using)
    codes = (made[0].clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    path = folder / "painting.png"
    cv2.imwrite(str(path), codes[..., ::-1])
    return path
