"""Joins encoded segments into one file by copying packets; nothing is encoded twice."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from opticals.errors import MediaError
from opticals.media.read.container import opened, picture
from opticals.media.sound.tracks import Recorder, movie_timescale
from opticals.media.write.encode import CONTAINER_OPTIONS, stream_like, writing
from opticals.media.write.formats import CONTAINERS, FORMATS
from opticals.timeline.timecode import timecode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from av import Packet
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

    from opticals.media.sound.tracks import Sound, Track
    from opticals.media.write.encoding import Encoding


class Joined(NamedTuple):
    """What a finished file holds: its number of frames, and its sound as it was written."""

    frames: int
    tracks: tuple[Track, ...]


def join(
    segments: Sequence[Path],
    target: Path,
    encoding: Encoding,
    *,
    start: int,
    drop_frame: bool,
    tape: str,
    sound: Sound | None = None,
    metadata: Mapping[str, str] | None = None,
    picks: Sequence[Sequence[int]] | None = None,
) -> Joined:
    """Writes `segments`, made by `Writer` with `encoding`, as one file to exactly `target`.

    `picks` says of each segment which of its frames to write, in which order (of intra-coded
    formats alone); without it all are written in turn. The file's rate is that of `encoding`,
    whichever the segments were made with. It carries the start timecode (a frame number and its
    counting), the tape name and what `metadata` says of the source.
    On an error nothing is left at `target`.

    Raises:
        OutputError: the file cannot be written.
        MediaError: a segment is missing or damaged, or the medium's sound is.
    """
    import av

    if encoding.pictures is not None:
        from opticals.media.sequence.writing import join as unpack

        count = unpack(segments, target, encoding, start=start, drop_frame=drop_frame, picks=picks)
        return Joined(count, ())
    container = CONTAINERS[encoding.container]
    try:
        options = CONTAINER_OPTIONS | movie_timescale(sound, encoding.container)
        if encoding.container == "mp4":
            options["movflags"] = "+use_metadata_tags"  # MP4 has no other place for a tape name
        with writing(target):
            output = av.open(str(target), "w", format=container.muxer, options=options)
        for name, value in (metadata or {}).items():
            output.metadata[container.metadata + name] = value
        output.metadata["reel_name"] = tape
        output.metadata["timecode"] = timecode(start, encoding.rate, drop_frame)
        try:
            joined = _copy_all(segments, picks, output, target, encoding, tape, sound)
        finally:
            with writing(target):
                output.close()
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return joined


def _copy_all(
    segments: Sequence[Path],
    picks: Sequence[Sequence[int]] | None,
    output: OutputContainer,
    target: Path,
    encoding: Encoding,
    tape: str,
    sound: Sound | None,
) -> Joined:
    frames, stream = 0, None
    with closing(Recorder(sound)) as recorder:
        for number, segment in enumerate(segments):
            with opened(segment) as source:
                template = picture(source, segment)
                placed = _placed(_packets(source, template, segment))
                if picks is not None:
                    placed = [(placed[one][0], place) for place, one in enumerate(picks[number])]
                with writing(target):
                    if stream is None:
                        stream = _stream(output, template, encoding, tape)
                        recorder.begin(output)
                    delay = FORMATS[encoding.format].reorder
                    _copy(placed, output, stream, frames, delay, recorder)
                frames += len(placed)
        with writing(target):
            return Joined(frames, recorder.finish())


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
    """The picture stream."""
    stream = stream_like(output, template, encoding, CONTAINERS[encoding.container].muxer)
    stream.metadata["reel_name"] = tape
    return stream


def _placed(packets: Sequence[Packet[VideoStream]]) -> list[tuple[Packet[VideoStream], int]]:
    """Packets in the order of decoding, each with the number of its frame in the segment.

    That comes from the order of times alone: these are rounded to the segment's clock.
    """
    order = sorted(range(len(packets)), key=lambda index: packets[index].pts or 0)
    places = {index: place for place, index in enumerate(order)}
    return [(packet, places[index]) for index, packet in enumerate(packets)]


def _copy(
    placed: Sequence[tuple[Packet[VideoStream], int]],
    output: OutputContainer,
    stream: VideoStream,
    first: int,
    delay: int,
    recorder: Recorder,
) -> None:
    """Copies packets, and the sound beside them. Frame 0 of them is number `first` of the file."""
    for index, (packet, place) in enumerate(placed):
        packet.stream = stream
        packet.time_base = 1 / stream.codec_context.framerate
        packet.pts = first + place
        packet.dts = first + index - delay
        packet.duration = 1
        output.mux_one(packet)
        recorder.write(first + index + 1)
