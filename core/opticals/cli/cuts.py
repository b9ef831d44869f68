"""`opticals cuts`: the cuts inside clips, listed, marked, or cut into the edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from opticals.cli import opening, running, saving, say
from opticals.cli.options import (
    Colours,
    ColourSpace,
    Device,
    Fields,
    FieldsOption,
    MarkerNames,
    MarkIn,
    MarkOut,
    Missing,
    MissingFrames,
    Overwrite,
    Rate,
    SameSource,
    Shots,
    Target,
    To,
    Tracks,
    Which,
    WrittenBy,
    interpretation,
    selection,
)
from opticals.errors import SettingError
from opticals.recipe import Recipe, step
from opticals.rendering.job import Job, Output, renders_folder
from opticals.timeline import razor as razors
from opticals.timeline.choosing import choose

if TYPE_CHECKING:
    from opticals.timeline.razor import Turn
    from opticals.timeline.shot import Shot


@say.command
def cuts(
    edit: say.EditFile,
    shot: Shots = None,
    track: Tracks = None,
    same_source: SameSource = None,
    marker: MarkerNames = None,
    colour: Colours = None,
    mark_in: MarkIn = None,
    mark_out: MarkOut = None,
    markers: Annotated[
        bool, typer.Option("--markers", help="Set a marker on the clip at each, in a new edit.")
    ] = False,
    razor: Annotated[
        bool, typer.Option("--razor", help="Cut the clip at each, in a new edit.")
    ] = False,
    hard: Annotated[
        bool, typer.Option("--hard", help="Hard cuts alone, no dissolves and fades.")
    ] = False,
    output: To = None,
    target: Target = "",
    fields: FieldsOption = Fields.ask,
    colour_space: ColourSpace = "",
    missing: MissingFrames = Missing.error,
    device: Device = "auto",
    rate: Rate = None,
    sequence: Which = None,
    written_by: WrittenBy = None,
    overwrite: Overwrite = False,
    as_json: say.Json = False,
) -> None:
    """Find the cuts, dissolves and fades inside clips.

    They are listed; with --markers or --razor a new edit is written with them. Only the frames
    that the clips show are looked at. Of a dissolve the razor takes the middle; sound stays
    whole.

    \b
    Examples:
      opticals cuts rushes.otio --shot V1:1
      opticals cuts broadcast.otio --track V1 --razor -o shots.otio
      opticals cuts broadcast.otio --track V1 --markers --json
    """
    if markers and razor:
        raise SettingError("It is either --markers or --razor.", remedy="Leave one of them out.")
    if output is not None and not (markers or razor):
        raise SettingError(
            "A new edit is named, and nothing to change in it.",
            remedy="Add --markers or --razor, or leave out -o.",
        )
    opened = opening.opened(edit, rate, sequence, written_by)
    chosen = selection(shot, track, same_source, marker, colour, mark_in, mark_out)
    recipe = Recipe((step("find_cuts", gradual=not hard),))
    choice = choose(opened, chosen, recipe)
    new = saving.target(opened, output, overwrite, target) if markers or razor else None
    reading = interpretation(fields, colour_space, missing)
    out = Output(renders_folder(edit))
    jobs = [Job(one.shot, recipe, out, device, reading) for one in choice.wanted]
    found = list(zip([one.shot for one in jobs], running.find(jobs), strict=True))
    messages: list[str] = []
    saved = None
    if new is not None:
        change = (razors.mark if markers else razors.razor)(opened, found)
        messages += change.messages
        saved = new.save(opened, messages)
    rows = [row(one, turn) for one, ones in found for turn in razors.turns(one, ones)]
    if as_json:
        say.document(
            {
                "edit": str(saved or edit),
                "cuts": rows,
                "skipped": running.skipped(choice),
                "messages": messages,
            }
        )
        return
    running.say_left_out(choice)
    say.table(
        ("shot", "what", "record", "source", "frames"),
        [[str(one[key]) for key in ("shot", "name", "record", "source", "frames")] for one in rows],
        title=f"{edit.name} · found: {len(rows)}",
    )
    for text in messages:
        say.out(text)
    if saved is not None:
        say.out(f"New edit: {saved}")


def row(shot: Shot, turn: Turn) -> dict[str, Any]:
    """What was found, as tables and programs show it; `frame` counts from the medium's first,
    `frames` is the length of a gradual transition in the medium."""
    return {
        "shot": shot.id,
        "name": turn.found.name,
        "record": shot.timecode(turn.record),
        "source": shot.source_timecode(turn.found.frame),
        "frame": turn.found.frame,
        "frames": turn.found.frames,
        "media": shot.media,
    }
