"""Cut detection on real footage, and on what is easily taken for a cut."""

from __future__ import annotations

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.vision import cuts

BIKES = [29, 75, 136, 186, 241]  # the frames before the film's five cuts, found by eye


@pytest.fixture(scope="module")
def bikes(footage: Footage) -> Tensor:
    return cuts.thumbnails(pictures.read(footage("bikes.mp4"), 0, 250))


@pytest.fixture(scope="module")
def bunny(footage: Footage) -> Tensor:
    return cuts.thumbnails(pictures.read(footage("bigbuckbunny.mp4"), 0, 60))


def found(film: Tensor) -> list[int]:
    last = len(film) - 1
    return [
        index
        for index in range(last)
        if cuts.is_cut(*(film[min(max(index + near, 0), last)] for near in (-1, 0, 1, 2)))
    ]


def test_every_cut_and_no_other(bikes: Tensor, bunny: Tensor) -> None:
    assert found(bikes) == BIKES
    assert found(bunny) == []


@pytest.mark.parametrize("change", ["dark", "log", "noise"])
def test_exposure_and_noise_do_not_matter(change: str, bikes: Tensor) -> None:
    changed = {
        "dark": bikes * 0.25,
        "log": bikes**0.3 * 0.3 + 0.3,
        "noise": bikes + 0.01 * torch.randn(bikes.shape, generator=torch.manual_seed(0)),
    }[change]
    assert found(changed) == BIKES


def test_motion_is_no_cut(bunny: Tensor, bikes: Tensor) -> None:
    """Four times as fast, and in pairs of equal frames as animation on twos."""
    assert found(bunny[::4]) == []
    assert found(bunny[::2].repeat_interleave(2, 0)) == []
    assert found(bikes[76:137:3]) == []


def test_a_flash_is_no_cut(bikes: Tensor) -> None:
    film = bikes[:28].clone()
    film[8] = film[8] * 0.3 + 0.7
    film[16] = 1.0
    film[22] *= 0.4
    assert found(film) == []
