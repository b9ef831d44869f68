"""The noise estimate against noise put on real footage."""

from __future__ import annotations

import math

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.vision import noise

PLACES = [("bikes.mp4", 10), ("bikes.mp4", 160), ("bikes.mp4", 200), ("bigbuckbunny.mp4", 20)]


@pytest.fixture(scope="module", params=PLACES, ids=lambda place: f"{place[0]} {place[1]}")
def frame(request: pytest.FixtureRequest, footage: Footage) -> Tensor:
    name, at = request.param
    return pictures.read(footage(name), at, 1)[0]


def white(picture: Tensor) -> Tensor:
    return torch.randn(picture.shape, generator=torch.Generator().manual_seed(3))


def test_clean_footage_has_none(frame: Tensor) -> None:
    found = noise.measure(frame)
    assert found.luma < 1 / 255
    assert found.chroma < 1 / 255


@pytest.mark.parametrize("codes", [5, 10, 25, 50])
def test_equal_noise(frame: Tensor, codes: float) -> None:
    found = noise.measure(frame + codes / 255 * white(frame))
    assert found.luma == pytest.approx(codes / 255, rel=0.1)
    assert found.chroma == pytest.approx(codes / 255, rel=0.1)


def test_luma_and_chroma_apart(frame: Tensor) -> None:
    grey = white(frame)[:1].expand(3, -1, -1)
    found = noise.measure(frame + 0.04 * grey)
    assert found.luma == pytest.approx(0.04 * 3**0.5, rel=0.1)  # along the grey axis
    assert found.chroma < 1 / 255


@pytest.mark.parametrize(("gain", "floor"), [(0.01, 0.0001), (0.02, 0.0004)])
def test_noise_that_grows_with_light(frame: Tensor, gain: float, floor: float) -> None:
    found = noise.measure(frame + (gain * frame + floor).sqrt() * white(frame))
    for signal in (0.2, 0.5, 0.8):
        true = (gain * signal + floor) ** 0.5
        assert float(found.sigma(torch.tensor(signal))) == pytest.approx(true, rel=0.15)


def test_clipped_and_quantised_noise(frame: Tensor) -> None:
    noisy = ((frame + 20 / 255 * white(frame)).clamp(0, 1) * 255).round() / 255
    assert noise.measure(noisy).luma == pytest.approx(20 / 255, rel=0.15)


@pytest.mark.parametrize("size", [(1, 1), (17, 3), (18, 18), (20, 90)])
def test_tiny_flat_and_broken_pictures(frame: Tensor, size: tuple[int, int]) -> None:
    small = frame[:, : size[0], : size[1]].clone()
    small[:, 0, 0] = math.nan
    for picture in (small, torch.full_like(small, 0.5), torch.full_like(small, math.nan)):
        found = noise.measure(picture)
        assert all(math.isfinite(value) and value >= 0 for value in vars(found).values())
    assert noise.measure(torch.full_like(small, 0.5)).luma == pytest.approx(0, abs=1e-4)
