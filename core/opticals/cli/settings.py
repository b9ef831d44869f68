"""`opticals settings`: what holds for all projects on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from opticals import settings as kept
from opticals.cli import say


@say.command
def settings(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One setting.")] = None,
    value: Annotated[
        str | None, typer.Argument(metavar="[VALUE]", help="on or off: what it shall be.")
    ] = None,
    as_json: say.Json = False,
) -> None:
    """Show or change what holds for all projects on this machine.

    \b
    Examples:
      opticals settings
      opticals settings commercial_only on
    """
    if name is not None and value is not None:
        wanted = kept.put(name, value)
        if kept.get(name) is not wanted:
            say.note(f"{kept.variable(name)} in the environment stands above what was written.")
    names = list(kept.SETTINGS) if name is None else [name]
    found = {one: kept.get(one) for one in names}
    if as_json:
        say.document(found)
        return
    for one, on in found.items():
        say.out(f"{one}={'on' if on else 'off'}  {kept.SETTINGS[one]}")
