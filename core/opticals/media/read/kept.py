"""Frames that were read lately, for who looks at the same ones again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from opticals.media.facts import AS_TAGGED, Interpretation
from opticals.media.read import probe
from opticals.media.read.decode import Reader, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from opticals.media.facts import Media

BUDGET = 400_000_000  # bytes of decoded frames


class KeptFrames:
    """Frames of one medium, the one that was read last. Its file stays open, so that reading on
    does not seek, until another is read or `close`."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._lock = threading.RLock()
        self._key: object = None
        self._frames: OrderedDict[int, list[Tensor]] = OrderedDict()
        self._bytes = 0
        self._opened = ExitStack()
        self._reader: Reader | None = None

    @contextmanager
    def reading(self, media: Media, interpretation: Interpretation = AS_TAGGED) -> Iterator[Reader]:
        """As `decode.reading`, of which it is the quicker way the second time."""
        key = (media, interpretation, probe.identity(media.path))
        with self._lock:
            if key != self._key:
                self.close()
                self._key = key
            yield _Reader(self, media, interpretation)

    def close(self) -> None:
        """Forgets all of it, and gives the file back."""
        with self._lock:
            self._key = None
            self._frames.clear()
            self._bytes = 0
            self._shut()

    def read(
        self, media: Media, interpretation: Interpretation, start: int, stop: int
    ) -> Iterator[list[Tensor]]:
        """Frames `start` to `stop`; see `Reader.read`."""
        for index in range(start, stop):
            if index in self._frames:
                self._frames.move_to_end(index)
            else:
                self._keep(index, self._read(media, interpretation, index))
            yield self._frames[index]

    def _read(self, media: Media, interpretation: Interpretation, index: int) -> list[Tensor]:
        if self._reader is None:
            self._reader = self._opened.enter_context(reading(media, interpretation))
        try:
            (frame,) = self._reader.read(index, index + 1)
        except BaseException:
            self._shut()  # it does not go on after an error
            raise
        return frame

    def _keep(self, index: int, frame: list[Tensor]) -> None:
        self._frames[index] = frame
        self._bytes += _bytes(frame)
        while self._bytes > self._budget and len(self._frames) > 1:
            self._bytes -= _bytes(self._frames.popitem(last=False)[1])

    def _shut(self) -> None:
        self._reader = None
        self._opened.close()


class _Reader:
    """A `Reader` of frames that are kept."""

    def __init__(self, kept: KeptFrames, media: Media, interpretation: Interpretation) -> None:
        self._kept, self._media, self._interpretation = kept, media, interpretation

    def read(self, start: int, stop: int) -> Iterator[list[Tensor]]:
        """See `Reader.read`."""
        return self._kept.read(self._media, self._interpretation, start, stop)

    def close(self) -> None:
        """The file is given back with the frames."""


def _bytes(frame: list[Tensor]) -> int:
    return sum(plane.numel() * plane.element_size() for plane in frame)
