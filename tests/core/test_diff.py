"""What is said to differ between two edits: all that changed, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.errors import EditError, OpticalsError
from opticals.timeline import formats
from opticals.timeline.account import account
from opticals.timeline.compare import Aspect, check_written, differences, unseen
from opticals.timeline.cuts import cut
from opticals.timeline.edit import Edit
from opticals.timeline.retimes import set_speed, speed_of
from tests.core.edits import clip, dissolve, gap, marker, render_of, span, timeline, timelines

_FOLDER = Path(tempfile.mkdtemp(prefix="opticals-diff-"))
MEDIA = [_FOLDER / name for name in ("a.mov", "b 100%#.mov", "ç.mov")]
CORPUS = Path(
    os.environ.get("OPTICALS_CORPUS") or Path(__file__).parents[2].parent / "shared" / "corpus"
)
SPEEDS = (Fraction(1), Fraction(1), Fraction(1), Fraction(2), Fraction(1, 2), Fraction(-1), 0)

slow = settings(
    max_examples=int(os.environ.get("OPTICALS_DIFF_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)


@st.composite
def edits(draw: st.DrawFn) -> schema.Timeline:
    """As `timelines`, with retimes, disabled clips, and compounds."""
    edit = draw(timelines(MEDIA))
    for track in edit.tracks:
        for index, one in enumerate(list(track)):
            if not isinstance(one, schema.Clip):
                continue
            if one.source_range is not None:
                set_speed(one, draw(st.sampled_from(SPEEDS)))
            one.enabled = draw(st.integers(0, 5)) > 0
            if track.kind == "Video" and draw(st.integers(0, 7)) == 0:
                track[index] = _compound(draw, one)
    return edit


def _compound(draw: st.DrawFn, one: schema.Clip) -> schema.Stack:
    """Holding the clip and another behind it, and trimmed to where the clip is."""
    timed = one.source_range or one.available_range()
    rate = timed.duration.rate
    before = draw(st.integers(1, 5))
    inner = schema.Track("inside", kind="Video")
    inner.extend([gap(before, rate), one.clone(), clip("behind", MEDIA[0], 5, 10, rate)])
    made = schema.Stack(f"compound {one.name}", [inner], span(before, timed.duration.value, rate))
    if draw(st.booleans()):
        set_speed(made, Fraction(1, 2))
    return made


def told(before: schema.Timeline, after: schema.Timeline, *ignore: Aspect) -> tuple[str, ...]:
    return differences(account(before), account(after), frozenset(ignore))


def ids(line: str) -> set[str]:
    """The clips that a line names."""
    return set(re.findall(r"(?:[VA]\d+:\d+/)*[VA]\d+:\d+", line))


@given(edits())
@slow
def test_an_edit_differs_from_itself_in_nothing(edit: schema.Timeline) -> None:
    assert told(edit, edit.deepcopy()) == ()
    assert unseen(account(edit), account(edit.deepcopy())) == ()
    assert account(edit) == account(edit.deepcopy())


@given(edits())
@slow
def test_the_same_edit_spelled_otherwise_differs_in_nothing(edit: schema.Timeline) -> None:
    other = edit.deepcopy()
    for one in other.find_clips():
        one.source_range = one.source_range or one.available_range()
        timed = one.source_range
        rate = {30000 / 1001: 29.97, 23.976: 24000 / 1001}.get(timed.duration.rate, 0)
        rate = rate or timed.duration.rate
        start = RationalTime(timed.start_time.value + 2e-10, rate)
        one.source_range = TimeRange(start, RationalTime(timed.duration.value - 3e-10, rate))
        path = Path(one.media_reference.target_url)
        one.media_reference.target_url = path.as_uri()
    for track in other.tracks:
        length = track.duration()
        if length.value:
            track.source_range = TimeRange(RationalTime(0, length.rate), length)
            track.append(gap(7, length.rate))
    assert told(edit, other) == ()


Change = Callable[[schema.Track, int, schema.Clip], str]
"""Changes the clip at an index of a track; the pattern of what is to be said of it, `ID` for its id
and `NAME` for how it is named."""


def _timed(one: schema.Clip) -> tuple[float, float, float]:
    timed = one.source_range or one.available_range()
    return timed.start_time.value, timed.duration.value, timed.duration.rate


def _slip(track: schema.Track, index: int, one: schema.Clip) -> str:
    start, frames, rate = _timed(one)
    one.source_range = span(start + 4, frames, rate)
    return "NAME shows other frames: from .*, was .*"


def _trim_tail(track: schema.Track, index: int, one: schema.Clip) -> str:
    start, frames, rate = _timed(one)
    assume(frames > 1)
    # Backwards the last frame on the record is the first of the range.
    low = start + 1 if speed_of(one) < 0 else start
    one.source_range = span(low, frames - 1, rate)
    track.insert(index + 1, gap(1, rate))
    return r"NAME ends 1 frame earlier \(.*\)"


def _trim_head(track: schema.Track, index: int, one: schema.Clip) -> str:
    start, frames, rate = _timed(one)
    assume(frames > 1)
    one.source_range = span(start + max(0, speed_of(one)), frames - 1, rate)
    track.insert(index, gap(1, rate))
    return r"NAME starts 1 frame later \(.*\)"


def _trim_head_and_close(track: schema.Track, index: int, one: schema.Clip) -> str:
    start, frames, rate = _timed(one)
    assume(frames > 1 and speed_of(one) > 0 and index == len(track) - 1)
    one.source_range = span(start + speed_of(one), frames - 1, rate)
    return r"NAME is 1 frame shorter at its head: it shows from .*, was .*"


def _move(track: schema.Track, index: int, one: schema.Clip) -> str:
    assume(index == len(track) - 1)
    track.insert(index, gap(3, _timed(one)[2]))
    return r"NAME moved 3 frames later \(starts .*, was .*\)"


def _ripple(track: schema.Track, index: int, one: schema.Clip) -> str:
    later = [it for it in track[index:] if isinstance(it, (schema.Clip, schema.Stack))]
    assume(len(later) > 1)
    track.insert(index, gap(24, _timed(one)[2]))
    return rf"everything( from ID on)?, {len(later)} clips, moved 24 frames later"


def _retime(track: schema.Track, index: int, one: schema.Clip) -> str:
    was = speed_of(one)
    set_speed(one, was * 2 or Fraction(1))
    now = speed_of(one)
    return f"the speed of NAME is {float(now * 100):g} %, was " + (
        f"{float(was * 100):g} %" if was else "frozen"
    )


def _rename(track: schema.Track, index: int, one: schema.Clip) -> str:
    was, one.name = one.name, "another"
    return f"ID is called “another”, was “{was}”"


def _disable(track: schema.Track, index: int, one: schema.Clip) -> str:
    one.enabled = not one.enabled
    return f"NAME is {'enabled' if one.enabled else 'disabled'}"


def _delete(track: schema.Track, index: int, one: schema.Clip) -> str:
    _, frames, rate = _timed(one)
    track[index] = gap(frames, rate)
    return rf"“{one.name}” was removed from .* at .* \(it was ID, {frames:g} frames? long\)"


def _insert(track: schema.Track, index: int, one: schema.Clip) -> str:
    track.append(clip("new one", MEDIA[1], 50, 9, _timed(one)[2]))
    return r"“new one” \(b 100%#.mov\) was inserted as .* at .*, 9 frames long"


def _relink(track: schema.Track, index: int, one: schema.Clip) -> str:
    was = Path(one.media_reference.target_url).name
    one.media_reference.target_url = "/volumes/x/d.mov"
    return f"NAME shows d.mov, was {re.escape(was)}"


def _mark(track: schema.Track, index: int, one: schema.Clip) -> str:
    start, _, rate = _timed(one)
    one.markers.append(marker("look", start, 1, rate))
    return "a new marker “look” stands on NAME at .*"


def _unmark(track: schema.Track, index: int, one: schema.Clip) -> str:
    assume(len(one.markers) > 0)
    name = one.markers[0].name
    del one.markers[0]
    return f"the marker “{name}” on NAME at .* is gone"


def _move_mark(track: schema.Track, index: int, one: schema.Clip) -> str:
    assume(len(one.markers) > 0)
    timed = one.markers[0].marked_range
    moved = RationalTime(timed.start_time.value + 40, timed.start_time.rate)
    one.markers[0].marked_range = TimeRange(moved, timed.duration)
    return rf"the marker “{one.markers[0].name}” on NAME stands .* (later|earlier) \(.*\)"


def _colour_mark(track: schema.Track, index: int, one: schema.Clip) -> str:
    assume(len(one.markers) > 0)
    one.markers[0].color = "CYAN"
    return f"the marker “{one.markers[0].name}” on NAME is cyan, was .*"


def _effect(track: schema.Track, index: int, one: schema.Clip) -> str:
    one.effects.append(schema.Effect("blur", "Blur"))
    return "NAME has the new effect “Blur”"


def _cut(track: schema.Track, index: int, one: schema.Clip) -> str:
    start, frames, rate = _timed(one)
    assume(frames > 1)
    one.source_range = span(start, frames, rate)
    track[index : index + 1] = list(cut(one, int(frames) // 2, _rate(rate)))
    return r"NAME was cut in 2 pieces, at \S+ \(ID to .*\)"


def _rate(rate: float) -> Fraction:
    return account(timeline(("Video", [clip("c", "", 0, 1, rate)]), rate=rate)).rate


CHANGES = (
    _slip,
    _trim_tail,
    _trim_head,
    _trim_head_and_close,
    _move,
    _ripple,
    _retime,
    _rename,
    _disable,
    _delete,
    _insert,
    _relink,
    _mark,
    _unmark,
    _move_mark,
    _colour_mark,
    _effect,
    _cut,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__.strip("_"))
@given(data=st.data())
@settings(slow, max_examples=max(15, slow.max_examples // 5))
def test_one_change_is_said_and_nothing_else(change: Change, data: st.DataObject) -> None:
    edit = data.draw(edits())
    changed = edit.deepcopy()
    places = [
        (place, index)
        for place, track in enumerate(changed.tracks)
        for index, one in enumerate(track)
        if isinstance(one, schema.Clip)
        and not any(
            isinstance(it, schema.Transition) for it in track[max(0, index - 1) : index + 2]
        )
    ]
    assume(places)
    place, index = data.draw(st.sampled_from(places))
    track, one = changed.tracks[place], changed.tracks[place][index]
    name, kind = one.name, track.kind[0]
    number = sum(1 for it in changed.tracks[: place + 1] if it.kind == track.kind)
    clips = [it for it in track[: index + 1] if isinstance(it, (schema.Clip, schema.Stack))]
    id = f"{kind}{number}:{len(clips)}"
    pattern = change(track, index, one).replace("NAME", f"{id} “{re.escape(name)}”")
    lines = told(edit, changed)
    assert len(lines) == 1, lines
    assert re.fullmatch(pattern.replace("ID", id), lines[0]), (pattern, lines)
    assert len(ids(lines[0]) - {id}) <= (change in (_insert, _cut)), lines
    assert told(changed, edit), "seen from the other side it differs too"


@given(edits(), st.data())
@slow
def test_a_placed_render_is_described_as_one(made: schema.Timeline, data: st.DataObject) -> None:
    edit = Edit(made, _FOLDER / "cut.otio")
    for medium in MEDIA:
        medium.touch()
    assume(edit.clips())
    lane, slot = data.draw(st.sampled_from(edit.clips()))
    before = account(edit)
    try:
        shot = edit.shot(str(slot.id))
        start = data.draw(st.integers(shot.record, shot.record_end - 1))
        shot = shot.record_range(start, data.draw(st.integers(start + 1, shot.record_end)))
        render = render_of(shot, handles=100)
        placed = edit.place(render)
    except OpticalsError:
        assume(False)
    lines = differences(before, account(edit))
    name = Path(shot.media).name
    assert lines[-1] == (
        f"{placed.id} “{slot.item.name}” now shows the render {render.path.stem} (was {name})"
    )
    # A retimed compound may show a part of a clip, which is then cut.
    if lane.counted(shot.record, shot.record_end) == (slot.start, slot.end):
        assert len(lines) == 1, lines
    else:
        assert len(lines) == 2, lines
        assert re.match(rf"{slot.id} “.*” was cut in [23] pieces", lines[0]), lines
    placed.undo()
    assert differences(before, account(edit)) == ()


def _cut_edit(**more: object) -> schema.Timeline:
    clips = [clip(f"c{n}", MEDIA[0], n * 40, 20) for n in range(5)]
    return timeline(("Video", clips), ("Audio", [clip("s", MEDIA[1], 0, 100)]), **more)


def test_a_rippling_render_is_cut_placed_and_pushes_the_rest() -> None:
    MEDIA[0].touch()
    edit = Edit(_cut_edit(), _FOLDER / "cut.otio")
    before = account(edit)
    shot = edit.shot("V1:2").range("01:00:01:00", "01:00:01:09")
    edit.place(render_of(shot, 2), time="ripple")
    after = account(edit)
    lines = differences(before, after)
    assert any(line.startswith("V1:2 “c1” was cut in 3 pieces") for line in lines)
    assert any("V1:3 “c1” now shows the render" in line for line in lines)
    assert any(line.startswith("V1:3 “c1” ends 10 frames later") for line in lines)
    assert any("V1:4" in line and "4 clips, moved 10 frames later" in line for line in lines)
    edit.restore("V1:3")
    restored = differences(after, account(edit))
    assert any(line.startswith("V1:2 to V1:4 were joined to one clip") for line in restored)
    assert differences(before, account(edit)) == ()


def test_an_overlay_is_a_new_track_with_the_render() -> None:
    MEDIA[0].touch()
    edit = Edit(_cut_edit(), _FOLDER / "cut.otio")
    before = account(edit)
    render = render_of(edit.shot("V1:2"))
    edit.place(render, "overlay")
    assert differences(before, account(edit)) == (
        f"V2 is a new track over the cut with the render {render.path.stem}",
    )


def test_a_ripple_on_all_tracks_is_one_sentence() -> None:
    changed = _cut_edit()
    for track in changed.tracks:
        track.insert(0, gap(24))
    assert told(_cut_edit(), changed) == ("everything, 6 clips, moved 24 frames later",)


def test_an_inserted_clip_and_an_inserted_track() -> None:
    changed = _cut_edit()
    changed.tracks[0].insert(2, clip("x", MEDIA[2], 0, 7))
    changed.tracks.insert(0, schema.Track("below", [clip("y", MEDIA[2], 9, 7)], kind="Video"))
    lines = told(_cut_edit(), changed)
    assert sorted(lines) == sorted(
        (
            "V1 is a new track with 1 clip: “y”",
            "everything from V2:4 on, 3 clips, moved 7 frames later",
            "“x” (ç.mov) was inserted as V2:3 at 01:00:01:15, 7 frames long",
        )
    )


def test_clips_that_changed_places_are_moved_not_removed() -> None:
    changed = _cut_edit()
    first = changed.tracks[0].pop(0)
    changed.tracks[0].append(first)
    lines = told(_cut_edit(), changed)
    assert "“c0” moved from V1:1 at 01:00:00:00 to V1:5 at 01:00:03:05" in lines
    assert not any("removed" in line or "inserted" in line for line in lines)


def test_transitions_that_came_went_and_changed() -> None:
    plain, faded, longer = _cut_edit(), _cut_edit(), _cut_edit()
    faded.tracks[0].insert(2, dissolve(4, 6))
    longer.tracks[0].insert(2, dissolve(5, 6))
    assert told(faded, plain) == ("the dissolve between V1:2 and V1:3 is gone",)
    (line,) = told(plain, faded)
    assert line.startswith("a new dissolve stands between V1:2 and V1:3, 4 frames before")
    (line,) = told(faded, longer)
    assert line.startswith("the dissolve between V1:2 and V1:3 has 5 frames before")


def test_one_frame_is_never_equal_inside_a_compound_either() -> None:
    def nested(first: int) -> schema.Timeline:
        inner = schema.Track("i", [clip("deep", MEDIA[0], first, 20)], kind="Video")
        stack = schema.Stack("nest", [inner], span(0, 20))
        return timeline(("Video", [clip("c", MEDIA[0], 0, 10), stack]))

    (line,) = told(nested(30), nested(31))
    assert line.startswith("V1:2/V1:1 “deep” shows other frames: from 01:00:01:06, was 01:00:01:05")


def test_sound_is_compared_between_frames_too_and_pictures_by_frames() -> None:
    changed = _cut_edit()
    changed.tracks[0][1].source_range = span(90040.25, 20)
    assert told(_cut_edit(), changed) == ()
    changed.tracks[1][0].source_range = span(90000.25, 100)
    (line,) = told(_cut_edit(), changed)
    assert line.startswith("A1:1 “s” shows other frames: from 01:00:00:00 + 0.25, was 01:00:00:00")


def test_a_medium_that_begins_elsewhere_shows_other_frames() -> None:
    changed = _cut_edit()
    reference = changed.tracks[0][1].media_reference
    reference.available_range = span(89999, 1001)
    assert told(_cut_edit(), changed) == (
        "V1:2 “c1” shows other frames: from 01:00:01:15 (frame 41 of the medium), "
        "was 01:00:01:15 (frame 40 of the medium)",
    )


def test_metadata_is_no_difference_that_is_seen() -> None:
    changed = _cut_edit()
    changed.tracks[0][1].metadata["Resolve_OTIO"] = {"grade": 2}
    assert told(_cut_edit(), changed) == ()
    assert unseen(account(_cut_edit()), account(changed)) == ("V1:2 “c1”",)


def test_what_hangs_on_a_clip_unseen_is_told_too() -> None:
    def changed(change: Callable[[schema.Clip], object]) -> tuple[str, ...]:
        edit = _cut_edit()
        edit.tracks[0][1].effects.append(schema.Effect("blur", "Blur", {"radius": 3}))
        before = edit.deepcopy()
        change(edit.tracks[0][1])
        assert told(before, edit) == ()
        return unseen(account(before), account(edit))

    def add_proxy(one: schema.Clip) -> None:
        references = one.media_references()
        references["proxy"] = schema.ExternalReference("/proxies/a.mov")
        one.set_media_references(references, one.active_media_reference_key)

    assert changed(lambda one: None) == ()
    assert changed(add_proxy) == ("V1:2 “c1”",)
    assert changed(lambda one: one.effects[0].metadata.update(radius=5)) == ("V1:2 “c1”",)


def test_a_placed_render_is_no_other_metadata() -> None:
    MEDIA[0].touch()
    edit = Edit(_cut_edit(), _FOLDER / "cut.otio")
    before = account(edit.timeline.deepcopy(), _FOLDER)
    edit.place(render_of(edit.shot("V1:2")))
    assert len(differences(before, account(edit))) == 1
    assert unseen(before, account(edit)) == ()


def test_a_compound_whose_speed_varies_is_looked_into() -> None:
    def nested(first: int) -> schema.Timeline:
        inner = schema.Track("i", [clip("deep", MEDIA[0], first, 20)], kind="Video")
        stack = schema.Stack("nest", [inner], span(0, 20))
        stack.effects.append(schema.TimeEffect("ramp", "Ramp"))
        return timeline(("Video", [stack]))

    assert told(nested(30), nested(30)) == ()
    (line,) = told(nested(30), nested(31))
    assert "V1:1/V1:1 “deep” shows other frames" in line


def test_what_a_format_does_not_hold_is_left_out_and_a_frame_never() -> None:
    changed = _cut_edit()
    changed.tracks[0][1].name = "renamed"
    changed.tracks[0].name = "renamed"
    changed.tracks[0][1].markers.append(marker("m", 90050))
    ignored = frozenset((Aspect.NAMES, Aspect.TRACK_NAMES, Aspect.MARKERS))
    check_written(_cut_edit(), changed, ignored)
    changed.tracks[0][1].source_range = span(90041, 20)
    with pytest.raises(EditError, match="reads back otherwise") as caught:
        check_written(_cut_edit(), changed, ignored)
    assert "V1:2" in caught.value.why
    assert "01:00:01:16, was 01:00:01:15" in caught.value.why


needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of edits at {CORPUS}")
SPEAKING = [one for one in sorted(CORPUS.glob("*__*")) if "otio__premiere" not in one.name]


@needs_corpus
@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: path.name)
def test_edits_of_other_programs_differ_from_themselves_in_nothing(path: Path) -> None:
    timeline = _opened(path)
    assert told(timeline, timeline.deepcopy()) == ()
    clips = list(timeline.find_clips())
    shown = account(timeline)
    assert sum(len(track.clips) for track in shown.tracks) > 0
    for one in clips:
        timed = one.source_range or one.available_range()
        one.source_range = TimeRange(
            timed.start_time + RationalTime(1, timed.start_time.rate), timed.duration
        )
    assert differences(shown, account(timeline)), "every clip was slipped by a frame"


def _opened(path: Path) -> schema.Timeline:
    asked: tuple[dict, ...] = ({}, {"rate": Fraction(25)}, {"sequence": "1"})
    for one in asked:
        try:
            return formats.read(path, **one).timeline
        except EditError as error:
            why = error
    raise why


def _command(*arguments: str | Path) -> tuple[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "opticals", "diff", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, done.returncode


def test_the_command_says_it_as_diff_does(tmp_path: Path) -> None:
    one, other = tmp_path / "one.otio", tmp_path / "other.otio"
    Edit(_cut_edit()).save(one)
    changed = _cut_edit()
    changed.tracks[0][1].source_range = span(90041, 20)
    changed.tracks[0][2].metadata["studio"] = {"note": 1}
    Edit(changed).save(other)
    assert _command(one, one) == ("", 0)
    text, status = _command(one, other)
    assert status == 1
    assert text.splitlines() == [
        "V1:2 “c1” shows other frames: from 01:00:01:16, was 01:00:01:15",
        "metadata differs on 1 item: V1:3 “c2”",
    ]
    assert "90041" in _command(one, other, "--verbose")[0]
    assert _command(one, tmp_path / "none.otio")[1] == 2
