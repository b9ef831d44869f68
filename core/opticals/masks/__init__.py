"""Masks: where effects work, as shapes drawn with keyframes or as mattes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.declaration import Masked
    from opticals.media.facts import Media


class Mask:
    """A mask over a whole medium."""

    def at(self, frame: int) -> Tensor:
        """`[1, H, W]` 0..1, of the medium's size, on the CPU, at a frame of the medium."""
        raise NotImplementedError


def load(settings: Masked, media: Media, first: int, frames: int) -> Mask:
    """The mask that settings name, grown, feathered and inverted as they say.

    Args:
        media: what it is for.
        first, frames: the selected frames of the medium.

    Raises:
        MediaError: it is not there, cannot be read, or is of another shape or length.
    """
    raise NotImplementedError
