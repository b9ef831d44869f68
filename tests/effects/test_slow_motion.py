"""What `slow_motion` promises beyond the contract: cuts, precision, exact times, quality."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pictures
import pytest
import torch
from pictures import Footage, psnr
from torch import Tensor

from opticals.effects.slow_motion import EFFECT, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HALF = Fraction(1, 2)


@pytest.fixture(scope="module", autouse=True)
def _installed(models: Callable[..., None]) -> None:
    models("rife")


def at(medium: Tensor, time: Fraction, dtype: str = "float32", cuts: Sequence[int] = ()) -> Tensor:
    settings = Settings(factor=max(time.denominator, 2))
    place = int(time * settings.factor)
    using = pictures.context(dtype)
    return pictures.run(EFFECT, settings, medium, place, place + 1, cuts=cuts, using=using)[0]


@pytest.mark.parametrize(
    ("values", "speed"),
    [
        ({}, Fraction(1, 2)),
        ({"factor": 8}, Fraction(1, 8)),
        ({"factor": 3}, Fraction(1, 3)),
        ({"speed": 40}, Fraction(2, 5)),
        ({"speed": 33, "factor": 8}, Fraction(33, 100)),
    ],
)
def test_speed_is_exact(values: dict[str, object], speed: Fraction) -> None:
    assert EFFECT.speed(EFFECT.configure(values)) == speed


def test_a_cut_is_never_blended(footage: Footage) -> None:
    """Frames 29 and 30 of the film are of two shots: before the middle the one, then the other."""
    medium = pictures.read(footage("bikes.mp4"), 26, 8)[..., 80:208, 200:328]
    for time, held in (
        (Fraction(13, 4), 3),
        (Fraction(10, 3), 3),
        (Fraction(7, 2), 4),
        (Fraction(15, 4), 4),
    ):
        assert torch.equal(at(medium, time), medium[held])
    assert not torch.equal(at(medium, Fraction(5, 2)), medium[2])
    assert not torch.equal(at(medium, Fraction(9, 2)), medium[4])


def test_the_last_frame_is_held(footage: Footage) -> None:
    medium = pictures.read(footage("bikes.mp4"), 10, 2)[..., :64, :64]
    assert torch.equal(at(medium, Fraction(3, 2)), medium[1])


@pytest.mark.parametrize("first", [20, 50, 190])
def test_it_beats_blending_on_frames_left_out(first: int, footage: Footage) -> None:
    left, hidden, right = pictures.read(footage("bikes.mp4"), first, 3)
    made = at(torch.stack((left, right)), HALF)
    assert psnr(made, hidden) > psnr((left + right) / 2, hidden) + 3


@pytest.mark.parametrize("first", [10, 100, 143])
def test_bfloat16_does_not_show(first: int, footage: Footage) -> None:
    medium = pictures.read(footage("bikes.mp4"), first, 2)
    assert psnr(at(medium, HALF, "bfloat16"), at(medium, HALF)) > 45


def test_a_flash_is_not_taken_for_a_cut(footage: Footage) -> None:
    medium = pictures.read(footage("bikes.mp4"), 10, 5)[..., 80:208, 200:328]
    medium[2] = medium[2] * 0.3 + 0.7
    for time in (Fraction(3, 2), Fraction(5, 2)):
        near = (medium[int(time)], medium[int(time) + 1])
        assert not any(torch.equal(at(medium, time), one) for one in near)


def test_the_time_asked_for_is_the_time_made(footage: Footage) -> None:
    """Of four hidden frames' places the first is nearest to what is made of the first quarter."""
    film = pictures.read(footage("bikes.mp4"), 48, 5)
    ends = torch.stack((film[0], film[4]))
    for quarter in (1, 3):
        made = at(ends, Fraction(quarter, 4))
        assert psnr(made, film[quarter]) > psnr(made, film[4 - quarter]) + 3


def test_over_white_moves_with_the_picture(footage: Footage) -> None:
    """What is above white changes nothing below it: motion is found in the clamped picture."""
    medium = pictures.read(footage("bikes.mp4"), 50, 2)
    medium = torch.where(medium > 0.97, medium + 2, medium)
    made, clamped = at(medium, HALF), at(medium.clamp(0, 1), HALF)
    near_white = torch.nn.functional.max_pool2d(clamped, 5, 1, 2).amax(0) > 0.8
    assert torch.equal(made[:, ~near_white], clamped[:, ~near_white])
    assert float(made.max()) > 2.9
