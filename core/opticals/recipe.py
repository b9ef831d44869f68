"""The recipe: the ordered effects with their settings and seed. Plain data, JSON both ways."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from opticals import catalog
from opticals.curve import NORMAL, Pace
from opticals.declaration import CUTS_MODEL, Effect, Kind, Makes, Value
from opticals.errors import SettingError

LARGEST_SEED = 2**63 - 1  # what torch and OpenTimelineIO hold


@dataclass(frozen=True)
class Step:
    """One effect with every one of its settings."""

    effect: str
    settings: Mapping[str, Value]

    @property
    def declaration(self) -> Effect:
        return catalog.find(self.effect)

    @property
    def configured(self) -> Any:
        """The settings as the effect's own dataclass."""
        return self.declaration.configure(self.settings)


def step(effect: str, **settings: object) -> Step:
    """An effect with settings, checked; settings left out take their defaults.

    Raises:
        SettingError: an unknown effect or setting, or a value out of its bounds.
    """
    configured = catalog.find(effect).configure(settings)
    return Step(effect, dataclasses.asdict(configured))


def parse_step(text: str) -> Step:
    """The step that `ID[:key=value,...]` names. A comma inside a value is written `\\,`.

    Raises:
        SettingError: the text is not of that form, or names what there is not.
    """
    effect, _, rest = text.partition(":")
    several = effect.split("+")
    if len(several) > 1 and not set(several) - set(catalog.all_effects()):
        each = " ".join(f"--effect {one}" for one in several)
        raise SettingError(
            f"“{effect}” names several effects at once.",
            "Each has settings of its own.",
            f"Name one after the other, in the order they are applied: {each}",
        )
    catalog.find(effect.strip())  # said before what is wrong with its settings
    settings: dict[str, object] = {}
    for pair in filter(None, re.split(r"(?<!\\),", rest)):
        key, equals, value = pair.replace("\\,", ",").partition("=")
        if not equals:
            raise SettingError(
                f"“{pair}” in “{text}” is not of the form key=value.",
                remedy=f"Write it as {effect}:key=value,key=value.",
            )
        settings[key.strip()] = value.strip()
    return step(effect.strip(), **settings)


@dataclass(frozen=True)
class Recipe:
    """All that is needed, with the models, to render a shot again."""

    steps: tuple[Step, ...]
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= LARGEST_SEED:
            raise SettingError(
                f"The seed {self.seed} is out of bounds.",
                remedy=f"Choose a whole number from 0 to {LARGEST_SEED}.",
            )

    @property
    def name(self) -> str:
        """What the render's file is called after: `upscale`, `slow_motion+upscale`."""
        return "+".join(one.effect for one in self.steps)

    def pace(self, rate: Fraction) -> Pace:
        """Which times of a medium with so many frames per second its outputs show."""
        pace = NORMAL
        for one in self.steps:
            pace = pace.then(one.declaration.pace(one.configured, rate))
            rate = one.declaration.rate(one.configured, rate)
        return pace

    def rate(self, rate: Fraction) -> Fraction:
        """Frames per second of what it makes of a medium with so many."""
        for one in self.steps:
            rate = one.declaration.rate(one.configured, rate)
        return rate

    @property
    def scale(self) -> int:
        """Growth of the picture's sides."""
        scale = 1
        for one in self.steps:
            scale *= one.declaration.scale(one.configured)
        return scale

    @property
    def alpha(self) -> bool:
        """Whether its pictures get an alpha that the source has not."""
        return any(one.declaration.alpha(one.configured) for one in self.steps)

    @property
    def temporal(self) -> bool:
        """Whether cuts in the medium matter to it."""
        return any(one.declaration.temporal(one.configured) for one in self.steps)

    @property
    def surveys(self) -> bool:
        """Whether all of the shot must be seen before any of it can be rendered."""
        return any(one.declaration.surveys(one.configured) for one in self.steps)

    def reach(self, rate: Fraction) -> tuple[int, int]:
        """Frames of the medium needed before and after the one that an output shows."""
        before = after = Fraction(0)
        speed = Fraction(1)  # at most
        for one in self.steps:
            configured = one.configured
            window = one.declaration.window(configured)
            before, after = before + window[0] * speed, after + window[1] * speed
            speed *= one.declaration.pace(configured, rate).fastest
            rate = one.declaration.rate(configured, rate)
        return math.ceil(before), math.ceil(after) + 1

    def files(self, *kinds: Kind) -> tuple[str, ...]:
        """The files that settings name, each once; those of some kinds of settings alone, if any
        are given."""
        named = (
            str(one.settings[field.name])
            for one in self.steps
            for field in one.declaration.fields()
            if field.kind.is_file and (not kinds or field.kind in kinds)
        )
        return tuple(dict.fromkeys(filter(None, named)))

    def require_settings(self) -> None:
        """Raises a SettingError that names what an effect cannot do without."""
        for one in self.steps:
            for field in one.declaration.fields():
                left = one.settings.get(field.name, field.default) == field.default
                if left and field.name in one.declaration.required:
                    raise SettingError(
                        f"{one.declaration.label} needs a {field.label.lower()}.",
                        field.help,
                        f"Set {field.name}.",
                    )

    @property
    def retimes(self) -> bool:
        return any(one.declaration.makes is Makes.RETIME for one in self.steps)

    def models(self, device: str) -> tuple[str, ...]:
        """The catalogue's models that it needs on a device type, each once."""
        needed = [
            model for one in self.steps for model in one.declaration.models(one.configured, device)
        ]
        if self.temporal:
            needed.append(CUTS_MODEL)
        return tuple(dict.fromkeys(needed))

    def to_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "steps": [
                {
                    "effect": one.effect,
                    "version": one.declaration.version,
                    "settings": dict(one.settings),
                }
                for one in self.steps
            ],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Recipe:
        """The recipe of a sidecar.

        Raises:
            SettingError: it names an effect or a setting that there is not.
        """
        steps: Sequence[Mapping[str, Any]] = data["steps"]
        return Recipe(
            tuple(step(one["effect"], **one["settings"]) for one in steps), int(data["seed"])
        )
