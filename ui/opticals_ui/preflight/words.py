"""A forecast in words: one line, and everything in it one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from opticals import amounts
from opticals.media.write.formats import FORMATS
from opticals_ui.look.words import size_words, tr

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals.rendering.estimate import Estimate, Span
    from opticals.rendering.forecast import Disk, Forecast, Need


class Weight(StrEnum):
    """How much a line of the details weighs."""

    HEADING = "heading"
    FACT = "fact"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Line:
    """One line of the details.

    Attributes:
        more: a second, quieter sentence below it.
        error: what it is about, for the buttons that mend it; model: the one to fetch; full: a
            disk is too small.
    """

    weight: Weight
    text: str
    more: str = ""
    error: OpticalsError | None = None
    model: str = ""
    full: bool = False


def summary(found: Forecast) -> str:
    """`3 clips · 412 frames · about 4 min · 1.2 GB · needs 1 model (11 MB)`."""
    total = found.total
    fine = [one for one in found.items if one.error is None]
    parts = [tr("%n clip(s)", len(found.items))] if len(found.items) > 1 else []
    if fine:
        parts += [
            tr("%n frame(s)", total.frames),
            span(total.seconds),
            size_words(total.size),
        ]
    parts += [trouble for trouble in (_first_trouble(found),) if trouble]
    if found.needs:
        size = size_words(sum(one.size for one in found.needs))
        parts.append(tr("needs %n model(s) ({size})", len(found.needs), size=size))
    if not found.needs and found.restricted:
        parts.append(tr("no commercial use"))
    return " · ".join(parts)


def weight(found: Forecast) -> Weight:
    """Of the gravest thing in it."""
    return max((one.weight for one in details(found, ())), key=list(Weight).index)


def span(seconds: Span) -> str:
    """`about 4 min`; from when to when where one number would say too much."""
    likely = amounts.duration(seconds.likely)
    low, high = amounts.duration(seconds.low), amounts.duration(seconds.high)
    if seconds.certain or low == high:
        return tr("about {time}", time=likely)
    return tr("{low} to {high}", low=low, high=high)


def details(found: Forecast, lost: tuple[str, ...]) -> tuple[Line, ...]:
    """Everything, what stands in the way first.

    Args:
        lost: what the program that the edit is for will lose of it.
    """
    return tuple(_details(found, lost))


def _details(found: Forecast, lost: tuple[str, ...]) -> Iterator[Line]:
    for item in found.items:
        if (error := item.error) is not None:
            more = " ".join(filter(None, (error.why, error.remedy)))
            yield Line(Weight.ERROR, f"{_clip(item)}: {error.what}", more, error)
    for need in found.needs:
        yield _need(need)
    for disk in found.disks:
        if disk.short:
            more = tr("Free some space, or save the edit on another disk: renders go beside it.")
            yield Line(Weight.ERROR, _disk(disk), more, full=True)
    if found.tight and found.free is not None:
        yield Line(
            Weight.WARNING,
            tr(
                "It may need more memory than is free: {need} of {free}.",
                need=size_words(found.total.memory),
                free=size_words(found.free),
            ),
            tr("Close other programs, render a draft, or a smaller picture."),
        )
    for label in found.restricted:
        yield Line(
            Weight.WARNING, tr("The licence of {model} allows no commercial use.", model=label)
        )
    yield from _items(found)
    yield from _machine(found)
    losses = [f"{_clip(one)}: {loss}" for one in found.items for loss in one.losses]
    if losses or lost:
        yield Line(Weight.HEADING, tr("What is lost"))
        yield from (Line(Weight.WARNING, text) for text in (*losses, *lost))


def _items(found: Forecast) -> Iterator[Line]:
    fine = [one for one in found.items if one.error is None]
    if fine:
        yield Line(Weight.HEADING, tr("Renders"))
    for one in fine:
        format = FORMATS[one.format].label.partition(" (")[0] if one.format in FORMATS else ""
        first = (_clip(one), span(one.seconds), size_words(one.size))
        then = [f"{one.width}×{one.height} {format}", tr("%n frame(s)", one.frames)]
        if any(one.handles):
            then.append(
                tr("{head} and {tail} of them handles", head=one.handles[0], tail=one.handles[1])
            )
        yield Line(Weight.FACT, " · ".join(first), " · ".join(then))
        yield from (Line(Weight.WARNING, note) for note in one.notes)


def _machine(found: Forecast) -> Iterator[Line]:
    if not found.possible:
        return
    yield Line(Weight.HEADING, tr("This machine"))
    measured = (
        tr("Measured on renders made here.")
        if found.total.measured
        else tr("A guess, until renders of this kind were made here.")
    )
    cpu = found.device == "cpu"
    where = tr("on the processor") if cpu else tr("on {device}", device=found.device)
    time = span(found.total.seconds)
    yield Line(Weight.FACT, tr("Time: {time} {where}", time=time, where=where), measured)
    if not found.tight:
        memory = size_words(found.total.memory)
        free = size_words(found.free if found.free is not None else found.memory)
        yield Line(Weight.FACT, tr("Memory: {need} of {free} free", need=memory, free=free))
    for disk in found.disks:
        if not disk.short:
            yield Line(Weight.FACT, _disk(disk), disk.folder)


def _need(need: Need) -> Line:
    size = size_words(need.size)
    text = tr(
        "{label} must be fetched: {size}, {licence}",
        label=need.label,
        size=size,
        licence=need.licence,
    )
    if not need.allowed:
        return Line(
            Weight.ERROR,
            tr("{label} may not be used: {licence}", label=need.label, licence=need.licence),
            tr("Only models for commercial use are allowed here. Choose another one."),
        )
    return Line(Weight.WARNING, text, model=need.id)


def _disk(disk: Disk) -> str:
    need, free = size_words(disk.need), size_words(disk.free)
    if disk.what == "renders":
        return tr("Disk for renders: {need} of {free} free", need=need, free=free)
    if disk.what == "cache":
        return tr("Disk for the cache: {need} of {free} free", need=need, free=free)
    return tr("Disk for renders and cache: {need} of {free} free", need=need, free=free)


def _first_trouble(found: Forecast) -> str:
    """What stands in the way, shortly."""
    wrong = [one.error for one in found.items if one.error is not None]
    if wrong and len(found.items) == 1:
        return wrong[0].what
    if wrong:
        return tr("%n cannot be rendered", len(wrong))
    if any(disk.short for disk in found.disks):
        return tr("the disk is too small")
    return tr("little memory is free") if found.tight else ""


def _clip(one: Estimate) -> str:
    return f"{one.shot} {one.name}".strip()
