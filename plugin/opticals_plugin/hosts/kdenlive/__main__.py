"""`python -m opticals_plugin.hosts.kdenlive send|repeat|show`, and `agent` for what answers."""

from __future__ import annotations

import sys

from opticals_plugin.hosts.kdenlive import press


def main(argv: list[str] | None = None) -> int:
    """Its exit status."""
    given = sys.argv[1:] if argv is None else argv
    if given == ["agent"]:
        from opticals_plugin.hosts.kdenlive.agent import run

        return run()
    return press.main(given)


if __name__ == "__main__":
    sys.exit(main())
