"""`opticals queue`: what waits to be rendered, shared with the panel."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opticals.cli import INTERRUPTED, say
from opticals.cli.options import Place, Time
from opticals.errors import OpticalsError, QueueError

if TYPE_CHECKING:
    from opticals.jobs.entries import Entry, Flags
    from opticals.rendering.job import Job
    from opticals.timeline.chosen import Choice

app = typer.Typer(
    help="What waits to be rendered, and what was; shared with the panel. Alone, it lists.",
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="Jobs by the beginning of their id; none: all."),
]
_SHORT = 8  # characters of an id that lists show


@app.callback(invoke_without_command=True)
def main(context: typer.Context, as_json: say.Json = False) -> None:
    if context.invoked_subcommand is None:
        list_jobs(as_json=as_json)


@app.command("list")
@say.command
def list_jobs(as_json: say.Json = False) -> None:
    """The jobs in the queue: what is to be rendered in its order, then the rest.

    \b
    Example:
      opticals queue list
    """
    from opticals.jobs.queue import Queue

    with Queue() as queue:
        entries, flags = queue.entries(), queue.flags()
    if as_json:
        say.document({**vars(flags), "jobs": [_facts(one) for one in entries]})
        return
    _note_wait(flags)
    say.table(
        ("id", "shot", "effect", "state", "done", "edit", "file, or what is wrong"),
        [
            (
                one.id[:_SHORT],
                f"{one.job.shot.id} {one.job.shot.name}",
                one.job.recipe.name,
                str(one.state),
                f"{one.progress.done}/{one.progress.total}" if one.progress.total else "-",
                Path(one.job.shot.edit).name,
                str(one.render.path if one.render else one.error.what if one.error else ""),
            )
            for one in entries
        ],
    )


@app.command()
@say.command
def run(
    background: Annotated[
        bool, typer.Option("--background", help="Render while this command is long gone.")
    ] = False,
    as_json: say.Json = False,
) -> None:
    """Render what is in the queue until there is nothing left to do. A panel that is open may
    render some of it; no job is rendered twice.

    \b
    Examples:
      opticals queue run
      opticals queue run --background
    """
    from opticals.jobs import runner
    from opticals.jobs.queue import Queue

    with Queue() as queue:
        _note_wait(queue.flags())
    if background:
        runner.start()
        if as_json:
            say.document({"background": True})
        return
    entries = _rendered(runner.Runner("command"))
    failed = [one for one in entries if one.error is not None]
    if as_json:
        say.document([_facts(one) for one in entries])
    for one in failed:
        if one.error is not None and not as_json:
            say.failure(one.error)
    if not as_json:
        done = sum(1 for one in entries if one.render is not None)
        left = sum(1 for one in entries if one.active)
        waiting = f", {left} still to be rendered" if left else ""
        say.out(f"{done} rendered, {len(failed)} failed{waiting}.")
    if failed:
        raise typer.Exit(1)


@app.command()
@say.command
def pause(ids: Ids = None, as_json: say.Json = False) -> None:
    """Let jobs stand, or the whole queue: at the next frame. What is made is kept.

    \b
    Examples:
      opticals queue pause
      opticals queue pause 3f2a
    """
    _act("pause", ids, lambda queue: queue.set_flags(paused=True), as_json)


@app.command()
@say.command
def resume(ids: Ids = None, as_json: say.Json = False) -> None:
    """Go on with jobs, or with the whole queue.

    \b
    Example:
      opticals queue resume
    """
    _act("resume", ids, lambda queue: queue.set_flags(paused=False), as_json)


@app.command()
@say.command
def cancel(ids: Ids = None, as_json: say.Json = False) -> None:
    """Stop jobs: those named, or all that are still to be rendered.

    \b
    Examples:
      opticals queue cancel 3f2a
      opticals queue cancel
    """
    _act(
        "stop",
        ids,
        lambda queue: queue.stop([one.id for one in queue.entries() if one.active]),
        as_json,
    )


@app.command()
@say.command
def retry(ids: Ids = None, as_json: say.Json = False) -> None:
    """Try jobs again: those named, or all that failed or were stopped. Finished pieces are kept.

    \b
    Example:
      opticals queue retry
    """
    _act("retry", ids, lambda queue: queue.retry([one.id for one in queue.entries()]), as_json)


@app.command()
@say.command
def clear(ids: Ids = None, as_json: say.Json = False) -> None:
    """Take jobs out of the list: those named, or all that are over. Files stay.

    \b
    Example:
      opticals queue clear
    """
    _act("remove", ids, lambda queue: queue.clear(), as_json)


@app.command("start-at")
@say.command
def start_at(
    when: Annotated[str, typer.Argument(metavar="HH:MM|now", help="The next such time of day.")],
    as_json: say.Json = False,
) -> None:
    """Begin nothing before a time of day, or begin now.

    \b
    Example:
      opticals queue start-at 22:00
    """
    from datetime import datetime, timedelta

    from opticals.jobs.queue import Queue

    at = 0
    if when != "now":
        try:
            hour, minute = map(int, when.split(":"))
            now = datetime.now().astimezone()
            then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        except ValueError as error:
            raise QueueError(f"“{when}” is no time of day.", remedy="Write 22:00.") from error
        at = int((then if then > now else then + timedelta(days=1)).timestamp())
    with Queue() as queue:
        queue.set_flags(start_at=at)
    if as_json:
        say.document({"start_at": at})


def put_off(
    jobs: Sequence[Job], edit: Path, place: Place, time: Time, choice: Choice, as_json: bool
) -> None:
    """Add jobs to the queue, with what the panel needs to place their renders."""
    from opticals.cli import running
    from opticals.jobs.queue import Asked, Queue

    asked = {"name": edit.name, "delivery": {"place": place.value, "time": time.value}}
    with Queue() as queue:
        queue.add([Asked(job, asked) for job in jobs])
    if as_json:
        say.document(
            {
                "edit": str(edit),
                "queued": [job.id for job in jobs],
                "skipped": running.skipped(choice),
                "wrong": running.wrong(choice),
            }
        )
        return
    running.say_left_out(choice)
    for job in jobs:
        say.out(f"{job.id[:_SHORT]}  {job.shot.id} {job.recipe.name}")
    say.out("Queued. An open panel renders them; else: opticals queue run")


def _act(name: str, ids: list[str] | None, all: Any, as_json: bool) -> None:
    from opticals.jobs.queue import Queue

    with Queue() as queue:
        if ids:
            getattr(queue, name)(queue.named(ids))
        else:
            all(queue)
    list_jobs(as_json=as_json)


def _note_wait(flags: Flags) -> None:
    """Say what the queue as a whole waits for."""
    if flags.paused:
        say.note("The queue is paused: opticals queue resume")
    if flags.start_at > time.time():
        at = time.strftime("%H:%M", time.localtime(flags.start_at))
        say.note(f"The queue starts at {at}; at once: opticals queue start-at now")


def _rendered(runner: Any) -> list[Entry]:
    """What became of the jobs, once there is nothing left to do; with a bar meanwhile."""
    runner.start()
    quiet = time.monotonic()
    try:
        with say.progress("queue") as update:
            while time.monotonic() - quiet < 1.5:
                if not runner.idle:
                    quiet = time.monotonic()
                one = next((one for one in runner.left if one.worker is not None), None)
                if one is not None and one.progress.stage:
                    far = one.progress
                    update(f"{one.job.shot.id} {far.stage}", far.done, far.total, "")
                if runner.troubles:
                    raise runner.troubles[0]
                time.sleep(0.1)
    except KeyboardInterrupt:
        say.note("Stopping… What is not done stays in the queue.")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        runner.close()
    return [runner.entries[id] for id in runner.begun if id in runner.entries]


def _facts(entry: Entry) -> dict[str, Any]:
    """A job as programs read it."""
    error: OpticalsError | None = entry.error
    return {
        "id": entry.id,
        "state": str(entry.state),
        "shot": entry.job.shot.id,
        "name": entry.job.shot.name,
        "edit": entry.job.shot.edit,
        "recipe": entry.job.recipe.to_json(),
        **vars(entry.progress),
        "render": entry.render.brief() if entry.render else None,
        "error": error.to_json() if error else None,
    }
