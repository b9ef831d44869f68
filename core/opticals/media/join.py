"""Joins encoded segments into one file by copying packets; nothing is encoded twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals.errors import MediaError
from opticals.media.container import opened, picture
from opticals.media.encode import CONTAINER_OPTIONS, writing
from opticals.timeline.timecode import timecode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from av import Packet
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

    from opticals.media.formats import Encoding


def join(
    segments: Sequence[Path],
    target: Path,
    encoding: Encoding,
    *,
    start: int,
    drop_frame: bool,
    tape: str,
) -> int:
    """Writes `segments`, made by `Writer` with `encoding`, as one file to exactly `target`.

    The file carries the start timecode (a frame number and its counting) and the tape name.
    Returns the number of frames. On an error nothing is left at `target`.

    Raises:
        OutputError: the file cannot be written.
        MediaError: a segment is missing or damaged.
    """
    import av

    try:
        options = dict(CONTAINER_OPTIONS)
        if encoding.container == "mp4":
            options["movflags"] = "+use_metadata_tags"  # MP4 has no other place for a tape name
        with writing(target):
            output = av.open(str(target), "w", format=encoding.container, options=options)
        output.metadata["reel_name"] = tape
        output.metadata["timecode"] = timecode(start, encoding.rate, drop_frame)
        try:
            frames = _copy_all(segments, output, target, encoding, tape)
        finally:
            with writing(target):
                output.close()
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return frames


def _copy_all(
    segments: Sequence[Path], output: OutputContainer, target: Path, encoding: Encoding, tape: str
) -> int:
    frames, stream = 0, None
    for segment in segments:
        with opened(segment) as source:
            template = picture(source, segment)
            packets = _packets(source, template, segment)
            with writing(target):
                stream = stream or _stream(output, template, encoding, tape)
                _copy(packets, output, stream, frames, template.codec_context.reorder_depth)
            frames += len(packets)
    return frames


def _packets(
    source: InputContainer, stream: VideoStream, segment: Path
) -> list[Packet[VideoStream]]:
    """A segment's packets; those without bytes only flush the decoder."""
    import av

    try:
        return [packet for packet in source.demux(stream) if packet.size]
    except av.FFmpegError as error:
        raise MediaError.wrap(
            f"The segment {segment} is damaged.", error, "Render the shot again."
        ) from error


def _stream(
    output: OutputContainer, template: VideoStream, encoding: Encoding, tape: str
) -> VideoStream:
    """The picture stream; what the template does not carry over is set again."""
    stream = output.add_stream_from_template(template)
    # Without its tag ProRes 4444 is filed as 422 HQ, and without the rate MXF refuses.
    stream.codec_context.codec_tag = template.codec_context.codec_tag
    stream.codec_context.framerate = encoding.rate
    stream.codec_context.sample_aspect_ratio = encoding.pixel_aspect
    stream.time_base = 1 / encoding.rate
    stream.metadata["reel_name"] = tape
    return stream


def _copy(
    packets: Sequence[Packet[VideoStream]],
    output: OutputContainer,
    stream: VideoStream,
    first: int,
    delay: int,
) -> None:
    """Copies the packets of a segment whose first frame is number `first`.

    Times come from the order of frames alone: those in the segment start at zero and are
    rounded to its clock.
    """
    order = sorted(range(len(packets)), key=lambda index: packets[index].pts or 0)
    places = {index: place for place, index in enumerate(order)}
    for index, packet in enumerate(packets):
        packet.stream = stream
        packet.time_base = 1 / stream.codec_context.framerate
        packet.pts = first + places[index]
        packet.dts = first + index - delay
        packet.duration = 1
        output.mux_one(packet)
