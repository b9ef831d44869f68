"""Jobs on their way: checked together, rendered one after the other, cut in, reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals import catalog
from opticals.cli import foretelling, say
from opticals.cli.options import Place, Time
from opticals.errors import Cancelled, EditError, OpticalsError
from opticals.recipe import Recipe
from opticals.rendering.job import Job, Render
from opticals.timeline.choosing import standing, together

if TYPE_CHECKING:
    from opticals.cli.saving import Target
    from opticals.jobs.client import Session
    from opticals.rendering.forecast import Forecast
    from opticals.timeline.chosen import Choice
    from opticals.timeline.edit import Edit
    from opticals.timeline.placement import Placement
    from opticals.timeline.razor import Found
    from opticals.timeline.shot import Shot

Failed = tuple["Shot", OpticalsError]


@dataclass(frozen=True)
class Cutting:
    """How renders are cut into an edit. With `keep_going` those that can be; else all or none.
    `note` is told what the new edit will lose."""

    edit: Edit
    target: Target
    how: Place
    time: Time
    keep_going: bool = False
    note: Callable[[str], None] = say.note

    def place(self, renders: Sequence[Render]) -> tuple[list[Placement], list[Failed]]:
        """From the last to the first, so that none moves what is still to be placed."""
        order = sorted(renders, key=lambda one: (one.shot.record, one.shot.id), reverse=True)
        placed: list[Placement] = []
        failed: list[Failed] = []
        for one in order:
            try:
                placed.append(self.edit.place(one, how=self.how.value, time=self.time.value))
            except OpticalsError as error:
                failed.append((one.shot, error))
                if not self.keep_going:
                    _undo(placed)
                    return [], failed
        return placed, failed

    def rehearse(self, renders: Sequence[Render]) -> list[Failed]:
        """Which of them could not be placed, and why; what the new edit will lose is said. The
        edit stays as it is.

        Raises:
            OpticalsError: the new edit could not be written with them.
        """
        placed, failed = self.place(renders)
        try:
            told = self.target.told(self.edit)
        finally:
            _undo(placed)
        for text in told:
            self.note(text)
        return failed


def _undo(placed: Sequence[Placement]) -> None:
    for placement in reversed(placed):
        placement.undo()


@dataclass
class Outcome:
    """What became of jobs.

    Attributes:
        left: shots that show what is asked for already, and the version that does.
    """

    done: list[Render] = field(default_factory=list)
    left: list[tuple[Shot, str]] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def check(self, asked: int, keep_going: bool) -> None:
        """Raise what failed, unless the others are to go on and there are any."""
        if not self.failed or (keep_going and len(self.failed) < asked):
            return
        alike = len({(type(error), error.what) for _, error in self.failed}) == 1
        if alike and len(self.failed) == asked:
            raise self.failed[0][1]
        names = ", ".join(shot.id for shot, _ in self.failed)
        raise EditError(
            f"{len(self.failed)} of {asked} shots failed ({names}); no new edit was written.",
            "\n".join(f"{shot.id}: {error.what}" for shot, error in self.failed),
            "Mend these, leave them out, or go on without them (--keep-going); finished shots are "
            "not rendered again.",
        )


@dataclass(frozen=True)
class Delivery:
    """What became of an edit.

    Attributes:
        saved: the new edit; None where it shows all that was asked for already.
    """

    outcome: Outcome
    messages: list[str]
    saved: Path | None


def deliver(
    choice: Choice,
    jobs: Sequence[Job],
    cutting: Cutting,
    as_json: bool,
    *,
    outcome: Outcome | None = None,
    made: Callable[[Render], None] = lambda render: None,
    before_saving: Callable[[], None] = lambda: None,
    session: Callable[[Callable[[], None]], Session] | None = None,
) -> Delivery:
    """Render the jobs of a choice, cut them in, and save the new edit.

    Args:
        outcome: is filled in, and has what failed when an error is raised too.
        made: is told of each render.
        session: makes what renders, as of `run`.

    Raises:
        OpticalsError: as `run`, or the edit cannot be saved.
    """
    outcome = run(jobs, as_json, cutting, outcome, made, session)
    placed, failed = cutting.place(outcome.done)
    outcome.failed += failed
    outcome.check(len(jobs), cutting.keep_going)
    messages = [text for one in choice.wanted for text in one.shot.notes]
    messages += [text for placement in placed for text in placement.messages]
    messages += [f"{one.id}: {name} shows already and was left." for one, name in outcome.left]
    if not placed and not cutting.target.named:
        messages.append("The edit shows all that was asked for; no new one was written.")
        return Delivery(outcome, messages, None)
    before_saving()
    return Delivery(outcome, messages, cutting.target.save(cutting.edit, messages))


def run(
    jobs: Sequence[Job],
    as_json: bool,
    cutting: Cutting | None = None,
    outcome: Outcome | None = None,
    made: Callable[[Render], None] = lambda render: None,
    session: Callable[[Callable[[], None]], Session] | None = None,
) -> Outcome:
    """Render jobs one after the other; equal ones once, and not what the edit shows already.

    What would stop any of them, or their placing, is found before the first is begun. After
    that all are tried before an error is raised.

    Args:
        outcome: is filled in and returned; left out, a new one is.
        made: is told of each render.
        session: makes what renders; left out, it renders by itself, beside the queue.

    Raises:
        OpticalsError: one failed; if the others are to go on, all of them.
    """
    from opticals.jobs.client import Session

    outcome = Outcome() if outcome is None else outcome
    keep_going = cutting is not None and cutting.keep_going
    with (session or Session)(_stopping) as renders:
        expected: dict[str, Render] = {}
        for job in jobs:
            try:
                expected[job.id] = renders.check(job)
            except Cancelled:
                raise
            except OpticalsError as error:
                outcome.failed.append((job.shot, error))
        outcome.check(len(jobs), keep_going)
        wanted = [job for job in jobs if job.id in expected]
        if cutting is not None:
            wanted = _to_place(wanted, expected, cutting, outcome)
            outcome.check(len(jobs), keep_going)
        alike = tuple(_equal(wanted, expected))
        renders.queue([equal[0] for equal in alike])
        for equal in alike:
            try:
                render = _watched(renders, equal[0])
            except Cancelled:
                raise
            except OpticalsError as error:
                outcome.failed += [(job.shot, error) for job in equal]
                if len(jobs) > 1 and not as_json:
                    say.failure(error)
                continue
            outcome.done.append(render)
            outcome.done += [_again(render, expected[job.id]) for job in equal[1:]]
            made(render)
    outcome.check(len(jobs), keep_going)
    return outcome


def _to_place(
    jobs: list[Job], expected: dict[str, Render], cutting: Cutting, outcome: Outcome
) -> list[Job]:
    """The jobs whose render is not in the edit yet and can be placed."""
    there = standing(cutting.edit, [expected[job.id] for job in jobs], cutting.time.value)
    outcome.left += [(job.shot, name) for job, name in zip(jobs, there, strict=True) if name]
    jobs = [job for job, name in zip(jobs, there, strict=True) if not name]
    failed = cutting.rehearse([expected[job.id] for job in jobs])
    outcome.failed += failed
    return [job for job in jobs if not any(job.shot is shot for shot, _ in failed)]


def _equal(jobs: Sequence[Job], expected: dict[str, Render]) -> Iterable[list[Job]]:
    """Jobs that come to the very same file, together."""
    found: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        found[expected[job.id].details["key"]].append(job)
    return found.values()


def _again(made: Render, other: Render) -> Render:
    """The render `made` as that of another shot which shows the same frames."""
    details = {**made.details, "rendered": 0, "seconds": 0}
    return replace(made, shot=other.shot, head=other.head, selected=other.selected, details=details)


def _stopping() -> None:
    say.note("Stopping…")


def _watched(session: Session, job: Job) -> Render:
    with say.progress(f"{job.shot.id} {job.output.name or job.recipe.name}") as update:
        return session.render(job, lambda m: update(m["stage"], m["done"], m["total"], m["note"]))


def find(jobs: Sequence[Job]) -> list[list[Found]]:
    """The cuts inside the shot of each job."""
    from opticals.jobs.client import Session

    found = []
    with Session(_stopping) as session:
        for job in jobs:
            with say.progress(f"{job.shot.id} {job.recipe.name}") as update:
                one = session.find(
                    job, lambda m: update(m["stage"], m["done"], m["total"], m["note"])
                )
            found.append(one)
    return found


def report(done: Sequence[Render], messages: Sequence[str], saved: Path | None) -> None:
    """What was rendered, for people."""
    for text in messages:
        say.out(text)
    if done:
        say.table(
            ("shot", "effect", "frames", "fps", "seconds", "file", "verified"),
            [
                (
                    one.shot.id,
                    effects(one.recipe),
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
    for one in {one.path: one for one in done}.values():
        for loss in one.details["losses"]:
            say.out(f"{one.path.name}: {loss}")
    if done:
        say.out(f"Renders: {done[0].sidecar.parent}")
    if saved is not None:
        say.out(f"New edit: {saved}")


def effects(recipe: Recipe) -> str:
    """`upscale x2`-like: the effects with the settings that are not the default."""
    texts = []
    for one in recipe.steps:
        defaults = {field.name: field.default for field in catalog.find(one.effect).fields()}
        changed = [f"{k}={v}" for k, v in one.settings.items() if v != defaults[k]]
        texts.append(one.effect + (f" ({', '.join(changed)})" if changed else ""))
    return " + ".join(texts)


def require_settings(choice: Choice, keep_going: bool) -> None:
    """Raises, as rendering would, what an effect cannot do without and is not given."""
    outcome = Outcome()
    for one in choice.wanted:
        try:
            one.recipe.require_settings()
        except OpticalsError as error:
            outcome.failed.append((one.shot, error))
    outcome.check(len(choice.wanted), keep_going)


def require_right(choice: Choice, keep_going: bool) -> None:
    """Raises what markers ask for that cannot be done, unless the others are to go on."""
    if not choice.wrong or keep_going:
        return
    error = together(choice.wrong)
    remedy = f"{error.remedy} Or go on without (--keep-going)."
    raise type(error)(error.what, error.why, remedy)


def show_choice(choice: Choice, forecast: Forecast, edit: Path, as_json: bool) -> None:
    """What would be rendered, what it takes, and what is left out."""
    told = list(zip(choice.wanted, forecast.items, strict=True))
    if as_json:
        shots = [
            {**facts(one.shot), "recipe": one.recipe.to_json(), "estimate": item.to_json()}
            for one, item in told
        ]
        whole = {name: one for name, one in forecast.to_json().items() if name != "items"}
        say.document(
            {
                "edit": str(edit),
                "shots": shots,
                "skipped": skipped(choice),
                "wrong": wrong(choice),
                "estimate": whole,
            }
        )
        return
    rows = [
        [
            *(str(value) for value in list(facts(one.shot).values())[:7]),
            effects(one.recipe),
            *foretelling.row(item),
        ]
        for one, item in told
    ]
    columns = ("shot", "name", "record in", "record out", "frames", "source in", "source out")
    say.table(
        (*columns, "effect", "time", "size", "render"),
        rows,
        title=f"{edit.name} · to render: {len(rows)}",
    )
    foretelling.say_forecast(forecast)
    say_left_out(choice)


def skipped(choice: Choice) -> list[dict[str, str]]:
    """What is left out, for programs."""
    return [{"what": one.what, "why": one.why} for one in choice.skipped]


def wrong(choice: Choice) -> list[dict[str, str]]:
    """What markers ask for that cannot be done, for programs."""
    return [one.to_json() for one in choice.wrong]


def say_left_out(choice: Choice) -> None:
    """What is left out, for people."""
    for error in choice.wrong:
        say.failure(error)
    for one in choice.skipped:
        say.out(f"Left out: {one.what}. {one.why}")


def facts(shot: Shot) -> dict[str, Any]:
    """A shot as tables and programs show it."""
    last = shot.first + shot.frames - 1
    return {
        "id": shot.id,
        "name": shot.name,
        "record_in": shot.timecode(shot.record),
        "record_out": shot.timecode(shot.record_end - 1),
        "frames": shot.record_frames,
        "source_in": shot.source_timecode(shot.first),
        "source_out": shot.source_timecode(last),
        "media": shot.media,
        "placed": shot.placed,
    }
