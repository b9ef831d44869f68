"""Measures the effects and writes docs/quality.md: `make quality`, `make quality ARGS="denoise"`.

With `--sheets FOLDER` it draws the pictures to be looked at instead: `make sheets`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import torch

from opticals.models import catalogue, store
from tests.footage import film as footage
from tests.quality import sheet
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
_START, _END = "<!-- measured -->", "<!-- end -->"


def module(effect: str) -> Measured:
    return cast("Measured", importlib.import_module(f"tests.quality.{effect}"))


def measured(effect: str, *, short: bool) -> Iterator[Row]:
    """Its rows, and one with the time they took."""
    started = time.monotonic()
    yield from module(effect).measure(footage, short=short)
    yield Row("time for these measurements", f"{time.monotonic() - started:.0f} s")


def shown(row: Row) -> str:
    mark = {None: "", True: "reached", False: "**not reached**"}[row.reached]
    return f"| {row.what} | {row.value} | {row.target} | {mark} |"


def machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if "model name" in line), model)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"{model}, {os.cpu_count()} cores, {device}; Python {platform.python_version()}, "
        f"torch {torch.__version__}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("effects", nargs="*", metavar="EFFECT", help=", ".join(EFFECTS))
    parser.add_argument("--short", action="store_true", help="The form that tests run.")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="Draw contact sheets there.")
    arguments = parser.parse_args()
    chosen = arguments.effects or EFFECTS
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
        for row in measured(effect, short=arguments.short):
            mark = {None: "", True: "reached", False: "NOT REACHED"}[row.reached]
            print(f"  {row.what:<70} {row.value:>16}  {row.target:<20} {mark}", flush=True)
            rows.append(shown(row))
        write(effect, rows, "short form" if arguments.short else "full form")


def write(effect: str, rows: Sequence[str], form: str) -> None:
    """Put an effect's table in the document, in place of the one it had."""
    text = _DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(_START)
    body, after = rest.split(_END)
    sections = {one.split("\n", 1)[0]: one for one in body.split("### ")[1:]}
    table = "\n".join(("| what | measured | target | |", "|---|---|---|---|", *rows))
    sections[effect] = f"{effect}\n\nThe {form}, on {machine()}.\n\n{table}\n\n"
    body = "".join(f"### {sections[one]}" for one in EFFECTS if one in sections)
    _DOCUMENT.write_text(f"{before}{_START}\n\n{body}{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
