"""Markers that carry a recipe: “opticals: upscale scale=2 + slow_motion factor=2”."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opticals import catalog
from opticals.errors import SettingError
from opticals.recipe import Recipe, Step, parse_step

if TYPE_CHECKING:
    from opticals.timeline.edit import Edit
    from opticals.timeline.marks import Mark

FORM = "opticals: EFFECT setting=value + EFFECT setting=value"

_ASKS = re.compile(r"opticals\s*:(.*)", re.IGNORECASE)
_NEARLY = re.compile(r"opticals\b", re.IGNORECASE)


def nearly(mark: Mark) -> bool:
    """Whether a marker speaks to us, be it a recipe or not."""
    return any(_NEARLY.match(text.strip()) for text in mark.texts)


def label(edit: Edit, mark: Mark) -> str:
    """How messages name a marker."""
    name = f" “{mark.name}”" if mark.name else ""
    at = "" if mark.record is None else f" at {edit.timecode(mark.record)}"
    return f"the marker{name}{at} on {mark.holder}"


def recipe_of(edit: Edit, mark: Mark, seed: int) -> Recipe | None:
    """What a marker asks for; None if it is not meant for us.

    Raises:
        SettingError: it cannot be understood.
    """
    lines = [line.strip() for text in mark.texts for line in text.splitlines()]
    asks = list(dict.fromkeys(found[1].strip() for line in lines if (found := _ASKS.match(line))))
    if not asks:
        return None
    name = label(edit, mark)
    if len(asks) > 1:
        raise SettingError(
            f"{name[0].upper()}{name[1:]} carries more than one recipe.",
            "It says: " + "; ".join(f"“{one}”" for one in asks),
            f"Leave one of them, or join them: “{FORM}”.",
        )
    try:
        return Recipe(tuple(_step(text) for text in asks[0].split("+")), seed)
    except SettingError as error:
        raise SettingError(
            f"{name[0].upper()}{name[1:]} asks for “{asks[0]}”, which cannot be done.",
            error.what,
            error.remedy,
        ) from error


def _step(text: str) -> Step:
    """As `parse_step`, of settings set apart by spaces, commas or both."""
    effect, _, rest = re.sub(r"[\s:,]+", " ", text.strip(), count=1).partition(" ")
    settings = re.sub(r"\s*=\s*", "=", rest.replace(",", " ")).split()
    known = {one.casefold(): one for one in catalog.all_effects()}
    effect = known.get(effect.casefold(), effect)
    return parse_step(f"{effect}:{','.join(settings)}")
