"""`python -m tests.screenshots.pictures`: the pictures of docs/panel.md, or those that are named,
and its table of keys."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from opticals_ui.commands.command import Command, Scope

from .plan import PLATFORM

PAGE = Path("docs/panel.md")
FOLDER = Path("docs/pictures")
WIDE, DOCKED = (1280, 800), (420, 900)
PICTURES = {  # by file name: state, theme, size
    "panel": ("preview_wipe", "dark", WIDE),
    "mask": ("mask_shapes", "dark", WIDE),
    "queue": ("queue_done", "dark", WIDE),
    "versions": ("versions_compared", "dark", WIDE),
    "palette": ("palette_search", "dark", WIDE),
    "light": ("stack_of_several", "light", WIDE),
    "docked": ("selected", "dark", DOCKED),
}
COLOURS = 256  # of a picture: enough for these films, and a third of its size
WHERE = {Scope.TIMELINE: "timeline", Scope.VIEWER: "viewer", Scope.QUEUE: "queue"}


def main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", PLATFORM)
    os.environ["QT_SCALE_FACTOR"] = "1"
    with tempfile.TemporaryDirectory() as home:
        os.environ["OPTICALS_HOME"] = home
        for name in sys.argv[1:] or PICTURES:
            print(f"{name}: {_shoot(name, Path(home)) // 1024} KB", flush=True)
        _write_keys(Path(home))
    return 0


def _shoot(name: str, home: Path) -> int:
    """Take one picture; its size in bytes."""
    from PySide6.QtGui import QImage

    from opticals_ui.look import theme as look

    from .bench import Bench, forget
    from .every import STATES

    state, theme, size = PICTURES[name]
    forget(home)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        try:
            bench.panel.resize(1280, 800)
            STATES[state](bench)
            bench.panel.resize(*size)
            look.use(theme)
            bench.rest()
            bench.settle(300)
            taken = bench.panel.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        finally:
            bench.close()
    FOLDER.mkdir(exist_ok=True)
    small = _small(bytes(taken.constBits()), size)
    (FOLDER / f"{name}.png").write_bytes(small)
    return len(small)


def _small(pixels: bytes, size: tuple[int, int]) -> bytes:
    """A PNG with few colours."""
    from PIL import Image

    picture = Image.frombytes("RGB", size, pixels)
    few = picture.quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def keys(commands: Sequence[Command]) -> str:
    """Every command and its usual keys, as a table for each group."""
    groups: dict[str, list[Command]] = {}
    for one in commands:
        groups.setdefault(one.group, []).append(one)
    lines = []
    for group, held in groups.items():
        lines += [f"**{group}**", "", "| keys | what they do |", "|---|---|"]
        for one in held:
            pressed = ", ".join(f"`{key}`" for key in one.keys)
            where = f" (in the {WHERE[one.scope]})" if one.scope in WHERE else ""
            lines.append(f"| {pressed} | {one.name}{where} |")
        lines.append("")
    return "\n".join([*lines, ""])


def written() -> str:
    """The tables as docs/panel.md has them."""
    return _split()[1]


def _split() -> tuple[str, str, str]:
    """What stands before the tables, the tables, and what stands behind them."""
    before, found, rest = PAGE.read_text().partition("<!-- keys -->\n\n")
    tables, end, behind = rest.partition("<!-- end -->")
    assert end, f"{PAGE} has no place for the keys."
    return before + found, tables, end + behind


def _write_keys(home: Path) -> None:
    from .bench import Bench, forget

    forget(home)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        new = keys(bench.panel.commands)
        bench.close()
    before, _, behind = _split()
    PAGE.write_text(f"{before}{new}{behind}")


if __name__ == "__main__":
    sys.exit(main())
