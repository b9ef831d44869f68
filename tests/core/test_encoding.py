"""What is chosen for a source, what is refused by name, and what a render then carries."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
import torch

from opticals.errors import FormatError, OutputError
from opticals.media.colour.planes import layout
from opticals.media.contract import failures
from opticals.media.facts import Hdr, Media
from opticals.media.read.probe import probe
from opticals.media.write.encode import Writer
from opticals.media.write.encoding import choose
from opticals.media.write.formats import CHOICES, FORMATS, TARGETS
from opticals.media.write.join import join
from opticals.media.write.metadata import carried
from opticals.recipe import Recipe, parse_step
from opticals.rendering.engine import render
from opticals.rendering.job import Job, Output, Render
from tests.core.edits import plain_shot

from .films import numbered, pan, write_film
from .test_contract import promise

if TYPE_CHECKING:
    from pathlib import Path

HDR = Hdr(
    tuple(map(str, ("0.68", "0.32", "0.265", "0.69", "0.15", "0.06", "0.3127", "0.329"))),
    ("0.0001", "1000"),
    (1000, 400),
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Media:
    path = tmp_path_factory.mktemp("film") / "a.mov"
    return probe(
        numbered(path, 3, width=256, height=128, tags=(1, 1, 1, 1), timecode="01:00:00:00")
    )


def like(film: Media, pixel_format: str, **facts: Any) -> Media:
    kind = layout(pixel_format)
    return replace(film, pixel_format=pixel_format, bits=kind.bits, alpha=kind.alpha, **facts)


def chosen(media: Media, **how: Any) -> str:
    size = {"width": media.width, "height": media.height} | how
    return choose("auto", media, **size).format


@pytest.mark.parametrize(
    ("pixel_format", "expected"),
    [
        ("yuv420p", "prores_hq"),
        ("yuv422p10le", "prores_hq"),
        ("yuv422p12le", "prores_hq"),
        ("gray", "prores_hq"),
        ("yuv444p", "prores_4444"),
        ("yuva420p", "prores_4444"),
        ("yuva444p12le", "prores_4444"),
        ("rgb24", "prores_4444"),
        ("gbrp10le", "prores_4444"),
        ("gbrp12le", "cineform"),
        ("gbrap12le", "cineform"),
        ("rgba64le", "cineform"),
    ],
)
def test_the_mezzanine_follows_the_source(film: Media, pixel_format: str, expected: str) -> None:
    media = like(film, pixel_format)
    assert chosen(media) == expected
    encoding = choose("auto", media, width=256, height=128)
    kind, source = encoding.coding.layout, layout(pixel_format)
    assert kind.alpha == source.alpha
    assert any("bits become" in one for one in encoding.losses) == (kind.bits < source.bits)


def test_the_mezzanine_fits(film: Media) -> None:
    """Sizes that ProRes does not take, fields that DNxHR does not keep, programs without
    CineForm."""
    assert chosen(film, width=257, height=128) == "dnxhr_hqx"
    assert chosen(film, width=95, height=55) == "ffv1"
    assert chosen(film, width=257, height=128, field_order="top") == "ffv1"
    assert chosen(like(film, "yuva420p"), width=257, height=128) == "ffv1"
    deep = like(film, "gbrp12le")
    assert chosen(deep, target="avid") == chosen(deep, target="fcp") == "prores_4444"
    assert chosen(deep, width=250) == "prores_4444"
    assert next(iter(CHOICES)) == "auto"
    assert list(CHOICES)[1:] == list(FORMATS)


def test_alpha_is_as_the_program_takes_it(film: Media) -> None:
    media = like(film, "yuva444p10le")
    for name, target in TARGETS.items():
        for format_id in ("prores_4444", "ffv1"):
            encoding = choose(format_id, media, width=256, height=128, target=name)
            assert encoding.coding.premultiplied == target.premultiplied
            assert encoding.alpha == ("premult" if target.premultiplied else "straight")
        assert choose("h264", film, width=256, height=128, target=name).alpha == ""
    with pytest.raises(FormatError, match="resolve"):
        choose("auto", film, width=256, height=128, target="moviola")


@pytest.mark.parametrize(
    ("format_id", "container", "change", "words"),
    [
        ("prores_hq", "mp4", {}, "cannot be put in MP4"),
        ("cineform", "mxf", {}, "cannot be put in MXF"),
        ("ffv1", "mov", {}, "cannot be put in QuickTime"),
        ("prores_hq", "avi", {}, "There is no container"),
        ("dnxhr_hqx", "mxf", {"pixel_aspect": Fraction(4, 3)}, "4/3 as wide as high"),
        ("prores_hq", "mxf", {"rate": Fraction(15)}, "15 frames per second"),
    ],
)
def test_what_a_container_cannot_hold_is_named(
    film: Media, format_id: str, container: str, change: dict[str, Any], words: str
) -> None:
    media = replace(film, **change)
    with pytest.raises(FormatError, match=words) as error:
        choose(format_id, media, width=256, height=128, container=container)
    assert error.value.remedy


def test_fields_need_a_place(film: Media) -> None:
    size = {"width": 256, "height": 128}
    with pytest.raises(FormatError, match=r"interlaced.*\n.*\n.*deinterlace.*prores_hq"):
        choose("dnxhr_hqx", film, **size, field_order="top")
    with pytest.raises(FormatError, match="progressive"):
        choose("prores_hq", film, **size, container="mxf", field_order="top")
    with pytest.raises(FormatError, match="256x126"):  # chroma of a field has half its lines
        choose("h264", film, width=256, height=126, field_order="bottom")


def written(media: Media, format_id: str, container: str, folder: Path) -> tuple[Media, bool]:
    """A film in a container as it was chosen for `media`, and whether it keeps its contract."""
    from opticals.media.contract import check

    encoding = choose(format_id, media, width=256, height=128, container=container)
    pictures = pan(3, 256, 128, encoding.pixel_format)
    with Writer(folder / "segment", encoding) as writer:
        for picture in pictures:
            writer.write(picture)
    path = folder / f"made{encoding.suffix}"
    join([folder / "segment"], path, encoding, start=1000, drop_frame=False, tape="made")
    wanted = replace(promise(encoding, pictures), start=1000, drop_frame=False)
    return probe(path), not failures(check(path, wanted))


@pytest.mark.parametrize("format_id", ["h264", "h264_10", "h265", "h265_10"])
@pytest.mark.parametrize("container", ["mov", "mp4", "mkv"])
def test_siting_and_hdr_travel(film: Media, format_id: str, container: str, tmp_path: Path) -> None:
    media = like(film, "yuv420p10le", siting="top_left", hdr=HDR)
    made, kept = written(media, format_id, container, tmp_path)
    assert kept
    assert made.siting == "top_left"
    assert made.hdr is not None
    assert made.hdr.content == HDR.content
    assert [Fraction(one) for one in made.hdr.luminance] == [Fraction("0.0001"), 1000]
    for one, other in zip(made.hdr.primaries, HDR.primaries, strict=True):
        assert abs(Fraction(one) - Fraction(other)) <= Fraction(1, 100_000)


def test_what_a_codec_cannot_say_is_announced(film: Media) -> None:
    media = like(film, "yuv420p", siting="top_left", hdr=HDR)
    losses = choose("ffv1", media, width=256, height=128).losses
    assert losses == (
        "that chroma lies top left is not said",
        "the HDR metadata (mastering display, light levels) is left out",
    )


@pytest.mark.parametrize("container", ["mov", "mkv", "mxf"])
def test_the_sources_words_are_carried(container: str, tmp_path: Path) -> None:
    plain = numbered(tmp_path / "plain.mov", 3, width=256, height=128, tags=(1, 1, 1, 1))
    words = {"title": "Scene 12", "comment": "B camera", "artist": "2nd unit"}
    path = tmp_path / "told.mov"
    with av.open(str(plain)) as one, av.open(str(path), "w") as other:
        other.metadata.update(words)
        stream = other.add_stream_from_template(one.streams.video[0])
        for packet in one.demux(video=0):
            if packet.size:
                packet.stream = stream
                other.mux_one(packet)
    media = probe(path)
    assert carried(media) == words
    made = rendered(path, tmp_path / "out", format="prores_hq", container=container)
    assert carried(probe(made.path)) == words


def rendered(film: Path, folder: Path, **output: Any) -> Render:
    media = probe(film)
    shot = plain_shot(
        "V1:1", "a", str(film), media.rate, media.drop_frame, 0, media.frames, 0, media.frames,
        0, 0, media.frames,
    )  # fmt: skip
    job = Job(shot, Recipe((parse_step("copy"),)), Output(folder, handles=0, **output), "cpu")
    return render(job, lambda *report: None, lambda: None)


def test_another_container_asks_for_no_other_pictures(film: Media, tmp_path: Path) -> None:
    made = [
        rendered(_path(film), tmp_path, format="prores_422", container=name)
        for name in ("mov", "mxf", "mkv")
    ]
    assert [one.path.suffix for one in made] == [".mov", ".mxf", ".mkv"]
    assert [one.details["rendered"] for one in made] == [3, 0, 0]


def _path(film: Media) -> Path:
    from pathlib import Path

    return Path(film.path)


def test_the_name_says_how_alpha_is(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_film(
        path, pan(3, 96, 64, "yuva444p10le"), codec="ffv1", pixel_format="yuva444p10le",
        options={"level": "3"}, tags=(1, 1, 1, 1),
    )  # fmt: skip
    assert rendered(path, tmp_path / "o", target="resolve").name == "V1-1_copy_premult_v001"
    straight = rendered(path, tmp_path / "o", target="premiere")
    assert straight.name == "V1-1_copy_straight_v001"
    assert straight.format == "prores_4444"


def test_a_phone_clip_becomes_prores(tmp_path: Path) -> None:
    """Full range is scaled to video range and said to be so; drop-frame timecode stays."""
    tools = [shutil.which(name) for name in ("ffprobe", "ffmpeg")]
    if not all(tools):
        pytest.skip("ffmpeg is not installed")
    halves = torch.zeros(128, 256, dtype=torch.uint8)
    halves[:, 128:] = 255
    grey = torch.full((64, 128), 128, dtype=torch.uint8)
    path = tmp_path / "phone.mov"
    write_film(
        path, [[halves, grey, grey]] * 6, rate=Fraction(30000, 1001), timecode="10:00:00;00",
        tags=(2, 1, 1, 1), options={"qp": "0"},
    )  # fmt: skip
    made = rendered(path, tmp_path / "out", format="prores_hq")
    assert "full range becomes video range" in made.details["losses"]
    shown = json.loads(_told("ffprobe", "-show_streams", "-of", "json", str(made.path)))
    (video,) = [one for one in shown["streams"] if one["codec_type"] == "video"]
    (clock,) = [one for one in shown["streams"] if one["codec_type"] == "data"]
    assert (video["color_range"], video["pix_fmt"]) == ("tv", "yuv422p10le")
    assert clock["tags"]["timecode"] == "10:00:00;00"
    raw = _told("ffmpeg", "-i", str(made.path), "-map", "0:v", "-f", "rawvideo", "-")
    luma = np.frombuffer(raw, "<u2").reshape(6, -1)[:, : 256 * 128].reshape(6, 128, 256)
    assert set(luma[:, :, :120].flat) == {64}
    assert set(luma[:, :, 136:].flat) == {940}


def _told(tool: str, *options: str) -> bytes:
    return subprocess.run([tool, "-v", "error", *options], check=True, capture_output=True).stdout


def test_a_disk_that_fills_up_at_any_moment(film: Media, tmp_path: Path) -> None:
    """Whatever is written when it happens, nothing stands under a final name."""
    whole = rendered(_path(film), tmp_path / "whole", format="dnxhr_lb", name="whole")
    size = whole.path.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for step, room in enumerate((0, 100, size // 3, size // 2, size - 40, size - 1)):
        folder = tmp_path / f"{step}"
        rate = Fraction(25)
        shot = plain_shot("V1:1", "a", film.path, rate, False, 0, 3, 0, 3, 0, 0, 3)
        recipe = Recipe((parse_step("copy"),), seed=step + 1)  # nothing of it is in the cache
        output = Output(folder, "dnxhr_lb", handles=0, name="whole")
        job = Job(shot, recipe, output, "cpu")
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            with pytest.raises(OutputError):
                render(job, lambda *report: None, lambda: None)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert [one.name for one in folder.iterdir()] == []
        made = render(job, lambda *report: None, lambda: None)
        assert made.path.stat().st_size == size


def test_an_encoder_that_refuses(film: Media, tmp_path: Path) -> None:
    encoding = choose("dnxhr_hqx", film, width=256, height=128)
    path = tmp_path / "out.mov"
    (picture,) = pan(1, 128, 96, "yuv422p10le")
    with (
        pytest.raises(FormatError, match="dnxhd cannot encode 128x96"),
        Writer(path, replace(encoding, width=128, height=96)) as writer,
    ):
        writer.write(picture)
    assert not path.exists()
