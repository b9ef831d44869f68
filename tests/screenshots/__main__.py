"""`python -m tests.screenshots`: pictures of the panel in every state into screenshots/, contact
sheets of them, and a list of what cannot be seen whole."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import turns
from .plan import PLATFORM, Turn, file, parser

SHEETS = {(420, 900): (8, 210), (1280, 800): (4, 560)}  # columns, and pixels of width of each


def main() -> int:
    """1 when something cannot be seen whole, a state does not come about, or a process dies."""
    options = parser().parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", PLATFORM)
    names = _names(options.states)
    wanted = [Turn(language, name) for language in options.languages for name in names]
    if options.spread:
        from .every import SPREAD

        wanted = [Turn(language, name) for name, language in SPREAD.items()]
        options.scales = (1,)
    options.out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        found = _take(options, wanted, home)
    for language in options.languages:
        for theme in options.themes:
            _sheets(options.out, theme, language, names)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{spent.ru_utime + spent.ru_stime:.0f} s of processor time")
    print("\n".join(found) or "All can be seen whole.")
    return 1 if found else 0


def _take(options: argparse.Namespace, wanted: Sequence[Turn], home: str) -> list[str]:
    """Take all pictures; what is wrong, a line each."""
    found = []
    for scale in options.scales:
        # Qt takes the scale when it starts
        environment = {**os.environ, "QT_SCALE_FACTOR": str(scale), "OPTICALS_HOME": home}

        def command(now: Sequence[Turn], scale: int = scale) -> list[str]:
            these = [f"{one.language}:{one.name}" for one in now]
            mine = [sys.executable, "-X", "faulthandler", "-m", "tests.screenshots.taking"]
            return [*mine, *sys.argv[1:], "--scale", str(scale), "--turns", *these]

        problems = turns.take(wanted, command, environment)
        (options.out / f"problems_{scale}x.txt").write_text("\n".join(problems) + "\n")
        found += [f"{scale}x {one}" for one in problems]
    return found


def _names(wanted: Sequence[str]) -> list[str]:
    """All states, or the wanted ones; ends the run when there is none of a name."""
    from .every import STATES

    if unknown := [name for name in wanted if name not in STATES]:
        raise SystemExit(f"There is no state {', '.join(unknown)}; there are {', '.join(STATES)}.")
    return [name for name in STATES if not wanted or name in wanted]


def _sheets(out: Path, theme: str, language: str, names: list[str]) -> None:
    """One picture with all states of a size, small enough to be looked at."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

    app = QGuiApplication.instance() or QGuiApplication([])  # letters need one
    assert app is not None
    for size, (columns, width) in SHEETS.items():
        files = [file(out, theme, language, 1, size, name) for name in names]
        files = [one for one in files if one.is_file()]
        height = width * size[1] // size[0]
        rows = -(-len(files) // columns)
        sheet = QImage(
            columns * (width + 8), max(1, rows) * (height + 24), QImage.Format.Format_RGB32
        )
        sheet.fill(QColor("#808080"))
        painter = QPainter(sheet)
        for at, one in enumerate(files):
            x, y = at % columns * (width + 8), at // columns * (height + 24)
            picture = QImage(str(one)).scaled(
                width,
                height,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter.drawImage(x, y + 18, picture)
            painter.drawText(QRect(x, y, width, 18), Qt.AlignmentFlag.AlignLeft, f" {one.stem}")
        painter.end()
        sheet.save(str(out / f"{theme}_{language}_{size[0]}.png"))


if __name__ == "__main__":
    sys.exit(main())
