"""Which pictures the viewer process is asked for, for what the edit shows at a record frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from opticals.viewer.sight import Mix, Sight
from opticals_ui.viewer.seen import Part

if TYPE_CHECKING:
    from opticals.media.facts import Interpretation
    from opticals.timeline.footage import Footage
    from opticals_ui.viewer.reel import Layer


@dataclass(frozen=True)
class Asked:
    """How pictures are asked for: the rate of the edit, how a medium (by its path) is read, the box
    that pictures are fitted into, and the LUT that they are seen through."""

    rate: Fraction
    interpretation: Callable[[str], Interpretation]
    box: tuple[int, int]
    lut: str


def part_of(layers: Sequence[Layer], record: int, how: Asked, original: bool) -> Part:
    """The first of the layers at a record frame, over the others.

    Args:
        original: as it is without renders.
    """
    layer = layers[0]
    if layer.footage is None or (layer.other is not None and layer.other.footage is None):
        return Part(layer.item, None)
    footage, version = _footage(layer, original)
    part = Part(layer.item, footage, version, None, layer.crossing)
    sight = _sight(footage, record, how)
    if sight is None or layer.share is None:
        return replace(part, sight=sight)
    if layer.other is None:
        mix = Mix(layer.share, clear=len(layers) > 1)
        return replace(part, sight=replace(sight, mix=mix))
    other = _sight(_footage(layer.other, original)[0], record, how)
    if other is not None:
        mix = Mix(layer.share, other.path, other.frame, other.interpretation)
        sight = replace(sight, mix=mix)
    return replace(part, sight=sight)


def _footage(layer: Layer, original: bool) -> tuple[Footage, str]:
    """What a layer shows, and the name of the version that this is."""
    found = layer.footage
    assert found is not None
    footage = found.original if original and found.original is not None else found.shown
    return footage, found.version if footage is found.shown else found.against


def _sight(footage: Footage, record: int, how: Asked) -> Sight | None:
    """None where there is no picture to ask for."""
    if footage.time is None or footage.path is None or footage.error is not None:
        return None
    path = str(footage.path)
    frame = footage.frame(record)
    return Sight(path, frame, how.rate, how.interpretation(path), how.box, how.lut)
