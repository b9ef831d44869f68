"""A stack of effects as plain data: entries in their order, each with settings, and a seed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QLocale

from opticals import catalog
from opticals.declaration import Effect, Kind, Value
from opticals.errors import OpticalsError, SettingError
from opticals.presets import Part, Preset
from opticals.recipe import Recipe, Step, step
from opticals_ui.look.words import tr

SEEDS = 1_000_000  # from which a new one is drawn: short enough to be read out


@dataclass(frozen=True)
class Entry:
    """One effect with every one of its settings. `bypassed`: it is kept, and not rendered."""

    effect: str
    values: Mapping[str, Value]
    bypassed: bool = False

    @staticmethod
    def of(effect: str, values: Mapping[str, Value] | None = None) -> Entry:
        """An effect with these settings, the others at their defaults."""
        return Entry(effect, defaults(catalog.find(effect)) | dict(values or {}))

    @property
    def declaration(self) -> Effect:
        return catalog.find(self.effect)

    @property
    def changed(self) -> bool:
        """Whether any setting is another than by default."""
        return dict(self.values) != defaults(self.declaration)

    def with_value(self, name: str, value: Value) -> Entry:
        return replace(self, values={**self.values, name: value})


@dataclass(frozen=True)
class Stack:
    """Effects in the order in which they are applied. Every change makes a new one."""

    entries: tuple[Entry, ...] = ()
    seed: int = 0

    def added(self, at: int, *entries: Entry) -> Stack:
        """With more entries before the one at `at`."""
        return replace(self, entries=(*self.entries[:at], *entries, *self.entries[at:]))

    def without(self, at: int) -> Stack:
        return replace(self, entries=self.entries[:at] + self.entries[at + 1 :])

    def moved(self, at: int, to: int) -> Stack:
        """With the entry at `at` standing at `to`."""
        left = self.without(at)
        return left.added(to, self.entries[at])

    def changed(self, at: int, change: Callable[[Entry], Entry]) -> Stack:
        new = change(self.entries[at])
        return replace(self, entries=(*self.entries[:at], new, *self.entries[at + 1 :]))

    def reseeded(self) -> Stack:
        """With another seed."""
        return replace(self, seed=(self.seed + 1 + secrets.randbelow(SEEDS - 1)) % SEEDS)

    def maskless(self) -> Stack:
        """Without masks: they are of one shot."""
        return Stack(tuple(map(_maskless, self.entries)), self.seed)

    @property
    def active(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if not one.bypassed)

    @property
    def chance(self) -> bool:
        """Whether the seed changes anything."""
        return any(one.declaration.chance for one in self.active)

    def recipe(self) -> Recipe:
        """The recipe of what is not bypassed.

        Raises:
            SettingError: nothing is left to render, or a value is out of its bounds.
        """
        if not self.entries:
            raise SettingError(
                tr("There is no effect."),
                remedy=tr("Choose one in the list of effects."),
            )
        if not self.active:
            raise SettingError(
                tr("Every effect of the stack is bypassed."), remedy=tr("Turn one of them on.")
            )
        return Recipe(tuple(step(one.effect, **one.values) for one in self.active), self.seed)

    @staticmethod
    def of_recipe(data: Mapping[str, Any]) -> Stack | None:
        """The stack of a recipe as a sidecar has it; None where it asks for what there is not
        here (any more)."""
        try:
            recipe = Recipe.from_json(data)
        except (OpticalsError, KeyError, TypeError, ValueError, AttributeError):
            return None
        return Stack(tuple(_entry(one) for one in recipe.steps), recipe.seed)

    @staticmethod
    def of_preset(preset: Preset) -> Stack:
        return Stack(
            tuple(replace(_entry(one.step), bypassed=one.bypassed) for one in preset.parts),
            preset.seed,
        )

    def preset(self, name: str) -> Preset:
        """The stack under a name, checked.

        Raises:
            SettingError: a value is out of its bounds.
        """
        parts = (Part(step(one.effect, **one.values), one.bypassed) for one in self.entries)
        return Preset(name, tuple(parts), seed=self.seed)

    def words(self) -> str:
        """The effects that are rendered, in one line."""
        return " + ".join(tr(one.declaration.label) for one in self.active)


def defaults(effect: Effect) -> dict[str, Value]:
    """An effect's settings as they are when nobody changed them."""
    return {one.name: one.default for one in effect.fields()}


def differences(entry: Entry) -> Sequence[tuple[str, str]]:
    """The settings that are not at their defaults and matter, in words: label and value."""
    return [
        (tr(one.label), in_words(one.unit, entry.values[one.name], one.kind))
        for one in entry.declaration.fields()
        if entry.values[one.name] != one.default and one.matters(entry.values)
    ]


def in_words(unit: str, value: Value, kind: Kind = Kind.TEXT) -> str:
    """A value as people read it, in short."""
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if kind.is_file:
        return str(value).replace("\\", "/").rpartition("/")[2]
    number = str(value)
    if isinstance(value, float):
        number = f"{value:g}".replace(".", QLocale().decimalPoint())
    return f"{number} {tr(unit)}" if unit and not isinstance(value, str) else number


def _entry(one: Step) -> Entry:
    return Entry(one.effect, dict(one.settings))


def _maskless(entry: Entry) -> Entry:
    masks = {one.name: one.default for one in entry.declaration.fields() if one.kind is Kind.MASK}
    return replace(entry, values={**entry.values, **masks}) if masks else entry
