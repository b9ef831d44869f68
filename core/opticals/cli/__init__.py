"""The command line: `opticals`. Every command has --help with examples, and --json."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `opticals` command; alone, it opens the panel."""
    from opticals.cli.app import app

    arguments = sys.argv[1:] or ["panel"]
    app(args=arguments, prog_name="opticals")
