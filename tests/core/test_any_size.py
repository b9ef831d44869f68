"""Pictures of any size and shape of pixel come through the whole engine, or are refused before."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
import torch

from opticals.errors import FormatError
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.media.write.encoding import choose
from opticals.recipe import Recipe, parse_step
from opticals.rendering.engine import render
from opticals.rendering.job import Job, Output, Render
from tests.core.edits import plain_shot

from .films import noise, pan, write_film

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

SIZES = [(1, 1), (2, 2), (17, 3), (3, 17)]


def rendered(film: Path, folder: Path, *effects: str, **output: Any) -> Render:
    media = probe(film)
    shot = plain_shot(
        "V1:1", "a", str(film), media.rate, media.drop_frame, 0, media.frames, 0, media.frames,
        0, 0, media.frames,
    )  # fmt: skip
    recipe = Recipe(tuple(parse_step(one) for one in effects))
    job = Job(shot, recipe, Output(folder, handles=0, **output), "cpu")
    return render(job, lambda *report: None, lambda: None)


def decoded(path: Path) -> list[list[Tensor]]:
    media = probe(path)
    with reading(media) as reader:
        return [[plane.clone() for plane in one] for one in reader.read(0, media.frames)]


def tiny(path: Path, width: int, height: int, pixel_format: str = "yuv444p") -> Path:
    return write_film(
        path, noise(5, width, height, pixel_format), codec="ffv1", pixel_format=pixel_format,
        options={"level": "3", "slices": "1"}, tags=(1, 1, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize("format_id", ["auto", "ffv1", "tiff", "dpx", "png", "exr"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_smallest_pictures(width: int, height: int, format_id: str, tmp_path: Path) -> None:
    film = tiny(tmp_path / "tiny.mp4", width, height)
    made = rendered(film, tmp_path / "r", "copy", format=format_id)
    assert (made.width, made.height, made.frames) == (width, height, 5)
    if format_id in ("auto", "ffv1"):
        for one, other in zip(decoded(film), decoded(made.path), strict=True):
            assert all(torch.equal(*pair) for pair in zip(one, other, strict=True))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (17, 3)])
@pytest.mark.parametrize("effect", ["denoise", "slow_motion:factor=2", "key:backing=#00ff00"])
def test_effects_on_the_smallest_pictures(
    effect: str, width: int, height: int, tmp_path: Path, models: Any
) -> None:
    models("transnetv2", "ffdnet", "rife")
    film = tiny(tmp_path / "tiny.mp4", width, height)
    made = rendered(film, tmp_path / "r", effect)
    assert (made.width, made.height) == (width, height)


def test_chroma_of_the_smallest_picture_that_has_any(tmp_path: Path) -> None:
    film = tiny(tmp_path / "tiny.mp4", 2, 2, "yuv420p")
    made = rendered(film, tmp_path / "r", "copy")
    for one, other in zip(decoded(film), decoded(made.path), strict=True):
        assert all(torch.equal(*pair) for pair in zip(one, other, strict=True))


def test_a_refusal_names_only_formats_that_fit(tmp_path: Path) -> None:
    media = probe(tiny(tmp_path / "tiny.mp4", 17, 3))
    with pytest.raises(FormatError, match="17x3") as refused:
        choose("h264", media, width=17, height=3)
    named = refused.value.remedy.partition("(")[2].partition(")")[0].split(", ")
    assert {"ffv1", "exr"} <= set(named)
    for one in named:
        assert choose(one, media, width=17, height=3).width == 17


ASPECTS = [Fraction(16, 15), Fraction(64, 45), Fraction(10, 11), Fraction(4320, 4739)]


@pytest.mark.parametrize("format_id", ["png", "dpx", "tiff", "exr"])
@pytest.mark.parametrize("aspect", ASPECTS, ids=str)
def test_the_shape_of_pixels_is_kept(aspect: Fraction, format_id: str, tmp_path: Path) -> None:
    film = write_film(
        tmp_path / "wide.mov", pan(3, 64, 48, "yuv422p10le"), codec="prores_ks",
        pixel_format="yuv422p10le", pixel_aspect=aspect, tags=(1, 1, 1, 1),
    )  # fmt: skip
    assert probe(film).pixel_aspect == aspect
    made = rendered(film, tmp_path / "r", "copy", format=format_id)
    found = probe(made.path, made.rate).pixel_aspect
    assert abs(found / aspect - 1) < 1e-5
    if aspect.denominator < 100:
        assert found == aspect
