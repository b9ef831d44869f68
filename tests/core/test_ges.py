"""GES projects and `.otio` as GES plays them: the frames that were meant, at their places."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio import schema

from opticals.timeline import formats

from .films import numbered, numbers
from .test_formats import at, span

PYTHON = "/usr/bin/python3"  # Debian's, for which python3-gi is installed
RENDER = Path(__file__).with_name("ges_render.py")
LENGTH = 80
CUTS = (20, 35)


def _missing() -> str:
    if not Path(PYTHON).exists():
        return f"there is no {PYTHON}"
    needs = "import gi; gi.require_version('GES', '1.0'); from gi.repository import GES"
    found = subprocess.run([PYTHON, "-c", needs], capture_output=True, text=True)
    return "" if found.returncode == 0 else "GES is not installed for the system's Python"


pytestmark = [
    pytest.mark.skipif(bool(_missing()), reason=_missing() or "GES is there"),
    pytest.mark.alone,  # the busier the machine, the more frames its threads' race costs
]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ges") / "film 1.mov"
    return numbered(path, LENGTH, options={"g": "1", "qp": "0"})


def cut(film: Path, start: int) -> tuple[schema.Timeline, list[int]]:
    rate = Fraction(25)

    def clip(name: str, first: int, frames: int) -> schema.Clip:
        reference = schema.ExternalReference(film.as_uri(), span(start, LENGTH, rate))
        return schema.Clip(name, reference, span(start + first, frames, rate))

    edit = schema.Timeline("cut", global_start_time=at(0, rate))
    low = schema.Track("V1", kind="Video")
    low.extend([clip("a", 5, 20), clip("b", 60, 15), clip("c", 30, 25)])
    edit.tracks.append(low)
    return edit, [*range(5, 25), *range(60, 75), *range(30, 55)]


def played(edit: Path, folder: Path, python_path: str = "") -> list[int]:
    """What GES shows most often at each place.

    Each render has a frame or two where it shows the next one early, at other places every time:
    its threads race each other.
    """
    renders = [_played(edit, folder, python_path) for _ in range(5)]
    assert len({len(one) for one in renders}) == 1
    return [Counter(shown).most_common(1)[0][0] for shown in zip(*renders, strict=True)]


def _played(edit: Path, folder: Path, python_path: str) -> list[int]:
    out = folder / "out.mkv"
    done = subprocess.run(
        [PYTHON, str(RENDER), str(edit), str(out), "128", "96", "25/1"],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": python_path},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return numbers(out)


def test_a_ges_project(film: Path, tmp_path: Path) -> None:
    edit, meant = cut(film, 3600)
    path = tmp_path / "cut.xges"
    formats.write(edit, path)
    assert away_from_cuts(played(path, tmp_path)) == away_from_cuts(meant)


def test_otio_in_ges(film: Path, tmp_path: Path) -> None:
    """GES loads `.otio` itself, through the OpenTimelineIO that its Python finds."""
    edit, meant = cut(film, 0)
    path = tmp_path / "cut.otio"
    formats.write(edit, path)
    site = str(Path(otio.__file__).parents[1])
    asked = [PYTHON, "-c", "import opentimelineio"]
    if subprocess.run(
        asked, env={**os.environ, "PYTHONPATH": site}, capture_output=True
    ).returncode:
        pytest.skip("the system's Python cannot load this OpenTimelineIO")
    assert away_from_cuts(played(path, tmp_path, site)) == away_from_cuts(meant)


def away_from_cuts(shown: list[int]) -> list[int]:
    """GES may begin a clip a frame early, whatever it loaded the edit from."""
    return [number for place, number in enumerate(shown) if place + 1 not in CUTS]
