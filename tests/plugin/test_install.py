"""`opticals host`: our scripts on machines of all three systems, put there and taken away again."""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import plistlib
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from opticals.errors import OutputError
from opticals_plugin.hosts import blender as blender_package
from opticals_plugin.hosts import resolve as resolve_package
from opticals_plugin.install import __main__ as command
from opticals_plugin.install import acts, files
from opticals_plugin.install.acts import State
from opticals_plugin.install.files import Manifest
from opticals_plugin.install.machine import Machine

SYSTEMS = ("linux", "darwin", "win32")


def touch(path: Path, data: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def snapshot(folder: Path) -> dict[str, str]:
    """Everything below a folder: files by their hash, folders by being there."""
    return {
        one.relative_to(folder).as_posix(): (
            hashlib.sha256(one.read_bytes()).hexdigest() if one.is_file() else "folder"
        )
        for one in sorted(folder.rglob("*"))
    }


def machine(system: str, folder: Path) -> Machine:
    """A machine with all three programs, as they are installed there."""
    home, root = folder / "home", folder / "root"
    home.mkdir(parents=True)
    config = {
        "linux": home / ".config/blender",
        "darwin": home / "Library/Application Support/Blender",
        "win32": home / "AppData/Roaming/Blender Foundation/Blender",
    }[system]
    for version in ("2.93", "3.6", "4.2", "5.0"):
        touch(config / version / "config" / "userpref.blend", b"mine")
    touch(config / "5.0/extensions/user_default/other/__init__.py", b"another's")
    if system == "linux":
        touch(root / "usr/bin/blender")
        touch(root / "usr/bin/kdenlive")
        touch(
            root / "usr/share/metainfo/org.kde.kdenlive.appdata.xml",
            b'<releases><release version="22.12.3" date="2023"/></releases>',
        )
        touch(root / "opt/resolve/bin/resolve")
        touch(root / "opt/resolve/docs/ReadMe.html", b"<h1>DaVinci Resolve Studio 19.1.3</h1>")
        touch(home / ".var/app/org.blender.Blender/x")
        touch(home / ".var/app/org.kde.kdenlive/x")
    elif system == "darwin":
        app = root / "Applications/DaVinci Resolve/DaVinci Resolve.app/Contents"
        touch(app / "Info.plist", plistlib.dumps({"CFBundleShortVersionString": "19.1.3"}))
        touch(root / "Applications/Blender.app/Contents/Resources/4.5/x")
        touch(root / "Applications/kdenlive.app/x")
        touch(home / "Library/Containers/com.blackmagic-design.DaVinciResolveLite/x")
    else:
        touch(root / "C/Program Files/Blackmagic Design/DaVinci Resolve/Resolve.exe")
        touch(root / "C/Program Files/Blender Foundation/Blender 4.5/4.5/x")
        touch(root / "C/Program Files/kdenlive/bin/kdenlive.exe")
    said = "Blender 3.4.1\n\tbuild date: ..." if system == "linux" else ""
    return Machine(system, home, root, {}, sys.executable, lambda argv: said)


@pytest.fixture(params=SYSTEMS)
def there(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Machine, Path]:
    return machine(request.param, tmp_path), tmp_path


def test_what_is_put_there_is_taken_away_without_a_trace(there: tuple[Machine, Path]) -> None:
    one, folder = there
    before = snapshot(folder)
    reports = acts.install([], one)
    assert [report.error for report in reports] == [None, None, None]
    after = snapshot(folder)
    written = {path for report in reports for path in report.outcome.written}
    assert {name: sum for name, sum in after.items() if name in before} == before
    made = {folder / name for name, sum in after.items() if name not in before and sum != "folder"}
    notes = {one.notes / f"{report.target.host}.json" for report in reports if report.target.files}
    assert made == written | notes
    assert all(path.is_relative_to(one.home) for path in made)  # no rights of others are needed
    again = acts.install([], one)
    assert not any(report.outcome.written for report in again)
    assert snapshot(folder) == after
    gone = acts.uninstall([], one)
    assert sum(len(report.outcome.removed) for report in gone) == len(written)
    assert snapshot(folder) == before
    assert [report.state for report in acts.status([], one)] == [State.ABSENT] * 3


def test_a_dry_run_says_the_same_and_does_nothing(there: tuple[Machine, Path]) -> None:
    one, folder = there
    before = snapshot(folder)
    would = acts.install([], one, dry=True)
    assert snapshot(folder) == before
    did = acts.install([], one)
    assert [one.outcome.written for one in would] == [one.outcome.written for one in did]
    after = snapshot(folder)
    would = acts.uninstall([], one, dry=True)
    assert snapshot(folder) == after
    assert [one.outcome.removed for one in would] == [
        one.outcome.removed for one in acts.uninstall([], one)
    ]


def test_every_version_of_blender_gets_what_it_knows(there: tuple[Machine, Path]) -> None:
    one, _ = there
    (report,) = acts.install(["blender"], one)
    found = {item.version: item.why for item in report.target.programs}
    newest = {"linux": "3.4", "darwin": "4.5", "win32": "4.5"}[one.system]
    assert {"2.93", "3.6", "4.2", "5.0", newest} <= set(found)
    assert "oldest" in found["2.93"]
    written = [path.as_posix() for path in report.outcome.written]
    assert any("/3.6/scripts/addons/opticals_blender/__init__.py" in path for path in written)
    assert any("/5.0/extensions/user_default/opticals/blender_manifest.toml" in p for p in written)
    assert any(f"/{newest}/" in path for path in written)
    assert not any("/2.93/" in path for path in written)
    if one.system == "linux":
        assert "Flatpak may not" in next(
            item.why for item in report.target.programs if "Flatpak" in item.program
        )
    (launch,) = {path.read_bytes() for path in report.outcome.written if "launch" in path.name}
    assert json.loads(launch)["argv"] == [sys.executable, "-P", "-m", "opticals_plugin", "--host"]


def test_resolves_menu_runs_in_a_python_that_knows_nothing_of_us(
    there: tuple[Machine, Path], tmp_path: Path
) -> None:
    one, _ = there
    (report,) = acts.install(["resolve"], one)
    menu = [path for path in report.outcome.written if path.parent.name == "Opticals"]
    assert {path.stem for path in menu if "Utility" in path.parts} == set(resolve_package.ENTRIES)
    for path in report.outcome.written:
        if path.suffix == ".py":
            py_compile.compile(str(path), str(tmp_path / "x.pyc"), doraise=True)
    # As Resolve runs it: no __file__, and names of its own; here with nothing behind them.
    entry = next(path for path in menu if path.stem == "Show Panel")
    code = f"exec(compile(open({str(entry)!r}).read(), '<script>', 'exec'), {{'resolve': None}})"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "scripting is not found" in done.stdout
    if one.system == "darwin":
        assert any("App Store" in item.program and item.why for item in report.target.programs)
    if one.system != "win32":
        assert report.target.programs[0].version == "19.1.3"


def test_kdenlives_entries(tmp_path: Path) -> None:
    one = machine("linux", tmp_path)
    odd = tmp_path / 'a "b" $c' / "python"
    one = Machine("linux", one.home, one.root, {"OPTICALS_HOME": "/o p"}, str(odd), one.ask)
    (report,) = acts.install(["kdenlive"], one)
    (path,) = report.outcome.written
    read = configparser.ConfigParser(interpolation=None, strict=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(path)
    keys = read["Desktop Entry"]["Actions"].strip(";").split(";")
    assert keys == ["send", "repeat", "show"]
    line = read["Desktop Action repeat"]["Exec"]
    assert r'a \\"b\\" \\$c' in line
    assert line.endswith(" repeat")
    assert '"OPTICALS_HOME=/o p"' in line
    assert report.target.programs[0].version == "22.12.3"
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", path], check=True)
    walled = [item for item in report.target.programs if "Flatpak" in item.program]
    assert "D-Bus" in walled[0].why


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_kdenlive_without_d_bus_is_said(system: str, tmp_path: Path) -> None:
    (report,) = acts.install(["kdenlive"], machine(system, tmp_path))
    assert report.outcome.written == ()
    assert "opticals watch" in report.target.programs[0].why


def test_a_machine_without_any_program(tmp_path: Path) -> None:
    bare = Machine("linux", tmp_path / "home", tmp_path / "root", {}, sys.executable, lambda _: "")
    assert all(not one.target.programs for one in acts.install([], bare))
    assert snapshot(tmp_path) == {}
    assert command.main(["install"], bare) == 1
    assert command.main(["status"], bare) == 0
    assert command.main(["install", "premiere"], bare) == 1


def test_what_the_user_changed_is_kept_aside_and_in_nobodys_way(tmp_path: Path) -> None:
    one = machine("linux", tmp_path)
    (report,) = acts.install(["resolve"], one)
    mine = next(path for path in report.outcome.written if path.stem == "Show Panel")
    mine.write_text("mine")
    own = mine.with_name("Own Script.py")
    own.write_text("own")
    assert acts.status(["resolve"], one)[0].state is State.CHANGED
    aside = mine.with_name("Show Panel.py.bak")
    before = snapshot(tmp_path)
    would = acts.uninstall(["resolve"], one, dry=True)[0].outcome
    assert snapshot(tmp_path) == before
    (gone,) = acts.uninstall(["resolve"], one)
    assert gone.outcome == would
    assert gone.outcome.kept == {mine: aside}
    assert aside.read_text() == "mine"
    assert own.read_text() == "own"

    def left() -> set[Path]:
        return {path for path in one.home.rglob("*") if path.is_file() and "DaVinci" in str(path)}

    assert left() == {aside, own}
    assert acts.status(["resolve"], one)[0].state is State.ABSENT
    (again,) = acts.install(["resolve"], one)
    assert again.state is State.INSTALLED
    assert aside.read_text() == "mine"
    mine.write_text("mine too")
    second = mine.with_name("Show Panel.py.bak2")
    assert acts.uninstall(["resolve"], one)[0].outcome.kept == {mine: second}
    assert (aside.read_text(), second.read_text()) == ("mine", "mine too")
    assert left() == {aside, second, own}


def test_a_file_that_is_not_ours_is_never_replaced(tmp_path: Path) -> None:
    one = machine("linux", tmp_path)
    would = acts.install(["resolve"], one, dry=True)[0].outcome.written
    foreign = [touch(path, b"another's") for path in would[:2]]
    before = snapshot(tmp_path)
    (report,) = acts.install(["resolve"], one)
    assert isinstance(report.error, OutputError)
    assert all(str(path) in str(report.error) for path in foreign)
    assert snapshot(tmp_path) == before


def test_a_newer_version_replaces_ours_and_keeps_what_was_changed(tmp_path: Path) -> None:
    note = Manifest(tmp_path / "notes" / "x.json")
    one, two = tmp_path / "a" / "one.py", tmp_path / "a" / "two.py"
    old = tmp_path / "a" / "old.py"
    files.install(note, {one: b"1", two: b"2", old: b"0"})
    one.write_bytes(b"changed")
    old.write_bytes(b"changed too")
    note = Manifest.read(note.path)
    done = files.install(note, {one: b"newer", tmp_path / "a" / "three.py": b"3"})
    assert one.read_bytes() == b"newer"
    assert (tmp_path / "a" / "one.py.bak").read_bytes() == b"changed"
    assert done.removed == (two,)
    assert done.kept == {path: path.with_name(f"{path.name}.bak") for path in (one, old)}
    files.uninstall(Manifest.read(note.path))
    assert set(snapshot(tmp_path)) == {"a", "a/one.py.bak", "a/old.py.bak"}


def test_what_a_hosts_python_made_of_ours_goes_too(tmp_path: Path) -> None:
    one = machine("linux", tmp_path)
    before = snapshot(tmp_path)
    (report,) = acts.install(["blender"], one)
    for path in report.outcome.written:
        if path.suffix == ".py":
            py_compile.compile(str(path))
    assert any(path.name == "__pycache__" for path in tmp_path.rglob("*"))
    acts.uninstall(["blender"], one)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("count", [0, 1, 5])
def test_an_installation_that_was_cut_off_can_be_taken_away(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = machine("linux", tmp_path)
    before, write, done = snapshot(tmp_path), files._write, []

    def cut(path: Path, data: bytes) -> None:
        if path.parent != one.notes:
            done.append(path)
            if len(done) > count:
                raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(files, "_write", cut)
    with pytest.raises(KeyboardInterrupt):
        acts.install(["resolve"], one)
    monkeypatch.undo()
    assert acts.status(["resolve"], one)[0].state is State.DAMAGED
    acts.uninstall(["resolve"], one)
    assert snapshot(tmp_path) == before


def test_a_damaged_note_touches_nothing(tmp_path: Path) -> None:
    one = machine("linux", tmp_path)
    acts.install(["resolve"], one)
    (one.notes / "resolve.json").write_text("{")
    before = snapshot(tmp_path)
    for report in (*acts.install(["resolve"], one), *acts.uninstall(["resolve"], one)):
        assert isinstance(report.error, OutputError)
    assert snapshot(tmp_path) == before


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = machine("linux", tmp_path)
    before = snapshot(tmp_path)

    def refused(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    (report,) = acts.install(["resolve"], one)
    monkeypatch.undo()
    assert "Permission denied" in str(report.error)
    assert snapshot(tmp_path) == before


def test_the_command_says_it_for_people_and_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = machine("linux", tmp_path)

    def say(argv: list[str]) -> str:
        assert command.main(argv, one) == 0
        return capsys.readouterr().out

    assert "would be written" in say(["install", "--dry-run"])
    text = say(["install"])
    assert "Workspace > Scripts > Opticals" in text
    assert "cannot be used: A Flatpak" in text
    told = json.loads(say(["status", "--json"]))
    assert [item["state"] for item in told] == ["installed"] * 3
    mine = next(path for path in one.home.rglob("Show Panel.py"))
    mine.write_text("mine")
    assert f"You changed {mine}: it would be kept as" in say(["uninstall", "--dry-run"])
    text = say(["uninstall"])
    assert "files removed" in text
    assert f"You changed {mine}: it is kept as Show Panel.py.bak." in text


def test_the_command_line_reaches_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "opticals", "host", "status", "resolve", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)[0]["host"] == "resolve"


@pytest.mark.skipif(not shutil.which("blender"), reason="no Blender on this machine")
def test_a_real_blender_finds_what_is_installed(tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path), "PATH": os.environ["PATH"], "OPTICALS_HOME": str(tmp_path / "own")
    }  # fmt: skip

    def host(act: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "opticals", "host", act, "blender", "--json"],
            capture_output=True, text=True, check=True, env=environment,
        )  # fmt: skip
        return json.loads(done.stdout)[0]

    assert host("install")["state"] == "installed"
    code = f"import addon_utils; print('IS', addon_utils.enable({blender_package.MODULE!r}))"
    done = subprocess.run(
        ["blender", "-b", "--python-expr", code],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert f"IS <module '{blender_package.MODULE}' from '{tmp_path}" in done.stdout, done.stdout
    assert host("uninstall")["removed"]
    assert not [one for one in tmp_path.rglob("*") if "opticals" in one.name]
    assert not (tmp_path / "own").exists()
