"""Mattes: media whose alpha, or else luma, is a mask."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from opticals.errors import MediaError
from opticals.media.colour.converter import Converter
from opticals.media.facts import Interpretation, require_readable
from opticals.media.read import probe
from opticals.media.read.decode import reading
from opticals.vision.luma import luma
from opticals.vision.resize import resized

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.media.facts import Media
    from opticals.media.read.decode import Reader

_LOOKS = 9  # frames of a matte that tell whether its alpha says anything

# The lines of an interlaced matte lie as those of its medium do.
_AS_STORED = Interpretation(fields="keep")


class Matte:
    """A film, a sequence or a still over another medium; see `opticals.masks.Source`.

    Its frames belong to those of the medium by timecode, where both carry it and the matte
    covers the selection; else, where it is as long as the medium, or as the selection, frame for
    frame. A still belongs to all. Outside the matte its nearest frame is held.

    Args:
        path: of the matte.
        media: what it is for.
        first, frames: the selected frames of the medium.

    Raises:
        MediaError: it is not there, cannot be read, or is of another shape or length.
    """

    def __init__(self, path: str, media: Media, first: int, frames: int) -> None:
        self._matte = probe.probe(path)
        require_readable(self._matte, _AS_STORED)
        self._size = media.height, media.width
        _require_aspect(self._matte, media)
        self._offset = _offset(self._matte, media, first, frames)
        self._converter = Converter(self._matte.coding, self._matte.coding)
        self._open = ExitStack()
        self._reader: Reader | None = None
        self._by_alpha = self._matte.alpha and self._has_holes()

    @property
    def key(self) -> str:
        return f"{self._offset} {'alpha' if self._by_alpha else 'luma'}"

    def shown(self, frame: int) -> int:
        return min(max(frame + self._offset, 0), self._matte.frames - 1)

    def at(self, frame: int) -> Tensor:
        picture = self._picture(self.shown(frame))
        matte = picture[3:] if self._by_alpha else luma(picture[:3].nan_to_num(0, 1, 0))
        return resized(matte.nan_to_num(0, 1, 0).clamp(0, 1), *self._size)

    def known(self, frame: int) -> bool:
        return self._matte.frames == 1 or 0 <= frame + self._offset < self._matte.frames

    def close(self) -> None:
        self._reader = None
        self._open.close()

    def _has_holes(self) -> bool:
        """Whether the alpha says anything: programs write opaque ones beside black and white.

        Some frames over the whole matte tell, so that it is the same for any selection.
        """
        last = self._matte.frames - 1
        looked_at = sorted({last * part // (_LOOKS - 1) for part in range(_LOOKS)})
        try:
            return any(bool((self._picture(index)[3] < 1).any()) for index in looked_at)
        finally:
            self.close()

    def _picture(self, index: int) -> Tensor:
        """A frame of the matte, `[3 or 4, H, W]`."""
        if self._reader is None:
            self._reader = self._open.enter_context(reading(self._matte, _AS_STORED))
        (planes,) = self._reader.read(index, index + 1)
        return self._converter.to_rgb(planes)


def _require_aspect(matte: Media, media: Media) -> None:
    """Raises a `MediaError` unless the matte is of the medium's shape, in pixels or as shown."""
    rounding = max(media.width, media.height)  # of the matte's sides to whole pixels
    across, down = matte.width * media.height, matte.height * media.width
    shown = across * matte.pixel_aspect / media.pixel_aspect
    if abs(across - down) > rounding and abs(shown - down) > rounding:
        raise MediaError(
            f"The matte {matte.path} has another shape than the picture.",
            f"It is {matte.width}x{matte.height}, {media.path} is {media.width}x{media.height}.",
            "Make the matte of the whole picture, at any size of the same shape.",
        )


def _offset(matte: Media, media: Media, first: int, frames: int) -> int:
    """What to add to a frame of the medium for the matte's own."""
    if matte.frames == 1:
        return 0
    if matte.start is not None and media.start is not None and matte.rate == media.rate:
        offset = media.start - matte.start
        if first + offset >= 0 and first + offset + frames <= matte.frames:
            return offset
    if matte.frames == media.frames:
        return 0
    if matte.frames == frames:
        return -first
    raise MediaError(
        f"The matte {matte.path} is of another length.",
        f"It has {matte.frames} frames; {media.path} has {media.frames}, "
        f"and {frames} of them, from {first} on, are selected. "
        "By timecode it does not cover them either.",
        "Make the matte as long as the medium or as the selection, or one picture for all.",
    )
