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
        str | None, typer.Argument(metavar="[VALUE]", help="What it shall be: on, off or a number.")
    ] = None,
    as_json: say.Json = False,
) -> None:
    """Show or change what holds for all projects on this machine.

    \b
    Examples:
      opticals settings
      opticals settings commercial_only on
      opticals settings keep_gpu_free 30
    """
    if name is not None and value is not None:
        wanted = kept.put(name, value)
        if kept.value(name) != wanted:
            say.note(f"{kept.variable(name)} in the environment stands above what was written.")
    names = list(kept.SETTINGS) if name is None else [name]
    found = {one: kept.value(one) for one in names}
    if as_json:
        say.document(found)
        return
    for one, is_ in found.items():
        words = str(is_) if one in kept.NUMBERS else "on" if is_ else "off"
        say.out(f"{one}={words}  {kept.SETTINGS[one]}")
