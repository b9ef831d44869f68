"""What holds for every effect: 4K within the memory, an answer within a second, the same file."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import opentimelineio as otio

from opticals import catalog, demo
from opticals.declaration import Effect, Makes
from opticals.models import store
from opticals.settings import models_folder
from tests.quality.table import Footage, Row, Sheet

MEMORY = 12 * 1024  # MiB
SHOWN = ("01:00:08:00", "01:00:08:07")  # eight frames inside a shot of the demo's edit


def example(effect: Effect, folder: Path, size: tuple[int, int]) -> dict[str, object]:
    """Settings for what the effect cannot do without, with the files that they name.

    `size` is (width, height) of the picture.
    """
    if effect.id == "match_colour":
        picture = folder / "reference.png"
        ramp = np.linspace(30, 220, size[0], dtype=np.uint8)
        cv2.imwrite(str(picture), np.dstack([np.tile(ramp, (size[1], 1))] * 3))
        return {"reference": str(picture)}
    if effect.id == "remove":
        matte = folder / "hole.png"
        hole = np.zeros((size[1], size[0]), np.uint8)
        cv2.ellipse(
            hole, (size[0] // 2, size[1] // 2), (size[0] // 12, size[1] // 8), 0, 0, 360, 255, -1
        )
        cv2.imwrite(str(matte), hole)
        return {"mask": str(matte)}
    return {}


def measure(footage: Footage, *, short: bool, only: str = "") -> Iterator[Row]:
    """`only`: of this effect."""
    effects = [
        one
        for one in catalog.all_effects().values()
        if one.makes is not Makes.MARKERS and only in ("", one.id)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        edit = _edit(footage, folder)
        for effect in effects if not short else effects[:1]:
            for model in effect.models(effect.configure(example(effect, folder, (64, 64))), "cpu"):
                store.pull(model)
            yield from _large(effect, folder)
            yield _twice(effect, edit, folder)


def _large(effect: Effect, folder: Path) -> Iterator[Row]:
    settings = example(effect, folder, (3840, 2160))
    done = subprocess.run(
        [sys.executable, "-m", "tests.quality.large", effect.id, json.dumps(settings)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: Mapping[str, float] = json.loads(done.stdout.splitlines()[-1])
    yield Row(
        f"{effect.id}: memory for a frame of 3840x2160",
        f"{found['peak'] / 1024:.1f} GB",
        "12 GB",
        found["peak"] <= MEMORY,
    )
    yield Row(
        f"{effect.id}: longest step before it hears a cancel, of {found['seconds']:.0f} s",
        f"{found['gap']:.2f} s",
        "1 s",
        found["gap"] <= 1,
    )


def _twice(effect: Effect, edit: Path, folder: Path) -> Row:
    """Rendered by two processes that share nothing but the models."""
    settings = example(effect, folder, (1280, 720))
    words = ",".join(f"{key}={value}" for key, value in settings.items())
    prints = set()
    for run in ("one", "two"):
        home = folder / effect.id / run
        home.mkdir(parents=True)
        (home / "models").symlink_to(models_folder(), target_is_directory=True)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "opticals", "render", str(edit), "--track", "V1"),
                *(
                    "--in",
                    SHOWN[0],
                    "--out",
                    SHOWN[1],
                    "--handles",
                    "0",
                    "--json",
                    "--device",
                    "cpu",
                ),
                *("--effect", f"{effect.id}:{words}", "--renders", str(home / "renders")),
                *("-o", str(home / "new.otio")),
            ],
            env={**os.environ, "OPTICALS_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return Row(f"{effect.id}: the same file twice", "failed", "same bytes", False)
        (render,) = json.loads(done.stdout)["renders"]
        prints.add(hashlib.sha256(Path(render["path"]).read_bytes()).hexdigest())
    return Row(
        f"{effect.id}: the same file twice",
        "same" if len(prints) == 1 else "other",
        "same bytes",
        len(prints) == 1,
    )


def _edit(footage: Footage, folder: Path) -> Path:
    """The demonstration's edit and its media."""
    (folder / "media").mkdir()
    films = {Path(name).stem: demo.film(folder / "media", name) for name in demo.FILMS}
    edit = folder / "cut.otio"
    otio.adapters.write_to_file(demo.timeline(films), str(edit))
    return edit


def sheets(footage: Footage) -> Iterator[Sheet]:
    yield from ()
