"""`opticals models`: what networks there are, and fetching and removing them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from opticals.cli import say
from opticals.models import catalogue, store

app = typer.Typer(
    help="List, fetch and remove the networks that effects need.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Models, as listed.")]


@app.callback()
def default(context: typer.Context, as_json: say.Json = False) -> None:
    if context.invoked_subcommand is None:
        show(as_json=as_json)


@app.command("list")
@say.command
def show(as_json: say.Json = False) -> None:
    """Every model: what it is for, size, licence, and whether it is here.

    \b
    Example:
      opticals models list
    """
    models = [_facts(model) for model in catalogue.all_models().values()]
    if as_json:
        say.document(models)
        return
    say.table(
        ("model", "for", "size", "licence", "commercial use", "installed"),
        [
            (
                one["id"],
                one["task"],
                f"{one['size'] / 1e6:.1f} MB",
                one["licence"],
                "yes" if one["commercial"] else "no",
                "yes" if one["installed"] else "no",
            )
            for one in models
        ],
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
    paths = {model: str(store.pull(model, say.note)) for model in ids}
    if as_json:
        say.document(paths)
        return
    for model, path in paths.items():
        say.out(f"{model}: {path}")


@app.command()
@say.command
def remove(ids: Ids, as_json: say.Json = False) -> None:
    """Delete models from this machine; they can be fetched again.

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
        "licence": model.licence,
        "commercial": model.commercial,
        "sha256": model.sha256,
        "installed": store.installed(model.id),
    }
