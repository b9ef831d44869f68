"""What every effect must keep, whoever wrote it: the suite runs over the whole catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor
from torch.nn import functional

from opticals import catalog
from opticals.declaration import Effect, Kind, Makes
from opticals.errors import Cancelled, SettingError
from opticals.nets.isnet import ISNet
from opticals.rendering.graph import MaskSource

EFFECTS = [one for one in catalog.all_effects().values() if one.makes is not Makes.MARKERS]
MASKED = [one for one in EFFECTS if one.masked]
FRAMES = 8
CUT = 3
SKIN = "#b07060"  # a colour that the pictures have
STILL = "the still"  # stands for the file, which is made when the tests run
# What an effect needs to do its work on these pictures.
NEEDED: dict[str, dict[str, object]] = {
    "key": {"backing": SKIN},
    "match_colour": {"reference": STILL},
}
# Effects whose pictures are of other colours by intent.
FLAT = {"match_colour", "stylize"}
# Other ways through effects than that of their defaults.
WAYS: dict[str, list[dict[str, object]]] = {
    "denoise": [{"grain": 0.5}],
    "green_screen": [{"output": "composite", "background": STILL, "steadiness": 0}],
    "key": [{"output": "composite", "colour": "#00ff00"}],
    "remove": [{"reach": 0}, {"grow": 30}],  # the second hides what no frame shows
    "slow_motion": [{"duplicates": "remove"}, {"shutter": 180}, {"ramp": "0:100 2:600 5:25"}],
    "stabilize": [{"frame": "fill"}, {"mode": "locked"}, {"mode": "locked", "frame": "fill"}],
    "stylize": [{"picture": STILL}],
    "upscale": [{"denoise": 1.0}],
}


class Square:
    """A mask: a square in the middle of the medium, with a soft edge."""

    def at(self, frame: int) -> Tensor:
        mask = torch.zeros(1, 48, 72)
        mask[:, 19:29, 31:41] = 0.5
        mask[:, 20:28, 32:40] = 1
        return mask

    def known(self, frame: int) -> bool:
        return True


class Nowhere:
    """A mask that selects nothing."""

    def at(self, frame: int) -> Tensor:
        return torch.zeros(1, 48, 72)

    def known(self, frame: int) -> bool:
        return True


def mask_for(effect: Effect) -> MaskSource | None:
    return Square() if effect.masked else None


def limits(effect: Effect) -> list[dict[str, object]]:
    """Each setting at each of its limits, the others at their defaults."""
    found: list[dict[str, object]] = [{}]
    for one in effect.fields():
        bounds = () if one.kind is Kind.CURVE else (one.minimum, one.maximum)  # of its values
        values = one.choices or bounds
        found += [{one.name: value} for value in values if value not in (None, one.default)]
    return found


def told(effect: Effect, values: dict[str, object], *more: int) -> Any:
    """An effect and what it is set to, named for the list of tests."""
    set_to = ",".join(f"{name}={value}" for name, value in values.items())
    name = "-".join([effect.id, *([set_to] if set_to else []), *map(str, more)])
    return pytest.param(effect, values, *more, id=name)


AT_LIMITS = [told(effect, values) for effect in EFFECTS for values in limits(effect)]
WITH_WAYS = [(effect, values) for effect in EFFECTS for values in [{}, *WAYS.get(effect.id, [])]]
ALL_WAYS = [told(effect, values) for effect, values in WITH_WAYS]
PIECES = [
    told(effect, values, size)
    for effect, values in WITH_WAYS
    for size in ([3] if values else [1, 3])
]
Settle = Callable[..., Any]


@pytest.fixture(scope="session")
def settle(footage: Footage, models: Callable[..., None], tmp_path_factory: Any) -> Settle:
    """`settle(effect, {...})`: settings, with what the effect needs, and its models there."""
    path: Path = tmp_path_factory.mktemp("contract") / "still.png"
    sunset = pictures.read(footage("bikes.mp4"), 20, 1)[0, :, ::4, ::4].permute(1, 2, 0)
    cv2.imwrite(str(path), (sunset * sunset.new_tensor([0.6, 0.8, 1.0])).mul(255).byte().numpy())

    def settings(effect: Effect, values: dict[str, object] | None = None) -> Any:
        wanted = {**NEEDED.get(effect.id, {}), **(values or {})}
        files = {name: str(path) for name, value in wanted.items() if value == STILL}
        made = effect.configure({**wanted, **files})
        models(*effect.models(made, "cpu"))
        return made

    return settings


@pytest.fixture(autouse=True)
def small_mattes(monkeypatch: pytest.MonkeyPatch) -> None:
    """IS-Net sees less than it knows best: what every effect must keep holds at any size, in a
    tenth of the time. Its own tests have it see all."""
    monkeypatch.setattr(ISNet, "size", 256)


@pytest.fixture(params=EFFECTS, ids=lambda effect: effect.id)
def effect(request: pytest.FixtureRequest) -> Effect:
    chosen: Effect = request.param
    return chosen


@pytest.fixture(scope="session")
def medium(footage: Footage) -> Tensor:
    """Real frames with a cut after the third and a flash in the sixth, `[8, 3, 48, 72]`."""
    film = pictures.read(footage("bikes.mp4"), 134, FRAMES)[..., 100:148, 300:372]
    film[5] = film[5] * 0.2 + 0.8
    return film


def works(effect: Effect, settings: Any, medium: Tensor, made: Tensor) -> bool:
    """Whether an effect did anything at all."""
    if effect.makes is Makes.RETIME:
        return any(not (medium == one).flatten(1).all(1).any() for one in made)
    if effect.alpha(settings):
        return bool(made[:, 3:].std() > 0.02)
    plain = functional.interpolate(medium, made.shape[-2:], mode="bicubic", align_corners=False)
    return bool((made - plain).abs().amax((1, 2, 3)).min() > 1 / 255)


@pytest.mark.parametrize(("effect", "values", "size"), PIECES)
def test_pieces_equal_the_whole(
    effect: Effect, values: dict[str, object], settle: Settle, medium: Tensor, size: int
) -> None:
    """Pieces rendered for themselves, as by another process, and in batches of one process."""
    settings = settle(effect, values)
    ready = pictures.applied(effect, settings, medium, cuts=[CUT], mask=mask_for(effect))
    whole = pictures.run(effect, settings, medium, cuts=[CUT], ready=ready)
    assert works(effect, settings, medium, whole) == (effect.id != "copy")
    pieces = [
        pictures.run(
            effect, settings, medium, at, min(at + size, len(whole)), cuts=[CUT], ready=ready
        )
        for at in range(0, len(whole), size)
    ]
    assert torch.equal(torch.cat(pieces), whole)
    batches = pictures.run(effect, settings, medium, cuts=[CUT], ready=ready, batch=size)
    assert torch.equal(batches, whole)


@pytest.mark.parametrize(("effect", "values"), ALL_WAYS)
def test_no_shot_shows_in_another(
    effect: Effect, values: dict[str, object], settle: Settle, medium: Tensor
) -> None:
    """What lies beyond a cut does not matter, in first passes neither: each shot comes out as a
    medium of its own."""
    settings = settle(effect, values)
    other = medium.clone()
    other[CUT:] = 1 - other[CUT:]
    both, changed = (
        pictures.run(effect, settings, film, cuts=[CUT], mask=mask_for(effect))
        for film in (medium, other)
    )
    pace = effect.pace(settings, pictures.RATE)
    before = [index for index in range(len(both)) if pace.source(index) < CUT - Fraction(1, 2)]
    assert torch.equal(both[before], changed[before])


@pytest.mark.parametrize(("effect", "values"), AT_LIMITS)
def test_settings_at_their_limits(
    effect: Effect, values: dict[str, object], settle: Settle, medium: Tensor
) -> None:
    settings = settle(effect, values)
    medium = medium[:4, :, :24, :24]
    start = max(pictures.count(effect, settings, 4) - 3, 0)
    made = pictures.run(effect, settings, medium, start, mask=mask_for(effect))
    side = 24 * effect.scale(settings)
    assert made.shape[1:] == (4 if effect.alpha(settings) else 3, side, side)
    assert made.dtype == torch.float32
    assert made.isfinite().all()


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.id)
def test_settings_beyond_their_limits(effect: Effect) -> None:
    wrong: list[dict[str, object]] = [{"no_such_setting": 1}]
    for one in effect.fields():
        if one.type is not str or (one.choices and one.kind is not Kind.MODEL):
            wrong.append({one.name: "nonsense"})
        wrong += [{one.name: math.nan}] if one.type is float else []
        wrong += [{one.name: one.minimum - 1}] if one.minimum is not None else []
        wrong += [{one.name: one.maximum + 1}] if one.maximum is not None else []
    for values in wrong:
        with pytest.raises(SettingError, match=effect.id):
            effect.configure(values)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 17), (17, 3), (31, 33)])
def test_odd_and_tiny_pictures(
    effect: Effect, settle: Settle, medium: Tensor, height: int, width: int
) -> None:
    settings = settle(effect)
    small = medium[:3, :, :height, :width]
    made = pictures.run(effect, settings, small, mask=mask_for(effect))
    scale = effect.scale(settings)
    assert made.shape[-2:] == (height * scale, width * scale)
    assert made.isfinite().all()


def test_a_medium_of_one_frame(effect: Effect, settle: Settle, medium: Tensor) -> None:
    settings = settle(effect)
    made = pictures.run(effect, settings, medium[:1], 0, 1, mask=mask_for(effect))
    assert made.shape[0] == 1
    assert made.isfinite().all()


def test_pixels_that_are_no_numbers_harm_nothing_around(
    effect: Effect, settle: Settle, medium: Tensor
) -> None:
    """A renderer's NaN or infinity in one corner: the rest is finite, and no error."""
    settings = settle(effect)
    broken = medium[:3].clone()
    broken[:, :, :2, :2] = torch.nan
    broken[1, :, :2, 3] = torch.inf
    made = pictures.run(effect, settings, broken, mask=mask_for(effect))
    scale = effect.scale(settings)
    assert made[:, :, 24 * scale :, 36 * scale :].isfinite().all()


@pytest.mark.parametrize(
    "effect", [one for one in EFFECTS if one.id not in FLAT], ids=lambda effect: effect.id
)
def test_super_whites_stay(effect: Effect, settle: Settle, medium: Tensor) -> None:
    """A highlight far above white is as bright afterwards, and one of HDR size too."""
    settings = settle(effect)
    bright = medium[:2].clone()
    bright[..., 16:32, 20:50] = 1.09
    bright[..., 20:28, 26:44] = 6.0
    scale = effect.scale(settings)
    for made in pictures.run(
        effect, settings, bright, mask=Nowhere() if "mask" in effect.required else None
    ):
        inside = made[:3, 24 * scale - 2 : 24 * scale + 2, 34 * scale - 2 : 34 * scale + 2]
        assert inside == pytest.approx(torch.full_like(inside, 6.0), abs=0.02)


def test_the_source_is_not_changed(effect: Effect, settle: Settle, medium: Tensor) -> None:
    settings = settle(effect)
    given = medium.clone()
    pictures.run(effect, settings, given, 0, 3, mask=mask_for(effect))
    assert torch.equal(given, medium)


@pytest.mark.parametrize("effect", MASKED, ids=lambda effect: effect.id)
def test_outside_the_mask_nothing_changes(effect: Effect, settle: Settle, medium: Tensor) -> None:
    settings = settle(effect)
    if effect.alpha(settings):
        pytest.skip("its mask bounds the matte, not the picture")
    made = pictures.run(effect, settings, medium, mask=Square())
    outside = Square().at(0).expand(3, -1, -1) == 0
    assert torch.equal(made[:, outside], medium[:, outside])
    empty = pictures.run(effect, settings, medium, mask=Nowhere())
    assert torch.equal(empty, medium)


@pytest.mark.parametrize(
    "effect", [one for one in EFFECTS if one.makes is Makes.RETIME], ids=lambda effect: effect.id
)
def test_retimes_keep_the_frames_there_are(effect: Effect, settle: Settle, medium: Tensor) -> None:
    """Whole times are the input's own frames, bit for bit."""
    settings = settle(effect)
    for index, picture in enumerate(pictures.run(effect, settings, medium, cuts=[CUT])):
        time = effect.pace(settings, pictures.RATE).source(index)
        if time.denominator == 1:
            assert torch.equal(picture, medium[int(time)])


@pytest.mark.parametrize(
    "effect",
    [one for one in EFFECTS if one.models(one.configure({}), "cpu")],
    ids=lambda one: one.id,
)
def test_effects_with_networks_can_be_stopped(
    effect: Effect, settle: Settle, medium: Tensor
) -> None:
    settings = settle(effect)
    ready = pictures.applied(effect, settings, medium)
    with pytest.raises(Cancelled):
        pictures.run(
            effect,
            settings,
            medium,
            mask=mask_for(effect),
            using=pictures.context(stop_after=3),
            ready=ready,
        )
