"""Settings for all projects, and what `commercial_only` hides and refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from spandrel.architectures.Compact.__arch.SRVGG import SRVGGNetCompact

from opticals import settings
from opticals.errors import ModelBlocked, SettingError
from opticals.models import own, store

from .commands import opticals_command

MARKS = ("--in", "01:00:02:00", "--out", "01:00:02:02", "--handles", "0")

NAME = "commercial_only"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for Opticals' own files."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OPTICALS_COMMERCIAL_ONLY", raising=False)
    return tmp_path / "home"


@pytest.fixture
def net(home: Path, tmp_path: Path) -> str:
    """The id of an own model whose licence nobody stated."""
    file = tmp_path / "net.pth"
    torch.save(SRVGGNetCompact(num_feat=4, num_conv=1, upscale=2).state_dict(), file)
    return own.add(file).id


def test_off_until_it_is_written(home: Path) -> None:
    assert settings.get(NAME) is False
    assert settings.put(NAME, "on") is True
    assert settings.get(NAME) is True
    assert settings.settings_file().read_text() == "commercial_only = true\n"
    assert list(home.iterdir()) == [home / "settings.toml"]
    settings.put(NAME, "off")
    assert settings.get(NAME) is False


@pytest.mark.parametrize(("word", "on"), [("1", True), ("On", True), ("0", False), ("no", False)])
def test_the_environment_stands_above(
    word: str, on: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.put(NAME, "off" if on else "on")
    monkeypatch.setenv("OPTICALS_COMMERCIAL_ONLY", word)
    assert settings.get(NAME) is on
    monkeypatch.setenv("OPTICALS_COMMERCIAL_ONLY", "perhaps")
    with pytest.raises(SettingError, match="OPTICALS_COMMERCIAL_ONLY"):
        settings.get(NAME)


@pytest.mark.parametrize(
    "text",
    [
        "comercial_only = true",
        "commercial_only = 1",
        "commercial_only",
        "\udcff",
        "keep_gpu_free = true",
        "keep_gpu_free = 120",
    ],
)
def test_a_slip_never_lifts_a_restriction(text: str, home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(text, errors="surrogateescape")
    with pytest.raises(SettingError, match=r"settings\.toml"):
        settings.get(NAME)
    with pytest.raises(SettingError, match=r"settings\.toml"):
        settings.put(NAME, "on")


def test_what_there_is_not(home: Path) -> None:
    with pytest.raises(SettingError, match="no setting “colour”"):
        settings.get("colour")
    with pytest.raises(SettingError, match="maybe"):
        settings.put(NAME, "maybe")
    home.write_text("a file")
    with pytest.raises(SettingError, match="cannot be"):
        settings.put(NAME, "on")


def test_the_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opticals_command("settings") == {NAME: False, "keep_gpu_free": 0}
    assert opticals_command("settings", "keep_gpu_free", "30") == {"keep_gpu_free": 30}
    answer, status = opticals_command("settings", "keep_gpu_free", "91", check=False)
    assert (answer["error"], answer["remedy"], status) == ("SettingError", "Write 0 to 90.", 1)
    assert opticals_command("settings", NAME, "on") == {NAME: True}
    assert opticals_command("settings", NAME) == {NAME: True}
    answer, status = opticals_command("settings", "colour", check=False)
    assert (answer["error"], status) == ("SettingError", 1)
    monkeypatch.setenv("OPTICALS_COMMERCIAL_ONLY", "0")
    done = subprocess.run(
        [sys.executable, "-m", "opticals", "settings", NAME, "on"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("commercial_only=off")
    assert "stands above" in done.stderr


def test_models_are_hidden_and_refused(net: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.path(net).is_file()
    monkeypatch.setenv("OPTICALS_COMMERCIAL_ONLY", "1")
    for use in (store.path, store.digest, store.pull):
        with pytest.raises(ModelBlocked, match="net") as caught:
            use(net)
        assert "commercial_only off" in caught.value.remedy
    listed = {one["id"]: one for one in opticals_command("models", "list")}
    assert net not in listed
    assert "rife" in listed
    assert not any(one["blocked"] for one in listed.values())
    blocked = {one["id"] for one in opticals_command("models", "list", "--all") if one["blocked"]}
    assert net in blocked
    store.remove(net)


def test_the_table_of_models(net: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def table(*options: str) -> list[str]:
        command = [sys.executable, "-m", "opticals", "models", "list", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [*done.stdout.splitlines(), *done.stderr.splitlines()]

    [line] = [line for line in table() if line.split()[:1] == ["net"]]
    assert line.split()[1:4] == ["upscale", f"{store.path(net).stat().st_size / 1e6:.1f}", "MB"]
    assert "MiB/MP" in line
    assert line.rstrip().endswith("own file")
    monkeypatch.setenv("OPTICALS_COMMERCIAL_ONLY", "1")
    assert "models list --all" in table()[-1]
    [line] = [line for line in table("--all") if line.split()[:1] == ["net"]]
    assert line.rstrip().endswith("own file, blocked")


def test_a_render_is_refused_before_any_work(
    net: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, renders = tmp_path / "new.otio", tmp_path / "renders"
    command: tuple[Any, ...] = ("render", folder / "cut.otio", "--track", "V1", *MARKS)
    command += ("--effect", f"upscale:model={net}", "-o", out, "--renders", renders)
    settings.put(NAME, "on")
    answer, status = opticals_command(*command, check=False)
    assert (answer["error"], answer["subject"], status) == ("ModelBlocked", net, 1)
    assert not out.exists()
    settings.put(NAME, "off")
    opticals_command(*command)
    assert out.is_file()
    opticals_command("verify", out)
