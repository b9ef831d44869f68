"""The commands that render, and that change an edit: render, place, switch, pull."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opticals import catalog
from opticals.cli import say
from opticals.cli.options import (
    ColourSpace,
    Container,
    Device,
    Fields,
    FieldsOption,
    FormatOption,
    Handles,
    Missing,
    MissingFrames,
    OneShot,
    Overwrite,
    Place,
    Placing,
    Renders,
    Target,
    Time,
    Timing,
    To,
    interpretation,
)
from opticals.errors import Cancelled, EditError, OpticalsError, ShotError
from opticals.media.write.formats import DEFAULT_FORMAT
from opticals.recipe import Recipe, parse_step, step
from opticals.rendering.job import HANDLES, Job, Output, Render, base_edit, renders_folder
from opticals.timeline.edit import Edit
from opticals.timeline.shot import Shot

if TYPE_CHECKING:
    from opticals.jobs.client import Session
    from opticals.timeline.placement import Placement


@say.command
def render(
    edit: say.EditFile,
    effect: Annotated[
        list[str],
        typer.Option("--effect", metavar="ID[:key=value,...]", help="Applied in the order given."),
    ],
    shot: Annotated[
        list[str] | None,
        typer.Option("--shot", metavar="V1:3", help="A clip's id, or V1@TIMECODE; repeatable."),
    ] = None,
    track: Annotated[
        str | None, typer.Option("--track", metavar="V1", help="With --in and --out.")
    ] = None,
    mark_in: Annotated[
        str | None, typer.Option("--in", metavar="TC", help="First record frame.")
    ] = None,
    mark_out: Annotated[
        str | None, typer.Option("--out", metavar="TC", help="Last record frame, included.")
    ] = None,
    output: To = None,
    place: Placing = Place.version,
    time: Timing = Time.fit,
    handles: Handles = HANDLES,
    draft: Annotated[
        bool, typer.Option("--draft", help="Half size, TEMP burned in; a final replaces it.")
    ] = False,
    format: FormatOption = DEFAULT_FORMAT,
    container: Container = "",
    target: Target = "generic",
    fields: FieldsOption = Fields.ask,
    colour_space: ColourSpace = "",
    missing: MissingFrames = Missing.error,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="For effects that draw at random.")
    ] = 0,
    device: Device = "auto",
    renders: Renders = None,
    overwrite: Overwrite = False,
    as_json: say.Json = False,
) -> None:
    """Render effects on shots, verify the results and cut them back in, in a new edit.

    In and out are record timecodes, both included, as editors mark them. Nothing is written
    to the edit you name; if a shot fails, no new edit is written, and what was rendered is
    kept for the next try.

    \b
    Examples:
      opticals render cut.otio --shot V1:3 --effect upscale
      opticals render cut.otio --shot V1:3 --shot V1:5 --effect upscale:scale=4,grain=0.5
      opticals render cut.otio --track V1 --in 01:00:04:00 --out 01:00:06:12 \\
          --effect slow_motion:factor=2 --time ripple -o slow.otio
    """
    recipe = Recipe(tuple(parse_step(text) for text in effect), seed)
    opened = Edit.open(edit)
    shots = _selected(opened, shot or [], track, mark_in, mark_out)
    new = _target(opened, output, overwrite)
    out = Output(
        renders or renders_folder(edit),
        format,
        handles,
        draft,
        container=container,
        target=target,
    )
    reading = interpretation(fields, colour_space, missing)
    jobs = [Job(one, recipe, out, device, reading) for one in shots]
    done = _run(jobs, as_json, lambda expected: _undo(_place_all(opened, expected, place, time)))
    messages = [text for one in shots for text in one.notes]
    for placement in _place_all(opened, done, place, time):
        messages += placement.messages
    saved = _save(opened, output, new, overwrite, messages)
    if as_json:
        say.document(
            {
                "edit": str(saved),
                "renders": [{**one.to_json(), "name": one.name} for one in done],
                "messages": messages,
            }
        )
        return
    _report(done, messages, saved)


@say.command
def place(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A film made for this shot.")],
    edit: say.EditFile,
    shot: OneShot,
    output: To = None,
    how: Placing = Place.version,
    time: Timing = Time.fit,
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

    opened = Edit.open(edit)
    target = _target(opened, output, overwrite)
    with say.progress(file.name) as update:
        adopted = adopt(
            file, opened.shot(shot), lambda count: update("verify", count, max(count, 1), "")
        )
    placement = opened.place(adopted, how=how.value, time=time.value)
    messages = [*adopted.details["losses"], *placement.messages]
    _saved(opened, target, overwrite, placement.id, messages, as_json)


@say.command
def switch(
    edit: say.EditFile,
    shot: OneShot,
    to: Annotated[
        str, typer.Option("--to", metavar="original|NAME", help="A version, or the original.")
    ] = "original",
    output: To = None,
    overwrite: Overwrite = False,
    as_json: say.Json = False,
) -> None:
    """Go back to the original of a placed shot, or to another of its versions.

    \b
    Examples:
      opticals switch cut_opticals_v001.otio --shot V1:4
      opticals switch cut_opticals_v002.otio --shot V1:4 --to V1-4_upscale_v001
    """
    opened = Edit.open(edit)
    target = _target(opened, output, overwrite)
    placement = opened.restore(shot) if to == "original" else opened.switch(shot, to)
    _saved(opened, target, overwrite, placement.id, placement.messages, as_json)


@say.command
def pull(
    edit: say.EditFile,
    shot: OneShot,
    mark_in: Annotated[str | None, typer.Option("--in", metavar="TC")] = None,
    mark_out: Annotated[str | None, typer.Option("--out", metavar="TC")] = None,
    handles: Handles = HANDLES,
    format: FormatOption = DEFAULT_FORMAT,
    container: Container = "",
    target: Target = "generic",
    fields: FieldsOption = Fields.ask,
    missing: MissingFrames = Missing.error,
    renders: Renders = None,
    as_json: say.Json = False,
) -> None:
    """Write a shot's plate with handles for other tools, by the same contract as a render.

    \b
    Example:
      opticals pull cut.otio --shot V1:3 --format dnxhr_hqx
    """
    one = _narrowed(Edit.open(edit).shot(shot), mark_in, mark_out)
    out = Output(
        renders or renders_folder(edit),
        format,
        handles,
        name="plate",
        container=container,
        target=target,
    )
    reading = interpretation(fields, "", missing)
    done = _run([Job(one, Recipe((step("copy"),)), out, interpretation=reading)], as_json)
    if as_json:
        say.document(done[0].to_json())
        return
    _report(done, one.notes, None)


def _selected(
    edit: Edit,
    ids: Sequence[str],
    track: str | None,
    mark_in: str | None,
    mark_out: str | None,
) -> list[Shot]:
    """The shots that the options name, each once."""
    if track is not None:
        if ids or mark_in is None or mark_out is None:
            raise ShotError(
                "--track goes with --in and --out, and without --shot.",
                remedy="For example: --track V1 --in 01:00:04:00 --out 01:00:06:12",
            )
        return list(edit.shots(track, mark_in, mark_out))
    if not ids:
        raise ShotError(
            "No shot is named.",
            remedy="Give --shot V1:3 (see “opticals shots EDIT”), or --track V1 --in TC --out TC.",
        )
    shots = list(dict.fromkeys(edit.shot(one) for one in ids))
    if mark_in is None and mark_out is None:
        return shots
    if len(shots) > 1:
        raise ShotError("--in and --out narrow one shot.", remedy="Give a single --shot.")
    return [_narrowed(shots[0], mark_in, mark_out)]


def _narrowed(shot: Shot, mark_in: str | None, mark_out: str | None) -> Shot:
    if mark_in is None and mark_out is None:
        return shot
    last = shot.record + shot.frames - 1
    return shot.range(mark_in or shot.timecode(shot.record), mark_out or shot.timecode(last))


def _target(edit: Edit, output: Path | None, overwrite: bool) -> Path:
    """Where the new edit goes; refused before any work is done if it cannot go there."""
    assert edit.path is not None
    target = output or _free_name(edit.path)
    edit.check_target(target, overwrite=overwrite)
    return target


def _free_name(path: Path) -> Path:
    """`cut_opticals_v002.otio` after v001, whichever of them is the edit at hand."""
    numbers = itertools.count(1)
    names = (f"{base_edit(path)}_opticals_v{number:03}.otio" for number in numbers)
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def _save(
    edit: Edit, output: Path | None, target: Path, overwrite: bool, messages: list[str]
) -> Path:
    """Save to the target; to the next free name when another took a name nobody asked for."""
    if output is None and target.exists():
        assert edit.path is not None
        target = _free_name(edit.path)
    return edit.save(target, overwrite=overwrite, note=messages.append)


def _run(
    jobs: list[Job], as_json: bool, rehearse: Callable[[list[Render]], None] = lambda renders: None
) -> list[Render]:
    """Render jobs one after the other.

    What would stop any of them, or their placing, is found before the first is begun. After
    that all are tried before an error is raised.
    """
    from opticals.jobs.client import Session

    done: list[Render] = []
    failed: list[tuple[Job, OpticalsError]] = []
    with Session() as session:
        rehearse([session.check(job) for job in jobs])
        for job in jobs:
            try:
                done.append(_watched(session, job))
            except Cancelled:
                raise
            except OpticalsError as error:
                failed.append((job, error))
                if len(jobs) > 1 and not as_json:
                    say.failure(error)
    if not failed:
        return done
    if len(jobs) == 1:
        raise failed[0][1]
    names = ", ".join(job.shot.id for job, _ in failed)
    raise EditError(
        f"{len(failed)} of {len(jobs)} shots failed ({names}); no new edit was written.",
        "\n".join(f"{job.shot.id}: {error.what}" for job, error in failed),
        "Mend these or leave them out and run again; finished shots are not rendered again.",
    )


def _watched(session: Session, job: Job) -> Render:
    with say.progress(f"{job.shot.id} {job.output.name or job.recipe.name}") as update:
        return session.render(job, lambda m: update(m["stage"], m["done"], m["total"], m["note"]))


def _place_all(edit: Edit, renders: list[Render], how: Place, time: Time) -> list[Placement]:
    """From the last to the first, so that none moves what is still to be placed."""
    order = sorted(renders, key=lambda one: (one.shot.record, one.shot.id), reverse=True)
    placed: list[Placement] = []
    try:
        for one in order:
            placed.append(edit.place(one, how=how.value, time=time.value))
    except OpticalsError:
        _undo(placed)
        raise
    return placed


def _undo(placed: list[Placement]) -> None:
    for placement in reversed(placed):
        placement.undo()


def _report(done: Sequence[Render], messages: Sequence[str], saved: Path | None) -> None:
    for text in messages:
        say.out(text)
    say.table(
        ("shot", "effect", "frames", "fps", "seconds", "file", "verified"),
        [
            (
                one.shot.id,
                _effects(one.recipe),
                str(one.frames),
                f"{made / seconds:.1f}" if made and seconds else "-",
                f"{seconds:.1f}" if made else "rendered before",
                one.path.name,
                f"{len(one.details['verified'])} points",
            )
            for one in done
            for made, seconds in ((one.details["rendered"], one.details["seconds"]),)
        ],
    )
    for one in done:
        for loss in one.details["losses"]:
            say.out(f"{one.path.name}: {loss}")
    say.out(f"Renders: {done[0].sidecar.parent}")
    if saved is not None:
        say.out(f"New edit: {saved}")


def _effects(recipe: Recipe) -> str:
    """`upscale x2`-like: the effects with the settings that are not the default."""
    texts = []
    for one in recipe.steps:
        defaults = {field.name: field.default for field in catalog.find(one.effect).fields()}
        changed = [f"{k}={v}" for k, v in one.settings.items() if v != defaults[k]]
        texts.append(one.effect + (f" ({', '.join(changed)})" if changed else ""))
    return " + ".join(texts)


def _saved(
    edit: Edit,
    target: Path,
    overwrite: bool,
    shot: str,
    messages: Sequence[str],
    as_json: bool,
) -> None:
    messages = list(messages)
    saved = edit.save(target, overwrite=overwrite, note=messages.append)
    if as_json:
        say.document({"edit": str(saved), "shot": shot, "messages": messages})
        return
    for text in messages:
        say.out(text)
    say.out(f"New edit: {saved}")
