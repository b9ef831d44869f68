"""DaVinci Resolve: entries of Workspace > Scripts, in the user's own folder."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path

from opticals_plugin.hosts import resolve as package
from opticals_plugin.install.machine import Machine
from opticals_plugin.install.place import Found, Target

HOST = "resolve"
_VERSION = re.compile(r"DaVinci Resolve (?:Studio )?(\d+(?:\.\d+)+)")
_STORE = "Library/Containers/com.blackmagic-design.DaVinciResolveLite"


def target(machine: Machine) -> Target:
    """Where the scripts go."""
    programs = [
        Found("DaVinci Resolve", _version(machine, one), one)
        for one in _programs(machine)
        if one.exists()
    ]
    fusion = _fusion(machine)
    if not programs and fusion.is_dir():
        programs.append(Found("DaVinci Resolve", "", fusion))
    usable = bool(programs)
    store = machine.home / _STORE
    if machine.system == "darwin" and store.is_dir():
        why = "The App Store's may not talk to other programs: use the one from Blackmagic's site."
        programs.append(Found("DaVinci Resolve (App Store)", "", store, why))
    if not usable:
        return Target(HOST, tuple(programs))
    files = package.files(fusion, machine.launch)
    return Target(
        HOST,
        tuple(programs),
        files,
        (f"DaVinci Resolve: scripts in {fusion / package.MENU}",),
        (
            "They are under Workspace > Scripts > Opticals; keys for them are given in "
            "DaVinci Resolve > Keyboard Customization.",
            "It needs a Python that DaVinci Resolve finds (3.6 or later; python.org's on macOS "
            "and Windows).",
            "Scripting has no undo in DaVinci Resolve: “Undo Placement” in that menu takes back "
            "what Opticals did.",
        ),
    )


def _fusion(machine: Machine) -> Path:
    """Of the user's, which needs no rights of an administrator."""
    if machine.system == "darwin":
        return machine.config / "Blackmagic Design" / "DaVinci Resolve" / "Fusion"
    if machine.system == "win32":
        return machine.config / "Blackmagic Design" / "DaVinci Resolve" / "Support" / "Fusion"
    return machine.data / "DaVinciResolve" / "Fusion"


def _programs(machine: Machine) -> tuple[Path, ...]:
    if machine.system == "darwin":
        folder = machine.at("/Applications")
        return (
            folder / "DaVinci Resolve" / "DaVinci Resolve.app",
            folder / "DaVinci Resolve Studio.app",
        )
    if machine.system == "win32":
        return (machine.at("C:/Program Files/Blackmagic Design/DaVinci Resolve/Resolve.exe"),)
    return (machine.at("/opt/resolve/bin/resolve"), machine.at("/home/resolve/bin/resolve"))


def _version(machine: Machine, program: Path) -> str:
    """As far as it says."""
    try:
        if machine.system == "darwin":
            with (program / "Contents" / "Info.plist").open("rb") as file:
                return str(plistlib.load(file).get("CFBundleShortVersionString", ""))
        if machine.system == "linux":
            pages = program.parents[1] / "docs"
            for one in ("ReadMe.html", "Welcome.txt"):
                if (pages / one).exists():
                    found = _VERSION.search((pages / one).read_text(errors="replace"))
                    return found[1] if found else ""
    except (OSError, ValueError, plistlib.InvalidFileException):
        pass
    return ""
