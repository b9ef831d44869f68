"""Runs melt, which sometimes does not begin."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import av

_TRIES, _SECONDS = 3, 40


def melt(*arguments: str | Path, out: Path) -> None:
    """Have melt write a film.

    Its thread that encodes may be there before melt has noted that it runs (7.12, on a busy
    machine): it ends at once then. melt waits for ever beside an empty file, or ends as if it had
    written one. It is begun anew.
    """
    for left in reversed(range(_TRIES)):
        try:
            subprocess.run(
                ["melt", *map(str, arguments)],
                env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
                check=True,
                capture_output=True,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            if not left or (out.exists() and out.stat().st_size):
                raise
        else:
            if not left or _begun(out):
                return


def _begun(out: Path) -> bool:
    """Whether there is anything in a film."""
    try:
        with av.open(str(out)) as film:
            return bool(film.streams)
    except av.error.FFmpegError:
        return False
