"""The commands that render, and that change an edit: render, place, switch, pull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from opticals import presets
from opticals.cli import foretelling, opening, queue, running, saving, say
from opticals.cli.options import (
    Bake,
    Colours,
    ColourSpace,
    Container,
    Device,
    DryRun,
    Fields,
    FieldsOption,
    FormatOption,
    Handles,
    KeepGoing,
    Later,
    MarkerNames,
    Markers,
    MarkIn,
    MarkOut,
    Missing,
    MissingFrames,
    OneShot,
    Overwrite,
    Place,
    Placing,
    Rate,
    Renders,
    SameSource,
    Shots,
    Target,
    Time,
    Timing,
    To,
    Tracks,
    Which,
    WrittenBy,
    interpretation,
    selection,
)
from opticals.errors import SettingError, ShotError
from opticals.media.write.formats import DEFAULT_FORMAT
from opticals.recipe import Recipe, parse_step, step
from opticals.rendering.job import HANDLES, Job, Output, renders_folder
from opticals.timeline.choosing import Selection, choose, choose_by_recipes, narrowed
from opticals.timeline.chosen import Choice
from opticals.timeline.edit import Edit


@say.command
def render(
    edit: say.EditFile,
    effect: Annotated[
        list[str] | None,
        typer.Option("--effect", metavar="ID[:key=value,...]", help="Applied in the order given."),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            metavar="NAME",
            help="The effects of a preset, before those of --effect; see “opticals presets”.",
        ),
    ] = None,
    shot: Shots = None,
    track: Tracks = None,
    same_source: SameSource = None,
    marker: MarkerNames = None,
    colour: Colours = None,
    markers: Markers = False,
    mark_in: MarkIn = None,
    mark_out: MarkOut = None,
    output: To = None,
    place: Placing = Place.version,
    time: Timing = Time.fit,
    handles: Handles = HANDLES,
    draft: Annotated[
        bool, typer.Option("--draft", help="Half size, TEMP burned in; a final replaces it.")
    ] = False,
    bake: Bake = False,
    format: FormatOption = DEFAULT_FORMAT,
    container: Container = "",
    target: Target = "",
    fields: FieldsOption = Fields.ask,
    colour_space: ColourSpace = "",
    missing: MissingFrames = Missing.error,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="For effects that draw at random.")
    ] = 0,
    device: Device = "auto",
    renders: Renders = None,
    rate: Rate = None,
    sequence: Which = None,
    written_by: WrittenBy = None,
    overwrite: Overwrite = False,
    dry_run: DryRun = False,
    later: Later = False,
    keep_going: KeepGoing = False,
    as_json: say.Json = False,
) -> None:
    """Render effects on shots, verify the results and cut them back in, in a new edit.

    In and out are record timecodes, both included, as editors mark them. Nothing is written
    to the edit you name; if a shot fails, no new edit is written, and what was rendered is
    kept for the next try. Of whole tracks, of a source and of markers, what cannot be rendered
    from is left out and listed. What the edit shows already is left as it is.

    \b
    Examples:
      opticals render cut.otio --shot V1:3 --effect upscale
      opticals render cut.otio --shot V1:3 --shot V1:5 --effect upscale:scale=4,grain=0.5
      opticals render cut.otio --track V1 --in 01:00:04:00 --out 01:00:06:12 \\
          --effect slow_motion:factor=2 --time ripple -o slow.otio
      opticals render cut.otio --track V1 --track V2 --effect upscale --dry-run
      opticals render cut.otio --marker "VFX*" --colour red --effect upscale
      opticals render cut.otio --shot V1:3 --preset "Old SD to HD"
      opticals render cut.otio --markers
      opticals render cut.otio --track V1 --effect denoise --later
    """
    chosen = selection(shot, track, same_source, marker, colour, mark_in, mark_out)
    opened = opening.opened(edit, rate, sequence, written_by)
    choice = _chosen(opened, chosen, effect or (), preset, markers, seed)
    running.require_right(choice, keep_going)
    reading = interpretation(fields, colour_space, missing)
    out = Output(
        renders or renders_folder(edit),
        format,
        handles,
        draft,
        container=container,
        target=target or opened.program,
        bake=bake,
    )
    if dry_run:
        running.require_settings(choice, keep_going)
        jobs = [Job(one.shot, one.recipe, out, device, reading) for one in choice.wanted]
        forecast = foretelling.forecast(jobs, time.value)
        running.show_choice(choice, forecast, edit, as_json)
        return
    new = saving.target(opened, output, overwrite, target)
    out = replace(out, target=new.program)
    jobs = [
        Job(one.shot, one.recipe, replace(out, bake=bake or new.bakes(one.shot)), device, reading)
        for one in choice.wanted
    ]
    if later:
        running.require_settings(choice, keep_going)
        queue.put_off(jobs, edit, place, time, choice, as_json)
        if choice.wrong:
            raise typer.Exit(1)
        return
    cutting = running.Cutting(opened, new, place, time, keep_going)
    if not as_json:
        running.say_left_out(choice)
    done = running.deliver(choice, jobs, cutting, as_json)
    outcome, messages, saved = done.outcome, done.messages, done.saved
    if as_json:
        say.document(
            {
                "edit": str(saved or edit),
                "renders": [{**one.to_json(), "name": one.name} for one in outcome.done],
                "left": [{"shot": one.id, "version": name} for one, name in outcome.left],
                "skipped": running.skipped(choice),
                "wrong": running.wrong(choice),
                "failed": [{"shot": one.id, **error.to_json()} for one, error in outcome.failed],
                "messages": messages,
            }
        )
    else:
        running.report(outcome.done, messages, saved)
        for one, error in outcome.failed:
            say.out(f"Failed: {one.id} “{one.name}”. {error.what}")
    if outcome.failed or choice.wrong:
        raise typer.Exit(1)


def _chosen(
    edit: Edit,
    selection: Selection,
    effects: Sequence[str],
    preset: str | None,
    markers: bool,
    seed: int,
) -> Choice:
    """What the options name, with the recipe of each shot."""
    if not markers:
        if not effects and preset is None:
            raise SettingError(
                "No effect is named.",
                remedy="Give --effect (see “opticals effects”), --preset, or --markers for those "
                "that the edit's markers ask for.",
            )
        begun = None if preset is None else presets.find(preset).recipe
        steps = tuple(parse_step(text) for text in effects)
        if begun is not None:
            steps, seed = (*begun.steps, *steps), seed or begun.seed
        recipe = Recipe(steps, seed)
        return choose(edit, selection, recipe)
    if effects or preset is not None or selection != Selection():
        raise ShotError(
            "--markers says by itself what is rendered, and which shots.",
            remedy="Leave out --effect, --preset, --shot, --track and the like; or leave out "
            "--markers and choose by --marker NAME.",
        )
    return choose_by_recipes(edit, seed)


@say.command
def place(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A film made for this shot.")],
    edit: say.EditFile,
    shot: OneShot,
    output: To = None,
    target: Target = "",
    how: Placing = Place.version,
    time: Timing = Time.fit,
    rate: Rate = None,
    sequence: Which = None,
    written_by: WrittenBy = None,
    overwrite: Overwrite = False,
    as_json: say.Json = False,
) -> None:
    """Verify a film made for a shot by anybody, and cut it in as a version.

    It must have the shot's rate and show its frames: the range alone, or with handles as its
    start timecode tells. A plate for it comes from `opticals pull`.

    \b
    Example:
      opticals place comp_v003.mov cut.otio --shot V1:3
    """
    from opticals.rendering.adopt import adopt

    opened = opening.opened(edit, rate, sequence, written_by)
    new = saving.target(opened, output, overwrite, target)
    with say.progress(file.name) as update:
        adopted = adopt(
            file, opened.shot(shot), lambda count: update("verify", count, max(count, 1), "")
        )
    placement = opened.place(adopted, how=how.value, time=time.value)
    messages = [*adopted.details["losses"], *placement.messages]
    _saved(opened, new, placement.id, messages, as_json)


@say.command
def switch(
    edit: say.EditFile,
    shot: OneShot,
    to: Annotated[
        str, typer.Option("--to", metavar="original|NAME", help="A version, or the original.")
    ] = "original",
    output: To = None,
    target: Target = "",
    rate: Rate = None,
    sequence: Which = None,
    written_by: WrittenBy = None,
    overwrite: Overwrite = False,
    as_json: say.Json = False,
) -> None:
    """Go back to the original of a placed shot, or to another of its versions.

    \b
    Examples:
      opticals switch cut_opticals_v001.otio --shot V1:4
      opticals switch cut_opticals_v002.otio --shot V1:4 --to V1-4_upscale_v001
    """
    opened = opening.opened(edit, rate, sequence, written_by)
    new = saving.target(opened, output, overwrite, target)
    placement = opened.restore(shot) if to == "original" else opened.switch(shot, to)
    _saved(opened, new, placement.id, placement.messages, as_json)


@say.command
def pull(
    edit: say.EditFile,
    shot: OneShot,
    mark_in: MarkIn = None,
    mark_out: MarkOut = None,
    handles: Handles = HANDLES,
    format: FormatOption = DEFAULT_FORMAT,
    container: Container = "",
    target: Target = "",
    fields: FieldsOption = Fields.ask,
    missing: MissingFrames = Missing.error,
    bake: Bake = False,
    renders: Renders = None,
    rate: Rate = None,
    sequence: Which = None,
    written_by: WrittenBy = None,
    as_json: say.Json = False,
) -> None:
    """Write a shot's plate with handles for other tools, by the same contract as a render.

    \b
    Example:
      opticals pull cut.otio --shot V1:3 --format dnxhr_hqx
    """
    opened = opening.opened(edit, rate, sequence, written_by)
    one = narrowed(opened.shot(shot), mark_in or "", mark_out or "")
    out = Output(
        renders or renders_folder(edit),
        format,
        handles,
        name="plate",
        container=container,
        target=target or opened.program,
        bake=bake,
    )
    reading = interpretation(fields, "", missing)
    done = running.run(
        [Job(one, Recipe((step("copy"),)), out, interpretation=reading)], as_json
    ).done
    if as_json:
        say.document(done[0].to_json())
        return
    running.report(done, one.notes, None)


def _saved(
    edit: Edit,
    target: saving.Target,
    shot: str,
    messages: Sequence[str],
    as_json: bool,
) -> None:
    messages = list(messages)
    saved = target.save(edit, messages)
    if as_json:
        say.document({"edit": str(saved), "shot": shot, "messages": messages})
        return
    for text in messages:
        say.out(text)
    say.out(f"New edit: {saved}")
