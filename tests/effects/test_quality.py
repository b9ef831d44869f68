"""Every effect reaches its targets, in the short form of `make quality`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from opticals.models import catalogue, store
from tests.quality.__main__ import EFFECTS, module

# Targets that are not reached yet, as docs/quality.md shows: by the row's name.
NOT_YET = {
    "bunny before blue: alpha inside, of 999 in 1000 pixels",  # the animal is bluish itself
    "bunny before green: backing's hue left in the composite, of 999 in 1000 pixels",
}


@pytest.mark.parametrize("effect", [one for one in EFFECTS if one != "every"])
def test_targets_are_reached(effect: str, footage: Callable[[str], Path]) -> None:
    for model in catalogue.all_models().values():
        if model.commercial:
            store.pull(model.id)
    rows = list(module(effect).measure(footage, short=True))
    missed = [
        f"{row.what}: {row.value}, not {row.target}"
        for row in rows
        if row.reached is False and row.what not in NOT_YET
    ]
    assert rows
    assert not missed
