"""The command line: `opticals`. Every command has --help with examples, and --json."""

from __future__ import annotations

import sys

# What a shell reports for a program that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130


def main() -> None:
    """Entry point of the `opticals` command; alone, it opens the panel."""
    for stream in (sys.stdout, sys.stderr):
        # A file's name may have bytes that are no text.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        from opticals.cli.app import app

        app(args=sys.argv[1:] or ["panel"], prog_name="opticals")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(INTERRUPTED)
