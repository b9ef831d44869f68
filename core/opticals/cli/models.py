"""`opticals models`: what networks there are, fetching, adding and removing them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from opticals.cli import say
from opticals.models import catalogue, own, store

app = typer.Typer(
    help="List, fetch, add and remove the networks that effects need.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Models, as listed.")]
All = Annotated[bool, typer.Option("--all", help="Those too that commercial_only hides.")]


@app.callback()
def default(context: typer.Context, all_: All = False, as_json: say.Json = False) -> None:
    if context.invoked_subcommand is None:
        show(all_=all_, as_json=as_json)


@app.command("list")
@say.command
def show(all_: All = False, as_json: say.Json = False) -> None:
    """Every model: what it is for, size, memory, licence, and whether it is here.

    Memory is MiB for each megapixel of the picture that the network is given.

    \b
    Example:
      opticals models list
    """
    known = [*catalogue.all_models().values(), *own.all_own().values()]
    models = [_facts(model) for model in known if all_ or store.allowed(model)]
    if as_json:
        say.document(models)
    else:
        columns = ("model", "for", "size", "memory", "licence", "commercial use", "installed")
        say.table(columns, [_row(one) for one in models])
        if hidden := len(known) - len(models):
            say.note(f"{hidden} more are hidden by commercial_only: opticals models list --all")


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    installed = "own file" if one["own"] else "yes" if one["installed"] else "no"
    return (
        one["id"],
        one["task"],
        f"{one['size'] / 1e6:.1f} MB",
        f"{one['memory']} MiB/MP",
        one["licence"],
        "yes" if one["commercial"] else "no",
        installed + (", blocked" if one["blocked"] else ""),
    )


@app.command()
@say.command
def pull(ids: Ids, as_json: say.Json = False) -> None:
    """Fetch models from their sources, checked by their hash.

    \b
    Example:
      opticals models pull realesr-animevideov3 rife
    """
    for model in ids:
        catalogue.find(model)  # a wrong name should not come up after a long download
    paths = {}
    for model in ids:
        with say.fetching() as report:
            paths[model] = str(store.pull(model, report))
    if as_json:
        say.document(paths)
        return
    for model, path in paths.items():
        say.out(f"{model}: {path}")


@app.command()
@say.command
def add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Weights: .safetensors, .pth or .pt.")
    ],
    name: Annotated[
        str, typer.Option("--id", metavar="NAME", help="Its id; left out, the file's name.")
    ] = "",
    licence: Annotated[
        str, typer.Option("--licence", help="As its author states it.")
    ] = own.UNKNOWN,
    commercial: Annotated[
        bool,
        typer.Option("--commercial/--no-commercial", help="Whether that allows commercial use."),
    ] = False,
    network: Annotated[
        str,
        typer.Option("--network", help="What reads it: spandrel, or a name a package brings."),
    ] = own.NETWORK,
    as_json: say.Json = False,
) -> None:
    """Add a model file of your own: whatever spandrel knows, for upscaling, restoring, inpainting.

    A copy is kept in the models folder. Files put into its folder “own” by hand are found too.

    \b
    Example:
      opticals models add 4x_Film.safetensors --licence CC-BY-4.0 --commercial
      opticals render cut.otio --shot V1:3 --effect upscale:model=4x_Film
    """
    model = own.add(file, name, licence=licence, commercial=commercial, network=network)
    if as_json:
        say.document(_facts(model))
    else:
        say.out(f"{model.id}: {model.task}, {store.path(model.id)}")


@app.command()
@say.command
def remove(ids: Ids, as_json: say.Json = False) -> None:
    """Delete models from this machine; those that are not your own can be fetched again.

    \b
    Example:
      opticals models remove realesrgan-x4plus
    """
    for model in ids:
        catalogue.find(model)
    for model in ids:
        store.remove(model)
        if not as_json:
            say.out(f"{model}: removed")
    if as_json:
        say.document({"removed": ids})


def _facts(model: catalogue.Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "label": model.label,
        "task": model.task,
        "size": model.size,
        "memory": model.memory,
        "licence": model.licence,
        "commercial": model.commercial,
        "sha256": model.sha256,
        "installed": store.installed(model.id),
        "own": model.own,
        "blocked": not store.allowed(model),
    }
