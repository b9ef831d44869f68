"""What was found on opening, saving and relinking, as notices; and what an edit leaves open."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from opticals_ui.look.words import number, tr
from opticals_ui.notices.board import Answer, Kind, Notice, listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from opticals.errors import AnswerNeeded, OpticalsError
    from opticals.timeline.chosen import Skipped
    from opticals.timeline.relink import Link, Report
    from opticals_ui.timeline.model import TimelineModel


def unkept(file: str) -> Notice:
    """The panel cannot keep what it remembers from run to run."""
    return Notice(
        Kind.INFO,
        "memory",
        tr("The panel cannot keep its settings."),
        tr("{file} cannot be written.", file=file),
        tr("They hold until it is closed. Have the file and its folder made writable."),
        lasting=True,
    )


def opened(model: TimelineModel, *relink: Answer) -> Notice | None:
    """What to know of an edit that was opened; None if there is nothing.

    Args:
        relink: what is offered where media are lost.
    """
    view, (lost, clips) = model.view, model.lost
    notes = view.notes
    if not lost:
        if not notes:
            return None
        what, relink = tr("What to know of {name}:", name=view.name), ()
    else:
        what = tr(
            "{name}: {lost} of %n clip(s) have no medium here.",
            count=clips,
            name=view.name,
            lost=lost,
        )
    return _list("open", what, notes, relink, lasting=True)


def saved(path: Path, messages: Sequence[str], told: Sequence[str]) -> Notice:
    """Where an edit went, and what was not told before."""
    news = [one for one in messages if one not in told]
    return _list("save", tr("Saved as {path}.", path=path), news)


def relinked(report: Report, again: Answer) -> Notice:
    """What was found and what was not; `again` is offered where something is missing."""
    found, missing, all = len(report.found), report.missing, len(report.links)
    notes = [f"{link.id}: {note}" for link in report.links for note in link.notes]
    notes += report.notes
    if not all:
        what = (
            tr("No clip has lost its medium.") if report.online else tr("The edit names no media.")
        )
    elif found == all:
        what = (
            tr("The lost medium was found.")
            if all == 1
            else tr("All {all} lost media were found.", all=all)
        )
    else:
        what = tr("%n of {all} lost media (was|were) found.", count=found, all=all)
    lines = [*map(_missing, missing), *notes]
    return Notice(
        Kind.INFO,
        "relink",
        what,
        listing(lines),
        answers=(again,) if missing else (),
        lasting=bool(lines),
        more="\n".join([*map(_line, report.links), *notes]) if report.links else "",
    )


def started(
    notes: Sequence[str], skipped: Sequence[Skipped], wrong: Sequence[OpticalsError] = ()
) -> Notice | None:
    """What to know of renders that were just asked for; None if there is nothing."""
    lines = [
        *(" ".join(filter(None, (one.what, one.why, one.remedy))) for one in wrong),
        *notes,
        *(tr("Left out: {what}. {why}", what=one.what, why=one.why) for one in skipped),
    ]
    if not lines:
        return None
    left = bool(skipped or wrong)
    what = tr("Something was left out.") if left else tr("The selection grew.")
    return _list("render", what, lines, lasting=left)


def choices(error: AnswerNeeded, settle: Callable[[str], None]) -> Iterator[Answer]:
    """A button for each choice; `settle` gets its value."""
    for choice in error.choices:
        value = choice.partition(" ")[0]
        yield Answer(_words(error.argument, choice, value), partial(settle, value))


def _words(argument: str, choice: str, value: str) -> str:
    if argument == "rate":
        return _shortest(Fraction(value))
    if argument == "written_by":
        from opticals.timeline.dialects import DIALECTS

        if value in DIALECTS:
            return tr("Any other program") if value == "generic" else DIALECTS[value].label
    return choice


def _shortest(rate: Fraction) -> str:
    """A rate with as many digits as it has, up to three: `25`, `29.97`, `23.976`."""
    digits = next(n for n in range(4) if n == 3 or round(rate * 10**n) == rate * 10**n)
    exact = number(float(rate), digits)
    return exact.rstrip("0") if digits else exact


def _list(
    topic: str,
    what: str,
    lines: Sequence[str],
    answers: tuple[Answer, ...] = (),
    *,
    lasting: bool = False,
) -> Notice:
    shown, all = listing(lines), "\n".join(lines)
    return Notice(
        Kind.INFO, topic, what, shown, "", answers, lasting, more=all if shown != all else ""
    )


def _missing(link: Link) -> str:
    return f"{link.id} {link.name}: {link.why}."


def _line(link: Link) -> str:
    if link.path is None:
        return _missing(link)
    return f"{link.id} {link.name}: {link.path} ({link.how})."
