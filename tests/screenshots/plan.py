"""What is to be taken: states, sizes, themes and languages, and the names of files."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

SIZES = ((420, 900), (1280, 800), (1920, 1080))
THEMES = ("dark", "light")
LANGUAGES = ("en", "it")
SCALES = (1, 2)
Size = tuple[int, int]
# Large enough that what opens over the panel opens where it does for people.
PLATFORM = f"offscreen:configfile={Path(__file__).with_name('screen.json')}"


@dataclass(frozen=True)
class Turn:
    """A state in a language: one panel, which is pictured in every theme and size."""

    language: str
    name: str


def parser() -> argparse.ArgumentParser:
    """The options of `make screenshots`."""
    parser = argparse.ArgumentParser(
        prog="make screenshots", description="Pictures of the panel in every state."
    )
    parser.add_argument("states", nargs="*", help="names of states; all when none is given")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--scales", type=int, nargs="*", default=SCALES)
    parser.add_argument("--themes", nargs="*", default=THEMES, choices=THEMES)
    parser.add_argument("--sizes", nargs="*", type=_size, default=SIZES)
    parser.add_argument("--languages", nargs="*", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--spread", action="store_true", help="a few, as CI looks at them")
    parser.add_argument("--turns", nargs="*", help=argparse.SUPPRESS)  # language:state
    parser.add_argument("--scale", type=int, default=1, help=argparse.SUPPRESS)
    return parser


def file(out: Path, theme: str, language: str, scale: int, size: Size, name: str) -> Path:
    """Where a picture belongs."""
    return out / theme / language / f"{size[0]}x{size[1]}@{scale}" / f"{name}.png"


def _size(text: str) -> Size:
    width, height = text.split("x")
    return int(width), int(height)
