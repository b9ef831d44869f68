"""Films made for tests, among them numbered ones: each frame shows its number as a picture."""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest
import torch
from torch import Tensor

from opticals.media.colour.planes import layout, planes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_CELLS = 4  # a picture is a grid of 4x4 cells, each black or white
_BITS = 10


def write_film(
    path: Path,
    pictures: Iterable[Sequence[Tensor]],
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    rate: Fraction = Fraction(25),
    options: Mapping[str, str] | None = None,
    timecode: str | None = None,
    reel: str | None = None,
    pixel_aspect: Fraction = Fraction(1),
    tags: tuple[int, int, int, int] = (0, 2, 2, 2),
    container: str | None = None,
    times: Sequence[int] | None = None,
    interlaced: bool = False,
) -> Path:
    """A film of `pictures` (planes of a planar pixel format), written with av alone.

    `tags` are range, primaries, transfer and matrix; `times` presentation times in frames.
    """
    range_, primaries, transfer, matrix = tags
    with _rank_kept(), av.open(str(path), "w", format=container) as output:
        if timecode is not None:
            output.metadata["timecode"] = timecode
        stream = None
        for index, picture in enumerate(pictures):
            if stream is None:
                stream = output.add_stream(codec, rate=rate, options=dict(options or {}))
                stream.height, stream.width = picture[0].shape
                stream.pix_fmt = pixel_format
                context = stream.codec_context
                context.sample_aspect_ratio = pixel_aspect
                context.time_base = 1 / rate
                context.color_range, context.color_primaries = range_, primaries
                context.color_trc, context.colorspace = transfer, matrix
                if interlaced:
                    context.flags |= av.codec.context.Flags.interlaced_dct
                if reel is not None:
                    stream.metadata["reel_name"] = reel
            frame = to_frame(picture, pixel_format)
            frame.color_range, frame.color_primaries = range_, primaries
            frame.color_trc, frame.colorspace = transfer, matrix
            frame.pts = index if times is None else times[index]
            frame.time_base = 1 / rate
            output.mux(stream.encode(frame))
        assert stream is not None
        output.mux(stream.encode(None))
    return path


@contextlib.contextmanager
def _rank_kept() -> Iterator[None]:
    """SVT-AV1 gives root's process the highest real-time rank there is, for good: with all that it
    starts it would go before everything else on the machine."""
    before = os.sched_getscheduler(0) if sys.platform == "linux" else None
    yield
    if before is not None and os.sched_getscheduler(0) != before:
        os.sched_setscheduler(0, before, os.sched_param(0))


def to_frame(picture: Sequence[Tensor], pixel_format: str) -> av.VideoFrame:
    """A frame with the code values of `picture`."""
    height, width = picture[0].shape
    frame = av.VideoFrame(width, height, pixel_format)
    for view, plane in zip(planes(frame), picture, strict=True):
        view.copy_(plane)
    return frame


def numbered(
    path: Path,
    frames: int,
    *,
    width: int = 128,
    height: int = 96,
    first: int = 0,
    pixel_format: str = "yuv420p",
    **settings: object,
) -> Path:
    """A film whose frame i shows the number `first + i` (below 1024); see `number`."""
    pictures = (
        number_picture(first + index, width, height, pixel_format) for index in range(frames)
    )
    return write_film(path, pictures, pixel_format=pixel_format, **settings)  # type: ignore[arg-type]


def number_picture(number: int, width: int, height: int, pixel_format: str) -> list[Tensor]:
    """Planes that show `number`: ten bits, how many of them are set, one black and one white."""
    assert 0 <= number < 1 << _BITS
    cells = [number >> bit & 1 for bit in range(_BITS)]
    count = sum(cells)
    cells += [count >> bit & 1 for bit in range(4)] + [0, 1]
    kind = layout(pixel_format)
    unit = 1 << (kind.bits - 8)
    grid = torch.tensor(cells, dtype=torch.int32).view(_CELLS, _CELLS) * (200 - 40) + 40
    rows = torch.arange(height) * _CELLS // height
    columns = torch.arange(width) * _CELLS // width
    luma = grid[rows][:, columns] * unit
    dtype = torch.uint8 if kind.bits <= 8 else torch.uint16
    result = [luma.to(dtype)]
    for shape in kind.shapes(width, height)[1:]:
        flat = kind.family == "yuv" and len(result) < 3
        plane = torch.full(shape, 128 * unit, dtype=torch.int32) if flat else luma
        result.append(plane.to(dtype))
    return result


def number(picture: av.VideoFrame | Sequence[Tensor] | Tensor) -> int:
    """The number that a frame, a plane `[H, W]` or RGB `[3, H, W]` shows, at any size.

    Raises:
        ValueError: it shows none: cells are grey (two frames blended) or the count is wrong.
    """
    if isinstance(picture, av.VideoFrame):
        picture = planes(picture)
    plane = (picture if isinstance(picture, Tensor) else picture[0]).float()
    if plane.dim() == 3:
        plane = plane[:3].mean(0)
    height, width = plane.shape
    values = []
    for row in range(_CELLS):
        for column in range(_CELLS):
            # The middle of a cell: blurred edges do not count.
            top, left = (4 * row + 1) * height // 16, (4 * column + 1) * width // 16
            bottom, right = (4 * row + 3) * height // 16, (4 * column + 3) * width // 16
            values.append(float(plane[top:bottom, left:right].mean()))
    black, white = values[-2:]
    if white <= black:
        raise ValueError("the picture shows no number")
    levels = [(value - black) / (white - black) for value in values[:-2]]
    if any(0.25 < level < 0.75 for level in levels):
        raise ValueError(f"the picture is blended: {[round(level, 2) for level in levels]}")
    bits = [level > 0.5 for level in levels]
    found = sum(bit << place for place, bit in enumerate(bits[:_BITS]))
    if sum(bit << place for place, bit in enumerate(bits[_BITS:])) != sum(bits[:_BITS]):
        raise ValueError("the picture shows a number that was not written")
    return found


def numbers(path: Path) -> list[int]:
    """The numbers that a film's frames show, by a plain forward decode."""
    with av.open(str(path)) as container:
        return [number(frame) for frame in container.decode(video=0)]


def noise(
    frames: int, width: int, height: int, pixel_format: str, seed: int = 0
) -> list[list[Tensor]]:
    """Pictures of every code value there is, super-white and super-black included."""
    kind = layout(pixel_format)
    generator = torch.Generator().manual_seed(seed)
    dtype = torch.uint8 if kind.bits <= 8 else torch.uint16
    return [
        [
            torch.randint(0, 1 << kind.bits, shape, generator=generator, dtype=torch.int32).to(
                dtype
            )
            for shape in kind.shapes(width, height)
        ]
        for _ in range(frames)
    ]


def pan(
    frames: int, width: int, height: int, pixel_format: str, step: float = 1.0
) -> list[list[Tensor]]:
    """A slow camera move over a soft landscape, `step` pixels each frame: hard to tell apart."""
    kind = layout(pixel_format)
    scale = (1 << kind.bits) - 1
    dtype = torch.uint8 if kind.bits <= 8 else torch.uint16
    pictures = []
    for index in range(frames):
        picture = []
        for plane, (rows, columns) in enumerate(kind.shapes(width, height)):
            y = torch.arange(rows)[:, None] * (height / rows)
            x = torch.arange(columns)[None] * (width / columns) + index * step
            wave = torch.sin(x / 17 + plane) + torch.sin(y / 23 + x / 41) + torch.sin(x * y / 900)
            picture.append(((wave / 6 * 0.8 + 0.5) * scale).round().to(torch.int32).to(dtype))
        pictures.append(picture)
    return pictures


def by_ffmpeg(
    path: Path, pictures: Sequence[Sequence[Tensor]], pixel_format: str, *arguments: str
) -> Path:
    """A film of `pictures` that ffmpeg's command writes, for what av cannot be asked for."""
    height, width = pictures[0][0].shape
    raw = b"".join(
        plane.contiguous().numpy().tobytes() for picture in pictures for plane in picture
    )
    source = ["-f", "rawvideo", "-video_size", f"{width}x{height}", "-pixel_format", pixel_format]
    command = [ffmpeg(), "-v", "error", "-y", *source, "-i", "-", *arguments, str(path)]
    subprocess.run(command, input=raw, check=True)
    return path


def through_ffmpeg(
    path: Path, pixel_format: str, width: int, height: int, *arguments: str
) -> list[list[Tensor]]:
    """The pictures that ffmpeg's command makes of a film."""
    command = [ffmpeg(), "-v", "error", "-i", str(path), *arguments]
    command += ["-f", "rawvideo", "-pix_fmt", pixel_format, "-"]
    raw = bytearray(subprocess.run(command, capture_output=True, check=True).stdout)
    kind = layout(pixel_format)
    dtype = torch.uint8 if kind.bits <= 8 else torch.uint16
    shapes = kind.shapes(width, height)
    sizes = [rows * columns for rows, columns in shapes]
    pictures = torch.frombuffer(raw, dtype=dtype).split(sum(sizes))
    return [
        [plane.view(shape) for plane, shape in zip(one.split(sizes), shapes, strict=True)]
        for one in pictures
    ]


def ffmpeg(name: str = "ffmpeg") -> str:
    """The command; a test that needs it is left out where it is not installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


def remuxed(source: Path, path: Path, keep: slice = slice(None), **options: str) -> Path:
    """The packets `keep` of a film's picture, in another container."""
    with av.open(str(source)) as read, av.open(str(path), "w", options=options) as written:
        stream = written.add_stream_from_template(read.streams.video[0])
        for packet in [packet for packet in read.demux(video=0) if packet.size][keep]:
            packet.stream = stream
            written.mux(packet)
    return path


def oriented(source: Path, path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """A copy of a QuickTime film whose header says that its picture is turned or mirrored.

    `matrix` is a, b, c, d of the track's: (x, y) is shown at (ax + cy, bx + dy), y downwards.
    """
    data = bytearray(source.read_bytes())
    place = data.index(b"tkhd") + 4
    place += 40 if data[place] == 0 else 52  # version 1 has longer times
    a, b, c, d = (number << 16 for number in matrix)
    data[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path
