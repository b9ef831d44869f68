"""Films for editing programs, and the panel's end without a panel."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .driving import Ear


def _film(path: Path, picture: str, frames: int) -> Path:
    """H.264 at 25 frames per second with a tone, as every program reads it."""
    seconds = f"{frames / 25:.3f}"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"{picture}:r=25",
         "-f", "lavfi", "-i", "sine=440:r=48000", "-frames:v", str(frames), "-t", seconds,
         "-c:v", "libx264", "-preset", "ultrafast", "-g", "1", "-pix_fmt", "yuv420p",
         "-c:a", "aac", str(path)],
        check=True,
    )  # fmt: skip
    return path


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes in real programs is run when it is asked for: `-m hosts_long`."""
    if "hosts_long" in config.getoption("markexpr", ""):
        return
    long = [one for one in items if one.get_closest_marker("hosts_long") is not None]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [one for one in items if one not in long]


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two films of 200 frames, 320 x 180."""
    folder = tmp_path_factory.mktemp("media")
    return (
        _film(folder / "a.mp4", "testsrc2=s=320x180", 200),
        _film(folder / "b.mp4", "testsrc=s=320x180", 200),
    )


@pytest.fixture(scope="session")
def make_render(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """`make_render(name, frames)`: a film of one colour that stands for a render."""
    folder = tmp_path_factory.mktemp("renders")

    def make(name: str, frames: int) -> Path:
        path = folder / f"{name}.mov"
        return path if path.exists() else _film(path, "color=red:s=320x180", frames)

    return make


@pytest.fixture
def panels(tmp_path: Path) -> Path:
    """Where panels say that they are there."""
    return tmp_path / "panels"


@pytest.fixture
def ear(panels: Path) -> Iterator[Ear]:
    ear = Ear(panels)
    yield ear
    ear.close()
