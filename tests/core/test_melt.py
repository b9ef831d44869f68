"""Kdenlive and MLT edits as melt plays them: the frames that were meant, at their places."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from opentimelineio import schema
from opentimelineio.opentime import TimeRange

from opticals.errors import EditError
from opticals.recipe import Recipe, step
from opticals.rendering import engine
from opticals.rendering.job import Job, Output
from opticals.timeline import formats, retimes
from opticals.timeline.dialects import needs_baking
from opticals.timeline.edit import Edit
from opticals.timeline.formats.warp import Warp
from opticals.timeline.reading import take
from tests.melt import melt

from .films import numbered, numbers
from .test_formats import at, span

pytestmark = pytest.mark.skipif(shutil.which("melt") is None, reason="melt is not installed")
LENGTH = 80
_LOSSLESS = ("vcodec=libx264", "qp=0", "g=1", "an=1", "real_time=-1")
RATES = [Fraction(25), Fraction(30000, 1001), Fraction(24000, 1001)]
# Speed, the first frame of the medium, frames on the track.
RETIMES = [(2, 10, 12), (0.5, 20, 16), (-1, 30, 10), (0.75, 8, 16), (1.5, 2, 9), (-0.5, 40, 12)]


@pytest.fixture(scope="module", params=RATES, ids=lambda rate: f"{float(rate):.2f}")
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Numbered from 0, with a start timecode that neither program counts from."""
    rate = request.param
    path = tmp_path_factory.mktemp("melt") / f"film #1 {float(rate):.2f}.mov"
    made = numbered(path, LENGTH, rate=rate, timecode="01:00:00:00", options={"g": "1", "qp": "0"})
    return made


def rate_of(film: Path) -> Fraction:
    return next(one for one in RATES if f"{float(one):.2f}" in film.name)


def clip(film: Path, first: int, frames: int, start: int = 3600) -> schema.Clip:
    rate = rate_of(film)
    reference = schema.ExternalReference(str(film), span(start, LENGTH, rate))
    return schema.Clip("clip", reference, span(start + first, frames, rate))


def played(path: Path, film: Path, frames: int, first: int = 0) -> list[int]:
    """What melt shows of an edit from frame `first` on, as the numbers in its pictures."""
    root = ElementTree.parse(path)
    profile = root.getroot().find("profile")
    assert profile is not None  # the test's film is small: the edit itself says nothing of sizes
    profile.attrib.update(
        width="128", height="96", display_aspect_num="4", display_aspect_den="3", colorspace="601"
    )
    small, out = path.with_name(f"small{path.suffix}"), path.with_name("out.mov")
    root.write(small)
    part = (f"in={first}", f"out={first + frames - 1}")
    melt(f"xml:{small}", *part, "-consumer", f"avformat:{out}", *_LOSSLESS, out=out)
    return numbers(out)


@pytest.mark.parametrize("suffix", [".mlt", ".kdenlive"])
def test_cuts_gaps_speeds_and_tracks(suffix: str, film: Path, tmp_path: Path) -> None:
    rate = rate_of(film)
    edit = schema.Timeline("cut", global_start_time=at(90000, rate))
    low = schema.Track("V1", kind="Video")
    low.extend([clip(film, 5, 20), clip(film, 60, 15)])
    meant = [*range(5, 25), *range(60, 75)]
    for speed, first, frames in RETIMES:
        made = clip(film, first, frames)
        retimes.set_speed(made, Fraction(speed))
        if not can_show(made, rate):
            continue  # refused rather than a frame off
        low.append(made)
        shown = [int(first + k * abs(Fraction(speed))) for k in range(frames)]
        meant += shown if speed > 0 else shown[::-1]
    assert len(low) >= 5
    high = schema.Track("V2", kind="Video")
    high.extend([schema.Gap(source_range=span(0, 8, rate)), clip(film, 70, 4)])
    meant[8:12] = range(70, 74)
    edit.tracks.extend([low, high])
    path = tmp_path / f"cut{suffix}"
    formats.write(edit, path)
    assert played(path, film, len(meant)) == meant


def can_show(made: schema.Clip, rate: Fraction) -> bool:
    """Whether MLT has a frame to begin this retimed clip with."""
    bare = made.deepcopy()
    begin = made.media_reference.available_range.start_time
    timed = made.source_range
    bare.source_range = TimeRange(timed.start_time - begin, timed.duration)
    try:
        Warp.fitted(bare, retimes.speed_of(made), LENGTH, rate)
    except EditError:
        return False
    return True


def _alone(made: schema.Clip, rate: Fraction) -> schema.Timeline:
    edit = schema.Timeline("one", global_start_time=at(0, rate))
    edit.tracks.append(schema.Track("V1", [made.deepcopy()], kind="Video"))
    return edit


@pytest.mark.parametrize("suffix", [".mlt", ".kdenlive"])
def test_every_retime_is_exact_or_refused(suffix: str, film: Path, tmp_path: Path) -> None:
    """Each start of each speed on its own: what is written shows the frames that were meant."""
    if rate_of(film) != 25:
        pytest.skip("one rate is enough")
    written = 0
    for speed in (2, -2, 0.5, 0.75, 1.5, 1.25, -0.5):
        edit = schema.Timeline("cut", global_start_time=at(0, Fraction(25)))
        track = schema.Track("V1", kind="Video")
        meant: list[int] = []
        for first in range(10, 16):
            made = clip(film, first, 7)
            retimes.set_speed(made, Fraction(speed))
            if not can_show(made, Fraction(25)):
                with pytest.raises(EditError, match="with its speed of"):
                    formats.write(_alone(made, Fraction(25)), tmp_path / f"try{suffix}")
                continue
            track.append(made)
            shown = [int(first + k * abs(Fraction(speed))) for k in range(7)]
            meant += shown if speed > 0 else shown[::-1]
            written += 1
        edit.tracks.append(track)
        path = tmp_path / f"cut{suffix}"
        formats.write(edit, path)
        assert played(path, film, len(meant)) == meant
    assert written >= 20


def test_a_wrong_frame_would_show(film: Path, tmp_path: Path) -> None:
    """Else the tests above prove nothing: without rebasing, melt shows other frames."""
    rate = rate_of(film)
    edit = _alone(clip(film, 5, 10, start=0), rate)
    path = tmp_path / "cut.mlt"
    formats.write(edit, path)
    text = path.read_text()
    assert 'in="5"' in text
    path.write_text(text.replace('in="5" out="14"', 'in="6" out="15"'))
    assert played(path, film, 10) == list(range(6, 16))


@pytest.mark.parametrize(("speed", "begin"), [(2, 16), (0.5, 20), (1, 20), (-1, 20), (-2, 10)])
def test_a_dissolve_into_a_retimed_clip(
    speed: float, begin: int, film: Path, tmp_path: Path
) -> None:
    """As Shotcut writes it: after the dissolve every frame is the one that melt shows."""
    rate, length, after = rate_of(film), 10, 12
    total = int(LENGTH / abs(speed))
    warped = (
        f'<property name="resource">{speed}:{film}</property>'
        '<property name="mlt_service">timewarp</property>'
        f'<property name="warp_speed">{speed}</property>'
        f'<property name="warp_resource">{film}</property>'
    )
    plain = (
        f'<property name="resource">{film}</property>'
        '<property name="mlt_service">avformat</property>'
    )
    path = tmp_path / "cut.mlt"
    path.write_text(
        f"""<mlt><profile frame_rate_num="{rate.numerator}" frame_rate_den="{rate.denominator}"
        progressive="1" sample_aspect_num="1" sample_aspect_den="1"/>
        <producer id="a"><property name="length">{LENGTH}</property>{plain}</producer>
        <producer id="b"><property name="length">{total}</property>{warped}</producer>
        <tractor id="mix" in="0" out="{length - 1}">
        <track producer="a" in="15" out="{14 + length}"/>
        <track producer="b" in="{begin}" out="{begin + length - 1}"/>
        <transition><property name="mlt_service">luma</property>
        <property name="a_track">0</property><property name="b_track">1</property></transition>
        </tractor>
        <playlist id="p0"><entry producer="a" in="0" out="14"/>
        <entry producer="mix" in="0" out="{length - 1}"/>
        <entry producer="b" in="{begin + length}" out="{begin + length + after - 1}"/></playlist>
        <tractor id="main"><track producer="p0"/></tractor></mlt>"""
    )
    edit = Edit.open(path)
    assert isinstance(edit.timeline.tracks[0][1], schema.Transition)
    for number, start, frames in (("V1:1", 0, 15), ("V1:2", 15 + length, after)):
        time = take(*edit.find(number), edit.counting, offline=True).time
        shown = [time.source(edit.start + start + one) for one in range(frames)]
        assert shown == played(path, film, frames, start)


@pytest.mark.parametrize("profile", [Fraction(25), Fraction(30), Fraction(60000, 1001)])
def test_media_of_another_rate_show_the_frames_that_melt_shows(
    profile: Fraction, film: Path, tmp_path: Path
) -> None:
    """Read, and baked: MLT takes the frame nearest in time, not the one that began last."""
    if profile == rate_of(film):
        pytest.skip("that is its own rate")
    first, frames = 7, 40
    path = tmp_path / "cut.mlt"
    path.write_text(
        f"""<mlt><profile frame_rate_num="{profile.numerator}"
        frame_rate_den="{profile.denominator}" progressive="1" sample_aspect_num="1"
        sample_aspect_den="1"/>
        <producer id="a"><property name="length">70</property>
        <property name="resource">{film}</property>
        <property name="mlt_service">avformat</property></producer>
        <playlist id="p0"><entry producer="a" in="{first}" out="{first + frames - 1}"/></playlist>
        <tractor id="main"><track producer="p0"/></tractor></mlt>"""
    )
    shows = played(path, film, frames)
    edit = Edit.open(path)
    shot = edit.shot("V1:1")
    assert [shot.time.source(shot.record + one) for one in range(frames)] == shows
    # Rendered for melt, placed, and shown by it; the master keeps the original beside that.
    assert needs_baking(shot, formats.by_id("mlt"))
    output = Output(tmp_path / "renders", "ffv1", bake=True)
    job = Job(shot, Recipe((step("copy"),)), output, "cpu")
    render = engine.render(job, lambda *progress: None, lambda: None)
    assert render.rate == profile
    edit.place(render)
    assert played(edit.save(tmp_path / "again.mlt"), film, frames) == shows
    back = Edit.open(tmp_path / "again.mlt.master.otio").shot("V1:1")
    assert [back.time.source(back.record + one) for one in range(frames)] == shows
