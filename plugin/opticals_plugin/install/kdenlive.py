"""Kdenlive: entries of the desktop's menu that talk to it over D-Bus, to be put on keys."""

from __future__ import annotations

import re
from pathlib import Path

from opticals_plugin.hosts.kdenlive import press
from opticals_plugin.install.machine import Machine
from opticals_plugin.install.place import Found, Target

HOST = "kdenlive"
NAME = "opticals-kdenlive.desktop"
_RELEASE = re.compile(r'<release[^>]*\bversion="([^"]+)"')
_INFO = ("org.kde.kdenlive.appdata.xml", "org.kde.kdenlive.metainfo.xml")
_ACTIONS = (
    ("send", "Send Selection to Opticals"),
    ("repeat", "Repeat Last Opticals Effect"),
    ("show", "Show Opticals"),
)


def target(machine: Machine) -> Target:
    """Where the menu's entries go."""
    if machine.system != "linux":
        return Target(HOST, _elsewhere(machine))
    programs, usable = [], False
    for where in ("/usr", "/usr/local"):
        program = machine.at(where) / "bin" / "kdenlive"
        if program.exists():
            programs.append(Found("Kdenlive", _version(machine.at(where)), program))
            usable = True
    images = [
        *machine.home.glob("[Kk]denlive*.AppImage"),
        *machine.home.glob("Applications/[Kk]denlive*.AppImage"),
    ]
    for image in images:
        version = re.search(r"\d+\.\d+(\.\d+)?", image.name)
        programs.append(Found("Kdenlive (AppImage)", version[0] if version else "", image))
        usable = True
    programs += _walled(machine)
    if not usable:
        return Target(HOST, tuple(programs))
    path = machine.data / "applications" / NAME
    return Target(
        HOST,
        tuple(programs),
        {path: _entry(machine).encode()},
        (f"Kdenlive: entries of the desktop's menu in {path}",),
        (
            "Give “Send Selection to Opticals” and “Repeat Last Opticals Effect” keys of their own "
            "in the desktop's settings (KDE: System Settings > Shortcuts > Opticals).",
        ),
    )


def _entry(machine: Machine) -> str:
    home = machine.environment.get("OPTICALS_HOME", "").strip()
    begin = f'env "OPTICALS_HOME={_quoted(home)}" ' if home else ""
    # -S: what a key starts needs the standard library alone, and is there at once.
    script = Path(press.__file__).resolve()
    command = f'{begin}"{_quoted(machine.python)}" -I -S "{_quoted(str(script))}"'
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Name=Opticals",
        "Comment=AI effects on the clip that is selected in Kdenlive",
        "Icon=video-x-generic",
        "Categories=AudioVideo;Video;",
        "Terminal=false",
        "StartupNotify=false",
        f"Exec={command} send",
        f"Actions={''.join(f'{key};' for key, _ in _ACTIONS)}",
    ]
    for key, name in _ACTIONS:
        lines += ["", f"[Desktop Action {key}]", f"Name={name}", f"Exec={command} {key}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """For a double-quoted argument of an Exec line, whose value is read twice."""
    for one in ("\\", '"', "`", "$"):
        text = text.replace(one, "\\\\" + one if one != "\\" else "\\\\\\\\")
    return text.replace("%", "%%")


def _version(prefix: Path) -> str:
    for folder in ("metainfo", "appdata"):
        for name in _INFO:
            try:
                text = (prefix / "share" / folder / name).read_text(encoding="utf-8")
            except OSError:
                continue
            found = _RELEASE.search(text)
            if found:
                return found[1]
    return ""


def _walled(machine: Machine) -> list[Found]:
    found = []
    flat = machine.home / ".var" / "app" / "org.kde.kdenlive"
    if flat.is_dir():
        found.append(
            Found("Kdenlive (Flatpak)", "", flat, f"A Flatpak's D-Bus is fenced in. {_OTHER}")
        )
    snap = machine.at("/snap/kdenlive/current")
    if snap.is_dir():
        found.append(Found("Kdenlive (Snap)", "", snap, f"A Snap's D-Bus is fenced in. {_OTHER}"))
    return found


_OTHER = "Use Kdenlive from your distribution or as an AppImage; or “opticals watch FOLDER”."


def _elsewhere(machine: Machine) -> tuple[Found, ...]:
    places = {
        "darwin": machine.at("/Applications/kdenlive.app"),
        "win32": machine.at("C:/Program Files/kdenlive"),
    }
    where = places.get(machine.system)
    if where is None or not where.exists():
        return ()
    why = "It is worked over D-Bus, which it has on Linux alone: use “opticals watch FOLDER”."
    return (Found("Kdenlive", "", where, why),)
