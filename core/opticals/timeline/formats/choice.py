"""One of several edits in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from opticals.errors import AnswerNeeded

T = TypeVar("T")

_SHOWN = 20


def chosen(found: Sequence[tuple[str, T]], file: str, what: str, sequence: str | None) -> T:
    """The one that `sequence` names, by name or by number from 1; the only one without it.

    Args:
        found: names and things.
        what: one of them is, `sequence` or `project`.

    Raises:
        AnswerNeeded: none of that name, several, or several and no choice.
    """
    named = [thing for name, thing in found if name == sequence]
    if not named and sequence is not None and sequence.isdecimal() and int(sequence):
        named = [thing for _, thing in found[int(sequence) - 1 : int(sequence)]]
    if sequence is None and len(found) == 1:
        named = [found[0][1]]
    if len(named) == 1:
        return named[0]
    listed = [(n, name) for n, (name, _) in enumerate(found[:_SHOWN], 1)]
    raise AnswerNeeded.about(
        f"{file} holds {len(found)} {what}s."
        if sequence is None
        else f"{file} holds {f'several {what}s' if named else f'no {what}'} “{sequence}”.",
        f"They are: {', '.join(f'{n} “{name}”' for n, name in listed)}.",
        "Say which by its name or number (--sequence).",
        "sequence",
        (f"{n} {name}" for n, name in listed),
    )
