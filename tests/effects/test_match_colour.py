"""What `match_colour` promises: a known grade undone, no steps, no flicker, highlights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.effects.match_colour import EFFECT, Settings
from opticals.errors import MediaError
from opticals.media.colour.views import View, view_of
from opticals.media.facts import Tags
from opticals.vision import colour_match
from tests.quality import grades

GRADES = list(grades.GRADES.items())


@pytest.fixture(scope="module")
def film(footage: Footage) -> Tensor:
    return pictures.read(footage("bikes.mp4"), 140, 12)[..., ::2, ::2].clone()


@pytest.fixture(scope="module")
def still(film: Tensor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frame of the film as it was before it was graded."""
    path = tmp_path_factory.mktemp("still") / "reference.png"
    codes = (film[6].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
    cv2.imwrite(str(path), codes[..., ::-1])
    return path


@pytest.mark.parametrize(("name", "grade"), GRADES, ids=[name for name, _ in GRADES])
def test_a_known_grade_is_undone(
    name: str, grade: Callable[[Tensor], Tensor], film: Tensor, still: Path
) -> None:
    graded = grade(film)
    made = pictures.run(EFFECT, Settings(reference=str(still)), graded)
    before, after = (grades.difference(one, film) for one in (graded, made))
    assert before > 3  # the eye sees it
    assert after < 1.5
    assert after < before / 3


def test_strength_apart_for_brightness_and_colour(film: Tensor, still: Path) -> None:
    graded = grades.GRADES["warm"](film)
    settings = Settings(reference=str(still), brightness=0, colour=0)
    assert torch.allclose(pictures.run(EFFECT, settings, graded), graded, atol=1e-6)
    settings = Settings(reference=str(still), brightness=0)
    tint = pictures.run(EFFECT, settings, graded) - graded
    assert grades.luma(tint).abs().max() < 1e-5
    settings = Settings(reference=str(still), colour=0)
    light = pictures.run(EFFECT, settings, graded) - graded
    assert float((light - light.mean(1, keepdim=True)).abs().max()) < 1e-5


def test_ramps_stay_smooth_and_rising(film: Tensor) -> None:
    """Of 1024 steps of grey no two become one, none turns round, none is a jump."""
    ramp = torch.linspace(0, 1, 1024).expand(3, 1, -1)
    for _, grade in GRADES:
        change = _change(grade(film), film)
        made = change(ramp)
        rises = made.diff(dim=-1) * 1023
        assert float(rises.min()) > 0.02
        assert float(rises.max()) < 12
        assert float(rises.diff(dim=-1).abs().max()) < 0.25


def test_beyond_white_it_goes_on(film: Tensor) -> None:
    bright = torch.linspace(1, 8, 50).expand(3, 1, -1)
    for _, grade in GRADES:
        rises = _change(grade(film), film)(bright).diff(dim=-1)
        assert float(grades.luma(rises[None]).min()) > 0
        assert float(rises.diff(dim=-1).abs().max()) < 1e-4


def test_one_change_for_all_of_a_shot(film: Tensor, still: Path) -> None:
    """Frames that are equal come out equal, whatever passes in between; another shot has its
    own."""
    graded = grades.GRADES["warm"](film)
    graded[7] = graded[2]
    graded[4, :, :, :60] = 1
    settings = Settings(reference=str(still))
    made = pictures.run(EFFECT, settings, graded)
    assert torch.equal(made[7], made[2])
    dark = torch.cat((film, film * 0.5))
    found = pictures.applied(EFFECT, settings, dark, cuts=[12]).found
    assert [one["start"] for one in found] == [0, 12]
    made = pictures.run(EFFECT, settings, dark, cuts=[12])
    assert grades.difference(made[12:], film) < 1.5


def test_greys_stay_grey_where_asked(film: Tensor, still: Path) -> None:
    graded = grades.GRADES["warm"](film)
    graded[:, :, 40:60, 40:60] = torch.linspace(0.1, 0.9, 20)
    settings = Settings(reference=str(still), neutral=True)
    grey = pictures.run(EFFECT, settings, graded)[:, :, 40:60, 40:60]
    assert float((grey - grey.mean(1, keepdim=True)).abs().max()) < 1e-5


def test_black_bars_do_not_count(film: Tensor) -> None:
    barred = film.clone()
    barred[:, :, :20] = 0
    barred[:, :, -20:] = 0
    change = _change(film[:, :, 20:-20] * 0.7, barred)
    assert grades.difference(change(film[0, :, 20:-20] * 0.7)[None], film[:1, :, 20:-20]) < 1


@pytest.mark.parametrize("reference", [0.0, 0.5, 1.0])
def test_pictures_of_one_colour_are_no_accident(reference: float, film: Tensor) -> None:
    flat = torch.full_like(film, reference)
    for source, target in ((film, flat), (flat, film), (flat, flat)):
        made = _change(source, target)(source[0])
        assert made.isfinite().all()
        assert float(made.abs().max()) < 4


@pytest.fixture(scope="module")
def pq() -> View:
    found = view_of(Tags(primaries=9, transfer=16))
    assert found is not None
    return found


def test_what_is_encoded_for_hdr_matches_itself(film: Tensor, pq: View, tmp_path: Path) -> None:
    """A reference that says nothing of its colours is in the space that was given for the
    shot."""
    coded = pq.from_display(film[:1] * 0.9)
    path = written(tmp_path / "reference.png", coded[0])
    using = pictures.context(view=pq, untagged=pq)
    made = pictures.run(EFFECT, Settings(reference=str(path)), coded, using=using)
    assert float((made - coded).abs().max()) < 1 / 255
    assert float((made - coded).abs().mean()) < 1 / 1023


def test_a_reference_that_says_what_it_is_is_that(film: Tensor, pq: View, tmp_path: Path) -> None:
    path = tmp_path / "reference.jpg"
    codes = (film[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
    cv2.imwrite(str(path), codes[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])
    using = pictures.context(view=pq, untagged=pq)
    seen = using.clip(str(path)).shown(0)
    assert float((seen - film[0]).abs().mean()) < 0.01
    using = pictures.context(view=pq)
    path = written(tmp_path / "reference.png", film[0])
    assert float((using.clip(str(path)).shown(0) - film[0]).abs().max()) < 1e-4


@pytest.mark.parametrize("lit", [(0.0, 0), (0.5, 0), (0.6, 1)], ids=["black", "grey", "one pixel"])
def test_a_reference_without_a_picture_is_refused(
    lit: tuple[float, int], film: Tensor, tmp_path: Path
) -> None:
    """Black, one grey, and a still of one pixel: nothing in it can be matched."""
    level, side = lit
    path = written(tmp_path / "flat.png", torch.full((3, side or 40, side or 60), level))
    with pytest.raises(MediaError, match=r"nothing to match in .*flat\.png"):
        pictures.run(EFFECT, Settings(reference=str(path)), film)


def test_a_small_light_in_the_dark_is_no_picture_between_bars(film: Tensor, tmp_path: Path) -> None:
    night = torch.zeros(3, 90, 160)
    night[:, 40:44, 80:84] = 0.9
    path = written(tmp_path / "night.png", night)
    made = pictures.run(EFFECT, Settings(reference=str(path)), film[:2])
    assert made.isfinite().all()
    assert grades.luma(made).mean() < 0.3 * grades.luma(film[:2]).mean()


def test_a_shot_of_one_pixel(film: Tensor, still: Path) -> None:
    made = pictures.run(EFFECT, Settings(reference=str(still)), film[:1, :, :1, :1].clone())
    assert made.isfinite().all()


def written(path: Path, picture: Tensor) -> Path:
    """A picture `[3, H, W]` as a PNG of 16 bits, which says nothing of its colours."""
    codes = (picture.permute(1, 2, 0).numpy() * 65535).round().astype(np.uint16)
    cv2.imwrite(str(path), codes[..., ::-1])
    return path


def _change(source: Tensor, target: Tensor) -> colour_match.Match:
    source, target = (
        colour_match.samples([colour_match.sampled(one) for one in film])
        for film in (source, target)
    )
    return colour_match.match(source, target)
