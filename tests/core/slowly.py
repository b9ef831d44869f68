"""An effect of another package whose speed a test governs: that a render is under way is then
no matter of how quick the machine is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opticals import catalog

SLOW_FROM = 36  # the frame from which it is slow; those before it take no time
_SECONDS = 0.4  # that each batch of frames takes then; a worker hears what is wished between two

_CODE = f"""
import time
from dataclasses import dataclass
from pathlib import Path

from opticals.declaration import Effect


@dataclass(frozen=True)
class Settings:
    pass


def render(frames, settings, context):
    if frames.wanted[0] >= {SLOW_FROM} and Path(__file__).with_name("slow").exists():
        time.sleep({_SECONDS})
    return frames.asked()


EFFECT = Effect("slowly", "Slowly", "Takes its time.", 1, Settings, render)
"""


class Brake:
    """Held from the start; `let_go` has all frames rendered as fast as the machine can."""

    def __init__(self, site: Path) -> None:
        self._file = site / "slow"
        self._file.touch()

    def let_go(self) -> None:
        self._file.unlink()


@contextmanager
def slowly(site: Path) -> Iterator[Brake]:
    """Installs the effect `slowly` for this process and those it starts, in an empty folder."""
    (site / "slowly_effect.py").write_text(_CODE)
    info = site / "slowly-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slowly\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[opticals.effects]\nslowly = slowly_effect:EFFECT\n")
    paths = (str(site), os.environ.get("PYTHONPATH", ""))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
        patch.syspath_prepend(str(site))
        catalog._search.cache_clear()
        yield Brake(site)
    catalog._search.cache_clear()
