"""The add-on as Blender installs it: from its zip, enabled, disabled, and gone."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from opticals_plugin.hosts.blender import EXTENSION, MODULE, pack

from . import blenders
from .blenders import Blender

_FIRST = """
import json, sys, bpy
PATH = {path!r}
def classes():
    return sorted(one for one in dir(bpy.types) if one.startswith("OPTICALS_"))
def timers():
    module = next((m for n, m in sys.modules.items() if n.endswith({end!r})), None)
    return bool(module and bpy.app.timers.is_registered(module._tick))
def handlers():
    every = bpy.app.handlers
    return sum(
        1 for name in dir(every) if isinstance(getattr(every, name), list)
        for one in getattr(every, name) if "opticals" in str(getattr(one, "__module__", ""))
    )
def menus():
    return sum(
        1 for name in ("SEQUENCER_MT_strip", "SEQUENCER_MT_context_menu")
        for one in getattr(bpy.types, name).draw._draw_funcs if "opticals" in one.__module__
    )
"""
_ADDON = """
bpy.ops.preferences.addon_install(filepath=PATH)
bpy.ops.preferences.addon_enable(module="opticals_blender")
name = "opticals_blender"
"""
_EXTENSION = """
bpy.ops.extensions.package_install_files(filepath=PATH, repo="user_default", enable_on_install=True)
name = "bl_ext.user_default.opticals"
"""
_LAST = """
on = [name in bpy.context.preferences.addons, classes(), timers(), handlers(), menus()]
path = bpy.context.preferences.addons[name].preferences.program
bpy.ops.preferences.addon_disable(module=name)
off = [name in bpy.context.preferences.addons, classes(), timers(), handlers(), menus()]
print("@@ " + json.dumps([on, off, path]))
"""


def run(blender: Blender, lines: str, folder: Path) -> Any:
    """What lines print behind the mark in a Blender with settings of its own."""
    script = folder / "script.py"
    script.write_text(lines)
    command = [str(script) if one == str(blenders.SIDE) else one for one in blender.command]
    environment = blender.environment | {"BLENDER_USER_RESOURCES": str(folder / "user")}
    for name in ("CONFIG", "SCRIPTS", "EXTENSIONS"):
        environment[f"BLENDER_USER_{name}"] = str(folder / "user" / name.lower())
        (folder / "user" / name.lower()).mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    marked = [one[3:] for one in done.stdout.splitlines() if one.startswith("@@ ")]
    assert marked, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(marked[-1])


@pytest.mark.skipif(not blenders.here(), reason="no Blender is here")
@pytest.mark.parametrize("blender", blenders.tried("blender", "bpy-4.5", "bpy-5.0"))
def test_it_is_installed_from_its_zip_and_leaves_nothing(blender: Blender, tmp_path: Path) -> None:
    path = pack(tmp_path / "opticals.zip", {"argv": ["opticals"], "home": None})
    how = _ADDON if blender.name == "blender" else _EXTENSION
    end = "opticals_blender.link" if blender.name == "blender" else "opticals.link"
    lines = _FIRST.format(path=str(path), end=end) + how + _LAST
    on, off, program = run(blender, lines, tmp_path)
    assert on[0]
    assert {"OPTICALS_PT_sidebar", "OPTICALS_OT_send", "OPTICALS_MT_menu"} <= set(on[1])
    assert on[2:] == [True, 6, 2]
    assert off == [False, [], False, 0, 0]
    assert program == ""


def test_the_zip_holds_what_both_ways_of_installing_want(tmp_path: Path) -> None:
    path = pack(tmp_path / "opticals.zip", {"argv": ["opticals", "panel"], "home": None})
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        manifest = tomllib.loads(archive.read(f"{MODULE}/blender_manifest.toml").decode())
        launch = json.loads(archive.read(f"{MODULE}/opticals_launch.json"))
    assert {f"{MODULE}/{name}" for name in ("__init__.py", "client.py", "link.py")} <= names
    assert manifest["id"] == EXTENSION
    assert manifest["type"] == "add-on"
    assert launch == {"argv": ["opticals", "panel"], "home": None}


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    old = tmp_path / MODULE / "left_over.py"
    old.parent.mkdir()
    old.touch()
    folder = pack(tmp_path)
    assert folder == old.parent
    assert not old.exists()
    assert (folder / "client.py").is_file()
    assert not (folder / "opticals_launch.json").exists()
    assert pack(tmp_path / "extensions" / "user_default").name == EXTENSION


def test_it_imports_nothing_of_ours(tmp_path: Path) -> None:
    """It runs in Blender's Python, which has none of it."""
    folder = pack(tmp_path)
    allowed = {"bpy", *sys.stdlib_module_names}
    for path in folder.glob("*.py"):
        for line in path.read_text().splitlines():
            words = line.split()
            if words[:1] in (["import"], ["from"]) and not line.startswith(" "):
                assert words[1].startswith(".") or words[1].partition(".")[0] in allowed, line
