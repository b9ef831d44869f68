"""Segments through one encoder: the same packets as through one each, complete when told so."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest
import torch

from opticals.errors import FormatError
from opticals.media.colour.planes import layout
from opticals.media.facts import Media, Tags
from opticals.media.read.probe import probe
from opticals.media.write.encode import Blank, Writer
from opticals.media.write.encoding import choose
from opticals.media.write.formats import FORMATS
from opticals.media.write.segments import segments_of

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from opticals.media.write.encoding import Encoding

SIZE = (256, 144)
LENGTHS = (3, 1, 5, 2)


def film(pixel_format: str) -> Media:
    """Facts of a film that nobody reads: it is the encoding's source."""
    kind = layout(pixel_format)
    return Media(
        "a.mov", "ffv1", *SIZE, Fraction(1), Fraction(25), sum(LENGTHS), pixel_format, kind.bits,
        kind.alpha, Tags(1, 1, 1, 1), "progressive", 0, 0, False, None, (), 0, Fraction(1, 25),
    )  # fmt: skip


def pictures(pixel_format: str) -> list[list[Tensor]]:
    """From flat to wild and back: an encoder that remembered the one before would show it."""
    kind, generator = layout(pixel_format), torch.Generator().manual_seed(5)
    made = []
    for index in range(sum(LENGTHS)):
        spread = (1, 300, 6, 900, 40, 2)[index % 6] * kind.top // 1023 + 1
        middle = kind.top // 2
        made.append(
            [
                (middle + torch.randint(-spread // 2, spread // 2 + 1, shape, generator=generator))
                .clamp(0, kind.top)
                .to(torch.int32)
                .to(kind.dtype)
                for shape in kind.shapes(*SIZE)
            ]
        )
    return made


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def written(encoding: Encoding, folder: Path) -> list[Path]:
    """All segments in a run, noting when each was said to be complete."""
    done: list[Path] = []

    def finished(path: Path) -> None:
        assert probe(path).frames == LENGTHS[len(done)], "not complete when it was said so"
        done.append(path)

    segments = segments_of(encoding, finished)
    codes = iter(pictures(encoding.pixel_format))
    for number, length in enumerate(LENGTHS):
        segments.begin(folder / f"run{number}.mov")
        for _ in range(length):
            segments.write(Blank(next(codes)))
    segments.finish()
    return done


@pytest.mark.parametrize(
    "format_id", [name for name, one in FORMATS.items() if one.independent and one.encoder]
)
def test_one_encoder_gives_the_packets_of_many(format_id: str, tmp_path: Path) -> None:
    source = film(FORMATS[format_id].pixel_formats[-1])
    encoding = choose(format_id, source, width=SIZE[0], height=SIZE[1])
    run = written(encoding, tmp_path)
    codes = iter(pictures(encoding.pixel_format))
    for number, (length, one) in enumerate(zip(LENGTHS, run, strict=True)):
        path = tmp_path / f"alone{number}.mov"
        with Writer(path, encoding) as writer:
            for _ in range(length):
                writer.write(next(codes))
        assert packets(one) == packets(path)
        ours, theirs = probe(one), probe(path)
        assert (ours.tags, ours.pixel_format, ours.rate, ours.codec, ours.pixel_aspect) == (
            theirs.tags, theirs.pixel_format, theirs.rate, theirs.codec, theirs.pixel_aspect
        )  # fmt: skip


def test_an_encoder_that_looks_back_is_opened_anew(tmp_path: Path) -> None:
    encoding = choose("h264", film("yuv420p"), width=SIZE[0], height=SIZE[1])
    for path in written(encoding, tmp_path):
        with av.open(str(path)) as container:
            assert next(packet for packet in container.demux(video=0)).is_keyframe


@pytest.mark.parametrize("format_id", ["prores_hq", "h264"])
def test_what_is_abandoned_leaves_no_file(format_id: str, tmp_path: Path) -> None:
    encoding = choose(format_id, film("yuv420p"), width=SIZE[0], height=SIZE[1])
    done: list[Path] = []
    segments = segments_of(encoding, done.append)
    codes = iter(pictures(encoding.pixel_format))
    for number in range(2):
        segments.begin(tmp_path / f"{number}.mov")
        segments.write(Blank(next(codes)))
    segments.abandon()
    assert sorted(tmp_path.iterdir()) == sorted(done)


def test_a_picture_that_the_encoder_refuses(tmp_path: Path) -> None:
    from dataclasses import replace

    encoding = choose("dnxhr_hqx", film("yuv422p10le"), width=SIZE[0], height=SIZE[1])
    segments = segments_of(replace(encoding, width=64, height=64), lambda path: None)
    with pytest.raises(FormatError, match="64x64"):
        segments.begin(tmp_path / "a.mov")
    assert not list(tmp_path.iterdir())
