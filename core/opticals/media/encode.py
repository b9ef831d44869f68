"""Writes planes as one encoded file: a segment of a render."""

from __future__ import annotations

import errno
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from opticals.errors import FormatError, OutputError
from opticals.media.planes import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    import av
    from torch import Tensor

    from opticals.media.formats import Encoding

CONTAINER_OPTIONS = {"fflags": "+bitexact"}


class Writer:
    """One file of frames. The same frames give the same bytes.

    Leaving its context closes the file; leaving it through an error removes it.
    """

    def __init__(self, path: Path, encoding: Encoding, threads: int = 0) -> None:
        """Opens the file; `threads` (0 is all) is obeyed where it does not change the bits.

        Raises:
            OutputError: the file cannot be written.
            FormatError: the encoder refuses the picture.
        """
        import av

        self._path = Path(path)
        self._encoding = encoding
        self._frames = 0
        with writing(self._path):
            self._path.touch()  # libav would say it with the first packet
            self._container = av.open(
                str(path), "w", format=encoding.container, options=CONTAINER_OPTIONS
            )
        stream = self._container.add_stream(encoding.encoder, rate=encoding.rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = encoding.width, encoding.height
        stream.pix_fmt = encoding.pixel_format
        stream.options = dict(encoding.options)
        context = stream.codec_context
        context.time_base = 1 / encoding.rate
        context.sample_aspect_ratio = encoding.pixel_aspect
        context.thread_count = encoding.threads or threads
        context.flags |= av.codec.context.Flags.bitexact
        tags = encoding.tags
        context.color_range = tags.range
        context.color_primaries = tags.primaries
        context.color_trc = tags.transfer
        context.colorspace = tags.matrix
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()

    def write(self, planes: Sequence[Tensor]) -> None:
        """The next frame, in the encoding's pixel format.

        Raises:
            OutputError: no space is left, or the file cannot be written.
            FormatError: the encoder refuses the picture.
        """
        frame = frame_of(planes, self._encoding.pixel_format)
        tags = self._encoding.tags
        frame.color_range = tags.range
        frame.color_primaries = tags.primaries
        frame.color_trc = tags.transfer
        frame.colorspace = tags.matrix
        frame.pts = self._frames
        frame.time_base = 1 / self._encoding.rate
        self._frames += 1
        self._encode(frame)

    def close(self) -> None:
        """Finishes the file.

        Raises:
            OutputError: no space is left, or the file cannot be written.
        """
        try:
            self._encode(None)
            with writing(self._path):
                self._container.close()
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Closes and removes the unfinished file."""
        import av

        with suppress(av.FFmpegError, OSError):  # it is thrown away
            self._container.close()
        self._path.unlink(missing_ok=True)

    def _encode(self, frame: av.VideoFrame | None) -> None:
        import av

        try:
            packets = self._stream.encode(frame)
        except av.FFmpegError as error:
            raise FormatError.wrap(
                f"{self._encoding.encoder} cannot encode {self._encoding.width}x"
                f"{self._encoding.height} {self._encoding.pixel_format}.",
                error,
                "Choose another format.",
            ) from error
        with writing(self._path):
            self._container.mux(packets)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what goes wrong while writing `path` into an OutputError."""
    import av

    try:
        yield
    except (av.FFmpegError, OSError) as error:
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise OutputError.wrap(
            f"{path} cannot be written.",
            error,
            "Free some space on this drive, or choose another folder."
            if full
            else "Check that the folder is there and that you may write to it.",
        ) from error
