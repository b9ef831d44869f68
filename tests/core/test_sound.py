"""Sound cut to the sample: at head and tail of a render the sample and the picture agree."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opticals.errors import MediaError, OutputError
from opticals.media import contract
from opticals.media.facts import Audio, Media, Tags
from opticals.media.read.probe import probe
from opticals.media.sound.pcm import formed, pcm_bytes, sample_at
from opticals.media.sound.tracks import Sound, heard, plan
from opticals.media.write.encode import Writer
from opticals.media.write.encoding import choose
from opticals.media.write.join import join
from opticals.recipe import Recipe, parse_step
from opticals.rendering.engine import render
from opticals.rendering.job import Job, Output
from opticals.rendering.prepare import prepare
from tests.core.edits import plain_shot

from .films import numbered, numbers
from .sounds import SIZE, an_hour, counted, film_with_sound, read_by_ffmpeg, shown_number, sung

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NTSC = Fraction(30000, 1001)
RATES = (
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 60)),
    *(Fraction(rate) for rate in (24, 25, 30, 50, 60)),
)
FORMATS = {"mov": "prores_proxy", "mkv": "ffv1", "mxf": "prores_proxy", "mp4": "h264"}
FRAMES = 70
MEDIA = Media(
    "a.mov", "h264", 64, 48, Fraction(1), NTSC, 10**8, "yuv420p", 8, False, Tags(), "", 0, None,
    False, None, (), 0, Fraction(1, 30000), "mov",
)  # fmt: skip
RANGES = ((0, FRAMES), (33, 17), (61, 9))


def joined(media: Media, first: int, frames: int, container: str, target: Path) -> tuple[Any, ...]:
    """Frames of a numbered film and their sound, joined: its tracks, and what is lost."""
    format_id = FORMATS[container]
    encoding = choose(format_id, media, width=SIZE[0], height=SIZE[1], container=container)
    sound, losses = plan(media, first, frames, media.rate, container)
    parts = []
    for start in range(first, first + frames, 40):
        parts.append(target.with_name(f"{start}{encoding.segment_suffix}"))
        with Writer(parts[-1], encoding) as writer:
            for index in range(start, min(start + 40, first + frames)):
                writer.write(shown_number(index, encoding.pixel_format))
    made = join(parts, target, encoding, start=0, drop_frame=False, tape="t", sound=sound)
    assert made.frames == frames
    return made.tracks, losses


def place_of(samples: NDArray[Any], rate: int, about: int, reach: int = 400) -> int:
    """Where in `sung` the samples `[n]` of its first channel begin, near `about`."""
    whole = sung(about - reach, len(samples) + 2 * reach, 1, rate)[:, 0]
    found = np.correlate(whole, samples.astype(np.float64), "valid")
    return about - reach + int(np.argmax(found))


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_head_and_tail(rate: Fraction, tmp_path: Path) -> None:
    for sample_rate in (44100, 48000, 96000):
        media = probe(film_with_sound(tmp_path / "source.mov", FRAMES, rate, sample_rate))
        for number, container in enumerate(FORMATS):
            first, frames = RANGES[(number + sample_rate) % len(RANGES)]
            target = tmp_path / f"render.{container}"
            tracks, losses = joined(media, first, frames, container, target)
            assert numbers(target) == list(range(first, first + frames))
            if container == "mxf" and sample_rate != 48000:
                assert not tracks
                assert "48000 Hz alone" in losses[0]
                continue
            exact = first * sample_rate / rate
            assert abs(tracks[0].first - exact) <= Fraction(1, 2)
            end = (frames if container == "mxf" else first + frames) * sample_rate / rate
            begin = 0 if container == "mxf" else tracks[0].first
            assert abs(begin + tracks[0].samples - end) <= Fraction(1, 2)
            found = read_by_ffmpeg(target)
            if container == "mp4":
                assert "AAC" in losses[0]
                continue  # what is in it: below
            assert np.array_equal(found, counted(tracks[0].first, tracks[0].samples) * 256)


def test_an_hour_drifts_by_nothing(tmp_path: Path) -> None:
    """An hour of 29.97, whole and its last second: picture and sample agree to the last."""
    frames, sample_rate, end = 107892, 8000, 28799971
    assert end == int(frames * sample_rate / NTSC)
    media = probe(an_hour(tmp_path / "hour.mov", frames, NTSC, sample_rate))
    assert media.frames == frames
    target = tmp_path / "tail.mov"
    (track,), _ = joined(media, frames - 30, 30, "mov", target)
    assert track.first + track.samples == sample_at(frames, sample_rate, NTSC)
    found = read_by_ffmpeg(target, channels=1)[:, 0]
    assert np.array_equal(found, counted(track.first, track.samples, 1)[:, 0])

    encoding = choose("prores_proxy", media, width=SIZE[0], height=SIZE[1])
    segment = tmp_path / "segment.mov"
    with Writer(segment, encoding) as writer:
        for index in range(324):
            writer.write(shown_number(index, encoding.pixel_format))
    sound, _ = plan(media, 0, frames, NTSC, "mov")
    whole = tmp_path / "whole.mov"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made = join(
        [segment] * (frames // 324),
        whole,
        encoding,
        start=0,
        drop_frame=False,
        tape="t",
        sound=sound,
    )
    assert made.frames == frames
    # Of 115 MB of sound nothing is kept.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KiB
    found = read_by_ffmpeg(whole, channels=1)[:, 0]
    assert len(found) == sample_at(frames, sample_rate, NTSC)
    assert found[-1] == len(found) - 1
    assert np.array_equal(np.diff(found[:: sample_rate * 60]), [sample_rate * 60] * 59)
    (stream,) = probe(whole).audio
    assert heard(probe(whole), stream.index, made.tracks[0]).sha256 == made.tracks[0].sha256


@settings(max_examples=300, deadline=None)
@given(
    rate=st.sampled_from(RATES),
    sample_rate=st.sampled_from([8000, 11025, 32000, 44100, 48000, 88200, 96000, 192000]),
    first=st.integers(0, 10**7),
    lengths=st.lists(st.integers(1, 10**6), min_size=1, max_size=5),
)
def test_cuts_follow_on_each_other_and_nothing_adds_up(
    rate: Fraction, sample_rate: int, first: int, lengths: list[int]
) -> None:
    media = replace(MEDIA, audio=(Audio("pcm_s16le", sample_rate, 1),))
    end = None
    for length in lengths:
        sound, _ = plan(media, first, length, rate, "mov")
        assert sound is not None
        (track,) = sound.tracks
        assert end is None or track.first == end
        assert abs(track.first - first * sample_rate / rate) <= Fraction(1, 2)
        first, end = first + length, track.first + track.samples
        assert abs(end - first * sample_rate / rate) <= Fraction(1, 2)
    assert Sound.from_json(json.loads(json.dumps(sound.to_json()))) == sound


@pytest.mark.parametrize(
    ("codec", "written"),
    [
        ("pcm_s16le", "pcm_s16le"),
        ("pcm_s24le", "pcm_s24le"),
        ("pcm_s24be", "pcm_s24le"),
        ("pcm_s32le", "pcm_s32le"),
        ("pcm_f32le", "pcm_f32le"),
    ],
)
@pytest.mark.parametrize("container", ["mov", "mkv", "mxf"])
def test_pcm_keeps_its_depth_and_its_bits(
    codec: str, written: str, container: str, tmp_path: Path
) -> None:
    source = film_with_sound(tmp_path / "source.mov", 30, Fraction(25), sound=(codec,))
    target = tmp_path / f"render.{container}"
    (track,), losses = joined(probe(source), 7, 11, container, target)
    deep = written in ("pcm_s32le", "pcm_f32le")
    assert track.codec == ("pcm_s24le" if container == "mxf" and deep else written)
    assert bool(losses) == (container == "mxf" and deep)
    if losses:
        assert "24 bits" in losses[0]
        return
    found = read_by_ffmpeg(target)
    assert np.array_equal(found, read_by_ffmpeg(source)[7 * 1920 : 18 * 1920])


def test_every_stream_with_its_channels_and_language(tmp_path: Path) -> None:
    source = film_with_sound(
        tmp_path / "source.mov",
        30,
        Fraction(25),
        sound=("pcm_s24le", "pcm_s16le"),
        layout="5.1",
        languages=("ger", "fra"),
    )
    for container in ("mov", "mkv", "mxf", "mp4"):
        target = tmp_path / f"render.{container}"
        joined(probe(source), 3, 20, container, target)
        streams = shown(target, "audio")
        assert [one["channels"] for one in streams] == [6, 6]
        if container in ("mov", "mp4"):
            assert [one["channel_layout"] for one in streams] == ["5.1", "5.1"]
        if container != "mxf":
            assert [one["tags"]["language"] for one in streams] == ["ger", "fra"]
        for number in range(2 if container != "mp4" else 0):
            found = read_by_ffmpeg(target, number, channels=6)
            expected = read_by_ffmpeg(source, number, channels=6)[3 * 1920 : 23 * 1920]
            assert np.array_equal(found, expected)


ELSEWHERE = [(4800, None), (0, 40000), (-2880, 60000), (4800, 30000)]


@pytest.mark.parametrize(
    ("suffix", "begin", "end"),
    [(suffix, *where) for suffix in ("mov", "mp4", "mkv") for where in ELSEWHERE]
    # Sound always begins with the picture in these.
    + [(suffix, 0, 40000) for suffix in ("mxf", "avi")],
)
def test_sound_that_begins_or_ends_elsewhere(
    suffix: str, begin: int, end: int | None, tmp_path: Path
) -> None:
    """Silence where the medium has none; and before its first picture nothing is taken."""
    codec = {"avi": "pcm_s16le"}.get(suffix, "pcm_s24le")
    source = film_with_sound(
        tmp_path / f"source.{suffix}",
        50,
        Fraction(25),
        sound=(codec,),
        video="mpeg2video" if suffix == "mxf" else "libx264",
        begin=begin,
        end=end,
        picture_at=2 if begin < 0 else 0,
    )
    media = probe(source)
    target = tmp_path / "render.mov"
    end = 50 * 1920 if end is None else end
    for first, frames in ((0, 50), (1, 20), (15, 10), (40, 10)):
        (track,), _ = joined(media, first, frames, "mov", target)
        found = read_by_ffmpeg(target)
        place = first * 1920
        expected = counted(place, frames * 1920) << (8 if codec != "pcm_s16le" else 0)
        if codec == "pcm_s16le":
            expected = (counted(place, frames * 1920) & 0x7FFF) << 16
        inside = np.arange(place, place + frames * 1920)
        expected[(inside < begin) | (inside >= end)] = 0
        assert np.array_equal(found, expected), (first, frames)
        assert (track.first, track.samples) == (place, frames * 1920)


@pytest.mark.parametrize(
    ("file", "codec"),
    [("a.mp4", "aac"), ("a.mov", "aac"), ("a.mkv", "aac"), ("a.ts", "aac"), ("a.mp4", "ac3"),
     ("a.mkv", "libopus"), ("a.mp4", "libmp3lame"), ("a.mkv", "flac")],
)  # fmt: skip
def test_compressed_sound_is_where_it_was(file: str, codec: str, tmp_path: Path) -> None:
    """What encoders put before the first sample is no sound, wherever the render begins."""
    source = film_with_sound(
        tmp_path / file, 150, Fraction(25), sound=(codec,), video="mpeg2video", layout="mono"
    )
    media = probe(source)
    whole = read_by_ffmpeg(source, channels=1)[:, 0]
    target = tmp_path / "render.mov"
    for first, frames in ((0, 15), (70, 11), (130, 15)):
        (track,), _ = joined(media, first, frames, "mov", target)
        assert track.codec == ("pcm_s16le" if codec == "flac" else "pcm_s24le")
        found = read_by_ffmpeg(target, channels=1)[:, 0]
        assert len(found) == frames * 1920
        middle = slice(4000, 12000)
        assert place_of(found[middle], 48000, first * 1920 + 4000) == first * 1920 + 4000
        # Where ffmpeg too begins with frame 0. Decoders of AC-3, and of AAC's high notes, which
        # come later, add noise by chance.
        if media.container.startswith("mov") and codec == "aac" and first < 100:
            apart = found - whole[first * 1920 :][: len(found)].astype(np.int64)
            assert abs(apart).max() < 1 << 16  # of 32 bits


def test_sound_of_eight_channels(tmp_path: Path) -> None:
    """Decoded in eight planes, which PyAV reads beyond."""
    source = film_with_sound(tmp_path / "a.mp4", 30, Fraction(25), sound=("aac",), layout="7.1")
    target = tmp_path / "render.mov"
    (track,), _ = joined(probe(source), 3, 20, "mov", target)
    assert (track.channels, track.layout) == (8, "7.1")
    assert read_by_ffmpeg(target, channels=8).shape == (20 * 1920, 8)


def test_a_film_of_variable_rate_has_its_sound_by_time(tmp_path: Path) -> None:
    times = [0, 1, 2, 5, 6, 9, 10, 11, 20, 21, 22, 23, 30, 31, 32, 39]
    source = film_with_sound(tmp_path / "a.mov", 16, Fraction(25), times=times, end=40 * 1920)
    media = probe(source)
    assert not media.constant
    media = media.conformed(Fraction(25))
    joined(media, 12, 20, "mov", tmp_path / "render.mov")
    found = read_by_ffmpeg(tmp_path / "render.mov")
    assert np.array_equal(found, counted(12 * 1920, 20 * 1920) * 256)


def test_mp4_holds_aac_to_the_sample(tmp_path: Path) -> None:
    source = film_with_sound(tmp_path / "a.mp4", 100, NTSC, 44100, sound=("aac",))
    media = probe(source)
    target = tmp_path / "render.mp4"
    for first, frames in ((0, 100), (31, 50), (70, 30)):
        (track,), losses = joined(media, first, frames, "mp4", target)
        assert losses == ("sound 1 is compressed to AAC",)
        (stream,) = shown(target, "audio")
        (picture,) = shown(target, "video")
        assert stream["start_pts"] == picture["start_pts"] == 0
        assert stream["duration_ts"] == track.samples
        found = read_by_ffmpeg(target)[:, 0]
        assert place_of(found[6000:18000], 44100, track.first + 6000) == track.first + 6000


def test_what_cannot_be_held_is_said() -> None:
    def losses(container: str, speed: int = 1, **audio: Any) -> tuple[str, ...]:
        one = Audio(**{"codec": "pcm_s24le", "rate": 48000, "channels": 2, **audio})
        sound, lost = plan(replace(MEDIA, audio=(one,)), 0, 9, NTSC, container, Fraction(speed))
        assert (sound is None) == any("left out" in words for words in lost)
        return lost

    assert losses("mov") == losses("mkv") == losses("mxf") == ()
    assert losses("mov", 2) == ("sound is left out: time changes",)
    assert losses("exr") == ("sound is left out: EXR holds none",)
    assert "96000" in losses("mxf", rate=96000)[0]
    assert "AAC cannot hold 192000 Hz" in losses("mp4", rate=192000)[0]
    assert "becomes 24 bits" in losses("mxf", codec="pcm_f32le")[0]
    assert "no decoder for nonsense" in losses("mov", codec="nonsense")[0]
    assert "says 0 Hz" in losses("mov", rate=0)[0]
    assert "2000000000 Hz" in losses("mov", rate=2_000_000_000)[0]
    assert plan(MEDIA, 0, 9, NTSC, "mov") == (None, ())


@given(st.lists(st.integers(-(1 << 23), (1 << 23) - 1), min_size=1, max_size=20))
def test_samples_in_other_forms(values: list[int]) -> None:
    codes = np.array(values, np.int32)[:, None]
    assert np.array_equal(formed(codes << 8, "pcm_s24le"), codes)
    assert np.array_equal(formed((codes / 2**23).astype(np.float32), "pcm_s24le"), codes)
    assert np.array_equal(formed(codes << 8, "pcm_s32le"), codes << 8)
    expected = b"".join(value.to_bytes(3, "little", signed=True) for value in values)
    assert pcm_bytes(codes, "pcm_s24le") == expected


def test_floats_are_clipped_and_rounded() -> None:
    values = np.array([[1.0], [-1.0], [2.5], [-9], [np.nan], [np.inf], [0.3]], np.float32)
    top = (1 << 23) - 1
    found = formed(values, "pcm_s24le")[:, 0].tolist()
    assert found == [top, -top - 1, top, -top - 1, 0, top, round(float(values[-1, 0]) * 2**23)]
    assert formed(np.array([[0], [128], [255]], np.uint8), "pcm_s16le")[:, 0].tolist() == [
        *(-32768, 0, 32512)
    ]


def job(source: Path, folder: Path, effect: str = "copy", **output: Any) -> Job:
    media = probe(source)
    shot = plain_shot(
        "V1:1", "a", str(source), media.rate, False, 0, media.frames, 0, media.frames, 0, 30, 20
    )
    return Job(shot, Recipe((parse_step(effect),)), Output(folder, handles=5, **output), "cpu")


def test_a_render_carries_its_sound_and_proves_it(tmp_path: Path) -> None:
    source = film_with_sound(tmp_path / "a.mov", FRAMES, NTSC, sound=("pcm_s24le", "pcm_s16le"))
    made = render(job(source, tmp_path / "r", format="prores_hq"), lambda *_: None, lambda: None)
    assert numbers(made.path) == list(range(25, 55))
    first, last = sample_at(25, 48000, NTSC), sample_at(55, 48000, NTSC)
    assert np.array_equal(read_by_ffmpeg(made.path), counted(first, last - first) * 256)
    points = {point["name"]: point for point in made.details["verified"]}
    for name in ("sound streams", "sound 1", "samples of sound 1", "samples of sound 2"):
        assert points[name]["ok"]
    wanted = contract.Contract.from_json(made.details["contract"])
    assert not contract.failures(contract.check(made.path, wanted))


def test_a_render_that_changes_time_says_that_its_sound_is_left_out(
    tmp_path: Path, models: Any
) -> None:
    models("rife")
    source = film_with_sound(tmp_path / "a.mov", FRAMES, NTSC)
    ready = prepare(job(source, tmp_path / "r", "slow_motion:factor=2"))
    assert ready.sound is None
    assert "sound is left out: time changes" in ready.losses


def test_the_contract_hears_sound_that_is_not_the_shots(tmp_path: Path) -> None:
    """By one sample out of place, one sample's last bit, a stream less."""
    source = film_with_sound(tmp_path / "a.mov", 40, NTSC)
    media = probe(source)
    target = tmp_path / "b.mov"
    tracks, _ = joined(media, 5, 30, "mov", target)
    good = contract.Contract(30, NTSC, *SIZE, tracks=tracks)
    assert not contract.failures(contract.check(target, good))
    assert contract.Contract.from_json(json.loads(json.dumps(good.to_json()))) == good

    data = target.read_bytes()
    sample = pcm_bytes(counted(tracks[0].first + 7000, 3), "pcm_s24le")
    assert data.count(sample) == 1
    place = data.index(sample)
    target.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    (broken,) = contract.failures(contract.check(target, good))
    assert broken.name == "samples of sound 1"

    (sound, _) = plan(media, 5, 30, NTSC, "mov")
    assert sound is not None
    moved = replace(sound, tracks=(replace(sound.tracks[0], first=sound.tracks[0].first + 1),))
    encoding = choose("prores_proxy", media, width=SIZE[0], height=SIZE[1])
    part = tmp_path / "8005.mov"
    with Writer(part, encoding) as writer:
        for index in range(30):
            writer.write(shown_number(index, encoding.pixel_format))
    join([part], target, encoding, start=0, drop_frame=False, tape="t", sound=moved)
    (broken,) = contract.failures(contract.check(target, good))
    assert broken.name == "samples of sound 1"
    join([part], target, encoding, start=0, drop_frame=False, tape="t")
    (broken,) = contract.failures(contract.check(target, good))
    assert broken.name == "sound streams"


def test_nothing_is_left_of_sound_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    source = film_with_sound(tmp_path / "a.mov", FRAMES, NTSC)
    media = probe(source)
    target = tmp_path / "out.mov"
    joined(media, 0, FRAMES, "mov", target)
    size = target.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - 100_000, before[1]))
    try:
        with pytest.raises(OutputError, match=r"out\.mov"):
            joined(media, 0, FRAMES, "mov", target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not target.exists()
    source.unlink()
    with pytest.raises(MediaError, match=r"a\.mov"):
        joined(media, 0, FRAMES, "mov", target)
    assert not target.exists()
    # Another film under the same name, without sound.
    numbered(source, FRAMES, rate=NTSC)
    with pytest.raises(MediaError, match="no sound stream 1 any more"):
        joined(media, 0, FRAMES, "mov", target)
    assert not target.exists()


def shown(path: Path, kind: str) -> list[dict[str, Any]]:
    """The streams of a file as ffprobe shows them."""
    ffprobe = shutil.which("ffprobe")
    if ffprobe is None:
        pytest.skip("ffprobe is not installed")
    asked = (ffprobe, "-v", "error", "-show_streams", "-of", "json", str(path))
    streams = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)["streams"]
    return [one for one in streams if one["codec_type"] == kind]
