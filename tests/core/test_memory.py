"""Memory does not grow with the length of a shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.memory import RATE, film, peak

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.alone
def test_a_long_shot_takes_no_more_than_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    peaks = []
    for seconds in (10, 80):
        source = film(tmp_path / f"{seconds}.mov", 320, 180, seconds * RATE)
        peaks.append(peak(source, seconds * RATE, tmp_path / f"renders{seconds}"))
    assert peaks[1] < 1.2 * peaks[0]
