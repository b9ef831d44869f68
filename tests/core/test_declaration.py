"""The effect contract: settings are checked, and a wrong declaration is refused when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from opticals import catalog
from opticals.declaration import Effect, only, setting, unless
from opticals.errors import OpticalsError, SettingError
from opticals.recipe import LARGEST_SEED, Recipe, parse_step, step


@dataclass(frozen=True)
class Settings:
    radius: int = setting(3, "Radius", "Of the blur.", minimum=1, unit="px")
    most: float = setting(0.5, "Most", "At most this.", maximum=1)
    edges: bool = setting(True, "Edges", "Keep edges.")
    kind: str = setting("soft", "Kind", "Which one.", choices=("soft", "hard"))


def nothing(frames: Any, settings: Any, context: Any) -> Any:
    return frames.asked()


BLUR = Effect("blur", "Blur", "Blurs.", 1, Settings, nothing)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Settings()),
        ({"radius": "7", "edges": "off", "kind": "hard"}, Settings(7, 0.5, False, "hard")),
        ({"radius": 7, "most": 1, "edges": False}, Settings(7, 1.0, False)),
    ],
)
def test_settings_come_from_text_and_from_json(values: dict[str, Any], expected: Settings) -> None:
    assert BLUR.configure(values) == expected


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("radius", "0", "a whole number from 1 px"),
        ("radius", "2.5", "a whole number from 1 px"),
        ("radius", "inf", "a whole number from 1 px"),
        ("most", "1.1", "a number to 1"),
        ("most", "nan", "a number to 1"),
        ("edges", "perhaps", "on or off"),
        ("kind", "round", "one of soft, hard"),
        ("radius", True, "a whole number from 1 px"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(
    name: str, value: object, allowed: str
) -> None:
    with pytest.raises(SettingError) as caught:
        BLUR.configure({name: value})
    assert allowed in str(caught.value)
    assert name in caught.value.what


def test_what_there_is_not_is_named_with_what_there_is() -> None:
    with pytest.raises(SettingError, match="radius, most, edges, kind"):
        BLUR.configure({"size": 2})
    with pytest.raises(SettingError, match="upscale"):
        step("sparkle")
    with pytest.raises(SettingError, match="key=value"):
        parse_step("upscale:2")


def test_a_wrong_declaration_is_refused() -> None:
    @dataclass
    class Loose:
        pass

    with pytest.raises(TypeError, match="frozen"):
        Effect("x", "", "", 1, Loose, nothing)
    with pytest.raises(TypeError, match="frames, settings, context"):
        Effect("x", "", "", 1, Settings, lambda frames: frames)  # type: ignore[arg-type, misc]


@dataclass(frozen=True)
class Folding:
    kind: str = setting("soft", "Kind", "Which one.", choices=("soft", "hard", "off"))
    colour: str = setting("", "Colour", "Of it.")
    width: int = setting(1, "Width", "Of soft ones.", when=(only("kind", "soft"),))
    depth: int = setting(1, "Depth", ".", when=(unless("kind", "off"), only("colour", "")))


def test_a_setting_says_when_it_matters() -> None:
    width, depth = Effect("fold", "", "", 1, Folding, nothing).fields()[2:]
    plain = {"kind": "soft", "colour": "", "width": 1, "depth": 1}
    assert width.matters(plain)
    assert not width.matters({**plain, "kind": "hard"})
    assert [depth.matters({**plain, "kind": kind}) for kind in ("hard", "off")] == [True, False]
    assert not depth.matters({**plain, "colour": "red"})


def test_a_setting_that_hangs_on_none_is_refused() -> None:
    @dataclass(frozen=True)
    class Lost:
        width: int = setting(1, "Width", ".", when=(only("kind", "soft"),))

    with pytest.raises(TypeError, match="width hangs on the unknown kind"):
        Effect("x", "", "", 1, Lost, nothing)


def test_a_recipe_is_the_same_after_json() -> None:
    recipe = Recipe((step("slow_motion", speed=40), parse_step("upscale:scale=4,grain=0")), 5)
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert (recipe.name, recipe.scale) == ("slow_motion+upscale", 4)
    assert recipe.pace(Fraction(24)).speed == Fraction(2, 5)
    assert recipe.models("cpu") == ("rife", "realesr-animevideov3", "transnetv2")
    assert recipe.models("cuda") == ("rife", "realesrgan-x4plus", "transnetv2")


@pytest.mark.parametrize("seed", [-1, LARGEST_SEED + 1])
def test_a_seed_that_nothing_can_hold_is_refused(seed: int) -> None:
    with pytest.raises(SettingError):
        Recipe((step("copy"),), seed)


def test_errors_come_out_of_json_as_what_they_were() -> None:
    error = SettingError("what", "why", "remedy", "subject")
    again = OpticalsError.from_json(error.to_json())
    assert type(again) is SettingError
    assert again.to_json() == error.to_json()
    assert type(OpticalsError.from_json({"error": "Exception", "what": "x"})) is OpticalsError


def test_every_effect_names_models_of_the_catalogue() -> None:
    from opticals.models import catalogue

    for effect in catalog.all_effects().values():
        assert set(effect.every_model()) <= set(catalogue.all_models())


def test_several_effects_in_one_text_are_told_apart() -> None:
    with pytest.raises(SettingError, match="several effects") as caught:
        parse_step("slow_motion+green_screen:output=matte")
    assert "--effect slow_motion --effect green_screen" in caught.value.remedy
    with pytest.raises(SettingError, match=r"no effect “slow_motion\+fog”"):
        parse_step("slow_motion+fog")
