"""States taken by processes of their own, a dozen each: one that dies or hangs is named, counts as
a problem, and the rest is taken by the next."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence

from .plan import Turn

MOST = 12  # states in one process: what one leaves behind is not to tell on all of them
BEGUN, FOUND, DONE = "begun", "found", "done"

Command = Callable[[Sequence[Turn]], Sequence[str]]


def say(what: str, turn: Turn, line: str = "") -> None:
    """From a process that takes pictures to the one that started it."""
    print(json.dumps([what, turn.language, turn.name, line]), flush=True)


def take(turns: Sequence[Turn], command: Command, environment: Mapping[str, str]) -> list[str]:
    """Take all turns; what is wrong with them, a line each, and how each process ended that did
    not come to its end.

    Args:
        command: what takes the turns it is given, and says so as `say` does.
    """
    found: list[str] = []
    left = list(turns)
    while left:
        now = left[:MOST]
        done = _process(now, command(now), environment, found)
        left = left[done:]
    return found


def _process(
    turns: Sequence[Turn], command: Sequence[str], environment: Mapping[str, str], found: list[str]
) -> int:
    """How many turns are over, with one that it died at."""
    done, at, count = 0, turns[0], 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            heard = _heard(line)
            if heard is None:
                print(line, end="", flush=True)
                continue
            what, at, text = heard
            if what == BEGUN:
                count = 0
            elif what == FOUND:
                count += 1
                found.append(f"{at.language} {at.name}: {text}")
            else:
                done += 1
                print(f"{at.language} {at.name}: {count or 'fine'}", flush=True)
    if done == len(turns) and process.returncode == 0:
        return done
    at = turns[min(done, len(turns) - 1)]
    found.append(f"{at.language} {at.name}: {ended(process.returncode)}")
    print(found[-1], flush=True)
    return done + 1


def ended(code: int) -> str:
    """How a process ended before its end, in words."""
    if code < 0:
        return f"the process was ended by {signal.Signals(-code).name}"
    return f"the process ended with {code} before it was done"


def _heard(line: str) -> tuple[str, Turn, str] | None:
    try:
        what, language, name, text = json.loads(line)
    except (ValueError, TypeError):
        return None
    return (what, Turn(language, name), text) if what in (BEGUN, FOUND, DONE) else None
