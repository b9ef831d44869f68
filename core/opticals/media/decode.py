"""Reads frames of a medium by number, exactly, at any position."""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from opticals.errors import MediaError
from opticals.media.container import opened, picture
from opticals.media.facts import AS_TAGGED, Interpretation
from opticals.media.planes import planes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import av
    from torch import Tensor

    from opticals.media.facts import Media

# Containers whose frames carry the right times after a seek. In others (MPEG program streams
# are off by a frame and a half) every jump decodes from the beginning.
_SEEKABLE = ("mov", "matroska", "avi", "mxf")

# Decoding on is cheaper than a seek, which begins at a key frame before.
_STEP_OVER = 16


class Reader(Protocol):
    """The pictures of one medium. Belongs to one thread."""

    def read(self, start: int, stop: int) -> Iterator[list[Tensor]]:
        """Frames `start` to `stop`, the end not included, one by one: their upright planes as
        `Media.coding` describes them, not to be written to.

        Raises:
            MediaError: the medium has no such frames, or one of them is missing or damaged.
        """

    def close(self) -> None:
        """Gives the file back."""


@contextmanager
def reading(media: Media, interpretation: Interpretation = AS_TAGGED) -> Iterator[Reader]:
    """A reader of the medium, closed in the end."""
    with closing(_Film(media)) as reader:
        yield reader


class _Film:
    """The frames of a film.

    Reading on from where the last read stopped does not seek.
    """

    def __init__(self, media: Media) -> None:
        self._media = media
        self._path = Path(media.path)
        self._next = 0
        self._open()

    def close(self) -> None:
        """Gives the file back."""
        self._frames.close()
        self._opened.__exit__(None, None, None)

    def read(self, start: int, stop: int) -> Iterator[list[Tensor]]:
        """See `Reader.read`."""
        if not 0 <= start <= stop <= self._media.frames:
            raise MediaError(
                f"{self._path} has no frames {start} to {stop - 1}.",
                f"It has {self._media.frames} frames, counted from 0.",
                "Choose a range inside the medium.",
            )
        if start < stop and not self._next <= start <= self._next + _STEP_OVER:
            self._seek(start)
        for index in range(self._next, stop):
            frame = self._decode(index)
            if index >= start:
                yield planes(frame)

    def _open(self) -> None:
        self._opened = opened(self._path)
        self._container = self._opened.__enter__()
        self._stream = picture(self._container, self._path)
        self._frames = self._numbered()
        self._next = 0

    def _seek(self, start: int) -> None:
        """Goes to a key frame at or before `start` that the decoder really begins with.

        Containers file key frames by decoding time, so a seek may end at one that is shown
        after `start`; then further back, at last from the beginning.
        """
        import av

        media = self._media
        names = self._container.format.name.split(",")
        back = 0 if any(name in _SEEKABLE for name in names) else start
        while start - back > 0:
            time = media.first_pts + (start - back) / media.rate / media.time_base
            try:
                self._container.seek(int(time), stream=self._stream)
                self._frames = self._numbered()
                first = next(self._frames, None)
            except av.FFmpegError:
                first = None  # what is wrong shows when it is decoded from further back
            if first is not None and first[0] <= start and first[1].key_frame:
                self._frames = _prepend(first, self._frames)
                self._next = first[0]
                return
            back = back * 2 or _STEP_OVER
        self.close()
        self._open()

    def _decode(self, index: int) -> av.VideoFrame:
        """Frame `index`, which must be the next one."""
        import av

        try:
            number, frame = next(self._frames, (None, None))
        except av.FFmpegError as error:
            raise self._damaged(index, f"{type(error).__name__}: {error}") from error
        if frame is None or number != index:
            raise self._damaged(index, "It is not in the file.")
        if frame.is_corrupt:
            raise self._damaged(index, "The decoder marks it as corrupt.")
        media = self._media
        if (frame.width, frame.height, frame.format.name) != (
            media.width,
            media.height,
            media.pixel_format,
        ):
            raise self._damaged(
                index,
                f"The picture changes from {media.width}x{media.height} {media.pixel_format} "
                f"to {frame.width}x{frame.height} {frame.format.name}.",
            )
        self._next = index + 1
        return frame

    def _numbered(self) -> Generator[tuple[int, av.VideoFrame]]:
        """Decoded frames with their numbers, from where the container stands."""
        media = self._media
        for frame in self._container.decode(self._stream):
            time = frame.dts if frame.pts is None else frame.pts
            if time is not None:
                yield round((time - media.first_pts) * media.time_base * media.rate), frame

    def _damaged(self, index: int, why: str) -> MediaError:
        return MediaError(
            f"{self._path}: frame {index} cannot be decoded.",
            why,
            "Copy the medium again from its source, or choose a range without this frame.",
        )


def _prepend(
    first: tuple[int, av.VideoFrame], rest: Iterator[tuple[int, av.VideoFrame]]
) -> Generator[tuple[int, av.VideoFrame]]:
    yield first
    yield from rest
