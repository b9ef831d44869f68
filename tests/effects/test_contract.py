"""What every effect must keep, whoever wrote it: the suite runs over the whole catalogue."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals import catalog
from opticals.declaration import Effect, Makes
from opticals.errors import Cancelled, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

EFFECTS = list(catalog.all_effects().values())
FRAMES = 8


def limits(effect: Effect) -> list[dict[str, object]]:
    """Each setting at each of its limits, the others at their defaults."""
    found: list[dict[str, object]] = [{}]
    for one in effect.fields():
        values = one.choices or (one.minimum, one.maximum)
        found += [{one.name: value} for value in values if value not in (None, one.default)]
    return found


AT_LIMITS = [
    pytest.param(effect, values, id=" ".join([effect.id, *(f"{k}={v}" for k, v in values.items())]))
    for effect in EFFECTS
    for values in limits(effect)
]


@pytest.fixture(params=EFFECTS, ids=lambda effect: effect.id)
def effect(request: pytest.FixtureRequest, models: Callable[..., None]) -> Effect:
    chosen: Effect = request.param
    models(*chosen.models(chosen.settings(), "cpu"))
    return chosen


@pytest.fixture(scope="session")
def medium(footage: Footage) -> Tensor:
    """Real frames with a cut after the third and a flash in the sixth, `[8, 3, 48, 72]`."""
    film = pictures.read(footage("bikes.mp4"), 134, FRAMES)[..., 100:148, 300:372]
    film[5] = film[5] * 0.2 + 0.8
    return film


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pieces_equal_the_whole(effect: Effect, medium: Tensor, size: int) -> None:
    settings = effect.settings()
    wanted = pictures.times(effect, settings, FRAMES)
    whole = pictures.run(effect, settings, medium, wanted)
    pieces = [
        pictures.run(effect, settings, medium, wanted[at : at + size])
        for at in range(0, len(wanted), size)
    ]
    assert torch.equal(torch.cat(pieces), whole)


def test_the_declared_window_is_enough(effect: Effect, medium: Tensor) -> None:
    settings = effect.settings()
    for time in pictures.times(effect, settings, FRAMES):
        alone = pictures.run(effect, settings, medium, [time])
        with_more = pictures.run(effect, settings, medium, [time], more=(3, 3))
        assert torch.equal(alone, with_more)


@pytest.mark.parametrize(("effect", "values"), AT_LIMITS)
def test_settings_at_their_limits(
    effect: Effect, values: dict[str, object], medium: Tensor, models: Callable[..., None]
) -> None:
    settings = effect.configure(values)
    models(*effect.models(settings, "cpu"))
    medium = medium[:4, :, :24, :24]
    wanted = pictures.times(effect, settings, 4)[-3:]
    made = pictures.run(effect, settings, medium, wanted)
    side = 24 * effect.scale(settings)
    assert made.shape == (len(wanted), 3, side, side)
    assert made.dtype == torch.float32
    assert made.isfinite().all()


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.id)
def test_settings_beyond_their_limits(effect: Effect) -> None:
    wrong: list[dict[str, object]] = [{"no_such_setting": 1}]
    for one in effect.fields():
        wrong.append({one.name: "nonsense"})
        wrong += [{one.name: math.nan}] if one.type is float else []
        wrong += [{one.name: one.minimum - 1}] if one.minimum is not None else []
        wrong += [{one.name: one.maximum + 1}] if one.maximum is not None else []
    for values in wrong:
        with pytest.raises(SettingError, match=effect.id):
            effect.configure(values)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 17), (17, 3), (31, 33)])
def test_odd_and_tiny_pictures(effect: Effect, medium: Tensor, height: int, width: int) -> None:
    settings = effect.settings()
    small = medium[:3, :, :height, :width]
    made = pictures.run(effect, settings, small, pictures.times(effect, settings, 3))
    scale = effect.scale(settings)
    assert made.shape[1:] == (3, height * scale, width * scale)
    assert made.isfinite().all()


def test_one_frame_media(effect: Effect, medium: Tensor) -> None:
    settings = effect.settings()
    made = pictures.run(effect, settings, medium[:1], pictures.times(effect, settings, 1))
    assert made.shape[0] == 1
    if effect.scale(settings) == 1:
        assert torch.equal(made[0], medium[0])


def test_super_whites_stay(effect: Effect, medium: Tensor) -> None:
    """A highlight far above white is as bright afterwards, and one of HDR size too."""
    settings = effect.settings()
    bright = medium[:2].clone()
    bright[..., 16:32, 20:50] = 1.09
    bright[..., 20:28, 26:44] = 6.0
    scale = effect.scale(settings)
    for made in pictures.run(effect, settings, bright, pictures.times(effect, settings, 2)):
        inside = made[:, 24 * scale - 2 : 24 * scale + 2, 34 * scale - 2 : 34 * scale + 2]
        assert inside == pytest.approx(torch.full_like(inside, 6.0), abs=0.02)


def test_the_source_is_not_changed(effect: Effect, medium: Tensor) -> None:
    settings = effect.settings()
    given = medium.clone()
    pictures.run(effect, settings, given, pictures.times(effect, settings, 3))
    assert torch.equal(given, medium)


@pytest.mark.parametrize(
    "effect", [one for one in EFFECTS if one.makes is Makes.RETIME], ids=lambda effect: effect.id
)
def test_retimes_keep_the_frames_there_are(
    effect: Effect, medium: Tensor, models: Callable[..., None]
) -> None:
    """Whole times are the input's own frames, bit for bit."""
    settings = effect.settings()
    models(*effect.models(settings, "cpu"))
    wanted = pictures.times(effect, settings, FRAMES)
    made = pictures.run(effect, settings, medium, wanted)
    for time, picture in zip(wanted, made, strict=True):
        if time.denominator == 1:
            assert torch.equal(picture, medium[int(time)])


@pytest.mark.parametrize(
    "effect", [one for one in EFFECTS if one.models(one.settings(), "cpu")], ids=lambda e: e.id
)
def test_effects_with_networks_can_be_stopped(
    effect: Effect, medium: Tensor, models: Callable[..., None]
) -> None:
    settings: Any = effect.settings()
    models(*effect.models(settings, "cpu"))
    wanted = pictures.times(effect, settings, FRAMES)
    with pytest.raises(Cancelled):
        pictures.run(effect, settings, medium, wanted, using=pictures.context(stop_after=3))
