"""`remove` on plates whose clean background is known, and where there is little to go by."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.effects.remove import EFFECT, Settings
from opticals.errors import MediaError, ModelError, SettingError
from opticals.media.read.probe import probe
from opticals.recipe import Recipe, step
from opticals.rendering.job import Job, Output
from opticals.rendering.prepare import prepare
from opticals.timeline.shot import Shot
from opticals.timeline.timemap import TimeMap
from opticals.vision import filters, patches
from opticals.vision.completing import completed
from tests.quality import remove as plates
from tests.quality.remove import Given, Plate, plate, psnr

FRAMES, HEIGHT, WIDTH = 14, 120, 180
REACH = 8


@pytest.fixture(scope="module")
def large(footage: Footage) -> Tensor:
    """A sharp picture full of texture, `[3, 720, 1280]`."""
    return pictures.read(footage("bigbuckbunny.mp4"), 100, 1)[0]


@pytest.fixture(scope="module")
def pan(large: Tensor) -> Plate:
    return plate(large, "pan", FRAMES, HEIGHT, WIDTH)


def removed(one: Plate, start: int = 0, stop: int | None = None, **more: Any) -> Tensor:
    settings = Settings(reach=more.pop("reach", REACH), regrain=more.pop("regrain", True))
    return pictures.run(EFFECT, settings, one.shot, start, stop, mask=Given(one.masks), **more)


@pytest.mark.parametrize("camera", ["pan", "handheld"])
def test_what_other_frames_show_comes_back(large: Tensor, camera: str) -> None:
    one = plate(large, camera, FRAMES, HEIGHT, WIDTH)
    made = removed(one, 5, 8, batch=1)
    some = slice(5, 8)
    assert psnr(made, one.clean[some], one.masks[some]) > 40
    outside = (one.masks[some] == 0).expand_as(made)
    assert torch.equal(made[outside], one.shot[some][outside])


def test_what_moves_in_the_way_is_left_out(large: Tensor) -> None:
    """Another thing, without a mask, passes over the background in half of the other frames."""
    one = plate(large, "locked", FRAMES, HEIGHT, WIDTH)
    shot = one.shot.clone()
    shot[8:10, :, 40:80, 60:110] = torch.tensor([0.9, 0.1, 0.6])[:, None, None]
    made = removed(Plate(shot, one.clean, one.masks), 5, 6)
    assert psnr(made, one.clean[5:6], one.masks[5:6]) > 35


def test_a_nearer_thing_beside_the_hole_does_not_lead_astray(large: Tensor) -> None:
    """A post that moves otherwise than what is behind the hole: frames lie on each other there,
    not as the post does."""
    one = plate(large, "dolly", 24, HEIGHT, WIDTH, nearer=1)
    made = removed(one, 12, 13, reach=16)
    assert psnr(made, one.clean[12:13], one.masks[12:13]) > 32


def test_haze_in_a_matte_is_no_hole(pan: Plate) -> None:
    hazy = Plate(pan.shot, pan.clean, pan.masks.clamp(min=0.02))
    made, clear = removed(hazy, 6, 7), removed(pan, 6, 7)
    outside = (pan.masks[6:7] == 0).expand_as(made)
    assert torch.equal(made[outside], pan.shot[6:7][outside])
    assert torch.equal(made[~outside], clear[~outside])


def test_a_matte_that_is_too_short_is_told_of(pan: Plate) -> None:
    told: list[str] = []
    using = pictures.context()
    using._beat = told.append
    settings = Settings(reach=4)
    for masks in (Given(pan.masks), Given(pan.masks, range(6, 8))):
        told.clear()
        pictures.run(EFFECT, settings, pan.shot, 6, 7, mask=masks, using=using)
    assert any("held for 7" in note for note in told)


def test_brightness_that_changes_is_followed(large: Tensor) -> None:
    """Each frame at another exposure: what is borrowed takes on the frame's own."""
    one = plate(large, "pan", FRAMES, HEIGHT, WIDTH)
    gains = torch.tensor([1 + 0.15 * math.sin(2.1 * t) for t in range(FRAMES)])[:, None, None, None]
    dimmed = Plate(one.shot * gains * 0.8, one.clean * gains * 0.8, one.masks)
    made = removed(dimmed, 5, 8)
    assert psnr(made, dimmed.clean[5:8], one.masks[5:8]) > 35


def test_super_whites_are_brought_along(pan: Plate) -> None:
    bright = Plate(pan.shot * 3, pan.clean * 3, pan.masks)
    made = removed(bright, 6, 7)
    assert made.max() > 1.5
    assert psnr(made / 3, pan.clean[6:7], pan.masks[6:7]) > 30


@pytest.mark.parametrize("thing", ["moving", "still"])
def test_pieces_equal_the_whole(large: Tensor, thing: str) -> None:
    """Borrowed, and made up where the background is never seen."""
    one = plates.grainy(plate(large, "locked", 9, 40, 60, thing), 0.02)
    whole = removed(one, reach=3)
    pieces = [removed(one, at, at + 3, reach=3) for at in range(0, 9, 3)]
    assert torch.equal(torch.cat(pieces), whole)


def test_grain_in_the_hole_is_as_around_it(large: Tensor) -> None:
    still = plate(large, "locked", FRAMES, HEIGHT, WIDTH)
    one = plates.grainy(still, 0.03)
    some = slice(4, 8)
    made = removed(one, some.start, some.stop)
    for ratio in plates.noise_ratio(made, still.clean[some], still.masks[some]):
        assert 0.8 < ratio < 1.2
    clean = removed(still, 5, 6)
    assert psnr(clean, still.clean[5:6], still.masks[5:6]) > 45  # where there is none, none comes


def test_what_is_never_seen_is_made_up_and_stays(large: Tensor) -> None:
    one = plate(large, "locked", FRAMES, HEIGHT, WIDTH, "still")
    made = removed(one, 4, 9)
    hole = (one.masks[4:9] >= 1).expand_as(made)
    # Texture as there is around it, where OpenCV leaves a smear, and none of the thing.
    detail = (made[..., 1:] - made[..., :-1]).abs()[hole[..., 1:]].mean()
    real = (one.clean[4:9, ..., 1:] - one.clean[4:9, ..., :-1]).abs()[hole[..., 1:]].mean()
    smear = plates.inpainted(one, 4, 9)
    smeared = (smear[..., 1:] - smear[..., :-1]).abs()[hole[..., 1:]].mean()
    assert smeared < 0.6 * real < detail < 1.7 * real
    assert (made - one.shot[4:9])[hole].abs().mean() > 0.15
    change = (made[1:] - made[:-1])[hole[1:]].abs().mean()
    assert change < 0.2 * detail


def test_stripes_go_on_through_a_hole() -> None:
    """Made-up texture carries on what leads into the hole."""
    y, x = torch.meshgrid(torch.arange(96.0), torch.arange(96.0), indexing="ij")
    picture = (0.5 + 0.4 * torch.sin((x + 0.5 * y) / 2.5)).expand(3, -1, -1)
    hole = (((x - 48) ** 2 + (y - 48) ** 2) < 16**2)[None]
    given = torch.where(hole, torch.nan, picture)
    made = patches.synthesised(given, hole, ~hole, 0, lambda: None)
    assert (made - picture)[hole.expand(3, -1, -1)].abs().mean() < 0.08
    assert torch.equal(made[~hole.expand(3, -1, -1)], picture[~hole.expand(3, -1, -1)])


def test_completing_keeps_what_is_known_and_is_flat_where_that_is() -> None:
    values = torch.rand(2, 37, 53, generator=torch.Generator().manual_seed(0))
    known = torch.rand(1, 37, 53, generator=torch.Generator().manual_seed(1)) > 0.7
    made = completed(values.where(known, torch.nan), known.float())
    assert torch.equal(made.where(known, 0), values.where(known, 0))
    assert made.min() >= values.min() - 1e-5
    assert made.max() <= values.max() + 1e-5
    flat = completed(torch.full((1, 37, 53), 0.3), known.float())
    assert torch.allclose(flat, torch.tensor(0.3), atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (3, 17), (17, 3), (31, 33)])
@pytest.mark.parametrize("covered", ["nothing", "some", "all", "all but one frame"])
def test_holes_of_any_kind_in_pictures_of_any_size(
    large: Tensor, size: tuple[int, int], covered: str
) -> None:
    height, width = size
    shot = torch.stack([large[:, 300 : 300 + height, t : t + width] for t in range(5)])
    masks = torch.zeros(5, 1, height, width)
    if covered == "some":
        masks[..., : (height + 1) // 2, : (width + 1) // 2] = 1
    elif covered != "nothing":
        masks[:] = 1
    if covered == "all but one frame":
        masks[2] = 0
    if bool(masks.all()):
        with pytest.raises(MediaError, match="the mask covers the whole picture at frame 0"):
            removed(Plate(shot, shot, masks))
        return
    made = removed(Plate(shot, shot, masks))
    assert made.shape == shot.shape
    assert made.isfinite().all()
    assert torch.equal(made[(masks == 0).expand_as(made)], shot[(masks == 0).expand_as(made)])
    if covered == "nothing":
        assert torch.equal(made, shot)


@pytest.mark.parametrize("frames", [1, 2])
def test_shots_shorter_than_the_window(pan: Plate, frames: int) -> None:
    short = Plate(pan.shot[:frames], pan.clean[:frames], pan.masks[:frames])
    made = removed(short)
    hole = (short.masks >= 1).expand_as(made)
    assert made.isfinite().all()
    # Nothing of the thing is left; its red and green are far from the grey and green behind.
    assert (made - short.clean)[hole].abs().mean() < 0.12


def test_pixels_that_are_no_number_are_filled_like_others(pan: Plate) -> None:
    shot = pan.shot.clone()
    shot.masked_fill_((pan.masks >= 1).expand_as(shot), math.nan)
    shot[:, :, 2, 3] = math.inf
    shot[4, :, 60:70, 20:30] = math.nan
    made = removed(Plate(shot, pan.clean, pan.masks), 6, 8)
    hole = (pan.masks[6:8] >= 1).expand_as(made)
    assert made[hole].isfinite().all()
    assert psnr(made, pan.clean[6:8], pan.masks[6:8]) > 30


class Grey(torch.nn.Module):
    """Draws grey, as a network that the user added."""

    task = "inpaint"

    def forward(self, picture: Tensor, mask: Tensor) -> Tensor:
        assert picture.shape[-2:] == mask.shape[-2:]
        assert not (picture * mask).any()
        return torch.full_like(picture, 0.5)


def test_a_model_draws_what_is_never_seen_and_no_more(
    large: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    using = pictures.context()
    settings = Settings(reach=2, fill="grey", regrain=False)
    assert EFFECT.models(settings, "cpu") == ("grey",)
    still = plate(large, "locked", 5, 60, 90, "still")
    for network in (Grey(), torch.nn.Identity()):
        monkeypatch.setattr(using, "network", lambda model, network=network: network)
        given = {"mask": Given(still.masks), "using": using}
        if not isinstance(network, Grey):
            with pytest.raises(ModelError, match="grey cannot fill holes"):
                pictures.run(EFFECT, settings, still.shot, 2, 3, **given)
            continue
        made = pictures.run(EFFECT, settings, still.shot, 2, 3, **given)[0]
        deep = (filters.grow(still.masks[2], -5) > 0).expand_as(made)
        # Drawn grey, then fitted to the light around it.
        assert (made[deep] - 0.5).abs().max() < 0.25
        assert (made - still.shot[2])[still.masks[2].expand_as(made) == 0].abs().max() == 0


@pytest.fixture
def shot(footage: Footage) -> Shot:
    """Ten frames of a film, the first of them its fifth."""
    medium = str(footage("bikes.mp4"))
    rate = probe(medium).rate
    time = TimeMap.plain(0, 4, 10)
    return Shot("V1:1", "bikes", medium, rate, rate, False, 0, None, time, 0, 10)


def test_without_a_mask_nothing_is_begun(shot: Shot, tmp_path: Path) -> None:
    job = Job(shot, Recipe((step("remove"),)), Output(tmp_path), "cpu")
    with pytest.raises(SettingError, match="Remove needs a mask"):
        prepare(job)


def test_a_drawn_mask_is_part_of_the_segments_names(shot: Shot, tmp_path: Path) -> None:
    path = tmp_path / "mask.json"
    keys = []
    for size in (0.1, 0.1, 0.2):
        one = {"frame": 4, "centre": [0.5, 0.5], "size": [size, 0.1]}
        drawn = {"opticals_mask": 1, "shapes": [{"kind": "ellipse", "keys": [one]}]}
        path.write_text(json.dumps(drawn))
        os.utime(path, (0, 0))
        ready = prepare(
            Job(shot, Recipe((step("remove", mask=str(path)),)), Output(tmp_path), "cpu")
        )
        keys.append(ready.key)
        mask = ready.steps[0].mask
        assert mask is not None
        assert mask.at(4).max() == 1
        mask.close()
    assert keys[0] == keys[1] != keys[2]
