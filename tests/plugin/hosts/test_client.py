"""The one file that runs inside programs: in old Pythons, and with what these leak into it."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .contract import named, shown
from .driving import Ear, FakeDriver, film, until

CLIENT = Path(__file__).parents[3] / "plugin" / "opticals_plugin" / "hosts" / "client.py"
FAKE = Path(__file__).with_name("fake_host.py")


def _pythons() -> list[str]:
    """Every Python that is at hand, oldest first."""
    names = [f"python3.{minor}" for minor in range(6, 15)]
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(name) for name in names]
    found += [str(one / "bin" / "python") for one in sorted(kept.glob("3.*"))]
    real: dict[str, str] = {}
    for one in found:
        if one is None or not Path(one).exists():
            continue
        asked = [one, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            real.setdefault(done.stdout.strip(), one)
    return [real[one] for one in sorted(real, key=lambda text: int(text.split(".")[1]))]


PYTHONS = _pythons()


@pytest.fixture
def client() -> Any:
    spec = importlib.util.spec_from_file_location("client_alone", CLIENT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", [CLIENT, FAKE])
def test_it_is_written_for_old_pythons(file: Path) -> None:
    """Its syntax, and no module that is not of every Python's own."""
    tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 6))
    modules = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    } | {
        str(node.module).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert modules <= sys.stdlib_module_names - {"__future__", "dataclasses", "contextvars"}
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    newer = {"removeprefix", "removesuffix", "create_server", "text_mode", "unlink_missing"}
    assert not names & newer


@pytest.mark.parametrize("python", PYTHONS, ids=lambda one: Path(one).parent.parent.name)
def test_it_runs_in_every_python_there_is(
    python: str, ear: Ear, media: tuple[Path, Path], tmp_path: Path, make_render: Any
) -> None:
    compiled = [python, "-W", "error", "-m", "py_compile", str(CLIENT)]
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    copy = tmp_path / "client.py"
    copy.write_bytes(CLIENT.read_bytes())
    subprocess.run([*compiled[:-1], str(copy)], check=True, env=env)
    driver = FakeDriver(python)
    driver.open(film(media, tmp_path / "film.json"), ear.bridge_folder)
    try:
        driver.select("b")
        driver.press("select")
        ear.wait("select").answer({"seen": True})
        assert driver.answer()["answer"] == {"seen": True}
        render, before = make_render("V1-2_copy_v001", 74), ear.edit()
        said = {"name": render.stem, "path": str(render), "frames": 74, "rate": [25, 1]}
        order = {
            "job": "one",
            "clip": "b",
            "render": {**said, "first": 12},
            "record": [100, 50],
            "offset": [0, 50],
            "how": "version",
        }
        driver.do("be", how={"slow": True})  # done in several ticks
        assert ear.ask("place", order) == ear.ask("place", order)
        assert driver.state()["calls"]["place"] == 1
        assert named(ear.edit(), "b")["shown"] == render.stem
        driver.undo()
        assert shown(ear.edit()) == shown(before)
    finally:
        driver.close()


def test_what_hosts_leak_goes_no_further(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    leaked = [
        "PYTHONHOME",
        "PYTHONPATH",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "DYLD_INSERT_LIBRARIES",
        "QT_PLUGIN_PATH",
        "QT_QPA_PLATFORM_PLUGIN_PATH",
        "QT_QPA_FONTDIR",
        "BLENDER_SYSTEM_SCRIPTS",
        "RESOLVE_SCRIPT_API",
        "PYTHONUSERBASE",
        "PYTHONSTARTUP",
    ]
    for name in leaked:
        monkeypatch.setenv(name, "/host")
    monkeypatch.setenv("OCIO", "/host/config.ocio")  # set after the start of this process
    kept = client.scrubbed(os.environ)
    assert not set(leaked) & set(kept)
    if sys.platform == "linux":
        assert "OCIO" not in kept
    assert kept["PATH"] == os.environ["PATH"]
    assert kept["HOME"] == os.environ["HOME"]


def test_where_panels_are_looked_for(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same place as the panel's own, without its modules."""
    from opticals.settings import panels_folder

    for name in ("OPTICALS_PANELS", "OPTICALS_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert client.panels_folder() == str(panels_folder())
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert client.panels_folder() == str(panels_folder())
    monkeypatch.setenv("OPTICALS_HOME", "/home")
    assert client.panels_folder() == str(panels_folder())
    monkeypatch.setenv("OPTICALS_PANELS", "/panels")
    assert client.panels_folder() == str(panels_folder()) == "/panels"
    assert client.panels_folder(None, {"home": "/h"}) == "/panels"
    monkeypatch.delenv("OPTICALS_PANELS")
    assert client.panels_folder(None, {"home": "/h"}) == os.path.join("/h", "panels")  # noqa: PTH118


def test_a_handler_that_fails_does_not_break_the_timer(
    client: Any, ear: Ear, tmp_path: Path
) -> None:
    """What a program's own functions raise is told, and the next is done."""

    def explode(params: Any) -> Any:
        raise RuntimeError("the program's own")

    def then(answer: Any, error: Any) -> Any:
        raise ValueError("a callback's own")

    one = client.Client(
        "Small", "1", ["undo"], {"undo": explode, "edit": lambda params: {"object": object()}},
        project={"name": "x", "path": None}, launch={}, panels=str(ear.bridge_folder),
    )  # fmt: skip
    one.ask("show", {}, then)
    try:
        asked = ear.wait("show")
        asked.answer({})
        from opticals_plugin.bridge.wire import HostRefused

        answers: list[BaseException] = []

        def ask(method: str, params: Any) -> None:
            try:
                ear.ask(method, params, 20)
            except HostRefused as error:
                answers.append(error)

        import threading

        for method, params in (("undo", {"job": "1"}), ("edit", {})):
            thread = threading.Thread(target=ask, args=(method, params))
            thread.start()
            until(lambda: one.pump() or not thread.is_alive())  # noqa: B023
            thread.join()
        assert "the program's own" in str(answers[0])
        assert "cannot be sent" in str(answers[1])
    finally:
        one.close()
