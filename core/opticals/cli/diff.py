"""The command that compares two edits."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opticals.cli import say
from opticals.cli.options import Rate, Which, WrittenBy
from opticals.errors import OpticalsError

if TYPE_CHECKING:
    from opticals.timeline.shown import Account

_TROUBLE = 2  # as diff(1): 1 says that the two differ


@say.command
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="An edit, in any format.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="An edit, in any format.")],
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Also every field of the two files that differs.")
    ] = False,
    rate: Rate = None,
    sequence: Which = None,
    written_by: WrittenBy = None,
    as_json: say.Json = False,
) -> None:
    """What changed from one edit to another: clips, places, frames shown, speeds, transitions,
    markers, renders.

    What no program shows, metadata, is said in one line at the end. The exit status is 0 where
    the edits are equal, 1 where they differ and 2 where one cannot be read.

    \b
    Example:
      opticals diff cut.otio cut_opticals_v001.otio
    """
    from opticals.timeline.compare import compare, differences, unseen

    try:
        before, after = (_account(path, rate, sequence, written_by) for path in (old, new))
        found = differences(before, after)
        hidden = unseen(before, after)
        fields = compare(before.item, after.item) if verbose else ()
    except OpticalsError as error:
        if as_json:
            say.document(error.to_json())
        else:
            say.failure(error)
        raise typer.Exit(_TROUBLE) from None
    if as_json:
        document: dict[str, Any] = {
            "old": str(old),
            "new": str(new),
            "differences": list(found),
            "metadata": list(hidden),
        }
        say.document({**document, "fields": list(fields)} if verbose else document)
    else:
        for line in found:
            say.out(line)
        if hidden:
            say.out(_metadata(hidden))
        for line in fields:
            say.out(f"  {line}")
    if found or hidden:
        raise typer.Exit(1)


def _account(
    path: Path, rate: Fraction | None, sequence: str | None, written_by: str | None
) -> Account:
    from opticals.timeline.account import account
    from opticals.timeline.edit import Edit

    return account(Edit.open(path, rate=rate, sequence=sequence, written_by=written_by))


def _metadata(labels: tuple[str, ...]) -> str:
    named = ", ".join(labels[:3]) + ", ..." * (len(labels) > 3)
    return f"metadata differs on {len(labels)} item{'s' * (len(labels) != 1)}: {named}"
