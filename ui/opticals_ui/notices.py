"""What the panel has to say: errors, results and questions, as plain data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from opticals.errors import OpticalsError


class Kind(StrEnum):
    ERROR = "error"
    INFO = "info"
    QUESTION = "question"


@dataclass(frozen=True)
class Answer:
    """A button of a notice."""

    label: str
    act: Callable[[], None]


@dataclass(frozen=True)
class Notice:
    """One bar: what happened, why, and what to do, with the buttons that do it.

    A notice takes the place of an earlier one of the same `topic`.
    """

    kind: Kind
    topic: str
    what: str
    why: str = ""
    remedy: str = ""
    answers: tuple[Answer, ...] = ()

    @staticmethod
    def of(error: OpticalsError, topic: str) -> Notice:
        return Notice(Kind.ERROR, topic, error.what, error.why, error.remedy)

    @property
    def details(self) -> str:
        """For the clipboard."""
        return "\n".join(part for part in (self.what, self.why, self.remedy) if part)
