"""Looking into a medium, in a process of its own: a broken file must not take the panel down."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from opticals.errors import MediaError, OpticalsError
from opticals.media.facts import Media

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path


def command(medium: Path, rate: Fraction | None = None) -> list[str]:
    """What to run; `rate` is the edit's, for sequences of pictures."""
    timed = [] if rate is None else ["--rate", str(rate)]
    return [sys.executable, "-P", "-m", "opticals", "probe", str(medium), "--json", *timed]


def understood(medium: Path, status: int, said: str, trouble: str) -> Media:
    """What the command answered.

    Raises:
        OpticalsError: why the medium is none that can be rendered from, or the process died.
    """
    try:
        facts = json.loads(said)
        return _media(facts, status)
    except (ValueError, TypeError, LookupError, AttributeError):
        raise MediaError(
            f"{medium} cannot be looked into.",
            trouble.strip() or f"The process that did ended with {status}.",
            "Copy it again from its source, or transcode it.",
        ) from None


def look_into(medium: Path, rate: Fraction | None = None) -> Media:
    """What a medium is; waits for it.

    Raises:
        OpticalsError: as `understood`.
    """
    done = subprocess.run(
        command(medium, rate), capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return understood(medium, done.returncode, done.stdout, done.stderr)


def _media(facts: dict[str, object], status: int) -> Media:
    if status:
        raise OpticalsError.from_json(facts)
    return Media.from_json(facts)
