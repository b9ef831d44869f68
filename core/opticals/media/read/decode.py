"""Reads frames of a medium by number, exactly, at any position."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from contextlib import ExitStack, closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from opticals.errors import MediaError
from opticals.media.colour.planes import planes
from opticals.media.facts import AS_TAGGED, Interpretation
from opticals.media.read.container import opened, picture
from opticals.media.read.fields import deinterlaced
from opticals.media.read.samples import decoded
from opticals.media.read.timing import stored_at
from opticals.media.read.upright import sideways, upright

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    from opticals.media.sequence import reading as sequences

    reader: Reader
    reader = (
        sequences.reading(media, interpretation)
        if media.is_sequence
        else _Film(media, interpretation)
    )
    with closing(reader):
        yield reader


class Film:
    """The frames of a film as its file holds them, fields made whole where that is asked for; not
    yet brought upright. Belongs to one thread.

    Args:
        threads: see `container.picture`.
    """

    def __init__(
        self, media: Media, interpretation: Interpretation = AS_TAGGED, threads: str = "AUTO"
    ) -> None:
        self._media = media
        self._stored = _Stored(media, threads)
        self._deinterlace = media.interlaced and interpretation.fields == "deinterlace"

    def close(self) -> None:
        """Gives the file back."""
        self._stored.close()

    def stored(self, frame: int) -> int:
        """Which stored frame a frame of the medium shows."""
        media = self._media
        if not media.is_conformed:
            return frame
        return stored_at(media.times, media.time_base, media.rate, frame)

    def frames(self, start: int, passing: bool = False) -> Iterator[tuple[int, av.VideoFrame]]:
        """Numbers and pictures of stored frames from `start` to the end; `passing`: those before
        it too that must be decoded on the way.

        Raises:
            MediaError: a frame is missing or damaged, or another than the medium's.
        """
        if not self._deinterlace:
            yield from self._stored.frames(start, passing)
            return
        before = self._stored.frames(max(start - 1, 0), passing)
        begun = False
        for number, frame in deinterlaced(before, self._media.field_order):
            # What the first one is made from is not all there.
            if number >= start or (passing and begun):
                yield number, frame
            begun = True


class _Film:
    """The pictures of a film: upright, at the rate they play at.

    Reading on from where the last read stopped does not seek.
    """

    def __init__(self, media: Media, interpretation: Interpretation) -> None:
        self._media = media
        self._film = Film(media, interpretation)
        self._next = 0
        self._pictures: Iterator[list[Tensor]] = iter(())
        self._seek(0)

    def close(self) -> None:
        """Gives the file back."""
        self._film.close()

    def read(self, start: int, stop: int) -> Iterator[list[Tensor]]:
        """See `Reader.read`."""
        if not 0 <= start <= stop <= self._media.frames:
            raise MediaError(
                f"{self._media.path} has no frames {start} to {stop - 1}.",
                f"It has {self._media.frames} frames, counted from 0.",
                "Choose a range inside the medium.",
            )
        if start < stop and not self._next <= start <= self._next + _STEP_OVER:
            self._seek(start)
        for index in range(self._next, stop):
            self._next = self._media.frames + 1  # after an error, nothing goes on from here
            picture = next(self._pictures)
            self._next = index + 1
            if index >= start:
                yield picture

    def _seek(self, start: int) -> None:
        self._next = start
        if self._media.is_conformed:
            self._pictures = self._conformed(start)
        else:
            self._pictures = (picture for _, picture in self._upright(start))

    def _conformed(self, start: int) -> Iterator[list[Tensor]]:
        """Pictures at the rate that the film is conformed to; one that stays is decoded once."""
        pictures = self._upright(self._film.stored(start))
        number, picture = next(pictures)
        for frame in range(start, self._media.frames):
            while number < self._film.stored(frame):
                number, picture = next(pictures)
            yield picture

    def _upright(self, start: int) -> Iterator[tuple[int, list[Tensor]]]:
        media = self._media
        for number, frame in self._film.frames(start):
            yield number, upright(planes(frame), media.rotation, media.mirrored)


class _Stored:
    """The frames of a film as its file holds them, decoded from any of them on."""

    def __init__(self, media: Media, threads: str) -> None:
        self._media = media
        self._threads = threads
        self._path = Path(media.path)
        self._count = len(media.times) - 1 if media.times else media.frames
        self._size = (media.width, media.height)
        if sideways(media.rotation):
            self._size = (media.height, media.width)
        self._opened = ExitStack()
        self._begin()

    def close(self) -> None:
        """Gives the file back."""
        self._opened.close()

    def frames(self, start: int, passing: bool) -> Iterator[tuple[int, av.VideoFrame]]:
        """See `Film.frames`."""
        if start != self._at and not self._seek(start):
            self._begin()
        for index in range(self._at, self._count):
            frame = self._frame(index)
            if passing or index >= start:
                yield index, frame

    def _begin(self) -> None:
        """Opens the file (again), and stands at its beginning."""
        self.close()
        self._container = self._opened.enter_context(opened(self._path))
        self._stream = picture(self._container, self._path, self._threads)
        self._found = self._numbered()
        self._at = 0

    def _seek(self, start: int) -> bool:
        """Goes to a key frame at or before `start` that the decoder really begins with.

        Containers file key frames by decoding time, so a seek may end at one that is shown
        after `start`; then further back.
        """
        import av

        for time, place in self._places(start):
            try:
                if place is None:
                    self._container.seek(time, stream=self._stream)
                else:
                    self._container.seek(place, unsupported_byte_offset=True)
                self._found = self._numbered()
                first = next(self._found, None)
            except av.FFmpegError:
                continue  # what is wrong shows when it is decoded from further back
            if first is None or first[0] > start or not first[1].key_frame:
                continue
            if place is not None and self._number(time) != first[0]:
                continue  # times are guessed after a jump into the middle of bytes
            self._found = chain((first,), self._found)
            self._at = first[0]
            return True
        return False

    def _places(self, start: int) -> Iterator[tuple[int, int | None]]:
        """Times (and bytes) to decode from, each further back than the one before."""
        media = self._media
        names = media.container.split(",")
        back = 0
        if not media.timed:
            return
        if media.keys:
            last = bisect_right(media.keys, (self._time(start), math.inf)) - 1
            while last - back >= 0:
                yield media.keys[last - back]
                back = back * 2 or 1
        elif any(name in _SEEKABLE for name in names):
            while start - back > 0:
                yield self._time(start - back), None
                back = back * 2 or _STEP_OVER

    def _frame(self, index: int) -> av.VideoFrame:
        """Frame `index`, which must be the next one."""
        import av

        self._at = -1  # until it is there
        try:
            number, frame = next(self._found, (None, None))
        except av.FFmpegError as error:
            raise self._damaged(index, f"{type(error).__name__}: {error}") from error
        if frame is None or number != index:
            raise self._damaged(index, "It is not in the file.")
        if frame.is_corrupt:
            raise self._damaged(index, "The decoder marks it as corrupt.")
        media = self._media
        if (frame.width, frame.height, frame.format.name) != (*self._size, media.pixel_format):
            width, height = self._size
            raise self._damaged(
                index,
                f"The picture changes from {width}x{height} {media.pixel_format} "
                f"to {frame.width}x{frame.height} {frame.format.name}.",
            )
        self._at = index + 1
        return frame

    def _numbered(self) -> Iterator[tuple[int, av.VideoFrame]]:
        """Decoded frames with their numbers, from where the container stands."""
        for count, frame in enumerate(decoded(self._container, self._stream)):
            time = frame.dts if frame.pts is None else frame.pts
            number = self._number(time) if self._media.timed else count
            if number is not None and number >= 0:
                yield number, frame

    def _number(self, time: int | None) -> int | None:
        """The frame that is shown at a time; None where none is."""
        media = self._media
        if time is None:
            return None
        if not media.times:
            return round((time - media.first_pts) * media.time_base * media.rate)
        found = bisect_left(media.times, time, hi=self._count)
        return found if media.times[found] == time else None

    def _time(self, frame: int) -> int:
        """When a frame is shown, as near as the medium's rate says it."""
        media = self._media
        if media.times:
            return media.times[frame]
        return int(media.first_pts + frame / media.rate / media.time_base)

    def _damaged(self, index: int, why: str) -> MediaError:
        if not self._path.exists():
            why = "The file is gone; its drive may have been disconnected."
        return MediaError(
            f"{self._path}: frame {index} cannot be decoded.",
            why,
            "Copy the medium again from its source, or choose a range without this frame.",
        )
