"""Starts the panel over an edit in a file, or one that a program holds beside it:
`python -m opticals_plugin [EDIT]`, `python -m opticals_plugin --host`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from opticals_plugin.qt_check import display_trouble, import_trouble


def main(argv: Sequence[str] | None = None) -> int:
    """Run the panel; its exit status."""
    options = _parser().parse_args(argv)
    if options.screenshot:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.host:
        return _beside_host()
    try:
        from PySide6.QtCore import QSize
        from PySide6.QtWidgets import QApplication  # noqa: F401 - it is what may be missing
    except ImportError as error:
        sys.stderr.write(import_trouble(error) + "\n")
        return 1
    if trouble := display_trouble():
        sys.stderr.write(trouble + "\n")
        return 1
    from opticals_plugin.deferred import file_host
    from opticals_ui import app

    if options.screenshot:
        size = QSize(*options.size)
        return app.picture(file_host(), options.edit, options.screenshot, size)
    return app.run(file_host(), options.edit)


def _beside_host() -> int:
    """Listen at once, for the program that waits; then load what shows things."""
    from opticals.errors import OpticalsError
    from opticals.settings import panels_folder
    from opticals_plugin.bridge.server import Bridge

    bridge = Bridge(panels_folder())
    # Nothing can be lost before the panel is there, which then ends in order. No exception gets
    # whole through what is loaded until then.
    signal.signal(signal.SIGTERM, lambda number, _: bridge.vanish(128 + number))
    try:
        bridge.start()
    except OpticalsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        try:
            from PySide6.QtWidgets import QApplication  # noqa: F401 - it is what may be missing
        except ImportError as error:
            sys.stderr.write(import_trouble(error) + "\n")
            return 1
        if trouble := display_trouble():
            sys.stderr.write(trouble + "\n")
            return 1
        from opticals_plugin.bridge.front import LiveFront
        from opticals_ui import app

        return app.run_beside(LiveFront(bridge), hidden=bool(os.environ.get("OPTICALS_HIDDEN")))
    finally:
        bridge.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opticals panel", description="The Opticals panel.")
    parser.add_argument("edit", nargs="?", type=Path, metavar="EDIT", help="an edit to open")
    parser.add_argument(
        "--host",
        action="store_true",
        help="listen for an editing program, and show the edit that it holds",
    )
    parser.add_argument(
        "--screenshot", type=Path, metavar="PNG", help="write a picture of the panel and end"
    )
    parser.add_argument(
        "--size", type=_size, default=(1280, 800), metavar="WxH", help="size of that picture"
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
