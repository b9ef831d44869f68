"""The commands that render, and that change an edit: render, place, switch, pull."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from opticals import catalog
from opticals.cli import say
from opticals.errors import Cancelled, EditError, OpticalsError, ShotError
from opticals.recipe import Recipe, parse_step, step
from opticals.rendering.job import HANDLES, Job, Output, Render, renders_folder
from opticals.timeline.edit import Edit
from opticals.timeline.shot import Shot


class Place(StrEnum):
    version = "version"
    overlay = "overlay"


class Time(StrEnum):
    fit = "fit"
    ripple = "ripple"


class Format(StrEnum):
    prores_hq = "prores_hq"
    prores_4444 = "prores_4444"
    dnxhr_hqx = "dnxhr_hqx"
    ffv1 = "ffv1"
    h264 = "h264"


EditFile = Annotated[Path, typer.Argument(metavar="EDIT", help="An OpenTimelineIO edit (.otio).")]
OneShot = Annotated[
    str, typer.Option("--shot", metavar="V1:3", help="A clip's id, or V1@TIMECODE.")
]
To = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="NEW.otio",
        help="The new edit. Left out: EDIT_opticals_v001.otio beside EDIT, counting up.",
    ),
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace the output if it exists; a backup of it is kept."),
]
Renders = Annotated[
    Path | None,
    typer.Option("--renders", metavar="FOLDER", help="Where renders go. Left out: EDIT.opticals/"),
]
Placing = Annotated[
    Place,
    typer.Option("--place", help="As a new version of the clip, or on a new track above it."),
]
Timing = Annotated[
    Time,
    typer.Option("--time", help="When time changes: keep the record duration, or ripple the edit."),
]
Handles = Annotated[
    int, typer.Option("--handles", min=0, help="Source frames on each side of the range.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="What the render is written as.")]
Device = Annotated[
    str, typer.Option("--device", metavar="auto|cpu|cuda[:N]|mps", help="Where effects run.")
]


@say.command
def render(
    edit: EditFile,
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
    format: FormatOption = Format.prores_hq,
    seed: Annotated[int, typer.Option("--seed", help="For effects that draw at random.")] = 0,
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
    target = _target(opened, output, overwrite)
    out = Output(renders or renders_folder(edit), format.value, handles, draft)
    jobs = [Job(one, recipe, out, device) for one in shots]
    done = _run(jobs, as_json)
    # From the last to the first, so that a placement never moves what is still to be placed.
    messages: list[str] = [text for one in shots for text in one.notes]
    order = sorted(done, key=lambda one: (one.shot.record, one.shot.id), reverse=True)
    for one in order:
        placement = opened.place(one, how=place.value, time=time.value)
        messages += placement.messages
    saved = opened.save(target, overwrite=overwrite)
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
    edit: EditFile,
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
    _saved(opened, target, overwrite, placement.id, placement.messages, as_json)


@say.command
def switch(
    edit: EditFile,
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
    edit: EditFile,
    shot: OneShot,
    mark_in: Annotated[str | None, typer.Option("--in", metavar="TC")] = None,
    mark_out: Annotated[str | None, typer.Option("--out", metavar="TC")] = None,
    handles: Handles = HANDLES,
    format: FormatOption = Format.prores_hq,
    renders: Renders = None,
    as_json: say.Json = False,
) -> None:
    """Write a shot's plate with handles for other tools, by the same contract as a render.

    \b
    Example:
      opticals pull cut.otio --shot V1:3 --format dnxhr_hqx
    """
    one = _narrowed(Edit.open(edit).shot(shot), mark_in, mark_out)
    out = Output(renders or renders_folder(edit), format.value, handles, name="plate")
    done = _run([Job(one, Recipe((step("copy"),)), out)], as_json)
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
    if output is None:
        for number in range(1, 1000):
            output = edit.path.with_name(f"{edit.path.stem}_opticals_v{number:03}.otio")
            if not output.exists():
                break
        assert output is not None
    edit.check_target(output, overwrite=overwrite)
    return output


def _run(jobs: list[Job], as_json: bool) -> list[Render]:
    """Render jobs one after the other; all are tried before an error is raised."""
    from opticals.jobs.client import run_each

    done: list[Render] = []
    failed: list[tuple[Job, OpticalsError]] = []
    for job, outcome in run_each(jobs, _progress):
        if isinstance(outcome, Cancelled):
            raise outcome
        if isinstance(outcome, OpticalsError):
            failed.append((job, outcome))
            if len(jobs) > 1 and not as_json:
                say.failure(outcome)
        else:
            done.append(outcome)
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


def _progress(job: Job) -> Any:
    return say.progress(f"{job.shot.id} {job.output.name or job.recipe.name}")


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
                f"{one.frames / max(seconds, 1e-3):.1f}" if seconds else "-",
                f"{seconds:.1f}",
                one.path.name,
                f"{len(one.details['verified'])} points",
            )
            for one in done
            for seconds in (float(one.details["seconds"]),)
        ],
    )
    for one in done:
        for loss in one.details["losses"]:
            say.out(f"{one.path.name}: {loss}")
    say.out(f"Renders: {done[0].path.parent}")
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
    saved = edit.save(target, overwrite=overwrite)
    if as_json:
        say.document({"edit": str(saved), "shot": shot, "messages": list(messages)})
        return
    for text in messages:
        say.out(text)
    say.out(f"New edit: {saved}")
