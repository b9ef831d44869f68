"""The queue's file under many processes that are killed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .queue_storm import storm

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a signal that cannot be caught")


def test_nothing_is_lost_or_damaged_when_processes_are_killed(tmp_path: Path) -> None:
    found = storm(tmp_path, rounds=4, seed=3)
    assert not found.troubles
    assert min(found.count["killed"], found.count["added"], found.count["done"]) > 0, found.count


def test_a_damaged_file_is_moved_aside_once_by_all_that_find_it(tmp_path: Path) -> None:
    found = storm(tmp_path, rounds=1, seed=5, damage=True)
    assert not found.troubles
    assert found.count["mended"] == 1
