"""Neighbours merged into a frame: noise goes, nothing else does."""

from __future__ import annotations

import math
from fractions import Fraction

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.declaration import Frames
from opticals.vision import flow, merging

AROUND = (-2, -1, 1, 2)
SIGMA = 15 / 255


def merged(frames: Frames, index: int, sigma: float) -> Tensor:
    own = (frames.at(index), torch.ones(1, *frames.pixels.shape[-2:]))
    return merging.mean([own, *merging.aligned(frames, index, AROUND, sigma=sigma)])


@pytest.fixture(scope="module")
def film(footage: Footage) -> Tensor:
    return pictures.read(footage("bikes.mp4"), 8, 6)


def test_noise_goes_and_the_picture_stays(film: Tensor) -> None:
    noise = torch.randn(film.shape, generator=torch.Generator().manual_seed(0))
    noisy = Frames(film + SIGMA * noise, 0, (Fraction(2),))
    gain = pictures.psnr(merged(noisy, 2, SIGMA), film[2]) - pictures.psnr(noisy.at(2), film[2])
    assert gain > 3  # dB; five frames at most give 7
    clean = Frames(film, 0, (Fraction(2),))
    assert pictures.psnr(merged(clean, 2, 0.0), film[2]) > 45


def test_another_picture_has_no_weight(footage: Footage, film: Tensor) -> None:
    other = pictures.read(footage("bikes.mp4"), 100, 1)
    frames = Frames(torch.cat((film[:1], other)), 0, (Fraction(0),))
    ((_, weight),) = merging.aligned(frames, 0, (1,), sigma=0.01)
    assert weight.mean() < 0.1


def test_runs_of_any_extent_give_the_same(film: Tensor) -> None:
    small = film[..., 100:164, 200:296]
    whole = Frames(small, 0, (Fraction(2), Fraction(3)))
    for index in (2, 3):
        alone = Frames(small[index - 2 : index + 3], index - 2, (Fraction(index),))
        assert torch.equal(merged(whole, index, SIGMA), merged(alone, index, SIGMA))


def test_each_flow_is_searched_once(film: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    searches = []
    real = flow.search
    monkeypatch.setattr(
        merging, "search", lambda one, other: searches.append(1) or real(one, other)
    )
    frames = Frames(film[..., :64, :96], 0, (Fraction(2), Fraction(3)))
    for index in (2, 3):
        merged(frames, index, SIGMA)
    # Frames 2 and 3 have neighbours 0, 1, 3, 4 and 1, 2, 4, 5: 7 pairs, both ways.
    assert len(searches) == 14


def test_ends_of_a_shot(film: Tensor) -> None:
    frames = Frames(film[:2, :, :17, :3], 0, (Fraction(0),))
    assert len(merging.aligned(frames, 0, AROUND, sigma=SIGMA)) == 1
    alone = Frames(film[:1, :, :1, :1], 0, (Fraction(0),))
    assert torch.equal(merged(alone, 0, SIGMA), alone.at(0))


def test_pixels_that_are_no_number_are_left_out(film: Tensor) -> None:
    broken = film[:5, :, 100:164, 200:296].clone()
    broken[1, :, 30, 40] = math.nan
    broken[3, :, 20, 20] = math.inf
    made = merged(Frames(broken, 0, (Fraction(2),)), 2, SIGMA)
    assert made.isfinite().all()


def test_super_whites_are_merged_too(film: Tensor) -> None:
    bright = film[:5, :, 100:164, 200:296].clone()
    bright[..., 20:44, 30:60] = 6.0
    made = merged(Frames(bright, 0, (Fraction(2),)), 2, SIGMA)
    assert made[:, 30:34, 40:50] == pytest.approx(torch.full((3, 4, 10), 6.0), abs=0.02)


def test_a_change_of_light_has_no_weight(film: Tensor) -> None:
    """The motion is the same and nothing is hidden, but it is no longer the same picture."""
    lit = film[:2].clone()
    lit[1, :, 100:160, 200:300] += 0.15
    ((_, weight),) = merging.aligned(Frames(lit, 0, (Fraction(0),)), 0, (1,), sigma=0.02)
    assert weight[:, 110:150, 210:290].mean() < 0.05
    ((_, same),) = merging.aligned(Frames(film[:2], 0, (Fraction(0),)), 0, (1,), sigma=0.02)
    assert same[:, 110:150, 210:290].mean() > 0.5
