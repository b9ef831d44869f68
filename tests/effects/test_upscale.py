"""What `upscale` promises beyond the contract: colour, seams, precision, detail and grain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pictures
import pytest
import torch
from pictures import Footage, psnr
from torch import Tensor

from opticals.effects.upscale import EFFECT, Settings, model, resize

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = 1 / 255


def enlarged(plate: Tensor, settings: Settings, dtype: str = "float32", tile: int = 384) -> Tensor:
    using = pictures.context(dtype, tile)
    return pictures.run(EFFECT, settings, plate, using=using)[0]


@pytest.fixture(scope="module")
def cyclist(footage: Footage) -> Tensor:
    """A man's face, arms and clothes, `[1, 3, 128, 160]`."""
    return pictures.read(footage("bikes.mp4"), 125, 1)[..., :128, 350:510]


@pytest.fixture(scope="module", autouse=True)
def _installed(models: Callable[..., None]) -> None:
    models("realesr-animevideov3", "realesrgan-x4plus")


@pytest.mark.parametrize(
    ("film", "index"), [("bikes.mp4", 5), ("bikes.mp4", 150), ("bigbuckbunny.mp4", 60)]
)
def test_colour_does_not_shift(film: str, index: int, footage: Footage) -> None:
    """Neither over the frame nor over any part of it of 64x64 pixels."""
    plate = pictures.read(footage(film), index, 1)[..., :256, :320]
    made = enlarged(plate, Settings())
    assert made.mean((1, 2)) == pytest.approx(plate[0].mean((1, 2)), abs=0.1 * CODE)
    parts = torch.nn.functional.avg_pool2d
    assert parts(made, 128) == pytest.approx(parts(plate[0], 64), abs=0.5 * CODE)


def test_tiles_leave_no_seam(footage: Footage) -> None:
    plate = pictures.read(footage("bikes.mp4"), 150, 1)[..., :140, :200]
    whole = enlarged(plate, Settings(), tile=1024)
    assert enlarged(plate, Settings(), tile=96) == pytest.approx(whole, abs=1e-5)


def test_tiles_of_the_large_network_leave_no_visible_seam(cyclist: Tensor) -> None:
    plate = cyclist[..., :48, :]
    whole = enlarged(plate, Settings(model="large"), tile=1024)
    tiled = enlarged(plate, Settings(model="large"), tile=156)
    assert psnr(tiled, whole) > 60
    jump = (tiled - whole).diff(dim=-1).abs().mean((0, 1))
    assert float(jump.max()) < CODE


@pytest.mark.parametrize(("name", "side"), [("compact", 128), ("large", 64)])
@pytest.mark.parametrize("scale", [2, 4])
def test_bfloat16_does_not_show(name: str, side: int, scale: int, cyclist: Tensor) -> None:
    settings = Settings(scale=scale, model=name)
    plate = cyclist[..., :side, :side]
    assert psnr(enlarged(plate, settings, "bfloat16"), enlarged(plate, settings)) > 45


def test_detail_blends_from_a_plain_enlargement(cyclist: Tensor) -> None:
    plain, half, all_of_it = (enlarged(cyclist, Settings(detail=d)) for d in (0.0, 0.5, 1.0))
    assert torch.equal(plain, resize(cyclist, 2)[0])
    assert half == pytest.approx((plain + all_of_it) / 2, abs=1e-6)
    assert psnr(plain, all_of_it) < 45


def test_grain_of_the_plate_comes_back(cyclist: Tensor) -> None:
    """Grain laid over a face: the network alone wipes it off, the setting gives it back."""
    noise = 0.02 * torch.randn(cyclist.shape, generator=torch.manual_seed(1))
    grainy = (cyclist + noise).clamp(0, 1)

    def grain_left(setting: float) -> float:
        made = enlarged(grainy, Settings(grain=setting)) - enlarged(cyclist, Settings(grain=0.0))
        reduced = torch.nn.functional.avg_pool2d(made, 2)
        return float((reduced * noise[0]).sum() / noise.square().sum())

    none, some, full = (grain_left(setting) for setting in (0.0, 0.35, 1.0))
    assert none < 0.35
    assert none + 0.1 < some < full
    assert full > 0.7


def test_it_brings_back_what_a_reduction_took(footage: Footage) -> None:
    """Closer to the full-size drawing than a cubic enlargement of its half."""
    original = pictures.read(footage("bigbuckbunny.mp4"), 100, 1)[..., 100:356, 400:656]
    plate = torch.nn.functional.avg_pool2d(original, 2)
    made, plain = enlarged(plate, Settings()), resize(plate, 2)[0]
    assert sharpness(made) > 1.2 * sharpness(plain)
    assert psnr(made, original[0]) > 30


def sharpness(picture: Tensor) -> float:
    return float(picture.diff(dim=-1).square().mean() + picture.diff(dim=-2).square().mean())


def test_auto_goes_by_the_device() -> None:
    assert model(Settings(), "cpu") == "realesr-animevideov3"
    assert model(Settings(), "cuda") == model(Settings(), "mps") == "realesrgan-x4plus"
    assert model(Settings(model="large"), "cpu") == "realesrgan-x4plus"


def test_noise_is_taken_away_before_enlarging(cyclist: Tensor, models: Callable[..., None]) -> None:
    """By the strength that is asked for, measured without being told; a clean plate stays."""
    models("ffdnet")
    noise = 0.06 * torch.randn(cyclist.shape, generator=torch.manual_seed(2))
    clean = enlarged(cyclist, Settings(grain=0.0))

    def off(strength: float, plate: Tensor) -> float:
        return psnr(enlarged(plate, Settings(grain=0.0, denoise=strength)), clean)

    none, half, full = (off(strength, cyclist + noise) for strength in (0.0, 0.5, 1.0))
    assert none + 1 < half
    assert half + 1 < full
    assert off(1.0, cyclist) > 40


def test_pixels_that_are_no_numbers(cyclist: Tensor) -> None:
    """They spoil no more than what lies around them, and an endless highlight stays bright."""
    plate = cyclist.clone()
    plate[..., 40, 40] = torch.nan
    plate[..., 80:84, 80:84] = torch.inf
    made, whole = enlarged(plate, Settings()), enlarged(cyclist, Settings())
    assert made.isfinite().all()
    assert made[:, 163:165, 163:165].min() > 1000
    far = (slice(None), slice(0, 24), slice(0, 24))
    assert made[far] == pytest.approx(whole[far], abs=CODE)
