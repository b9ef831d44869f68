"""Speed ramps and other frame rates through the whole of a render, and in an edit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
import opentimelineio as otio
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from opticals.catalog import all_effects
from opticals.declaration import Effect, Frames, Makes
from opticals.effects import slow_motion
from opticals.errors import EditError, ShotError
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.media.sound.pcm import sample_at
from opticals.recipe import Recipe, parse_step
from opticals.rendering import engine
from opticals.rendering.job import Job, Output, Render
from opticals.rendering.prepare import prepare
from opticals.timeline.edit import Edit
from opticals.timeline.shot import Shot
from opticals.timeline.timecode import counted_at, frame_of, timecode
from opticals.timeline.timemap import Stage, TimeMap

from .commands import START, cut_of
from .commands import shown as shown_in
from .films import number, number_picture, numbered
from .sounds import counted, film_with_sound, read_by_ffmpeg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FRAMES = 100
NTSC, FILM = Fraction(30000, 1001), Fraction(24000, 1001)
SIZE = {"width": 256, "height": 128}
PARTS = 8  # of a frame that the pictures below tell apart
RAMP = "0:100 10:25 20:100"


@pytest.fixture(autouse=True)
def timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An effect `timed` with the settings and times of slow motion, whose picture of time t of
    the medium shows t in parts of a frame."""

    def make(frames: Frames, settings: Any, context: Any) -> torch.Tensor:
        height, width = frames.pixels.shape[-2:]
        shown = [floor(PARTS * frames.place(time)) for time in frames.wanted]
        pictures = [number_picture(one, width, height, "gray") for one in shown]
        return torch.stack([one[0].float().expand(3, -1, -1) / 255 for one in pictures])

    effect = replace(
        slow_motion.EFFECT, id="timed", render=make, first_pass=None, models=lambda *_: ()
    )
    assert isinstance(effect, Effect)
    assert effect.makes is Makes.RETIME
    monkeypatch.setitem(all_effects(), "timed", effect)
    # None of these films has a cut.
    monkeypatch.setattr("opticals.rendering.shots.cuts", lambda *_: ())
    monkeypatch.setattr(Recipe, "temporal", False)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By their rates; frame i shows i."""
    folder = tmp_path_factory.mktemp("films")
    rates = {"24": Fraction(24), "25": Fraction(25), "30": Fraction(30)}
    return {
        name: numbered(folder / f"{name}.mov", FRAMES, rate=rate, timecode="01:00:00:00", **SIZE)
        for name, rate in rates.items()
    }


def clip(film: Path, edit_rate: Fraction | int, record_frames: int, first: int = 20) -> Shot:
    """A clip at normal speed from frame `first` of the film, at record 01:00:00:00."""
    media = probe(film)
    rate = Fraction(edit_rate)
    record = 3600 * round(rate)
    stage = Stage(record, Fraction(first), media.rate / rate)
    return Shot(
        "V1:1", "a", str(film), media.rate, rate, False, media.start or 0, media.frames,
        TimeMap(record, record_frames, (stage,)), record, record_frames,
    )  # fmt: skip


def job(shot: Shot, folder: Path, effect: str, **output: Any) -> Job:
    kind = {"format": "ffv1", "handles": 5, **output}
    return Job(shot, Recipe((parse_step(effect),)), Output(folder, **kind), "cpu")


def render(wanted: Job) -> Render:
    return engine.render(wanted, lambda *progress: None, lambda: None)


def shown(made: Render) -> list[int]:
    media = probe(made.path, made.rate)
    with reading(media) as reader:
        return [number(picture) for picture in reader.read(0, media.frames)]


def times(wanted: Job, outputs: Sequence[int]) -> list[int]:
    """What outputs of a recipe show, counted from its curve alone."""
    shot = wanted.shot
    pace = wanted.recipe.pace(shot.rate)
    return [floor(PARTS * (shot.first + pace.source(n))) for n in outputs]


@pytest.mark.parametrize("format_id", ["ffv1", "prores_hq", "h264"])
def test_a_ramp(films: dict[str, Path], tmp_path: Path, format_id: str) -> None:
    """Every frame between the one speed and the other, counted from the selection's first."""
    wanted = job(clip(films["25"], 25, 20), tmp_path, f"timed:ramp={RAMP}", format=format_id)
    made = render(wanted)
    # 10 frames at a mean of 62.5 % take 16, and twice so.
    assert made.selected == 32
    assert (made.head, made.frames, made.baked) == (5, 42, True)
    assert shown(made) == times(wanted, range(-5, 37))
    assert shown(made)[5] == PARTS * 20
    assert shown(made)[5 + 16] == PARTS * 30
    assert shown(made)[5 + 32] == PARTS * 40
    media = probe(made.path)
    assert (media.rate, media.start) == (Fraction(25), 90_000 - 5)
    assert "_baked" not in made.name


def test_a_ramp_is_rendered_again_where_the_selection_begins_elsewhere(
    films: dict[str, Path], tmp_path: Path
) -> None:
    whole = clip(films["25"], 25, 20)
    made = render(job(whole, tmp_path, f"timed:ramp={RAMP}", handles=0))
    later = whole.record_range(whole.record + 1, whole.record_end)
    again = render(job(later, tmp_path, f"timed:ramp={RAMP}", handles=0))
    assert again.details["rendered"] == again.frames
    assert shown(again)[0] == shown(made)[0] + PARTS
    same = render(job(whole, tmp_path / "b", f"timed:ramp={RAMP}", handles=0))
    assert (same.details["rendered"], shown(same)) == (0, shown(made))


@pytest.mark.parametrize(("source", "edit_rate"), [("30", 24), ("24", 25), ("30", 25), ("25", 24)])
def test_the_rate_of_the_edit(
    films: dict[str, Path], tmp_path: Path, source: str, edit_rate: int
) -> None:
    """One true frame for each record frame, and the sound as it was."""
    wanted = job(clip(films[source], edit_rate, 24), tmp_path, f"timed:rate={edit_rate}")
    made = render(wanted)
    assert (made.head, made.selected, made.frames) == (5, 24, 34)
    assert made.rate == edit_rate
    step = Fraction(int(source), edit_rate)
    assert shown(made) == [floor(PARTS * (20 + step * n)) for n in range(-5, 29)]
    media = probe(made.path)
    assert (media.rate, media.start) == (edit_rate, 3600 * edit_rate - 5)


def test_sound_goes_along_with_another_rate(tmp_path: Path) -> None:
    film = film_with_sound(tmp_path / "a.mov", 60, Fraction(24))
    for edit_rate in (25, 24):
        wanted = job(clip(film, edit_rate, 20), tmp_path / "r", "timed:rate=25", format="prores_hq")
        made = render(wanted)
        place = (Fraction(20, 24) - Fraction(5 if edit_rate == 25 else made.head, 25)) * 48000
        frames = sample_at(made.frames, 48000, Fraction(25))
        assert np.array_equal(read_by_ffmpeg(made.path), counted(round(place), frames) * 256)
    ramped = prepare(job(clip(film, 24, 20), tmp_path / "r", f"timed:ramp={RAMP}"))
    assert ramped.sound is None
    assert "sound is left out: time changes" in ramped.losses


@pytest.mark.parametrize("name", ["25", "29.97", "30", "50", "59.94", "60"])
def test_another_rate_than_the_edits_is_a_file_of_its_own(
    films: dict[str, Path], tmp_path: Path, name: str
) -> None:
    rate = slow_motion.RATES[name]
    wanted = job(clip(films["24"], 24, 24), tmp_path, f"timed:rate={name}", format="prores_lt")
    made = render(wanted)
    assert (made.rate, made.baked) == (rate, False)
    assert made.selected == floor(rate)
    assert shown(made) == times(wanted, range(-made.head, made.frames - made.head))
    media = probe(made.path)
    label = timecode(3600 * round(rate) + floor(20 * Fraction(round(rate), 24)), rate)
    assert media.rate == rate
    assert timecode((media.start or 0) + made.head, rate) == label


def test_a_retimed_clip_is_not_retimed_again(films: dict[str, Path], tmp_path: Path) -> None:
    half = clip(films["25"], 25, 40)
    stage = Stage(half.record, Fraction(20), Fraction(1, 2))
    half = replace(half, time=replace(half.time, stages=(stage,)))
    with pytest.raises(ShotError, match="retimed"):
        prepare(job(half, tmp_path, f"timed:ramp={RAMP}"))


@given(
    st.sampled_from([FILM, Fraction(24), Fraction(25), NTSC, Fraction(60000, 1001)]),
    st.sampled_from([FILM, Fraction(24), Fraction(25), NTSC, Fraction(60000, 1001)]),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.integers(4, 23),
    st.booleans(),
)
def test_a_label_at_another_rate(
    rate: Fraction, other: Fraction, hour: int, minute: int, second: int, frame: int, drop: bool
) -> None:
    """Hours, minutes and seconds stay, drop-frame or not."""
    drop = drop and rate.denominator == 1001 and round(rate) % 30 == 0
    number = frame_of(f"{hour:02}:{minute:02}:{second:02}:{frame:02}", rate, drop)
    found = counted_at(number, rate, drop, other)
    drops = drop and round(other) % 30 == 0
    before, after = timecode(number, rate, drop), timecode(found, other, drops)
    assert after[:8] == before[:8]
    assert int(after[9:]) == floor(frame * Fraction(round(other), round(rate)))


def edit_of(film: Path, folder: Path, first: int, frames: int, rate: int = 25) -> Edit:
    """A clip of the film and one behind it."""
    media = otio.schema.ExternalReference(
        str(film),
        otio.opentime.TimeRange(
            otio.opentime.RationalTime(3600 * rate, rate), otio.opentime.RationalTime(FRAMES, rate)
        ),
    )
    clips = [
        otio.schema.Clip(
            name,
            media.deepcopy(),
            otio.opentime.TimeRange(
                otio.opentime.RationalTime(3600 * rate + start, rate),
                otio.opentime.RationalTime(count, rate),
            ),
        )
        for name, start, count in (("a", first, frames), ("b", 70, 6 if rate == 25 else rate))
    ]
    return Edit.open(cut_of(folder, *clips))


def placed(edit: Edit, effect: str, folder: Path, time: str, how: str = "version") -> list[Any]:
    """What the edit shows, saved, with the recipe rendered on its first clip."""
    wanted = job(edit.shot("V1:1"), folder / "r", effect)
    placement = edit.place(render(wanted), how, time)
    edit.save(folder / "out.otio")
    found = shown_in(folder / "out.otio", track=0 if how == "version" else 1)
    placement.undo()
    return found


@pytest.mark.parametrize("how", ["version", "overlay"])
@pytest.mark.parametrize("time", ["fit", "ripple"])
def test_a_ramp_in_the_edit(films: dict[str, Path], tmp_path: Path, time: str, how: str) -> None:
    edit = edit_of(films["25"], tmp_path / "e", 20, 20)
    wanted = job(edit.shot("V1:1"), tmp_path, f"timed:ramp={RAMP}")
    whole = times(wanted, range(32))
    found = placed(edit, f"timed:ramp={RAMP}", tmp_path / "e", time, how)
    length = 32 if time == "ripple" else 20
    assert found[:length] == whole[:length]
    if how == "version":
        assert found[length:] == list(range(70, 76))


@pytest.mark.parametrize("ramp", ["0:100 10:400", "0:200", "0:137.5 7:90 9:250"])
def test_a_ramp_that_is_faster_goes_on_to_fill_its_range(
    films: dict[str, Path], tmp_path: Path, ramp: str
) -> None:
    edit = edit_of(films["25"], tmp_path / "e", 20, 12)
    wanted = job(edit.shot("V1:1"), tmp_path, f"timed:ramp={ramp}")
    found = placed(edit, f"timed:ramp={ramp}", tmp_path / "e", "fit")
    assert found == [*times(wanted, range(12)), *range(70, 76)]
    with pytest.raises(EditError, match="shorter"):
        placed(edit, f"timed:ramp={ramp}", tmp_path / "e", "ripple")


def test_a_ramp_that_runs_out_of_frames_is_refused_before_any_work(
    films: dict[str, Path], tmp_path: Path
) -> None:
    edit = edit_of(films["25"], tmp_path / "e", 60, 39)
    made = engine.predict(job(edit.shot("V1:1"), tmp_path, "timed:ramp=0:400"))
    with pytest.raises(EditError, match="frames for 39"):
        edit.place(made)


@pytest.mark.parametrize("source", [24, 30])
def test_a_clip_of_another_rate_in_the_edit(
    films: dict[str, Path], tmp_path: Path, source: int
) -> None:
    edit = edit_of(films[str(source)], tmp_path / "e", 20, source, source)
    shot = edit.shot("V1:1")
    assert (shot.rate, shot.edit_rate, shot.record_frames) == (source, 25, 25)
    found = placed(edit, "timed:rate=25", tmp_path / "e", "fit")
    assert found[:25] == [floor(PARTS * (20 + Fraction(source * n, 25))) for n in range(25)]
    made = engine.predict(job(shot, tmp_path, "timed:rate=50"))
    assert not made.baked
    with pytest.raises(EditError, match="50 frames per second"):
        edit.place(made)


def test_dropped_frames_of_a_ramp_are_said(films: dict[str, Path], tmp_path: Path) -> None:
    edit = edit_of(films["25"], tmp_path / "e", 20, 20)
    made = render(job(edit.shot("V1:1"), tmp_path, f"timed:ramp={RAMP}"))
    messages = edit.place(made).messages
    pace = made.recipe.pace(Fraction(25))
    first = 20 + floor(pace.source(19)) + 1
    label = timecode(START + first, Fraction(25))
    assert any(label in one and "drop out" in one for one in messages)
