"""What is drawn, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.masks.document import Document


def words(document: Document) -> str:
    """Which shape is chosen and how many keyframes it has; how many shapes there are."""
    place = document.selected
    if place is None:
        return tr("%n shape(s)", count=len(document.shapes))
    keys = len(document.shapes[place].keys)
    where = tr("Shape {n} of {all}", n=place + 1, all=len(document.shapes))
    return f"{where} · {tr('%n keyframe(s)', count=keys)}"
