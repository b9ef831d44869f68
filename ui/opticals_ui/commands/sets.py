"""Sets of keys: those we ship, after the programs whose editors know them, and files of them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import opticals_resources
from opticals.errors import SettingError
from opticals_ui.commands.command import Command
from opticals_ui.commands.keys import Bindings, conflicts, native, spelled
from opticals_ui.look.words import tr

OURS = "opticals"
SHIPPED = (OURS, "premiere", "resolve", "avid", "final_cut", "kdenlive")
FORMAT = "opticals shortcuts 1"  # what a file of keys says that it is
LARGEST = 1 << 20  # bytes of a file of keys


@dataclass(frozen=True)
class KeySet:
    """Keys of some commands. Commands that it does not name keep those they have."""

    id: str
    name: str
    keys: Bindings


@cache
def shipped(id: str) -> KeySet:
    """A set that we ship; ours, which says nothing, where there is none of that id."""
    if id not in SHIPPED:
        id = OURS
    found = tomllib.loads(opticals_resources.text(f"shortcuts/{id}.toml"))
    keys = {name: tuple(map(spelled, some)) for name, some in found.get("keys", {}).items()}
    return KeySet(id, found["name"], MappingProxyType(keys))


def written(set_id: str, own: Bindings) -> str:
    """A file of keys: the set that is chosen, and the user's own changes of it."""
    document = {"is": FORMAT, "set": set_id, "keys": {id: list(own[id]) for id in sorted(own)}}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read(text: str, commands: Sequence[Command]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The set and the changes that a file of keys holds. Commands that are not known here, from
    a newer version perhaps, are left out.

    Raises:
        SettingError: it is no such file, a key is none, or one stands for two commands.
    """
    try:
        found: Any = json.loads(text)
    except ValueError as error:
        raise SettingError.wrap(tr("This is no file of shortcuts."), error, _remedy()) from error
    if not isinstance(found, dict) or found.get("is") != FORMAT:
        why = tr("It does not say “{format}”.", format=FORMAT)
        raise SettingError(tr("This is no file of shortcuts."), why, _remedy())
    set_id, changes = found.get("set"), found.get("keys")
    if set_id not in SHIPPED:
        known = ", ".join(SHIPPED)
        what = tr("The file names an unknown set, “{name}”.", name=set_id)
        raise SettingError(what, tr("Known: {names}.", names=known))
    own = checked(changes, commands)
    for clash in conflicts(commands, own):
        raise SettingError(
            tr("{key} stands for two commands in this file.", key=native(clash.key)),
            tr("They are “{one}” and “{two}”.", one=clash.first.name, two=clash.second.name),
            tr("Take it from one of them in the file, and import it again."),
        )
    return set_id, own


def checked(changes: Any, commands: Sequence[Command]) -> dict[str, tuple[str, ...]]:
    """Keys by command, from outside, with each key spelled our way.

    Raises:
        SettingError: it is something else.
    """
    if not isinstance(changes, dict):
        raise SettingError(tr("The file has no list of keys."), remedy=_remedy())
    known = {command.id for command in commands}
    own = {}
    for id, keys in changes.items():
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            what = tr("The keys of “{id}” cannot be read.", id=id)
            raise SettingError(what, remedy=_remedy())
        if id in known:
            own[id] = tuple(dict.fromkeys(map(spelled, keys)))
    return own


def _remedy() -> str:
    return tr("Choose a file that was exported from the shortcuts of Opticals.")
