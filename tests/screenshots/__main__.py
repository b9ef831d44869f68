"""`python -m tests.screenshots`: pictures of the panel in every state into screenshots/, contact
sheets of them, and a list of what cannot be seen whole."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

SIZES = ((420, 900), (1280, 800), (1920, 1080))
THEMES = ("dark", "light")
LANGUAGES = ("en", "it")
SCALES = (1, 2)
REPAINT = 300  # milliseconds in which the timeline's pictures are made anew in another theme
SHEETS = {(420, 900): (8, 210), (1280, 800): (4, 560)}  # columns, and pixels of width of each


def main() -> int:
    """1 when something cannot be seen whole, or a state does not come about."""
    options = _parser().parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.scale is None:
        return max([_at(scale, options) for scale in options.scales])
    with tempfile.TemporaryDirectory() as home:
        os.environ["OPTICALS_HOME"] = home
        return _shoot(options, Path(home))


def _at(scale: int, options: argparse.Namespace) -> int:
    """All of it at one scale: Qt takes it when it starts."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.screenshots", *sys.argv[1:]]
    done = subprocess.run([*command, "--scale", str(scale)], env=environment, check=False)
    if done.returncode < 0:  # nobody else would say so
        print(f"{scale}x: ended by signal {-done.returncode} after the last state above")
    return abs(done.returncode)


def _shoot(options: argparse.Namespace, home: Path) -> int:
    from .every import STATES

    found: list[str] = []
    names = [name for name in STATES if not options.states or name in options.states]
    for language in options.languages:
        for name in names:
            lines = list(_state(name, language, options, home))
            found += lines
            print(f"{language} {name}: {len(lines) or 'fine'}", flush=True)
        if options.scale == 1:
            for theme in options.themes:
                _sheets(options.out, theme, language, names)
    options.out.mkdir(exist_ok=True)
    (options.out / f"problems_{options.scale}x.txt").write_text("\n".join(found) + "\n")
    print("\n".join(found))
    return 1 if found else 0


def _state(name: str, language: str, options: argparse.Namespace, home: Path) -> Iterator[str]:
    from opticals_ui.look import theme as look

    from .bench import Bench, forget
    from .checks import problems
    from .every import STATES

    forget(home)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), language)
        try:
            bench.panel.resize(1280, 800)
            STATES[name](bench)
            for size in options.sizes:
                bench.panel.resize(*size)
                bench.settle()
                for theme in options.themes:
                    look.use(theme)
                    bench.settle(REPAINT)
                    file = _file(options.out, theme, language, options.scale, size, name)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    bench.panel.grab().save(str(file))
                for line in problems(bench.panel):
                    yield f"{language} {name} {size[0]}x{size[1]}: {line}"
        except Exception:
            yield f"{language} {name}: {traceback.format_exc()}"
        finally:
            bench.close()


def _file(
    out: Path, theme: str, language: str, scale: int, size: tuple[int, int], name: str
) -> Path:
    return out / theme / language / f"{size[0]}x{size[1]}@{scale}" / f"{name}.png"


def _sheets(out: Path, theme: str, language: str, names: list[str]) -> None:
    """One picture with all states of a size, small enough to be looked at."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    for size, (columns, width) in SHEETS.items():
        files = [_file(out, theme, language, 1, size, name) for name in names]
        files = [file for file in files if file.is_file()]
        height = width * size[1] // size[0]
        rows = -(-len(files) // columns)
        sheet = QImage(
            columns * (width + 8), max(1, rows) * (height + 24), QImage.Format.Format_RGB32
        )
        sheet.fill(QColor("#808080"))
        painter = QPainter(sheet)
        for at, file in enumerate(files):
            x, y = at % columns * (width + 8), at // columns * (height + 24)
            picture = QImage(str(file)).scaled(
                width,
                height,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter.drawImage(x, y + 18, picture)
            painter.drawText(QRect(x, y, width, 18), Qt.AlignmentFlag.AlignLeft, f" {file.stem}")
        painter.end()
        sheet.save(str(out / f"{theme}_{language}_{size[0]}.png"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("states", nargs="*", help="names of states; all when none is given")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--scale", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--scales", type=int, nargs="*", default=SCALES)
    parser.add_argument("--themes", nargs="*", default=THEMES, choices=THEMES)
    parser.add_argument("--sizes", nargs="*", type=_size, default=SIZES)
    parser.add_argument("--languages", nargs="*", default=LANGUAGES, choices=LANGUAGES)
    return parser


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
