"""`opticals watch`: edits that any program exports into a folder come back with their renders."""

from __future__ import annotations

import contextlib
import signal
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opticals.cli import INTERRUPTED, running, saving, say
from opticals.cli.options import (
    Bake,
    ColourSpace,
    Container,
    Device,
    Fields,
    FieldsOption,
    FormatOption,
    Handles,
    Missing,
    MissingFrames,
    Place,
    Placing,
    Rate,
    Target,
    Time,
    Timing,
    WrittenBy,
    interpretation,
)
from opticals.errors import (
    AnswerNeeded,
    Cancelled,
    EditError,
    FormatError,
    NothingAsked,
    OpticalsError,
    QueueError,
)
from opticals.media.write.formats import CHOICES, DEFAULT_FORMAT
from opticals.rendering.job import HANDLES, Job, Output, renders_folder
from opticals.watching import answer
from opticals.watching.events import Kind, Teller
from opticals.watching.exports import Settling
from opticals.watching.ledger import State
from opticals.watching.watch import Done, Watch, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opticals.jobs.client import Session
    from opticals.media.facts import Interpretation
    from opticals.rendering.job import Render
    from opticals.timeline.chosen import Choice
    from opticals.timeline.edit import Edit


@dataclass(frozen=True)
class _Doing:
    """Does one export: what its markers ask for, in a new edit beside it."""

    tell: Teller
    place: Place
    time: Time
    output: Output  # without its folder
    target: str
    bake: bool
    reading: Interpretation
    seed: int
    device: str
    rate: Fraction | None
    written_by: str | None

    def __call__(self, work: Work) -> Done:
        from opticals.timeline.choosing import choose_by_recipes
        from opticals.timeline.chosen import Choice
        from opticals.timeline.edit import Edit

        export = work.export
        outcome = running.Outcome()
        choice = Choice((), ())
        try:
            edit = Edit.open(export, rate=self.rate, written_by=self.written_by)
        except OpticalsError as error:
            halved = isinstance(error, EditError) and not isinstance(error, AnswerNeeded)
            return _failed(export, error, unreadable=halved)
        try:
            choice = choose_by_recipes(edit, self.seed)
            return self._delivered(work, edit, choice, outcome)
        except Cancelled:
            raise
        except NothingAsked as error:
            self.tell(Kind.NOTHING, export, str(error))
            head = f"nothing was rendered of {export.name}."
            return Done(State.NOTHING, "", head, (answer.problem(error),))
        except OpticalsError as error:
            return _failed(export, error, _said(choice, outcome))

    def _delivered(self, work: Work, edit: Edit, choice: Choice, outcome: running.Outcome) -> Done:
        export = work.export
        new = saving.target(edit, None, overwrite=False, program=self.target)
        out = replace(self.output, folder=renders_folder(export), target=new.program)
        jobs = [
            Job(
                one.shot,
                one.recipe,
                replace(out, bake=self.bake or new.bakes(one.shot)),
                self.device,
                self.reading,
            )
            for one in choice.wanted
        ]
        names = ", ".join(one.shot.id for one in choice.wanted)
        self.tell(Kind.EXPORT, export, f"{len(jobs)} to render: {names}.", shots=len(jobs))
        for error in choice.wrong:
            self.tell(Kind.FAILED, export, str(error), error=error.to_json())
        told: list[str] = list(edit.notes)
        cutting = running.Cutting(edit, new, self.place, self.time, True, told.append)
        done = running.deliver(
            choice,
            jobs,
            cutting,
            as_json=True,
            outcome=outcome,
            made=lambda render: self._rendered(export, render),
            before_saving=lambda: work.about_to_write(new.path),
            session=lambda on_stop: self._queued(export, on_stop),
        )
        if done.saved is not None:
            self._note_placed(jobs)
        for text in dict.fromkeys([*told, *done.messages]):
            self.tell(Kind.NOTE, export, text)
        for left in choice.skipped:
            self.tell(Kind.LEFT, export, f"{left.what}: {left.why}")
        for shot, error in outcome.failed:
            self.tell(Kind.FAILED, export, f"{shot.id}: {error}", error=error.to_json())
        problems = _said(choice, outcome)
        partly = bool(outcome.failed or choice.wrong)
        if done.saved is None:
            self.tell(Kind.NOTHING, export, "It shows all that can be rendered.")
            head = f"{export.name} shows all that can be rendered of what its markers ask for."
            return Done(State.PARTLY if partly else State.NOTHING, "", head, problems)
        self.tell(Kind.WRITTEN, export, str(done.saved), edit=str(done.saved))
        head = f"{export.name} was rendered in part: {done.saved.name}."
        return Done(State.PARTLY if partly else State.DONE, done.saved.name, head, problems)

    def _queued(self, export: Path, on_stop: Callable[[], None]) -> Session:
        """Renders through the queue, so that the panel shows what is rendered for an export."""
        from opticals.jobs.shared import Shared

        delivery = {"place": self.place.value, "time": self.time.value}
        return Shared(
            on_stop,
            str(export),
            {"name": export.name, "delivery": delivery},
            lambda text: self.tell(Kind.NOTE, export, text),
        )

    def _note_placed(self, jobs: Sequence[Job]) -> None:
        """Have the queue show that the renders stand in an edit."""
        from opticals.jobs.queue import Queue

        with contextlib.suppress(QueueError), Queue() as queue:
            for job in jobs:
                queue.set_placed(job.id, True)

    def _rendered(self, export: Path, render: Render) -> None:
        details = render.details
        made, seconds = details["rendered"], details["seconds"]
        took = f"{made} frames in {seconds:.1f} s" if made else "rendered before"
        what = f"{render.shot.id} “{render.shot.name}”: {running.effects(render.recipe)}, {took}."
        self.tell(
            Kind.RENDERED,
            export,
            f"{what} {render.path.name}",
            file=str(render.path),
            frames=made,
            shot=render.shot.id,
        )


def _said(choice: Choice, outcome: running.Outcome) -> tuple[str, ...]:
    """What is said beside the export: what its editor has to mend first."""
    return (
        *(answer.problem(error) for error in choice.wrong),
        *(answer.problem(error, f"{shot.id} “{shot.name}”") for shot, error in outcome.failed),
        *(f"Left out: {one.what}.\n{one.why}" for one in choice.skipped),
    )


def _failed(
    export: Path, error: OpticalsError, each: Sequence[str] = (), *, unreadable: bool = False
) -> Done:
    return Done(
        State.FAILED,
        head=f"{export.name} was not rendered.",
        problems=tuple(each) or (answer.problem(error),),
        error=error,
        unreadable=unreadable,
    )


@say.command
def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where edits are exported to.")],
    deep: Annotated[bool, typer.Option("--deep", help="The folders inside it too.")] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is there, and end; 1 if anything failed.")
    ] = False,
    every: Annotated[
        float, typer.Option("--every", min=0.1, metavar="SECONDS", help="Between two looks.")
    ] = 1.0,
    settle: Annotated[
        float,
        typer.Option(
            "--settle",
            min=0.0,
            metavar="SECONDS",
            help="That a file has to stay as it is before it counts as completely written.",
        ),
    ] = 2.0,
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
    rate: Rate = None,
    written_by: WrittenBy = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per line and event.")
    ] = False,
) -> None:
    """Render what the markers of every edit ask for that is exported into a folder.

    For Premiere, Media Composer, Final Cut and any other program: write “opticals: upscale
    scale=2” into a marker's name or comment and export the sequence into the folder. When the
    file is completely written, cut_opticals_v001 in the same format comes beside it, with the
    renders cut in; what could not be done is said in cut.xml.opticals.txt. The same export is
    done once, also after a restart; a changed one is done anew, without rendering anything
    twice. What is rendered stands in the queue, see “opticals queue”. Ctrl-C ends it, and it goes
    on there the next time.

    \b
    Examples:
      opticals watch ~/Exports
      opticals watch /Volumes/Share/turnover --deep --for premiere
      opticals watch ~/Exports --once --json
    """
    folder = folder.absolute()
    tell = Teller(folder, _line, as_json)
    doing = _Doing(
        tell,
        place,
        time,
        Output(folder, format, handles, draft, container=container),
        target,
        bake,
        interpretation(fields, colour_space, missing),
        seed,
        device,
        rate,
        written_by,
    )
    watched = Watch(folder, doing, tell, deep, every, Settling(settle))
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        _require_known((target, written_by), format, container)
        if folder.is_dir():  # else all that is to be said is that there is none
            tell(Kind.WATCHING, None, f"{folder}" + (" and the folders inside it" if deep else ""))
        watched.run(once=once)
    except (KeyboardInterrupt, Cancelled):
        tell(Kind.STOPPED, None, "What is rendered is kept; the next watch goes on from there.")
        raise typer.Exit(INTERRUPTED) from None
    except OpticalsError as error:
        if not as_json:
            raise
        tell(Kind.FAILED, None, str(error), error=error.to_json())
        raise typer.Exit(1) from None
    finally:
        signal.signal(signal.SIGTERM, before)
    if watched.failed:
        raise typer.Exit(1)


def _require_known(programs: Sequence[str | None], format: str, container: str) -> None:
    """Raises what would fail every export: it is for whoever watches, not for the editors."""
    from opticals.media.write.holding import container_of
    from opticals.timeline import dialects

    for program in filter(None, programs):
        dialects.of(program)
    if format not in CHOICES:
        raise FormatError(
            f"There is no format “{format}”.", remedy=f"There are: {', '.join(CHOICES)}."
        )
    if container:
        container_of(container)


def _line(text: str) -> None:
    say.out(text)
    say.flush()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
