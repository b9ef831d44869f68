"""Effects and networks that other packages bring: found, reported when broken, as documented."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import torch

from opticals.media.read.decode import reading
from opticals.media.read.probe import probe

from .commands import opticals_command

MARKS = ("--in", "01:00:02:00", "--out", "01:00:02:02", "--handles", "0")

DOCUMENT = Path(__file__).parents[2] / "docs" / "effects.md"


def install(site: Path, name: str, entries: str, **modules: str) -> None:
    """A package as pip leaves it: modules, and metadata with entry points."""
    for module, code in modules.items():
        (site / f"{module}.py").write_text(textwrap.dedent(code))
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(textwrap.dedent(entries))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that commands find packages in."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


EFFECT = """
    from dataclasses import dataclass
    from opticals.declaration import Effect

    @dataclass(frozen=True)
    class Settings:
        pass

    EFFECT = Effect({id!r}, "Label", "Hands frames on.", 1, Settings, lambda f, s, c: f.asked())
"""


@pytest.fixture
def packages(site: Path) -> None:
    """A good effect; and others that raise, end the program, are none, or take an id."""
    install(
        site,
        "house-effects",
        """
        [opticals.effects]
        good = house_good:EFFECT
        raises = house_raises:EFFECT
        ends = house_ends:EFFECT
        nothing = house_good:Settings
        missing = house_missing:EFFECT
        taken = house_taken:EFFECT
        """,
        house_good=EFFECT.format(id="house_good"),
        house_taken=EFFECT.format(id="upscale"),
        house_raises="raise RuntimeError('the licence server does not answer')",
        house_ends="import sys; sys.exit('bye')",
    )


@pytest.mark.usefixtures("packages")
def test_broken_ones_are_reported_and_left_out() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "opticals", "effects"], capture_output=True, text=True, check=True
    )
    left_out = [line for line in done.stdout.splitlines() if "is left out" in line]
    assert [line.split()[0] for line in left_out] == [
        "raises",
        "ends",
        "nothing",
        "missing",
        "taken",
    ]
    assert left_out[0] == (
        "raises of house-effects is left out: RuntimeError: the licence server does not answer"
    )
    assert "the id “upscale” is taken" in left_out[-1]
    assert "house_good: Hands frames on." in done.stdout
    listed = {one["id"]: one for one in opticals_command("effects")}
    assert "house_good" in listed
    assert listed["upscale"]["label"] == "Upscale"


@pytest.mark.usefixtures("packages")
def test_the_doctor_says_what_to_do() -> None:
    findings, _ = opticals_command("doctor", check=False)
    found = {one["name"]: one for one in findings if one["name"].startswith("effect ")}
    assert set(found) == {
        *("effect raises", "effect ends", "effect nothing", "effect missing", "effect taken")
    }
    assert found["effect missing"]["state"] == "note"
    assert "No module named" in found["effect missing"]["found"]
    assert "house-effects" in found["effect missing"]["remedy"]


@pytest.mark.usefixtures("packages")
def test_who_asks_for_a_broken_one_is_told_why(folder: Path) -> None:
    command = ("render", folder / "cut.otio", "--track", "V1", "--effect", "raises")
    answer, status = opticals_command(*command, check=False)
    assert (answer["error"], status) == ("SettingError", 1)
    assert "the licence server does not answer" in answer["why"]


def test_a_network_of_a_package_enlarges(
    site: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its weights added as a file of one's own, through the command line."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    install(
        site,
        "house-networks",
        """
        [opticals.networks]
        repeating = house_network:read
        broken = house_network:broken
        """,
        house_network="""
        import torch

        class Repeating(torch.nn.Module):
            scale, overlap, task = 2, 4, "upscale"

            def __init__(self, gain):
                super().__init__()
                self.gain = torch.nn.Parameter(gain)

            def forward(self, picture):
                grown = torch.nn.functional.interpolate(picture, scale_factor=2, mode="nearest")
                return grown * self.gain.float()

        def read(path):
            return Repeating(torch.load(path, weights_only=True)["gain"])

        def broken(path):
            raise KeyError("gain")
        """,
    )
    weights = tmp_path / "double.pt"
    torch.save({"gain": torch.ones(1)}, weights)
    added = opticals_command("models", "add", weights, "--network", "repeating")
    assert (added["id"], added["task"]) == ("double", "upscale")
    out = tmp_path / "new.otio"
    opticals_command(
        *("render", folder / "cut.otio", "--track", "V1", *MARKS, "-o", out),
        *("--effect", "upscale:model=double", "--renders", tmp_path / "r"),
    )
    opticals_command("verify", out)
    for network, said in (("broken", "house-networks"), ("none", "no network “none”")):
        answer, _ = opticals_command(
            *("models", "add", weights, "--id", "other", "--network", network), check=False
        )
        assert answer["error"] == "ModelError"
        assert said in answer["what"]


# --- docs/effects.md


def blocks(language: str) -> list[str]:
    text = DOCUMENT.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def tutorial(site: Path, tmp_path: Path) -> Path:
    """The document's package, installed by pip."""
    source = tmp_path / "split-tone"
    source.mkdir()
    [project] = blocks("toml")
    (source / "pyproject.toml").write_text(project)
    (source / "split_tone.py").write_text(blocks("python")[0])
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run([*command, f"--target={site}", str(source)], check=True, timeout=120)
    return site


def middle(path: Path, frame: int) -> torch.Tensor:
    """The mean of a frame's planes, as decoded."""
    with reading(probe(path)) as reader:
        [planes] = reader.read(frame, frame + 1)
    return torch.tensor([float(torch.as_tensor(plane).float().mean()) for plane in planes])


def test_the_tutorial_renders(tutorial: Path, folder: Path, tmp_path: Path) -> None:
    effect = blocks("python")[0]
    assert len(effect.splitlines()) < 60
    listed = opticals_command("effects", "split_tone")
    assert [one["name"] for one in listed["settings"]] == ["shadows", "highlights", "strength"]
    renders: dict[str, Any] = {}
    for strength in ("0", "1"):
        out = tmp_path / f"new{strength}.otio"
        [renders[strength]] = opticals_command(
            *("render", folder / "cut.otio", "--track", "V1", *MARKS, "-o", out),
            *("--effect", f"split_tone:strength={strength}", "--renders", tmp_path / strength),
        )["renders"]
        opticals_command("verify", out)
    one, other = (Path(renders[strength]["path"]) for strength in ("0", "1"))
    change = (middle(one, 1) - middle(other, 1)).abs()
    assert change[1:].max() > 3 * change[0]  # colour, at the same brightness


def test_the_tutorials_test_passes(tutorial: Path, tmp_path: Path) -> None:
    (tmp_path / "test_split_tone.py").write_text(blocks("python")[1])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
