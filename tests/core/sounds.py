"""Films whose sound shows where it is: every sample is its own number, from frame 0 on."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from .films import number_picture, to_frame

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

SIZE = (64, 48)
# For each codec: what its encoder takes, and the factor from a number to its code there.
_CODES = {"pcm_s24le": ("s32", 256), "pcm_s24be": ("s32", 256), "pcm_s32le": ("s32", 1)}


@cache
def shown_number(number: int, pixel_format: str) -> list[Tensor]:
    """The picture of a frame."""
    return number_picture(number % 1024, *SIZE, pixel_format)


def counted(first: int, count: int, channels: int = 2) -> NDArray[Any]:
    """Samples `[count, channels]`: the numbers from `first` on, and their negatives."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    return np.stack([numbers if n % 2 == 0 else -numbers for n in range(channels)], 1)


def sung(first: int, count: int, channels: int, rate: int) -> NDArray[Any]:
    """Float samples of a chirp that is nowhere like itself, to find a place by."""
    time = np.arange(first, first + count) / rate
    waves = [np.sin(2 * np.pi * (200 + 40 * n + 900 * time) * time) for n in range(channels)]
    return (np.stack(waves, 1) * 0.5).astype(np.float32)


def film_with_sound(
    path: Path,
    frames: int,
    rate: Fraction,
    sample_rate: int = 48000,
    *,
    sound: tuple[str, ...] = ("pcm_s24le",),
    layout: str = "stereo",
    video: str = "libx264",
    pixel_format: str = "yuv420p",
    languages: tuple[str, ...] = (),
    begin: int = 0,
    end: int | None = None,
    picture_at: int = 0,
    times: Sequence[int] | None = None,
    container: str | None = None,
) -> Path:
    """A numbered film with numbered sound (of the lossy codecs: `sung`).

    Args:
        begin, end: the samples that the file has, of those from frame 0 to the last frame's end.
        picture_at: when frame 0 is shown, in frames; times: when each of them is.
    """
    end = round(frames * sample_rate / rate) if end is None else end
    channels = av.AudioLayout(layout).nb_channels
    with av.open(str(path), "w", format=container) as output:
        picture = output.add_stream(video, rate=rate)
        picture.width, picture.height = SIZE
        picture.pix_fmt = pixel_format
        picture.codec_context.time_base = 1 / rate
        streams = []
        for index, codec in enumerate(sound):
            stream = output.add_stream(codec, rate=sample_rate)
            stream.layout = layout
            if codec in _CODES:
                stream.format = "s32"
            if languages:
                stream.metadata["language"] = languages[index]
            streams.append(stream)
        offset = round(picture_at * sample_rate / rate)
        for index in range(frames):
            frame = to_frame(shown_number(index, pixel_format), pixel_format)
            place = index if times is None else times[index]
            frame.pts, frame.time_base = place + picture_at, 1 / rate
            output.mux(picture.encode(frame))
            first = max(round(index * sample_rate / rate), begin)
            last = min(round((index + 1) * sample_rate / rate), end)
            if index == 0:
                first = begin
            if index == frames - 1:
                last = end
            if last <= first:
                continue
            for codec, stream in zip(sound, streams, strict=True):
                block = _block(codec, first, last - first, channels, sample_rate, layout)
                block.pts, block.time_base = first + offset, Fraction(1, sample_rate)
                output.mux(stream.encode(block))
        for stream in (picture, *streams):
            output.mux(stream.encode(None))
    return path


def _block(
    codec: str, first: int, count: int, channels: int, rate: int, layout: str
) -> av.AudioFrame:
    if codec == "pcm_s16le":
        kind, samples = "s16", (counted(first, count, channels) & 0x7FFF).astype(np.int16)
    elif codec in _CODES:
        kind, factor = _CODES[codec]
        samples = (counted(first, count, channels) * factor).astype(np.int32)
    elif codec == "pcm_f32le":
        kind, samples = "flt", (counted(first, count, channels) / 1024).astype(np.float32)
    else:
        kind, samples = "flt", sung(first, count, channels, rate)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), kind, layout)
    frame.sample_rate = rate
    return frame


def an_hour(path: Path, frames: int, rate: Fraction, sample_rate: int) -> Path:
    """A long numbered film with numbered 32-bit mono sound, whose last 40 frames are made and
    all others are copies of the one before them."""
    with av.open(str(path), "w") as output:
        picture = output.add_stream("mjpeg", rate=rate)
        picture.width, picture.height = SIZE
        picture.pix_fmt = "yuvj420p"
        sound = output.add_stream("pcm_s32le", rate=sample_rate)
        sound.layout = "mono"
        packets = []
        for index in range(40):
            frame = to_frame(
                number_picture((frames - 40 + index) % 1024, *SIZE, "yuvj420p"), "yuvj420p"
            )
            frame.pts, frame.time_base = index, 1 / rate
            packets += [bytes(one) for one in picture.encode(frame)]
        done = 0
        for index in range(frames):
            packet = av.Packet(packets[max(0, index - frames + 40)])
            packet.stream, packet.time_base = picture, 1 / rate
            packet.pts = packet.dts = index
            packet.duration = 1
            output.mux_one(packet)
            if index % 30 == 29 or index == frames - 1:
                end = round((index + 1) * sample_rate / rate)
                packet = av.Packet(np.arange(done, end, dtype="<i4").tobytes())
                packet.stream, packet.time_base = sound, Fraction(1, sample_rate)
                packet.pts = packet.dts = done
                packet.duration = end - done
                output.mux_one(packet)
                done = end
    return path


def read_by_ffmpeg(path: Path, stream: int = 0, *, channels: int = 2) -> NDArray[Any]:
    """Samples `[n, channels]` as ffmpeg decodes them, 32-bit (24 bits lie in the upper three
    bytes). It puts them one after the other from the first there is."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("ffmpeg is not installed")
    data = subprocess.run(
        [
            *(ffmpeg, "-v", "error", "-i", str(path), "-map", f"0:a:{stream}"),
            *("-f", "s32le", "-c:a", "pcm_s32le", "-"),
        ],
        check=True,
        capture_output=True,
    ).stdout
    return np.frombuffer(data, "<i4").reshape(-1, channels)
