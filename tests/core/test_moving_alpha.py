"""Alpha of a source goes along with effects that move pixels, through the whole pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from opticals.curve import NORMAL
from opticals.declaration import Effect, Frames
from opticals.media.facts import AS_TAGGED
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.media.write.encoding import choose
from opticals.rendering.context import RenderContext
from opticals.rendering.device import settle
from opticals.rendering.graph import Applied
from opticals.rendering.pipeline import Pass, render_run
from opticals.rendering.plan import Plan

from .films import noise, write_film

FRAMES, WIDTH, HEIGHT = 3, 32, 24
KIND = "yuva444p10le"


@dataclass(frozen=True)
class Nothing:
    pass


def flipped(frames: Frames, settings: Nothing, context: Any) -> Tensor:
    return frames.asked().flip(-1)


def doubled(frames: Frames, settings: Nothing, context: Any) -> Tensor:
    return frames.asked() * 0.5


FLIP = Effect("flip", "", "", 1, Nothing, flipped, moves=True)
HALF = Effect("half", "", "", 1, Nothing, doubled)


def alphas(tmp_path: Path, effects: list[Effect]) -> tuple[list[Tensor], list[Tensor]]:
    """The alpha planes of a film before and after."""
    pictures = noise(FRAMES, WIDTH, HEIGHT, KIND)
    media = probe(write_film(tmp_path / "a.mkv", pictures, codec="ffv1", pixel_format=KIND))
    plan = Plan(0, NORMAL, 0, FRAMES, 0)
    encoding = choose("ffv1", media, width=WIDTH, height=HEIGHT)
    steps = [Applied(one, Nothing()) for one in effects]
    work = Pass(media, AS_TAGGED, plan, steps, encoding, draft=False)
    context = RenderContext(settle("cpu"), 0, lambda note: None)
    (segment,) = plan.segments()
    target = tmp_path / "made.mov"
    render_run(work, context, [(segment, target)], lambda *finished: None, lambda: None)
    with reading(probe(target)) as reader:
        made = [planes[3].clone() for planes in reader.read(0, FRAMES)]
    return [planes[3] for planes in pictures], made


@pytest.mark.parametrize("others", [[], [HALF]], ids=["alone", "after another"])
def test_alpha_moves_with_the_picture(tmp_path: Path, others: list[Effect]) -> None:
    before, after = alphas(tmp_path, [*others, FLIP])
    for one, other in zip(before, after, strict=True):
        assert torch.equal(other, one.flip(-1))


def test_alpha_stays_where_nothing_moves(tmp_path: Path) -> None:
    before, after = alphas(tmp_path, [HALF])
    for one, other in zip(before, after, strict=True):
        assert torch.equal(other, one)
