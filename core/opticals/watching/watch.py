"""Watches a folder for exports and has each done once: which, when, and by whom. What is done with
one is the caller's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from opticals.errors import Cancelled, EditError, OpticalsError
from opticals.watching import answer, exports, ledger
from opticals.watching.events import Kind, Teller
from opticals.watching.exports import Settling, Stamp
from opticals.watching.ledger import Entry, State

DOUBT = 10.0  # seconds that a file which cannot be read is taken for one still being written


@dataclass(frozen=True)
class Done:
    """What became of an export.

    Attributes:
        state: DONE, PARTLY, NOTHING or FAILED.
        written: name of the new edit.
        head, problems: what is said beside the export; nothing if there are no problems.
        error: why all of it failed.
        unreadable: whether it may just not be completely written.
    """

    state: State
    written: str = ""
    head: str = ""
    problems: tuple[str, ...] = ()
    error: OpticalsError | None = None
    unreadable: bool = False


class Changed(Exception):
    """The export was written anew while it was worked on."""


class Work:
    """One export at work, as the one who does it sees it."""

    def __init__(self, export: Path, mark: Stamp, content: str) -> None:
        self.export = export
        self._mark = mark
        self._content = content

    def about_to_write(self, path: Path) -> None:
        """Called right before the new edit is written.

        Raises:
            Changed: the export is another by now: what was made is of no use as an edit.
            OutputError: the folder cannot be written.
        """
        if exports.stamp(self.export) != self._mark:
            raise Changed
        self.keep(State.WORKING, path.name)

    def keep(self, state: State, written: str = "") -> None:
        """Write down what was done."""
        ledger.keep(self.export, Entry(self._mark, self._content, state, written))


class _Step(Enum):
    WORKED = "worked"  # something was done, or found to be done
    LATER = "later"  # to be looked at again
    ELSEWHERE = "elsewhere"


@dataclass
class Watch:
    """A watched folder.

    Args:
        do: does an export. Raises `Changed` from `Work.about_to_write`, `Cancelled` when it is to
            stop; what else goes wrong is in its answer.
        every: seconds between two looks.
    """

    folder: Path
    do: Callable[[Work], Done]
    tell: Teller
    deep: bool = False
    every: float = 1.0
    settling: Settling = field(default_factory=Settling)
    sleep: Callable[[float], None] = time.sleep
    failed: bool = False  # whether anything was not done as asked
    _over: dict[Path, Stamp] = field(default_factory=dict)
    _doubted: dict[Path, Stamp] = field(default_factory=dict)
    _elsewhere: set[Path] = field(default_factory=set)
    _closed: set[Path] = field(default_factory=set)
    _known: set[Path] = field(default_factory=set)
    _older: dict[Path, Stamp] | None = None  # what was there before it was watched
    _away: bool = False
    _claims: ledger.Claims = field(default_factory=ledger.Claims)

    def run(self, *, once: bool = False) -> None:
        """Watch until the process is told to stop; with `once` until what is there is done.

        Raises:
            EditError: there is no such folder, or it is none.
            Cancelled, KeyboardInterrupt: it is told to stop.
        """
        if self.folder.is_file():
            raise EditError(
                f"{self.folder} is a file, and no folder to watch.",
                remedy="Name the folder that edits are exported into.",
            )
        if not self.folder.is_dir():
            raise EditError(
                f"There is no folder {self.folder} to watch.", remedy="Make it, or mount its drive."
            )
        while True:
            found = self._look(once)
            ready = [] if found is None else self._ready(found)
            if any(self._take(path, found[path]) is _Step.WORKED for path in ready if found):
                continue
            if once and found is not None and not self._pending(found):
                return
            self.sleep(self.every)

    def _look(self, once: bool) -> dict[Path, Stamp] | None:
        """The exports that are there; None while the folder is out of reach."""
        try:
            found = exports.look(self.folder, deep=self.deep)
        except OSError as error:
            if once:
                raise EditError.wrap(
                    f"{self.folder} cannot be looked at.", error, "Is its drive still there?"
                ) from error
            if not self._away:
                self._away = True
                self.tell(Kind.AWAY, None, f"{error}. It is looked at again when it is back.")
            return None
        if self._away:
            self._away = False
            self.tell(Kind.BACK, None, str(self.folder))
        for path in found.closed.keys() - self._closed:
            self.tell(Kind.CLOSED, path, found.closed[path])
        self._closed = set(found.closed)
        for path in self._known - found.exports.keys():
            if path not in self._over:
                self.tell(Kind.GONE, path, "It went before it was done.")
            for kept in (self._over, self._doubted):
                kept.pop(path, None)
        self._known = set(found.exports)
        if self._older is None:
            self._older = dict(found.exports)
        return found.exports

    def _ready(self, found: dict[Path, Stamp]) -> list[Path]:
        settled = self.settling.settled(found)
        return [
            one
            for one in settled
            if self._needs_work(one, found[one]) and self._trusted(one, found[one])
        ]

    def _needs_work(self, path: Path, mark: Stamp) -> bool:
        if self._over.get(path) == mark:
            return False
        known = ledger.entry(path)
        if known is not None and ledger.is_over(known, mark):
            self._over[path] = mark
            return False
        return True

    def _trusted(self, path: Path, mark: Stamp) -> bool:
        """Whether a file that could not be read is another by now, or was left alone for longer."""
        return self._doubted.get(path) != mark or self.settling.quiet(path) >= DOUBT

    def _pending(self, found: dict[Path, Stamp]) -> bool:
        """Whether anything is still to be done here; an empty file is not waited for."""
        return any(
            mark.size and path not in self._elsewhere and self._needs_work(path, mark)
            for path, mark in found.items()
        )

    def _take(self, path: Path, mark: Stamp) -> _Step:
        try:
            with self._claims.claimed(path) as other:
                if other is not None:
                    if path not in self._elsewhere:
                        self._elsewhere.add(path)
                        self.tell(Kind.ELSEWHERE, path, f"{other.host} is at it.")
                    return _Step.ELSEWHERE
                self._elsewhere.discard(path)
                return self._work(path, mark)
        except Changed:
            self.tell(Kind.CHANGED, path, "It was written anew meanwhile, and is begun again.")
            return _Step.LATER
        except Cancelled:
            raise
        except OpticalsError as error:
            return self._fail(path, mark, error)
        except OSError as error:
            if exports.stamp(path) is None:
                return _Step.LATER  # the next look says that it is gone
            if self._doubts(path, mark):
                return _Step.LATER
            why = EditError.wrap(
                f"{path.name} cannot be read.", error, "Check its permissions, and export it again."
            )
            return self._fail(path, mark, why)

    def _work(self, path: Path, mark: Stamp) -> _Step:
        known = ledger.entry(path)  # another watch may have done it just now
        if known is not None and ledger.is_over(known, mark):
            self._over[path] = mark
            return _Step.WORKED
        content = ledger.content(path)
        work = Work(path, mark, content)
        if known is not None and ledger.is_same(path, known, content):
            state = State.DONE if known.state is State.WORKING else known.state
            work.keep(state, known.written)
            self._over[path] = mark
            of = f" It is done: {known.written}." if known.written else ""
            self.tell(Kind.UNCHANGED, path, f"The same edit as before.{of}")
            return _Step.WORKED
        if exports.is_no_edit(path):
            self._over[path] = mark
            self.tell(Kind.IGNORED, path, "It is an XML file, and no edit.")
            return _Step.WORKED
        done = self.do(work)
        if exports.stamp(path) is None:
            return _Step.LATER
        if done.unreadable and self._doubts(path, mark):
            return _Step.LATER
        self._doubted.pop(path, None)
        self._over[path] = mark
        if done.error is not None:
            self.tell(Kind.FAILED, path, str(done.error), error=done.error.to_json())
        work.keep(done.state, done.written)
        if done.state is State.NOTHING and self._older and self._older.get(path) == mark:
            done = replace(done, problems=())  # nobody waits for an answer to what lay there
        self._answer(path, done)
        return _Step.WORKED

    def _doubts(self, path: Path, mark: Stamp) -> bool:
        """Whether it may still be being written, by a program that pauses."""
        self._doubted[path] = mark
        return self.settling.quiet(path) < DOUBT

    def _fail(self, path: Path, mark: Stamp, error: OpticalsError) -> _Step:
        """What went wrong before or after the work itself."""
        self._over[path] = mark
        done = Done(State.FAILED, "", f"{path.name} was not rendered.", (answer.problem(error),))
        self.tell(Kind.FAILED, path, str(error), error=error.to_json())
        self._answer(path, done)
        return _Step.WORKED

    def _answer(self, path: Path, done: Done) -> None:
        """Say beside the export what did not go, or take back what was said before."""
        self.failed = self.failed or done.state in (State.FAILED, State.PARTLY)
        if not done.problems:
            answer.take_back(path)
            return
        try:
            failed = done.state is State.FAILED
            answer.say(path, done.head, done.problems, restarted=failed)
        except OpticalsError as error:
            self.tell(Kind.NOTE, path, str(error))
