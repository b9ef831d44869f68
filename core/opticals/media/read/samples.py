"""What decoded frames say of a film that its container does not: fields, siting, rotation, HDR."""

from __future__ import annotations

import math
import re
import struct
import threading
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from opticals.errors import MediaError
from opticals.media.colour.planes import SITINGS
from opticals.media.facts import Hdr
from opticals.media.read.container import TRANSCODE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

FIRST = 8  # frames looked at from the beginning
_ELSEWHERE = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))  # of the film, and how many there:
_TOGETHER = 2
_LONG = 100  # frames, from which on it is looked at elsewhere as well

# Codecs whose decoders say of every frame whether it is interlaced; for others the container does.
_SAYS_FIELDS = {"h264", "hevc", "mpeg2video", "prores", "dnxhd", "dvvideo", "ffv1", "vc1", "cfhd"}
_ORDERS = {2: "top", 3: "bottom", 4: "bottom", 5: "top"}  # AVFieldOrder: the one shown first
_FIELDS = {"P": "progressive", "T": "top", "B": "bottom"}  # as `showinfo` says them
_SITINGS = {name.replace("_", ""): name for name in SITINGS}
_PATIENCE = 1000  # packets that decoding may have to wait for one to begin with

_lock = threading.Lock()  # of libav's log level, which is one for the process


@dataclass(frozen=True)
class Sample:
    """One decoded frame in words.

    Attributes:
        time: when it is shown, or None.
        field_order: "progressive", "top" or "bottom".
        siting: a name of `colour.planes.SITINGS`, or "".
        premultiplied: whether it says that its alpha is multiplied into its colours.
    """

    time: int | None
    field_order: str
    siting: str
    premultiplied: bool


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """Frames from where the container stands; what cannot be decoded before the first is left
    out, as after a cut in the middle of a group of pictures."""
    import av

    frames, first, failure = container.decode(stream), None, None
    for _ in range(_PATIENCE):
        try:
            first = next(frames, None)
            break
        except av.InvalidDataError as error:
            failure, frames = error, container.decode(stream)
    if first is not None:
        yield first
        yield from frames
    elif failure is not None:
        raise failure


def first_frames(container: InputContainer, stream: VideoStream, path: Path) -> list[av.VideoFrame]:
    """The first frames that a film shows.

    Raises:
        MediaError: there is none that can be decoded.
    """
    import av

    frames: list[av.VideoFrame] = []
    try:
        frames += islice(decoded(container, stream), FIRST)
    except av.FFmpegError as error:
        if not frames:
            raise MediaError.wrap(
                f"{path}: the first frame cannot be decoded.",
                error,
                "Copy it again from its source.",
            ) from error
    if not frames:
        raise MediaError(f"{path}: no frame can be decoded.", remedy=TRANSCODE)
    return frames


def elsewhere(
    container: InputContainer, stream: VideoStream, times: tuple[int, ...]
) -> Iterator[av.VideoFrame]:
    """Some more frames of a long film: programmes change from progressive to interlaced."""
    import av

    if stream.codec_context.name not in _SAYS_FIELDS or len(times) < _LONG:
        return
    for part in _ELSEWHERE:
        try:
            container.seek(times[int(len(times) * part)], stream=stream)
            yield from islice(decoded(container, stream), _TOGETHER)
        except av.FFmpegError:
            continue  # what is wrong there is said when it is read


def sample(frame: av.VideoFrame) -> Sample:
    """What a frame says of itself. ffmpeg's filter `showinfo` says what PyAV has no words for."""
    import av
    from av.filter import Graph

    graph = Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    graph.link_nodes(source, graph.add("showinfo", checksum="0"), graph.add("buffersink"))
    graph.configure()
    with _lock, av.logging.Capture() as lines:
        level = av.logging.get_level()
        av.logging.set_level(av.logging.INFO)
        try:
            graph.vpush(frame)
            graph.vpull()
        finally:
            av.logging.set_level(level)
    text = "".join(message for _, _, message in lines)
    siting, fields = re.search(r" cl:(\w+)", text), re.search(r" i:([PTB])", text)
    return Sample(
        time=frame.dts if frame.pts is None else frame.pts,
        field_order=_FIELDS[fields[1]] if fields else "progressive",
        siting=_SITINGS.get(siting[1], "") if siting else "",
        premultiplied="alpha_mode:premultiplied" in text,
    )


def field_order(stream: VideoStream, samples: Sequence[Sample]) -> str:
    """The field order of a film; one frame of fields makes all of it interlaced."""
    found = {one.field_order for one in samples} - {"progressive"}
    if found:
        return next(one.field_order for one in samples if one.field_order in found)
    said = stream.codec_context.field_order
    if stream.codec_context.name in _SAYS_FIELDS:
        return "progressive" if said else ""
    return _ORDERS.get(said, "")


def orientation(frame: av.VideoFrame) -> tuple[int, bool]:
    """Degrees clockwise that bring the picture upright, and whether it is mirrored before.

    From the display matrix (libavutil/display.h): rows a b u, c d v, x y w of 32-bit integers
    that take a stored point (x, y) to (ax + cy, bx + dy), y downwards.
    """
    matrix = _side_data(frame, "DISPLAYMATRIX")
    if matrix is None:
        return 0, False
    a, b, _, c, d = struct.unpack_from("=5i", matrix)
    degrees = round(math.degrees(math.atan2(-c, d))) % 360
    return degrees, a * d - b * c < 0


def hdr(frames: Sequence[av.VideoFrame]) -> Hdr | None:
    """The static HDR metadata that the first frames carry.

    Layouts: AVMasteringDisplayMetadata (ten rationals: x and y of red, green, blue and white,
    least and greatest luminance, then which of both is there) and AVContentLightMetadata.
    """
    for frame in frames:
        display = _side_data(frame, "MASTERING_DISPLAY_METADATA")
        light = _side_data(frame, "CONTENT_LIGHT_LEVEL")
        if display is None and light is None:
            continue
        numbers = struct.unpack_from("=22i", display) if display else (0,) * 22
        exact = tuple(
            str(Fraction(numerator, denominator or 1))
            for numerator, denominator in zip(numbers[:20:2], numbers[1:20:2], strict=True)
        )
        return Hdr(
            primaries=exact[:8] if numbers[20] else (),
            luminance=exact[8:] if numbers[21] else (),
            content=struct.unpack_from("=2I", light) if light else (0, 0),
        )
    return None


def _side_data(frame: av.VideoFrame, name: str) -> bytes | None:
    from av.sidedata.sidedata import SideData

    for one in frame.side_data:
        if isinstance(one, SideData) and one.type.name == name:
            return bytes(one)
    return None
