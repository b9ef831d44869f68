"""The command that finds lost media again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from opticals.cli import opening, saving, say
from opticals.cli.options import Overwrite, Rate, Target, To, Which, WrittenBy


@say.command
def relink(
    edit: say.EditFile,
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER", help="Where the media are; looked through.")
    ],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Relink clips that have their medium too, to the largest picture: from proxies "
            "to the camera originals. The proxy stays as another media reference.",
        ),
    ] = False,
    output: To = None,
    target: Target = "",
    rate: Rate = None,
    sequence: Which = None,
    written_by: WrittenBy = None,
    overwrite: Overwrite = False,
    as_json: say.Json = False,
) -> None:
    """Find media that an edit lost, by name or reel, proved by timecode and length.

    Several files that fit equally are reported, and none is taken; renders are never taken for
    originals. A new edit is written if anything was found, and the exit status is 1 if
    anything was not.

    \b
    Examples:
      opticals relink cut.otio /Volumes/Media
      opticals relink offline.otio /Volumes/Cards --replace -o online.otio
    """
    from opticals.timeline.relink import relink as find

    opened = opening.opened(edit, rate, sequence, written_by)
    new = saving.target(opened, output, overwrite, target)
    with say.progress(edit.name) as update:
        report = find(
            opened,
            folders,
            replace=replace,
            progress=lambda done, total: update("relink", done, max(total, 1), ""),
        )
    messages = [*(f"{link.id}: {note}" for link in report.links for note in link.notes)]
    messages += report.notes
    found, missing = report.found, report.missing
    saved = new.save(opened, messages) if found else None
    if as_json:
        say.document(
            {
                "edit": None if saved is None else str(saved),
                "found": len(found),
                "missing": len(missing),
                "online": report.online,
                "clips": [link.to_json() for link in report.links],
                "messages": messages,
            }
        )
    else:
        if report.links:
            say.table(
                ("clip", "name", "was", "found", "how, or why not"),
                [
                    (one.id, one.name, one.was, str(one.path or "-"), one.how or one.why)
                    for one in report.links
                ],
            )
        for text in messages:
            say.out(text)
        say.out(f"{len(found)} found, {len(missing)} missing, {report.online} were online.")
        if saved is not None:
            say.out(f"New edit: {saved}")
    if missing:
        raise typer.Exit(1)
