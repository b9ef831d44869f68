"""The least and greatest levels of a medium's sound, searchable at any zoom."""

from __future__ import annotations

from dataclasses import dataclass

_FINER = 16  # how many pairs of a level one pair of the next, coarser level stands for
# Signed bytes as unsigned ones in the same order, so that `min` and `max` of bytes compare them.
_ORDERED = bytes((value + 128) % 256 for value in range(256))
SILENT = 128  # a level of nothing, in that order


@dataclass(frozen=True)
class Wave:
    """Levels of sound in ever coarser steps.

    Attributes:
        levels: of each step the least and the greatest levels, 1 to 255 with `SILENT` in the
            middle; the first has `per_second` of them a second.
        final: whether it is all of the medium.
    """

    levels: tuple[tuple[bytes, bytes], ...]
    per_second: int
    final: bool

    @staticmethod
    def of(data: bytes, per_second: int, final: bool) -> Wave:
        """From signed bytes, least and greatest in turn. Takes a while for long media."""
        data = data[: len(data) & ~1].translate(_ORDERED)
        low, high = data[0::2], data[1::2]
        levels = [(low, high)]
        while len(low) > _FINER * _FINER:
            low = bytes(min(low[at : at + _FINER]) for at in range(0, len(low), _FINER))
            high = bytes(max(high[at : at + _FINER]) for at in range(0, len(high), _FINER))
            levels.append((low, high))
        return Wave(tuple(levels), per_second, final)

    @property
    def silent(self) -> bool:
        """Whether the medium has no sound."""
        return self.final and not self.levels[0][0]

    @property
    def size(self) -> int:
        return sum(len(low) + len(high) for low, high in self.levels)

    def columns(self, start: float, step: float, count: int) -> list[tuple[int, int]]:
        """The least and greatest level of `count` columns of a picture.

        Args:
            start: where the first column begins, in seconds of the medium.
            step: seconds that a column stands for; below 0 where sound runs backwards.
        """
        low, high = self.levels[0]
        unit, level = abs(step) * self.per_second, 0
        while unit >= 2 * _FINER and level + 1 < len(self.levels):
            unit, level = unit / _FINER, level + 1
        low, high = self.levels[level]
        pairs = self.per_second / _FINER**level
        found, length = [], len(low)
        for column in range(count):
            one = (start + column * step) * pairs
            other = one + step * pairs
            first, last = (one, other) if one < other else (other, one)
            head = int(first) if first > 0 else 0
            tail = max(head + 1, int(last + 0.999))
            if head >= length or last <= 0:
                found.append((SILENT, SILENT))
            else:
                found.append((min(low[head:tail]), max(high[head:tail])))
        return found
