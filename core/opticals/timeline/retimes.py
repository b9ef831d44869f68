"""The speed of items: OTIO's time effects read and written.

In memory an item's `source_range.duration` is its length on the record track, whatever its speed;
its pictures begin at `source_range.start_time` and go on at `time_scalar`. Backwards it shows the
frames that it would show forwards, in the other order. Files that mean otherwise are brought to
this when they are read (`dialects`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from opentimelineio.schema import FreezeFrame, LinearTimeWarp, TimeEffect

from opticals.errors import ShotError

if TYPE_CHECKING:
    from opentimelineio.core import Item

# Scalars are doubles: 119/60 comes as 1.98333333333. Finer than one frame in a day.
_FINEST = 100_000


def time_effects(item: Item) -> list[TimeEffect]:
    """Those of its effects that change its time: one that is switched off does not."""
    return [one for one in item.effects if isinstance(one, TimeEffect) and one.enabled]


def speed_of(item: Item) -> Fraction:
    """Source time per record time: 1, 0 for a freeze frame, below 0 backwards.

    Raises:
        ShotError: it has an effect on its time that is not linear, or a speed that is no number.
    """
    speed = Fraction(1)
    for effect in time_effects(item):
        if isinstance(effect, FreezeFrame):
            return Fraction(0)
        if not isinstance(effect, LinearTimeWarp):
            raise ShotError(
                f"“{item.name}” is retimed by “{effect.name or effect.schema_name()}”.",
                "Its frames can be followed through constant speeds and freeze frames alone.",
                "Bake that retime in the editing program first.",
            )
        if not abs(effect.time_scalar) < 1e6:
            raise ShotError(
                f"“{item.name}” has a speed of {effect.time_scalar}.",
                remedy="Export the edit again from the program that wrote it.",
            )
        speed *= Fraction(effect.time_scalar).limit_denominator(_FINEST)
    return speed


def set_speed(item: Item, speed: Fraction) -> None:
    """Let `item` play at `speed` and drop what else changed its time."""
    dropped = time_effects(item)
    kept = [one for one in item.effects if one not in dropped]
    if speed == 0:
        kept.insert(0, FreezeFrame())
    elif speed != 1:
        kept.insert(0, LinearTimeWarp(time_scalar=float(speed)))
    item.effects[:] = kept
