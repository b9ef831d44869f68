"""The recipe: the ordered effects with their settings and seed. Plain data, JSON both ways."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from opticals import catalog
from opticals.declaration import Effect, Makes, Value
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
    """The step that `ID[:key=value,...]` names.

    Raises:
        SettingError: the text is not of that form, or names what there is not.
    """
    effect, _, rest = text.partition(":")
    settings: dict[str, object] = {}
    for pair in filter(None, rest.split(",")):
        key, equals, value = pair.partition("=")
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

    @property
    def speed(self) -> Fraction:
        """Source frames per output frame."""
        speed = Fraction(1)
        for one in self.steps:
            speed *= one.declaration.speed(one.configured)
        return speed

    @property
    def scale(self) -> int:
        """Growth of the picture's sides."""
        scale = 1
        for one in self.steps:
            scale *= one.declaration.scale(one.configured)
        return scale

    @property
    def retimes(self) -> bool:
        return any(one.declaration.makes is Makes.RETIME for one in self.steps)

    def models(self, device: str) -> tuple[str, ...]:
        """The catalogue's models that it needs on a device type, each once."""
        needed = (
            model for one in self.steps for model in one.declaration.models(one.configured, device)
        )
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
