"""`python -m tests.screenshots.taking`: pictures of the panel in the states it is given; what
`make screenshots` starts, again and again."""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from . import turns
from .plan import Turn, file, parser

LONGEST = 300  # seconds that a state may take in all: then the process ends and says where it stood


def main() -> int:
    """Takes the turns of the command line, in the home that the environment names."""
    options = parser().parse_args()
    home = Path(os.environ["OPTICALS_HOME"])
    for text in options.turns:
        turn = Turn(*text.split(":"))
        turns.say(turns.BEGUN, turn)
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        for line in _state(turn, options, home):
            turns.say(turns.FOUND, turn, line)
        faulthandler.cancel_dump_traceback_later()
        turns.say(turns.DONE, turn)
    return 0


def _state(turn: Turn, options: argparse.Namespace, home: Path) -> Iterator[str]:
    from opticals_ui.look import theme as look

    from .bench import Bench, forget
    from .checks import problems
    from .every import STATES

    forget(home)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder), turn.language)
        try:
            bench.panel.resize(1280, 800)
            STATES[turn.name](bench)
            for theme in options.themes:
                look.use(theme)
                for size in options.sizes:
                    bench.panel.resize(*size)
                    bench.rest()
                    name = file(options.out, theme, turn.language, options.scale, size, turn.name)
                    name.parent.mkdir(parents=True, exist_ok=True)
                    bench.picture().save(str(name))
                    for line in problems(bench.panel):
                        yield f"{theme} {size[0]}x{size[1]}: {line}"
        except Exception:
            yield traceback.format_exc()
        finally:
            bench.close()


if __name__ == "__main__":
    sys.exit(main())
