"""A spread of the formats matrix, read back by ffmpeg; `make matrix` runs all of it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from opticals.media.write.formats import CONTAINERS, FORMATS

from .. import matrix

if TYPE_CHECKING:
    from pathlib import Path

# One of each codec and container; all combinations where that is asked for.
EACH = 4 if os.environ.get("OPTICALS_WHOLE_MATRIX") else 1

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, matrix.TOOLS)), reason="ffmpeg is not installed"
)


def name(case: matrix.Case) -> str:
    return f"{case.format}-{case.container}-{case.source.pixel_format}-{float(case.rate):.5g}"


@pytest.mark.parametrize("case", matrix.cases(EACH), ids=name)
def test_a_copy_is_what_it_should_be(case: matrix.Case, tmp_path: Path) -> None:
    row = matrix.run(case, tmp_path / "films")
    assert row.wrong == ()
    goes = case.container in FORMATS[case.format].containers
    assert row.refused or goes
    if row.refused and not goes:
        assert CONTAINERS[case.container].label in row.result


def test_the_whole_matrix_is_large_enough() -> None:
    cases = matrix.cases()
    written = [one for one in cases if one.container in FORMATS[one.format].containers]
    assert len(set(cases)) == len(cases)
    assert len(written) >= 120
    assert {one.rate for one in written} == {rate for rate, _ in matrix.CLOCKS} | {15}
    assert {one.container for one in written} >= {"mov", "mp4", "mkv", "mxf"}
