"""A run that takes pictures says of every process that dies or hangs which state it was at, and
goes on with the rest."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import pytest

from .plan import Turn
from .turns import MOST, take

TAKES = """
import os, signal, sys, time
from tests.screenshots.plan import Turn
from tests.screenshots.turns import BEGUN, DONE, FOUND, say
for text in sys.argv[2:]:
    turn = Turn("en", text)
    say(BEGUN, turn)
    print("words of somebody else")
    if text == "bad":
        exec(sys.argv[1])
    if text == "poor":
        say(FOUND, turn, "is cut off")
    say(DONE, turn)
exec(sys.argv[1] if text == "last" else "")
"""


def taken(names: Sequence[str], death: str) -> tuple[list[str], list[list[str]]]:
    """What is found, and what each process was given."""
    started = []

    def command(turns: Sequence[Turn]) -> list[str]:
        started.append([one.name for one in turns])
        return [sys.executable, "-c", TAKES, death, *started[-1]]

    return take([Turn("en", name) for name in names], command, os.environ), started


@pytest.mark.parametrize(
    ("death", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "ended by SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
        ("os._exit(0)", "ended with 0 before it was done"),  # as quiet as a death can be
        ("sys.exit(1)", "ended with 1 before it was done"),
        ("raise SystemError('odd')", "ended with 1 before it was done"),
    ],
)
def test_a_death_is_named_and_the_rest_is_taken(death: str, said: str) -> None:
    found, started = taken(["one", "bad", "poor", "two"], death)
    assert len(found) == 2
    assert found[0].startswith("en bad: ")
    assert said in found[0]
    assert found[1] == "en poor: is cut off"
    assert started == [["one", "bad", "poor", "two"], ["poor", "two"]]


def test_a_death_after_the_last_state_is_said_too() -> None:
    found, started = taken(["one", "last"], "os.kill(os.getpid(), signal.SIGABRT)")
    assert found == ["en last: the process was ended by SIGABRT"]
    assert len(started) == 1


def test_nothing_is_found_where_all_is_well() -> None:
    found, started = taken([f"s{n}" for n in range(MOST + 2)], "")
    assert found == []
    assert [len(one) for one in started] == [MOST, 2]
