"""The frame contract catches what must never be delivered; each break is a file really written."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest
from torch import Tensor

from opticals.media.colour.planes import layout
from opticals.media.contract import Contract, check, failures, fingerprint
from opticals.media.facts import Media, Tags
from opticals.media.read.probe import probe
from opticals.media.write.encode import Writer
from opticals.media.write.encoding import Encoding, choose
from opticals.media.write.formats import FORMATS
from opticals.media.write.join import join

from .films import numbered, pan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

RATE = Fraction(30000, 1001)
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
START = 1078920  # 10:00:00;00
Pictures = list[list[Tensor]]


@pytest.fixture
def media(tmp_path: Path) -> Media:
    path = numbered(tmp_path / "source.mov", 2, width=256, height=128, rate=RATE, tags=(1, 1, 1, 1))
    return probe(path)


def promise(encoding: Encoding, pictures: Pictures) -> Contract:
    kind = encoding.coding.layout
    return Contract(
        frames=len(pictures),
        rate=encoding.rate,
        width=encoding.width,
        height=encoding.height,
        pixel_aspect=encoding.pixel_aspect,
        start=START,
        drop_frame=True,
        tags=encoding.stated,
        field_order=encoding.field_order,
        siting=encoding.stated_siting,
        hdr=encoding.hdr,
        bits=kind.bits,
        alpha=kind.alpha,
        prints=tuple(fingerprint(picture, kind) for picture in pictures),
    )


def deliver(
    folder: Path,
    encoding: Encoding,
    pictures: Sequence[Sequence[Tensor]],
    *,
    start: int = START,
    drop_frame: bool = True,
) -> Path:
    segment, target = folder / "segment", folder / "render.part"
    with Writer(segment, encoding) as writer:
        for picture in pictures:
            writer.write(picture)
    join([segment], target, encoding, start=start, drop_frame=drop_frame, tape="render")
    return target


@pytest.mark.parametrize("format_id", KINDS)
@pytest.mark.parametrize("step", [0.0, 0.25, 3.0], ids=["still", "slow", "fast"])
def test_a_good_file_keeps_it(format_id: str, step: float, media: Media, tmp_path: Path) -> None:
    encoding = choose(format_id, media, width=256, height=128)
    pictures = pan(24, 256, 128, encoding.pixel_format, step)
    wanted = promise(encoding, pictures)
    counted: list[int] = []
    points = check(deliver(tmp_path, encoding, pictures), wanted, counted.append)
    assert failures(points) == ()
    assert counted == list(range(1, 25))
    assert {point.name for point in points} >= {"frames", "rate", "start timecode", "pictures"}
    assert Contract.from_json(json.loads(json.dumps(wanted.to_json()))) == wanted


def drop(pictures: Pictures) -> Pictures:
    return pictures[:10] + pictures[11:]


def double(pictures: Pictures) -> Pictures:
    return pictures[:10] + pictures[9:]


def drop_and_double(pictures: Pictures) -> Pictures:
    return [*pictures[:6], *pictures[7:20], pictures[20], *pictures[20:]]


def swap(pictures: Pictures) -> Pictures:
    return [*pictures[:9], pictures[10], pictures[9], *pictures[11:]]


def shift(pictures: Pictures) -> Pictures:
    return [*pictures[1:], pictures[-1]]


def shift_back(pictures: Pictures) -> Pictures:
    return [pictures[0], *pictures[:-1]]


def grey_frame(pictures: Pictures) -> Pictures:
    flat = [plane.clone() for plane in pictures[5]]
    flat[0].fill_(64 << 2 if flat[0].dtype.itemsize == 2 else 64)
    return [*pictures[:5], flat, *pictures[6:]]


def colour_lost(pictures: Pictures) -> Pictures:
    lost = [plane.clone() for plane in pictures[5]]
    lost[1].copy_(lost[2])
    return [*pictures[:5], lost, *pictures[6:]]


BREAKS: dict[Callable[[Pictures], Pictures], set[str]] = {
    drop: {"frames", "pictures"},
    double: {"frames", "pictures"},
    drop_and_double: {"pictures"},
    swap: {"pictures"},
    shift: {"pictures"},
    shift_back: {"pictures"},
    grey_frame: {"pictures"},
    colour_lost: {"pictures"},
}


@pytest.mark.parametrize("format_id", KINDS)
@pytest.mark.parametrize("broken", BREAKS, ids=lambda one: one.__name__)
def test_pictures_out_of_place(
    broken: Callable[[Pictures], Pictures], format_id: str, media: Media, tmp_path: Path
) -> None:
    encoding = choose(format_id, media, width=256, height=128)
    pictures = pan(30, 256, 128, encoding.pixel_format, step=2)
    path = deliver(tmp_path, encoding, broken(pictures))
    points = check(path, promise(encoding, pictures))
    assert {point.name for point in failures(points)} == BREAKS[broken]


@pytest.mark.parametrize("format_id", ["prores_hq", "dnxhr_hqx", "h264"])
@pytest.mark.parametrize("broken", [shift, shift_back])
def test_an_almost_still_shot_moved_by_a_frame(
    broken: Callable[[Pictures], Pictures], format_id: str, media: Media, tmp_path: Path
) -> None:
    encoding = choose(format_id, media, width=256, height=128)
    pictures = pan(30, 256, 128, encoding.pixel_format, step=0.25)
    path = deliver(tmp_path, encoding, broken(pictures))
    (point,) = failures(check(path, promise(encoding, pictures)))
    assert point.name == "pictures"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("rate", {"rate": Fraction(30)}),
        ("size", {"width": 258}),
        ("size", {"height": 130}),
        ("pixel aspect", {"pixel_aspect": Fraction(4, 3)}),
        ("matrix", {"tags": Tags(1, 1, 1, 6)}),
        ("primaries", {"tags": Tags(1, 9, 1, 1)}),
        ("transfer", {"tags": Tags(1, 1, 16, 1)}),
        ("range", {"tags": Tags(2, 1, 1, 1)}),
    ],
)
def test_a_file_of_another_kind(
    name: str, change: dict[str, object], media: Media, tmp_path: Path
) -> None:
    encoding = choose("h264", media, width=256, height=128)
    other = replace(encoding, **change)  # type: ignore[arg-type]
    pictures = pan(8, other.width, other.height, encoding.pixel_format)
    wanted = replace(promise(encoding, pictures), drop_frame=False, prints=())
    path = deliver(tmp_path, other, pictures, start=wanted.start or 0, drop_frame=False)
    assert {point.name for point in failures(check(path, wanted))} - {"start timecode"} == {name}


@pytest.mark.parametrize(("start", "drop_frame"), [(START + 1, True), (START, False), (0, True)])
def test_another_start_timecode(start: int, drop_frame: bool, media: Media, tmp_path: Path) -> None:
    encoding = choose("prores_hq", media, width=256, height=128)
    pictures = pan(3, 256, 128, encoding.pixel_format)
    path = deliver(tmp_path, encoding, pictures, start=start, drop_frame=drop_frame)
    (point,) = failures(check(path, promise(encoding, pictures)))
    assert (point.name, point.expected) == ("start timecode", "10:00:00;00")


def test_no_timecode_at_all(media: Media, tmp_path: Path) -> None:
    encoding = choose("prores_hq", media, width=256, height=128)
    pictures = pan(3, 256, 128, encoding.pixel_format)
    path = tmp_path / "plain.x"
    with Writer(path, encoding) as writer:
        for picture in pictures:
            writer.write(picture)
    (point,) = failures(check(path, promise(encoding, pictures)))
    assert (point.name, point.found) == ("start timecode", "none")


def test_lost_depth_and_alpha(media: Media, tmp_path: Path) -> None:
    deep = choose("prores_4444", media, width=256, height=128, alpha=True)
    shallow = choose("h264", media, width=256, height=128)
    pictures = pan(3, 256, 128, shallow.pixel_format)
    path = deliver(tmp_path, shallow, pictures)
    wanted = replace(promise(deep, pan(3, 256, 128, deep.pixel_format)), prints=())
    assert {point.name for point in failures(check(path, wanted))} == {"bits", "alpha"}


def test_alpha_is_looked_at(media: Media, tmp_path: Path) -> None:
    encoding = choose("prores_4444", media, width=256, height=128, alpha=True)
    pictures = pan(4, 256, 128, encoding.pixel_format)
    opaque = [[*picture[:3], picture[3].clone().fill_(1023)] for picture in pictures]
    path = deliver(tmp_path, encoding, opaque)
    assert failures(check(path, promise(encoding, opaque))) == ()
    (point,) = failures(check(path, promise(encoding, pictures)))
    assert point.name == "pictures"


def test_a_truncated_file(media: Media, tmp_path: Path) -> None:
    encoding = choose("prores_hq", media, width=256, height=128)
    pictures = pan(6, 256, 128, encoding.pixel_format)
    path = deliver(tmp_path, encoding, pictures)
    path.write_bytes(path.read_bytes()[:-2000])
    (point,) = failures(check(path, promise(encoding, pictures)))
    assert point.name == "readable"
    (point,) = failures(check(tmp_path / "none.mov", promise(encoding, pictures)))
    assert "missing" in point.found


def test_anybodys_file(media: Media, tmp_path: Path) -> None:
    """Without prints: a file that another tool made for the same shot."""
    path = numbered(tmp_path / "theirs.mov", 20, width=256, height=128, rate=RATE)
    wanted = Contract(frames=20, rate=RATE, width=256, height=128)
    assert failures(check(path, wanted)) == ()
    assert [one.name for one in failures(check(path, replace(wanted, frames=21)))] == ["frames"]


def test_what_progress_raises_stops_the_check(media: Media, tmp_path: Path) -> None:
    encoding = choose("prores_hq", media, width=256, height=128)
    pictures = pan(4, 256, 128, encoding.pixel_format)
    path = deliver(tmp_path, encoding, pictures)

    def stop(frames: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(path, promise(encoding, pictures), stop)


def test_a_fingerprint_does_not_depend_on_depth() -> None:
    ten = pan(1, 256, 128, "yuv422p10le")[0]
    twelve = [plane.int().mul(4).to(plane.dtype) for plane in ten]
    assert fingerprint(ten, layout("yuv422p10le")) == fingerprint(twelve, layout("yuv422p12le"))


def test_frames_at_other_times(media: Media, tmp_path: Path) -> None:
    """Right pictures, shown at the wrong times."""
    path = numbered(tmp_path / "gap.mov", 6, width=256, height=128, times=[0, 1, 2, 4, 5, 6])
    points = check(path, Contract(frames=6, rate=Fraction(25), width=256, height=128))
    (point,) = failures(points)
    assert (point.name, point.found) == ("rate", "variable")
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 6
