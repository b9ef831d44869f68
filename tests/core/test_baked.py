"""Baked renders: each record frame shows the frame of the medium that the time map says."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import opentimelineio as otio
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from opticals.catalog import all_effects
from opticals.curve import Pace
from opticals.declaration import Effect, Frames, Makes
from opticals.errors import Cancelled, FormatError, ShotError
from opticals.media import contract
from opticals.media.facts import Interpretation
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.media.sound.pcm import sample_at
from opticals.recipe import Recipe, parse_step
from opticals.rendering import engine
from opticals.rendering.adopt import adopt
from opticals.rendering.bake import bake
from opticals.rendering.job import Job, Output, Render
from opticals.rendering.plan import plan
from opticals.rendering.prepare import prepare
from opticals.timeline.shot import Shot
from opticals.timeline.timecode import timecode
from opticals.timeline.timemap import Stage, TimeMap

from .commands import at, cut_of, opticals_command
from .commands import shown as shown_in
from .films import ffmpeg, number, number_picture, numbered, write_film
from .sounds import counted, film_with_sound, read_by_ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = 90
NTSC = Fraction(30000, 1001)
HOUR = 107892  # 01:00:00;00 in drop-frame
SIZE = {"width": 256, "height": 128}  # DNxHR takes no smaller
KEPT: tuple[int, int] = (20, 30)  # the clip's first frame of the medium, and how many


def clip(film: Path, speed: str, edit_rate: Fraction = Fraction(25), **more: Any) -> Shot:
    """A clip of frames 20 to 49 at a speed, as editing programs show it."""
    media = probe(film)
    per_frame = Fraction(speed) * media.rate / edit_rate
    first, frames = KEPT
    shown = math.floor(frames / abs(per_frame)) if per_frame else 17
    start = Fraction(first) if per_frame >= 0 else first - per_frame * (shown - 1)
    record = more.pop("record", 90_000)
    return Shot(
        id="V1:1",
        name="a",
        media=str(film),
        rate=media.rate,
        edit_rate=edit_rate,
        drop_frame=more.pop("drop_frame", False),
        media_start=media.start or 0,
        media_frames=media.frames,
        time=TimeMap(record, shown, (Stage(record, start, per_frame),)),
        record=record,
        record_frames=shown,
        **more,
    )


def job(shot: Shot, folder: Path, effect: str = "copy", **output: Any) -> Job:
    kind = {"format": "ffv1", "handles": 5, "bake": True, **output}
    return Job(shot, Recipe((parse_step(effect),)), Output(folder, **kind), "cpu")


def render(wanted: Job) -> Render:
    return engine.render(wanted, lambda *progress: None, lambda: None)


def shown(made: Render) -> list[int]:
    """What a plain forward decode of the file shows."""
    media = probe(made.path, made.rate)
    with reading(media) as reader:
        return [number(picture) for picture in reader.read(0, media.frames)]


def mapped(shot: Shot, head: int, frames: int) -> list[int]:
    """What the time map says of the record frames of a render."""
    first = shot.record - head
    return [shot.time.source(record) for record in range(first, first + frames)]


def room(shot: Shot, step: int, wanted: int, media_frames: int) -> int:
    """Record frames beside the selection that have a frame of the medium."""
    edge = shot.record - 1 if step < 0 else shot.record_end
    for count in range(wanted):
        if not 0 <= shot.time.source(edge + step * count) < media_frames:
            return count
    return wanted


def ffprobe(path: Path) -> tuple[dict[str, Any], str]:
    """The picture stream as ffprobe shows it, and the timecode."""
    command = [
        *(ffmpeg("ffprobe"), "-v", "error", "-count_frames", "-show_streams", "-show_format"),
        *("-of", "json", str(path)),
    ]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    tags = [one.get("tags", {}) for one in (*found["streams"], found["format"])]
    (video,) = [one for one in found["streams"] if one["codec_type"] == "video"]
    return video, next(one[key] for one in tags for key in one if key.lower() == "timecode")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    return numbered(folder / "a.mov", FRAMES, timecode="10:00:00:00", **SIZE)


@pytest.fixture(scope="module")
def slower(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """At 24 frames per second."""
    folder = tmp_path_factory.mktemp("films24")
    return numbered(folder / "b.mov", FRAMES, rate=Fraction(24), **SIZE)


@pytest.fixture
def doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """An effect `doubled` that makes twice as many pictures; that of time t shows 2t + 100."""

    @dataclass(frozen=True)
    class Nothing:
        pass

    def make(frames: Frames, settings: Nothing, context: Any) -> torch.Tensor:
        height, width = frames.pixels.shape[-2:]
        pictures = [number_picture(int(2 * t) + 100, width, height, "gray") for t in frames.wanted]
        return torch.stack([one[0].float().expand(3, -1, -1) / 255 for one in pictures])

    effect = Effect(
        "doubled", "", "", 1, Nothing, make,
        makes=Makes.RETIME, window=lambda settings: (0, 1),
        pace=lambda settings, rate: Pace.constant(Fraction(1, 2)),
    )  # fmt: skip
    monkeypatch.setitem(all_effects(), "doubled", effect)


@pytest.mark.parametrize("format_id", ["ffv1", "prores_hq", "dnxhr_lb", "cineform"])
@pytest.mark.parametrize("speed", ["2", "1/2", "-1", "37/100", "-37/100", "0", "7/3"])
def test_each_frame_shows_what_the_map_says(
    film: Path, tmp_path: Path, speed: str, format_id: str
) -> None:
    shot = clip(film, speed)
    made = render(job(shot, tmp_path, format=format_id))
    assert made.baked
    assert made.head == room(shot, -1, 5, FRAMES)
    assert made.selected == shot.record_frames
    assert made.frames - made.head - made.selected == room(shot, 1, 5, FRAMES)
    assert shown(made) == mapped(shot, made.head, made.frames)
    media = probe(made.path)
    assert (media.rate, media.start) == (Fraction(25), shot.record - made.head)
    video, label = ffprobe(made.path)
    assert video["nb_read_frames"] == str(made.frames)
    assert video["r_frame_rate"] == video["avg_frame_rate"] == "25/1"
    assert label == timecode(made.start, Fraction(25))


@pytest.mark.parametrize("container", ["mov", "mxf", "mkv"])
@pytest.mark.parametrize("speed", ["1", "1/2", "-1"])
def test_another_rate(slower: Path, tmp_path: Path, speed: str, container: str) -> None:
    shot = clip(slower, speed, NTSC, drop_frame=True, record=HOUR + 4)
    made = render(job(shot, tmp_path, format="prores_lt", container=container, handles=8))
    assert made.baked
    assert shown(made) == mapped(shot, made.head, made.frames)
    assert made.head == 8
    media = probe(made.path)
    assert (media.rate, media.start, media.drop_frame) == (NTSC, HOUR - 4, True)
    video, label = ffprobe(made.path)
    assert video["nb_read_frames"] == str(made.frames)
    assert video["r_frame_rate"] == "30000/1001"
    assert label == "00:59:59;26"


def test_pulled_down_to_25(slower: Path, tmp_path: Path) -> None:
    shot = clip(slower, "1")
    made = render(job(shot, tmp_path))
    numbers = shown(made)
    assert numbers == mapped(shot, made.head, made.frames)
    assert len(numbers) > len(set(numbers)) == numbers[-1] - numbers[0] + 1


@pytest.mark.parametrize("format_id", ["png", "exr", "dpx", "tiff"])
@pytest.mark.parametrize("speed", ["1", "-1/2"])
def test_sequences(slower: Path, tmp_path: Path, speed: str, format_id: str) -> None:
    shot = clip(slower, speed, NTSC, drop_frame=True, record=HOUR)
    made = render(job(shot, tmp_path, format=format_id))
    assert shown(made) == mapped(shot, made.head, made.frames)
    assert made.first_number == HOUR - made.head
    files = sorted(made.path.parent.iterdir())
    assert len(files) == made.frames
    assert f"{HOUR - made.head:08}" in files[0].name
    if format_id in ("exr", "dpx"):
        media = probe(made.path)  # the rate and timecode that the files themselves say
        assert (media.rate, media.start, media.drop_frame) == (NTSC, HOUR - made.head, True)


def test_a_sequence_is_numbered_by_the_record_track(slower: Path, tmp_path: Path) -> None:
    """However its source is numbered: numbers less its offset could lie below zero."""
    whole = replace(clip(slower, "1", Fraction(24)), media_start=864_000)
    plate = render(job(whole, tmp_path / "plate", format="exr"))
    for index, file in enumerate(sorted(plate.path.parent.iterdir())):
        file.rename(file.with_name(f"plate.{1001 + index}.exr"))
    pattern = plate.path.with_name("plate.%04d.exr")
    assert probe(pattern).start == 864_000 + 15
    shot = replace(clip(pattern, "1/2", Fraction(24)), record=0, record_frames=12)
    shot = replace(shot, time=replace(shot.time, record=0, stages=(Stage(0, 5, Fraction(1, 2)),)))
    made = render(job(shot, tmp_path, format="exr"))
    assert (made.head, made.first_number, made.start) == (0, 0, 0)
    assert shown(made) == [one + 15 for one in mapped(shot, 0, made.frames)]


def test_an_interrupted_render_goes_on(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))  # nothing rendered before
    wanted = job(clip(film, "-1"), tmp_path / "r")

    def stop(stage: str, count: int, *rest: object) -> None:
        if stage == "render" and count == 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.render(wanted, stop, lambda: None)
    assert not list((tmp_path / "r").glob("*.m*"))
    made = render(wanted)
    assert shown(made) == mapped(wanted.shot, made.head, made.frames)
    assert 0 < made.details["rendered"] < made.frames
    again = render(wanted)
    assert (again.path, again.details["rendered"]) == (made.path, 0)
    assert again.baked
    assert Render.from_json(json.loads(json.dumps(again.to_json()))) == again


@pytest.mark.parametrize("speed", ["1/2", "-1", "0"])
def test_what_was_rendered_plainly_is_baked_without_work(
    film: Path, tmp_path: Path, speed: str
) -> None:
    shot = clip(film, speed)
    plain = render(job(shot, tmp_path, bake=False))
    first = shot.first - plain.head
    assert not plain.baked
    assert shown(plain) == list(range(first, first + plain.frames))
    made = render(job(shot, tmp_path))
    assert (made.baked, made.details["rendered"]) == (True, 0)
    assert made.path != plain.path
    assert shown(made) == mapped(shot, made.head, made.frames)
    other = replace(shot, time=replace(shot.time, record=0), record=0)
    other = replace(other, time=replace(other.time, stages=(replace(shot.time.stages[0], at=0),)))
    assert render(job(other, tmp_path)).path != made.path  # other timecode


def test_two_retimes_of_one_length_are_two_renders(film: Path, tmp_path: Path) -> None:
    shot = clip(film, "0")
    other = clip(film, "1/2").record_range(shot.record, shot.record_end)
    made = [render(job(one, tmp_path, handles=0)) for one in (shot, other)]
    for one in made:
        assert shown(one) == mapped(one.shot, 0, shot.record_frames)


def test_frames_that_a_speed_up_leaves_out_are_rendered_by_the_segment(
    film: Path, tmp_path: Path
) -> None:
    shot = clip(film, "29", record=5)
    made = render(job(shot, tmp_path, handles=0))
    assert shown(made) == [20]
    assert made.details["rendered"] < 12


@pytest.mark.usefixtures("doubled")
@pytest.mark.parametrize(
    ("speed", "step"), [("1/2", 1), ("-1/2", -1), ("1", 2), ("-1", -2), ("1/4", Fraction(1, 2))]
)
def test_a_retime_gets_the_frames_between(
    film: Path, tmp_path: Path, speed: str, step: Fraction
) -> None:
    shot = clip(film, speed, Fraction(25))
    made = render(job(shot, tmp_path, "doubled"))
    if speed == "1":  # nothing to bake: plain slow motion
        assert not made.baked
        return
    assert made.selected == shot.record_frames
    places = [shot.time.place(shot.record + n) for n in range(-made.head, made.frames - made.head)]
    assert shown(made) == [100 + math.floor(2 * (place - shot.first)) for place in places]
    differences = {after - before for before, after in itertools.pairwise(shown(made))}
    assert differences == ({step} if step in (1, -1, -2) else {0, 1})


@pytest.mark.usefixtures("doubled")
def test_a_clip_at_normal_speed_plays_as_slow_as_the_recipe_makes_it(
    slower: Path, tmp_path: Path
) -> None:
    shot = clip(slower, "1")
    made = render(job(shot, tmp_path, "doubled"))
    assert made.baked
    assert made.selected == 2 * shot.record_frames
    expected = [
        100 + math.floor(Fraction(24, 25) * n) for n in range(-made.head, made.frames - made.head)
    ]
    assert shown(made) == expected


def test_transitions_get_their_handles(film: Path, tmp_path: Path) -> None:
    shot = replace(clip(film, "-2"), head_transition=(6, 2), tail_transition=(7, 2))
    made = render(job(shot, tmp_path, handles=0))
    assert (made.head, made.frames - made.selected) == (6, 13)
    assert shown(made) == mapped(shot, made.head, made.frames)
    far = replace(shot, tail_transition=(11, 2))
    with pytest.raises(ShotError, match="too short for its transition"):
        prepare(job(far, tmp_path, handles=0))


def test_formats_whose_frames_need_one_another_are_refused(film: Path, tmp_path: Path) -> None:
    for format_id in ("h264", "h265_10"):
        with pytest.raises(FormatError, match=r"H\.26.*baked") as error:
            prepare(job(clip(film, "2"), tmp_path, format=format_id))
        assert "prores_hq" in error.value.remedy
        assert "h264" not in error.value.remedy
        assert not prepare(job(clip(film, "1"), tmp_path, format=format_id)).baked
    odd = clip(film, "1", Fraction(15))
    with pytest.raises(FormatError, match="MXF"):
        prepare(job(odd, tmp_path, format="prores_hq", container="mxf"))


def test_kept_fields_are_refused(tmp_path: Path) -> None:
    pictures = [number_picture(n, 128, 96, "yuv420p") for n in range(60)]
    film = write_film(
        tmp_path / "i.mov", pictures, options={"x264-params": "interlaced=1:qp=0"}
    )  # fmt: skip
    for fields in ("keep", "deinterlace"):
        wanted = replace(job(clip(film, "-1"), tmp_path), interpretation=Interpretation(fields))
        if fields == "keep":
            with pytest.raises(ShotError, match="keeps its fields"):
                prepare(wanted)
        else:
            assert prepare(wanted).baked


def test_a_straight_clip_is_rendered_as_ever(film: Path, tmp_path: Path) -> None:
    shot = clip(film, "1")
    plain = render(job(shot, tmp_path, bake=False))
    assert render(job(shot, tmp_path)).path == plain.path
    assert plain.start == 10 * 3600 * 25 + 15


def test_sound_goes_along_where_time_does(tmp_path: Path) -> None:
    film = film_with_sound(tmp_path / "a.mov", 60, Fraction(24))
    shot = clip(film, "1")
    made = render(job(shot, tmp_path / "r", format="prores_hq", handles=3))
    place = shot.time.place(shot.record - 3) / 24 * 48000
    frames = sample_at(made.frames, 48000, Fraction(25))
    assert np.array_equal(read_by_ffmpeg(made.path), counted(int(place), frames) * 256)
    for speed in ("1/2", "-1", "0"):
        ready = prepare(job(clip(film, speed), tmp_path / "r"))
        assert ready.sound is None
        assert "sound is left out: time changes" in ready.losses


def test_a_baked_render_fits_the_clips_that_show_the_same(film: Path, tmp_path: Path) -> None:
    shot = clip(film, "2")
    made = render(job(shot, tmp_path))
    later = replace(clip(film, "2", record=5000), id="V1:9")
    found = adopt(made.path, later)
    assert (found.baked, found.shot) == (True, later)
    reverse = clip(film, "-2")
    assert (reverse.first, reverse.frames) == (shot.first, shot.frames)
    for other in (reverse, clip(film, "1"), replace(shot, edit_rate=Fraction(24))):
        with pytest.raises(ShotError, match="rendered for other frames"):
            adopt(made.path, other)


def test_the_contract_notices_frames_in_another_order(film: Path, tmp_path: Path) -> None:
    made = render(job(clip(film, "-1"), tmp_path / "r"))
    wanted = contract.Contract.from_json(made.details["contract"])
    assert not contract.failures(contract.check(made.path, wanted))
    forwards = replace(wanted, prints=wanted.prints[::-1])
    assert [one.name for one in contract.failures(contract.check(made.path, forwards))] == [
        "pictures"
    ]


RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), NTSC, Fraction(50)]
SPEEDS = st.fractions(Fraction(-5), Fraction(5), max_denominator=100)


PLACES = st.fractions(-9, 9, max_denominator=50)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(PLACES, SPEEDS), min_size=1, max_size=2),
    st.booleans(),
    st.sampled_from(RATES),
    st.integers(1, 60),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(2, 5)]),
    st.integers(0, 20),
)
def test_any_map(
    stages: list[tuple[Fraction, Fraction]],
    normal: bool,
    rate: Fraction,
    frames: int,
    before: int,
    more: int,
    speed: Fraction,
    handles: int,
) -> None:
    """Against each record frame taken for itself; `normal` is at the medium's own speed."""
    if normal:
        stages = [(to, Fraction(1)) for to, _ in stages[1:]] + [(stages[0][0], rate / 25)]
    time = TimeMap(
        1000, frames, tuple(Stage(1000 * (n == 0), *one) for n, one in enumerate(stages))
    )
    lowest, _ = time.needs(1000, 1000 + frames)
    last = time.stages[-1]
    time = replace(time, stages=(*time.stages[:-1], replace(last, to=last.to - lowest + before)))
    shot = Shot(
        "V1:1", "a", "/a.mov", rate, Fraction(25), False, 0, None, time, 1000, frames
    )  # fmt: skip
    count = shot.first + shot.frames + more
    assume(math.floor(shot.frames / speed) >= 1)
    wide, baked = bake(shot, plan(shot, count, Pace.constant(speed), handles), rate, count, handles)
    outputs = {n for one in wide.segments() for n in range(one.start, one.stop)}
    assert outputs.issuperset(baked.order)
    assert all(0 <= wide.source(output) < count for output in baked.order)
    assert baked.head <= handles
    assert shot.retimed == (not normal and time.speed != rate / 25)
    for index, output in enumerate(baked.order):
        place = time.place(baked.record + index) - shot.first
        wanted = math.floor(place / speed if shot.retimed else place)
        # Unless it is the first that the medium has, or the last.
        if output > wanted:
            assert wide.source(output - 1) < 0
        elif output < wanted:
            assert wide.source(output + 1) >= count
        if speed == 1:
            assert wide.source(output) == time.source(baked.record + index)


def test_the_command(film: Path, tmp_path: Path) -> None:
    """Plates and a render of a clip that an edit shows backwards."""
    start = at(10 * 3600 * 25)
    media = otio.schema.ExternalReference(str(film), otio.opentime.TimeRange(start, at(FRAMES)))
    clip = otio.schema.Clip("c", media, otio.opentime.TimeRange(start + at(20), at(30)))
    clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=-1.0))
    edit = cut_of(tmp_path / "e", clip)
    (shot,) = opticals_command("shots", edit)["shots"]
    plates = [
        Render.from_json(opticals_command("pull", edit, "--shot", "V1:1", *more))
        for more in ((), ("--bake",))
    ]
    assert [plate.baked for plate in plates] == [False, True]
    plain, baked = plates
    assert shown(plain)[plain.head :][: plain.selected] == list(range(20, 50))
    assert shown(baked)[baked.head :][: baked.selected] == list(range(49, 19, -1))
    assert baked.selected == shot["frames"]
    assert shown(baked) == mapped(baked.shot, baked.head, baked.frames)
    out = tmp_path / "new.otio"
    opticals_command(
        *("render", edit, "--shot", "V1:1", "--effect", "copy", "--bake", "-o", out),
        *("--renders", tmp_path / "r"),
    )
    assert shown_in(out) == shown(baked)[baked.head :][: baked.selected]
