"""Many shots at once: which clips a command means, and what becomes of them."""

from __future__ import annotations

import copy
import math
import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentimelineio import schema

from opticals.errors import SettingError, ShotError
from opticals.recipe import Recipe, step
from opticals.timeline.choosing import Selection, choose, choose_by_recipes
from opticals.timeline.edit import Edit
from opticals.timeline.marks import marks
from opticals.timeline.retimes import set_speed
from tests.corpus import ANSWERS, CORPUS

from . import commands, edits
from .commands import clip_of, opticals_command, shown
from .films import numbered

RECIPE = Recipe((step("copy"),))
START = 90000


@dataclass
class Item:
    """A clip, gap or compound (of tracks, bottom first) of an edit that is known frame by frame."""

    name: str
    frames: int
    first: int = 0  # of the medium, or of the compound
    speed: Fraction = Fraction(1)
    enabled: bool = True
    tracks: list[list[Item]] = field(default_factory=list)
    marked: list[tuple[str, int, int]] = field(default_factory=list)

    def place(self, offset: int) -> Fraction:
        """What its frame `offset` shows, in frames of what is inside."""
        if self.speed < 0:
            offset = self.frames - 1 - offset
        return self.first + offset * abs(self.speed)

    def passes(self, offset: int, place: int) -> bool:
        """Whether its frame `offset` is up while `place` goes by."""
        begin = math.floor(self.place(offset))
        return begin <= place < begin + max(1, math.ceil(abs(self.speed)))

    def shows(self, offset: int, place: int, frames: int) -> bool:
        """Whether its frame `offset` shows one of `frames` from `place`."""
        return place <= math.floor(self.place(offset)) < place + frames


def build(item: Item, medium: Path) -> Any:
    start = START if not item.tracks and item.name else 0
    if not item.name:
        return edits.gap(item.frames)
    if item.tracks:
        made = schema.Stack(item.name, source_range=edits.span(item.first, item.frames))
        made.extend(track_of(one, medium) for one in item.tracks)
    else:
        made = edits.clip(item.name, medium, item.first, item.frames)
    set_speed(made, item.speed)
    made.enabled = item.enabled
    for name, at, frames in item.marked:
        made.markers.append(edits.marker(name, start + at, frames))
    return made


def track_of(items: list[Item], medium: Path) -> schema.Track:
    track = schema.Track(kind="Video")
    track.extend(build(one, medium) for one in items)
    return track


def at(items: list[Item], frame: int) -> tuple[Item, int] | None:
    """The item of a track over a frame, and which of its frames that is."""
    for item in items:
        if frame < item.frames:
            return (item, frame) if item.name and frame >= 0 else None
        frame -= item.frames
    return None


def on_top(tracks: list[list[Item]], frame: int) -> str | None:
    """The clip that a stack shows at a frame."""
    for items in reversed(tracks):
        found = at(items, frame)
        if found is None or not found[0].enabled:
            continue
        item, offset = found
        if not item.tracks:
            return item.name
        inner = on_top(item.tracks, math.floor(item.place(offset)))
        if inner is not None:
            return inner
    return None


def exposed(tracks: list[list[Item]], name: str, frame: int) -> tuple[Item, int] | None:
    """The clip of this name, whatever covers it, if its own track runs through it at a frame."""
    for items in tracks:
        found = at(items, frame)
        if found is None or not found[0].enabled:
            continue
        item, offset = found
        if item.name == name:
            return found
        if item.tracks:
            inner = exposed(item.tracks, name, math.floor(item.place(offset)))
            if inner is not None:
                return inner
    return None


Meant = dict[str, set[int]]


def whole(tracks: list[list[Item]], name: str, length: int) -> set[int]:
    return {frame for frame in range(length) if exposed(tracks, name, frame)}


def clip_marker(tracks: list[list[Item]], name: str, length: int, place: int, frames: int) -> Meant:
    up = [(one, found) for one in range(length) if (found := exposed(tracks, name, one))]
    passing = [one for one, (item, offset) in up if item.passes(offset, place)]
    if frames <= 1:
        return {name: {one for one, _ in up}} if passing else {}
    if not up:
        return {}
    item = up[0][1][0]
    within = {one for one, (_, offset) in up if item.shows(offset, place, frames)}
    # Where the clip plays so fast that it skips them all: the frame that they pass in.
    if not any(item.shows(offset, place, frames) for offset in range(item.frames)):
        within = set(passing)
    return {name: within} if within else {}


def below(
    tracks: list[list[Item]], within: list[list[Item]], length: int, first: int, frames: int
) -> Meant:
    """What a marker on the edit or a track means that looks down on the tracks `within`."""
    meant: Meant = {}
    for frame in range(first, first + max(1, frames)):
        name = on_top(within, frame) if 0 <= frame < length else None
        if name is not None:
            meant.setdefault(name, set()).add(frame)
    if frames <= 1:
        return {name: whole(tracks, name, length) for name in meant}
    return meant


@st.composite
def cuts(draw: st.DrawFn, depth: int = 0, count: int = 3) -> list[list[Item]]:
    """One to `count` tracks of clips, gaps and (on the outside) compounds."""
    tracks = []
    for _ in range(draw(st.integers(1, count))):
        items = []
        for _ in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(("clip", "clip", "clip", "gap", "compound")))
            frames = draw(st.integers(1, 9))
            if kind == "gap":
                items.append(Item("", frames))
                continue
            inner: list[list[Item]] = []
            if kind == "compound" and depth == 0:
                inner = draw(cuts(1, 2))
            # Compounds skip no frame: what passes between two of them would have to be counted.
            speeds = ("1", "1", "1/2", "-1") if inner else ("1", "1", "1/2", "2", "-1")
            items.append(
                Item(
                    "x",
                    frames,
                    draw(st.integers(0, 3)) if inner else draw(st.integers(50, 800)),
                    Fraction(draw(st.sampled_from(speeds))),
                    draw(st.integers(0, 5)) > 0,
                    inner,
                )
            )
            if not inner:
                first = items[-1].first
                items[-1].marked = [
                    ("x", first + draw(st.integers(-3, 12)), draw(st.integers(0, 6)))
                    for _ in range(draw(st.integers(0, 1)))
                ]
        tracks.append(items)
    return tracks


def named(tracks: list[list[Item]], names: list[str]) -> None:
    """Give every item and marker a name of its own."""
    for items in tracks:
        for item in items:
            if item.name:
                item.name = f"c{len(names)}"
                names.append(item.name)
                item.marked = [(f"m{item.name}", *rest) for _, *rest in item.marked]
                named(item.tracks, names)


def chosen(edit: Edit, marker: str) -> Meant:
    """The frames of clips that the code under test chooses, from the edit's first."""
    try:
        choice = choose(edit, Selection(markers=[marker]), RECIPE)
    except ShotError:
        return {}
    found: Meant = {}
    for one in choice.wanted:
        frames = set(range(one.shot.record - START, one.shot.record_end - START))
        assert frames.isdisjoint(found.get(one.shot.name, ()))
        found.setdefault(one.shot.name, set()).update(frames)
    return found


@given(cuts(), st.data())
@settings(max_examples=int(os.environ.get("OPTICALS_MARKER_EXAMPLES", "150")), deadline=None)
def test_markers_mean_what_counting_frame_by_frame_says(
    tmp_path_factory: pytest.TempPathFactory, tracks: list[list[Item]], data: st.DataObject
) -> None:
    medium = tmp_path_factory.getbasetemp() / "film.mov"
    medium.touch()
    names: list[str] = []
    named(tracks, names)
    length = max(sum(item.frames for item in items) for items in tracks)
    made = edits.timeline(("Video", []))
    made.tracks[:] = [track_of(items, medium) for items in tracks]
    expected: dict[str, Meant] = {}
    for number, items in enumerate(tracks):
        first, frames = data.draw(st.integers(-1, 20)), data.draw(st.integers(0, 12))
        made.tracks[number].markers.append(edits.marker(f"t{number}", first, frames))
        own = below(tracks, [items], length, first, frames)
        expected[f"t{number}"] = own or below(tracks, tracks, length, first, frames)
    first, frames = data.draw(st.integers(-1, 20)), data.draw(st.integers(0, 12))
    made.tracks.markers.append(edits.marker("edit", first, frames))
    expected["edit"] = below(tracks, tracks, length, first, frames)

    def clips(stack: list[list[Item]]) -> None:
        for items in stack:
            for item in items:
                for marker, place, frames in item.marked:
                    expected[marker] = clip_marker(tracks, item.name, length, place, frames)
                clips(item.tracks)

    clips(tracks)
    edit = Edit(made, medium.with_name("cut.otio"))
    for marker, meant in expected.items():
        assert chosen(edit, marker) == meant, marker


def marked(tmp_path: Path, *markers: schema.Marker, frames: int = 40) -> Edit:
    """An edit of one clip of `frames` frames with these markers on it."""
    (tmp_path / "film.mov").touch()
    one = edits.clip("one", tmp_path / "film.mov", 100, frames)
    one.markers.extend(markers)
    return Edit(edits.timeline(("Video", [one])), tmp_path / "cut.otio")


def told(name: str, first: int = 0, frames: int = 1, **metadata: Any) -> schema.Marker:
    """A marker from frame `first` of that clip on."""
    marker = edits.marker(name, START + 100 + first, frames)
    marker.metadata.update(metadata)
    return marker


@pytest.mark.parametrize(
    ("value", "rate", "clip_rate", "frames"),
    [
        (1, 1.0, 25.0, 25),
        (2, 50.0, 25.0, None),
        (1920, 48000.0, 25.0, None),
        (3840, 48000.0, 25.0, 2),
        (2, 25.0, 25.0, 2),
        (1, 24.0, 24.0, None),  # a frame of its clip lasts longer than one of the edit
        (1, 24000 / 1001, 24000 / 1001, None),
        (2, 24.0, 24.0, 3),
        (0.5, 1.0, 24.0, 13),
    ],
)
def test_a_marker_longer_than_a_frame_is_a_range_in_whatever_rate_it_counts(
    tmp_path: Path, value: float, rate: float, clip_rate: float, frames: int | None
) -> None:
    (tmp_path / "film.mov").touch()
    one = edits.clip("one", tmp_path / "film.mov", 96, 96, clip_rate)
    one.markers.append(
        schema.Marker(
            "m",
            otio.opentime.TimeRange(
                one.source_range.start_time, otio.opentime.RationalTime(value, rate)
            ),
        )
    )
    edit = Edit(edits.timeline(("Video", [one])), tmp_path / "cut.otio")
    (mark,) = marks(edit)
    (marked,) = mark.spans
    assert marked.frames == (None if frames is None else (START, START + frames))


@pytest.mark.parametrize(
    "text",
    [
        "opticals: upscale scale=2 + slow_motion factor=4",
        "Opticals:upscale:scale=2+slow_motion:factor=4",
        "opticals: upscale: scale = 2 + slow_motion, factor=4",
        "see the notes\nOPTICALS : upscale scale=2 + slow_motion factor = 4\nthanks",
    ],
)
@pytest.mark.parametrize("where", ["name", "comment", "Resolve_OTIO", "fcp_xml", "AAF"])
def test_a_recipe_is_read_wherever_programs_keep_the_text(
    tmp_path: Path, text: str, where: str
) -> None:
    keys = {"Resolve_OTIO": "Note", "fcp_xml": "comment", "AAF": "Comment"}
    marker = told(text if where == "name" else "a note")
    if where == "comment":
        marker.comment = text
    elif where in keys:
        marker.metadata[where] = {keys[where]: text}
    choice = choose_by_recipes(marked(tmp_path, marker), seed=5)
    wanted = Recipe((step("upscale", scale=2), step("slow_motion", factor=4)), 5)
    assert [one.recipe for one in choice.wanted] == [wanted]
    assert choice.skipped == ()


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("opticals: upscal scale=2", "Did you mean “upscale”? There are: "),
        ("opticals: denoize", "Did you mean “denoise”?"),
        ("opticals: slow motion factor=2", "Did you mean “slow_motion”?"),
        ("opticals: Upscale Scal=2", "Did you mean “scale”? It has: "),
        ("opticals: upscale scal=2", "scale"),
        ("opticals: upscale scale=3000", ""),
        ("opticals: upscale scale", "key=value"),
        ("opticals: upscale +", "There are"),
        ("opticals:", "There are"),
    ],
)
def test_a_mistyped_recipe_names_marker_timecode_text_and_what_is_possible(
    tmp_path: Path, text: str, possible: str
) -> None:
    bad = told("shot 5", 7, Resolve_OTIO={"Note": text})
    edit = marked(tmp_path, told("opticals: copy", 2, 3), bad)
    choice = choose_by_recipes(edit)
    assert [(one.shot.record - START, one.recipe.name) for one in choice.wanted] == [(2, "copy")]
    (error,) = choice.wrong
    for part in ("“shot 5”", edit.timecode(START + 7), "V1:1", f"“{text[9:].strip()}”"):
        assert part in error.what
    assert error.remedy
    assert possible in error.remedy
    with pytest.raises(SettingError) as caught:  # nothing else is asked for
        choose_by_recipes(marked(tmp_path, bad))
    assert str(caught.value) == str(error)


def test_where_all_recipes_are_wrong_each_marker_is_named(tmp_path: Path) -> None:
    edit = marked(tmp_path, told("opticals: denoize", 3), told("opticals: upscale scale=9", 8))
    with pytest.raises(SettingError, match="2 markers") as caught:
        choose_by_recipes(edit)
    for part in (START + 3, START + 8):
        assert edit.timecode(part) in caught.value.why
    assert "Did you mean “denoise”?" in caught.value.why


def test_a_marker_with_two_recipes_and_one_with_none_are_named(tmp_path: Path) -> None:
    both = told("opticals: copy", fcp_xml={"comment": "opticals: upscale"})
    with pytest.raises(SettingError, match="more than one recipe"):
        choose_by_recipes(marked(tmp_path, both))
    (wrong,) = choose_by_recipes(marked(tmp_path, both, told("opticals: copy", 20, 2))).wrong
    assert "more than one recipe" in wrong.what
    edit = marked(tmp_path, told("opticals: copy"), told("opticals upscale", 9))
    (left,) = choose_by_recipes(edit).skipped
    assert "opticals upscale" in left.what
    with pytest.raises(ShotError, match="No marker"):
        choose_by_recipes(marked(tmp_path, told("a note")))


def test_ranges_that_overlap_are_one_and_may_not_contradict(tmp_path: Path) -> None:
    edit = marked(
        tmp_path,
        told("opticals: copy", 2, 10),
        told("opticals: copy", 8, 10),
        told("opticals: upscale", 30, 5),
    )
    found = [
        (one.shot.record - START, one.shot.record_frames, one.recipe.name)
        for one in choose_by_recipes(edit).wanted
    ]
    assert found == [(2, 16, "copy"), (30, 5, "upscale")]
    edit = marked(tmp_path, told("opticals: copy", 2, 10), told("opticals: upscale", 8, 10))
    with pytest.raises(ShotError, match="Different things") as caught:
        choose_by_recipes(edit)
    assert edit.timecode(START + 2) in caught.value.why
    assert edit.timecode(START + 8) in caught.value.why
    edit = marked(
        tmp_path,
        told("opticals: copy", 2, 10),
        told("opticals: upscale", 8, 10),
        told("opticals: copy", 17, 5),  # of the same frames as the second
        told("opticals: copy", 30, 5),
    )
    choice = choose_by_recipes(edit)
    assert [(one.shot.record - START, one.shot.record_frames) for one in choice.wanted] == [(30, 5)]
    (wrong,) = choice.wrong
    for at in (2, 8, 17):
        assert edit.timecode(START + at) in wrong.why


def test_names_and_colours(tmp_path: Path) -> None:
    markers = [told("VFX 010"), told("vfx [a]", 3, 4), told("Grade", 20, 5)]
    for one, colour in zip(markers, ("RED", "GREEN", "RED"), strict=True):
        one.color = colour
    edit = marked(tmp_path, *markers)

    def frames(**selection: Any) -> list[int]:
        wanted = choose(edit, Selection(**selection), RECIPE).wanted
        return [one.shot.record_frames for one in wanted]

    assert frames(markers=["vfx 010"]) == frames(markers=["VFX*"]) == [40]
    assert frames(markers=["VFX [a]"]) == frames(colours=["green"]) == [4]
    assert frames(markers=["gr?de"], colours=["red"]) == [5]
    for nothing in ({"markers": ["VFX"]}, {"markers": ["vfx*"], "colours": ["blue"]}):
        with pytest.raises(ShotError, match="No marker") as caught:
            frames(**nothing)
        assert "“Grade” (red)" in caught.value.why


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of edits at {CORPUS}")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fcp__premiere_example.xml", "so, this happened"),
        ("aaf__multitrack.aaf", "v1 red tech"),
        ("xges__xges_example.xges", ""),
        ("fcpx-xml__fcpx_event.fcpxml", "Marker 2"),
        ("kdenlive-opentimelineio__kdenlive_mixes_markers.kdenlive", "Lila"),
    ],
)
def test_every_marker_of_the_corpus_is_read(name: str, said: str) -> None:
    edit = Edit.open(CORPUS / name, **ANSWERS.get(name, {}))
    known = marks(edit)
    assert len(known) == sum(len(item.markers) for item in _items(edit.timeline.tracks))
    assert not said or any(said in mark.texts for mark in known)


def _items(parent: Any) -> list[Any]:
    inner = [one for child in parent for one in _items(child)] if hasattr(parent, "append") else []
    return [parent, *inner] if hasattr(parent, "markers") else inner


@pytest.fixture(scope="module")
def batch(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One clip twice, also inside a compound; a title, an offline clip, sound."""
    gone = schema.Clip("gone", schema.ExternalReference("gone.mov", commands.span(0, 9)))
    gone.source_range = commands.span(0, 9)
    title = schema.Clip("title", schema.GeneratorReference("Text"), commands.span(0, 5))
    inner = schema.Stack("inner", source_range=commands.span(0, 12))
    track = schema.Track(kind="Video")
    track.append(clip_of(film, 10, 20))
    inner.append(track)
    path = commands.cut_of(
        tmp_path_factory.mktemp("batch"),
        *(clip_of(film, 10, 20), gone, clip_of(film, 10, 20), title, inner, clip_of(film, 50, 8)),
    )
    timeline = otio.adapters.read_from_file(str(path))
    track = schema.Track("A1", kind="Audio")
    track.append(clip_of(film, 0, 50))
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_a_whole_track_equal_shots_once_and_nothing_the_second_time(
    batch: Path, tmp_path: Path
) -> None:
    out, renders = tmp_path / "new.otio", tmp_path / "r"
    same = ("--effect", "copy", "--renders", renders, "--handles", "0")
    before = batch.read_bytes()
    dry = opticals_command("render", batch, "--track", "V1", *same, "--dry-run", "-o", out)
    assert not out.exists()
    assert not renders.exists()
    made = opticals_command("render", batch, "--track", "V1", "--track", "A1", *same, "-o", out)
    assert batch.read_bytes() == before
    shots = [one["id"] for one in dry["shots"]]
    assert shots == ["V1:1", "V1:3", "V1:5/V1:1", "V1:6"]
    assert sorted(one["shot"]["id"] for one in made["renders"]) == shots
    assert [one["what"].split()[0] for one in dry["skipped"]] == ["V1:2", "V1:4"]
    assert [one["what"].split()[0] for one in made["skipped"]] == ["V1:2", "V1:4", "A1:1"]
    assert "offline" in dry["skipped"][0]["why"]
    assert "generator" in dry["skipped"][1]["why"]
    first, third = (
        next(one["path"] for one in made["renders"] if one["shot"]["id"] == id)
        for id in ("V1:1", "V1:3")
    )
    assert first == third
    listed = {one["id"]: one["version"] for one in opticals_command("shots", out)["shots"]}
    assert {id for id, version in listed.items() if version} == set(shots)
    assert len(list(renders.glob("*.mov"))) == 3
    again = opticals_command("render", out, "--track", "V1", *same)
    assert again["edit"] == str(out)
    assert again["renders"] == []
    assert sorted(one["shot"] for one in again["left"]) == shots
    assert list(tmp_path.glob("*.otio")) == [out]


def test_same_source(batch: Path, folder: Path, tmp_path: Path) -> None:
    timeline = otio.adapters.read_from_file(str(batch))
    timeline.tracks[0].append(clip_of(folder / "film1.mov", 10, 20))
    edit = Edit(timeline, tmp_path / "cut.otio")
    choice = choose(edit, Selection(same_source=["V1:6"]), RECIPE)
    assert [one.shot.id for one in choice.wanted] == ["V1:1", "V1:3", "V1:5/V1:1", "V1:6"]
    assert choice.skipped == ()
    both = choose(edit, Selection(shots=["V1:7"], same_source=["V1:7"]), RECIPE)
    assert [one.shot.id for one in both.wanted] == ["V1:7"]


def test_markers_are_rendered_kept_and_not_rendered_again(folder: Path, tmp_path: Path) -> None:
    timeline = otio.adapters.read_from_file(str(folder / "cut.otio"))
    for one in timeline.find_clips():
        one.media_reference.target_url = str(folder / one.media_reference.target_url)
    ranged = schema.Marker("opticals: copy", commands.span(commands.START + 35, 10))
    timeline.tracks[0][0].markers.append(schema.Marker("a note", commands.span(START + 21, 1)))
    timeline.tracks[0][1].markers.append(ranged)
    # Frame 110 shows the clip on V2; the dissolve of V1 lies before it.
    over = schema.Marker("here", commands.span(110, 1))
    over.metadata["fcp_xml"] = {"comment": "opticals: copy"}
    timeline.tracks.markers.append(over)
    edit = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline, str(edit))
    out, same = tmp_path / "new.otio", ("--markers", "--renders", tmp_path / "r")
    before = [shown(edit), shown(edit, 1)]
    made = opticals_command("render", edit, *same, "-o", out)
    found = {one["shot"]["id"]: one["shot"]["record_frames"] for one in made["renders"]}
    assert found == {"V1:2": 10, "V2:1": 40}
    assert [shown(out), shown(out, 1)] == before
    listed = opticals_command("shots", out)["shots"]
    assert [one["frames"] for one in listed if one["version"]] == [10, 40]
    kept = [one["name"] for row in listed for one in row["markers"]]
    assert sorted(kept) == sorted(["a note", "opticals: copy", "beat"])
    again = opticals_command("render", out, *same)
    assert (again["edit"], again["renders"], len(again["left"])) == (str(out), [], 2)


def test_one_that_fails_stops_the_edit_or_is_left_out(film: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mov"
    broken.write_bytes(b"no film")
    edit = commands.cut_of(tmp_path / "e", clip_of(film, 10, 12), clip_of(broken, 10, 12))
    out, same = tmp_path / "new.otio", ("--effect", "copy", "--renders", tmp_path / "r")
    answer, status = opticals_command(
        "render", edit, "--track", "V1", *same, "-o", out, check=False
    )
    assert status == 1
    assert "V1:2" in answer["what"]
    assert not out.exists()
    answer, status = opticals_command(
        "render", edit, "--track", "V1", *same, "-o", out, "--keep-going", check=False
    )
    assert status == 1
    assert [one["shot"] for one in answer["failed"]] == ["V1:2"]
    assert [one["shot"]["id"] for one in answer["renders"]] == ["V1:1"]
    assert shown_first(out, 12) == list(range(10, 22))


def shown_first(edit: Path, frames: int) -> list[int | None]:
    """As `shown`, of the first clip alone."""
    timeline = otio.adapters.read_from_file(str(edit))
    del timeline.tracks[0][1:]
    first = edit.with_name("first.otio")
    otio.adapters.write_to_file(timeline, str(first))
    return shown(first)[:frames]


def test_shots_lists_speeds_markers_and_what_compounds_hold(tmp_path: Path) -> None:
    film = numbered(tmp_path / "film.mov", 100, timecode="01:00:00:00")
    slow, back, still = (clip_of(film, 10, 20) for _ in range(3))
    for one, speed in ((slow, Fraction(1, 2)), (back, Fraction(-1)), (still, Fraction(0))):
        set_speed(one, speed)
    back.markers.append(schema.Marker("look", commands.span(commands.START + 12, 1), "CYAN"))
    inner = schema.Stack("inner", source_range=commands.span(0, 12))
    track = schema.Track(kind="Video")
    track.extend([clip_of(film, 30, 8), copy.deepcopy(slow)])
    inner.append(track)
    edit = commands.cut_of(tmp_path / "e", slow, back, still, inner)
    rows = {one["id"]: one for one in opticals_command("shots", edit)["shots"]}
    assert [(id, one["speed"], one["frames"]) for id, one in rows.items()] == [
        ("V1:1", "1/2", 20),
        ("V1:2", "-1", 20),
        ("V1:3", "0", 20),
        ("V1:4", "1", 12),
        ("V1:4/V1:1", "1", 8),
        ("V1:4/V1:2", "1/2", 4),
    ]
    assert rows["V1:2"]["markers"] == [{"name": "look", "colour": "CYAN"}]
    opened = Edit.open(edit, written_by="generic")
    for id, one in rows.items():
        if one["kind"] == "clip":
            shot = opened.shot(id)
            record = (shot.timecode(shot.record), shot.timecode(shot.record_end - 1))
            assert (one["record_in"], one["record_out"]) == record
    for id in ("V1:1", "V1:2", "V1:3"):
        shot = opened.shot(id)
        last = shot.source_timecode(shot.first + shot.frames - 1)
        assert (rows[id]["source_in"], rows[id]["source_out"]) == (
            shot.source_timecode(shot.first),
            last,
        )


def test_a_dry_run_says_what_is_missing_as_the_render_does(batch: Path, tmp_path: Path) -> None:
    asked = ("render", batch, "--track", "V1", "--effect", "match_colour")
    dry, dry_status = opticals_command(*asked, "--dry-run", check=False)
    real, status = opticals_command(*asked, "-o", tmp_path / "n.otio", check=False)
    assert dry_status == status == 1
    assert dry == real
    assert "reference" in dry["remedy"]
