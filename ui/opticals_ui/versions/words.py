"""What is said of a version: when it was made, of what, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale

from opticals import amounts
from opticals.media.write.formats import FORMATS
from opticals_ui.effects.stack import Entry, differences
from opticals_ui.look.words import tr, tr_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from opticals.recipe import Recipe
    from opticals_ui.versions.rows import Row


def title(row: Row) -> str:
    """What it is called."""
    return tr("Original") if row.original else row.name


def recipe(made: Recipe) -> str:
    """The effects, each with the settings that are not at their defaults."""
    return " + ".join(
        filter(None, (_step(Entry.of(one.effect, one.settings)) for one in made.steps))
    )


def _step(entry: Entry) -> str:
    changed = [f"{label} {value}" for label, value in differences(entry)]
    name = tr_text(entry.declaration.label)
    return f"{name} ({', '.join(changed)})" if changed else name


def state(row: Row) -> str:
    """What it is to the edit and to the disk, in a word or two."""
    words = (
        tr("Active") if row.active else "" if row.placed else tr("Not in the edit"),
        tr("Draft") if row.draft else "",
    )
    return " · ".join(filter(None, words))


def facts(row: Row) -> str:
    """Size, rate and format."""
    render = row.render
    if render is None:
        return ""
    format = FORMATS[render.format].label if render.format in FORMATS else render.format
    parts: Sequence[str] = (
        f"{render.width}×{render.height}",
        rate(render.rate),
        format.partition(" (")[0],
    )
    return " · ".join(filter(None, parts))


def took(row: Row) -> str:
    """How long it took to render."""
    seconds = row.render.details.get("seconds") if row.render is not None else None
    if not isinstance(seconds, (int, float)) or seconds <= 0:
        return ""
    return tr("took {time}", time=amounts.duration(seconds))


def rate(exact: Fraction) -> str:
    """Frames per second as they are written: 25 fps, 23.976 fps."""
    if exact.denominator == 1:
        return tr("{rate} fps", rate=exact.numerator)
    thousandths = round(exact * 1000)
    return tr("{rate} fps", rate=f"{thousandths // 1000}.{thousandths % 1000:03}".rstrip("0"))


def made(row: Row) -> str:
    """When it was made, shortly."""
    if row.made is None:
        return ""
    then = QDateTime.fromMSecsSinceEpoch(row.made // 1_000_000)
    if then.date() == QDateTime.currentDateTime().date():
        return QLocale().toString(then.time(), QLocale.FormatType.ShortFormat)
    return QLocale().toString(then, QLocale.FormatType.ShortFormat)


def spoken(row: Row) -> str:
    """All of it in a sentence, for screen readers and the tool tip."""
    parts = (
        title(row),
        state(row),
        recipe(row.render.recipe) if row.render else "",
        facts(row),
        made(row),
        took(row),
        row.trouble,
    )
    return ". ".join(filter(None, parts))
