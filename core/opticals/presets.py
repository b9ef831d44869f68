"""Presets: effects with their settings under a name, shipped or the user's own, one JSON file each.

A preset is data and comes from anybody: everything in it is checked, nothing of it is run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import opticals_resources
from opticals import catalog
from opticals.declaration import Kind
from opticals.errors import OpticalsError, PresetError, SettingError
from opticals.recipe import LARGEST_SEED, Recipe, Step, step
from opticals.settings import presets_folder

SUFFIX = ".json"
VERSION = 1
LONGEST_NAME = 80
_LARGEST = 1 << 20  # bytes of a file
_MOST_STEPS = 64
_KEYS = {"opticals_preset", "name", "description", "steps", "seed"}
_STEP_KEYS = {"effect", "settings", "bypassed"}


@dataclass(frozen=True)
class Part:
    """One effect of a preset: a step, and whether it is passed over."""

    step: Step
    bypassed: bool = False


@dataclass(frozen=True)
class Preset:
    """Effects in their order, each with its settings.

    Attributes:
        name: as shown to people; one line.
        description: what it is for.
        file: where it lies; None where it lies nowhere yet.
        shipped: whether it comes with Opticals and cannot be changed.
    """

    name: str
    parts: tuple[Part, ...]
    description: str = ""
    seed: int = 0
    file: Path | None = None
    shipped: bool = False

    @property
    def recipe(self) -> Recipe:
        """What it renders.

        Raises:
            PresetError: every effect of it is passed over.
        """
        steps = tuple(one.step for one in self.parts if not one.bypassed)
        if not steps:
            raise PresetError(f"“{self.name}” has no effect that is on.")
        return Recipe(steps, self.seed)

    def without(self, *kinds: Kind) -> Preset:
        """The preset without the files that settings of these kinds name: a mask is of one shot,
        and the folders of one machine are no business of another's."""

        def cleared(part: Part) -> Part:
            values = dict(part.step.settings)
            for field in part.step.declaration.fields():
                if field.kind in kinds:
                    values[field.name] = field.default
            return replace(part, step=Step(part.step.effect, values))

        return replace(self, parts=tuple(map(cleared, self.parts)))

    def to_json(self) -> dict[str, Any]:
        return {
            "opticals_preset": VERSION,
            "name": self.name,
            "description": self.description,
            "seed": self.seed,
            "steps": [
                {
                    "effect": one.step.effect,
                    "settings": dict(one.step.settings),
                    **({"bypassed": True} if one.bypassed else {}),
                }
                for one in self.parts
            ],
        }

    def to_text(self) -> str:
        return json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Shelf:
    """The presets that there are, and what of the user's own cannot be read."""

    presets: tuple[Preset, ...]
    broken: tuple[PresetError, ...] = ()


def shipped() -> tuple[Preset, ...]:
    """Those that come with Opticals, by the names of their files."""
    folder = opticals_resources.path("presets")
    return tuple(
        replace(read(file), shipped=True)
        for file in sorted(folder.glob(f"*{SUFFIX}"))
        if file.is_file()
    )


def own() -> Shelf:
    """The user's own by name; a file that cannot be read does not hide the others."""
    found, broken = [], []
    for file in sorted(presets_folder().glob(f"*{SUFFIX}")):
        try:
            found.append(read(file))
        except PresetError as error:
            broken.append(error)
    return Shelf(tuple(sorted(found, key=lambda one: one.name.casefold())), tuple(broken))


def find(name: str) -> Preset:
    """The preset of this name, the user's own before a shipped one. Capitals do not matter.

    Raises:
        PresetError: there is none.
    """
    known = (*own().presets, *shipped())
    found = next((one for one in known if _same(one.name, name.strip())), None)
    if found is None:
        names = ", ".join(f"“{one.name}”" for one in known)
        raise PresetError(f"There is no preset “{name}”.", f"There are {names}.")
    return found


def read(file: Path) -> Preset:
    """The preset in a file.

    Raises:
        PresetError: it cannot be read, is no preset, or asks for what there is not here.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise PresetError.wrap(f"{file} cannot be read.", error) from error
    if len(data) > _LARGEST:
        raise _none(str(file), "It is far too large for one")
    try:
        return replace(parse(data.decode("utf-8"), str(file)), file=file)
    except UnicodeDecodeError as error:
        raise _none(str(file), "It is not text") from error


def parse(text: str, where: str) -> Preset:
    """The preset in a text; `where` names it in errors.

    Raises:
        PresetError: as `read`.
    """
    try:
        data = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _none(where, "It is not JSON") from error
    if not isinstance(data, dict) or "opticals_preset" not in data:
        raise _none(where, "It does not say that it is one")
    if data["opticals_preset"] != VERSION:
        raise PresetError(
            f"{where} is of another version of Opticals.",
            f"It is a preset of version {data['opticals_preset']!r:.20}; this one reads {VERSION}.",
            "Update Opticals.",
        )
    if unknown := set(data) - _KEYS:
        raise _none(where, f"It has the unknown “{min(unknown):.40}”")
    steps = data.get("steps")
    if not isinstance(steps, list) or not 0 < len(steps) <= _MOST_STEPS:
        raise _none(where, f"It has not 1 to {_MOST_STEPS} steps")
    name, about, seed = data.get("name"), data.get("description", ""), data.get("seed", 0)
    if not isinstance(about, str) or len(about) > 1000:
        raise _none(where, "Its description is no text of at most 1000 letters")
    if type(seed) is not int or not 0 <= seed <= LARGEST_SEED:
        raise _none(where, "Its seed is none")
    return Preset(checked_name(name, where), tuple(_part(one, where) for one in steps), about, seed)


def checked_name(name: object, where: str = "") -> str:
    """A name that a preset may have, without spaces around it.

    Raises:
        PresetError: it is empty, too long, or not one line.
    """
    clean = name.strip() if isinstance(name, str) else ""
    if not 0 < len(clean) <= LONGEST_NAME or not clean.isprintable():
        raise PresetError(
            f"{where}: this is no name for a preset." if where else "This is no name for a preset.",
            remedy=f"Give it a name of one line, of 1 to {LONGEST_NAME} letters.",
        )
    return clean


def save(preset: Preset, *, replacing: bool = False) -> Preset:
    """Keep a preset among the user's own; as it then lies there, without masks.

    Raises:
        PresetError: the name is none, another has it already (unless `replacing`), or the file
            cannot be written.
    """
    name = checked_name(preset.name)
    file = _file(name)
    if not replacing and any(_same(one.name, name) for one in own().presets):
        raise PresetError(
            f"There is a preset “{name}” already.",
            remedy="Give it another name, or replace it.",
            subject=name,
        )
    kept = replace(preset.without(Kind.MASK), name=name, file=file, shipped=False)
    _write(kept, file)
    return kept


def rename(preset: Preset, name: str) -> Preset:
    """Give one of the user's own another name.

    Raises:
        PresetError: as `save`, or it is not the user's own.
    """
    old = _own_file(preset)
    name = checked_name(name)
    if any(_same(one.name, name) and one.file != old for one in own().presets):
        raise PresetError(f"There is a preset “{name}” already.", remedy="Give it another name.")
    new = replace(preset, name=name, file=_file(name))
    _write(new, _file(name))
    if old != new.file:
        _unlink(old)
    return new


def delete(preset: Preset) -> None:
    """Take one of the user's own away.

    Raises:
        PresetError: it is not the user's own, or its file cannot be deleted.
    """
    _unlink(_own_file(preset))


def share(preset: Preset, file: Path) -> None:
    """Write a preset for others: without the files of this machine that it names.

    Raises:
        PresetError: the file cannot be written.
    """
    _write(preset.without(Kind.MASK, Kind.MEDIUM), file)


def take(file: Path) -> Preset:
    """Keep a preset that came from elsewhere; under a name with a number where its own is taken.

    Raises:
        PresetError: as `read` and `save`.
    """
    preset = read(file)
    return save(replace(preset, name=free_name(preset.name, (one.name for one in own().presets))))


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name, or the first with a number behind it that nothing has yet."""
    known = {one.casefold() for one in taken}
    number, found = 1, name
    while found.casefold() in known:
        number += 1
        tail = f" {number}"
        found = name[: LONGEST_NAME - len(tail)] + tail
    return found


def _part(data: object, where: str) -> Part:
    if not isinstance(data, dict) or set(data) - _STEP_KEYS:
        raise _none(where, "A step of it is none")
    effect, settings = data.get("effect"), data.get("settings", {})
    bypassed = data.get("bypassed", False)
    if not (isinstance(effect, str) and isinstance(settings, dict) and type(bypassed) is bool):
        raise _none(where, "A step of it is none")
    if not all(type(value) in (bool, int, float, str) for value in settings.values()):
        raise _none(where, f"A setting of {effect:.40} is neither number, text nor switch")
    if effect not in catalog.all_effects():
        raise PresetError(
            f"{where} needs the effect “{effect:.40}”, which is not here.",
            remedy="Install the package that brings it.",
        )
    try:
        return Part(_step(effect, settings), bypassed)
    except SettingError as error:
        raise PresetError(
            f"{where} cannot be used.", f"{error.what} {error.why}".strip()
        ) from error


def _step(effect: str, settings: Mapping[str, object]) -> Step:
    try:
        return step(effect, **settings)
    except OpticalsError:
        raise
    except (TypeError, ValueError, OverflowError) as error:
        raise SettingError.wrap(f"{effect} cannot be set so.", error) from error


def _file(name: str) -> Path:
    """Where a preset of this name lies. Names that differ lie apart on every file system."""
    plain = re.sub(r"[^\w-]+", "_", name.casefold(), flags=re.ASCII).strip("_")[:40]
    mark = hashlib.sha256(name.casefold().encode()).hexdigest()[:8]
    return presets_folder() / f"{plain or 'preset'}-{mark}{SUFFIX}"


def _same(name: str, other: str) -> bool:
    return name.casefold() == other.casefold()


def _own_file(preset: Preset) -> Path:
    if preset.file is None or preset.shipped:
        raise PresetError(
            f"“{preset.name}” is not one of your own presets.", remedy="Save it under another name."
        )
    return preset.file


def _write(preset: Preset, file: Path) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(preset.to_text(), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PresetError.wrap(f"{file} cannot be written.", error) from error


def _unlink(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise PresetError.wrap(f"{file} cannot be deleted.", error) from error


def _none(where: str, why: str) -> PresetError:
    return PresetError(f"{where} is no preset of Opticals.", f"{why}.")


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")
