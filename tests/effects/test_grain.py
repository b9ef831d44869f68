"""Grain measured on real frames that grain was put on, and made again."""

from __future__ import annotations

import math
from fractions import Fraction

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.vision import filters, grain

TIME = Fraction(7)


def film_grain(picture: Tensor, size: float) -> Tensor:
    """Clumps of `size` pixels, shared in part by the channels, stronger in the light."""
    white = torch.randn(picture.shape, generator=torch.Generator().manual_seed(5))
    made = filters.blur(white, size)
    made = made + 0.7 * made[1:2]
    return made / made.std() * 0.04 * (0.4 + picture.mean(0)).clamp(max=1.2)


def relations(values: Tensor) -> Tensor:
    """Correlation at one and two pixels, across and down, and between channels."""
    values = values - values.mean((1, 2), keepdim=True)
    power = values.square().mean()
    return torch.stack(
        [
            (values[..., 1:] * values[..., :-1]).mean() / power,
            (values[..., 2:] * values[..., :-2]).mean() / power,
            (values[:, 1:] * values[:, :-1]).mean() / power,
            (values[0] * values[1]).mean() / (values[0].std() * values[1].std()),
            (values[0] * values[2]).mean() / (values[0].std() * values[2].std()),
        ]
    )


@pytest.fixture(scope="module")
def frame(footage: Footage) -> Tensor:
    return pictures.read(footage("bikes.mp4"), 10, 1)[0]


@pytest.mark.parametrize("size", [0.5, 1.0])
@pytest.mark.parametrize("at", [10, 100])
def test_grain_on_film_is_made_again(footage: Footage, at: int, size: float) -> None:
    picture = pictures.read(footage("bikes.mp4"), at, 1)[0]
    true = film_grain(picture, size)
    made = grain.measure(picture + true).make(picture, 1, TIME)
    assert 0.9 < made.std() / true.std() < 1.1
    assert abs(made.mean()) < 0.001
    assert (relations(made) - relations(true)).abs().max() < 0.1
    light = picture.mean(0) > picture.mean()
    for part in (light, ~light):
        assert 0.85 < made[:, part].std() / true[:, part].std() < 1.15


def test_clean_pictures_have_little(frame: Tensor) -> None:
    assert grain.measure(frame).make(frame, 1, TIME).std() < 1.5 / 255


def test_the_same_for_the_same_frame_alone(frame: Tensor) -> None:
    found = grain.measure(frame + film_grain(frame, 1.0))
    made = found.make(frame, 1, TIME)
    assert torch.equal(made, found.make(frame, 1, TIME))
    for seed, time in ((2, TIME), (1, TIME + 1), (1, TIME + Fraction(1, 2))):
        other = found.make(frame, seed, time)
        likeness = (made * other).mean() / (made.std() * other.std())
        assert abs(likeness) < 0.05


def test_no_pattern_is_repeated(frame: Tensor) -> None:
    """No shift beyond the grain's own size brings it over itself."""
    made = grain.measure(frame + film_grain(frame, 1.0)).make(torch.full_like(frame, 0.5), 1, TIME)
    spectrum = torch.fft.rfft2(made[0]).abs().square()
    likeness = torch.fft.irfft2(spectrum)
    likeness = likeness / likeness[0, 0]
    likeness[:12, :12] = likeness[-12:, :12] = likeness[:12, -12:] = likeness[-12:, -12:] = 0
    assert likeness.max() < 0.05


def test_measured_beside_a_hole(frame: Tensor) -> None:
    """Grain that the hole's content does not have is found around it."""
    true = film_grain(frame, 1.0)
    picture = frame + true
    where = torch.ones_like(frame[:1])
    where[:, 60:200, 200:440] = 0
    picture[:, 60:200, 200:440] = 0.5
    made = grain.measure(picture, where).make(frame, 1, TIME)[:, 60:200, 200:440]
    assert 0.85 < made.std() / true[:, 60:200, 200:440].std() < 1.15


@pytest.mark.parametrize("size", [(1, 1), (17, 3), (9, 40)])
def test_tiny_and_broken_pictures(frame: Tensor, size: tuple[int, int]) -> None:
    small = frame[:, : size[0], : size[1]].clone()
    small[:, 0, 0] = math.nan
    for found in (grain.measure(small), grain.measure(frame), grain.measure(frame, frame[:1] * 0)):
        made = found.make(small, 1, TIME)
        assert made.shape == small.shape
        assert made.isfinite().all()
    assert grain.measure(frame, frame[:1] * 0).make(frame, 1, TIME).abs().max() == 0
