"""What a host's installer says: where our files go for each program, and what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Found:
    """A program on this machine.

    Attributes:
        version: "" where it does not say.
        where: what was found of it.
        why: why our script cannot be used with it; "" where it can.
    """

    program: str
    version: str
    where: Path
    why: str = ""


@dataclass(frozen=True)
class Target:
    """What is to be installed for one host.

    Attributes:
        programs: those found, also those that cannot be reached.
        files: what is written, by absolute path.
        does: one sentence for each place, once it is done.
        then: what the user has to do, and what is to be known.
    """

    host: str
    programs: tuple[Found, ...] = ()
    files: Mapping[Path, bytes] = field(default_factory=dict)
    does: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
