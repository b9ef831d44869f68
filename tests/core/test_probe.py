"""What is said of a medium, and which ones are refused, naming file and remedy."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest

from opticals.errors import MediaError
from opticals.media.facts import Audio, Media, Tags
from opticals.media.planes import SITINGS
from opticals.media.probe import identity, probe

from .films import noise, numbered, pan, write_film

if TYPE_CHECKING:
    from pathlib import Path


def test_a_camera_file(tmp_path: Path) -> None:
    path = numbered(
        tmp_path / "a.mov",
        50,
        codec="prores",
        pixel_format="yuv422p10le",
        rate=Fraction(30000, 1001),
        timecode="10:00:00;02",
        reel="A001C003",
        pixel_aspect=Fraction(4, 3),
        tags=(1, 1, 1, 1),
    )
    media = probe(path)
    assert media == Media(
        path=str(path),
        codec="prores",
        width=128,
        height=96,
        pixel_aspect=Fraction(4, 3),
        rate=Fraction(30000, 1001),
        frames=50,
        pixel_format="yuv422p10le",
        bits=10,
        alpha=False,
        tags=Tags(1, 1, 1, 1),
        field_order="progressive",
        rotation=0,
        start=36000 * 30 - 18 * 60 + 2,
        drop_frame=True,
        reel="A001C003",
        audio=(),
        first_pts=0,
        time_base=media.time_base,
        container="mov,mp4,m4a,3gp,3g2,mj2",
    )
    assert Media.from_json(json.loads(json.dumps(media.to_json()))) == media


@pytest.mark.parametrize(
    "rate",
    [Fraction(n) for n in (24, 25, 30, 50, 60, 120)]
    + [Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)],
    ids=str,
)
@pytest.mark.parametrize("suffix", [".mov", ".mp4", ".mkv"])
def test_rates_are_exact(rate: Fraction, suffix: str, tmp_path: Path) -> None:
    assert probe(numbered(tmp_path / f"a{suffix}", 13, rate=rate)).rate == rate


@pytest.mark.parametrize("suffix", [".mov", ".mp4", ".mkv", ".mxf"])
@pytest.mark.parametrize("timecode", ["01:00:00:00", "10:00:00;00"])
def test_start_timecode(timecode: str, suffix: str, tmp_path: Path) -> None:
    path = numbered(
        tmp_path / f"a{suffix}",
        5,
        rate=Fraction(30000, 1001),
        timecode=timecode,
        codec="mpeg2video" if suffix == ".mxf" else "libx264",
    )
    media = probe(path)
    drop = ";" in timecode
    assert media.drop_frame == drop
    assert media.start == (36000 * 30 - 18 * 60 if drop else 3600 * 30)


def test_one_frame(tmp_path: Path) -> None:
    media = probe(numbered(tmp_path / "a.mov", 1, rate=Fraction(24)))
    assert (media.frames, media.rate) == (1, 24)


def test_alpha_depth_and_sound(tmp_path: Path) -> None:
    path = write_film(
        tmp_path / "a.mov",
        noise(2, 64, 48, "yuva444p10le"),
        codec="prores",
        pixel_format="yuva444p10le",
        options={"profile": "4"},
    )
    media = probe(path)
    assert media.alpha
    assert media.bits == 12  # as libav decodes 4444


def test_untagged_is_guessed_by_height_and_stays_untagged(tmp_path: Path) -> None:
    small = probe(numbered(tmp_path / "a.mp4", 2, height=576, width=720))
    large = probe(numbered(tmp_path / "b.mp4", 2, height=720, width=1280))
    assert small.tags == large.tags == Tags()
    assert (small.coding.matrix, large.coding.matrix) == (6, 1)
    assert not small.coding.full
    phone = probe(numbered(tmp_path / "c.mp4", 2, tags=(2, 1, 1, 1)))
    assert phone.coding.full
    jpeg = numbered(tmp_path / "d.mov", 2, codec="mjpeg", pixel_format="yuvj420p")
    assert probe(jpeg).coding.full
    assert probe(jpeg).coding.siting == SITINGS["center"]


def test_a_cover_picture_is_no_film(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.m4a")
    with pytest.raises(MediaError, match="has no picture"):
        probe(path)


def test_sound_streams_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    film = numbered(tmp_path / "p.mov", 10)
    with av.open(str(path), "w") as output, av.open(str(film)) as source:
        picture = output.add_stream_from_template(source.streams.video[0])
        tone = output.add_stream("pcm_s16le", rate=48000, layout="stereo")
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = picture
                output.mux(packet)
        output.mux(tone.encode(silence()))
    assert probe(path).audio == (Audio("pcm_s16le", 48000, 2),)


def silence() -> av.AudioFrame:
    frame = av.AudioFrame("s16", "stereo", 4800)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate, frame.pts = 48000, 0
    return frame


def sound(path: Path) -> Path:
    with av.open(str(path), "w") as output:
        tone = output.add_stream("pcm_s16le" if path.suffix == ".wav" else "aac", rate=48000)
        frame = av.AudioFrame("s16" if path.suffix == ".wav" else "fltp", "stereo", 1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = 48000, 0
        output.mux(tone.encode(frame))
        output.mux(tone.encode(None))
    return path


def bad(kind: str, tmp_path: Path) -> Path:
    path = tmp_path / "bad.mov"
    good = tmp_path / "good.mov"
    if kind == "missing":
        return path
    if kind == "offline":
        return tmp_path / "Volumes" / "bad.mov"
    if kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("this is no film\n" * 100)
    elif kind == "random":
        path.write_bytes(bytes(range(256)) * 400)
    elif kind == "sound":
        return sound(tmp_path / "bad.wav")
    elif kind == "raw":
        path = tmp_path / "bad.R3D"
        path.write_bytes(b"RED2")
    elif kind in ("truncated", "truncated_header_first"):
        options = {"movflags": "+faststart"} if kind != "truncated" else {}
        write_film(good, pan(30, 128, 96, "yuv420p"), options={"bf": "2"})
        with av.open(str(good)) as source, av.open(str(path), "w", options=options) as output:
            stream = output.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    output.mux(packet)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 2 // 3])
    elif kind == "variable":
        numbered(path, 10, times=[0, 1, 2, 3, 5, 6, 9, 10, 11, 12])
    elif kind == "interlaced":
        numbered(path, 4, codec="mpeg2video", interlaced=True, options={"flags": "+ildct+ilme"})
    elif kind == "rotated":
        numbered(good, 4)
        with av.open(str(good)) as source, av.open(str(path), "w") as output:
            stream = output.add_stream_from_template(source.streams.video[0])
            stream.set_display_rotation(90)
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    output.mux(packet)
    elif kind == "matrix":
        numbered(path, 2, tags=(1, 9, 14, 10))
    elif kind == "float":
        path = tmp_path / "bad.mkv"
        frame = av.VideoFrame(64, 48, "gbrpf32le")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        with av.open(str(path), "w") as output:
            stream = output.add_stream("ffv1", rate=25, options={"strict": "-2", "level": "4"})
            stream.width, stream.height, stream.pix_fmt = 64, 48, "gbrpf32le"
            output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
    elif kind == "timecode":
        path = tmp_path / "bad.mkv"
        numbered(path, 2, timecode="01:00:00:29")
    return path


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("missing", "is missing"),
        ("offline", "Volumes is not there"),
        ("folder", "is not a file"),
        ("empty", "is empty"),
        ("text", "cannot be opened as a film"),
        ("random", "cannot be opened as a film|is truncated|no frame"),
        ("sound", "has no picture"),
        ("raw", r"is camera raw \(R3D\)"),
        ("truncated", "cannot be opened as a film"),
        ("truncated_header_first", "is truncated"),
        ("variable", "variable frame rate"),
        ("interlaced", "is interlaced"),
        ("rotated", "rotated by"),
        ("matrix", "colour matrix"),
        ("float", "pixel format gbrpf32le"),
        ("timecode", "start timecode 01:00:00:29"),
    ],
)
def test_refused(kind: str, says: str, tmp_path: Path) -> None:
    path = bad(kind, tmp_path)
    with pytest.raises(MediaError, match=says) as error:
        probe(path)
    if kind != "float":
        assert path.name in error.value.what
    assert error.value.remedy


def test_a_header_that_lies_about_its_count(tmp_path: Path) -> None:
    """MOV lists 30 frames; the list is made to say 90."""
    path = numbered(tmp_path / "a.mov", 30, codec="mjpeg", pixel_format="yuvj420p")
    data = path.read_bytes()
    place = data.index(b"stts") + 8
    assert data[place + 4 : place + 8] == (30).to_bytes(4, "big")
    sizes = data.index(b"stsz") + 12
    assert data[sizes : sizes + 4] == (30).to_bytes(4, "big")
    lying = bytearray(data)
    lying[place : place + 4] = (90).to_bytes(4, "big")
    lying[sizes : sizes + 4] = (90).to_bytes(4, "big")
    path.write_bytes(lying)
    with pytest.raises(MediaError):
        probe(path)


def test_identity_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(5 << 20))
    os.utime(path, ns=(1, 1))
    first = identity(path)
    assert first == identity(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] = 1
    path.write_bytes(data)
    os.utime(path, ns=(1, 1))
    second = identity(path)
    os.utime(path, ns=(2, 2))
    assert len({first, second, identity(path)}) == 3
    with pytest.raises(MediaError, match="missing"):
        identity(tmp_path / "b.bin")
