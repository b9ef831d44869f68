"""Random work in the panel, with a fixed seed: no exception, no widget or memory left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.alone
def test_random_work_leaves_nothing_behind(tmp_path: Path) -> None:
    """In a process of its own, so that its memory is nobody else's."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.monkey", "--minutes", "0.5", "--seed", "7"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + json.dumps(done.stderr[-3000:])
