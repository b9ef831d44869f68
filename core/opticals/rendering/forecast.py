"""What jobs will take together, as plain data: what `foresight` finds and panels show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from opticals.rendering.estimate import Estimate, total


@dataclass(frozen=True)
class Need:
    """A model that must be fetched first, or may not be used.

    Attributes:
        size: bytes to fetch.
        allowed: False where the setting `commercial_only` refuses it.
    """

    id: str
    label: str
    size: int
    licence: str
    commercial: bool
    allowed: bool = True


@dataclass(frozen=True)
class Disk:
    """A volume that is written to, what is needed there and what is free, in bytes."""

    folder: str
    what: str
    need: int
    free: int

    @property
    def short(self) -> bool:
        return self.need > self.free


@dataclass(frozen=True)
class Forecast:
    """What jobs will take.

    Attributes:
        items: one for each job, in order.
        needs: models that are not there or may not be used.
        restricted: labels of models in use whose licence does not allow commercial use.
        disks: the volumes written to.
        device, memory, free: what it is computed on, its memory and what of that is free.
    """

    items: tuple[Estimate, ...]
    needs: tuple[Need, ...] = ()
    restricted: tuple[str, ...] = ()
    disks: tuple[Disk, ...] = ()
    device: str = "cpu"
    memory: int = 0
    free: int | None = None

    @cached_property
    def total(self) -> Estimate:
        return total(self.items)

    @property
    def possible(self) -> bool:
        """Whether any of it can be rendered."""
        return any(one.error is None for one in self.items)

    @property
    def tight(self) -> bool:
        """Whether it takes more memory than is free."""
        return self.free is not None and self.total.memory > self.free

    def to_json(self) -> dict[str, Any]:
        return {
            "items": [one.to_json() for one in self.items],
            "total": self.total.to_json(),
            "needs": [asdict(one) for one in self.needs],
            "restricted": list(self.restricted),
            "disks": [asdict(one) for one in self.disks],
            "device": self.device,
            "memory": self.memory,
            "free": self.free,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Forecast:
        return Forecast(
            tuple(Estimate.from_json(one) for one in data["items"]),
            tuple(Need(**one) for one in data["needs"]),
            tuple(data["restricted"]),
            tuple(Disk(**one) for one in data["disks"]),
            data["device"],
            data["memory"],
            data["free"],
        )
