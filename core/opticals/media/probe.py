"""What a medium is: read from its header, all of its packets and its first frame."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import MediaError, ShotError
from opticals.media.container import TRANSCODE, missing, opened, picture, refuse_unopenable
from opticals.media.facts import Audio, Media, Tags
from opticals.media.planes import RGB_MATRIX, UNTAGGED, layout
from opticals.timeline.timecode import can_drop, frame_of, snap_rate

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

_MATRICES = {RGB_MATRIX, 1, UNTAGGED, 4, 5, 6, 7, 9}  # those with a linear formula in colour.py
_MEBIBYTE = 1 << 20
_JITTER = Fraction(1, 4)  # of a frame: containers round times, a missing frame is off by half


def identity(path: str | Path) -> str:
    """A hash of size, modification time and the first, middle and last MiB of a file.

    Raises:
        MediaError: the file is missing or cannot be read.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            status = path.stat()
            found = hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode())
            for place in (0, (status.st_size - _MEBIBYTE) // 2, status.st_size - _MEBIBYTE):
                file.seek(max(place, 0))
                found.update(file.read(_MEBIBYTE))
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise MediaError.wrap(f"{path} cannot be read.", error, "Check its permissions.") from error
    return found.hexdigest()


def probe(path: str | Path) -> Media:
    """What the medium at `path` is. Reads the whole file once, to count its frames.

    Raises:
        MediaError: missing, offline, empty, not a film, truncated, without a picture, or of a
            kind that is not rendered from: variable rate, interlaced, rotated, camera raw.
    """
    path = Path(path).absolute()
    refuse_unopenable(path)
    with opened(path) as container:
        stream = picture(container, path)
        time_base = Fraction(stream.time_base or 0)
        times, duration = _demux(container, stream, path)
        rate = _rate(stream, times, duration, time_base, path)
    with opened(path) as container:
        stream = picture(container, path)
        context = stream.codec_context
        said = Tags(  # before the decoder writes its own into the context
            context.color_range, context.color_primaries, context.color_trc, context.colorspace
        )
        frame = _first_frame(container, stream, path)
        _refuse_unhandled(stream, frame, path)
        start, drop_frame = _start(container, rate, path)
        kind = layout(frame.format.name)
        return Media(
            path=str(path),
            codec=stream.codec_context.codec.canonical_name,
            width=frame.width,
            height=frame.height,
            pixel_aspect=Fraction(stream.sample_aspect_ratio or 1),
            rate=rate,
            frames=len(times),
            pixel_format=frame.format.name,
            bits=kind.bits,
            alpha=kind.alpha,
            tags=_tags(said, frame),
            field_order="progressive" if stream.codec_context.field_order == 1 else "",
            rotation=frame.rotation,
            start=start,
            drop_frame=drop_frame,
            reel=_metadata(container, "reel_name"),
            audio=tuple(
                Audio(one.codec_context.name, one.rate, one.channels, one.index, one.layout.name)
                for one in container.streams.audio
            ),
            first_pts=times[0],
            time_base=time_base,
            container=container.format.name,
        )


def _demux(
    container: InputContainer, stream: VideoStream, path: Path
) -> tuple[list[int], int | None]:
    """Presentation times of all shown frames, sorted, and the duration of the last packet."""
    import av

    times: list[int] = []
    packets, duration, damaged = 0, None, False
    try:
        for packet in container.demux(stream):
            if packet.size == 0 and packet.dts is None:
                continue  # the flush packet
            packets += 1
            damaged = damaged or packet.is_corrupt
            if packet.is_discard or packet.size == 0:
                continue  # outside the edit list
            time = packet.dts if packet.pts is None else packet.pts
            if time is None:
                raise MediaError(
                    f"{path} carries no times for its frames.",
                    "It is a bare stream without a container.",
                    "Rewrap it: ffmpeg -i FILE -c copy FILE.mov, and relink.",
                )
            times.append(time)
            duration = packet.duration
    except av.FFmpegError as error:
        raise MediaError.wrap(
            f"{path} cannot be read beyond frame {len(times)}.", error, "Copy it again."
        ) from error
    # MOV and MP4 list every frame in their header; elsewhere the header's count is an estimate.
    listed = stream.frames if "mov" in container.format.name else 0
    if damaged or packets < listed or not times:
        raise MediaError(
            f"{path} is truncated.",
            f"It lists {listed} frames and holds {len(times)}."
            if listed
            else f"It ends within frame {len(times)}.",
            "Copy it again from its source.",
        )
    return sorted(times), duration


def _rate(
    stream: VideoStream, times: list[int], duration: int | None, time_base: Fraction, path: Path
) -> Fraction:
    """The one rate that puts every frame on its time."""
    candidates = [stream.guessed_rate, stream.base_rate, stream.average_rate]
    if len(times) > 1 and times[-1] > times[0]:
        candidates.append((len(times) - 1) / ((times[-1] - times[0]) * time_base))
    elif duration:
        candidates.append(1 / (duration * time_base))
    for candidate in candidates:
        rate = snap_rate(Fraction(candidate)) if candidate else Fraction(0)
        if rate > 0 and all(
            abs((time - times[0]) * time_base * rate - index) < _JITTER
            for index, time in enumerate(times)
        ):
            return rate
    raise MediaError(
        f"{path} has a variable frame rate.",
        "Its frames do not follow each other at one distance in time.",
        "Convert it to a constant rate (ffmpeg -i FILE -fps_mode cfr -r RATE ...), and relink.",
    )


def _first_frame(container: InputContainer, stream: VideoStream, path: Path) -> av.VideoFrame:
    import av

    try:
        frame = next(container.decode(stream), None)
    except av.FFmpegError as error:
        raise MediaError.wrap(
            f"{path}: the first frame cannot be decoded.", error, "Copy it again from its source."
        ) from error
    if frame is None:
        raise MediaError(f"{path}: no frame can be decoded.", remedy=TRANSCODE)
    return frame


def _refuse_unhandled(stream: VideoStream, frame: av.VideoFrame, path: Path) -> None:
    if frame.interlaced_frame or stream.codec_context.field_order > 1:
        raise MediaError(
            f"{path} is interlaced.",
            "Every frame holds two fields taken at different times.",
            "Deinterlace it first (ffmpeg -vf bwdif), and relink.",
        )
    if frame.rotation:
        raise MediaError(
            f"{path} is stored rotated by {frame.rotation} degrees.",
            "The camera was turned and only noted it.",
            "Transcode it upright (ffmpeg turns the picture by itself), and relink.",
        )
    if stream.codec_context.colorspace not in _MATRICES:
        raise MediaError(
            f"{path}: its colour matrix (H.273 code {stream.codec_context.colorspace}) "
            "is not handled.",
            "There is no linear formula from its code values to RGB.",
            TRANSCODE,
        )


def _tags(said: Tags, frame: av.VideoFrame) -> Tags:
    """The container's tags, and the codec's where it has none.

    Codecs cannot say all of them: DNxHR always reads as BT.709, ProRes has no BT.601 transfer.
    """
    rgb = layout(frame.format.name).family == "rgb"
    return Tags(
        range=int(said.range) or int(frame.color_range),
        primaries=_tagged(said.primaries, frame.color_primaries),
        transfer=_tagged(said.transfer, frame.color_trc),
        matrix=RGB_MATRIX if rgb else _tagged(said.matrix, frame.colorspace),
    )


def _tagged(*codes: int) -> int:
    """The first code that says something: 0 is reserved (or RGB), 2 unspecified."""
    return next((int(code) for code in codes if code not in (0, UNTAGGED)), UNTAGGED)


def _start(container: InputContainer, rate: Fraction, path: Path) -> tuple[int | None, bool]:
    """Start timecode as a frame number, and whether it counts drop-frame."""
    text = _metadata(container, "timecode")
    if text is None:
        return None, False
    # Some cameras write ; at rates that have no drop-frame counting.
    drop_frame = ";" in text and can_drop(rate)
    try:
        return frame_of(text if drop_frame else text.replace(";", ":"), rate), drop_frame
    except ShotError as error:
        raise MediaError(
            f"{path} carries the start timecode {text}.",
            f"{error.what} {error.why}",
            "Write a right one: ffmpeg -i FILE -c copy -timecode HH:MM:SS:FF NEW.mov, and relink.",
        ) from error


def _metadata(container: InputContainer, key: str) -> str | None:
    """A metadatum of the container or of any stream: each container has its own place."""
    for place in (container.metadata, *(stream.metadata for stream in container.streams)):
        for name, value in place.items():
            if name.lower() == key and value:
                return value
    return None
