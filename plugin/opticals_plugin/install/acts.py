"""Install, uninstall and look, for one host or for all: plain data for the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from opticals.errors import OpticalsError, OutputError, SettingError
from opticals_plugin.install import blender, files, kdenlive, resolve
from opticals_plugin.install.files import Manifest
from opticals_plugin.install.machine import Machine
from opticals_plugin.install.place import Target

HOSTS: dict[str, Callable[[Machine], Target]] = {
    one.HOST: one.target for one in (blender, kdenlive, resolve)
}


class State(StrEnum):
    INSTALLED = "installed"
    OLDER = "of another version"
    CHANGED = "changed by you"
    DAMAGED = "not whole"
    ABSENT = "not installed"


@dataclass(frozen=True)
class Report:
    """What was found and done for one host; `error` where it failed."""

    target: Target
    state: State
    outcome: files.Outcome = field(default_factory=files.Outcome)
    error: OpticalsError | None = None

    def to_json(self) -> dict[str, Any]:
        done = self.outcome
        return {
            "host": self.target.host,
            "state": str(self.state),
            "programs": [
                {
                    "program": one.program,
                    "version": one.version,
                    "where": str(one.where),
                    "why_not": one.why,
                }
                for one in self.target.programs
            ],
            "written": [str(one) for one in done.written],
            "same": [str(one) for one in done.same],
            "removed": [str(one) for one in done.removed],
            "kept": [{"file": str(one), "as": str(to)} for one, to in done.kept.items()],
            "does": list(self.target.does),
            "then": list(self.target.then),
            "error": self.error.to_json() if self.error else None,
        }


def chosen(names: Sequence[str]) -> list[str]:
    """The hosts that are named; all where none is.

    Raises:
        SettingError: there is none of a name.
    """
    for name in names:
        if name not in HOSTS:
            raise SettingError(
                f"There is no host “{name}”.",
                remedy=f"There are: {', '.join(HOSTS)}. For others: opticals watch FOLDER.",
            )
    return list(dict.fromkeys(names)) or list(HOSTS)


def install(names: Sequence[str], machine: Machine, *, dry: bool = False) -> list[Report]:
    """Write the scripts of the hosts whose programs are there."""
    return [_installed(name, machine, dry) for name in chosen(names)]


def uninstall(names: Sequence[str], machine: Machine, *, dry: bool = False) -> list[Report]:
    """Take away what was installed, whatever is there of the programs now."""
    return [_removed(name, machine, dry) for name in chosen(names)]


def status(names: Sequence[str], machine: Machine) -> list[Report]:
    """What is there, and what is installed."""
    return [_looked_at(name, machine) for name in chosen(names)]


def _manifest(name: str, machine: Machine) -> Path:
    return machine.notes / f"{name}.json"


def _installed(name: str, machine: Machine, dry: bool) -> Report:
    target = HOSTS[name](machine)
    try:
        manifest = Manifest.read(_manifest(name, machine))
        if not target.files:
            return Report(target, _state(manifest, target))
        done = files.install(manifest, target.files, dry=dry)
    except OpticalsError as error:
        return Report(target, State.ABSENT, error=error)
    return Report(target, _state(manifest, target), done)


def _removed(name: str, machine: Machine, dry: bool) -> Report:
    target = Target(name, HOSTS[name](machine).programs)
    try:
        manifest = Manifest.read(_manifest(name, machine))
        done = files.uninstall(manifest, _others(name, machine), dry=dry)
    except OpticalsError as error:
        return Report(target, State.DAMAGED, error=error)
    return Report(target, State.INSTALLED if dry and manifest.files else State.ABSENT, done)


def _others(name: str, machine: Machine) -> list[Manifest]:
    found = []
    for one in HOSTS:
        with contextlib.suppress(OutputError):  # a damaged one is said when it is asked for
            found += [Manifest.read(_manifest(one, machine))] if one != name else []
    return found


def _looked_at(name: str, machine: Machine) -> Report:
    target = HOSTS[name](machine)
    try:
        manifest = Manifest.read(_manifest(name, machine))
    except OpticalsError as error:
        return Report(target, State.DAMAGED, error=error)
    return Report(target, _state(manifest, target))


def _state(manifest: Manifest, target: Target) -> State:
    if not manifest.files:
        return State.ABSENT
    there = {path: files.on_disk(path) for path in manifest.files}
    if not all(there.values()):
        return State.DAMAGED
    if there != manifest.files:
        return State.CHANGED
    wanted = {path: files.sum_of(data) for path, data in target.files.items()}
    return State.INSTALLED if wanted == there else State.OLDER
