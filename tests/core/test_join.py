"""Segments joined by packet copy: the same pictures, in order, with the names they must carry."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest
import torch
from torch import Tensor

from opticals.errors import MediaError, OutputError
from opticals.media.colour.planes import planes
from opticals.media.facts import Media
from opticals.media.read.probe import probe
from opticals.media.write.encode import Writer
from opticals.media.write.encoding import Encoding, choose
from opticals.media.write.formats import FORMATS
from opticals.media.write.join import join

from .films import number, number_picture, numbered, pan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RATE = Fraction(30000, 1001)
FILMS = [name for name, one in FORMATS.items() if {"mov", "mp4"} & set(one.containers)]
# Frame n is coded as if it stood alone; of the others, as the nth of its segment.
ALONE = [name for name in FILMS if not name.startswith(("h26", "cineform"))]
COUNTED = [name for name in FILMS if name not in ALONE]
TAGS = {
    "prores_proxy": "apco",
    "prores_lt": "apcs",
    "prores_422": "apcn",
    "prores_hq": "apch",
    "prores_4444": "ap4h",
    "prores_4444xq": "ap4x",
    "dnxhr_lb": "AVdh",
    "cineform": "CFHD",
    "h264": "avc1",
    "h265": "hvc1",
}


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return probe(
        numbered(
            tmp_path / "source.mov", 2, width=256, height=128, rate=RATE, tags=(1, 1, 1, 1),
            pixel_aspect=Fraction(4, 3),
        )
    )  # fmt: skip


def segments(
    folder: Path, encoding: Encoding, pictures: Sequence[Sequence[Tensor]], lengths: Sequence[int]
) -> list[Path]:
    paths, first = [], 0
    for length in lengths:
        paths.append(folder / f"{first}{FORMATS[encoding.format].suffix}")
        with Writer(paths[-1], encoding) as writer:
            for picture in pictures[first : first + length]:
                writer.write(picture)
        first += length
    return paths


def joined(paths: Sequence[Path], target: Path, encoding: Encoding) -> Path:
    made = join(
        paths, target, encoding, start=1078920, drop_frame=True, tape="V1-3_copy_v001",
    )  # fmt: skip
    assert made.frames == probe(target).frames
    return target


def decoded(path: Path) -> list[list[Tensor]]:
    with av.open(str(path)) as container:
        return [[plane.clone() for plane in planes(f)] for f in container.decode(video=0)]


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


@pytest.mark.parametrize("format_id", ALONE)
def test_three_segments_are_one_file(format_id: str, media: Media, tmp_path: Path) -> None:
    encoding = choose(format_id, media, width=256, height=128)
    pictures = pan(25, 256, 128, encoding.pixel_format, step=3)
    one = joined(segments(tmp_path, encoding, pictures, [25]), tmp_path / "one.part", encoding)
    three = joined(
        segments(tmp_path, encoding, pictures, [10, 1, 14]), tmp_path / "three.part", encoding
    )
    assert packets(one) == packets(three)
    assert one.read_bytes() == three.read_bytes()


@pytest.mark.parametrize("format_id", COUNTED)
@pytest.mark.parametrize("lengths", [[40], [17, 1, 2, 20], [1] * 5, [3, 30, 7]])
def test_a_film_is_what_its_segments_are(
    lengths: list[int], format_id: str, media: Media, tmp_path: Path
) -> None:
    encoding = choose(format_id, media, width=256, height=128)
    pictures = pan(sum(lengths), 256, 128, encoding.pixel_format, step=3)
    parts = segments(tmp_path, encoding, pictures, lengths)
    whole = joined(parts, tmp_path / "out.part", encoding)
    expected = [frame for part in parts for frame in decoded(part)]
    found = decoded(whole)
    assert len(found) == len(expected) == sum(lengths)
    for one, other in zip(found, expected, strict=True):
        assert all(map(torch.equal, one, other))


@pytest.mark.parametrize("format_id", FILMS)
def test_frames_keep_their_order_and_time(format_id: str, media: Media, tmp_path: Path) -> None:
    encoding = choose(format_id, media, width=256, height=128)
    pictures = [number_picture(n, 256, 128, encoding.pixel_format) for n in range(50)]
    parts = segments(tmp_path, encoding, pictures, [16, 16, 16, 2])
    path = joined(parts, tmp_path / "out.part", encoding)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for index, frame in enumerate(container.decode(stream)):
            assert number(frame) == index
            assert abs((frame.pts or 0) * stream.time_base * RATE - index) < Fraction(1, 100)


@pytest.mark.parametrize("format_id", FILMS)
def test_what_the_file_says(format_id: str, media: Media, tmp_path: Path) -> None:
    encoding = choose(format_id, media, width=256, height=128)
    pictures = pan(6, 256, 128, encoding.pixel_format)
    path = joined(segments(tmp_path, encoding, pictures, [3, 3]), tmp_path / "out.part", encoding)
    made = probe(path)
    assert made.rate == RATE
    assert made.pixel_aspect == Fraction(4, 3)
    assert made.tags == encoding.stated
    assert (made.start, made.drop_frame) == (1078920, True)  # 10:00:00;00
    assert made.reel == "V1-3_copy_v001"
    assert made.first_pts == 0


@pytest.mark.parametrize("format_id", FILMS)
def test_an_independent_reader_agrees(format_id: str, media: Media, tmp_path: Path) -> None:
    ffprobe = shutil.which("ffprobe")
    if ffprobe is None:
        pytest.skip("ffprobe is not installed")
    encoding = choose(format_id, media, width=256, height=128)
    pictures = pan(12, 256, 128, encoding.pixel_format)
    path = tmp_path / f"out{FORMATS[format_id].suffix}"
    joined(segments(tmp_path, encoding, pictures, [5, 7]), path, encoding)
    shown = json.loads(
        subprocess.run(
            [ffprobe, "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(path)],
            check=True,
            capture_output=True,
        ).stdout
    )
    (video,) = [one for one in shown["streams"] if one["codec_type"] == "video"]
    (clock,) = [one for one in shown["streams"] if one["codec_type"] == "data"]
    assert video["nb_read_frames"] == "12"
    assert video["r_frame_rate"] == video["avg_frame_rate"] == "30000/1001"
    assert video["sample_aspect_ratio"] == "4:3"
    assert video["color_space"] == "bt709"
    assert video.get("color_range") == ("tv" if encoding.stated.range else None)
    assert clock["tags"]["timecode"] == "10:00:00;00"


@pytest.mark.parametrize("format_id", TAGS)
def test_names_of_codecs(format_id: str, media: Media, tmp_path: Path) -> None:
    """4444 filed as 422 HQ decodes differently, and QuickTime reads H.265 as hvc1 alone."""
    encoding = choose(format_id, media, width=256, height=128, container="mov")
    pictures = pan(2, 256, 128, encoding.pixel_format)
    path = joined(segments(tmp_path, encoding, pictures, [2]), tmp_path / "out.x", encoding)
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.codec_tag == TAGS[format_id]


def test_alpha_is_joined(media: Media, tmp_path: Path) -> None:
    encoding = choose("prores_4444", media, width=256, height=128, alpha=True)
    pictures = pan(6, 256, 128, encoding.pixel_format)
    path = joined(segments(tmp_path, encoding, pictures, [3, 3]), tmp_path / "out.x", encoding)
    assert probe(path).alpha
    for frame, picture in zip(decoded(path), pictures, strict=True):
        # ProRes codes alpha without loss.
        assert torch.equal((frame[3].double() / 4095 * 1023).round().int(), picture[3].int())


def test_nothing_is_left_of_a_failure(media: Media, tmp_path: Path) -> None:
    encoding = choose("ffv1", media, width=256, height=128)
    parts = segments(tmp_path, encoding, pan(4, 256, 128, encoding.pixel_format), [2, 2])
    target = tmp_path / "out.part"
    parts[1].write_bytes(parts[1].read_bytes()[:200])
    with pytest.raises(MediaError, match=parts[1].name):
        join(parts, target, encoding, start=0, drop_frame=False, tape="x")
    assert not target.exists()
    with pytest.raises(OutputError):
        join(parts[:1], tmp_path / "none" / "o", encoding, start=0, drop_frame=False, tape="x")


def test_no_space_left(media: Media, tmp_path: Path) -> None:
    encoding = choose("prores_hq", media, width=256, height=128)
    parts = segments(tmp_path, encoding, pan(6, 256, 128, encoding.pixel_format), [3, 3])
    target = joined(parts, tmp_path / "out.part", encoding)
    size = target.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (0, size // 2, size - 1):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            with pytest.raises(OutputError, match=r"out\.part cannot be written"):
                joined(parts, target, encoding)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert not target.exists()
