"""`key` on plates made of a known foreground before an uneven, noisy backing."""

from __future__ import annotations

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.effects import key
from opticals.vision import filters, keying
from tests.quality import cutouts
from tests.quality import key as plates

EFFECT = key.EFFECT


@pytest.fixture(scope="module", params=[plates.BLUE, plates.GREEN], ids=["blue", "green"])
def plate(request: pytest.FixtureRequest, footage: Footage) -> plates.Plate:
    return plates.plate(cutouts.cyclist(footage, 180, 320), request.param, 2)


def made(shot: Tensor, **values: object) -> Tensor:
    return pictures.run(EFFECT, EFFECT.configure(values), shot)


def test_nothing_of_the_backing_and_all_of_the_foreground(plate: plates.Plate) -> None:
    alpha = made(plate.shot)[:, 3:]
    true = torch.stack([one.alpha for one in plate.truth])
    assert alpha[filters.grow(true, 3) <= 0].quantile(0.999) < 0.01
    assert alpha[filters.grow(true, -3) >= 1].quantile(0.001) > 0.99
    soft = (true > 0.02) & (true < 0.98)
    assert (alpha - true).abs()[soft].mean() < 0.1


def test_nothing_of_the_backings_hue_is_left(plate: plates.Plate) -> None:
    over = made(plate.shot, output="composite", colour=plates.BEHIND)
    whole = keying.keyness(plate.backing, plate.backing).mean()
    left = torch.stack([keying.keyness(one, plate.backing) for one in over]).clamp(min=0)
    assert (left / whole).flatten().quantile(0.999) < 0.02


def test_the_backing_is_found(plate: plates.Plate) -> None:
    small = [torch.nn.functional.avg_pool2d(one, 4).clamp(0, 1) for one in plate.shot]
    colour = keying.found(small)
    assert colour is not None
    middle = plate.backing.flatten(1).median(1).values
    assert (colour - middle).abs().max() < 0.12


def test_a_picked_colour_needs_no_look_at_the_shot(plate: plates.Plate) -> None:
    middle = plate.backing.flatten(1).median(1).values
    code = "#" + "".join(f"{round(float(value) * 255):02x}" for value in middle)
    settings = EFFECT.configure({"backing": code})
    assert not EFFECT.surveys(settings)
    picked = pictures.run(EFFECT, settings, plate.shot)[:, 3:]
    assert (picked - made(plate.shot)[:, 3:]).abs().mean() < 0.01


def test_pixels_without_the_backings_hue_stay_bit_for_bit(plate: plates.Plate) -> None:
    shot = plate.shot.clone()
    shot[:, :, 80:90, 150:160] = torch.tensor([1.4, 1.2, 1.1])[:, None, None]  # a super-white
    result = made(shot)
    assert torch.equal(result[:, :3, 80:90, 150:160], shot[:, :, 80:90, 150:160])
    assert (result[:, 3, 82:88, 152:158] == 1).all()


def test_without_a_backing_nothing_is_keyed(footage: Footage) -> None:
    grey = pictures.read(footage("bikes.mp4"), 60, 1).mean(1, keepdim=True).expand(-1, 3, -1, -1)
    result = made(grey[..., ::4, ::4].contiguous())
    assert (result[:, 3] == 1).all()
    assert torch.equal(result[:, :3], grey[..., ::4, ::4])


def test_glass_stays_glass_without_filling(plate: plates.Plate) -> None:
    """A grey pane of half opacity: kept as it is when inside is 0."""
    shot = plate.shot[:1].clone()
    shot[..., 20:160, 20:80] = 0.5 * 0.5 + 0.5 * plate.backing[..., 20:160, 20:80]
    alpha = made(shot, inside=0)[0, 3, 70:110, 40:60]
    assert alpha.mean() == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize("size", [(1, 1), (3, 17), (17, 3)])
def test_tiny_pictures_of_one_frame(size: tuple[int, int]) -> None:
    blue = torch.tensor([0.1, 0.2, 0.8])[:, None, None].expand(1, 3, *size).contiguous()
    result = made(blue)
    assert result.shape == (1, 4, *size)
    assert result.isfinite().all()
    assert (result[:, 3] == 0).all()
