"""The command line: `opticals`. Every command has --help with examples, and --json."""

from __future__ import annotations

import sys

# What a shell reports for a program that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130


def main() -> None:
    """Entry point of the `opticals` command; alone, it opens the panel."""
    try:
        from opticals.cli.app import app

        app(args=sys.argv[1:] or ["panel"], prog_name="opticals")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(INTERRUPTED)
