"""What formats and containers can hold, and their refusals in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from opticals.errors import FormatError
from opticals.media.colour.planes import Layout, layout
from opticals.media.write.formats import CONTAINERS, FORMATS, Container, Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from opticals.media.write.encoding import Encoding


def those(able: Callable[[Format], bool]) -> str:
    """The ids of formats for a remedy."""
    return ", ".join(one.id for one in FORMATS.values() if able(one))


def fitting(chosen: Format, width: int, height: int, field_order: str) -> list[Layout]:
    """The format's layouts that can hold a picture of this size."""
    found = _fitting(chosen, width, height, field_order)
    if found:
        return found
    chroma = layout(chosen.pixel_formats[0]).chroma
    others = those(lambda one: bool(_fitting(one, width, height, field_order)))
    raise FormatError(
        f"{chosen.label} cannot hold a picture of {width}x{height}.",
        unfit(chosen, width, height) or f"Its {chroma} chroma needs even sides.",
        f"Choose another format ({others}), or another size.",
    )


def _fitting(chosen: Format, width: int, height: int, field_order: str) -> list[Layout]:
    if unfit(chosen, width, height):
        return []
    # Each field has its own chroma lines.
    fields = int(field_order != "progressive")
    return [
        kind
        for kind in map(layout, chosen.pixel_formats)
        if not chosen.whole_chroma
        or not (width % (1 << kind.shift_x) or height % (1 << kind.shift_y + fields))
    ]


def unfit(chosen: Format, width: int, height: int) -> str:
    """Why the encoder does not take a picture of this size; "" if it does."""
    (least_x, least_y), (most_x, most_y) = chosen.smallest, chosen.largest
    if not (least_x <= width <= most_x and least_y <= height <= most_y):
        return f"It goes from {least_x}x{least_y} to {most_x}x{most_y}."
    if width % chosen.width_step:
        step = chosen.width_step
        return (
            "It needs an even width." if step == 2 else f"Its width must be a multiple of {step}."
        )
    return ""


def container_of(id: str) -> Container:
    """The container of this id.

    Raises:
        FormatError: there is none.
    """
    if id not in CONTAINERS:
        raise FormatError(
            f"There is no container “{id}”.", remedy=f"There are: {', '.join(CONTAINERS)}."
        )
    return CONTAINERS[id]


def refuse_unheld(chosen: Format, result: Encoding) -> None:
    """Raises a FormatError that names what the container cannot hold."""
    container = container_of(result.container)
    able = ", ".join(CONTAINERS[name].id for name in chosen.containers)
    if container.id not in chosen.containers:
        others = those(lambda one: container.id in one.containers)
        raise FormatError(
            f"{chosen.label} cannot be put in {container.label}.",
            "The container has no place for it that other programs would find.",
            f"Choose another container ({able}), or another format ({others}).",
        )
    why = _unheld(chosen, container, result)
    if why:
        others = ", ".join(
            name
            for name in chosen.containers
            if name != container.id and not _unheld(chosen, CONTAINERS[name], result)
        )
        raise FormatError(
            f"{chosen.label} in {container.label} cannot say all that must be said of this render.",
            why,
            f"Choose another container: {others}." if others else "Choose another format.",
        )


def _unheld(chosen: Format, container: Container, result: Encoding) -> str:
    if container.rates and result.rate not in container.rates:
        return f"It has no place for {float(result.rate):.6g} frames per second."
    if container.id in chosen.square_in and result.pixel_aspect != 1:
        return f"Its pixels are square; the source's are {result.pixel_aspect} as wide as high."
    if result.field_order != "progressive" and not container.interlaced:
        return "It would call the interlaced frames progressive."
    for name, code in asdict(result.tags).items():
        if code in container.unsaid.get(name, ()):
            return f"It has no label for the source's {name} (code {code} of ITU-T H.273)."
    return ""
