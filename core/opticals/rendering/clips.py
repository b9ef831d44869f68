"""Media that settings name beside the one that is rendered: a background, a shot to match."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from typing import TYPE_CHECKING

from opticals.media.colour import views
from opticals.media.colour.converter import Converter
from opticals.media.colour.planes import UNTAGGED
from opticals.media.facts import AS_TAGGED, require_readable
from opticals.media.read import probe
from opticals.media.read.decode import reading

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from opticals.media.colour.views import View


class OpenClip:
    """A medium whose frames are asked for one by one; see `opticals.declaration.Clip`.

    Args:
        untagged: how a display shows it where it does not say so itself; None: as it is.

    Raises:
        MediaError: it is not there, or cannot be read.
    """

    def __init__(self, path: str, device: torch.device, untagged: View | None = None) -> None:
        media = probe.probe(path)
        require_readable(media, AS_TAGGED)
        self.frames: int = media.frames
        self.rate: Fraction = media.rate
        silent = media.tags.transfer == UNTAGGED
        self._view = untagged if silent else views.view_of(media.tags)
        self._converter = Converter(media.coding, media.coding, device)
        self._open = ExitStack()
        self._reader = self._open.enter_context(reading(media))
        self._last: tuple[int, Tensor] | None = None

    def at(self, index: int) -> Tensor:
        """Frame `index`, `[3 or 4, H, W]` RGB; the nearest one at the ends."""
        index = min(max(index, 0), self.frames - 1)
        if self._last is None or self._last[0] != index:
            (planes,) = self._reader.read(index, index + 1)
            self._last = index, self._converter.to_rgb(planes)
        return self._last[1]

    def shown(self, index: int) -> Tensor:
        """Its colours alone as a display shows them, `[3, H, W]`."""
        pixels = self.at(index)[:3]
        return pixels if self._view is None else self._view.to_display(pixels)

    def close(self) -> None:
        """Gives the file back."""
        self._open.close()
