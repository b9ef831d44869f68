"""What the commands print: tables and progress for people, one JSON document for programs.

Results go to stdout; progress, notes and errors to stderr.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TextIO

import typer

from opticals.cli import INTERRUPTED
from opticals.errors import Cancelled, OpticalsError

if TYPE_CHECKING:
    from rich.console import Console

    from opticals.models.fetching import Progress

P = ParamSpec("P")

EditFile = Annotated[
    Path, typer.Argument(metavar="EDIT", help="An edit: .otio, .edl, .xml, .aaf, ...")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def command(function: Callable[P, None]) -> Callable[P, None]:
    """Turn an OpticalsError into its text (or JSON) and exit status 1."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with _unbroken("stdout"), _unbroken("stderr"):
                function(*args, **kwargs)
        except OpticalsError as error:
            if kwargs.get("as_json"):
                document(error.to_json())
            else:
                failure(error)
            stopped = isinstance(error, Cancelled)
            raise typer.Exit(INTERRUPTED if stopped else 1) from None
        except KeyboardInterrupt:
            note("Stopped.")
            raise typer.Exit(INTERRUPTED) from None

    return wrapped


class _Unbroken:
    """A stream whose reader may go (head, less): what was asked for is done all the same."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            return self._nobody_reads()

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._nobody_reads()

    def _nobody_reads(self) -> int:
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        return 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _unbroken(name: str) -> Iterator[None]:
    stream = getattr(sys, name)
    watched = _Unbroken(stream)
    setattr(sys, name, watched)
    try:
        yield
    finally:
        watched.flush()
        setattr(sys, name, stream)


def document(data: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def out(text: str = "") -> None:
    """A line on stdout."""
    sys.stdout.write(text + "\n")


def flush() -> None:
    """What was said is seen at once, also where stdout is a file."""
    sys.stdout.flush()


def note(text: str) -> None:
    """A line for people on stderr."""
    sys.stderr.write(text + "\n")


def failure(error: OpticalsError) -> None:
    """What happened, why and what to do."""
    from rich.text import Text

    console = _console(stderr=True)
    console.print(Text(error.what, style="bold red"))
    for part in (error.why, error.remedy):
        if part:
            console.print(Text(part))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> None:
    """A table as wide as the terminal, or as wide as needed where there is none."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = _console()
    drawn = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    console.print(drawn)


@contextmanager
def progress(label: str) -> Iterator[Callable[[str, int, int, str], None]]:
    """A bar with frames, rate and time left; yields `update(stage, done, total, note)`."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.table import Column

    columns = (
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_console(stderr=True), transient=True) as bars:
        bar = bars.add_task(f"{label} · starting", total=None, count="", rate="")
        current = ""

        def update(stage: str, done: int, total: int, text: str) -> None:
            nonlocal current
            if stage != current:
                # Rate and time left are of this stage, and of what is done in this run.
                bars.reset(bar, total=total, completed=done, description=f"{label} · {stage}")
                current = stage
            speed = bars.tasks[0].speed
            bars.update(
                bar,
                completed=done,
                total=total,
                count=f"{done}/{total} frames",
                rate=f"{speed:.1f} fps" if speed else "",
            )
            if text:
                bars.console.print(f"{label}: {text}", style="dim", highlight=False)

        yield update


@contextmanager
def fetching() -> Iterator[Callable[[Progress], None]]:
    """A bar with bytes, speed and time left; yields `report(progress)`."""
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=_console(stderr=True), transient=True) as bars:
        current = ""

        def report(progress: Progress) -> None:
            nonlocal current
            if progress.what != current:  # the next source may be tried
                current = progress.what
                for old in bars.task_ids:
                    bars.remove_task(old)
                bars.add_task(current, total=None)
                bars.console.print(f"Fetching {current}", style="dim", highlight=False)
            total = progress.total or None
            bars.update(bars.task_ids[0], completed=progress.done, total=total)

        yield report


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 160
    return Console(stderr=stderr, width=width, highlight=False)
