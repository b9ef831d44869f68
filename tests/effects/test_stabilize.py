"""What `stabilize` promises: shake of a known camera taken out, cuts, borders, sharpness."""

from __future__ import annotations

from typing import Any

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.effects.stabilize import EFFECT, Settings
from opticals.rendering.context import RenderContext
from opticals.rendering.device import Settled
from opticals.vision import stabilizing
from opticals.vision.reframing import reframed
from opticals.vision.stabilizing import Pose
from tests.quality import shaken

ROWS, COLUMNS = 180, 320
ASPECT = ROWS / COLUMNS


@pytest.fixture(scope="module")
def plate(footage: Footage) -> Tensor:
    film = pictures.read(footage("bigbuckbunny.mp4"), 0, 30)
    return torch.nn.functional.avg_pool2d(film, 2)


def shake(plate: Tensor, **how: Any) -> shaken.Shaken:
    return shaken.shaken(plate, (ROWS, COLUMNS), pixels=3.0, **how)


def left(film: shaken.Shaken, settings: Settings) -> float:
    """The share of the shake that is left."""
    found = pictures.applied(EFFECT, settings, film.frames).found
    poses = shaken.seen(film, found)
    before, after = (shaken.jitter(one, ASPECT, COLUMNS) for one in (film.poses, poses))
    return after / before


def test_shake_goes_and_moves_stay(plate: Tensor) -> None:
    film = shake(plate, pan=3.0)
    assert left(film, Settings()) < 0.1
    found = pictures.applied(EFFECT, Settings(), film.frames).found
    path = shaken.places(shaken.seen(film, found), ASPECT, COLUMNS)[:, 0].real
    assert (path[-1] - path[0]) / (len(path) - 1) == pytest.approx(3.0, abs=0.3)


def test_moving_things_do_not_move_the_camera(plate: Tensor) -> None:
    """A big square that flies across the picture in front of it."""
    film = shake(plate[:1].expand(20, -1, -1, -1))
    for index, frame in enumerate(film.frames):
        frame[:, 40:130, 20 + 9 * index : 110 + 9 * index] = plate[0, :, 100:190, 40:130]
    assert left(film, Settings()) < 0.1


def test_locked_stands_still(plate: Tensor) -> None:
    film = shake(plate[:1].expand(30, -1, -1, -1))
    found = pictures.applied(EFFECT, Settings(mode="locked"), film.frames).found
    path = shaken.places(shaken.seen(film, found), ASPECT, COLUMNS)
    assert float(abs(path - path[0]).max()) < 0.5
    made = pictures.run(EFFECT, Settings(mode="locked"), film.frames)
    inside = made[..., 20:-20, 20:-20]
    assert float((inside - inside.mean(0)).std()) < 0.2 * float(
        (film.frames - film.frames.mean(0)).std()
    )


@pytest.mark.parametrize("limit", [2, 0])
def test_locked_shows_no_border_where_the_zoom_is_too_little(plate: Tensor, limit: int) -> None:
    """It then moves, as evenly as it can, and says so."""
    film = shake(plate[:1].expand(30, -1, -1, -1), pan=2.0)
    notes: list[str] = []
    using = RenderContext(Settled("cpu", "float32", 384, {}), 0, notes.append)
    settings = Settings(mode="locked", zoom_limit=limit)
    found = pictures.applied(EFFECT, settings, film.frames, using=using).found
    inside(found, 1 + limit / 100)
    assert any("locked camera moves" in note for note in notes)
    before, after = (
        shaken.jitter(one, ASPECT, COLUMNS) for one in (film.poses, shaken.seen(film, found))
    )
    assert after < (0.7 if limit else 1.01) * before


def inside(found: Any, zoom: float) -> None:
    """Nothing is shown that its frame does not hold, nor more closely than the zoom."""
    (shot,) = found["shots"]
    for rows in shot["poses"]:
        camera, view = (Pose(complex(a, b), complex(c, d)) for a, b, c, d in rows)
        there = camera.back().after(view)
        assert 1 / abs(there.turn) <= zoom * 1.03
        for x in (-0.5, 0.5):
            for y in (-0.5 * ASPECT, 0.5 * ASPECT):
                place = there(complex(x, y))
                assert abs(place.real) <= 0.5001
                assert abs(place.imag) <= 0.5001 * ASPECT


def test_crop_shows_no_border_and_keeps_to_its_limit(plate: Tensor) -> None:
    film = shake(plate)
    for settings in (Settings(), Settings(zoom_limit=4), Settings(zoom_limit=0)):
        found = pictures.applied(EFFECT, settings, film.frames).found
        inside(found, 1 + settings.zoom_limit / 100)


def test_fill_brings_what_other_frames_saw(plate: Tensor) -> None:
    """The borders are those of the plate, which the frame itself does not show."""
    film = shake(plate[:1].expand(24, -1, -1, -1))
    ready = pictures.applied(EFFECT, Settings(frame="fill"), film.frames)
    poses = shaken.seen(film, ready.found)
    height, width = plate.shape[-2:]
    y, x = torch.meshgrid(torch.arange(ROWS) + 0.5, torch.arange(COLUMNS) + 0.5, indexing="ij")
    for index in (10, 12, 15):
        made = pictures.run(
            EFFECT, Settings(frame="fill"), film.frames, index, index + 1, ready=ready
        )
        place = torch.complex((x / COLUMNS - 0.5).double(), ((y - ROWS / 2) / COLUMNS).double())
        place = poses[index](place)
        grid = torch.stack(
            (2 * place.real * COLUMNS / width, 2 * place.imag * COLUMNS / height), -1
        ).float()
        truth = torch.nn.functional.grid_sample(
            plate[:1], grid[None], mode="bicubic", align_corners=False
        )
        border = torch.ones(ROWS, COLUMNS, dtype=torch.bool)
        border[6:-6, 6:-6] = False
        assert pictures.psnr(made[0, :, border], truth[0, :, border]) > 28


def test_each_shot_has_its_own_path(plate: Tensor, footage: Footage) -> None:
    other = pictures.read(footage("bikes.mp4"), 100, 12)[..., :ROWS, :COLUMNS]
    film = torch.cat((shake(plate[:12]).frames, other))
    found = pictures.applied(EFFECT, Settings(), film, cuts=[12]).found
    assert [(one["start"], len(one["poses"])) for one in found["shots"]] == [(0, 12), (12, 12)]
    alone = pictures.applied(EFFECT, Settings(), other).found
    assert found["shots"][1]["poses"] == alone["shots"][0]["poses"]


def test_what_stands_still_is_not_touched(plate: Tensor) -> None:
    film = plate[:1].expand(8, -1, -1, -1).clone()
    assert torch.equal(pictures.run(EFFECT, Settings(), film), film)


def test_values_are_never_clamped(plate: Tensor) -> None:
    picture = plate[0] * 6 - 1
    made = reframed([(picture, Pose(1 + 0.01j, 0.004j))], ASPECT, lambda: None)
    inside = made[:, 20:-20, 20:-20]
    assert float(inside.max()) > 4
    assert float(inside.min()) < -0.9


@pytest.mark.parametrize("shape", [(1, 1), (3, 17), (40, 5)])
@pytest.mark.parametrize("settings", [Settings(frame="fill"), Settings(mode="locked")])
def test_pictures_too_small_to_follow_stay(
    shape: tuple[int, int], settings: Settings, plate: Tensor
) -> None:
    film = plate[:3, :, : shape[0], : shape[1]].clone()
    assert torch.equal(pictures.run(EFFECT, settings, film), film)


def test_black_frames_and_pixels_that_are_no_numbers(plate: Tensor) -> None:
    film = shake(plate[:9]).frames
    film[4] = 0
    film[6, :, :40, :40] = torch.nan
    found = pictures.applied(EFFECT, Settings(), film).found
    values = torch.tensor(found["shots"][0]["poses"])
    assert values.isfinite().all()


def test_a_path_without_shake_is_its_own() -> None:
    """A pan of even speed and an even turn are smooth to their very ends."""
    path = [
        Pose(complex(torch.polar(torch.tensor(1.0), torch.tensor(0.01 * i))), 0.02j * i)
        for i in range(20)
    ]
    steady = stabilizing.smoothed(path, 6)
    for one, other in zip(path, steady, strict=True):
        assert abs(one.turn - other.turn) < 1e-6
        assert abs(one.shift - other.shift) < 1e-9
