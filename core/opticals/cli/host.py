"""`opticals host`: our scripts inside editing programs, put there and taken away again."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

from opticals.cli import say

app = typer.Typer(
    help="Opticals inside an editing program: install, uninstall, and what is there.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Hosts = Annotated[
    list[str] | None,
    typer.Argument(metavar="[blender|kdenlive|resolve]...", help="Left out: all."),
]
Dry = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")
]


@app.command()
@say.command
def install(hosts: Hosts = None, dry_run: Dry = False, as_json: say.Json = False) -> None:
    """Put our script where each program that is found looks for its own.

    Nothing else is changed, a file that Opticals did not write is never replaced, and all that is
    written is written down, so that “opticals host uninstall” leaves no trace.

    \b
    Examples:
      opticals host install
      opticals host install blender --dry-run
    """
    _run("install", hosts, dry_run, as_json)


@app.command()
@say.command
def uninstall(hosts: Hosts = None, dry_run: Dry = False, as_json: say.Json = False) -> None:
    """Take away what was installed, and the folders made for it. A file that you changed is kept
    beside its place as .bak, and named.

    \b
    Example:
      opticals host uninstall resolve
    """
    _run("uninstall", hosts, dry_run, as_json)


@app.command()
@say.command
def status(hosts: Hosts = None, as_json: say.Json = False) -> None:
    """Which programs are there, with their versions, which cannot be used and why, and what is
    installed.

    \b
    Example:
      opticals host status
    """
    _run("status", hosts, False, as_json)


def _run(act: str, hosts: list[str] | None, dry: bool, as_json: bool) -> None:
    # A process of its own: the engine's side of the command line knows no hosts.
    command = [sys.executable, "-P", "-m", "opticals_plugin.install", act, *(hosts or ())]
    command += ["--dry-run"] * dry + ["--json"] * as_json
    say.flush()
    raise typer.Exit(subprocess.call(command))
