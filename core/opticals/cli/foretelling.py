"""What renders will take, told before they are begun: `--dry-run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals import amounts
from opticals.cli import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opticals.rendering.estimate import Estimate, Span
    from opticals.rendering.forecast import Forecast
    from opticals.rendering.job import Job


def forecast(jobs: Sequence[Job], time: str) -> Forecast:
    """What jobs will take; `time` is fit or ripple."""
    from opticals.media.read.probe import probe
    from opticals.rendering.foresight import foresee

    return foresee(jobs, time, probe)


def row(one: Estimate) -> list[str]:
    """Of one job, for a table: about how long, how much, how large."""
    if one.error is not None:
        return ["-", "-", one.error.what]
    return [
        span(one.seconds),
        amounts.size(one.size),
        f"{one.width}x{one.height}, {one.frames} frames",
    ]


def span(seconds: Span) -> str:
    """`about 4 min`, or from when to when where one number would say too much."""
    if seconds.certain:
        return f"about {amounts.duration(seconds.likely)}"
    low, high = amounts.duration(seconds.low), amounts.duration(seconds.high)
    return f"about {low}" if low == high else f"{low} to {high}"


def say_forecast(found: Forecast) -> None:
    """All that is to be known beforehand, for people."""
    for text in lines(found):
        say.out(text)


def lines(found: Forecast) -> Iterator[str]:
    """As `say_forecast`, one sentence each."""
    total = found.total
    if found.possible:
        basis = "measured on this machine" if total.measured else "a guess until it is measured"
        yield (
            f"In all: {total.frames} frames, {span(total.seconds)} on {found.device} ({basis}), "
            f"{amounts.size(total.size)}."
        )
        free = "" if found.free is None else f", of {amounts.size(found.free)} free"
        yield f"Memory: about {amounts.size(total.memory)}{free}."
    for disk in found.disks:
        short = "TOO LITTLE IS FREE. " if disk.short else ""
        yield (
            f"Disk for {disk.what}: {amounts.size(disk.need)} of {amounts.size(disk.free)} free. "
            f"{short}({disk.folder})"
        )
    for need in found.needs:
        use = "" if need.commercial else ", no commercial use"
        get = f"opticals models pull {need.id}" if need.allowed else "commercial_only refuses it"
        yield f"Needs {need.id}: {amounts.size(need.size)}, {need.licence}{use}. {get}"
    for one in found.restricted:
        yield f"The licence of {one} does not allow commercial use."
    for item in found.items:
        yield from item.notes
        yield from (f"{item.shot} loses: {loss}" for loss in item.losses)
        if item.error is not None:
            yield f"{item.shot} cannot be rendered: {item.error}"
