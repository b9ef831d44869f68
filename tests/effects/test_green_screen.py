"""`green_screen`: mattes, colours, masks and backgrounds, on things cut out of real films."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.declaration import Frames
from opticals.effects import green_screen
from opticals.vision import compositing, matting
from tests.quality import cutouts, mattes

EFFECT = green_screen.EFFECT
HEIGHT, WIDTH = 144, 256


@pytest.fixture(scope="module", autouse=True)
def _model(models: Callable[..., None]) -> None:
    models("u2netp")


@pytest.fixture(scope="module")
def truth(footage: Footage) -> list[cutouts.Cutout]:
    cut = cutouts.bunny(footage, HEIGHT, WIDTH)
    return [cut.moved(time) for time in range(3)]


@pytest.fixture(scope="module")
def plate(footage: Footage, truth: list[cutouts.Cutout]) -> Tensor:
    behind = cutouts.backgrounds(footage, HEIGHT, WIDTH, 3)[1]
    return torch.stack([one.over(film) for one, film in zip(truth, behind, strict=True)])


def made(plate: Tensor, **values: object) -> Tensor:
    return pictures.run(EFFECT, EFFECT.configure(values), plate)


def test_the_matte_is_closer_to_the_true_one_than_the_networks(
    plate: Tensor, truth: list[cutouts.Cutout]
) -> None:
    network = pictures.context().network("u2netp")
    with torch.inference_mode():
        bare = [
            torch.nn.functional.interpolate(
                matting.seen_by(network, one)[None],  # type: ignore[arg-type]
                (HEIGHT, WIDTH),
                mode="area",
            )[0]
            for one in plate
        ]
    ours = list(made(plate)[:, 3:])
    true = [one.alpha for one in truth]
    assert mattes.absolute(ours, true) < 0.75 * mattes.absolute(bare, true)
    assert mattes.gradient(ours, true) < 0.75 * mattes.gradient(bare, true)


def test_opaque_pixels_are_the_sources_bit_for_bit(plate: Tensor) -> None:
    bright = plate * 1.3  # super-whites among them
    result = made(bright)
    opaque = (result[:, 3:] == 1).expand(-1, 3, -1, -1)
    assert opaque.float().mean() > 0.05
    assert torch.equal(result[:, :3][opaque], bright[opaque])


def test_the_backgrounds_colour_is_taken_out_of_soft_edges(
    plate: Tensor, truth: list[cutouts.Cutout]
) -> None:
    """With the true matte, little of the background is left."""
    one, picture = truth[1], plate[1]
    found = matting.foreground(picture, one.alpha)
    assert abs(mattes.background_left(found, picture, one.colour, one.alpha)) < 0.25


def test_a_known_edge_is_solved_for(plate: Tensor) -> None:
    """A disc of one colour before another: a matte blurred by 5 pixels comes back sharp."""
    y, x = torch.meshgrid(torch.arange(90.0), torch.arange(160.0), indexing="ij")
    true = (30.5 - ((y - 45) ** 2 + (x - 80) ** 2).sqrt()).clamp(0, 1)[None]
    picture = true * torch.tensor([0.7, 0.5, 0.3])[:, None, None]
    picture = picture + (1 - true) * torch.tensor([0.2, 0.3, 0.5])[:, None, None]
    coarse = torch.nn.functional.avg_pool2d(true[None], 5, 1, 2)[0]
    solved = matting.refined(coarse, picture)
    assert (solved - true).abs().max() < 0.05


def test_neighbours_steady_the_matte(plate: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that misses half of the thing in every other frame: the misses get weaker."""
    still = plate[:1].repeat(7, 1, 1, 1)
    real = matting.seen_by

    def flickering(network: matting.Network, picture: Tensor) -> Tensor:
        calls.append(1)
        return real(network, picture) * (0.5 if len(calls) % 2 else 1.0)

    monkeypatch.setattr(matting, "seen_by", flickering)
    changes = {}
    for steadiness in (0, 1):
        calls: list[int] = []
        settings = EFFECT.configure({"steadiness": steadiness})
        frames = Frames(still, 0, tuple(Fraction(n) for n in range(7)))
        with torch.inference_mode():
            coarse = [
                green_screen._steadied(frames, index, settings, pictures.context()).mean()
                for index in range(7)
            ]
        changes[steadiness] = float(torch.stack(coarse).diff().abs().mean())
    assert changes[1] < 0.3 * changes[0]


class Left:
    """A mask of the left half."""

    def at(self, frame: int) -> Tensor:
        mask = torch.zeros(1, HEIGHT, WIDTH)
        mask[..., : WIDTH // 2] = 1
        return mask

    def known(self, frame: int) -> bool:
        return True


def test_masks_limit_and_keep(plate: Tensor) -> None:
    free = made(plate[:1])
    for mask_as, left, right in (("garbage", free, 0.0), ("core", 1.0, free)):
        settings = EFFECT.configure({"mask": "set", "mask_as": mask_as})
        alpha = pictures.run(EFFECT, settings, plate[:1], mask=Left())[0, 3]
        halves = alpha[:, : WIDTH // 2], alpha[:, WIDTH // 2 :]
        wanted = (
            (left[0, 3, :, : WIDTH // 2] if isinstance(left, Tensor) else torch.tensor(left)),
            (right[0, 3, :, WIDTH // 2 :] if isinstance(right, Tensor) else torch.tensor(right)),
        )
        for half, value in zip(halves, wanted, strict=True):
            assert torch.equal(half, value.expand_as(half))


def test_outputs_agree(plate: Tensor) -> None:
    cut = made(plate[:1])[0]
    grey = made(plate[:1], output="matte")[0]
    over = made(plate[:1], output="composite", colour="#204060")[0]
    assert torch.equal(grey, cut[3:].expand(3, -1, -1))
    behind = torch.tensor([0x20, 0x40, 0x60])[:, None, None] / 255
    assert torch.allclose(over, cut[3:] * cut[:3] + (1 - cut[3:]) * behind, atol=1e-6)


def test_a_composite_lies_over_a_picture_that_covers_the_frame(
    plate: Tensor, tmp_path: Path
) -> None:
    ramp = np.zeros((50, 300, 3), np.uint8)
    ramp[..., 2] = np.arange(300) * 255 // 299  # red rises from left to right
    cv2.imwrite(str(tmp_path / "ramp.png"), ramp)
    over = made(plate[:1], output="composite", background=str(tmp_path / "ramp.png"))[0]
    clear = made(plate[:1])[0, 3] == 0
    # Scaled to 144 lines the ramp is 864 wide, of which the middle 256 are seen.
    red = (torch.arange(WIDTH) + 0.5 + (864 - WIDTH) / 2) / 864
    assert (over[0] - red)[clear].abs().max() < 0.01
    assert over[1][clear].abs().max() < 0.005


@pytest.mark.parametrize("size", [(1, 1), (3, 17), (17, 3)])
def test_tiny_pictures_of_one_frame(size: tuple[int, int]) -> None:
    result = made(torch.rand(1, 3, *size))
    assert result.shape == (1, 4, *size)
    assert result.isfinite().all()


def test_covering_takes_the_middle() -> None:
    picture = torch.arange(6.0).expand(3, 2, 6)
    assert torch.equal(compositing.covering(picture, 2, 2)[0, 0], torch.tensor([2.0, 3.0]))
