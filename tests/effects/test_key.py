"""`key` on plates made of a known foreground before an uneven, noisy backing."""

from __future__ import annotations

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.effects import key
from opticals.errors import MediaError, SettingError
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


@pytest.fixture(scope="module")
def grey(footage: Footage) -> Tensor:
    """Two frames without any backing."""
    film = pictures.read(footage("bikes.mp4"), 60, 2).mean(1, keepdim=True).expand(-1, 3, -1, -1)
    return film[..., ::2, ::2][..., :90, :160].contiguous()


def test_without_a_backing_it_says_so(grey: Tensor) -> None:
    with pytest.raises(MediaError, match=r"no blue or green backing was found[^#]*#rrggbb"):
        made(grey)


def test_each_shot_has_a_backing_of_its_own(footage: Footage, grey: Tensor) -> None:
    """A blue shot, a green one, and one without any in one clip: each as if it were alone."""
    blue, green = (
        plates.plate(cutouts.cyclist(footage, 90, 160), colour, 2).shot
        for colour in (plates.BLUE, plates.GREEN)
    )
    clip = torch.cat((blue, green, grey))
    keyed = pictures.run(EFFECT, EFFECT.configure({}), clip, cuts=[2, 4])
    assert torch.equal(keyed[:2], made(blue))
    assert torch.equal(keyed[2:4], made(green))
    assert (keyed[4:, 3] == 1).all()
    assert torch.equal(keyed[4:, :3], grey)


@pytest.mark.parametrize(("black", "white"), [(0.5, 0.5), (0.6, 0.1)])
def test_black_that_is_not_below_white_is_refused(black: float, white: float) -> None:
    with pytest.raises(SettingError, match=r"key: black=.* is not below white="):
        EFFECT.configure({"black": black, "white": white})


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
