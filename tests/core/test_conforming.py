"""Films of no constant rate, turned, mirrored, interlaced or cut anywhere: what is read of them."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opticals.errors import MediaError
from opticals.media.colour.planes import planes
from opticals.media.facts import Interpretation, Media, require_readable
from opticals.media.read.decode import reading
from opticals.media.read.probe import examine

from .films import (
    by_ffmpeg,
    ffmpeg,
    noise,
    number,
    number_picture,
    numbered,
    numbers,
    oriented,
    pan,
    remuxed,
    through_ffmpeg,
    write_film,
)

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

DEINTERLACE = Interpretation(fields="deinterlace")
MILLISECONDS = Fraction(1000)


def read(
    media: Media, start: int = 0, stop: int | None = None, how: Interpretation | None = None
) -> list[list[Tensor]]:
    with reading(media, how or Interpretation()) as reader:
        frames = reader.read(start, media.frames if stop is None else stop)
        return [[plane.clone() for plane in frame] for frame in frames]


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(map(torch.equal, one, other))


# --- variable rate


def at_times(path: Path, times: list[int], last: int) -> Path:
    """A numbered film whose frames are shown at `times` in milliseconds, the last for `last`."""
    kind = {"codec": "mjpeg", "pixel_format": "yuvj420p"}
    film = numbered(
        path.with_stem("ticks"),
        len(times),
        width=64,
        height=48,
        rate=MILLISECONDS,
        times=times,
        **kind,
    )
    ends = [*times[1:], times[-1] + last]
    with av.open(str(film)) as source, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        stream.time_base = source.streams.video[0].time_base
        packets = [packet for packet in source.demux(video=0) if packet.size]
        for packet, begin, end in zip(packets, times, ends, strict=True):
            packet.duration = int((end - begin) / MILLISECONDS / packet.time_base)
            packet.stream = stream
            output.mux(packet)
    return path


@given(
    gaps=st.lists(st.sampled_from([1, 8, 17, 20, 33, 40, 100, 250]), min_size=3, max_size=12),
    last=st.sampled_from([40, 120]),
    rate=st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(50)]),
    suffix=st.sampled_from([".mov", ".mkv"]),
)
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_variable_rate_plays_as_ffmpeg_makes_it_constant(
    tmp_path: Path, gaps: list[int], last: int, rate: Fraction, suffix: str
) -> None:
    times = [sum(gaps[:place]) for place in range(len(gaps) + 1)]
    media = examine(at_times(tmp_path / f"a{suffix}", times, last))
    if media.constant:
        return
    assert media.frames == len(times)
    length = (media.times[-1] - media.times[0]) * media.time_base * MILLISECONDS
    if suffix == ".mov":  # Matroska does not say how long the last frame lasts
        assert length == times[-1] + last
    conformed = media.conformed(rate)
    found = [number(frame[0]) for frame in read(conformed)]
    # ffmpeg guesses how long the last frame lasts: one more frame at its end says it.
    longer = at_times(tmp_path / "longer.mov", [*times, int(length)], 1000)
    wanted = [
        number(frame[0]) for frame in through_ffmpeg(longer, "gray", 64, 48, "-vf", f"fps={rate}")
    ]
    end = wanted.index(len(times))
    assert found == (wanted[:end] or [len(times) - 1])
    assert len(found) == conformed.frames


def test_a_variable_rate_at_any_position(tmp_path: Path) -> None:
    times = [0]
    rng = random.Random(7)
    for _ in range(79):
        times.append(times[-1] + rng.choice([1, 1, 1, 2, 3, 7]))
    path = numbered(
        tmp_path / "a.mp4", 80, rate=Fraction(30), times=times, options={"g": "12", "bf": "2"}
    )
    media = examine(path)
    assert (media.constant, media.rate) == (False, 30)
    plain = numbers(path)
    with reading(media) as reader:  # as stored
        for start in rng.sample(range(80), 12):
            assert [number(frame) for frame in reader.read(start, start + 1)] == [plain[start]]
    conformed = media.conformed(Fraction(30))
    assert conformed.conformed(Fraction(25)) == conformed
    shown = [number(frame[0]) for frame in read(conformed)]
    assert shown[:-1] == [max(i for i in range(80) if times[i] <= at) for at in range(times[-1])]
    with reading(conformed) as reader:
        for start in rng.sample(range(conformed.frames), 20):
            stop = min(start + 3, conformed.frames)
            found = [number(frame) for frame in reader.read(start, stop)]
            assert found == shown[start:stop]


def test_a_frame_that_stays_is_decoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opticals.media.read import decode

    path = numbered(tmp_path / "a.mov", 6, times=[0, 30, 31, 32, 33, 60])
    conformed = examine(path).conformed(Fraction(25))
    looked_at = []
    whole = decode.planes
    monkeypatch.setattr(decode, "planes", lambda frame: looked_at.append(1) or whole(frame))
    shown = [number(frame) for frame in read(conformed)]
    assert shown[:61] == [0] * 30 + [1, 2, 3] + [4] * 27 + [5]
    assert len(looked_at) == 6


# --- turned and mirrored

ORIENTATIONS = {
    "upright": (1, 0, 0, 1),
    "90": (0, 1, -1, 0),
    "180": (-1, 0, 0, -1),
    "270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "mirrored 90": (0, -1, -1, 0),
    "mirrored 180": (1, 0, 0, -1),
    "mirrored 270": (0, 1, 1, 0),
}


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_stored_turned_is_read_upright_as_ffmpeg_turns_it(name: str, tmp_path: Path) -> None:
    film = write_film(
        tmp_path / "a.mov",
        pan(3, 132, 90, "yuv420p"),
        codec="mpeg4",
        pixel_aspect=Fraction(4, 3),
        options={"q": "2"},
    )
    media = examine(oriented(film, tmp_path / "b.mov", ORIENTATIONS[name]))
    aside = "90" in name or "270" in name
    assert (media.width, media.height) == ((90, 132) if aside else (132, 90))
    assert media.pixel_aspect == (Fraction(3, 4) if aside else Fraction(4, 3))
    kind = media.coding.layout
    wanted = through_ffmpeg(tmp_path / "b.mov", kind.name, media.width, media.height)
    assert all(map(same, read(media), wanted))
    assert f"{'mirrored ' if media.mirrored else ''}{media.rotation or ''}".strip() == (
        "" if name == "upright" else name
    )


@pytest.mark.parametrize("name", ORIENTATIONS)
def test_chroma_stays_where_it_lay(name: str, tmp_path: Path) -> None:
    """Ramps of the place in luma and chroma: wherever chroma lies, it says the same as luma."""
    width, height = 60, 40
    across = torch.arange(width)[None].expand(height, width) * 4
    down = torch.arange(height)[:, None].expand(height, width) * 4
    # 4:2:2, whose first chroma sample lies on the first luma sample of its row.
    film = by_ffmpeg(
        tmp_path / "a.mov",
        [[down.to(torch.uint8), across[:, ::2].to(torch.uint8), down[:, ::2].to(torch.uint8)]],
        "yuv422p",
        *("-c:v", "ffv1", "-strict", "-2"),
    )
    media = examine(oriented(film, tmp_path / "b.mov", ORIENTATIONS[name]))
    (luma, cb, cr) = (plane.to(torch.int32) for plane in read(media)[0])
    coding = media.coding
    assert luma.shape == (media.height, media.width)
    assert cb.shape == coding.layout.shapes(media.width, media.height)[1]
    step_x, step_y = 1 << coding.layout.shift_x, 1 << coding.layout.shift_y
    at_x = int(coding.siting.x) if coding.layout.shift_x else 0
    at_y = int(coding.siting.y) if coding.layout.shift_y else 0
    # Along the stored rows luma and Cr say the same; along the columns Cb tells the column.
    assert torch.equal(luma[at_y::step_y, at_x::step_x], cr)
    a, b, _, _ = ORIENTATIONS[name]
    x = torch.arange(media.width)[None, at_x::step_x].expand(cb.shape)
    y = torch.arange(media.height)[at_y::step_y, None].expand(cb.shape)
    columns = a * x + b * y
    assert torch.equal(cb, 4 * (columns - columns.min()))


def test_a_film_turned_by_no_quarter(tmp_path: Path) -> None:
    media = examine(numbered(tmp_path / "a.mov", 2))
    with pytest.raises(MediaError, match="turned by 45") as error:
        require_readable(replace(media, rotation=45))
    assert error.value.remedy


# --- interlaced


@pytest.mark.parametrize(
    ("pixel_format", "codec", "order"),
    [
        ("yuv420p", ("mpeg2video", "-g", "12", "-bf", "2", "-q:v", "2"), "tff"),
        ("yuv422p", ("ffv1",), "bff"),
        ("yuv422p10le", ("prores",), "tff"),
        ("yuv444p12le", ("ffv1",), "bff"),
    ],
)
def test_deinterlaced_as_ffmpeg_does_it(
    pixel_format: str, codec: tuple[str, ...], order: str, tmp_path: Path
) -> None:
    path = by_ffmpeg(
        tmp_path / "a.mkv",
        noise(20, 64, 48, pixel_format),
        pixel_format,
        *("-vf", f"setfield={order}", "-flags", "+ildct+ilme", "-c:v", *codec),
    )
    media = examine(path)
    assert media.field_order == {"tff": "top", "bff": "bottom"}[order]
    kind = media.pixel_format
    bwdif = f"bwdif=mode=send_frame:parity={order}:deint=all"
    wanted = through_ffmpeg(path, kind, 64, 48, "-vf", bwdif)
    stored = through_ffmpeg(path, kind, 64, 48)
    wanted[0] = first_by_libav(path, bwdif)  # whose versions differ in the very first frame
    assert len(wanted) == media.frames == 20
    rng = random.Random(pixel_format)
    with reading(media, DEINTERLACE) as reader:
        for start in [0, 19, 1, 18, *(rng.randrange(20) for _ in range(8))]:
            stop = min(20, start + rng.randrange(1, 4))
            for place, frame in zip(range(start, stop), reader.read(start, stop), strict=True):
                assert same(frame, wanted[place]), place
                assert not same(frame, stored[place])
    assert all(map(same, read(media, how=Interpretation(fields="keep")), stored))


def first_by_libav(path: Path, description: str) -> list[Tensor]:
    name, arguments = description.split("=", 1)
    with av.open(str(path)) as container:
        graph = av.filter.Graph()
        source = graph.add_buffer(template=container.streams.video[0])
        graph.link_nodes(source, graph.add(name, arguments), graph.add("buffersink")).configure()
        for frame in container.decode(video=0):
            graph.vpush(frame)
            with contextlib.suppress(av.BlockingIOError):
                return [plane.clone() for plane in planes(graph.vpull())]
    raise AssertionError


def test_interlaced_stops_for_a_choice(tmp_path: Path) -> None:
    pictures = pan(4, 64, 48, "yuv422p10le")
    path = by_ffmpeg(
        tmp_path / "a.mov",
        pictures,
        "yuv422p10le",
        *("-vf", "setfield=tff", "-flags", "+ildct", "-c:v", "prores"),
    )
    media = examine(path)
    with pytest.raises(MediaError, match=r"a\.mov is interlaced") as error:
        require_readable(media)
    for choice in ("deinterlace", "keep"):
        assert f"--fields {choice}" in error.value.remedy
        require_readable(media, Interpretation(fields=choice))
    require_readable(replace(media, rotation=90), DEINTERLACE)
    with pytest.raises(MediaError, match="stored turned"):
        require_readable(replace(media, rotation=90), Interpretation(fields="keep"))
    with pytest.raises(MediaError, match=r"H\.265"):
        require_readable(replace(media, codec="hevc"), DEINTERLACE)


# --- cut anywhere, damaged, gone


@pytest.mark.parametrize("suffix", [".ts", ".mkv", ".mp4"])
@pytest.mark.parametrize(
    "settings",
    [
        {"options": {"g": "12", "bf": "2", "b_strategy": "0"}},
        {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}},
        {"codec": "libx265", "options": {"x265-params": "log-level=none:keyint=12:open-gop=1"}},
    ],
    ids=["h264", "mpeg2", "h265"],
)
def test_the_first_frame_is_no_key_frame(
    suffix: str, settings: dict[str, object], tmp_path: Path
) -> None:
    whole = numbered(tmp_path / "whole.mkv", 60, **settings)
    path = remuxed(whole, tmp_path / f"cut{suffix}", slice(7, None))
    plain = numbers_that_decode(path)
    media = examine(path)
    assert media.frames == len(plain) < 60
    with reading(media) as reader:
        for start in (0, len(plain) - 1, 1, 20, 13, 30):
            found = [number(frame) for frame in reader.read(start, start + 1)]
            assert found == plain[start : start + 1]


def numbers_that_decode(path: Path) -> list[int]:
    """By a plain forward decode of packet after packet; what cannot be decoded is left out."""
    found = []
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            try:
                found += [number(frame) for frame in packet.decode()]
            except av.InvalidDataError:
                assert not found
    return found


def test_a_late_shot_of_a_transport_stream_is_not_read_from_the_beginning(
    tmp_path: Path,
) -> None:
    path = numbered(tmp_path / "a.ts", 1000, width=64, height=48, options={"g": "25", "bf": "2"})
    media = examine(path)
    places: list[int] = []
    with reading(media) as reader:
        stored = reader._film._stored  # type: ignore[attr-defined]
        plain = stored._numbered

        def watched() -> object:
            for number_, frame in plain():
                places.append(number_)
                yield number_, frame

        stored._numbered = watched
        assert [number(frame) for frame in reader.read(930, 932)] == [930, 931]
        assert min(places) >= 900
        assert [number(frame) for frame in reader.read(40, 41)] == [40]


def test_a_source_that_is_cut_short_or_disappears_while_it_is_read(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mkv", pan(60, 320, 240, "yuv420p"), options={"g": "12"})
    media = examine(path)
    size = path.stat().st_size
    with reading(media) as reader:
        next(iter(reader.read(0, 1)))
        with path.open("r+b") as file:
            file.truncate(size // 2)
        with pytest.raises(MediaError, match=r"a\.mkv: frame \d+ cannot be decoded") as error:
            list(reader.read(1, 60))
        assert error.value.remedy
        path.unlink()
        with pytest.raises(MediaError, match=r"a\.mkv.*(missing|cannot be decoded)"):
            list(reader.read(0, 60))


def test_a_read_after_an_error(tmp_path: Path) -> None:
    path = numbered(tmp_path / "a.mov", 40, codec="mjpeg", pixel_format="yuvj420p")
    media = examine(path)
    with av.open(str(path)) as container:
        place, size = next(
            (one.pos, one.size) for one in container.demux(video=0) if one.pts == 20 * 512
        )
    data = bytearray(path.read_bytes())
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    with reading(media) as reader:
        with pytest.raises(MediaError, match=r"a\.mov: frame (1\d|20) "):
            list(reader.read(0, 40))
        assert [number(frame) for frame in reader.read(0, 5)] == [0, 1, 2, 3, 4]
        assert [number(frame) for frame in reader.read(30, 32)] == [30, 31]


def test_a_damaged_first_frame_is_not_left_out(tmp_path: Path) -> None:
    path = numbered(tmp_path / "a.mov", 10, codec="mjpeg", pixel_format="yuvj420p")
    with av.open(str(path)) as container:
        first = next(iter(container.demux(video=0)))
        place, size = first.pos, first.size
    data = bytearray(path.read_bytes())
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    with pytest.raises(MediaError, match=r"a\.mov: the first frame cannot be decoded"):
        examine(path)


def test_numbers_in_a_film_by_ffmpeg(tmp_path: Path) -> None:
    """The helper itself: what it writes is what av reads."""
    pictures = [number_picture(value, 128, 96, "yuv420p") for value in range(5)]
    path = by_ffmpeg(tmp_path / "a.mkv", pictures, "yuv420p", "-c:v", "ffv1")
    assert ffmpeg()
    assert numbers(path) == list(range(5))
