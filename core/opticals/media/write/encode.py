"""Writes planes as one encoded file: a segment of a render."""

from __future__ import annotations

import errno
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from opticals.errors import DiskFull, FormatError, OutputError
from opticals.media.colour.planes import frame_of, planes
from opticals.media.write.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    import av
    from av import Packet
    from av.container import OutputContainer
    from av.video.stream import VideoStream
    from torch import Tensor

    from opticals.media.sequence.writing import SequenceWriter
    from opticals.media.write.encoding import Encoding

CONTAINER_OPTIONS = {"fflags": "+bitexact"}

# Of frames that hold two fields: libav's name of the order in a file whose lines are woven, as
# they always are here, and in a frame.
_WOVEN = {"top": "tb", "bottom": "bt"}
_FIRST = {"top": "tff", "bottom": "bff"}


def writer_of(path: Path, encoding: Encoding, threads: int = 0) -> Writer | SequenceWriter:
    """What writes a segment in this encoding; see `Writer`."""
    if encoding.pictures is None:
        return Writer(path, encoding, threads)
    from opticals.media.sequence.writing import SequenceWriter

    return SequenceWriter(path, encoding, threads)


@dataclass(frozen=True)
class Blank:
    """Planes to fill with a picture. Of a film they are a frame's own memory, so that nothing
    is copied on the way to the encoder."""

    planes: list[Tensor]
    frame: av.VideoFrame | None = None

    @staticmethod
    def of(encoding: Encoding) -> Blank:
        """For the next frame; each is used once, because encoders hold on to theirs."""
        import av
        import torch

        kind, width, height = encoding.coding.layout, encoding.width, encoding.height
        if encoding.pictures is None:
            frame = av.VideoFrame(width, height, encoding.pixel_format)
            return Blank(planes(frame), frame)
        return Blank([torch.empty(one, dtype=kind.dtype) for one in kind.shapes(width, height)])


class Encoder:
    """An encoder at work: pictures in, packets out, numbered in the order of frames."""

    def __init__(self, container: OutputContainer, encoding: Encoding, threads: int = 0) -> None:
        """Adds its stream to `container`; `threads` (0 is all) is obeyed where it does not
        change the bits."""
        import av

        self._encoding = encoding
        self._container = container
        self._format = FORMATS[encoding.format]
        self._packed = self._format.packed.get(encoding.pixel_format)
        self._frames = self._packets = 0
        stream = container.add_stream(encoding.encoder, rate=encoding.rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = encoding.width, encoding.height
        stream.pix_fmt = self._packed or encoding.pixel_format
        stream.options = dict(_options(encoding))
        context = stream.codec_context
        if encoding.encoder == "libx265":
            context.codec_tag = "hvc1"  # QuickTime reads no other
        context.time_base = 1 / encoding.rate
        context.sample_aspect_ratio = encoding.pixel_aspect
        context.thread_count = encoding.threads or threads
        context.flags |= av.codec.context.Flags.bitexact
        if encoding.field_order != "progressive":
            context.flags |= av.codec.context.Flags.interlaced_dct
        tags = encoding.tags
        context.color_range = tags.range
        context.color_primaries = tags.primaries
        context.color_trc = tags.transfer
        context.colorspace = tags.matrix
        self.stream = stream
        self._fields = _field_setter(encoding)

    def start(self) -> None:
        """Opens it before the first picture: what its packets are in is known then.

        Raises:
            FormatError: it refuses the picture.
        """
        with self._refusals():
            self._container.start_encoding()

    def encode(
        self, planes: Sequence[Tensor], frame: av.VideoFrame | None = None
    ) -> list[Packet[VideoStream]]:
        """The packets that come of the next picture; see `Writer.write`."""
        frame = frame or frame_of(planes, self._encoding.pixel_format)
        if self._packed is not None:
            frame = frame.reformat(format=self._packed)
        tags = self._encoding.tags
        frame.color_range = tags.range
        frame.color_primaries = tags.primaries
        frame.color_trc = tags.transfer
        frame.colorspace = tags.matrix
        frame.pts = self._frames
        frame.time_base = 1 / self._encoding.rate
        self._frames += 1
        if self._fields is not None:
            self._fields.vpush(frame)
            frame = self._fields.vpull()
        return self._taken(frame)

    def flush(self) -> list[Packet[VideoStream]]:
        """The packets that were still to come."""
        return self._taken(None)

    def _taken(self, frame: av.VideoFrame | None) -> list[Packet[VideoStream]]:
        with self._refusals():
            packets = self.stream.encode(frame)
        for packet in packets:
            # x265 leaves chance values where it is given fewer frames than it looks ahead.
            packet.time_base = 1 / self._encoding.rate
            packet.dts = self._packets - self._format.reorder
            self._packets += 1
        return packets

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        import av

        try:
            yield
        except av.FFmpegError as error:
            raise FormatError.wrap(
                f"{self._encoding.encoder} cannot encode {self._encoding.width}x"
                f"{self._encoding.height} {self._encoding.pixel_format}.",
                error,
                "Choose another format.",
            ) from error


class Writer:
    """One file of frames by an encoder of its own. The same frames give the same bytes.

    Leaving its context closes the file; leaving it through an error removes it.
    """

    def __init__(self, path: Path, encoding: Encoding, threads: int = 0) -> None:
        """Opens the file.

        Raises:
            OutputError: the file cannot be written.
            FormatError: the encoder refuses the picture.
        """
        self._path = Path(path)
        self._container = opened_for_writing(self._path, encoding)
        self._encoder = Encoder(self._container, encoding, threads)

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

    def write(self, planes: Sequence[Tensor], frame: av.VideoFrame | None = None) -> None:
        """The next frame, in the encoding's pixel format: the planes of `frame`, or planes that
        may be used again.

        Raises:
            OutputError: no space is left, or the file cannot be written.
            FormatError: the encoder refuses the picture.
        """
        self._mux(self._encoder.encode(planes, frame))

    def close(self) -> None:
        """Finishes the file.

        Raises:
            OutputError: no space is left, or the file cannot be written.
        """
        try:
            self._mux(self._encoder.flush())
            with writing(self._path):
                self._container.close()
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Closes and removes the unfinished file."""
        discard(self._container, self._path)

    def _mux(self, packets: Sequence[Packet[VideoStream]]) -> None:
        with writing(self._path):
            self._container.mux(packets)


def opened_for_writing(path: Path, encoding: Encoding) -> OutputContainer:
    """A new file for a segment in this encoding.

    Raises:
        OutputError: it cannot be written.
    """
    import av

    with writing(path):
        path.touch()  # libav would say it with the first packet
        return av.open(
            str(path),
            "w",
            format=FORMATS[encoding.format].segment.muxer,
            options=CONTAINER_OPTIONS,
        )


def stream_like(
    output: OutputContainer, template: VideoStream, encoding: Encoding, muxer: str
) -> VideoStream:
    """A stream for packets of `template`, which are not encoded again."""
    stream = output.add_stream_from_template(template)
    # Without its tag ProRes 4444 is filed as 422 HQ, and without the rate MXF refuses.
    if muxer != "matroska" or encoding.encoder.startswith("prores"):
        stream.codec_context.codec_tag = template.codec_context.codec_tag
    stream.codec_context.framerate = encoding.rate
    stream.codec_context.sample_aspect_ratio = encoding.pixel_aspect
    stream.time_base = 1 / encoding.rate
    return stream


def discard(container: OutputContainer, path: Path) -> None:
    """Closes and removes an unfinished file."""
    import av

    with suppress(av.FFmpegError, OSError):  # it is thrown away
        container.close()
    path.unlink(missing_ok=True)


def _options(encoding: Encoding) -> Mapping[str, str]:
    """The encoder's, with what libav has no other way to say."""
    options = {**encoding.options, "field_order": _WOVEN.get(encoding.field_order, "progressive")}
    if encoding.encoder == "libx264" and encoding.field_order in _FIRST:
        # Frames say it too, but too late for x264's header.
        words = [options.get("x264-params", ""), f"{_FIRST[encoding.field_order]}=1"]
        options["x264-params"] = ":".join(filter(None, words))
    if encoding.stated_siting:
        options["chroma_sample_location"] = encoding.stated_siting.replace("_", "")
    return options


def _field_setter(encoding: Encoding) -> av.filter.Graph | None:
    """Marks frames with the order of their fields, which PyAV can only do by a filter."""
    import av

    if encoding.field_order == "progressive":
        return None
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add_buffer(
            width=encoding.width,
            height=encoding.height,
            format=av.VideoFormat(
                FORMATS[encoding.format].packed.get(encoding.pixel_format, encoding.pixel_format)
            ),
            time_base=1 / encoding.rate,
        ),
        graph.add("setparams", f"field_mode={_FIRST[encoding.field_order]}"),
        graph.add("buffersink"),
    ).configure()
    return graph


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what goes wrong while writing `path` into an OutputError."""
    import av

    try:
        yield
    except (av.FFmpegError, OSError) as error:
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        what = f"{path} cannot be written."
        if full:
            raise DiskFull.wrap(what, error, "Free some space on this drive.") from error
        remedy = "Check that the folder is there and that you may write to it."
        raise OutputError.wrap(what, error, remedy) from error
