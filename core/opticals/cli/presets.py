"""`opticals presets`: effects with their settings under a name, shipped and the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from opticals import presets
from opticals.cli import say

app = typer.Typer(
    help="List, show, import and export presets: effects with their settings under a name.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="As listed; capitals do not matter.")]


@app.callback()
def default(context: typer.Context, as_json: say.Json = False) -> None:
    if context.invoked_subcommand is None:
        show_all(as_json=as_json)


@app.command("list")
@say.command
def show_all(as_json: say.Json = False) -> None:
    """Every preset, and the effects that it applies.

    \b
    Example:
      opticals presets list
    """
    shelf = presets.own()
    found = (*shelf.presets, *presets.shipped())
    if as_json:
        say.document([{**one.to_json(), "shipped": one.shipped} for one in found])
    else:
        say.table(
            ("preset", "effects", "from", "for"),
            [
                (
                    one.name,
                    " + ".join(part.step.effect for part in one.parts),
                    "Opticals" if one.shipped else "you",
                    one.description,
                )
                for one in found
            ],
        )
    for error in shelf.broken:
        say.note(str(error))


@app.command()
@say.command
def show(name: Name) -> None:
    """A preset as its file has it.

    \b
    Example:
      opticals presets show "Old SD to HD"
    """
    say.document(presets.find(name).to_json())


@app.command("import")
@say.command
def take(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A preset that came as a file.")],
) -> None:
    """Keep a preset that came from elsewhere, under a name with a number where its own is taken.

    \b
    Example:
      opticals presets import grade.json
    """
    say.out(f"“{presets.take(file).name}” is one of your presets.")


@app.command()
@say.command
def export(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
) -> None:
    """Write a preset for others, without the files of this machine that it names.

    \b
    Example:
      opticals presets export "Old SD to HD" old.json
    """
    presets.share(presets.find(name), file)
    say.out(f"{file} is written.")
