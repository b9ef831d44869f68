"""Frames by number: at any position, from any codec, against a plain forward decode."""

from __future__ import annotations

import random
import shutil
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest
import torch

from opticals.errors import MediaError
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe

from .films import noise, number, number_picture, numbered, numbers, pan, write_film

if TYPE_CHECKING:
    from pathlib import Path

FILMS = {
    "h264_b_frames": ("a.mp4", {"options": {"g": "24", "bf": "3", "b_strategy": "0"}}),
    "h264_open_gop": (
        "a.mp4",
        {"options": {"g": "12", "bf": "3", "x264-params": "open-gop=1:b-adapt=0:scenecut=0"}},
    ),
    "h264_one_key_frame": ("a.mov", {"options": {"g": "1000", "bf": "2"}}),
    "h264_mkv": ("a.mkv", {"options": {"g": "15", "bf": "2"}}),
    "h264_m2ts": (
        "a.mts",
        {"container": "mpegts", "options": {"g": "15", "bf": "2", "mpegts_m2ts_mode": "1"}},
    ),
    "h264_open_gop_ts": (
        "a.ts",
        {"options": {"g": "12", "bf": "3", "x264-params": "open-gop=1:b-adapt=0:scenecut=0"}},
    ),
    "h264_open_gop_mkv": (
        "a.mkv",
        {"options": {"g": "12", "bf": "3", "x264-params": "open-gop=1:b-adapt=0:scenecut=0"}},
    ),
    "h264_avi_without_times": ("a.avi", {"options": {"g": "15", "bf": "2", "b_strategy": "0"}}),
    "h264_4:2:2_10_bit": ("a.mov", {"pixel_format": "yuv422p10le", "options": {"g": "12"}}),
    "mpeg2_open_gop_ts": ("a.ts", {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}}),
    "mpeg2_open_gop_mxf": ("a.mxf", {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}}),
    "mpeg4_avi": ("a.avi", {"codec": "mpeg4", "options": {"g": "12", "bf": "2"}}),
    "av1": ("a.mp4", {"codec": "libsvtav1", "options": {"preset": "8", "crf": "20", "g": "20"}}),
    "dnxhr_mxf": (
        "a.mxf",
        {
            "codec": "dnxhd",
            "pixel_format": "yuv422p",
            "options": {"profile": "dnxhr_lb"},
            "width": 256,
            "height": 120,
        },
    ),
    "h265_open_gop_ts": (
        "a.ts",
        {"codec": "libx265", "options": {"x265-params": "log-level=none:keyint=16:open-gop=1"}},
    ),
    "h264_ts": ("a.ts", {"options": {"g": "15", "bf": "2"}}),
    "h265": ("a.mp4", {"codec": "libx265", "options": {"x265-params": "log-level=none:keyint=16"}}),
    "mpeg2_open_gop": ("a.mpg", {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}}),
    "mpeg4": ("a.mp4", {"codec": "mpeg4", "options": {"g": "12", "bf": "2"}}),
    "vp9": ("a.webm", {"codec": "libvpx-vp9", "options": {"g": "20", "deadline": "realtime"}}),
    "prores": ("a.mov", {"codec": "prores", "pixel_format": "yuv422p10le"}),
    "mjpeg": ("a.mov", {"codec": "mjpeg", "pixel_format": "yuvj420p"}),
    "mjpeg_avi": ("a.avi", {"codec": "mjpeg", "pixel_format": "yuvj422p"}),
    "ffv1": ("a.mkv", {"codec": "ffv1", "options": {"g": "1"}}),
    "first_time_not_zero": ("a.mp4", {"options": {"bf": "2"}, "times": range(100, 190)}),
    "29.97_drop": (
        "a.mov",
        {"rate": Fraction(30000, 1001), "timecode": "10:00:00;00", "options": {"g": "12"}},
    ),
    "59.94_mkv": ("a.mkv", {"rate": Fraction(60000, 1001), "options": {"g": "12"}}),
}


@pytest.mark.parametrize("name", FILMS)
def test_every_position(name: str, tmp_path: Path) -> None:
    file, settings = FILMS[name]
    path = numbered(tmp_path / file, 90, **settings)  # type: ignore[arg-type]
    assert numbers(path) == list(range(90))
    media = probe(path)
    assert media.frames == 90
    rng = random.Random(name)
    places = [0, 89, 11, 12, 13, 23, 24, 25, *(rng.randrange(90) for _ in range(20))]
    with reading(media) as reader:
        for start in places:
            stop = min(90, start + rng.randrange(1, 5))
            found = [number(frame) for frame in reader.read(start, stop)]
            assert found == list(range(start, stop))


def test_codes_after_a_seek_are_those_of_a_forward_decode(tmp_path: Path) -> None:
    path = write_film(
        tmp_path / "a.mp4",
        noise(40, 64, 48, "yuv420p"),
        options={"bf": "3", "g": "12", "x264-params": "open-gop=1:scenecut=0"},
    )
    media = probe(path)
    with reading(media) as reader:
        plain = [[plane.clone() for plane in frame] for frame in reader.read(0, 40)]
        for index in random.Random(1).sample(range(40), 40):
            (frame,) = reader.read(index, index + 1)
            assert all(map(torch.equal, frame, plain[index])), index


def test_an_edit_list_hides_frames(tmp_path: Path) -> None:
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("needs ffmpeg to write an edit list")
    whole = numbered(tmp_path / "whole.mp4", 60, options={"g": "12", "bf": "2"})
    cut = tmp_path / "cut.mp4"
    subprocess.run(
        [ffmpeg, "-v", "error", "-ss", "0.72", "-i", str(whole), "-c", "copy", str(cut)], check=True
    )
    shown = numbers(cut)
    media = probe(cut)
    assert media.frames == len(shown) < 60
    with reading(media) as reader:
        for index in (0, 5, 30, 3, len(shown) - 1):
            assert [number(f) for f in reader.read(index, index + 1)] == [shown[index]]


def test_reading_on_does_not_seek(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    media = probe(numbered(tmp_path / "a.mp4", 60, options={"g": "12"}))
    with reading(media) as reader:
        seeks = []
        monkeypatch.setattr(reader, "_seek", seeks.append)
        for start in range(0, 60, 7):
            stop = min(start + 7, 60)
            assert [number(frame) for frame in reader.read(start, stop)] == [*range(start, stop)]
        assert seeks == []


def test_a_read_left_early_goes_on(tmp_path: Path) -> None:
    media = probe(numbered(tmp_path / "a.mp4", 30))
    with reading(media) as reader:
        assert number(next(iter(reader.read(0, 30)))) == 0
        assert [number(frame) for frame in reader.read(1, 4)] == [1, 2, 3]


def test_a_range_outside_the_medium(tmp_path: Path) -> None:
    media = probe(numbered(tmp_path / "a.mp4", 10))
    with (
        reading(media) as reader,
        pytest.raises(MediaError, match="has 10 frames"),
    ):
        list(reader.read(5, 11))


def test_a_picture_that_changes_its_size(tmp_path: Path) -> None:
    path = tmp_path / "both.mkv"
    with av.open(str(path), "w") as output:
        stream = None
        for index in range(12):
            width = 128 if index < 10 else 192
            one = numbered(
                tmp_path / "one.mkv", 1, width=width, codec="mjpeg", pixel_format="yuvj420p"
            )
            with av.open(str(one)) as source:
                stream = stream or output.add_stream_from_template(source.streams.video[0])
                packet = next(source.demux(video=0))
                packet.stream, packet.time_base = stream, Fraction(1, 25)
                packet.pts = packet.dts = index
                output.mux(packet)
    media = probe(path)
    with (
        reading(media) as reader,
        pytest.raises(MediaError, match=r"both\.mkv: frame 10 ") as error,
    ):
        list(reader.read(0, media.frames))
    assert "192x96" in error.value.why
    assert error.value.remedy


def test_damaged_bytes_are_noticed(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mp4", pan(40, 320, 240, "yuv420p"), options={"bf": "2"})
    media = probe(path)
    with av.open(str(path)) as container:
        place = next(
            one.pos for one in container.demux(video=0) if one.pts == media.first_pts + 20 * 512
        )
    data = bytearray(path.read_bytes())
    data[place + 8 : place + 40] = bytes(range(100, 132))
    path.write_bytes(data)
    with (
        reading(media) as reader,
        pytest.raises(MediaError, match=r"a\.mp4: frame (1[6-9]|2\d) cannot be decoded"),
    ):
        list(reader.read(0, 40))
    # What comes after it is made from it.
    with (
        reading(media) as reader,
        pytest.raises(MediaError, match="cannot be decoded"),
    ):
        list(reader.read(35, 40))


def test_number_survives_scaling_and_blends_are_seen() -> None:
    a, b = (number_picture(value, 128, 96, "yuv420p")[0].float() for value in (341, 682))
    big = torch.nn.functional.interpolate(a[None, None], scale_factor=2, mode="bicubic")[0, 0]
    assert number(big) == 341
    with pytest.raises(ValueError, match="blended"):
        number((a + b) / 2)
