"""`stylize` on real footage: it paints, it is steady, and it mixes nothing that is apart."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor
from torch.nn import functional as F

from opticals.effects import stylize
from opticals.effects.stylize import BUILT_IN, EFFECT, Settings
from opticals.errors import MediaError
from opticals.nets.magenta import STYLES
from opticals.vision import flow

MIDDLE = 3


@pytest.fixture(scope="module", autouse=True)
def _models(models: pictures.Callable[..., None]) -> None:
    models(stylize.MODEL, stylize.READER, stylize.PAINTER)


@pytest.fixture(scope="module")
def film(footage: Footage) -> Tensor:
    """Somebody walks past a wall under a hand-held camera, `[10, 3, 136, 200]`."""
    return pictures.read(footage("bikes.mp4"), 199, 10)[..., 100:236, 160:360]


def one(film: Tensor, settings: Settings, index: int = MIDDLE) -> Tensor:
    return pictures.run(EFFECT, settings, film, index, index + 1)[0]


def change(made: Tensor, film: Tensor) -> float:
    """Root mean square of what changes from frame to frame and does not move, where both frames
    show the same thing (Lai et al., "Learning Blind Video Temporal Consistency", ECCV 2018)."""
    total, pixels = 0.0, 0.0
    for index in range(1, len(film)):
        there = flow.flow(film[index], film[index - 1])
        back = flow.flow(film[index - 1], film[index])
        seen = (flow.occlusion(there, back) > 0.5) * flow.inside(there)
        apart = (made[index] - flow.warp(made[index - 1], there)).square().mean(0)
        total += float((apart * seen).sum())
        pixels += float(seen.sum())
    return (total / pixels) ** 0.5


@pytest.mark.parametrize("style", ["blue and gold strokes", "sand pastel"])
def test_it_is_steady(film: Tensor, style: str) -> None:
    alone, steady = (
        change(pictures.run(EFFECT, settings, film, 2, 8), film[2:8])
        for settings in (Settings(style=style, steadiness=0), Settings(style=style))
    )
    assert steady < 0.5 * alone


def test_strokes_are_not_smeared(film: Tensor) -> None:
    """Averaging takes the weave that flickers; of the coarser strokes most contrast is left."""

    def contrast(picture: Tensor) -> float:
        coarse = F.avg_pool2d(picture, 4)
        return float((coarse - F.avg_pool2d(coarse, 5, 1, 2)).std())

    alone, steady = one(film, Settings(steadiness=0)), one(film, Settings())
    assert contrast(steady) > 0.75 * contrast(alone)


def test_what_is_in_one_frame_alone_leaves_no_ghost(film: Tensor) -> None:
    """The painting of a flash changes the frames beside it no more than the painter's
    normalisation, which a frame has to itself, lets it."""
    with_it = film.clone()
    with_it[MIDDLE, :, 50:80, 80:110] = 1 - film[MIDDLE, :, 50:80, 80:110]
    inner = (slice(None), slice(54, 76), slice(84, 106))
    beside = [one(shot, Settings(), MIDDLE + 1)[inner] for shot in (film, with_it)]
    itself = [one(shot, Settings())[inner] for shot in (film, with_it)]
    assert (beside[1] - beside[0]).abs().mean() < 0.1 * (itself[1] - itself[0]).abs().mean()


def test_built_in_styles_are_all_different(film: Tensor) -> None:
    assert len(set(BUILT_IN)) == len(BUILT_IN) == STYLES
    small = film[:1, :, :48, :48]
    made = [one(small, Settings(style=style), 0) for style in BUILT_IN]
    for index, picture in enumerate(made):
        for other in made[:index]:
            assert (picture - other).abs().mean() > 0.01


def test_any_picture_is_a_style(film: Tensor, tmp_path: Path) -> None:
    """Paintings in colours of another kind take those on, and differ from each other."""
    chance = np.random.default_rng(0)
    made = []
    for name, colour in (("red", (40, 40, 200)), ("blue", (200, 60, 40))):
        blots = cv2.GaussianBlur(chance.normal(0, 255, (256, 320, 1)).astype(np.float32), (0, 0), 4)
        painting = (np.array(colour) + 3 * blots[..., None]).clip(0, 255).astype(np.uint8)
        cv2.imwrite(str(tmp_path / f"{name}.png"), painting)
        made.append(one(film, Settings(picture=str(tmp_path / f"{name}.png")), 0).mean((1, 2)))
    red, blue = made
    assert red[0] > red[2] + 0.1
    assert blue[2] > blue[0] + 0.1


def test_a_style_that_is_no_picture(film: Tensor, tmp_path: Path) -> None:
    (tmp_path / "style.png").write_text("no picture")
    with pytest.raises(MediaError):
        one(film, Settings(picture=str(tmp_path / "style.png")), 0)


def test_strength(film: Tensor) -> None:
    assert torch.equal(one(film, Settings(strength=0)), film[MIDDLE])
    half, full = (one(film, Settings(strength=strength)) for strength in (0.5, 1.0))
    assert torch.allclose(half, (film[MIDDLE] + full) / 2, atol=1e-6)


def test_the_colours_of_the_source(film: Tensor) -> None:
    made, source = one(film, Settings(colour="source")), film[MIDDLE]
    for difference in (
        made[0] - made[1] - source[0] + source[1],
        made[2] - made[1] - source[2] + source[1],
    ):
        assert difference.abs().max() < 1e-5
    assert (made - source).abs().mean() > 0.05


def test_what_is_beyond_white_stays_beyond(film: Tensor) -> None:
    bright = film[:1].clone()
    bright[..., 40:60, 40:60] = 5.0
    made, clipped = (one(shot, Settings(), 0) for shot in (bright, bright.clamp(0, 1)))
    assert torch.allclose(made - bright[0], clipped - bright[0].clamp(0, 1), atol=1e-6)


def test_large_pictures_have_no_seams(film: Tensor) -> None:
    """Painted in tiles, which know the whole picture's normalisation, as painted in one."""
    large = F.interpolate(film[:1], scale_factor=5, mode="bicubic")
    settings = Settings(detail=1024)
    whole, tiled = (
        pictures.run(EFFECT, settings, large, using=pictures.context(tile=tile))[0]
        for tile in (4096, 384)
    )
    assert pictures.psnr(tiled, whole) > 60


def test_a_painting_enlarged_follows_the_edges_of_the_frame() -> None:
    """A slanted edge through a picture eight times as large as what is painted: the painting's
    edge is where the frame's is, as sharp, and not a stairway of the small one's pixels."""
    rows, columns = torch.meshgrid(torch.arange(512.0), torch.arange(2048.0), indexing="ij")
    edge = ((columns - 1000 - 0.37 * (rows - 256)) / 2).clamp(-1, 1) * 0.3 + 0.5
    made = one(edge.expand(1, 3, -1, -1), Settings(style="moonlight", detail=256), 0)
    light = made.mean(0)
    side = light[:, :900].mean() < light[:, 1100:].mean()
    slope = (light.diff(dim=1) if side else -light.diff(dim=1))[40:-40, 880:1120]
    found = slope.argmax(1) + 880.5
    wanted = 1000 + 0.37 * (torch.arange(40.0, 472.0) - 256)
    assert (found - wanted).abs().median() <= 2


@pytest.mark.parametrize("detail", [256, 2048])
def test_odd_sizes(film: Tensor, detail: int) -> None:
    narrow = F.interpolate(film[:2], (3, 700), mode="bilinear")
    made = pictures.run(EFFECT, Settings(detail=detail), narrow)
    assert made.shape == (2, 3, 3, 700)
    assert made.isfinite().all()
