"""Rows of the quality table, and the pictures of the contact sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torch import Tensor

Footage = Callable[[str], Path]


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        what: what was measured, on what, against what.
        value: the number with its unit, as printed.
        target: what it should reach, as printed; "" where it is for information.
        reached: whether it does; None without a target.
    """

    what: str
    value: str
    target: str = ""
    reached: bool | None = None


@dataclass(frozen=True)
class Sheet:
    """Pictures to be looked at, frame after frame.

    Attributes:
        name: of the picture file.
        rows: (label, consecutive frames `[3, H, W]` RGB 0..1), one row of the sheet each.
    """

    name: str
    rows: Sequence[tuple[str, Sequence[Tensor]]]


class Measured(Protocol):
    """A module of this package, one for each effect."""

    def measure(self, footage: Footage, *, short: bool) -> Iterator[Row]:
        """Every measurement of the effect; `short` is the form that CI runs (a minute for all)."""

    def sheets(self, footage: Footage) -> Iterator[Sheet]:
        """What a person should look at."""
