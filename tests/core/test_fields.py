"""Interlaced media whose fields are kept: each field is a picture of its own time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import torch

from opticals.curve import NORMAL
from opticals.declaration import Effect, Frames
from opticals.errors import MediaError, ShotError
from opticals.media.facts import Interpretation, Media
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.media.write.encoding import choose
from opticals.recipe import Recipe, step
from opticals.rendering.context import RenderContext
from opticals.rendering.device import settle
from opticals.rendering.graph import Applied
from opticals.rendering.job import Job, Output
from opticals.rendering.pipeline import Pass, render_run
from opticals.rendering.plan import Plan
from opticals.rendering.prepare import prepare
from tests.core.edits import plain_shot

from .films import noise, number, number_picture, write_film

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

FRAMES = 6
KEEP = Interpretation(fields="keep")


def interlaced(path: Path, pictures: list[list[Tensor]], pixel_format: str) -> Media:
    """A lossless film of `pictures`."""
    write_film(
        path,
        pictures,
        codec="libx264",
        pixel_format=pixel_format,
        options={"x264-params": "interlaced=1:qp=0"},
        tags=(1, 1, 1, 1),
    )
    media = probe(path)
    assert media.interlaced
    return media


def woven(index: int) -> list[Tensor]:
    """A frame whose upper field shows the number 2i, and the lower one 2i + 1."""
    upper, lower = (number_picture(2 * index + n, 128, 96, "yuv420p") for n in (0, 1))
    for one, other in zip(upper, lower, strict=True):
        one[1::2] = other[1::2]
    return upper


@dataclass(frozen=True)
class Nothing:
    pass


def rendered(media: Media, effect: Effect, path: Path) -> list[list[Tensor]]:
    encoding = choose(
        "ffv1", media, width=media.width, height=media.height, field_order=media.field_order
    )
    plan = Plan(0, NORMAL, 0, media.frames, 0)
    work = Pass(media, KEEP, plan, [Applied(effect, effect.settings())], encoding, draft=False)
    context = RenderContext(settle("cpu"), 0, lambda note: None)
    (segment,) = plan.segments()
    target = path.with_suffix(".mov")
    render_run(work, context, [(segment, target)], lambda *finished: None, lambda: None)
    made = probe(target)
    with reading(made) as reader:
        return [[plane.clone() for plane in frame] for frame in reader.read(0, made.frames)]


def test_an_effect_sees_single_fields_in_their_order(tmp_path: Path) -> None:
    seen: list[tuple[int, ...]] = []

    def look(frames: Frames, settings: Nothing, context: Any) -> Tensor:
        seen.append(tuple(number(picture) for picture in frames.pixels))
        return frames.asked()

    media = interlaced(tmp_path / "a.mov", [woven(index) for index in range(FRAMES)], "yuv420p")
    effect = Effect("look", "", "", 1, Nothing, look, window=lambda settings: (1, 1))
    made = rendered(media, effect, tmp_path / "made")
    for one in seen:
        assert len({shown % 2 for shown in one}) == 1, "fields of both kinds in one run"
        assert list(one) == list(range(one[0], one[-1] + 1, 2))
    assert {shown for one in seen for shown in one} == set(range(2 * FRAMES))
    for index, frame in enumerate(made):
        assert [number(frame[0][field::2]) for field in (0, 1)] == [2 * index, 2 * index + 1]


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p"])
def test_what_is_left_alone_keeps_its_codes(pixel_format: str, tmp_path: Path) -> None:
    pictures = noise(3, 128, 96, pixel_format)
    media = interlaced(tmp_path / "a.mov", pictures, pixel_format)
    effect = Effect("same", "", "", 1, Nothing, lambda frames, settings, context: frames.asked())
    made = rendered(media, effect, tmp_path / "made")
    for codes, frame in zip(pictures, made, strict=True):
        assert all(map(torch.equal, codes, frame))


def test_a_change_of_one_field_leaves_the_other_alone(tmp_path: Path) -> None:
    """Chroma lines too: they belong to the fields in turn."""
    calls = 0

    def darken(frames: Frames, settings: Nothing, context: Any) -> Tensor:
        nonlocal calls
        calls += 1
        return frames.asked() * (0.5 if calls % 2 == 0 else 1)  # the lower field comes second

    pictures = noise(1, 128, 96, "yuv420p")
    media = interlaced(tmp_path / "a.mov", pictures, "yuv420p")
    (frame,) = rendered(media, Effect("dark", "", "", 1, Nothing, darken), tmp_path / "made")
    for codes, plane in zip(pictures[0], frame, strict=True):
        assert torch.equal(codes[0::2], plane[0::2])
        assert not torch.equal(codes[1::2], plane[1::2])


def job(media: Media, folder: Path, effect: str, fields: str) -> Job:
    shot = plain_shot(
        "V1:1", "a", media.path, media.rate, False, 0, FRAMES, 0, FRAMES, 0, 0, FRAMES
    )
    recipe = Recipe((step(effect),))
    return Job(shot, recipe, Output(folder), "cpu", Interpretation(fields))


def test_interlaced_media_stop_for_a_choice(tmp_path: Path) -> None:
    media = interlaced(tmp_path / "a.mov", [woven(index) for index in range(FRAMES)], "yuv420p")
    with pytest.raises(MediaError, match="interlaced") as error:
        prepare(job(media, tmp_path, "copy", ""))
    assert "deinterlace" in error.value.remedy
    assert "keep" in error.value.remedy
    assert prepare(job(media, tmp_path, "copy", "keep")).encoding.field_order == media.field_order
    once = prepare(job(media, tmp_path, "copy", "deinterlace")).encoding
    assert once.field_order == "progressive"


def test_fields_are_not_retimed(tmp_path: Path) -> None:
    media = interlaced(tmp_path / "a.mov", [woven(index) for index in range(FRAMES)], "yuv420p")
    with pytest.raises(ShotError, match="keeps its fields"):
        prepare(job(media, tmp_path, "slow_motion", "keep"))
