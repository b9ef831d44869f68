"""Each format written from real planes, and what it cannot hold refused before anything is made."""

from __future__ import annotations

import hashlib
import json
import resource
from fractions import Fraction
from pathlib import Path

import pytest
import torch

from opticals.errors import DiskFull, FormatError, OutputError
from opticals.media.colour.converter import Converter
from opticals.media.colour.planes import layout
from opticals.media.facts import Media, Tags
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.media.write.encode import Writer
from opticals.media.write.encoding import Encoding, choose
from opticals.media.write.formats import FORMATS

from .films import noise, numbered, pan, to_frame, write_film

FILMS = [name for name, one in FORMATS.items() if {"mov", "mp4"} & set(one.containers)]
# One of those that differ by their data rate alone.
KINDS = (
    "prores_lt",
    "prores_hq",
    "prores_4444",
    "dnxhr_hqx",
    "cineform",
    "ffv1",
    "h264",
    "h265_10",
)
VIDEO_ALONE = ("prores", "dnxhr", "cineform")  # codecs that know video range alone


def source(tmp_path: Path, pixel_format: str = "yuv420p", **settings: object) -> Media:
    """A lossless film of a slow camera move."""
    size = {"width": 256, "height": 128} | {
        key: settings.pop(key) for key in ("width", "height") if key in settings
    }
    path = tmp_path / f"source_{pixel_format}.mkv"
    pictures = pan(6, size["width"], size["height"], pixel_format)
    write_film(
        path,
        pictures,
        codec="ffv1",
        pixel_format=pixel_format,
        options={"level": "3"},
        **settings,  # type: ignore[arg-type]
    )
    return probe(path)


def copy(media: Media, encoding: Encoding, path: Path, threads: int = 0) -> Path:
    converter = Converter(media.coding, encoding.coding)
    with reading(media) as reader, Writer(path, encoding, threads) as writer:
        for frame in reader.read(0, media.frames):
            codes = frame
            rgb = converter.to_rgb(codes)
            writer.write(converter.from_rgb(rgb.clone(), rgb, codes))
    return path


@pytest.mark.parametrize("format_id", FILMS)
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p12le", "gbrp10le"])
def test_every_format_from_every_layout(format_id: str, pixel_format: str, tmp_path: Path) -> None:
    media = source(tmp_path, pixel_format)
    encoding = choose(format_id, media, width=256, height=128)
    path = copy(media, encoding, tmp_path / f"out{encoding.suffix}")
    made = probe(path)
    assert (made.frames, made.rate, made.width, made.height) == (6, 25, 256, 128)
    assert made.bits >= encoding.coding.layout.bits
    converters = [Converter(one.coding, one.coding) for one in (media, made)]
    with reading(media) as before, reading(made) as after:
        for one, other in zip(before.read(0, 6), after.read(0, 6), strict=True):
            pictures = [
                converter.to_rgb(frame).clone()
                for converter, frame in zip(converters, (one, other), strict=True)
            ]
            noise_power = (pictures[0] - pictures[1])[:, 4:-4, 4:-4].square().mean()
            assert -10 * torch.log10(noise_power) > 38


@pytest.mark.parametrize(
    "pixel_format",
    [f"yuv{chroma}p{bits}" for chroma in ("420", "422", "444") for bits in ("", "10le", "12le")]
    + ["yuva444p10le", "yuva420p", "gbrp10le", "gbrap12le", "gray", "gray10le", "yuv444p16le"],
)
def test_a_copy_into_ffv1_is_bit_exact(pixel_format: str, tmp_path: Path) -> None:
    """Every code value there is, super-white included."""
    path = tmp_path / "source.mkv"
    pictures = noise(3, 130, 66, pixel_format)
    write_film(path, pictures, codec="ffv1", pixel_format=pixel_format, options={"level": "3"})
    media = probe(path)
    encoding = choose("ffv1", media, width=130, height=66)
    assert encoding.pixel_format == pixel_format
    assert encoding.losses == ()
    made = probe(copy(media, encoding, tmp_path / "out.mp4"))
    with reading(made) as reader:
        for frame, codes in zip(reader.read(0, 3), pictures, strict=True):
            assert all(map(torch.equal, frame, codes))


@pytest.mark.parametrize("pixel_format", ["rgb24", "bgr0", "rgba"])
def test_a_copy_of_packed_rgb_is_bit_exact(pixel_format: str, tmp_path: Path) -> None:
    media = numbered_rgb(tmp_path, pixel_format)
    encoding = choose("ffv1", media, width=128, height=96)
    assert encoding.losses == ()
    made = probe(copy(media, encoding, tmp_path / "out.mp4"))
    assert (made.bits, made.alpha) == (8, media.alpha)
    with reading(media) as before, reading(made) as after:
        for one, other in zip(before.read(0, 4), after.read(0, 4), strict=True):
            assert all(map(torch.equal, one, other))


def numbered_rgb(tmp_path: Path, pixel_format: str) -> Media:
    import av

    path = tmp_path / "rgb.mov"
    codec = {"rgb24": "png", "bgr0": "ffv1", "rgba": "png"}[pixel_format]
    path = path.with_suffix(".mkv") if codec == "ffv1" else path
    with av.open(str(path), "w") as output:
        stream = output.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 96, pixel_format
        planar = layout(pixel_format).name
        for codes in noise(4, 128, 96, planar):
            output.mux(stream.encode(to_frame(codes, planar).reformat(format=pixel_format)))
        output.mux(stream.encode(None))
    return probe(path)


@pytest.mark.parametrize("format_id", FILMS)
def test_the_same_frames_give_the_same_bytes(format_id: str, tmp_path: Path) -> None:
    media = source(tmp_path)
    encoding = choose(format_id, media, width=256, height=128)
    hashes = {
        hashlib.sha256(copy(media, encoding, tmp_path / f"{n}.x", threads).read_bytes()).hexdigest()
        for n, threads in enumerate((1, 2, 3, 0))
    }
    assert len(hashes) == 1


@pytest.mark.parametrize("format_id", KINDS)
@pytest.mark.parametrize(
    "tags",
    [
        (0, 2, 2, 2),
        (1, 1, 1, 1),
        (1, 6, 6, 6),
        (2, 1, 1, 1),
        (1, 9, 16, 9),
        (2, 2, 2, 2),
        (1, 2, 2, 2),
    ],
)
def test_tags_are_read_back_as_promised(
    format_id: str, tags: tuple[int, int, int, int], tmp_path: Path
) -> None:
    path = numbered(tmp_path / "source.mp4", 3, width=256, height=128, tags=tags)
    media = probe(path)
    if tags[0] != 1 or tags[3] != 2:  # H.264 does not say video range alone
        assert media.tags == Tags(*tags)
    encoding = choose(format_id, media, width=256, height=128)
    made = probe(copy(media, encoding, tmp_path / "out.x"))
    assert made.tags == encoding.stated
    assert made.coding.matrix == encoding.matrix
    assert made.coding.full == encoding.coding.full
    if tags[0] == 2 and format_id.startswith(VIDEO_ALONE):
        assert not encoding.coding.full
        assert "full range becomes video range" in encoding.losses
    if not format_id.startswith("dnxhr") and tags != (2, 2, 2, 2):
        assert encoding.tags.matrix == tags[3]


def test_losses_are_announced(tmp_path: Path) -> None:
    deep = source(tmp_path, "yuv444p12le")
    assert choose("prores_hq", deep, width=256, height=128).losses == (
        "12 bits become 10 bits",
        "chroma 4:4:4 becomes 4:2:2",
    )
    assert choose("prores_4444", deep, width=256, height=128).losses == ("12 bits become 10 bits",)
    assert choose("ffv1", deep, width=256, height=128).losses == ()
    standard = source(tmp_path, "yuv420p", tags=(1, 6, 6, 6))
    assert choose("dnxhr_hqx", standard, width=256, height=128).losses == (
        "the colour matrix becomes BT.709",
    )
    rgb = source(tmp_path, "gbrp10le")
    assert choose("prores_4444", rgb, width=256, height=128).losses == ("RGB becomes YUV 4:4:4",)


def test_an_untagged_picture_blown_up_is_guessed_at_its_new_size(tmp_path: Path) -> None:
    media = source(tmp_path, height=400)
    assert media.coding.matrix == 6
    for scale, matrix in ((1, 6), (2, 1)):
        encoding = choose("ffv1", media, width=256 * scale, height=400 * scale)
        assert (encoding.tags.matrix, encoding.matrix) == (2, matrix)


def test_alpha_needs_a_codec_that_has_it(tmp_path: Path) -> None:
    media = source(tmp_path)
    for format_id in ("prores_hq", "dnxhr_hqx", "h264"):
        with pytest.raises(FormatError, match=r"alpha.*\n.*\n.*prores_4444, .*ffv1"):
            choose(format_id, media, width=256, height=128, alpha=True)
    for format_id in ("prores_4444", "ffv1"):
        encoding = choose(format_id, media, width=256, height=128, alpha=True)
        assert layout(encoding.pixel_format).alpha


def test_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="There are: auto, prores_proxy"):
        choose("cinepak", source(tmp_path), width=256, height=128)


SIZES = [(16, 16), (18, 20), (64, 36), (255, 121), (256, 120), (640, 271), (641, 272), (1921, 1081)]


@pytest.mark.parametrize("format_id", KINDS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_size_is_refused_or_written(
    format_id: str, width: int, height: int, tmp_path: Path
) -> None:
    media = source(tmp_path)
    even = (width % 2, height % 2) == (0, 0)
    holds = {
        "prores": width % 2 == 0,
        "dnxhr": width >= 256 and height >= 120,
        "cineform": width >= 64 and height >= 32 and width % 32 == 0,
        "ffv1": True,
        "h264": even,
        "h265": even,
    }[format_id.split("_")[0]]
    if format_id.endswith("_10"):  # 4:2:2 and 4:4:4 too
        holds = width % 2 == 0 or format_id == "h265_10"
    if not holds:
        with pytest.raises(FormatError, match=f"{width}x{height}") as error:
            choose(format_id, media, width=width, height=height)
        assert error.value.remedy
        return
    encoding = choose(format_id, media, width=width, height=height)
    shapes = encoding.coding.layout.shapes(width, height)
    (picture,) = noise(1, width, height, encoding.pixel_format)
    assert [tuple(plane.shape) for plane in picture] == list(shapes)
    with Writer(tmp_path / "out.x", encoding) as writer:
        writer.write(picture)
    made = probe(tmp_path / "out.x")
    assert (made.width, made.height, made.frames) == (width, height, 1)


def test_refused_sizes(tmp_path: Path) -> None:
    media = source(tmp_path)
    for format_id, width, height in (
        ("dnxhr_hqx", 255, 120),
        ("h264", 641, 272),
        ("h264", 640, 271),
        ("prores_hq", 8, 8),
    ):
        with pytest.raises(FormatError, match=f"{width}x{height}"):
            choose(format_id, media, width=width, height=height)


def test_encodings_travel_as_json(tmp_path: Path) -> None:
    encoding = choose("prores_hq", source(tmp_path), width=256, height=128)
    assert Encoding.from_json(json.loads(json.dumps(encoding.to_json()))) == encoding


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    encoding = choose("ffv1", source(tmp_path), width=256, height=128)
    path = tmp_path / "out.x"
    (picture,) = noise(1, 256, 128, encoding.pixel_format)

    def stopped() -> None:
        with Writer(path, encoding) as writer:
            writer.write(picture)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stopped()
    assert not path.exists()


def test_no_such_folder(tmp_path: Path) -> None:
    encoding = choose("ffv1", source(tmp_path), width=256, height=128)
    with pytest.raises(OutputError, match="folder"):
        Writer(tmp_path / "none" / "out.x", encoding)


@pytest.mark.parametrize("format_id", KINDS)
def test_no_space_left(format_id: str, tmp_path: Path) -> None:
    """A limit on the size of files fails writes as a full disk does, wherever it falls."""
    encoding = choose(format_id, source(tmp_path), width=256, height=128)
    path = tmp_path / "out.x"
    pictures = noise(8, 256, 128, encoding.pixel_format)

    def write() -> None:
        with Writer(path, encoding) as writer:
            for picture in pictures:
                writer.write(picture)

    write()
    size = path.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (0, 1000, size // 2, size - 1):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            with pytest.raises(OutputError, match=r"out\.x cannot be written"):
                write()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert not path.exists()


def test_the_device_that_is_always_full(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    encoding = choose("ffv1", source(tmp_path), width=256, height=128)
    path = tmp_path / "out.x"
    path.symlink_to("/dev/full")
    pictures = noise(4, 256, 128, encoding.pixel_format)

    def write() -> None:
        with Writer(path, encoding) as writer:
            for picture in pictures:
                writer.write(picture)

    with pytest.raises(DiskFull, match="Free some space"):
        write()


def test_rate_and_pixel_aspect(tmp_path: Path) -> None:
    rate = Fraction(60000, 1001)
    path = numbered(tmp_path / "a.mov", 4, rate=rate, pixel_aspect=Fraction(4, 3))
    media = probe(path)
    for format_id in FILMS:
        size = {"width": 256, "height": 128}
        encoding = choose(format_id, media, **size)
        with Writer(tmp_path / "out.x", encoding) as writer:
            for picture in noise(4, *size.values(), encoding.pixel_format):
                writer.write(picture)
        made = probe(tmp_path / "out.x")
        assert (made.rate, made.pixel_aspect) == (rate, Fraction(4, 3))
