"""Known grades undone by a reference: of the same frames, and of other frames of the shot."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from opticals.effects.match_colour import EFFECT, Settings
from opticals.vision import colour_match
from tests.effects import pictures
from tests.quality import grades
from tests.quality.table import Footage, Row, Sheet

_TARGET = 2.0  # a difference that is hardly seen


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    for name, film in _films(footage, short=short):
        for other, reference in (("a frame of it", film[2]), ("a frame of its end", film[-1])):
            before, after = [], []
            for grade in grades.GRADES.values():
                graded = grade(film[:4])
                made = _matched(graded, reference)
                before.append(grades.difference(graded, film[:4]))
                after.append(grades.difference(made, film[:4]))
            mean = float(np.mean(after))
            yield Row(
                f"{name}: {len(after)} grades undone by {other}, mean colour difference "
                f"(CIE 1976) from {np.mean(before):.1f}",
                f"{mean:.1f}, worst {max(after):.1f}",
                f"{_TARGET:.0f}" if other == "a frame of it" else "",
                mean < _TARGET if other == "a frame of it" else None,
            )
    ramp = torch.linspace(0, 1, 4096).expand(3, 1, -1)
    steepest, flattest = 0.0, 9.0
    for grade in grades.GRADES.values():
        graded = grade(film)
        change = colour_match.match(*(_colours(one) for one in (graded, film)))
        rises = change(ramp).diff(dim=-1) * 4095
        steepest = max(steepest, float(rises.diff(dim=-1).abs().max()))
        flattest = min(flattest, float(rises.min()))
    yield Row("ramps of 4096 greys: least slope", f"{flattest:.2f}", "above 0", flattest > 0)
    yield Row(
        "ramps of 4096 greys: largest change of slope between two steps",
        f"{steepest:.3f}",
        "below 0.1",
        steepest < 0.1,
    )


def sheets(footage: Footage) -> Iterator[Sheet]:
    ((_, film), *_) = _films(footage, short=False)
    rows = [("as it was", list(film[:4]))]
    for name, grade in grades.GRADES.items():
        graded = grade(film[:4])
        rows.append((f"{name}: graded", list(graded)))
        rows.append((f"{name}: matched to the first row's third", list(_matched(graded, film[2]))))
    yield Sheet("match_colour", rows)


def _films(footage: Footage, *, short: bool) -> Iterator[tuple[str, Tensor]]:
    yield "cyclists", pictures.read(footage("bikes.mp4"), 190, 30)[::5, :, ::2, ::2]
    if not short:
        yield "an animal", pictures.read(footage("bigbuckbunny.mp4"), 0, 120)[::20, :, ::4, ::4]


def _matched(film: Tensor, reference: Tensor) -> Tensor:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reference.png"
        codes = (reference.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
        cv2.imwrite(str(path), codes[..., ::-1])
        using = pictures.context()
        made = pictures.run(EFFECT, Settings(reference=str(path)), film, using=using)
        using.close()
    return made


def _colours(film: Tensor) -> NDArray[np.float64]:
    return colour_match.samples([colour_match.sampled(one) for one in film])
