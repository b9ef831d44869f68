"""Pictures that a camera stored turned or mirrored, brought upright: codes moved, never changed.

A stored picture is first mirrored left to right, where its medium says so, then turned clockwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opticals.media.colour.planes import Siting

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.media.colour.planes import Coding

_TRANSPOSED = {"422": "440", "440": "422"}


def sideways(rotation: int) -> bool:
    """Whether width and height change places."""
    return rotation in (90, 270)


def upright(planes: list[Tensor], rotation: int, mirrored: bool) -> list[Tensor]:
    """The planes `[rows, columns]` of a stored picture as the upright one's."""
    if not rotation and not mirrored:
        return planes
    # Left to right, then clockwise; as one transposition and flips.
    flipped = [plane.flip(1) if mirrored else plane for plane in planes]
    return [plane.rot90(-(rotation // 90), (0, 1)).contiguous() for plane in flipped]


def turned(stored: Coding, rotation: int, mirrored: bool) -> Coding:
    """What the code values of the upright picture mean: where chroma lies, how it is subsampled."""
    kind, (x, y) = stored.layout, stored.siting
    width, height = stored.width, stored.height
    if mirrored:
        x = _from_the_end(x, width, kind.shift_x)
    for _ in range(rotation // 90):  # a quarter clockwise: columns come to stand as rows
        x, y = _from_the_end(y, height, kind.shift_y), x
        width, height = height, width
        name = kind.name
        for before, after in _TRANSPOSED.items():
            if before in kind.name:
                name = kind.name.replace(before, after)
        kind = replace(kind, name=name, shift_x=kind.shift_y, shift_y=kind.shift_x)
    return replace(stored, layout=kind, siting=Siting(x, y), width=width, height=height)


def _from_the_end(first: float, samples: int, shift: int) -> float:
    """Where the last chroma sample lies, in luma samples back from the last luma sample."""
    if not shift:
        return first
    count = -(-samples >> shift)
    return samples - 1 - (first + (count - 1) * (1 << shift))
