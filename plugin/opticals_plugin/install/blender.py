"""Blender: an extension from 4.2 on, an add-on before, for every version that is found."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from opticals_plugin.hosts import blender as package
from opticals_plugin.install.machine import Machine
from opticals_plugin.install.place import Found, Target

HOST = "blender"
_OLDEST, _EXTENSIONS = (3, 4), (4, 2)
_VERSION = re.compile(r"(\d+)\.(\d+)")
_SAID = re.compile(r"^Blender (\d+)\.(\d+)", re.MULTILINE)


def target(machine: Machine) -> Target:
    """Where the add-on goes."""
    found = _programs(machine)
    files: dict[Path, bytes] = {}
    does: list[str] = []
    programs = []
    packed = _packed(machine)
    for version, where in sorted(found.items()):
        name = f"{version[0]}.{version[1]}"
        why = ""
        if version < _OLDEST:
            why = "Blender 3.4 is the oldest that Opticals works in."
        programs.append(Found("Blender", name, where, why))
        if why:
            continue
        folder = _settings(machine) / name
        as_extension = version >= _EXTENSIONS
        folder = (
            folder / "extensions" / "user_default" / package.EXTENSION
            if as_extension
            else folder / "scripts" / "addons" / package.MODULE
        )
        files.update({folder / one: data for one, data in packed.items()})
        does.append(f"Blender {name}: {'extension' if as_extension else 'add-on'} in {folder}")
    programs += list(_walled(machine))
    then: tuple[str, ...] = ()
    if files:
        then = (
            "Enable it once, in Edit > Preferences > Add-ons: “Opticals”. It is then in the "
            "sidebar of the sequencer (N).",
        )
    return Target(HOST, tuple(programs), files, tuple(does), then)


def _packed(machine: Machine) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = package.pack(Path(folder) / "addon.zip", machine.launch)
        with zipfile.ZipFile(path) as archive:
            return {
                one.partition("/")[2]: archive.read(one)
                for one in archive.namelist()
                if one.partition("/")[2]
            }


def _settings(machine: Machine) -> Path:
    if machine.system == "win32":
        return machine.config / "Blender Foundation" / "Blender"
    return machine.config / ("Blender" if machine.system == "darwin" else "blender")


def _programs(machine: Machine) -> dict[tuple[int, int], Path]:
    """Versions by what shows that they are there: their settings, or the program itself."""
    found: dict[tuple[int, int], Path] = {}
    for holder in _holders(machine):
        if not holder.is_dir():
            continue
        for one in sorted(holder.iterdir()):
            match = _VERSION.fullmatch(one.name)
            if match and one.is_dir():
                found.setdefault((int(match[1]), int(match[2])), one)
    if machine.system == "linux":  # distributions keep no folder of the version's name
        for program in (machine.at("/usr/bin/blender"), machine.at("/usr/local/bin/blender")):
            said = machine.ask([str(program), "--version"]) if program.exists() else ""
            if match := _SAID.search(said):
                found.setdefault((int(match[1]), int(match[2])), program)
    return found


def _holders(machine: Machine) -> Iterator[Path]:
    """Folders that hold one of the name of each version."""
    yield _settings(machine)
    if machine.system == "darwin":
        for applications in (machine.at("/Applications"), machine.home / "Applications"):
            yield from (one / "Contents/Resources" for one in applications.glob("Blender*.app"))
    elif machine.system == "win32":
        programs = machine.at("C:/Program Files")
        yield from programs.glob("Blender Foundation/Blender*")
        yield programs / "Steam/steamapps/common/Blender"
        yield machine.at("C:/Program Files (x86)") / "Steam/steamapps/common/Blender"
    else:
        yield machine.at("/usr/share/blender")
        yield from machine.at("/opt").glob("blender*")
        yield machine.at("/snap/blender/current")  # not confined: it uses the usual folders
        yield from machine.home.glob("blender*")
        yield machine.data / "Steam/steamapps/common/Blender"


def _walled(machine: Machine) -> Iterator[Found]:
    """Those that may not start a program outside."""
    flat = machine.home / ".var" / "app" / "org.blender.Blender"
    if machine.system == "linux" and flat.is_dir():
        yield Found(
            "Blender (Flatpak)",
            "",
            flat,
            "A Flatpak may not start programs outside. Use Blender from blender.org, Steam, the "
            "Snap Store or your distribution.",
        )
