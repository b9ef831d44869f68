"""Consecutive segments of a render, each a file, through one encoder where that is the same.

To open an encoder can cost as much as several frames. One whose packets depend on nothing but
their own frame therefore stays open from segment to segment, and each gets its packets.
"""

from __future__ import annotations

import io
from collections import deque
from typing import TYPE_CHECKING, Protocol

from opticals.media.write.encode import (
    Encoder,
    discard,
    opened_for_writing,
    stream_like,
    writer_of,
    writing,
)
from opticals.media.write.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from av import Packet
    from av.video.stream import VideoStream

    from opticals.media.sequence.writing import SequenceWriter
    from opticals.media.write.encode import Blank, Writer
    from opticals.media.write.encoding import Encoding

    Finished = Callable[[Path], None]


class Segments(Protocol):
    """Files written one after the other; see `Writer` for what is raised."""

    def begin(self, path: Path) -> None:
        """Pictures from here on go to this file."""

    def write(self, picture: Blank) -> None:
        """The next picture."""

    def finish(self) -> None:
        """Completes every file."""

    def abandon(self) -> None:
        """Removes what is not complete."""


def segments_of(encoding: Encoding, finished: Finished) -> Segments:
    """Segments in this encoding; `finished` is told each file when it is complete and closed."""
    if FORMATS[encoding.format].independent:
        return _Through(encoding, finished)
    return _Apart(encoding, finished)


class _Apart:
    """An encoder for each segment."""

    def __init__(self, encoding: Encoding, finished: Finished) -> None:
        self._encoding = encoding
        self._finished = finished
        self._writer: Writer | SequenceWriter | None = None
        self._path: Path

    def begin(self, path: Path) -> None:
        self.finish()
        self._path, self._writer = path, writer_of(path, self._encoding)

    def write(self, picture: Blank) -> None:
        assert self._writer is not None
        self._writer.write(picture.planes, picture.frame)

    def finish(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()
            self._finished(self._path)

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.abandon()


class _Through:
    """One encoder for all segments. It may be some frames behind, into the next segments."""

    def __init__(self, encoding: Encoding, finished: Finished) -> None:
        import av

        self._encoding = encoding
        self._finished = finished
        muxer = FORMATS[encoding.format].segment.muxer
        # What is written here is thrown away: it gives the encoder a place to be.
        self._host = av.open(io.BytesIO(), "w", format=muxer)
        self._encoder = Encoder(self._host, encoding)
        self._files: deque[_File] = deque()
        self._written = self._packed = 0  # frames

    def begin(self, path: Path) -> None:
        self._encoder.start()
        self._files.append(_File(path, self._written, self._encoding, self._encoder.stream))
        self._close_complete()

    def write(self, picture: Blank) -> None:
        self._written += 1
        self._pack(self._encoder.encode(picture.planes, picture.frame))

    def finish(self) -> None:
        self._pack(self._encoder.flush())
        while self._files:
            self._close()

    def abandon(self) -> None:
        for file in self._files:
            discard(file.container, file.path)

    def _pack(self, packets: Sequence[Packet[VideoStream]]) -> None:
        for packet in packets:
            self._files[0].add(packet, self._packed)
            self._packed += 1
            self._close_complete()

    def _close_complete(self) -> None:
        while len(self._files) > 1 and self._files[1].first <= self._packed:
            self._close()

    def _close(self) -> None:
        file = self._files[0]
        with writing(file.path):
            file.container.close()
        self._files.popleft()
        self._finished(file.path)


class _File:
    """A segment that waits for packets, from frame `first` of the run on."""

    def __init__(self, path: Path, first: int, encoding: Encoding, template: VideoStream) -> None:
        self.path, self.first = path, first
        self.container = opened_for_writing(path, encoding)
        muxer = FORMATS[encoding.format].segment.muxer
        self._stream = stream_like(self.container, template, encoding, muxer)
        self._duration = 1 / encoding.rate

    def add(self, packet: Packet[VideoStream], number: int) -> None:
        packet.stream = self._stream
        packet.time_base = self._duration
        packet.pts = packet.dts = number - self.first
        packet.duration = 1
        with writing(self.path):
            self.container.mux_one(packet)
