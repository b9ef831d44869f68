"""What the panel has to say: errors, results and questions, as plain data on a board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from opticals.errors import Cancelled, OpticalsError
from opticals_ui.look.words import tr

SHOWN = 3
LINES = 5  # of a list in a notice


class Kind(StrEnum):
    ERROR = "error"
    INFO = "info"
    QUESTION = "question"


@dataclass(frozen=True)
class Answer:
    """A button of a notice; the notice goes when it is pressed."""

    label: str
    act: Callable[[], None]


@dataclass(frozen=True)
class Notice:
    """One bar: what happened, why, and what to do, with the buttons that do it.

    A notice takes the place of an earlier one of the same `topic`. An INFO goes by itself after a
    while, unless it is `lasting`. `more` is for the clipboard, where not all of it is shown.
    """

    kind: Kind
    topic: str
    what: str
    why: str = ""
    remedy: str = ""
    answers: tuple[Answer, ...] = ()
    lasting: bool = False
    more: str = ""

    @property
    def passing(self) -> bool:
        """Whether it goes by itself."""
        return self.kind is Kind.INFO and not self.lasting

    @property
    def details(self) -> str:
        """For the clipboard."""
        return "\n".join(part for part in (self.what, self.more or self.why, self.remedy) if part)

    def says_the_same(self, other: Notice) -> bool:
        return (self.kind, self.details) == (other.kind, other.details)


def listing(lines: Sequence[str], most: int = LINES) -> str:
    """The first of some lines, and how many there are besides."""
    shown = list(lines if len(lines) <= most else lines[: most - 1])
    if len(lines) > len(shown):
        shown.append(tr("… and {rest} more.", rest=len(lines) - len(shown)))
    return "\n".join(shown)


class Board(QObject):
    """The notices that are up, the newest first."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notices: tuple[Notice, ...] = ()

    def notify(self, notice: Notice) -> None:
        """Show a notice; an earlier one of its topic, or that says the same, goes."""
        kept = [
            one
            for one in self.notices
            if one.topic != notice.topic and not one.says_the_same(notice)
        ]
        while len(kept) >= SHOWN:  # a question waits for its answer
            kept.remove(next(one for one in reversed(kept) if one.kind is not Kind.QUESTION))
        self.notices = (notice, *kept)
        self.changed.emit()

    def fail(self, error: OpticalsError, topic: str, *answers: Answer) -> None:
        """Show an error; being stopped on request is none."""
        if isinstance(error, Cancelled):
            self.dismiss(topic)
        else:
            self.notify(Notice(Kind.ERROR, topic, error.what, error.why, error.remedy, answers))

    def ask(self, what: str, why: str, *answers: Answer) -> None:
        """Ask a question; there is one at a time."""
        self.notify(Notice(Kind.QUESTION, "question", what, why, answers=answers))

    def dismiss(self, topic: str) -> None:
        kept = tuple(one for one in self.notices if one.topic != topic)
        if kept != self.notices:
            self.notices = kept
            self.changed.emit()
