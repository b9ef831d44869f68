"""Masks: where effects work, as shapes drawn with keyframes or as mattes.

A mask is a file. One that ends in `.json` holds drawn shapes (`opticals.masks.shapes`); any
other is a medium, whose alpha is the mask, or its luma where it has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from opticals.masks.shapes import SUFFIX, Shapes

if TYPE_CHECKING:
    from collections.abc import Hashable

    from torch import Tensor

    from opticals.declaration import Masked
    from opticals.media.facts import Media


class Source(Protocol):
    """Where a mask comes from, as it was drawn or filmed."""

    def shown(self, frame: int) -> Hashable:
        """What a frame of the medium shows; frames that show the same have the same mask."""

    def at(self, frame: int) -> Tensor:
        """`[1, H, W]` 0..1, of the medium's size, on the CPU, at a frame of the medium."""

    def known(self, frame: int) -> bool:
        """Whether it has a mask of a frame of the medium, and does not hold the nearest."""

    @property
    def key(self) -> str:
        """What else than its file it depends on."""

    def close(self) -> None:
        """Gives back what is open."""


class Mask:
    """A mask over a whole medium, grown, then feathered, then inverted as settings say.

    Belongs to one thread. Frames may be asked for in any order; in rising order nothing is read
    twice.
    """

    def __init__(self, source: Source, settings: Masked) -> None:
        self._source = source
        self._settings = settings
        self._last: tuple[Hashable, Tensor] | None = None

    @property
    def key(self) -> str:
        """How its frames were found to belong to the medium's, beyond its file and settings."""
        return self._source.key

    def at(self, frame: int) -> Tensor:
        """`[1, H, W]` 0..1, of the medium's size, on the CPU, at a frame of the medium.

        Not to be written to.

        Raises:
            MediaError: a matte is damaged there.
        """
        shown = self._source.shown(frame)
        if self._last is None or self._last[0] != shown:
            self._last = shown, self._finished(self._source.at(frame))
        return self._last[1]

    def known(self, frame: int) -> bool:
        """Whether it has a mask of a frame of the medium, and does not hold the nearest."""
        return self._source.known(frame)

    def close(self) -> None:
        """Gives back what is open; asking again opens it again."""
        self._last = None
        self._source.close()

    def _finished(self, mask: Tensor) -> Tensor:
        from opticals.masks.edges import softened

        mask = softened(mask, self._settings.grow, self._settings.feather)
        return 1 - mask if self._settings.invert else mask


def load(settings: Masked, media: Media, first: int, frames: int) -> Mask:
    """The mask that settings name, grown, feathered and inverted as they say.

    Args:
        media: what it is for.
        first, frames: the selected frames of the medium.

    Raises:
        MediaError: it is not there, cannot be read, or is of another shape or length.
    """
    source: Source
    if settings.mask.lower().endswith(SUFFIX):
        from opticals.masks.drawn import Drawn

        source = Drawn(Shapes.read(settings.mask), media.height, media.width)
    else:
        from opticals.masks.matte import Matte

        source = Matte(settings.mask, media, first, frames)
    return Mask(source, settings)
