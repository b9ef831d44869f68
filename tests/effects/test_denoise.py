"""`denoise` on real footage with noise of a known kind put on it."""

from __future__ import annotations

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.effects import denoise
from opticals.effects.denoise import EFFECT, Settings
from opticals.media.colour.views import view_of
from opticals.media.facts import Tags
from opticals.rendering.context import RenderContext
from opticals.rendering.device import Settled
from opticals.vision.denoising import Stabiliser

GAIN, FLOOR = 0.01, 0.0004  # of a sensor: a deviation of 0.02 at black, 0.1 at white
MIDDLE = 3


@pytest.fixture(scope="module", autouse=True)
def _model(models: pictures.Callable[..., None]) -> None:
    models(denoise.MODEL)


@pytest.fixture(scope="module")
def film(footage: Footage) -> Tensor:
    """Cars that move behind a locked-off street, `[7, 3, 160, 240]`."""
    return pictures.read(footage("bikes.mp4"), 150, 7)[..., 60:220, 200:440]


def noisy(clean: Tensor, gain: float, floor: float, seed: int = 0) -> Tensor:
    """Poisson-Gaussian noise, independent in all pixels, channels and frames; not clipped."""
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(seed))
    return clean + (gain * clean + floor).sqrt() * noise


def one(film: Tensor, settings: Settings, index: int = MIDDLE) -> Tensor:
    return pictures.run(EFFECT, settings, film, index, index + 1)[0]


def test_neighbours_help_against_the_noise_of_a_sensor(film: Tensor) -> None:
    shot = noisy(film, GAIN, FLOOR)
    alone, helped = (
        pictures.psnr(one(shot, Settings(reach=reach)), film[MIDDLE]) for reach in (0, 3)
    )
    assert alone > pictures.psnr(shot[MIDDLE], film[MIDDLE]) + 9
    assert helped > alone + 1.5


def test_strong_noise_of_any_brightness(film: Tensor) -> None:
    shot = noisy(film, 0, (25 / 255) ** 2)
    gain = pictures.psnr(one(shot, Settings()), film[MIDDLE])
    assert gain > pictures.psnr(shot[MIDDLE], film[MIDDLE]) + 9


def test_clean_footage_stays(film: Tensor) -> None:
    assert pictures.psnr(one(film, Settings()), film[MIDDLE]) > 45


def test_shadows_colours_and_white_keep_their_level() -> None:
    """The mean of a noisy surface stays, and noise goes at black and white too, beyond which half
    of it is."""
    colours = torch.tensor([[0.01, 0.02, 0.015], [0.1, 0.3, 0.2], [0.95, 0.9, 1.0]])
    clean = colours.repeat_interleave(32, 0).T[None, :, :, None].expand(7, 3, 96, 96)
    shot = noisy(clean, GAIN, FLOOR)
    made = one(shot, Settings())
    for row, colour in enumerate(colours):
        surface = made[:, 32 * row + 6 : 32 * row + 26, 6:-6]
        assert surface.mean((1, 2)) == pytest.approx(colour, abs=1.5 / 255)
        assert surface.std((1, 2)).max() < 2 / 255


def test_what_is_in_one_frame_alone_stays_there(film: Tensor) -> None:
    """A flash of a thing: it is whole in its frame, and no ghost of it in the next ones."""
    shot = noisy(film, GAIN, FLOOR)
    with_it = shot.clone()
    there = torch.zeros(film.shape[-2:], dtype=torch.bool)
    there[60:84, 100:124] = True
    with_it[MIDDLE, :, there] = shot[MIDDLE, :, there] * 0.2 + 0.75
    for index in (MIDDLE - 1, MIDDLE + 1):
        apart = one(with_it, Settings(), index) - one(shot, Settings(), index)
        assert apart[:, there].abs().mean() < 2 / 255
    flash = one(with_it, Settings())[:, there]
    assert flash.mean() == pytest.approx(float(with_it[MIDDLE][:, there].mean()), abs=2 / 255)


def test_luma_and_chroma_apart(film: Tensor) -> None:
    shot = noisy(film, GAIN, FLOOR)
    source = shot[MIDDLE]
    assert torch.equal(one(shot, Settings(luma=0, chroma=0)), source)
    colours = one(shot, Settings(luma=0, reach=0))
    assert torch.allclose(colours.mean(0), source.mean(0), atol=1e-6)
    light = one(shot, Settings(chroma=0, reach=0))
    chroma = [picture - picture.mean(0) for picture in (light, source)]
    assert torch.allclose(*chroma, atol=1e-6)
    both, clean = one(shot, Settings(reach=0)), film[MIDDLE]
    assert max(pictures.psnr(part, clean) for part in (colours, light)) < pictures.psnr(both, clean)
    assert min(pictures.psnr(part, clean) for part in (colours, light)) > pictures.psnr(
        source, clean
    )


def test_coloured_noise_takes_a_stronger_run(film: Tensor) -> None:
    grey = noisy(film[:, :1], 0, 0.02**2).mean(1, keepdim=True) - film[:, :1]
    tint = noisy(torch.zeros_like(film), 0, 0.06**2, seed=1)
    shot = film + grey + tint - tint.mean(1, keepdim=True)
    made = one(shot, Settings(reach=0))
    assert pictures.psnr(made, film[MIDDLE]) > pictures.psnr(shot[MIDDLE], film[MIDDLE]) + 6


def test_grain_is_given_back_by_its_share(film: Tensor) -> None:
    shot = noisy(film, GAIN, FLOOR)
    assert torch.equal(one(shot, Settings(grain=1)), shot[MIDDLE])
    none, half = (one(shot, Settings(grain=grain, reach=0)) for grain in (0.0, 0.5))
    assert torch.allclose(half, (none + shot[MIDDLE]) / 2, atol=1e-6)


def test_highlights_above_white_are_cleaned_by_their_neighbours() -> None:
    shot = noisy(torch.full((7, 3, 64, 64), 0.4), 0, 0.02**2)
    shot[..., 20:44, 20:44] += 3.6
    made = one(shot, Settings())[:, 24:40, 24:40]
    assert made.mean() == pytest.approx(4.0, abs=0.01)
    assert made.std() < 0.6 * float(shot[MIDDLE, :, 24:40, 24:40].std())


def test_material_not_meant_for_a_display(film: Tensor) -> None:
    """PQ: the codes themselves are cleaned; what displays show serves to find the motion."""
    clean = 0.1 + 0.5 * film
    shot = noisy(clean, 0.001, 0.0001)
    view = view_of(Tags(primaries=9, transfer=16))
    using = RenderContext(Settled("cpu", "float32", 384, {}), 0, lambda note: None, view)
    made = pictures.run(EFFECT, Settings(), shot, MIDDLE, MIDDLE + 1, using=using)[0]
    assert pictures.psnr(made, clean[MIDDLE]) > pictures.psnr(shot[MIDDLE], clean[MIDDLE]) + 8


@pytest.mark.parametrize(("gain", "floor"), [(GAIN, FLOOR), (0.02, 0.0), (0.0, 0.01)])
def test_the_curve_makes_noise_even_and_the_way_back_keeps_the_mean(
    gain: float, floor: float
) -> None:
    curve = Stabiliser(gain, floor)
    levels = torch.tensor([0.2, 0.4, 0.7, 1.0])
    samples = noisy(levels[:, None].expand(4, 200_000), gain, floor)
    values = curve.apply(samples)
    assert values.std(1) == pytest.approx(torch.full((4,), curve.sigma), rel=0.05)
    assert curve.undo(values.mean(1), 1.0) == pytest.approx(levels, abs=2e-3)
    assert torch.allclose(curve.undo(curve.apply(levels)), levels, atol=1e-5)
