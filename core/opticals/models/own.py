"""The user's own models: files added by command, or dropped into `own/` of the models folder.

What is known of a file (licence, whether commercial use is allowed) stands in a small JSON file
beside it, which `add` writes. Of a file without one the licence is unknown, and commercial use
not allowed as far as anybody knows.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from opticals.errors import ModelError
from opticals.models import catalogue, files
from opticals.models.catalogue import Model
from opticals.settings import models_folder

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "own"
SUFFIXES = (".safetensors", ".pth", ".pt")
UNKNOWN = "unknown"
# What networks read such files: see `opticals.nets`.
NETWORK = "spandrel"
# The hungriest networks of the field, transformers with wide windows: a tile that is too small
# costs time, one that is too large the render.
_MEMORY = 24_000
_TOLD = {"label": str, "task": str, "network": str, "licence": str, "commercial": bool}


def all_own() -> dict[str, Model]:
    """The user's own models by id: the file's name without its ending, or with it where that
    is another model's."""
    found: dict[str, Model] = {}
    folder = models_folder() / FOLDER
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    for file in there:
        if file.suffix.lower() not in SUFFIXES or file.name.startswith(".") or not file.is_file():
            continue
        names = (_as_id(file.stem), _as_id(file.name))
        free = [name for name in names if name not in found and name not in catalogue.all_models()]
        if free:
            found[free[0]] = _model(free[0], file)
    return found


def add(
    file: Path,
    name: str = "",
    *,
    licence: str = UNKNOWN,
    commercial: bool = False,
    network: str = NETWORK,
) -> Model:
    """Take a copy of a model's file into the folder, after a look whether it can be used.

    Args:
        name: its id; left out, the file's name without the ending.
        licence: as its author states it.
        commercial: whether that allows commercial use.
        network: what reads it: spandrel, or one of the entry point group `opticals.networks`.

    Raises:
        ModelError: the file is not there, is no model that can be used, has code in it, or its
            id is taken.
    """
    from opticals import nets

    suffix = file.suffix.lower()
    if not file.is_file():
        raise ModelError(f"{file} is not there.")
    if suffix not in SUFFIXES:
        raise ModelError(
            f"{file} is not a model's file.", f"Its name does not end in {', '.join(SUFFIXES)}."
        )
    name = name or _as_id(file.stem)
    if not name or name != _as_id(name):
        raise ModelError(
            f"“{name}” cannot be a model's id.", remedy="Use letters, digits, and . - _ between."
        )
    if name in catalogue.all_models() or name in all_own():
        raise ModelError(f"There is a model “{name}” already.", remedy="Choose another: --id NAME")
    # What the loader says of it is kept for the list; it raises for what cannot be used.
    task = str(getattr(nets.read(network, file), "task", "")) or network
    told = {
        "label": file.name,
        "task": task,
        "network": network,
        "licence": licence,
        "commercial": commercial,
    }
    kept = models_folder() / FOLDER / f"{name}{suffix}"
    with files.replacing(kept) as part:
        shutil.copyfile(file, part)
    with files.replacing(about(kept)) as part:
        part.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    return _model(name, kept)


def about(file: Path) -> Path:
    """Where it stands what is known of an own file."""
    return file.with_name(f"{file.name}.about.json")


def _model(name: str, file: Path) -> Model:
    values: dict[str, Any] = {
        "label": file.name,
        "task": "own file",
        "network": NETWORK,
        "licence": UNKNOWN,
        "commercial": False,
        **_told(about(file)),
    }
    values |= {"id": name, "file": f"{FOLDER}/{file.name}", "size": file.stat().st_size}
    values |= {"memory": _MEMORY, "sources": ()}
    return Model(**{one.name: values[one.name] for one in fields(Model) if one.name in values})


def _told(path: Path) -> dict[str, Any]:
    """What the file beside a model says; nothing where it cannot be read, which allows least."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(told, dict) or any(type(told.get(key)) is not _TOLD[key] for key in _TOLD):
        return {}
    return {key: told[key] for key in _TOLD}


def _as_id(name: str) -> str:
    """A name as it can stand in `upscale:model=NAME,scale=2`."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")
