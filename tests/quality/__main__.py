"""Measures the effects and writes docs/quality.md: `make quality`, `make quality ARGS="denoise"`.

With `--sheets FOLDER` it draws the pictures to be looked at instead: `make sheets`.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from opticals.models import catalogue, store
from tests import tables
from tests.footage import film as footage
from tests.quality import every, sheet
from tests.quality.table import Measured, Row

EFFECTS = (
    "green_screen",
    "key",
    "remove",
    "upscale",
    "slow_motion",
    "denoise",
    "stylize",
    "find_cuts",
    "stabilize",
    "match_colour",
    "every",
)
_DOCUMENT = Path(__file__).parents[2] / "docs" / "quality.md"


def module(effect: str) -> Measured:
    return cast("Measured", importlib.import_module(f"tests.quality.{effect}"))


def measured(effect: str, *, short: bool, only: str) -> Iterator[Row]:
    """Its rows, and one with the time they took."""
    started = time.monotonic()
    if only:
        yield from every.measure(footage, short=short, only=only)
        return
    yield from module(effect).measure(footage, short=short)
    yield Row("time for these measurements", f"{time.monotonic() - started:.0f} s")


def shown(row: Row) -> str:
    mark = {None: "", True: "reached", False: "**not reached**"}[row.reached]
    return f"| {row.what} | {row.value} | {row.target} | {mark} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("effects", nargs="*", metavar="EFFECT", help=", ".join(EFFECTS))
    parser.add_argument("--short", action="store_true", help="The form that tests run.")
    parser.add_argument("--only", default="", metavar="EFFECT", help="Of “every”: this one again.")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="Draw contact sheets there.")
    arguments = parser.parse_args()
    chosen = ["every"] if arguments.only else arguments.effects or EFFECTS
    for model in catalogue.all_models().values():
        if model.commercial:
            store.pull(model.id)
    if arguments.sheets:
        for effect in chosen:
            for one in module(effect).sheets(footage):
                print(sheet.draw(one, arguments.sheets))
        return
    for effect in chosen:
        print(f"\n{effect}")
        rows = []
        for row in measured(effect, short=arguments.short, only=arguments.only):
            mark = {None: "", True: "reached", False: "NOT REACHED"}[row.reached]
            print(f"  {row.what:<70} {row.value:>16}  {row.target:<20} {mark}", flush=True)
            rows.append(shown(row))
        head = ("| what | measured | target | |", "|---|---|---|---|")
        form = "short form" if arguments.short else "full form"
        said = f"The {form}, on {tables.machine()}."
        tables.write(_DOCUMENT, effect, EFFECTS, said, (*head, *rows), part=bool(arguments.only))


if __name__ == "__main__":
    main()
